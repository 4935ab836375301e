//! How many short texts a second have their language told, on one core.

use std::time::Instant;

use serde_json::Value;

/// How often all texts are read.
const ROUNDS: usize = 5;

pub(crate) fn bench() {
    let Some(data) = tests::shared_data("enrich") else {
        return;
    };
    let list = data.join("langid/gold.jsonl");
    let lines = std::fs::read_to_string(list).expect("the labelled texts are there");
    let rows = lines.lines().map(|line| {
        let row: Value = serde_json::from_str(line).expect("a JSON line");
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (field("kind"), field("text"))
    });
    let rows: Vec<(String, String)> = rows.collect();
    println!("language: the labelled texts, one core");
    for kind in ["short", "sentence"] {
        let of_kind = rows.iter().filter(|(own, _)| own == kind);
        let texts: Vec<&str> = of_kind.map(|(_, text)| text.as_str()).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            for text in &texts {
                std::hint::black_box(language::detect(text));
            }
            best = best.min(begin.elapsed().as_secs_f64());
        }
        println!(
            "  {kind:<9} {:>9.0} texts/s   {:>4} bytes each   (aim for short ones: 200,000)",
            texts.len() as f64 / best,
            bytes / texts.len().max(1)
        );
    }
    println!();
}
