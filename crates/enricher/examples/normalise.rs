//! How many megabytes of text a second one core reads as words, language by language.
//!
//! ```text
//! cargo run --release -p enricher --example normalise -- LINES.jsonl
//! ```
//!
//! Reads lines `{lang, text}`, joins those of a language to articles of 4 KB, and prints its speed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args()
        .nth(1)
        .ok_or("a file of lines {lang, text} is missing")?;
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let (Some(language), Some(text)) = (line["lang"].as_str(), line["text"].as_str()) else {
            continue;
        };
        let articles = texts.entry(language.to_owned()).or_default();
        match articles.last_mut() {
            Some(article) if article.len() < 4_000 => {
                article.push(' ');
                article.push_str(text);
            }
            _ => articles.push(text.to_owned()),
        }
    }
    for (language, articles) in texts {
        let bytes: usize = articles.iter().map(String::len).sum();
        let mut best = Duration::MAX;
        let mut words = 0;
        for _ in 0..(20_000_000 / bytes).clamp(3, 2_000) {
            let begun = Instant::now();
            words = articles
                .iter()
                .map(|article| enricher::normalise(article).words.len())
                .sum();
            best = best.min(begun.elapsed());
        }
        println!(
            "{language}: {bytes} bytes, {words} words, {:.0} MB/s",
            bytes as f64 / best.as_secs_f64() / 1e6
        );
    }
    Ok(())
}
