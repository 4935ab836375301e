//! Makes the model of the crate `language`: `train ANDROID_JAR` writes `../data/model.zst`.

mod android;
mod corpus;
mod derived;
mod fit;
mod languages;
mod measure;
mod noise;
mod packed;
mod random;
mod serbian;
mod sources;
mod tables;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use language::model::GROUPS;
use language::script::Script;

use crate::corpus::Corpus;
use crate::fit::{Budget, Group};
use crate::languages::LANGUAGES;
use crate::random::Random;

/// Latin has most languages, and those that are most alike.
const LATIN: Budget = Budget {
    surveyed: 20_000,
    rows: 90_000,
    bits: 18,
    steps: 600_000,
};

const OTHERS: Budget = Budget {
    surveyed: 10_000,
    rows: 8_000,
    bits: 15,
    steps: 100_000,
};

fn main() -> Result<()> {
    let jar = std::env::args_os().nth(1).map(PathBuf::from);
    let jar = jar.context("usage: train ANDROID_JAR; `make` fetches it and calls this")?;
    let android = android::texts(&sources::unzipped(&jar, "resources.arsc")?)?;
    let lingua = sources::lingua()?;
    let mut corpora = Vec::new();
    for language in LANGUAGES {
        let corpus = Corpus::read(*language, &lingua, &android)?;
        println!("{}: {}", language.code, corpus.size());
        corpora.push(corpus);
    }
    let mut model = Vec::new();
    for script in GROUPS {
        println!("{script:?}");
        let of_script = |corpus: &&Corpus| corpus.language.script == script;
        let corpora: Vec<&Corpus> = corpora.iter().filter(of_script).collect();
        let budget = if script == Script::Latin {
            LATIN
        } else {
            OTHERS
        };
        let mut random = Random::new(script as u64 + 1);
        let mut group = Group::choose(script, &corpora, budget, &mut random);
        group.fit(&corpora, budget, &mut random);
        measure::print(&group, &corpora);
        let codes: Vec<&str> = corpora.iter().map(|corpus| corpus.language.code).collect();
        packed::write(&group, &codes, &mut model);
    }
    let packed = zstd::bulk::compress(&model, 22)?;
    println!("{} bytes, packed {}", model.len(), packed.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/model.zst");
    std::fs::write(&path, packed).with_context(|| path.display().to_string())
}
