//! The judgements of a pair, as weighed sums of its measures.
//!
//! The weights stand in `data/judgements.txt`, which `fit` writes: see there how they came to be.

use std::sync::OnceLock;

use crate::compare::Measures;

/// Two logistic models over the measures of a pair.
#[derive(Debug)]
pub(crate) struct Judgements {
    /// One text was made from the other.
    pub derived: Weights,
    /// Both tell of one event.
    pub same_event: Weights,
}

/// A logistic model.
#[derive(Debug)]
pub(crate) struct Weights {
    bias: f64,
    weights: [f64; Measures::NAMES.len()],
}

impl Weights {
    /// How sure the judgement is, 0 to 1.
    pub(crate) fn score(&self, measures: &[f64; Measures::NAMES.len()]) -> f64 {
        let pairs = self.weights.iter().zip(measures);
        let sum = pairs.fold(self.bias, |sum, (weight, measure)| sum + weight * measure);
        1.0 / (1.0 + (-sum).exp())
    }

    /// Reads the lines `name weight` under the heading `[model]`.
    fn read(text: &str, model: &str) -> Self {
        let mut weights = Self {
            bias: 0.0,
            weights: [0.0; Measures::NAMES.len()],
        };
        let heading = format!("[{model}]");
        let lines = text.lines().skip_while(|line| *line != heading).skip(1);
        let lines = lines.take_while(|line| !line.starts_with('['));
        let mut has_bias = false;
        for line in lines.filter(|line| !line.starts_with('#')) {
            if line.is_empty() {
                continue;
            }
            let parts = line.split_once(' ');
            let (name, weight) = parts.expect("a line is a name and a weight");
            let weight: f64 = weight.trim().parse().expect("a weight is a number");
            let place = Measures::NAMES.iter().position(|known| *known == name);
            match place {
                Some(place) => weights.weights[place] = weight,
                None if name == "bias" => {
                    weights.bias = weight;
                    has_bias = true;
                }
                None => panic!("no measure is called {name}"),
            }
        }
        assert!(has_bias, "there are weights of {model}");
        weights
    }
}

/// The judgements as they were fitted.
pub(crate) fn judgements() -> &'static Judgements {
    static JUDGEMENTS: OnceLock<Judgements> = OnceLock::new();
    JUDGEMENTS.get_or_init(|| {
        let text = include_str!("../data/judgements.txt");
        Judgements {
            derived: Weights::read(text, "derived"),
            same_event: Weights::read(text, "same_event"),
        }
    })
}
