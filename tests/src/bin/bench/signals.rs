//! What it costs to find out what a text says: reading it as words, and whose words and facts it has.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use article::{ArticleId, Cleaned, Feed, Layout, Metadata};
use enricher::{Agencies, attributions, normalise};
use jiff::Timestamp;
use serde_json::Value;

/// Bytes of an article.
const BYTES: usize = 4_200;
/// Languages with fewer bytes are not measured.
const LEAST: usize = 10_000;
/// The best of so many rounds counts.
const ROUNDS: usize = 20;

pub(crate) fn bench() {
    let Some(texts) = tests::shared_data("enrich/langid") else {
        return;
    };
    println!("signals: one core, articles of {BYTES} bytes");
    let articles = by_language(&texts);
    words(&articles);
    if let (Some(wire), Some(english)) = (tests::shared_data("enrich/wire"), articles.get("en")) {
        agencies(&wire, english);
    }
    if let Some(quotes) = tests::shared_data("enrich/quotes") {
        content(&by_language(&quotes));
    }
    println!();
}

/// Texts of each language, joined to articles.
fn by_language(data: &Path) -> BTreeMap<String, Vec<String>> {
    let mut articles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines(data) {
        let (Some(language), Some(text)) = (line["lang"].as_str(), line["text"].as_str()) else {
            continue;
        };
        let articles = articles.entry(language.to_owned()).or_default();
        match articles.last_mut() {
            Some(article) if article.len() < BYTES => {
                article.push(' ');
                article.push_str(text);
            }
            _ => articles.push(text.to_owned()),
        }
    }
    let bytes = |articles: &[String]| articles.iter().map(String::len).sum::<usize>();
    articles.retain(|_, articles| bytes(articles) >= LEAST);
    articles
}

fn lines(data: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(data.join("gold.jsonl")).expect("the data is there");
    let lines = text.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("a JSON line")).collect()
}

fn words(articles: &BTreeMap<String, Vec<String>>) {
    let mut speeds: Vec<(f64, &str)> = articles
        .iter()
        .map(|(language, articles)| {
            let bytes: usize = articles.iter().map(String::len).sum();
            let mut best = Duration::MAX;
            for _ in 0..ROUNDS {
                let begun = Instant::now();
                for article in articles {
                    std::hint::black_box(normalise(article));
                }
                best = best.min(begun.elapsed());
            }
            (bytes as f64 / best.as_secs_f64() / 1e6, language.as_str())
        })
        .collect();
    speeds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let english = speeds.iter().find(|(_, language)| *language == "en");
    println!(
        "  words: English {:.0} MB/s (aim 300); slowest of {} languages {} {:.0} MB/s (aim 150)",
        english.map_or(0.0, |english| english.0),
        speeds.len(),
        speeds[0].1,
        speeds[0].0
    );
}

/// Quotations with their speakers, names and countries, over articles that are dense with quotations.
fn content(articles: &BTreeMap<String, Vec<String>>) {
    let articles = articles
        .iter()
        .flat_map(|(language, articles)| articles.iter().map(move |article| (language, article)));
    let mut spent: Vec<(Duration, usize)> = articles
        .map(|(language, article)| {
            let best = (0..ROUNDS).map(|_| {
                let begun = Instant::now();
                std::hint::black_box(enricher::content(article, language));
                begun.elapsed()
            });
            (best.min().unwrap_or_default(), article.len())
        })
        .collect();
    spent.sort_unstable();
    let total: Duration = spent.iter().map(|(time, _)| *time).sum();
    let bytes: usize = spent.iter().map(|(_, bytes)| *bytes).sum();
    let slowest = spent[(spent.len() * 99 / 100).min(spent.len() - 1)].0;
    println!(
        "  words, quotations, names, countries: {:.0} articles/s of {BYTES} bytes, p99 {slowest:.1?}",
        bytes as f64 / BYTES as f64 / total.as_secs_f64(),
    );
}

/// Articles with the credits and citations of the labelled pages, and English text between them.
fn agencies(data: &Path, english: &[String]) {
    let table = Agencies::built_in();
    let articles: Vec<Cleaned> = lines(data)
        .iter()
        .zip(english.iter().cycle())
        .map(|(line, between)| {
            let part = |name: &str| line[name].as_str().unwrap_or_default();
            let cues = line["text_cues"].as_array().into_iter().flatten();
            let cues: Vec<&str> = cues.filter_map(Value::as_str).collect();
            let said = part("text_head").len() + part("text_tail").len() + cues.concat().len();
            let mut length = BYTES.saturating_sub(said).min(between.len());
            while !between.is_char_boundary(length) {
                length -= 1;
            }
            let parts = [
                part("text_head"),
                &between[..length],
                &cues.join("\n\n"),
                part("text_tail"),
            ];
            article(part("url"), part("title"), parts.join("\n\n"))
        })
        .collect();
    let mut spent = vec![Duration::MAX; articles.len()];
    for _ in 0..ROUNDS {
        for (article, best) in articles.iter().zip(&mut spent) {
            let begun = Instant::now();
            std::hint::black_box(attributions(article, &table));
            *best = (*best).min(begun.elapsed());
        }
    }
    spent.sort_unstable();
    let total: Duration = spent.iter().sum();
    println!(
        "  agencies: {:.0} articles/s (aim 10,000), p50 {:.0} µs, p99 {:.0} µs",
        spent.len() as f64 / total.as_secs_f64(),
        spent[spent.len() / 2].as_secs_f64() * 1e6,
        spent[spent.len() * 99 / 100].as_secs_f64() * 1e6
    );
}

fn article(url: &str, title: &str, text: String) -> Cleaned {
    Cleaned {
        id: ArticleId::of_url(url),
        version: 1,
        fetched_at: Timestamp::UNIX_EPOCH,
        url: url.to_owned(),
        canonical_url: url.to_owned(),
        feed: Feed::default(),
        listings: Vec::new(),
        outlet: article::host_of(url),
        title: title.to_owned(),
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        text,
        layout: Layout::default(),
        metadata: Metadata::default(),
    }
}
