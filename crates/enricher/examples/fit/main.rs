//! Fits the judgements of a pair to labelled pairs and prints them as `data/judgements.txt` holds them.
//! What was fitted and what cross-validation says of it goes to standard error.
//!
//! ```text
//! arrivals.py > docs.jsonl
//! cargo run --release --example fit -- docs.jsonl gold_pairs.jsonl gold_clusters.jsonl > crates/enricher/data/judgements.txt
//! ```
//!
//! Each judgement is a logistic regression. What its measures weigh is held to what they must mean: more in
//! common never makes a tie less sure. A set weighs what its task says whatever its size, and both classes weigh the same.
//! Folds never part articles that labelled pairs tie to each other.
//!
//! `tasks` says what is fitted to what, `labels` measures the labelled pairs, `rows` are those of one judgement as
//! numbers, `ridge` fits them, `folds` validates, and `figures` says how right the scores are.

mod figures;
mod folds;
mod labels;
mod ridge;
mod rows;
mod tasks;

use std::error::Error;

use folds::{FOLDS, ROUNDS};
use ridge::RIDGE;
use rows::Rows;
use tasks::TASKS;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: fit DOCS.jsonl GOLD_PAIRS.jsonl GOLD_CLUSTERS.jsonl";
    let documents = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let labels = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let clusters = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let stories = labels::stories(&clusters)?;
    let pairs = labels::measured(&documents, &labels, &stories)?;
    println!(
        "# Written by `cargo run --release --example fit` over the labelled pairs and stories of dedup: see there."
    );
    println!(
        "# Not to be edited. Ridge {RIDGE}; both classes of a set weigh the same; what a measure may weigh is bounded."
    );
    for task in TASKS {
        let rows = Rows::of(&pairs, task);
        let mut model = rows.fit(|_| true);
        let fitted: Vec<f64> = rows.x.iter().map(|x| model.score(x)).collect();
        let validated = rows.validated();
        let threshold = rows.threshold(&fitted);
        let told = [("fitted", &fitted), ("cross-validated", &validated)];
        println!(
            "\n# {} pairs; AP and F1 fitted, then cross-validated in {FOLDS} folds, {ROUNDS} times, at the threshold of the fit:",
            rows.y.len()
        );
        let weights = task.sets.iter();
        let weights: Vec<String> = weights
            .map(|(set, weight)| format!("{set} {weight}"))
            .collect();
        println!("# sets by their weight: {}", weights.join(", "));
        for (how, scores) in told {
            println!(
                "# {how}: {}",
                rows.report(how, scores, threshold).join("; ")
            );
        }
        // One half is where a pair counts as tied.
        model.bias -= logit(threshold);
        println!("[{}]\nbias {:.3}", task.name, model.bias);
        for ((name, _), weight) in task.measures.iter().zip(&model.weights) {
            println!("{name} {weight:.3}");
        }
    }
    Ok(())
}

fn logit(score: f64) -> f64 {
    (score / (1.0 - score)).ln()
}
