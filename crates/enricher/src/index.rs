//! Who has what: everything that is derived from the window's tables and never stored.

use std::collections::{BTreeMap, BTreeSet};

use article::ArticleId;

use crate::agencies::Agencies;
use crate::postings::{Builder, Postings};
use crate::reading::Fingerprints;
use crate::sign::Signature;
use crate::vocabulary::Vocabulary;
use crate::window::{Id, Serial, Standing};

/// What the tables say, turned round.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub vocabulary: Vocabulary,
    pub narration: Postings,
    pub quoted: Postings,
    pub keys: Postings,
    by_article: BTreeMap<Id, Serial>,
    /// Stories and families with their members, in order of arrival.
    pub by_story: BTreeSet<(Id, Serial)>,
    pub by_family: BTreeSet<(Id, Serial)>,
    /// Articles in the order in which they expire.
    pub by_time: BTreeSet<(i64, Serial)>,
    /// The agencies that feeds made known; none until one did.
    pub introduced: Option<Agencies>,
}

impl Index {
    /// The number of an article in the window.
    pub(crate) fn serial(&self, article: &ArticleId) -> Option<Serial> {
        self.serial_of(Id::from(article))
    }

    pub(crate) fn serial_of(&self, article: Id) -> Option<Serial> {
        self.by_article.get(&article).copied()
    }

    /// Adds an article; `fingerprints` are those of its reading.
    pub(crate) fn add(
        &mut self,
        serial: Serial,
        signature: &Signature<'_>,
        fingerprints: &Fingerprints,
        standing: &Standing,
    ) {
        self.vocabulary.add(signature.terms());
        self.narration.add(hashes(&fingerprints.narration), serial);
        self.quoted.add(hashes(&fingerprints.quoted), serial);
        self.keys.add(keys_of(signature), serial);
        self.by_article.insert(standing.article, serial);
        self.by_story.insert((standing.story, serial));
        self.by_family.insert((standing.family, serial));
        self.by_time.insert((standing.seen, serial));
    }

    /// Takes back what [`Index::add`] did. Both get the same signature and standing.
    pub(crate) fn remove(
        &mut self,
        serial: Serial,
        signature: &Signature<'_>,
        standing: &Standing,
    ) {
        self.vocabulary.remove(signature.terms());
        let fingerprints = signature.reading.unpack().fingerprints();
        self.narration
            .remove(hashes(&fingerprints.narration), serial);
        self.quoted.remove(hashes(&fingerprints.quoted), serial);
        self.keys.remove(keys_of(signature), serial);
        self.by_article.remove(&standing.article);
        self.by_story.remove(&(standing.story, serial));
        self.by_family.remove(&(standing.family, serial));
        self.by_time.remove(&(standing.seen, serial));
    }

    /// The index over all of `articles`, built at once.
    pub(crate) fn over<'a>(
        articles: impl Iterator<Item = (Serial, Signature<'a>, &'a Standing)>,
    ) -> Self {
        let mut index = Self::default();
        let (mut narration, mut quoted, mut keys) =
            (Builder::default(), Builder::default(), Builder::default());
        let (mut by_article, mut by_story, mut by_family, mut by_time) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (serial, signature, standing) in articles {
            let fingerprints = signature.reading.unpack().fingerprints();
            narration.add(hashes(&fingerprints.narration), serial);
            quoted.add(hashes(&fingerprints.quoted), serial);
            keys.add(keys_of(&signature), serial);
            index.vocabulary.add(signature.terms());
            by_article.push((standing.article, serial));
            by_story.push((standing.story, serial));
            by_family.push((standing.family, serial));
            by_time.push((standing.seen, serial));
        }
        // Collecting sorts once and fills the nodes in order.
        index.by_article = by_article.into_iter().collect();
        index.by_story = by_story.into_iter().collect();
        index.by_family = by_family.into_iter().collect();
        index.by_time = by_time.into_iter().collect();
        index.narration = narration.finish();
        index.quoted = quoted.finish();
        index.keys = keys.finish();
        index
    }
}

/// The keys under which an article is found: its rarest names and terms, and its body as a whole.
fn keys_of(signature: &Signature<'_>) -> impl Iterator<Item = u32> + use<> {
    signature.keys().into_iter().chain([exact(signature.body)])
}

/// The key of a body, which is none of a term: these are below `1 << TERM_BITS`.
pub(crate) fn exact(body: u64) -> u32 {
    (body >> 32) as u32 | 1 << 31
}

fn hashes(fingerprints: &[(u32, u32)]) -> impl Iterator<Item = u32> + '_ {
    fingerprints.iter().map(|&(fingerprint, _)| fingerprint)
}
