//! The three judgements of a pair, as weighed sums of its measures.
//!
//! Fitted by logistic regression on labelled pairs of real articles, of rewrites by hand and of
//! generated ones, each set weighing the same whatever its size, in a window that is nearly empty
//! and in one of thousands of articles. The signs were held to what they must mean: more in common
//! never makes a tie less sure.

/// A logistic model over the measures of a pair.
#[derive(Debug)]
pub(crate) struct Weights {
    bias: f64,
    weights: [f64; Weights::COUNT],
}

impl Weights {
    /// Measures that a judgement weighs, in the order of `relate::measures`.
    pub(crate) const COUNT: usize = 14;

    /// How sure the judgement is, 0 to 1.
    pub(crate) fn score(&self, measures: &[f64; Self::COUNT]) -> f64 {
        let sum = self
            .weights
            .iter()
            .zip(measures)
            .fold(self.bias, |sum, (weight, measure)| sum + weight * measure);
        1.0 / (1.0 + (-sum).exp())
    }
}

/// One text reuses the other's narration, in whole or in part.
pub(crate) const REUSED: Weights = Weights {
    bias: -5.32,
    weights: [
        1.04, 0.0, 1.69, 0.0, 2.9, 0.8, 2.12, 0.0, 1.44, 1.38, 0.0, 0.0, 0.9, -1.03,
    ],
};

/// One text tells the other again in its own words: nothing to lean on but the choice and the order
/// of facts, the lede, and whom both credit. Shared quotations speak against it: they explain the
/// shared words without a common text.
pub(crate) const RETOLD: Weights = Weights {
    bias: -5.06,
    weights: [
        0.0, 0.0, 0.0, -2.76, 3.06, 3.15, 2.36, 0.3, 1.59, 1.92, -3.74, -0.85, 2.4, -2.6,
    ],
};

/// Both tell of one event.
pub(crate) const SAME_EVENT: Weights = Weights {
    bias: -5.33,
    weights: [
        0.77, 0.49, 0.0, 0.25, 6.07, 6.9, 3.37, 2.96, 2.51, 0.0, 0.0, 0.0, 0.29, -2.41,
    ],
};
