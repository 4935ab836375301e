//! Makes the model of the crate `language`.
mod android; mod corpus; mod derived; mod fit; mod languages; mod noise; mod packed; mod random; mod serbian; mod sources; mod tables;
use std::path::{Path, PathBuf};
use anyhow::Result;
use corpus::Corpus;
use fit::{Budget, Group};
use language::model::GROUPS;
use language::script::Script;
use random::Random;

fn main() -> Result<()> {
    let jar = PathBuf::from(std::env::args().nth(1).expect("jar"));
    let android = android::texts(&sources::unzipped(&jar, "resources.arsc")?)?;
    let lingua = sources::lingua()?;
    let mut corpora = Vec::new();
    for language in languages::LANGUAGES {
        let corpus = Corpus::read(*language, &lingua, &android)?;
        println!("{} {}", language.code, corpus.size());
        corpora.push(corpus);
    }
    let rows: usize = std::env::var("ROWS").ok().and_then(|s| s.parse().ok()).unwrap_or(90_000);
    let steps: usize = std::env::var("STEPS").ok().and_then(|s| s.parse().ok()).unwrap_or(1_000_000);
    let mut bytes = Vec::new();
    for script in GROUPS {
        let group: Vec<&Corpus> = corpora.iter().filter(|c| c.language.script == script).collect();
        let budget = if script == Script::Latin {
            Budget { surveyed: 20_000, rows, bits: 18, steps }
        } else {
            Budget { surveyed: 10_000, rows: 8_000, bits: 15, steps: 100_000 }
        };
        println!("{script:?}");
        let mut random = Random::new(script as u64 + 1);
        let mut made = Group::choose(script, &group, budget, &mut random);
        made.fit(&group, budget, &mut random);
        let codes: Vec<&str> = group.iter().map(|c| c.language.code).collect();
        let used = packed::write(&made, &codes, &mut bytes);
        println!("  {} rows, {used} weights, largest {}", made.weights.len(), packed::largest(&made));
        check(&made, &group);
    }
    let z = zstd::bulk::compress(&bytes, 22)?;
    println!("model {} bytes, packed {}", bytes.len(), z.len());
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/model.zst"), z)?;
    Ok(())
}

fn check(made: &Group, group: &[&Corpus]) {
    let (mut h, mut r) = (vec![], vec![]);
    let mut random = Random::new(99);
    let mut line = String::new();
    let mut all = (0, 0);
    for (lane, c) in group.iter().enumerate() {
        let (mut ok, mut n) = (0, 0);
        for s in &c.kept_back {
            let s = if c.language.code == "sr" && c.language.script == Script::Latin { serbian::latin(s) } else { s.clone() };
            let s: Vec<&str> = s.split_whitespace().take(5).collect();
            made.rows(&s.join(" "), &mut h, &mut r);
            let p = made.chances(&r, group.len());
            let best = (0..group.len()).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap();
            n += 1; ok += usize::from(best == lane);
        }
        if n > 0 { line += &format!("{} {:.2}  ", c.language.code, ok as f64 / n as f64); }
        all.0 += ok; all.1 += n;
    }
    let _ = random.fraction();
    println!("  kept back, five words: {:.4}\n  {line}", all.0 as f64 / all.1.max(1) as f64);
}
