//! What the enricher says of the agencies of articles, lines as `copydesk detect --agencies` prints them.
//!
//! ```text
//! cargo run --release -p enricher --example wire -- CLEANED.jsonl
//! ```

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args()
        .nth(1)
        .ok_or("a file of cleaned articles is missing")?;
    let agencies = enricher::Agencies::built_in();
    for line in std::fs::read_to_string(file)?.lines() {
        let mut value: serde_json::Value = serde_json::from_str(line)?;
        let name = value["name"].take();
        let article: article::Cleaned = serde_json::from_value(value)?;
        let found = enricher::attributions(&article, &agencies);
        let labels: serde_json::Map<String, serde_json::Value> = found
            .iter()
            .map(|found| (found.source.clone(), found.class.as_str().into()))
            .collect();
        println!(
            "{}",
            serde_json::json!({"id": name, "labels": labels, "evidence": found})
        );
    }
    Ok(())
}
