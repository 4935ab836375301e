//! Deduplicates documents in their order of arrival and prints where each ended.
//!
//! Reads lines `{id, text, title?, source?, date, url?, lang?}` from standard input, prints
//! `{id, family, story, relations}` for each, and a line of figures to standard error. An unknown
//! source is never the same outlet as another unknown one.
//!
//! ```text
//! arrivals.py --sets wire_real --hay 400 | cargo run --release -p enricher --example families
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Instant;

use article::{ArticleId, Cleaned, Feed};
use enricher::{Config, Enrich, Output, Window};
use jiff::Timestamp;
use pipeline::{Record, Stage};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    id: String,
    text: String,
    title: Option<String>,
    source: Option<String>,
    date: String,
    lang: Option<String>,
}

impl Document {
    fn into_cleaned(self) -> Result<Cleaned, jiff::Error> {
        let day: Timestamp =
            format!("{}T00:00:00Z", self.date.get(..10).unwrap_or_default()).parse()?;
        let url = format!("doc:{}", self.id);
        Ok(Cleaned {
            id: ArticleId::of_url(&url),
            version: 1,
            fetched_at: day,
            canonical_url: url.clone(),
            url,
            feed: Feed::default(),
            listings: Vec::new(),
            outlet: self
                .source
                .unwrap_or_else(|| format!("unknown of {}", self.id)),
            title: self.title.unwrap_or_default(),
            authors: Vec::new(),
            published: None,
            language: self.lang,
            summary: None,
            text: self.text,
        })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut articles: Vec<Cleaned> = Vec::new();
    let mut names: BTreeMap<ArticleId, String> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let document: Document = serde_json::from_str(&line?)?;
        let name = document.id.clone();
        let cleaned = document.into_cleaned()?;
        names.insert(cleaned.id.clone(), name);
        articles.push(cleaned);
    }
    let stage = Enrich::new(Config::default());
    let mut window = Window::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let count = articles.len();
    let begun = Instant::now();
    for (offset, value) in (0u64..).zip(articles) {
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset,
            written_at: value.fetched_at,
            value,
        };
        for output in stage.apply(record, &mut window)? {
            let Output::Enriched(enriched) = output else {
                continue;
            };
            let relations: Vec<_> = enriched
                .relations
                .iter()
                .map(|relation| {
                    serde_json::json!([
                        relation.relation,
                        names[&relation.of],
                        relation.score,
                        relation.evidence
                    ])
                })
                .collect();
            let line = serde_json::json!({
                "id": names[&enriched.article.id],
                "family": enriched.family,
                "story": enriched.story,
                "origin": enriched.origin,
                "relations": relations,
            });
            writeln!(out, "{line}")?;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!(
        "{count} articles in {seconds:.2} s, {:.0} a second; {window:?}",
        count as f64 / seconds
    );
    Ok(())
}
