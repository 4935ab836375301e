//! The robots.txt of all sites, shared by whatever fetches pages in a process.
//!
//! The durable copy of each stands in the state of the task that has asked for a page there; this is
//! what requests look at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Queue;
use url::Url;

use super::Cached;

/// About how many bytes may be remembered before the oldest half is forgotten.
const ROOM: usize = 64 << 20;

/// What is known of all sites. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    sites: Arc<Mutex<Sites>>,
    /// What robots.txt calls us.
    token: Arc<str>,
    /// No longer crawl delay is obeyed.
    longest_delay: Duration,
}

#[derive(Debug, Default)]
struct Sites {
    known: BTreeMap<String, Arc<Cached>>,
    weight: usize,
    /// Held by whoever looks at a site's file, so that it is looked at once.
    looking: BTreeMap<String, Arc<Queue<()>>>,
}

impl Cache {
    pub(crate) fn new(token: &str, longest_delay: Duration) -> Self {
        Self {
            sites: Arc::default(),
            token: token.into(),
            longest_delay,
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What is known of a site, by its [`origin`].
    pub(crate) fn get(&self, origin: &str) -> Option<Arc<Cached>> {
        self.sites().known.get(origin).cloned()
    }

    /// Remembers a site, unless what is known is younger.
    pub(crate) fn put(&self, origin: &str, cached: Arc<Cached>) {
        let mut sites = self.sites();
        if let Some(known) = sites.known.get(origin)
            && known.looked_at > cached.looked_at
        {
            return;
        }
        sites.weight += origin.len() + cached.weight();
        if let Some(before) = sites.known.insert(origin.to_owned(), cached) {
            sites.weight -= origin.len() + before.weight();
        }
        if sites.weight > ROOM {
            sites.shrink();
        }
    }

    /// Whose turn it is to look at a site's file.
    pub(crate) fn looking(&self, origin: &str) -> Arc<Queue<()>> {
        let mut sites = self.sites();
        sites
            .looking
            .retain(|_, queue| Arc::strong_count(queue) > 1);
        Arc::clone(sites.looking.entry(origin.to_owned()).or_default())
    }

    /// How long a site wants to be left alone after a request, as far as that is obeyed.
    pub(crate) fn delay(&self, origin: &str) -> Duration {
        let cached = self.get(origin);
        let asked = cached.and_then(|cached| cached.rules()?.crawl_delay_ms);
        let asked = asked.map_or(Duration::ZERO, Duration::from_millis);
        asked.min(self.longest_delay)
    }

    /// No panic leaves a half-made change behind this lock.
    fn sites(&self) -> MutexGuard<'_, Sites> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sites {
    fn shrink(&mut self) {
        let mut looks: Vec<_> = self.known.values().map(|known| known.looked_at).collect();
        looks.sort_unstable();
        let oldest_kept = looks[looks.len() / 2];
        self.known.retain(|_, known| known.looked_at > oldest_kept);
        let weights = self.known.iter().map(|(o, known)| o.len() + known.weight());
        self.weight = weights.sum();
    }
}

/// What a robots.txt holds for: scheme, host and port (RFC 9309, section 2.3).
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Answer, Outcome};
    use jiff::Timestamp;

    fn cached(second: i64, body: &str) -> Arc<Cached> {
        let outcome = Outcome {
            at: Timestamp::from_second(second).expect("a small number of seconds"),
            host: "a.example".into(),
            result: Ok(Answer {
                status: 200,
                body: body.into(),
                ..Answer::default()
            }),
        };
        Arc::new(Cached::after(None, &outcome, "copydesk"))
    }

    #[test]
    fn the_younger_copy_stays() {
        let cache = Cache::new("copydesk", Duration::from_secs(30));
        cache.put("a", cached(2, "User-agent: *\nCrawl-delay: 7\n"));
        cache.put("a", cached(1, ""));
        assert_eq!(cache.delay("a"), Duration::from_secs(7));
        cache.put("a", cached(3, "User-agent: *\nCrawl-delay: 86400\n"));
        assert_eq!(cache.delay("a"), Duration::from_secs(30));
        assert_eq!(cache.delay("b"), Duration::ZERO);
    }

    #[test]
    fn what_is_remembered_is_bounded_in_bytes() {
        let cache = Cache::new("copydesk", Duration::ZERO);
        let long = format!("User-agent: *\nDisallow: /{}\n", "x".repeat(400 << 10));
        for n in 0..400 {
            cache.put(&n.to_string(), cached(n, &long));
            assert!(cache.sites().weight <= ROOM + (1 << 20));
        }
        assert!(cache.get("399").is_some() && cache.get("0").is_none());
    }

    #[test]
    fn a_site_is_scheme_host_and_port() {
        let origin = |url| origin(&Url::parse(url).expect("an address"));
        assert_eq!(origin("http://A.example:80/b?c"), "http://a.example");
        assert_eq!(origin("https://a.example:8443/"), "https://a.example:8443");
    }
}
