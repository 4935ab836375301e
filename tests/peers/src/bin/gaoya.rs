//! Runs gaoya over documents, `{text}` a line: signature, query and insertion of each, as a stream that is
//! deduplicated. Prints documents a second and what the process holds for each, in bytes.

use std::collections::HashSet;
use std::error::Error;
use std::io::BufRead as _;
use std::time::{Duration, Instant};

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use serde_json::Value;

/// As its authors' own examples have it: 126 hashes, bands of three, shingles of five words.
const BANDS: usize = 42;
const BAND: usize = 3;
const WORDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let list = std::env::args().nth(1).ok_or("usage: gaoya DOCS")?;
    let hasher = MinHasher32::new(BANDS * BAND);
    let mut index: MinHashIndex<u32, usize> = MinHashIndex::new(BANDS, BAND, 0.5);
    let (mut spent, mut found, mut count) = (Duration::ZERO, 0, 0);
    let before = resident();
    let file = std::io::BufReader::new(std::fs::File::open(list)?);
    for line in file.lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().unwrap_or_default();
        let begin = Instant::now();
        let folded = text.to_lowercase();
        let words: Vec<&str> = folded.split_whitespace().collect();
        let shingles = words.windows(WORDS).map(|shingle| shingle.join(" "));
        let signature = hasher.create_signature(shingles);
        let near: HashSet<usize> = index.query_owned(&signature).into_iter().collect();
        index.insert(count, signature);
        spent += begin.elapsed();
        found += near.len();
        count += 1;
    }
    let held = resident().saturating_sub(before) / count.max(1) as u64;
    println!("{:.0} {held} {found}", count as f64 / spent.as_secs_f64());
    Ok(())
}

/// What the process holds, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
