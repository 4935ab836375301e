//! What fetching remembers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use article::{ArticleId, Discovered};
use jiff::Timestamp;
use pipeline::state::Journalled;
use pipeline::{State, Table};
use url::Url;

use crate::config::Config;
use crate::frontier::Frontier;
use crate::pause::Pause;
use crate::robots::{Cache, Cached, origin};
use crate::settle::{Done, Found, Known, Waiting, accept};

/// How much event time passes between two looks for pages to forget.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// How many bytes of robots.txt are kept, about, before the older half is forgotten.
const ROBOTS_ROOM: usize = 16 << 20;

/// What fetching remembers: the pages, the hosts that asked for a pause, and what sites allow.
#[derive(Debug)]
pub struct PageState {
    pub(super) pages: Table<ArticleId, Known>,
    pub(super) hosts: Table<String, Pause>,
    /// What robots.txt says, by its origin.
    robots: Table<String, Cached>,
    /// Derived: which page is due when.
    pub(super) frontier: Frontier<ArticleId>,
    /// Derived: how many pages are to be fetched, and how many bytes of text feeds sent along with them.
    waiting: usize,
    waiting_bytes: usize,
    /// Derived: the same bytes of pages that are to be looked at again.
    revisit_bytes: usize,
    /// Derived: how many bytes of robots.txt are kept.
    robots_bytes: usize,
    /// Derived: the event time at which pages were last looked through.
    swept: Option<Timestamp>,
    /// Derived: articles taken up last, which may need no request.
    pub(super) taken: Option<ArticleId>,
}

impl Default for PageState {
    fn default() -> Self {
        Self {
            pages: Table::named("pages"),
            hosts: Table::named("hosts"),
            robots: Table::named("robots"),
            frontier: Frontier::default(),
            waiting: 0,
            waiting_bytes: 0,
            revisit_bytes: 0,
            robots_bytes: 0,
            swept: None,
            taken: None,
        }
    }
}

impl State for PageState {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.pages, &mut self.hosts, &mut self.robots]
    }

    fn rebuild(&mut self) {
        self.frontier = Frontier::default();
        (self.waiting, self.waiting_bytes, self.revisit_bytes) = (0, 0, 0);
        let robots = self.robots.iter();
        self.robots_bytes = robots.map(|(_, cached)| cached.weight()).sum();
        for (host, pause) in self.hosts.iter() {
            self.frontier.hold(host, pause.until);
        }
        let mut due = BTreeMap::new();
        for (id, known) in self.pages.iter() {
            self.waiting += usize::from(matches!(known, Known::Waiting(_)));
            self.waiting_bytes += known.weight();
            self.revisit_bytes += revisit_weight(known);
            if let Some((discovered, at)) = known.due() {
                due.insert(id.clone(), (article::host_of(&discovered.url), at));
            }
        }
        for (id, (host, at)) in due {
            self.frontier.insert(id, &host, at);
        }
    }
}

fn revisit_weight(known: &Known) -> usize {
    match known {
        Known::Done(Done {
            revisit: Some(revisit),
            ..
        }) => revisit.weight(),
        _ => 0,
    }
}

impl PageState {
    pub(super) fn has_room(&self, config: &Config) -> bool {
        self.waiting < config.max_waiting && self.waiting_bytes < config.max_waiting_bytes()
    }

    #[cfg(test)]
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Whether another page can be kept to be looked at again. That is worth half of the room that the
    /// pages have which were never fetched.
    pub(super) fn has_room_to_revisit(&self, config: &Config) -> bool {
        self.revisit_bytes < config.max_waiting_bytes() / 2
    }

    /// Takes up that an article was found.
    pub(super) fn add(&mut self, discovered: Discovered, found: Option<Found>, now: Timestamp) {
        let id = discovered.id.clone();
        let Some(known) = accept(self.pages.get(&id), discovered, found, now) else {
            return;
        };
        // Where it is fetched from: another feed may list it at another of its addresses.
        let host = known.due().map(|(known, _)| article::host_of(&known.url));
        self.keep(id.clone(), &host.unwrap_or_default(), known);
        self.taken = Some(id);
    }

    pub(super) fn keep(&mut self, id: ArticleId, host: &str, known: Known) {
        self.take(&id);
        if let Some((_, due)) = known.due() {
            self.frontier.insert(id.clone(), host, due);
        }
        self.waiting += usize::from(matches!(known, Known::Waiting(_)));
        self.waiting_bytes += known.weight();
        self.revisit_bytes += revisit_weight(&known);
        self.pages.insert(id, known);
    }

    /// Takes out what is known of a page.
    pub(super) fn take(&mut self, id: &ArticleId) -> Option<Known> {
        let known = self.pages.remove(id)?;
        self.waiting -= usize::from(matches!(known, Known::Waiting(_)));
        self.waiting_bytes -= known.weight();
        self.revisit_bytes -= revisit_weight(&known);
        Some(known)
    }

    /// Takes out a page that waits, and is not under way.
    pub(super) fn take_idle(&mut self, id: &ArticleId) -> Option<Box<Waiting>> {
        if self.frontier.is_under_way(id) || !matches!(self.pages.get(id), Some(Known::Waiting(_)))
        {
            return None;
        }
        self.frontier.remove(id);
        match self.take(id)? {
            Known::Waiting(waiting) => Some(waiting),
            Known::Done(_) | Known::Failed(_) => None,
        }
    }

    /// Notes that a page is not to be asked for before `due`.
    pub(super) fn put_off(&mut self, id: &ArticleId, due: Timestamp) {
        self.pages.update(id, |known| match known {
            Known::Waiting(waiting) => waiting.due = waiting.due.max(due),
            Known::Done(done) => {
                if let Some(revisit) = &mut done.revisit {
                    revisit.put_off(due);
                }
            }
            Known::Failed(_) => {}
        });
    }

    /// Leaves the page alone that may have been under way at each host when the predecessor ended, until
    /// `until`: it is the one that was due first, since nothing is asked for before it is committed. Nobody
    /// knows whether it was answered, so it has its back-off as if it was not.
    pub(super) fn rest(&mut self, now: Timestamp, until: Timestamp) {
        for (id, host, due) in self.frontier.heads() {
            if due <= now {
                self.frontier.insert(id, &host, until);
            }
        }
    }

    /// Forgets the pages that nothing has touched for `remembered` of event time before `latest`.
    pub(super) fn sweep(&mut self, latest: Timestamp, remembered: Duration) {
        let is_soon = |swept: Timestamp| latest < swept + SWEEP;
        if self.swept.is_some_and(is_soon) {
            return;
        }
        self.swept = Some(latest);
        let old = |known: &Known| {
            known
                .settled_at()
                .is_some_and(|at| at + remembered < latest)
        };
        let forgotten: Vec<ArticleId> = self
            .pages
            .iter()
            .filter(|(id, known)| old(known) && !self.frontier.is_under_way(id))
            .map(|(id, _)| id.clone())
            .collect();
        for id in &forgotten {
            self.frontier.remove(id);
            self.take(id);
        }
        if !forgotten.is_empty() {
            tracing::debug!(
                pages = forgotten.len(),
                "forgot pages that no feed lists anew"
            );
        }
    }

    /// Takes over from a generation before what is known of the world.
    pub(super) fn adopt(&mut self, forebear: Self) {
        self.hosts.adopt(forebear.hosts);
        self.robots.adopt(forebear.robots);
    }

    /// What is kept of robots.txt goes to where requests look.
    pub(super) fn tell(&self, cache: &Cache) {
        for (origin, cached) in self.robots.iter() {
            cache.put(origin, Arc::new(cached.clone()));
        }
    }

    /// Keeps what requests have learnt of a site.
    pub(super) fn learn(&mut self, cache: &Cache, url: &str) {
        let Ok(url) = Url::parse(url.trim()) else {
            return;
        };
        let origin = origin(&url);
        let Some(cached) = cache.get(&origin) else {
            return;
        };
        let known = self.robots.get(&origin);
        if known.is_some_and(|known| *known == *cached) {
            return;
        }
        self.robots_bytes -= known.map_or(0, Cached::weight);
        self.robots_bytes += cached.weight();
        self.robots.insert(origin, (*cached).clone());
        if self.robots_bytes > ROBOTS_ROOM {
            self.forget_robots();
        }
    }

    fn forget_robots(&mut self) {
        let mut looks: Vec<Timestamp> = self.robots.iter().map(|(_, c)| c.looked_at).collect();
        looks.sort_unstable();
        let Some(oldest_kept) = looks.get(looks.len() / 2).copied() else {
            return;
        };
        let older = self
            .robots
            .iter()
            .filter(|(_, c)| c.looked_at <= oldest_kept);
        let older: Vec<String> = older.map(|(origin, _)| origin.clone()).collect();
        for origin in older {
            let gone = self.robots.remove(&origin);
            self.robots_bytes -= gone.as_ref().map_or(0, Cached::weight);
        }
    }
}
