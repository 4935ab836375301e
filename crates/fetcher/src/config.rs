//! What a user may say of polling and fetching.

use std::collections::BTreeMap;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::target::Target;

/// The fetcher's configuration. The defaults are polite and safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What the fetcher calls itself to servers. A contact address in it is good manners.
    pub user_agent: String,
    /// Seconds between two polls of a feed that names no interval of its own. 0 polls as fast as the
    /// host's interval allows.
    pub poll_interval_seconds: u64,
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
    /// MiB of a feed's body, decompressed.
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
    /// Days of event time after which a page that no feed lists anew is forgotten.
    pub remember_days: u32,
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
            poll_interval_seconds: 900,
            poll_jitter_percent: 10,
            host_interval_ms: 2_000,
            max_in_flight: InFlight::default(),
            connect_timeout_seconds: 10,
            header_timeout_seconds: 20,
            total_timeout_seconds: 60,
            max_feed_mib: 16,
            max_page_mib: 4,
            max_redirects: 10,
            attempts: 5,
            retry_seconds: 30,
            retry_max_seconds: 6 * 60 * 60,
            retry_after_max_seconds: 24 * 60 * 60,
            remember_days: 45,
            max_waiting: 200_000,
            max_waiting_mib: 256,
            offline: false,
            resolve: BTreeMap::new(),
            allow_addresses: Vec::new(),
            pages: true,
        }
    }
}

const YEAR: u64 = 365 * 24 * 60 * 60;

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
                return Err(out_of(key, &value, format!("{least} to {most}")));
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
        self.validate_user_agent()?;
        self.validate_resolve()
    }

    /// What is a time or a repetition, with its bounds.
    fn paces(&self) -> [Bound; 10] {
        let jitter = u64::from(self.poll_jitter_percent);
        [
            ("poll_interval_seconds", self.poll_interval_seconds, 0, YEAR),
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
            ("remember_days", u64::from(self.remember_days), 1, 3_650),
        ]
    }

    /// What is a size or a number, with its bounds.
    fn sizes(&self) -> [Bound; 7] {
        let InFlight { polls, pages } = self.max_in_flight;
        [
            ("max_in_flight.polls", polls as u64, 1, 10_000),
            ("max_in_flight.pages", pages as u64, 1, 10_000),
            ("max_feed_mib", self.max_feed_mib, 1, 64),
            ("max_page_mib", self.max_page_mib, 1, 7),
            ("max_redirects", u64::from(self.max_redirects), 0, 50),
            (
                "max_waiting",
                self.max_waiting as u64,
                1,
                u64::from(u32::MAX),
            ),
            ("max_waiting_mib", self.max_waiting_mib, 1, 1 << 20),
        ]
    }

    fn validate_user_agent(&self) -> Result<(), ConfigError> {
        let is_printable = |byte: u8| (b' '..=b'~').contains(&byte);
        if !self.user_agent.is_empty() && self.user_agent.bytes().all(is_printable) {
            return Ok(());
        }
        Err(out_of(
            "user_agent",
            &format!("{:?}", self.user_agent),
            "printable ASCII, at least one character".into(),
        ))
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
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Config::default().validate(), Ok(()));
    }

    #[track_caller]
    fn check_refused(change: impl FnOnce(&mut Config), key: &str) {
        let mut config = Config::default();
        change(&mut config);
        let error = config.validate().expect_err("the value is out of bounds");
        assert_eq!(error.key, key, "{error}");
    }

    #[test]
    fn what_cannot_be_worked_with_is_named() {
        check_refused(|c| c.attempts = 0, "attempts");
        check_refused(|c| c.max_page_mib = 8, "max_page_mib");
        check_refused(|c| c.max_waiting = 0, "max_waiting");
        check_refused(|c| c.max_waiting_mib = 0, "max_waiting_mib");
        check_refused(|c| c.max_in_flight.pages = 0, "max_in_flight.pages");
        check_refused(|c| c.user_agent = "\n".into(), "user_agent");
        check_refused(|c| c.retry_max_seconds = 1, "retry_max_seconds");
        let loopback: Target = "127.0.0.1:8080".parse().expect("an address");
        check_refused(|c| _ = c.resolve.insert("*.".into(), loopback), "resolve");
        check_refused(|c| _ = c.resolve.insert("a/b".into(), loopback), "resolve");
    }

    #[test]
    fn an_override_needs_no_exception_but_a_port() {
        let mut config = Config::default();
        let loopback = "127.0.0.1:8080".parse().expect("an address");
        config.resolve.insert("*.example".into(), loopback);
        assert_eq!(config.validate(), Ok(()));
        let portless: Target = "127.0.0.1:0".parse().expect("an address");
        let key = "resolve.a.example";
        check_refused(|c| _ = c.resolve.insert("a.example".into(), portless), key);
    }
}
