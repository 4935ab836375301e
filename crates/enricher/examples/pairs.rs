//! Scores pairs of documents in the order in which the documents arrive.
//!
//! ```text
//! arrivals.py > docs.jsonl
//! cargo run --release --example pairs -- docs.jsonl pairs.jsonl > scored.jsonl
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use article::{ArticleId, Cleaned, Feed};
use enricher::{Config, Enrich, Output, Remembered, Window};
use jiff::Timestamp;
use pipeline::{Record, Stage};
use serde_json::Value;

fn cleaned(document: &Value) -> Result<Cleaned, Box<dyn std::error::Error>> {
    let field = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    let day: Timestamp =
        format!("{}T00:00:00Z", field("date").get(..10).unwrap_or_default()).parse()?;
    let id = field("id");
    let url = format!("doc:{id}");
    Ok(Cleaned {
        id: ArticleId::of_url(&url),
        version: 1,
        fetched_at: day,
        canonical_url: url.clone(),
        url,
        feed: Feed::default(),
        listings: Vec::new(),
        outlet: Some(field("source"))
            .filter(|s| !s.is_empty())
            .unwrap_or_else(|| format!("unknown of {id}")),
        title: field("title"),
        authors: Vec::new(),
        published: None,
        language: document["lang"].as_str().map(str::to_owned),
        summary: None,
        text: field("text"),
        layout: article::Layout::default(),
        metadata: article::Metadata::default(),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let docs = std::fs::read_to_string(args.next().ok_or("docs")?)?;
    let pairs = std::fs::read_to_string(args.next().ok_or("pairs")?)?;
    let mut partners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in pairs.lines() {
        let pair: Value = serde_json::from_str(line)?;
        let (a, b) = (
            pair["a"].as_str().ok_or("a")?.to_owned(),
            pair["b"].as_str().ok_or("b")?.to_owned(),
        );
        partners.entry(a.clone()).or_default().insert(b.clone());
        partners.entry(b).or_default().insert(a);
    }
    let stage = Enrich::new(Config::default());
    let mut window = Window::default();
    let mut marks: BTreeMap<String, Remembered> = BTreeMap::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (offset, line) in (0u64..).zip(docs.lines()) {
        let document: Value = serde_json::from_str(line)?;
        let id = document["id"].as_str().ok_or("id")?.to_owned();
        let value = cleaned(&document)?;
        if let Some(partners) = partners.get(&id) {
            let known: Vec<(&String, &Remembered)> = partners
                .iter()
                .filter_map(|p| marks.get_key_value(p))
                .collect();
            let others: Vec<&Remembered> = known.iter().map(|(_, mark)| *mark).collect();
            let (mark, scored) = stage.hold(&value, &others, &window);
            for ((other, _), scored) in known.iter().zip(scored) {
                let measures: serde_json::Map<String, Value> = scored
                    .measures
                    .iter()
                    .map(|&(n, v)| (n.to_owned(), v.into()))
                    .collect();
                let line = serde_json::json!({"a": other, "b": id, "score": scored.derived, "story_score": scored.same_event,
                    "relation": scored.relation.map_or("unrelated", article::RelationKind::as_str), "evidence": scored.evidence, "measures": measures});
                writeln!(out, "{line}")?;
            }
            marks.insert(id.clone(), mark);
        }
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset,
            written_at: value.fetched_at,
            value,
        };
        for output in stage.apply(record, &mut window)? {
            let Output::Enriched(_) = output else {
                continue;
            };
        }
    }
    Ok(())
}
