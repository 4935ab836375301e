//! An article as comparisons see it: the words that tell something, in the order of the text.

use crate::packed::Packed;
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

/// A [`Reading`] in few bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct PackedReading<'a> {
    /// How many terms there are.
    #[serde(rename = "n")]
    many: u16,
    #[serde(rename = "t", borrow)]
    terms: Packed<'a>,
    #[serde(rename = "w", borrow)]
    kinds: Packed<'a>,
    /// How many items there are.
    #[serde(rename = "c")]
    count: u16,
    #[serde(rename = "i", borrow)]
    items: Packed<'a>,
    /// First items of the sentences after the first.
    #[serde(rename = "s", borrow)]
    sentences: Packed<'a>,
    /// Where each flag turns on, off, on...
    #[serde(rename = "f", borrow)]
    flags: [Packed<'a>; 4],
}

const FLAGS: [u8; 4] = [TITLE, QUOTED, FURNITURE, SPOKEN];

fn bits_for(terms: usize) -> u32 {
    usize::BITS - terms.saturating_sub(1).max(1).leading_zeros()
}

impl Reading {
    pub(crate) fn pack(&self) -> PackedReading<'static> {
        let items = || self.items.iter().zip(0u32..);
        let mut sentence = 0;
        let starts = items().filter_map(|(item, at)| {
            let begins = item.sentence != sentence;
            let skipped = item.sentence - sentence;
            sentence = item.sentence;
            begins.then_some(std::iter::repeat_n(at, skipped.into()))
        });
        PackedReading {
            many: self.terms.len() as u16,
            terms: Packed::of_spread(self.terms.iter().copied()),
            kinds: Packed::of_bits(self.kinds.iter().map(|&kind| u32::from(kind)), 2),
            count: self.items.len() as u16,
            items: Packed::of_bits(
                self.items.iter().map(|item| u32::from(item.local)),
                bits_for(self.terms.len()),
            ),
            sentences: Packed::of_rising(starts.flatten().collect::<Vec<_>>()),
            flags: FLAGS.map(|flag| {
                let mut on = false;
                Packed::of_rising(items().filter_map(|(item, at)| {
                    let turns = item.is(flag) != on;
                    on ^= turns;
                    turns.then_some(at)
                }))
            }),
        }
    }
}

impl PackedReading<'_> {
    pub(crate) fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.terms.spread(self.many.into())
    }

    /// Bits that the place of a term takes.
    pub(crate) fn bits_of_terms(&self) -> u32 {
        bits_for(self.many.into())
    }

    pub(crate) fn unpack(&self) -> Reading {
        let mut terms: Vec<Term> = Vec::with_capacity(self.many.into());
        terms.extend(self.terms());
        let kinds = self.kinds.bits(2).take(terms.len());
        let locals = self.items.bits(bits_for(terms.len()));
        let locals = locals.take(self.count.into()).map(|local| Item {
            local: local as u16,
            sentence: 0,
            flags: 0,
        });
        let mut items: Vec<Item> = Vec::with_capacity(self.count.into());
        items.extend(locals);
        let mut starts = self.sentences.rising().peekable();
        let mut sentence = 0;
        for (at, item) in (0u32..).zip(&mut items) {
            while starts.next_if_eq(&at).is_some() {
                sentence += 1;
            }
            item.sentence = sentence;
        }
        for (flag, turns) in FLAGS.into_iter().zip(&self.flags) {
            let mut turns = turns.rising();
            while let Some(on) = turns.next() {
                let off = turns.next().map_or(items.len(), |off| off as usize);
                for item in items.get_mut(on as usize..off).unwrap_or_default() {
                    item.flags |= flag;
                }
            }
        }
        Reading {
            kinds: kinds.map(|kind| kind as u8).collect(),
            terms,
            items,
        }
    }
}

/// Items in a shingle: about six words of text.
pub(crate) const GRAM: usize = 3;
/// Of so many shingles in a row the least is a fingerprint.
const WINNOW: usize = 8;

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
            if gram.iter().any(|item| item.is(QUOTED) != first) {
                continue;
            }
            let hash = gram.iter().fold(0u64, |hash, item| {
                mix(hash.rotate_left(23) ^ u64::from(self.terms[item.local as usize]) << 7)
            });
            let grams = if first { &mut quoted } else { &mut narration };
            grams.push(((hash >> 32) as u32, at as u32));
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
            prop_assert_eq!(reading.pack().unpack(), reading);
        }
    }
}
