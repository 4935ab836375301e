//! The enricher's state: what it remembers of the articles of the last days.

use std::collections::VecDeque;

use article::ArticleId;
use pipeline::state::Journalled;
use pipeline::{State, Table};
use serde::{Deserialize, Serialize};

use crate::agencies::Agencies;
use crate::index::Index;
use crate::reading::Fingerprints;
use crate::sealed::Sealed;
use crate::sign::Signature;
pub(crate) use crate::standing::{Id, Kept, Standing, Thread};

/// Number of an article in the order of first arrival. Four billion a generation.
pub(crate) type Serial = u32;

/// The articles of the last days, as far as later ones may be tied to them.
///
/// Five tables hold everything that is remembered; the index is derived from them. An article costs
/// its signature, written once a version, and its standing, written again when something later
/// changes it. Nothing large is touched by every record.
pub struct Window {
    clock: Table<u8, Clock>,
    pub(crate) signatures: Table<Serial, Sealed>,
    pub(crate) standings: Table<Serial, Standing>,
    pub(crate) stories: Table<Id, Thread>,
    /// Outlets whose feed says that they are agencies: name as published, by folded name.
    pub(crate) agencies: Table<String, String>,
    pub(crate) index: Index,
}

/// How far the stream has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Clock {
    /// The event time that the stream has reached, in milliseconds: what [`AGREED`] of the last
    /// [`RECENT`] articles have reached, and never less than it was. `None` before so many came.
    watermark: Option<i64>,
    /// The next article's number.
    next: Serial,
    /// Event times of the last articles in order of arrival, at most [`RECENT`].
    #[serde(default)]
    recent: VecDeque<i64>,
}

/// One misdated article, or a few among others, must not empty the window: a clock may be years ahead. A step longer
/// than the window takes all of the last ones to agree.
const RECENT: usize = 8;
const AGREED: usize = 4;
/// Agencies that feeds may make known: each new one has all their names put in order anew.
const AGENCIES: usize = 256;
/// Articles kept that claim to be from beyond the window's other end, the last that came.
const AHEAD: usize = 64;

impl Clock {
    /// Another article of event time `seen` came, where the window is `span` long.
    fn tick(&mut self, seen: i64, span: i64) {
        self.recent.push_back(seen);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        let mut latest: Vec<i64> = self.recent.iter().copied().collect();
        latest.sort_unstable_by(|a, b| b.cmp(a));
        let reached = latest.get(AGREED - 1).copied();
        // What empties the window takes all of them.
        let leaps = self
            .watermark
            .zip(reached)
            .is_some_and(|(before, reached)| reached.saturating_sub(before) > span);
        let reached = if leaps {
            latest.get(RECENT - 1).copied()
        } else {
            reached
        };
        self.watermark = self.watermark.max(reached);
    }
}

impl Default for Window {
    fn default() -> Self {
        Self {
            clock: Table::named("clock"),
            signatures: Table::named("signatures"),
            standings: Table::named("standings"),
            stories: Table::named("stories"),
            agencies: Table::named("agencies"),
            index: Index::default(),
        }
    }
}

impl std::fmt::Debug for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Window")
            .field("articles", &self.standings.len())
            .field("stories", &self.stories.len())
            .field("agencies", &self.agencies.len())
            .finish_non_exhaustive()
    }
}

impl State for Window {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![
            &mut self.clock,
            &mut self.signatures,
            &mut self.standings,
            &mut self.stories,
            &mut self.agencies,
        ]
    }

    fn rebuild(&mut self) {
        // Both tables are in order of serial and hold the same ones.
        let pairs = self.signatures.iter().zip(self.standings.iter());
        let mut index = Index::over(
            pairs.map(|((&serial, signature), (_, standing))| (serial, signature.open(), standing)),
        );
        index.introduced = Agencies::of_names(self.agencies.iter().map(|(_, name)| name.as_str()));
        self.index = index;
    }
}

impl Window {
    /// How many articles are remembered.
    pub fn len(&self) -> usize {
        self.standings.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.standings.is_empty()
    }

    /// Whether the article is in the window.
    pub fn remembers(&self, article: &ArticleId) -> bool {
        self.serial_of(Id::from(article)).is_some()
    }

    /// The number that the next new article gets; `None` where a generation has no more.
    pub(crate) fn next_serial(&self) -> Option<Serial> {
        let next = self.clock.get(&0).map_or(0, |clock| clock.next);
        (next < Serial::MAX).then_some(next)
    }

    /// Moves event time forward, as far as the article of time `seen` that came shows it.
    pub(crate) fn advance(&mut self, seen: i64, span: i64) {
        self.change_clock(|clock| clock.tick(seen, span));
    }

    /// Forgets every article that was fetched more than `span` milliseconds before the time that the
    /// stream has reached.
    pub(crate) fn expire(&mut self, span: i64) {
        let watermark = self.clock.get(&0).and_then(|clock| clock.watermark);
        let Some(watermark) = watermark else { return };
        let horizon = watermark.saturating_sub(span);
        while let Some((seen, serial)) = self.index.first_to_expire() {
            if seen >= horizon {
                break;
            }
            self.forget(serial);
        }
        let beyond = (watermark.saturating_add(span).saturating_add(1), 0);
        let last = self.index.by_time.iter().next_back();
        if last.is_some_and(|(&last, ())| last >= beyond) {
            let ahead = self.index.by_time.range(beyond..);
            let mut ahead: Vec<Serial> = ahead.map(|(&(_, serial), ())| serial).collect();
            ahead.sort_unstable();
            for serial in &ahead[..ahead.len().saturating_sub(AHEAD)] {
                self.forget(*serial);
            }
        }
    }

    fn change_clock(&mut self, change: impl FnOnce(&mut Clock)) {
        if !self.clock.contains(&0) {
            self.clock.insert(0, Clock::default());
        }
        self.clock.update(&0, change);
    }

    /// Keeps the name of an agency, as long as there are not too many.
    pub(crate) fn introduce(&mut self, key: String, name: String) {
        if self.agencies.len() < AGENCIES && !self.agencies.contains(&key) {
            self.agencies.insert(key, name);
            let names = self.agencies.iter().map(|(_, name)| name.as_str());
            self.index.introduced = Agencies::of_names(names);
        }
    }

    /// Takes an article in under `serial`, in place of an earlier version of it.
    pub(crate) fn remember(
        &mut self,
        serial: Serial,
        (signature, fingerprints): (&Signature<'_>, &Fingerprints),
        standing: Standing,
    ) {
        let before = (self.signatures.get(&serial), self.standings.get(&serial));
        if let (Some(signature), Some(standing)) = before {
            self.index.remove(serial, &signature.open(), standing);
        }
        self.index.add(serial, signature, fingerprints, &standing);
        self.signatures.insert(serial, Sealed::of(signature));
        self.standings.insert(serial, standing);
        self.change_clock(|clock| clock.next = clock.next.max(serial + 1));
    }

    /// Moves an article to another story.
    pub(crate) fn move_to(&mut self, serial: Serial, story: Id) {
        let Some(before) = self.standings.get(&serial).map(|standing| standing.story) else {
            return;
        };
        self.index.stories.remove(before, serial);
        self.index.stories.insert(story, serial);
        self.standings.update(&serial, |standing| {
            standing.story = story;
        });
    }

    fn forget(&mut self, serial: Serial) {
        let (Some(signature), Some(standing)) = (
            self.signatures.remove(&serial),
            self.standings.remove(&serial),
        ) else {
            return;
        };
        self.index.remove(serial, &signature.open(), &standing);
        if self.story(standing.story).next().is_none() {
            self.stories.remove(&standing.story);
        }
    }

    /// Where an article stands.
    pub(crate) fn standing(&self, serial: Serial) -> Option<&Standing> {
        self.standings.get(&serial)
    }

    /// What is kept of an article to compare others with.
    pub(crate) fn signature(&self, serial: Serial) -> Option<Signature<'_>> {
        self.signatures.get(&serial).map(Sealed::open)
    }

    /// A story as the window has it. `None` where it has gone.
    pub(crate) fn thread(&self, story: Id) -> Option<Thread> {
        if let Some(thread) = self.stories.get(&story) {
            return Some(thread.clone());
        }
        let only = self.story(story).next()?;
        self.standing(only).map(Thread::of)
    }

    /// The number of an article in the window.
    pub(crate) fn serial_of(&self, article: Id) -> Option<Serial> {
        let mut found = self.index.articles.of(article);
        found.find(|serial| {
            let standing = self.standing(*serial);
            standing.is_some_and(|standing| standing.article == article)
        })
    }

    /// The members of a family that are in the window, in order of arrival.
    pub(crate) fn family(&self, family: Id) -> impl DoubleEndedIterator<Item = Serial> {
        let members = self.index.families.of(family);
        members.filter(move |serial| {
            let standing = self.standing(*serial);
            standing.is_some_and(|standing| standing.family == family)
        })
    }

    /// The members of a story that are in the window, in order of arrival.
    pub(crate) fn story(&self, story: Id) -> impl DoubleEndedIterator<Item = Serial> {
        let members = self.index.stories.of(story);
        members.filter(move |serial| {
            let standing = self.standing(*serial);
            standing.is_some_and(|standing| standing.story == story)
        })
    }
}
