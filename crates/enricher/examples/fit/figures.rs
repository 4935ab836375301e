//! How right scores are: F1, average precision, and the threshold between no and yes.

use std::collections::BTreeMap;

use crate::rows::Rows;

impl Rows<'_> {
    fn f1(&self, scores: &[f64], set: &str, threshold: f64) -> f64 {
        let rows = self.of_set(set);
        let (mut hit, mut said, mut is) = (0.0, 0.0, 0.0);
        for at in rows {
            let over = scores[at] >= threshold;
            hit += f64::from(u8::from(over && self.y[at]));
            said += f64::from(u8::from(over));
            is += f64::from(u8::from(self.y[at]));
        }
        2.0 * hit / (said + is)
    }

    /// The middle of the thresholds with the best mean F1.
    pub(crate) fn threshold(&self, scores: &[f64]) -> f64 {
        let mean = |step: i32| {
            let threshold = f64::from(step) / 1_000.0;
            let sets = self.task.judged_on;
            sets.iter()
                .map(|set| self.f1(scores, set, threshold))
                .sum::<f64>()
                / sets.len() as f64
        };
        let means: Vec<(i32, f64)> = (20..980).map(|step| (step, mean(step))).collect();
        let best = means.iter().map(|&(_, mean)| mean).fold(0.0, f64::max);
        let steps: Vec<i32> = means
            .iter()
            .filter(|(_, mean)| *mean > best - 1e-9)
            .map(|(step, _)| *step)
            .collect();
        f64::from(steps[steps.len() / 2]) / 1_000.0
    }

    /// Average precision; equal scores share a rank.
    fn precision(&self, scores: &[f64], set: &str) -> f64 {
        let mut rows = self.of_set(set);
        rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let all = rows.iter().filter(|&&at| self.y[at]).count() as f64;
        let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
        for tied in rows.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq()) {
            let found = tied.iter().filter(|&&at| self.y[at]).count() as f64;
            seen += tied.len() as f64;
            hits += found;
            sum += found * hits / seen;
        }
        sum / all
    }

    /// Tells how right the scores are; figures of each set for the data file.
    pub(crate) fn report(&self, how: &str, scores: &[f64], threshold: f64) -> Vec<String> {
        let mut figures = Vec::new();
        eprintln!("{} {how}, threshold {threshold:.3}", self.task.name);
        for (set, _) in self.task.sets {
            let rows = self.of_set(set);
            let mut hits: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            for &at in &rows {
                let hit = hits.entry(&self.pairs[at].relation).or_default();
                hit.0 += usize::from(scores[at] >= threshold);
                hit.1 += 1;
            }
            let precision = self.precision(scores, set);
            let f1 = self.f1(scores, set, threshold);
            eprintln!("  {set}: AP {precision:.4}, F1 {f1:.4}, said yes {hits:?}");
            figures.push(format!("{set} {precision:.3} {f1:.3}"));
        }
        figures
    }
}
