//! The enricher's state: what it remembers of the articles of the last days.

use std::collections::BTreeSet;

use article::{ArticleId, FamilyId, Origin, Relation, StoryId};
use jiff::Timestamp;
use pipeline::state::Journalled;
use pipeline::{State, Table};
use serde::{Deserialize, Serialize};

use crate::agencies::Agencies;
use crate::index::Index;
use crate::sign::Signature;

/// Number of an article in the order of first arrival. Four billion a generation.
pub(crate) type Serial = u32;

/// The articles of the last days, as far as later ones may be tied to them.
///
/// Five tables hold everything that is remembered; the index is derived from them. An article costs
/// its signature, written once a version, and its standing, written again when something later
/// changes it. Nothing large is touched by every record.
pub struct Window {
    clock: Table<u8, Clock>,
    pub(crate) signatures: Table<Serial, Signature>,
    pub(crate) standings: Table<Serial, Standing>,
    pub(crate) stories: Table<StoryId, Thread>,
    /// Outlets whose feed says that they are agencies: name as published, by folded name.
    pub(crate) agencies: Table<String, String>,
    pub(crate) index: Index,
}

/// How far the stream has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Clock {
    /// The greatest `fetched_at` seen, in milliseconds. `None` before the first article.
    watermark: Option<i64>,
    /// The next article's number.
    next: Serial,
}

/// Where an article stands: what `articles.lineage` says of it, and what its story shows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Standing {
    #[serde(rename = "id")]
    pub article: ArticleId,
    #[serde(rename = "o")]
    pub outlet: String,
    #[serde(rename = "t")]
    pub title: String,
    /// Event time in milliseconds: when the version at hand was fetched.
    #[serde(rename = "at")]
    pub seen: i64,
    /// The publisher's time in milliseconds, where it can be trusted to order articles.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub published: Option<i64>,
    #[serde(rename = "n")]
    pub revision: u32,
    #[serde(rename = "s")]
    pub story: StoryId,
    #[serde(rename = "f")]
    pub family: FamilyId,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    #[serde(rename = "by", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A story, apart from its members, which the standings name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub headline: String,
    /// The headline is an agency's.
    pub by_agency: bool,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Articles that ever joined, in the window or not.
    pub size: u32,
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
            pairs.map(|((&serial, signature), (_, standing))| (serial, signature, standing)),
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

    fn now(&self) -> Clock {
        self.clock.get(&0).copied().unwrap_or_default()
    }

    /// The number that the next new article gets; `None` where a generation has no more.
    pub(crate) fn next_serial(&self) -> Option<Serial> {
        let next = self.now().next;
        (next < Serial::MAX).then_some(next)
    }

    /// Moves event time forward to `seen` where that is later, and forgets every article that was
    /// fetched more than `span` milliseconds before it.
    pub(crate) fn advance(&mut self, seen: i64, span: i64) {
        let clock = self.now();
        let watermark = clock.watermark.map_or(seen, |before| before.max(seen));
        if clock.watermark != Some(watermark) {
            let watermark = Some(watermark);
            self.clock.insert(0, Clock { watermark, ..clock });
        }
        let horizon = watermark.saturating_sub(span);
        while let Some(&(seen, serial)) = self.index.by_time.first() {
            if seen >= horizon {
                break;
            }
            self.forget(serial);
        }
    }

    /// Keeps the name of an agency.
    pub(crate) fn introduce(&mut self, key: String, name: String) {
        if !self.agencies.contains(&key) {
            self.agencies.insert(key, name);
            let names = self.agencies.iter().map(|(_, name)| name.as_str());
            self.index.introduced = Agencies::of_names(names);
        }
    }

    /// Takes an article in under `serial`, in place of an earlier version of it.
    pub(crate) fn remember(&mut self, serial: Serial, signature: Signature, standing: Standing) {
        let before = (self.signatures.get(&serial), self.standings.get(&serial));
        if let (Some(signature), Some(standing)) = before {
            self.index.remove(serial, signature, standing);
        }
        self.index.add(serial, &signature, &standing);
        self.signatures.insert(serial, signature);
        self.standings.insert(serial, standing);
        let clock = self.now();
        if serial >= clock.next {
            let next = serial + 1;
            self.clock.insert(0, Clock { next, ..clock });
        }
    }

    fn forget(&mut self, serial: Serial) {
        let (Some(signature), Some(standing)) = (
            self.signatures.remove(&serial),
            self.standings.remove(&serial),
        ) else {
            return;
        };
        self.index.remove(serial, &signature, &standing);
        if !self.index.by_story.contains_key(&standing.story) {
            self.stories.remove(&standing.story);
        }
    }

    /// The members of a family that are in the window, in order of arrival.
    pub(crate) fn family(&self, family: &FamilyId) -> impl DoubleEndedIterator<Item = Serial> {
        members(self.index.by_family.get(family))
    }

    /// The members of a story that are in the window, in order of arrival.
    pub(crate) fn story(&self, story: &StoryId) -> impl DoubleEndedIterator<Item = Serial> {
        members(self.index.by_story.get(story))
    }
}

fn members(members: Option<&BTreeSet<Serial>>) -> impl DoubleEndedIterator<Item = Serial> {
    members.into_iter().flatten().copied()
}
