//! From a host's name to the addresses that may be dialled: overrides, then the system, then the
//! refusal of what feeds must not reach.
//!
//! The check stands where the connection is made, so that a name that resolves to a public address
//! once and to a private one later (rebinding) gains nothing.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address;
use crate::config::Config;
use crate::outcome::Trouble;
use crate::target::Target;

/// Which names lead where, and which addresses may be dialled.
#[derive(Clone, Debug)]
pub(crate) struct Policy(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    overrides: BTreeMap<String, Target>,
    allow: Vec<IpNet>,
    offline: bool,
}

/// Why a name leads nowhere. Travels through reqwest as a source of its error.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    Lookup(String),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Offline(String),
}

impl Refusal {
    pub(crate) fn trouble(&self) -> Trouble {
        match self.clone() {
            Self::Lookup(why) => Trouble::Dns(why),
            Self::Refused(why) => Trouble::Refused(why),
            Self::Offline(host) => Trouble::Offline(host),
        }
    }
}

impl Policy {
    pub(crate) fn new(config: &Config) -> Self {
        let lower = |(name, target): (&String, &Target)| (bare(name), *target);
        Self(Arc::new(Rules {
            overrides: config.resolve.iter().map(lower).collect(),
            allow: config.allow_addresses.clone(),
            offline: config.offline,
        }))
    }

    /// Checks an address before it is asked for: the scheme, and the host where it is an IP address,
    /// for which no resolver is asked.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Trouble> {
        let not_fetchable = || Trouble::Address(url.to_string());
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_fetchable());
        }
        let ip = match url.host().ok_or_else(not_fetchable)? {
            Host::Domain(_) => return Ok(()),
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
        };
        self.0.dial(ip).map_err(|refusal| refusal.trouble())?;
        if self.0.offline && !ip.is_loopback() {
            return Err(Trouble::Offline(ip.to_string()));
        }
        Ok(())
    }

    /// The address as it is asked for: where an override says so without its port, which would win over
    /// the override's, and over plain HTTP. An IP address is never overridden.
    pub(crate) fn dialled(&self, url: &Url) -> Url {
        let mut dialled = url.clone();
        let Some(Host::Domain(host)) = url.host() else {
            return dialled;
        };
        if let Some(target) = self.0.overridden(host) {
            // Both fail only for schemes other than http and https, which `check` has refused.
            let _ = dialled.set_port(None);
            if target.plain {
                let _ = dialled.set_scheme("http");
            }
        }
        dialled
    }
}

impl Rules {
    /// Whether `ip` may be dialled.
    fn dial(&self, ip: IpAddr) -> Result<(), Refusal> {
        match address::refused(ip) {
            Some(range) if !self.allow.iter().any(|net| net.contains(&ip)) => {
                let why = format!("{ip} is a {range} address; allow_addresses does not cover it");
                Err(Refusal::Refused(why))
            }
            _ => Ok(()),
        }
    }

    /// The configured address of a host: its own, else that of the longest suffix, else that of all.
    fn overridden(&self, host: &str) -> Option<Target> {
        let host = bare(host);
        if let Some(target) = self.overrides.get(&host) {
            return Some(*target);
        }
        let mut rest = host.as_str();
        while let Some((_, suffix)) = rest.split_once('.') {
            if let Some(target) = self.overrides.get(&format!("*.{suffix}")) {
                return Some(*target);
            }
            rest = suffix;
        }
        self.overrides.get("*").copied()
    }

    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, Refusal> {
        let host = bare(host);
        if let Some(target) = self.overridden(&host) {
            // Named by the user, address and port: that is its permission.
            return Ok(vec![target.address]);
        }
        if self.offline {
            return Err(Refusal::Offline(host));
        }
        // Port 0 stands for the scheme's own.
        let found = tokio::net::lookup_host((host.as_str(), 0))
            .await
            .map_err(|error| Refusal::Lookup(format!("{host}: {error}")))?;
        let mut allowed = Vec::new();
        let mut refusal = Refusal::Lookup(format!("{host} has no address"));
        for address in found {
            match self.dial(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(refused) => refusal = refused,
            }
        }
        if allowed.is_empty() {
            return Err(refusal);
        }
        Ok(allowed)
    }
}

/// A host's name in the form in which it is looked up and compared.
pub(crate) fn bare(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

impl Resolve for Policy {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = rules.resolve(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(config: &Config) -> Arc<Rules> {
        Policy::new(config).0
    }

    fn loopback(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn newsroom() -> Config {
        let mut config = Config {
            offline: true,
            ..Config::default()
        };
        config
            .resolve
            .insert("*.example".into(), loopback(1).into());
        config
            .resolve
            .insert("*.b.example".into(), loopback(2).into());
        config
            .resolve
            .insert("A.b.example".into(), loopback(3).into());
        config
    }

    #[test]
    fn the_most_particular_override_holds() {
        let rules = rules(&newsroom());
        assert_eq!(rules.overridden("a.b.example"), Some(loopback(3).into()));
        assert_eq!(rules.overridden("c.b.example"), Some(loopback(2).into()));
        assert_eq!(rules.overridden("x.c.example"), Some(loopback(1).into()));
        assert_eq!(rules.overridden("b.example"), Some(loopback(1).into()));
        assert_eq!(rules.overridden("example"), None);
        assert_eq!(rules.overridden("an.example.org"), None);
    }

    #[test]
    fn a_plain_override_speaks_http_whatever_the_scheme() {
        let mut config = newsroom();
        let plain = "http://127.0.0.1:4".parse().expect("a target");
        config.resolve.insert("p.example".into(), plain);
        let policy = Policy::new(&config);
        let dialled = |url: &str| {
            policy
                .dialled(&Url::parse(url).expect("an address"))
                .to_string()
        };
        assert_eq!(dialled("https://p.example/a?b"), "http://p.example/a?b");
        assert_eq!(dialled("https://p.example:22/"), "http://p.example/");
        assert_eq!(dialled("http://P.example.:22/"), "http://p.example./");
        assert_eq!(dialled("https://a.example/"), "https://a.example/");
        assert_eq!(dialled("https://a.example:22/"), "https://a.example/");
        assert_eq!(
            dialled("http://elsewhere.test:22/"),
            "http://elsewhere.test:22/"
        );
        assert_eq!(
            dialled("https://elsewhere.test/"),
            "https://elsewhere.test/"
        );
    }

    #[tokio::test]
    async fn offline_dials_overrides_alone() {
        let rules = rules(&newsroom());
        assert_eq!(
            rules.resolve("C.Example.").await.expect("overridden"),
            [loopback(1)]
        );
        let refusal = rules.resolve("news.test").await.expect_err("offline");
        assert!(matches!(refusal.trouble(), Trouble::Offline(host) if host == "news.test"));
    }

    #[tokio::test]
    async fn an_override_is_permission_for_its_target_alone() {
        let mut config = Config::default();
        config.resolve.insert("*".into(), loopback(1).into());
        let policy = Policy::new(&config);
        let resolved = policy.0.resolve("a.example").await;
        assert_eq!(resolved.expect("overridden"), [loopback(1)]);
        for literal in [
            "http://127.0.0.1:1/",
            "http://127.0.0.1:22/",
            "http://[::1]/",
        ] {
            check(&policy, literal, false);
        }
        let literal = Url::parse("https://93.184.216.34:8443/").expect("an address");
        assert_eq!(policy.dialled(&literal), literal);
    }

    #[tokio::test]
    async fn names_of_private_addresses_are_refused() {
        let refusal = rules(&Config::default())
            .resolve("localhost")
            .await
            .expect_err("localhost is loopback or nothing");
        assert!(!matches!(refusal, Refusal::Offline(_)), "{refusal}");
    }

    #[track_caller]
    fn check(policy: &Policy, url: &str, allowed: bool) {
        let parsed = Url::parse(url).expect("an address");
        assert_eq!(policy.check(&parsed).is_ok(), allowed, "{url}");
    }

    #[test]
    fn literal_addresses_are_checked_in_every_notation() {
        let policy = Policy::new(&Config::default());
        for hostile in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://user@10.0.0.1/",
            "http://0/",
            "ftp://a.example/",
            "file:///etc/passwd",
            "data:text/xml,<rss/>",
            "gopher://127.0.0.1/",
        ] {
            check(&policy, hostile, false);
        }
        check(&policy, "https://93.184.216.34/", true);
        check(&policy, "http://a.example/", true);
        let mut config = newsroom();
        let offline = Policy::new(&config);
        check(&offline, "http://127.0.0.1:8080/", false);
        config.allow_addresses = vec!["127.0.0.0/8".parse().expect("a network")];
        let offline = Policy::new(&config);
        check(&offline, "http://127.0.0.1:8080/", true);
        check(&offline, "https://93.184.216.34/", false);
    }
}
