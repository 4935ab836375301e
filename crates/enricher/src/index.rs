//! Who has what: everything that is derived from the window's tables and never stored.

use pipeline::state::Sorted;

use crate::agencies::Agencies;
use crate::postings::{Builder, KEY_BITS, Postings};
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
    pub articles: Members,
    /// Stories and families with their members.
    pub stories: Members,
    pub families: Members,
    /// Articles in the order in which they expire.
    pub by_time: Sorted<(i64, Serial), ()>,
    /// The agencies that feeds made known; none until one did.
    pub introduced: Option<Agencies>,
}

/// Articles by an id that stands in their standings, those of one id in order of arrival.
///
/// Of the id only 32 bits are kept, which takes a fifth of what it would take whole: who asks looks at the
/// standing, which has all of it.
#[derive(Debug, Default)]
pub(crate) struct Members(Sorted<(u32, Serial), ()>);

impl Members {
    pub(crate) fn insert(&mut self, id: Id, serial: Serial) {
        self.0.insert((id.tag(), serial), ());
    }

    pub(crate) fn remove(&mut self, id: Id, serial: Serial) {
        self.0.remove(&(id.tag(), serial));
    }

    /// Those that may be of `id`.
    pub(crate) fn of(&self, id: Id) -> impl DoubleEndedIterator<Item = Serial> {
        let members = self.0.range((id.tag(), 0)..=(id.tag(), Serial::MAX));
        members.map(|(&(_, serial), ())| serial)
    }

    fn over(members: impl Iterator<Item = (Id, Serial)>) -> Self {
        let mut sorted: Vec<(u32, Serial)> =
            members.map(|(id, serial)| (id.tag(), serial)).collect();
        sorted.sort_unstable();
        Self(sorted.into_iter().map(|member| (member, ())).collect())
    }
}

impl Index {
    /// The event time and the number of the article that expires before all others.
    pub(crate) fn first_to_expire(&self) -> Option<(i64, Serial)> {
        self.by_time.iter().next().map(|(&first, ())| first)
    }

    /// Adds an article; `fingerprints` are those of its reading.
    pub(crate) fn add(
        &mut self,
        serial: Serial,
        signature: &Signature<'_>,
        fingerprints: &Fingerprints,
        standing: &Standing,
    ) {
        let (terms, keys) = signature.terms_and_keys();
        self.vocabulary.add(terms.into_iter());
        self.narration.add(hashes(&fingerprints.narration), serial);
        self.quoted.add(hashes(&fingerprints.quoted), serial);
        let exact = exact(signature.body);
        self.keys.add(keys.into_iter().chain([exact]), serial);
        self.articles.insert(standing.article, serial);
        self.stories.insert(standing.story, serial);
        self.families.insert(standing.family, serial);
        self.by_time.insert((standing.seen, serial), ());
    }

    /// Takes back what [`Index::add`] did. Both get the same signature and standing.
    pub(crate) fn remove(
        &mut self,
        serial: Serial,
        signature: &Signature<'_>,
        standing: &Standing,
    ) {
        let (terms, keys) = signature.terms_and_keys();
        self.vocabulary.remove(terms.into_iter());
        let fingerprints = signature.reading().fingerprints();
        self.narration
            .remove(hashes(&fingerprints.narration), serial);
        self.quoted.remove(hashes(&fingerprints.quoted), serial);
        let exact = exact(signature.body);
        self.keys.remove(keys.into_iter().chain([exact]), serial);
        self.articles.remove(standing.article, serial);
        self.stories.remove(standing.story, serial);
        self.families.remove(standing.family, serial);
        self.by_time.remove(&(standing.seen, serial));
    }

    /// The index over all of `articles`, built at once.
    pub(crate) fn over<'a>(
        articles: impl Iterator<Item = (Serial, Signature<'a>, &'a Standing)>,
    ) -> Self {
        let mut index = Self::default();
        let (mut narration, mut quoted, mut keys) =
            (Builder::default(), Builder::default(), Builder::default());
        let mut placed: Vec<(Serial, [Id; 3], i64)> = Vec::new();
        for (serial, signature, standing) in articles {
            let fingerprints = signature.reading().fingerprints();
            let (terms, own) = signature.terms_and_keys();
            narration.add(hashes(&fingerprints.narration), serial);
            quoted.add(hashes(&fingerprints.quoted), serial);
            keys.add(own.into_iter().chain([exact(signature.body)]), serial);
            index.vocabulary.add(terms.into_iter());
            let ids = [standing.article, standing.story, standing.family];
            placed.push((serial, ids, standing.seen));
        }
        let members = |at: usize| {
            let members = placed.iter().map(|(serial, ids, _)| (ids[at], *serial));
            Members::over(members)
        };
        (index.articles, index.stories, index.families) = (members(0), members(1), members(2));
        let mut by_time: Vec<(i64, Serial)> = placed
            .iter()
            .map(|&(serial, _, seen)| (seen, serial))
            .collect();
        by_time.sort_unstable();
        index.by_time = by_time.into_iter().map(|key| (key, ())).collect();
        index.narration = narration.finish();
        index.quoted = quoted.finish();
        index.keys = keys.finish();
        index
    }
}

/// The key of a body as a whole, under which it is found however short it is. Those of terms are below
/// `1 << TERM_BITS`.
pub(crate) fn exact(body: u64) -> u32 {
    const ABOVE: u32 = 1 << (KEY_BITS - 1);
    (body >> (64 - KEY_BITS)) as u32 | ABOVE
}

fn hashes(fingerprints: &[(u32, u32)]) -> impl Iterator<Item = u32> + '_ {
    fingerprints.iter().map(|&(fingerprint, _)| fingerprint)
}
