//! Choosing the n-grams of a group and finding their weights.

use std::collections::HashMap;

use language::model::{LANES, of, softness, tag};
use language::script::Script;
use language::words::Words;

use crate::corpus::Corpus;
use crate::random::Random;

/// A group in the making.
#[derive(Debug)]
pub struct Group {
    /// Its script.
    pub script: Script,
    /// The number of bits of a hash that choose the slot.
    pub bits: u32,
    /// For each slot, the tag and the row of the n-gram that has it.
    pub slots: Vec<Option<(u32, u32)>>,
    /// The weights: a row for each n-gram.
    pub weights: Vec<[f32; LANES]>,
    /// The logit of each language before anything is read.
    pub biases: [f32; LANES],
}

/// How large a group may be, and how long it is trained.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// N-grams looked at: examples for each language.
    pub surveyed: usize,
    /// N-grams kept.
    pub rows: usize,
    /// Bits of a slot's number.
    pub bits: u32,
    /// Examples seen in training, of all languages together.
    pub steps: usize,
}

/// The hashes of all n-grams of `text` in `script`.
fn hashes(text: &str, script: Script, into: &mut Vec<u32>) {
    into.clear();
    for (word, letters) in Words::of(text).iter() {
        if word.script == script {
            of(script, letters, |hash| into.push(hash));
        }
    }
}

impl Group {
    /// Chooses the n-grams.
    pub fn choose(
        script: Script,
        corpora: &[&Corpus],
        budget: Budget,
        random: &mut Random,
    ) -> Self {
        let mut counts: HashMap<u32, [u16; LANES]> = HashMap::new();
        let mut totals = [0_u32; LANES];
        let mut found = Vec::new();
        for (lane, corpus) in corpora.iter().enumerate() {
            for _ in 0..budget.surveyed {
                hashes(&corpus.example(random), script, &mut found);
                for hash in &found {
                    let count = &mut counts.entry(*hash).or_insert([0; LANES])[lane];
                    *count = count.saturating_add(1);
                    totals[lane] += 1;
                }
            }
        }
        println!("  {} n-grams seen", counts.len());
        let mut ranked: Vec<(f64, u32)> = counts
            .iter()
            .map(|(hash, counts)| (worth(counts, &totals, corpora.len()), *hash))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut slots = vec![None; 1 << budget.bits];
        let mut rows = 0;
        for (_, hash) in ranked {
            let slot = &mut slots[(hash >> (32 - budget.bits)) as usize];
            if slot.is_none() && rows < budget.rows as u32 {
                *slot = Some((tag(hash, budget.bits), rows));
                rows += 1;
            }
        }
        Self {
            script,
            bits: budget.bits,
            slots,
            weights: vec![[0.0; LANES]; rows as usize],
            biases: [0.0; LANES],
        }
    }

    /// The rows of all known n-grams of `text`.
    pub fn rows(&self, text: &str, hashed: &mut Vec<u32>, rows: &mut Vec<u32>) {
        hashes(text, self.script, hashed);
        rows.clear();
        for hash in hashed {
            if let Some((expected, row)) = self.slots[(*hash >> (32 - self.bits)) as usize]
                && expected == tag(*hash, self.bits)
            {
                rows.push(row);
            }
        }
    }

    /// The chance of each language.
    pub fn chances(&self, rows: &[u32], languages: usize) -> [f32; LANES] {
        let mut chances = [0.0; LANES];
        for row in rows {
            for (chance, weight) in chances.iter_mut().zip(&self.weights[*row as usize]) {
                *chance += weight;
            }
        }
        let soft = softness(rows.len());
        for (chance, bias) in chances.iter_mut().zip(&self.biases) {
            *chance = *chance * soft + bias;
        }
        let most = chances[..languages]
            .iter()
            .copied()
            .fold(f32::MIN, f32::max);
        let mut total = 0.0;
        for chance in &mut chances[..languages] {
            *chance = (*chance - most).exp();
            total += *chance;
        }
        for chance in &mut chances {
            *chance /= total;
        }
        chances[languages..].fill(0.0);
        chances
    }

    /// Finds the weights: multinomial logistic regression by AdaGrad.
    pub fn fit(&mut self, corpora: &[&Corpus], budget: Budget, random: &mut Random) {
        let mut shares = Vec::new();
        let mut total = 0.0;
        for corpus in corpora {
            total += corpus.language.share;
            shares.push(total);
        }
        let mut squares = vec![[1e-4_f32; LANES]; self.weights.len()];
        let (mut hashed, mut rows) = (Vec::new(), Vec::new());
        let mut loss = 0.0;
        for step in 1..=budget.steps {
            let at = random.fraction() * total;
            let right = shares
                .partition_point(|share| *share <= at)
                .min(corpora.len() - 1);
            self.rows(&corpora[right].example(random), &mut hashed, &mut rows);
            if rows.is_empty() {
                continue;
            }
            let mut slope = self.chances(&rows, corpora.len());
            loss -= f64::from(slope[right].max(1e-9).ln());
            slope[right] -= 1.0;
            let rate = 0.25 * (1.0 - 0.95 * step as f32 / budget.steps as f32);
            self.descend(&rows, &slope, rate, &mut squares);
            if step % (budget.steps / 10).max(1) == 0 {
                println!("  {step} loss {:.4}", loss / (budget.steps / 10) as f64);
                loss = 0.0;
            }
        }
    }

    fn descend(
        &mut self,
        rows: &[u32],
        slope: &[f32; LANES],
        rate: f32,
        squares: &mut [[f32; LANES]],
    ) {
        let soft = softness(rows.len());
        for row in rows {
            let weights = &mut self.weights[*row as usize];
            let squares = &mut squares[*row as usize];
            for lane in 0..LANES {
                let slope = slope[lane] * soft + 1e-6 * weights[lane];
                squares[lane] += slope * slope;
                weights[lane] -= rate * slope / squares[lane].sqrt();
            }
        }
        for (bias, slope) in self.biases.iter_mut().zip(slope) {
            *bias -= rate * 0.01 * slope;
        }
    }
}

/// How much an n-gram says, as often as it does: its frequency times the divergence of the languages
/// it stands in from all languages alike.
fn worth(counts: &[u16; LANES], totals: &[u32; LANES], languages: usize) -> f64 {
    let mut rates = [0.0; LANES];
    for lane in 0..languages {
        rates[lane] = f64::from(counts[lane]) / f64::from(totals[lane].max(1));
    }
    let sum: f64 = rates.iter().sum();
    let seen: u32 = counts.iter().map(|count| u32::from(*count)).sum();
    if seen < 3 {
        return 0.0;
    }
    let smooth = sum * 0.02 + 1e-7;
    let mut divergence = 0.0;
    for rate in &rates[..languages] {
        let share = (rate + smooth / languages as f64) / (sum + smooth);
        divergence += share * (share * languages as f64).ln();
    }
    sum * divergence
}
