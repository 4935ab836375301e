//! One of the two articles, prepared for comparison.

use crate::reading::{FURNITURE, GRAM, QUOTED, Reading, SPOKEN, TITLE};
use crate::vocabulary::{Term, Vocabulary};

/// No place: the other article has no such term.
pub(crate) const NONE: u16 = u16::MAX;

/// What a term weighs at most: beyond it rarity is chance.
const MOST: f32 = 8.0;

/// An article with what its terms weigh and what its sentences narrate.
#[derive(Debug)]
pub(crate) struct Side {
    pub reading: Reading,
    /// Rarity of each term.
    pub rarity: Vec<f64>,
    /// The terms that each sentence narrates, each once.
    pub sentences: Vec<Vec<u16>>,
}

impl Side {
    pub(crate) fn of(reading: Reading, vocabulary: &Vocabulary) -> Self {
        let rarity = |&term: &Term| f64::from(vocabulary.weight(term).min(MOST));
        let rarity: Vec<f64> = reading.terms.iter().map(rarity).collect();
        let count = reading.items.last().map_or(0, |item| item.sentence) as usize + 1;
        let mut sentences: Vec<Vec<u16>> = vec![Vec::new(); count];
        for item in &reading.items {
            if !item.is(TITLE | QUOTED | FURNITURE) {
                sentences[item.sentence as usize].push(item.local);
            }
        }
        for sentence in &mut sentences {
            sentence.sort_unstable();
            sentence.dedup();
        }
        Self {
            reading,
            rarity,
            sentences,
        }
    }

    /// Rarity of what a sentence narrates.
    pub(crate) fn weight(&self, sentence: usize) -> f64 {
        let terms = self.sentences[sentence].iter();
        terms.map(|&local| self.rarity[local as usize]).sum()
    }
}

/// The article at hand, against which many are held.
#[derive(Debug)]
pub(crate) struct Held {
    pub side: Side,
    /// For each term the sentences that narrate it.
    narrated_in: Vec<Vec<u16>>,
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
        let mut narrated_in = vec![Vec::new(); side.reading.terms.len()];
        for (number, sentence) in side.sentences.iter().enumerate() {
            for &local in sentence {
                narrated_in[local as usize].push(number as u16);
            }
        }
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
            side,
            narrated_in,
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

    pub(crate) fn sentences_with(&self, local: u16) -> &[u16] {
        &self.narrated_in[local as usize]
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
        chain
            .filter(move |&at| (0..GRAM).all(|step| items[at + step].local == gram[step]))
            .take(CHAIN)
    }

    /// Whether the item says something of its own in narration that nobody speaks.
    pub(crate) fn is_spoken(&self, at: usize) -> bool {
        self.side.reading.items[at].is(SPOKEN)
    }
}

fn slot(gram: [u16; GRAM], items: usize) -> usize {
    let packed = gram
        .iter()
        .fold(0u64, |packed, &local| packed << 16 | u64::from(local));
    let hash = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    hash as usize & ((items * 2).next_power_of_two() - 1)
}
