//! `make eval`: how good the results are, measured by the scorers that lie beside the labelled data, over
//! the real binary. Prints their tables, then every figure that has a floor; exits 1 where one is below
//! its floor, 2 where something could not be measured. `eval PART` measures one part.
//! `eval derivation --explain` lists every pair that was judged wrongly, with what spoke for it.

mod derivation;
mod extraction;
mod feeds;
mod floors;
mod language;
mod quotes;
mod run;
mod stories;
mod wire;

use std::process::ExitCode;

use floors::Floors;
use run::{Figures, Trouble};

/// A part of the evaluation: its name, its folder of the data, and how its figures are got.
type Part = (
    &'static str,
    &'static str,
    fn(&std::path::Path) -> Result<Figures, Trouble>,
);

const PARTS: [Part; 7] = [
    ("feeds", "feeds", feeds::measure),
    ("language", "enrich/langid", language::measure),
    ("quotes", "enrich/quotes", quotes::measure),
    ("wire", "enrich/wire", wire::measure),
    ("extraction", "extraction", extraction::measure),
    ("derivation", "dedup", derivation::measure),
    ("stories", "dedup", stories::measure),
];

fn main() -> ExitCode {
    let only = std::env::args()
        .skip(1)
        .find(|given| !given.starts_with("--"));
    let floors = match Floors::read() {
        Ok(floors) => floors,
        Err(trouble) => return told(&trouble),
    };
    let mut below = 0;
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if !PARTS.iter().any(|(name, ..)| wanted(name)) {
        let names: Vec<&str> = PARTS.iter().map(|(name, ..)| *name).collect();
        eprintln!("error: no part {only:?}; there are {}", names.join(", "));
        return ExitCode::from(2);
    }
    for (name, folder, measure) in PARTS {
        if !wanted(name) {
            continue;
        }
        let Some(data) = tests::shared_data(folder) else {
            continue;
        };
        println!("\n== {name}");
        match measure(&data) {
            Ok(figures) => below += floors.judge(name, &figures),
            Err(trouble) => return told(&trouble),
        }
    }
    ExitCode::from(u8::from(below > 0))
}

fn told(trouble: &Trouble) -> ExitCode {
    eprintln!("error: {trouble}");
    ExitCode::from(2)
}
