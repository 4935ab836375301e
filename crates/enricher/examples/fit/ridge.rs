//! Logistic regression with a pull towards zero, its weights within limits.

use crate::rows::Rows;

/// Strength of the pull towards zero.
pub(crate) const RIDGE: f64 = 0.02;
/// Steps of the descent.
const STEPS: usize = 3_000;

pub(crate) struct Model {
    pub(crate) bias: f64,
    pub(crate) weights: Vec<f64>,
}

impl Model {
    pub(crate) fn score(&self, x: &[f64]) -> f64 {
        let sum = self
            .weights
            .iter()
            .zip(x)
            .fold(self.bias, |sum, (w, x)| sum + w * x);
        1.0 / (1.0 + (-sum).exp())
    }
}

/// The rows that a model is fitted to: what is measured has mean 0 and spread 1, and stands before a 1 for the bias.
struct Standardised {
    rows: Vec<Vec<f64>>,
    yes: Vec<bool>,
    weights: Vec<f64>,
    mean: Vec<f64>,
    spread: Vec<f64>,
}

impl Rows<'_> {
    /// Fits the rows that `pick` picks.
    pub(crate) fn fit(&self, pick: impl Fn(usize) -> bool) -> Model {
        let wanted: Vec<usize> = (0..self.pairs.len()).filter(|&at| pick(at)).collect();
        let standardised = self.standardised(&wanted);
        let limits = self.task.measures.iter().map(|(_, limits)| limits);
        let limits = limits.zip(&standardised.spread);
        let limits: Vec<(f64, f64)> = limits
            .map(|(limits, spread)| (limits.start() * spread, limits.end() * spread))
            .collect();
        let fitted = standardised.descend(&limits);
        let Standardised { mean, spread, .. } = standardised;
        let weights: Vec<f64> = fitted.iter().zip(&spread).map(|(w, s)| w / s).collect();
        let bias =
            fitted[limits.len()] - weights.iter().zip(&mean).map(|(w, m)| w * m).sum::<f64>();
        Model { bias, weights }
    }

    fn standardised(&self, wanted: &[usize]) -> Standardised {
        let count = wanted.len() as f64;
        let columns = 0..self.task.measures.len();
        let mean: Vec<f64> = columns
            .clone()
            .map(|c| wanted.iter().map(|&at| self.x[at][c]).sum::<f64>() / count)
            .collect();
        let spread: Vec<f64> = columns
            .clone()
            .map(|c| {
                (wanted
                    .iter()
                    .map(|&at| (self.x[at][c] - mean[c]).powi(2))
                    .sum::<f64>()
                    / count)
                    .sqrt()
                    .max(1e-6)
            })
            .collect();
        let rows = wanted
            .iter()
            .map(|&at| {
                columns
                    .clone()
                    .map(|c| (self.x[at][c] - mean[c]) / spread[c])
                    .chain([1.0])
                    .collect()
            })
            .collect();
        Standardised {
            rows,
            yes: wanted.iter().map(|&at| self.y[at]).collect(),
            weights: self.weights(wanted),
            mean,
            spread,
        }
    }
}

impl Standardised {
    /// Accelerated projected gradient descent: no measure weighs what it may not.
    fn descend(&self, limits: &[(f64, f64)]) -> Vec<f64> {
        // A bound of the curvature: the trace of the weighed rows, a quarter of it.
        let bound = self
            .rows
            .iter()
            .zip(&self.weights)
            .map(|(row, weight)| weight * row.iter().map(|x| x * x).sum::<f64>() / 4.0)
            .sum::<f64>();
        let step = 1.0 / (bound + 2.0 * RIDGE);
        let size = limits.len() + 1;
        let (mut now, mut ahead, mut pace) = (vec![0.0; size], vec![0.0; size], 1.0f64);
        for _ in 0..STEPS {
            let mut slope: Vec<f64> = ahead.iter().map(|w| 2.0 * RIDGE * w).collect();
            slope[size - 1] = 0.0;
            for ((row, weight), &yes) in self.rows.iter().zip(&self.weights).zip(&self.yes) {
                let sum: f64 = row.iter().zip(&ahead).map(|(x, w)| x * w).sum();
                let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(yes));
                for (slope, x) in slope.iter_mut().zip(row) {
                    *slope += weight * error * x;
                }
            }
            let mut next: Vec<f64> = ahead
                .iter()
                .zip(&slope)
                .map(|(w, slope)| w - step * slope)
                .collect();
            for (w, &(least, most)) in next.iter_mut().zip(limits) {
                *w = w.clamp(least, most);
            }
            let faster = f64::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            ahead = next
                .iter()
                .zip(&now)
                .map(|(next, now)| next + (pace - 1.0) / faster * (next - now))
                .collect();
            (now, pace) = (next, faster);
        }
        now
    }
}
