//! Sentences of one text that are found again in the other.

use super::runs::Shared;
use super::side::{Held, NONE, Side};
use super::{Measures, share};
use crate::reading::TITLE;

/// From here on a sentence counts as found again: share of what both say that both say.
const FOUND: f64 = 0.25;
/// Share of a sentence's rarity that runs must cover for it to count as covered.
const COVERED: f64 = 0.4;
/// A sentence with less rarity says too little to be found again.
const LEAST: f64 = 8.0;

/// The best match of a sentence.
#[derive(Clone, Copy, Default)]
struct Match {
    score: f64,
    sentence: usize,
}

pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    shared: &Shared,
    measures: &mut Measures,
) {
    let (ours, theirs) = matches(this, earlier, map);
    let sides = [&this.side, earlier];
    let weights = sides.map(|side| {
        let sentences = 0..side.sentences.len();
        sentences
            .map(|sentence| side.weight(sentence))
            .collect::<Vec<f64>>()
    });
    let totals = [0, 1].map(|side| weights[side].iter().sum::<f64>());
    let shorter = usize::from(totals[1] < totals[0]);
    let found = [ours, theirs];
    let aligned = |side: usize| {
        let sum: f64 = found[side]
            .iter()
            .zip(&weights[side])
            .map(|(found, weight)| found.score * weight)
            .sum();
        share(sum, totals[side])
    };
    measures.aligned = aligned(shorter);
    let mut told: Vec<(f64, f64)> = found[shorter]
        .iter()
        .zip(&weights[shorter])
        .filter(|&(_, &weight)| weight >= LEAST)
        .map(|(found, &weight)| (found.score, weight))
        .collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0));
    told.truncate(told.len().div_ceil(3));
    measures.best_aligned = share(
        told.iter().map(|(score, weight)| score * weight).sum(),
        told.iter().map(|(_, weight)| weight).sum(),
    );
    measures.retold = retold(sides, shorter, map);
    let again: Vec<usize> = found[shorter]
        .iter()
        .zip(&weights[shorter])
        .filter(|&(found, &weight)| found.score >= FOUND && weight >= LEAST)
        .map(|(found, _)| found.sentence)
        .collect();
    measures.aligned_count = ((1 + again.len()) as f64).ln() / 4.0;
    measures.aligned_order = share(
        super::terms::longest_rising(again.iter().copied(), true) as f64,
        again.len() as f64,
    );
    measures.spread = spread(sides[shorter], &weights[shorter], &shared.covered[shorter]);
}

/// Share of the sentences, by rarity, that runs cover for the most part.
fn spread(side: &Side, weights: &[f64], covered: &[bool]) -> f64 {
    let mut sums = vec![(0.0, 0.0); weights.len()];
    for (item, covered) in side.reading.items.iter().zip(covered) {
        if item.is(TITLE | crate::reading::QUOTED | crate::reading::FURNITURE) {
            continue;
        }
        let rarity = side.rarity[item.local as usize];
        let sum: &mut (f64, f64) = &mut sums[item.sentence as usize];
        sum.1 += rarity;
        if *covered {
            sum.0 += rarity;
        }
    }
    let told = sums.iter().filter(|sum| sum.1 >= LEAST);
    let met = told.clone().filter(|sum| sum.0 >= COVERED * sum.1).count();
    share(met as f64, told.count() as f64)
}

/// The best match of each sentence on either side: by the share of rarity that both narrate.
fn matches(this: &Held, earlier: &Side, map: &[u16]) -> (Vec<Match>, Vec<Match>) {
    let mut ours = vec![Match::default(); this.side.sentences.len()];
    let mut theirs = vec![Match::default(); earlier.sentences.len()];
    let weights: Vec<f64> = (0..ours.len()).map(|at| this.side.weight(at)).collect();
    let mut both = vec![0.0f64; ours.len()];
    let mut touched: Vec<usize> = Vec::new();
    for (there, sentence) in earlier.sentences.iter().enumerate() {
        for &local in sentence {
            let local = map[local as usize];
            if local == NONE {
                continue;
            }
            let rarity = this.side.rarity[local as usize];
            for &here in this.sentences_with(local) {
                let here = here as usize;
                if both[here] == 0.0 {
                    touched.push(here);
                }
                both[here] += rarity;
            }
        }
        let weight = earlier.weight(there);
        touched.sort_unstable();
        touched.dedup();
        for here in touched.drain(..) {
            let shared = std::mem::take(&mut both[here]);
            let score = share(shared, weight + weights[here] - shared);
            if score > ours[here].score {
                ours[here] = Match {
                    score,
                    sentence: there,
                };
            }
            if score > theirs[there].score {
                theirs[there] = Match {
                    score,
                    sentence: here,
                };
            }
        }
    }
    (ours, theirs)
}

/// How much of what each sentence of the shorter text narrates one sentence of the other says too,
/// rare terms counting by the square of their rarity.
fn retold(sides: [&Side; 2], shorter: usize, map: &[u16]) -> f64 {
    // The other's sentences for each of its terms, and the shorter's terms as the other's.
    let (short, long) = (sides[shorter], sides[1 - shorter]);
    let mut back = vec![NONE; sides[0].rarity.len()];
    for (there, &here) in map.iter().enumerate().filter(|&(_, &here)| here != NONE) {
        back[here as usize] = there as u16;
    }
    let other = |local: u16| {
        if shorter == 1 {
            map[local as usize]
        } else {
            back[local as usize]
        }
    };
    let mut said_in: Vec<Vec<u16>> = vec![Vec::new(); long.rarity.len()];
    for item in &long.reading.items {
        let sentences = &mut said_in[item.local as usize];
        if !item.is(TITLE) && sentences.last() != Some(&item.sentence) {
            sentences.push(item.sentence);
        }
    }
    let (mut all, mut met) = (0.0, 0.0);
    let mut sums = vec![0.0f64; long.sentences.len()];
    for sentence in &short.sentences {
        sums.fill(0.0);
        for &local in sentence {
            let weight = short.rarity[local as usize].powi(2);
            all += weight;
            let local = other(local);
            if local == NONE {
                continue;
            }
            for &there in &said_in[local as usize] {
                sums[there as usize] += weight;
            }
        }
        met += sums.iter().copied().fold(0.0, f64::max);
    }
    share(met, all)
}
