//! Who has what: everything that is derived from the window's tables and never stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use article::{ArticleId, FamilyId, StoryId};

use crate::agencies::Agencies;
use crate::sign::Signature;
use crate::vocabulary::Vocabulary;
use crate::window::{Serial, Standing};

/// Which articles carry a key: an ordered set of pairs.
///
/// A set of pairs needs no list a key, which would cost more than its entries where most keys have
/// one article; it gives the newest or the oldest of a key in order; and it holds the same after an
/// eviction as it would if it were built anew, which lists that are capped as they grow do not.
#[derive(Debug, Default)]
pub(crate) struct Postings(BTreeSet<(u32, Serial)>);

impl Postings {
    fn add(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        self.0.extend(keys.map(|key| (key, serial)));
    }

    fn remove(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        for key in keys {
            self.0.remove(&(key, serial));
        }
    }

    /// Puts into `found` at most `cap` articles that carry `key` and arrived before `before`: the
    /// newest, and of a key with more, the oldest as a half of them, so that the source of a text
    /// that everybody reprints stays within reach.
    pub(crate) fn carriers(&self, key: u32, before: Serial, cap: usize, found: &mut Vec<Serial>) {
        found.clear();
        let all = || {
            self.0
                .range((key, 0)..(key, before))
                .map(|&(_, serial)| serial)
        };
        found.extend(all().rev().take(cap));
        if found.len() == cap {
            found.truncate(cap - cap / 2);
            found.extend(all().take(cap / 2));
            found.sort_unstable();
            found.dedup();
        }
    }
}

/// What the tables say, turned round.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub vocabulary: Vocabulary,
    pub narration: Postings,
    pub quoted: Postings,
    pub keys: Postings,
    pub by_article: HashMap<ArticleId, Serial>,
    pub by_story: BTreeMap<StoryId, BTreeSet<Serial>>,
    pub by_family: BTreeMap<FamilyId, BTreeSet<Serial>>,
    /// Articles in the order in which they expire.
    pub by_time: BTreeSet<(i64, Serial)>,
    /// The agencies that feeds made known; none until one did.
    pub introduced: Option<Agencies>,
}

impl Index {
    pub(crate) fn add(&mut self, serial: Serial, signature: &Signature, standing: &Standing) {
        self.vocabulary.add(signature.terms());
        self.narration.add(signature.narration.words(), serial);
        self.quoted.add(signature.quoted.words(), serial);
        self.keys.add(signature.keys.words(), serial);
        self.by_article.insert(standing.article.clone(), serial);
        self.by_story
            .entry(standing.story.clone())
            .or_default()
            .insert(serial);
        self.by_family
            .entry(standing.family.clone())
            .or_default()
            .insert(serial);
        self.by_time.insert((standing.seen, serial));
    }

    /// Takes back what [`Index::add`] did. Both get the same signature and standing.
    pub(crate) fn remove(&mut self, serial: Serial, signature: &Signature, standing: &Standing) {
        self.vocabulary.remove(signature.terms());
        self.narration.remove(signature.narration.words(), serial);
        self.quoted.remove(signature.quoted.words(), serial);
        self.keys.remove(signature.keys.words(), serial);
        self.by_article.remove(&standing.article);
        remove_member(&mut self.by_story, &standing.story, serial);
        remove_member(&mut self.by_family, &standing.family, serial);
        self.by_time.remove(&(standing.seen, serial));
    }

    /// The index over all of `articles`, built at once.
    pub(crate) fn over<'a>(
        articles: impl Iterator<Item = (Serial, &'a Signature, &'a Standing)>,
    ) -> Self {
        let mut index = Self::default();
        let (mut narration, mut quoted, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for (serial, signature, standing) in articles {
            narration.extend(signature.narration.words().map(|key| (key, serial)));
            quoted.extend(signature.quoted.words().map(|key| (key, serial)));
            keys.extend(signature.keys.words().map(|key| (key, serial)));
            index.vocabulary.add(signature.terms());
            index.by_article.insert(standing.article.clone(), serial);
            let story = index.by_story.entry(standing.story.clone()).or_default();
            story.insert(serial);
            let family = index.by_family.entry(standing.family.clone()).or_default();
            family.insert(serial);
            index.by_time.insert((standing.seen, serial));
        }
        // Collecting sorts once and fills the nodes in order: many times faster than inserting.
        index.narration = Postings(narration.into_iter().collect());
        index.quoted = Postings(quoted.into_iter().collect());
        index.keys = Postings(keys.into_iter().collect());
        index
    }
}

fn remove_member<K: Ord>(groups: &mut BTreeMap<K, BTreeSet<Serial>>, key: &K, serial: Serial) {
    if let Some(members) = groups.get_mut(key) {
        members.remove(&serial);
        if members.is_empty() {
            groups.remove(key);
        }
    }
}
