//! One of the two articles, prepared for comparison.

use crate::reading::{FURNITURE, GRAM, QUOTED, Reading, TITLE};
use crate::vocabulary::{Term, Vocabulary};

/// No place: the other article has no such term.
pub(crate) const NONE: u16 = u16::MAX;

/// What a term weighs at most: beyond it rarity is chance.
const MOST: f32 = 8.0;

/// An article with what its terms weigh.
#[derive(Debug)]
pub(crate) struct Side {
    pub reading: Reading,
    /// Rarity of each term.
    pub rarity: Vec<f64>,
}

impl Side {
    pub(crate) fn of(reading: Reading, vocabulary: &Vocabulary) -> Self {
        let rarity = |&term: &Term| f64::from(vocabulary.weight(term).min(MOST));
        Self {
            rarity: reading.terms.iter().map(rarity).collect(),
            reading,
        }
    }

    /// How many sentences there are, the title counted.
    pub(crate) fn sentences(&self) -> usize {
        let last = self.reading.items.last();
        last.map_or(0, |item| item.sentence) as usize + 1
    }
}

/// Numbers in groups.
#[derive(Debug)]
pub(crate) struct Groups {
    /// Where each group begins, and where the last one ends.
    starts: Vec<u32>,
    members: Vec<u16>,
}

impl Groups {
    /// Groups `count` groups of pairs of group and member. The order of members stays.
    fn of(count: usize, pairs: impl Iterator<Item = (u16, u16)> + Clone) -> Self {
        let mut starts = vec![0u32; count + 1];
        for (group, _) in pairs.clone() {
            starts[group as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut members = vec![0u16; starts[count] as usize];
        for (group, member) in pairs {
            let next = &mut next[group as usize];
            members[*next as usize] = member;
            *next += 1;
        }
        Self { starts, members }
    }

    pub(crate) fn get(&self, group: usize) -> &[u16] {
        &self.members[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    /// For each sentence the terms that it narrates, one as often as it does.
    pub(crate) fn narrated(side: &Side) -> Self {
        let items = side.reading.items.iter();
        let narrated = items.filter(|item| !item.is(TITLE | QUOTED | FURNITURE));
        Self::of(
            side.sentences(),
            narrated.map(|item| (item.sentence, item.local)),
        )
    }

    /// For each term the sentences of the body that have it, one as often as they do.
    pub(crate) fn said_in(side: &Side) -> Self {
        let items = side.reading.items.iter().filter(|item| !item.is(TITLE));
        Self::of(
            side.rarity.len(),
            items.map(|item| (item.local, item.sentence)),
        )
    }
}

/// The article at hand, against which many are held.
#[derive(Debug)]
pub(crate) struct Held {
    pub side: Side,
    pub narrated: Groups,
    pub said_in: Groups,
    /// Heads of the chains of shingles by hash, and each shingle's next.
    heads: Vec<u32>,
    next: Vec<u32>,
}

/// Shingles with the same terms that are looked at.
const CHAIN: usize = 16;
const END: u32 = u32::MAX;

impl Held {
    pub(crate) fn of(reading: Reading, vocabulary: &Vocabulary) -> Self {
        let side = Side::of(reading, vocabulary);
        let items = &side.reading.items;
        let mut heads = vec![END; (items.len() * 2).next_power_of_two()];
        let mut next = vec![END; items.len()];
        // From the end, so that each chain runs in the order of the text.
        for at in (0..items.len().saturating_sub(GRAM - 1)).rev() {
            if items[at].is(TITLE) {
                continue;
            }
            let gram = [0, 1, 2].map(|step| items[at + step].local);
            let head = &mut heads[slot(gram, items.len())];
            next[at] = *head;
            *head = at as u32;
        }
        Self {
            narrated: Groups::narrated(&side),
            said_in: Groups::said_in(&side),
            side,
            heads,
            next,
        }
    }

    /// For each term of the other its place here, or [`NONE`].
    pub(crate) fn map(&self, other: &Side) -> Vec<u16> {
        let ours = &self.side.reading.terms;
        let mut at = 0;
        let terms = other.reading.terms.iter().map(|&term| {
            while at < ours.len() && ours[at] < term {
                at += 1;
            }
            if ours.get(at) == Some(&term) {
                at as u16
            } else {
                NONE
            }
        });
        terms.collect()
    }

    /// Where the shingle of these terms stands.
    pub(crate) fn places(&self, gram: [u16; GRAM]) -> impl Iterator<Item = usize> + '_ {
        let items = &self.side.reading.items;
        let mut at = self.heads[slot(gram, items.len())];
        let chain = std::iter::from_fn(move || {
            let this = at;
            if this == END {
                return None;
            }
            at = self.next[this as usize];
            Some(this as usize)
        });
        // A shingle's chain may be long where a text says one thing over and over.
        chain
            .take(CHAIN)
            .filter(move |&at| (0..GRAM).all(|step| items[at + step].local == gram[step]))
    }
}

fn slot(gram: [u16; GRAM], items: usize) -> usize {
    let packed = gram
        .iter()
        .fold(0u64, |packed, &local| packed << 16 | u64::from(local));
    let hash = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    hash as usize & ((items * 2).next_power_of_two() - 1)
}
