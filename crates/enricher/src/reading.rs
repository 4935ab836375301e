//! An article as comparisons see it: the words that tell something, in the order of the text.

use crate::packed::{Reader, Writer};
use crate::postings::KEY_BITS;
use crate::vocabulary::Term;

/// The item stands in the title.
pub(crate) const TITLE: u8 = 1;
/// It stands in a quotation.
pub(crate) const QUOTED: u8 = 2;
/// It stands in a passage that the outlet prints under everything.
pub(crate) const FURNITURE: u8 = 4;
/// Its sentence speaks of "I" or "we" outside quotation marks: a transcript, a statement, a column.
pub(crate) const SPOKEN: u8 = 8;

/// Kinds of term: how it is written where it does not open a sentence.
pub(crate) const WORD: u8 = 0;
pub(crate) const NAME: u8 = 1;
pub(crate) const NUMBER: u8 = 2;

/// Items kept of an article, those of the title included: about 2,000 words. What stands behind them
/// is not compared.
pub(crate) const ITEMS: usize = 1_000;

/// Items of the body that count as its lede.
pub(crate) const LEDE: usize = 36;

/// A word that is no function word, at its place in the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Place of its term among the article's terms.
    pub local: u16,
    /// Its sentence; the title is sentence 0.
    pub sentence: u16,
    pub flags: u8,
}

impl Item {
    pub(crate) fn is(self, flags: u8) -> bool {
        self.flags & flags != 0
    }
}

/// The items of an article and its different terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// In rising order.
    pub terms: Vec<Term>,
    /// [`WORD`], [`NAME`] or [`NUMBER`], for each term.
    pub kinds: Vec<u8>,
    /// The title's first.
    pub items: Vec<Item>,
}

const FLAGS: [u8; 4] = [TITLE, QUOTED, FURNITURE, SPOKEN];

/// Sentences are counted in 16 bits.
pub(crate) const SENTENCES: usize = 1 << 16;

impl Reading {
    /// Writes the terms: most that is asked of an article is asked of these.
    pub(crate) fn pack_terms(&self, writer: &mut Writer) {
        writer.rising(&self.terms);
    }

    /// Writes everything else.
    pub(crate) fn pack_rest(&self, writer: &mut Writer) {
        for kind in [NAME, NUMBER] {
            let terms = (0u32..).zip(&self.kinds);
            let of_kind = terms.filter(|&(_, &other)| other == kind);
            writer.rising(&of_kind.map(|(local, _)| local).collect::<Vec<_>>());
        }
        writer.count(self.items.len());
        for item in &self.items {
            writer.below(item.local.into(), self.terms.len() as u32);
        }
        // The first items of the sentences after the first; of a sentence without any, that of the next.
        let mut starts: Vec<u32> = Vec::new();
        for (item, at) in self.items.iter().zip(0u32..) {
            starts.resize(item.sentence.into(), at);
        }
        writer.rising(&starts);
        for flag in FLAGS {
            let mut on = false;
            // Where it turns on, off, on...
            let turns = self.items.iter().zip(0u32..).filter(|(item, _)| {
                let turns = item.is(flag) != on;
                on ^= turns;
                turns
            });
            writer.rising(&turns.map(|(_, at)| at).collect::<Vec<_>>());
        }
    }

    /// Reads what [`Reading::pack_rest`] wrote; the terms were read before.
    pub(crate) fn unpack_rest(terms: Vec<Term>, reader: &mut Reader<'_>) -> Self {
        let mut kinds = vec![WORD; terms.len()];
        for kind in [NAME, NUMBER] {
            for local in reader.rising(ITEMS) {
                if let Some(of_term) = kinds.get_mut(local as usize) {
                    *of_term = kind;
                }
            }
        }
        // Without a term there is nothing that an item could be.
        let count = reader.count().min(if terms.is_empty() { 0 } else { ITEMS });
        let mut items: Vec<Item> = Vec::with_capacity(count);
        let locals = reader.all_below(terms.len() as u32).take(count);
        items.extend(locals.map(|local| Item {
            local: local as u16,
            sentence: 0,
            flags: 0,
        }));
        let (mut begin, mut sentence) = (0, 0);
        for start in reader.rising(SENTENCES) {
            let end = (start as usize).min(items.len());
            for item in items.get_mut(begin..end).unwrap_or_default() {
                item.sentence = sentence;
            }
            begin = end.max(begin);
            sentence = sentence.saturating_add(1);
        }
        for item in &mut items[begin..] {
            item.sentence = sentence;
        }
        for flag in FLAGS {
            let mut on = None;
            let mut mark = |on: usize, off: usize| {
                for item in items.get_mut(on..off).unwrap_or_default() {
                    item.flags |= flag;
                }
            };
            for turn in reader.rising(ITEMS) {
                match on.take() {
                    Some(on) => mark(on, turn as usize),
                    None => on = Some(turn as usize),
                }
            }
            if let Some(on) = on {
                mark(on, count);
            }
        }
        Self {
            terms,
            kinds,
            items,
        }
    }
}

/// Items in a shingle: about six words of text.
pub(crate) const GRAM: usize = 3;
/// Of so many shingles in a row the least is a fingerprint: two texts that share eighteen telling words in a row
/// share one. Of 8 shingles in a row it was 95 fingerprints an article of 4.3 KB, of 16 it is half as many; no pair of
/// the labelled data is found less for it.
const WINNOW: usize = 16;

/// Fingerprints of a reading with the items at which they begin, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprints {
    pub narration: Vec<(u32, u32)>,
    pub quoted: Vec<(u32, u32)>,
}

impl Reading {
    /// Winnowed shingles that lie wholly in narration, or wholly in quotation. The title has none.
    pub(crate) fn fingerprints(&self) -> Fingerprints {
        let (mut narration, mut quoted) = (Vec::with_capacity(self.items.len()), Vec::new());
        for (at, gram) in self.items.windows(GRAM).enumerate() {
            if gram[0].is(TITLE) {
                continue;
            }
            let first = gram[0].is(QUOTED);
            let is_other = |item: &Item| item.is(QUOTED) != first || item.is(FURNITURE);
            if gram.iter().any(is_other) {
                continue;
            }
            let hash = gram.iter().fold(0u64, |hash, item| {
                mix(hash.rotate_left(23) ^ u64::from(self.terms[item.local as usize]) << 7)
            });
            let grams = if first { &mut quoted } else { &mut narration };
            grams.push(((hash >> (64 - KEY_BITS)) as u32, at as u32));
        }
        Fingerprints {
            narration: winnow(&narration),
            quoted: winnow(&quoted),
        }
    }
}

pub(crate) fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}

/// Robust winnowing: the least of each window, the last of several that are least.
fn winnow(grams: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut chosen: Vec<(u32, u32)> = Vec::with_capacity(grams.len() / 4 + 1);
    let mut least: Option<usize> = None;
    let window = WINNOW.min(grams.len().max(1));
    for end in window..=grams.len() {
        let start = end - window;
        let last = end - 1;
        let next = match least {
            Some(at) if at >= start => {
                if grams[last].0 <= grams[at].0 {
                    last
                } else {
                    at
                }
            }
            _ => (start..end)
                .rev()
                .min_by_key(|&at| grams[at].0)
                .unwrap_or(last),
        };
        if least != Some(next) {
            chosen.push(grams[next]);
            least = Some(next);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_reading() -> impl Strategy<Value = Reading> {
        let item = (any::<u16>(), prop::bool::weighted(0.1), 0u8..16);
        let terms = prop::collection::btree_set(0u32..1 << 20, 1..60);
        (terms, prop::collection::vec(item, 0..120)).prop_map(|(terms, items)| {
            let mut sentence = 0;
            let terms: Vec<Term> = terms.into_iter().collect();
            let items = items.into_iter().map(|(local, begins, flags)| {
                sentence += u16::from(begins);
                Item {
                    local: local % terms.len() as u16,
                    sentence,
                    flags,
                }
            });
            Reading {
                kinds: terms.iter().map(|term| (term % 3) as u8).collect(),
                items: items.collect(),
                terms,
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(reading in any_reading()) {
            let mut writer = Writer::default();
            reading.pack_terms(&mut writer);
            reading.pack_rest(&mut writer);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            let terms = reader.rising(ITEMS).collect();
            prop_assert_eq!(Reading::unpack_rest(terms, &mut reader), reading);
            prop_assert!(!reader.is_past_end());
        }
    }
}
