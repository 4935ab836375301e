//! The pairs of one judgement, as numbers.

use std::collections::BTreeMap;

use crate::labels::Pair;
use crate::tasks::Task;

/// What a task learns from.
pub(crate) struct Rows<'p> {
    pub(crate) task: &'p Task,
    pub(crate) pairs: Vec<&'p Pair>,
    pub(crate) x: Vec<Vec<f64>>,
    pub(crate) y: Vec<bool>,
}

impl<'p> Rows<'p> {
    pub(crate) fn of(pairs: &'p [Pair], task: &'p Task) -> Self {
        let used = |pair: &&Pair| {
            let known = task.sets.iter().any(|(set, _)| *set == pair.set);
            known && !task.unused.contains(&pair.relation.as_str())
        };
        let pairs: Vec<&Pair> = pairs.iter().filter(used).collect();
        let row = |pair: &&Pair| {
            task.measures
                .iter()
                .map(|(name, _)| pair.measures[name])
                .collect()
        };
        Self {
            x: pairs.iter().map(row).collect(),
            y: pairs
                .iter()
                .map(|pair| task.yes.contains(&pair.relation.as_str()))
                .collect(),
            pairs,
            task,
        }
    }

    /// Weights of the rows in `wanted`: each set as the task says, both classes the same in each.
    pub(crate) fn weights(&self, wanted: &[usize]) -> Vec<f64> {
        let mut counts: BTreeMap<(&str, bool), f64> = BTreeMap::new();
        for &at in wanted {
            *counts.entry((&self.pairs[at].set, self.y[at])).or_default() += 1.0;
        }
        let of_set = |set: &str| {
            self.task
                .sets
                .iter()
                .find(|(name, _)| *name == set)
                .map_or(0.0, |set| set.1)
        };
        wanted
            .iter()
            .map(|&at| {
                of_set(&self.pairs[at].set) / counts[&(self.pairs[at].set.as_str(), self.y[at])]
            })
            .collect()
    }

    pub(crate) fn of_set(&self, set: &str) -> Vec<usize> {
        (0..self.pairs.len())
            .filter(|&at| self.pairs[at].set == set)
            .collect()
    }
}
