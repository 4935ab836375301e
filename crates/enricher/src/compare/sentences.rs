//! Sentences of the shorter text that are found again in the other.

use super::runs::{Marks, TOLD};
use super::side::{Groups, Held, NONE, Side};
use super::{Measures, share};
use crate::reading::{FURNITURE, QUOTED, TITLE};

/// Share of a sentence's rarity that runs must cover for it to count as covered.
const COVERED: f64 = 0.4;
/// A sentence with less rarity says too little.
const LEAST: f64 = 8.0;

pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    marks: &Marks,
    shorter: usize,
    measures: &mut Measures,
) {
    let short = [&this.side, earlier][shorter];
    measures.spread = spread(short, &marks[shorter]);
    measures.retold = if shorter == 0 {
        let mut back = vec![NONE; this.side.rarity.len()];
        for (there, &here) in map.iter().enumerate().filter(|&(_, &here)| here != NONE) {
            back[here as usize] = there as u16;
        }
        let said_in = Groups::said_in(earlier);
        retold(short, &this.narrated, &back, &said_in, earlier.sentences())
    } else {
        let narrated = Groups::narrated(earlier);
        let sentences = this.side.sentences();
        retold(short, &narrated, map, &this.said_in, sentences)
    };
}

/// Share of the sentences that runs cover for a good part.
fn spread(side: &Side, marks: &[u8]) -> f64 {
    let mut sums = vec![(0.0, 0.0); side.sentences()];
    for (item, mark) in side.reading.items.iter().zip(marks) {
        if item.is(TITLE | QUOTED | FURNITURE) {
            continue;
        }
        let rarity = side.rarity[item.local as usize];
        let sum: &mut (f64, f64) = &mut sums[item.sentence as usize];
        sum.1 += rarity;
        if mark & TOLD != 0 {
            sum.0 += rarity;
        }
    }
    let told = sums.iter().filter(|sum| sum.1 >= LEAST);
    let met = told.clone().filter(|sum| sum.0 >= COVERED * sum.1).count();
    share(met as f64, told.count() as f64)
}

/// How much of what each sentence of the shorter text narrates one sentence of the other says too,
/// terms counting by the square of their rarity. `other` gives for each term its place in the other,
/// `said_in` for each of the other's terms the sentences that have it.
fn retold(
    short: &Side,
    narrated: &Groups,
    other: &[u16],
    said_in: &Groups,
    sentences: usize,
) -> f64 {
    let (mut all, mut met) = (0.0, 0.0);
    let mut sums = vec![0.0f64; sentences];
    // The last term and sentence that counted for a sentence of the other: each counts once.
    let mut counted = vec![NONE; sentences];
    let mut touched: Vec<u16> = Vec::new();
    let mut terms: Vec<u16> = Vec::new();
    for sentence in 0..short.sentences() {
        terms.clear();
        terms.extend_from_slice(narrated.get(sentence));
        terms.sort_unstable();
        terms.dedup();
        let mut best = 0.0f64;
        for &local in &terms {
            let weight = short.rarity[local as usize].powi(2);
            all += weight;
            let term = other[local as usize];
            if term == NONE {
                continue;
            }
            for &there in said_in.get(term as usize) {
                let at = there as usize;
                if counted[at] == term {
                    continue;
                }
                counted[at] = term;
                touched.push(there);
                sums[at] += weight;
                best = best.max(sums[at]);
            }
        }
        for there in touched.drain(..) {
            sums[there as usize] = 0.0;
            counted[there as usize] = NONE;
        }
        met += best;
    }
    share(met, all)
}
