//! What a user may say of polling and fetching.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::robots;
use crate::target::Target;
use crate::websub::WebSubConfig;

/// The fetcher's configuration. The defaults are polite and safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What the fetcher calls itself to servers, product first: by that word sites address it in
    /// robots.txt.
    pub user_agent: String,
    /// Where its operator can be reached, a web or a mail address. It is added to the former.
    pub contact: String,
    /// Seconds between two polls of a feed that names no interval of its own, as long as nothing is known
    /// of it and where its items come fast. 0 polls as fast as the host's interval allows.
    pub poll_interval_seconds: u64,
    /// Seconds between two polls at the least, where items would slide out of a feed's listing before
    /// anybody has seen them.
    pub poll_interval_min_seconds: u64,
    /// Seconds between two polls at the most, however seldom items come and whatever the publisher asks
    /// for. Intervals that are set for a feed are not bounded.
    pub poll_interval_max_seconds: u64,
    /// By how many per cent of itself an interval is lengthened at random at the most, so that feeds
    /// added together do not stay together. Never shortens one.
    pub poll_jitter_percent: u32,
    /// Milliseconds from the end of one request to a host to the start of the next.
    pub host_interval_ms: u64,
    /// How many requests may be under way at once.
    pub max_in_flight: InFlight,
    /// Seconds to establish a connection.
    pub connect_timeout_seconds: u64,
    /// Seconds from the request to the end of the answer's header.
    pub header_timeout_seconds: u64,
    /// Seconds for everything, redirects and body included.
    pub total_timeout_seconds: u64,
    /// MiB of a feed's body, decompressed. No more than a record takes: what is polled is written down.
    pub max_feed_mib: u64,
    /// MiB of a page, decompressed. A larger one becomes a dead letter.
    pub max_page_mib: u64,
    /// How many redirects are followed.
    pub max_redirects: u32,
    /// How often a page is asked for before it becomes a dead letter.
    pub attempts: u32,
    /// Seconds before the first repetition of what failed; each further one waits longer.
    pub retry_seconds: u64,
    /// Seconds between repetitions at the most.
    pub retry_max_seconds: u64,
    /// Seconds of a server's Retry-After that are obeyed at the most.
    pub retry_after_max_seconds: u64,
    /// How many older pages of a feed are read, where it has any (RFC 5005), when items slid out of its
    /// listing before anybody has seen them.
    pub older_pages: u32,
    /// How many are read of a feed that is new.
    pub older_pages_of_new: u32,
    /// Days of event time after which a page that no feed lists anew is forgotten.
    pub remember_days: u32,
    /// Seconds after its fetch at which a page is looked at again, in ascending order: a page whose visible
    /// text has changed gives a further version. Empty: pages are fetched once, and again only where
    /// a feed tells of an edit.
    pub revisit_seconds: Vec<u64>,
    /// How many pages may wait for their fetch, in each partition, before no more input is read. A
    /// bound on memory, far above what a day of news needs.
    pub max_waiting: usize,
    /// MiB of text that feeds sent along with the waiting pages of a partition, before no more input
    /// is read. The other bound on memory.
    pub max_waiting_mib: u64,
    /// Dials nothing but what `resolve` names and loopback addresses that `allow_addresses` covers.
    pub offline: bool,
    /// Addresses to dial for a host (`a.example`), for all hosts under a name (`*.example`) or for
    /// every host (`*`). Such a host is asked at exactly that IP address and port, whatever port its
    /// URL names. That is the permission for this address as well, be it private, and for nothing
    /// else; IP addresses in URLs are never overridden.
    pub resolve: BTreeMap<String, Target>,
    /// Networks that may be dialled although they are private, loopback, link-local or the like, by
    /// every name that `resolve` does not cover and by every IP address in a URL: whoever writes a
    /// feed can then have anything in them asked for.
    pub allow_addresses: Vec<IpNet>,
    /// The ports that may be dialled, whatever a URL names. Hosts that `resolve` covers are asked at
    /// their own.
    pub ports: Vec<u16>,
    /// A file of certificates in PEM whose authorities are trusted besides the system's. Empty: none.
    pub ca_file: PathBuf,
    /// Whether pages are only asked for where the site's robots.txt allows it (RFC 9309). Feeds are
    /// asked for whatever it says: somebody has asked for each of them by its address.
    pub robots: bool,
    /// Seconds of a robots.txt's crawl delay that are obeyed at the most.
    pub crawl_delay_max_seconds: u64,
    /// The folder that files with secrets of feeds lie in. Empty: no such file is read. No other is
    /// read either, since whoever can add a feed could have it sent to an address of his own.
    pub credentials_dir: PathBuf,
    /// Subscriptions to hubs.
    pub websub: WebSubConfig,
    /// Whether article pages are fetched; without, only feeds are polled.
    pub pages: bool,
}

/// How many requests may be under way at once, over all hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InFlight {
    /// Polls of feeds.
    pub polls: usize,
    /// Fetches of pages.
    pub pages: usize,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            polls: 64,
            pages: 64,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            user_agent: format!("copydesk/{} (news feed reader)", env!("CARGO_PKG_VERSION")),
            contact: String::new(),
            poll_interval_seconds: 900,
            poll_interval_min_seconds: 300,
            poll_interval_max_seconds: 6 * 60 * 60,
            poll_jitter_percent: 10,
            host_interval_ms: 2_000,
            max_in_flight: InFlight::default(),
            connect_timeout_seconds: 10,
            header_timeout_seconds: 20,
            total_timeout_seconds: 60,
            max_feed_mib: MOST_MIB,
            max_page_mib: 4,
            max_redirects: 10,
            attempts: 5,
            retry_seconds: 30,
            retry_max_seconds: 6 * 60 * 60,
            retry_after_max_seconds: 24 * 60 * 60,
            older_pages: 10,
            older_pages_of_new: 0,
            remember_days: 45,
            revisit_seconds: vec![HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR],
            max_waiting: 200_000,
            max_waiting_mib: 256,
            offline: false,
            resolve: BTreeMap::new(),
            allow_addresses: Vec::new(),
            ports: vec![80, 443, 8080, 8443],
            ca_file: PathBuf::new(),
            robots: true,
            crawl_delay_max_seconds: 30,
            credentials_dir: PathBuf::new(),
            websub: WebSubConfig::default(),
            pages: true,
        }
    }
}

const HOUR: u64 = 60 * 60;
const YEAR: u64 = 365 * 24 * HOUR;
/// The MiB of a body that a record takes in any case, as far as text goes: [`pipeline::MAX_RECORD`], less what
/// JSON and the rest of the record need.
const MOST_MIB: u64 = 7;

/// A key, its value, and the least and the most that it may be.
type Bound = (&'static str, u64, u64, u64);

/// A value that cannot be worked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is {value}; allowed: {allowed}")]
pub struct ConfigError {
    /// The key, below the fetcher's own.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What is allowed there.
    pub allowed: String,
}

impl Config {
    /// Checks every value.
    ///
    /// # Errors
    /// The first that is out of its bounds.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (key, value, least, most) in self.paces().into_iter().chain(self.sizes()) {
            if value < least || value > most {
                let mut allowed = format!("{least} to {most}");
                if key.ends_with("_mib") && most == MOST_MIB {
                    allowed.push_str(
                        ", since what is fetched is written down and a record takes no more",
                    );
                }
                return Err(out_of(key, &value, allowed));
            }
        }
        if self.retry_max_seconds < self.retry_seconds || self.retry_max_seconds > YEAR {
            let allowed = format!("{} (retry_seconds) to {YEAR}", self.retry_seconds);
            return Err(out_of(
                "retry_max_seconds",
                &self.retry_max_seconds,
                allowed,
            ));
        }
        let (least, most) = (
            self.poll_interval_min_seconds,
            self.poll_interval_max_seconds,
        );
        if least > most {
            let allowed = format!("0 to {most} (poll_interval_max_seconds)");
            return Err(out_of("poll_interval_min_seconds", &least, allowed));
        }
        if self.ports.is_empty() || self.ports.contains(&0) {
            let value = format!("{:?}", self.ports);
            return Err(out_of("ports", &value, "one or more of 1 to 65535".into()));
        }
        self.validate_revisits()?;
        self.websub.validate()?;
        self.validate_user_agent()?;
        self.validate_resolve()
    }

    /// What is a time or a repetition, with its bounds.
    fn paces(&self) -> [Bound; 13] {
        let jitter = u64::from(self.poll_jitter_percent);
        [
            ("poll_interval_seconds", self.poll_interval_seconds, 0, YEAR),
            (
                "poll_interval_min_seconds",
                self.poll_interval_min_seconds,
                0,
                YEAR,
            ),
            (
                "poll_interval_max_seconds",
                self.poll_interval_max_seconds,
                0,
                YEAR,
            ),
            ("poll_jitter_percent", jitter, 0, 100),
            ("host_interval_ms", self.host_interval_ms, 0, 3_600_000),
            (
                "connect_timeout_seconds",
                self.connect_timeout_seconds,
                1,
                600,
            ),
            (
                "header_timeout_seconds",
                self.header_timeout_seconds,
                1,
                3_600,
            ),
            (
                "total_timeout_seconds",
                self.total_timeout_seconds,
                1,
                86_400,
            ),
            ("attempts", u64::from(self.attempts), 1, 100),
            ("retry_seconds", self.retry_seconds, 1, 86_400),
            (
                "retry_after_max_seconds",
                self.retry_after_max_seconds,
                0,
                YEAR,
            ),
            (
                "crawl_delay_max_seconds",
                self.crawl_delay_max_seconds,
                0,
                3_600,
            ),
            ("remember_days", u64::from(self.remember_days), 1, 3_650),
        ]
    }

    /// What is a size or a number, with its bounds.
    fn sizes(&self) -> [Bound; 9] {
        let InFlight { polls, pages } = self.max_in_flight;
        [
            ("max_in_flight.polls", polls as u64, 1, 10_000),
            ("max_in_flight.pages", pages as u64, 1, 10_000),
            ("max_feed_mib", self.max_feed_mib, 1, MOST_MIB),
            ("max_page_mib", self.max_page_mib, 1, MOST_MIB),
            ("max_redirects", u64::from(self.max_redirects), 0, 50),
            ("older_pages", u64::from(self.older_pages), 0, 1_000),
            (
                "older_pages_of_new",
                u64::from(self.older_pages_of_new),
                0,
                1_000,
            ),
            (
                "max_waiting",
                self.max_waiting as u64,
                1,
                u64::from(u32::MAX),
            ),
            ("max_waiting_mib", self.max_waiting_mib, 1, 1 << 20),
        ]
    }

    fn validate_revisits(&self) -> Result<(), ConfigError> {
        let remembered = u64::from(self.remember_days) * 24 * HOUR;
        let is_in_bounds = |seconds: &u64| (1..=remembered).contains(seconds);
        let seconds = &self.revisit_seconds;
        if seconds.is_sorted_by(|a, b| a < b) && seconds.iter().all(is_in_bounds) {
            return Ok(());
        }
        let allowed = format!("1 to {remembered} (remember_days), in ascending order");
        Err(out_of("revisit_seconds", &format!("{seconds:?}"), allowed))
    }

    fn validate_user_agent(&self) -> Result<(), ConfigError> {
        let is_printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_printable(&self.user_agent) || self.product().is_empty() {
            let allowed = "printable ASCII that begins with a product, such as \"newsdesk/1.0\"";
            let value = format!("{:?}", self.user_agent);
            return Err(out_of("user_agent", &value, allowed.into()));
        }
        if !is_printable(&self.contact) || self.contact.contains(['(', ')']) {
            let allowed = "printable ASCII without brackets".into();
            let value = format!("{:?}", self.contact);
            return Err(out_of("contact", &value, allowed));
        }
        Ok(())
    }

    /// The value of `User-Agent`: honest, and with the contact in it.
    pub(crate) fn agent(&self) -> String {
        let contact = self.contact.trim();
        if contact.is_empty() {
            return self.user_agent.clone();
        }
        // A comment that is there already takes it up (RFC 9110, section 10.1.5).
        match self.user_agent.strip_suffix(')') {
            Some(open) => format!("{open}; +{contact})"),
            None => format!("{} (+{contact})", self.user_agent),
        }
    }

    /// What robots.txt calls us.
    pub(crate) fn product(&self) -> &str {
        robots::product(&self.user_agent)
    }

    fn validate_resolve(&self) -> Result<(), ConfigError> {
        for (name, target) in &self.resolve {
            let host = name.strip_prefix("*.").unwrap_or(name);
            let is_host = !host.is_empty() && !host.contains(['*', '/', ':', ' ']);
            if name != "*" && !is_host {
                let allowed = "a host name, *.name, or *".into();
                return Err(out_of("resolve", &format!("{name:?}"), allowed));
            }
            if target.address.port() == 0 {
                let allowed = "a port from 1 to 65535".into();
                return Err(out_of(&format!("resolve.{name}"), target, allowed));
            }
        }
        Ok(())
    }

    pub(crate) fn host_interval(&self) -> Duration {
        Duration::from_millis(self.host_interval_ms)
    }

    pub(crate) fn max_feed(&self) -> usize {
        (self.max_feed_mib << 20) as usize
    }

    pub(crate) fn max_waiting_bytes(&self) -> usize {
        (self.max_waiting_mib << 20) as usize
    }

    pub(crate) fn max_page(&self) -> usize {
        (self.max_page_mib << 20) as usize
    }
}

fn out_of(key: &str, value: &dyn std::fmt::Display, allowed: String) -> ConfigError {
    ConfigError {
        key: key.to_owned(),
        value: value.to_string(),
        allowed,
    }
}

#[cfg(test)]
mod tests;
