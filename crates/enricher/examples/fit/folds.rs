//! Cross-validation: each pair is scored by models that saw nothing of its group.

use std::collections::{BTreeMap, BTreeSet};

use crate::rows::Rows;

pub(crate) const FOLDS: usize = 10;
/// Cross-validation is repeated with other folds so often.
pub(crate) const ROUNDS: u64 = 2;

impl Rows<'_> {
    /// Scores of rows by models that saw nothing of their groups.
    pub(crate) fn validated(&self) -> Vec<f64> {
        let groups: BTreeSet<&str> = self.pairs.iter().map(|pair| pair.group.as_str()).collect();
        let mut scores = vec![0.0; self.pairs.len()];
        for round in 0..ROUNDS {
            let mut order: Vec<(u64, &str)> = groups
                .iter()
                .map(|group| (shuffled(group, round), *group))
                .collect();
            order.sort_unstable();
            let fold: BTreeMap<&str, usize> = order
                .iter()
                .enumerate()
                .map(|(at, &(_, group))| (group, at % FOLDS))
                .collect();
            for out in 0..FOLDS {
                let is_out = |at: usize| fold[self.pairs[at].group.as_str()] == out;
                let model = self.fit(|at| !is_out(at));
                for at in (0..self.pairs.len()).filter(|&at| is_out(at)) {
                    scores[at] += model.score(&self.x[at]) / ROUNDS as f64;
                }
            }
        }
        scores
    }
}

/// A number of a name and a round that looks drawn.
fn shuffled(name: &str, round: u64) -> u64 {
    name.bytes().fold(
        round.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xcbf2_9ce4_8422_2325,
        |hash, byte| {
            let hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            hash ^ hash >> 29
        },
    )
}
