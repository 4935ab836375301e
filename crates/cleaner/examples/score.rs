//! Reads a folder of labelled pages and prints what the cleaner makes of them, one JSON line a page.
//!
//! usage: score FOLDER [DATASET...] > predictions.jsonl
//!
//! The folder holds `DATASET.jsonl` with lines `{dataset, id, file, url}`; `file` is a gzipped page
//! below it. The time spent on cleaning goes to standard error.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use article::{Discovered, Feed, Fetched};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("usage: score FOLDER [DATASET...]")?;
    let only: Vec<String> = args.collect();
    let folder = Path::new(&folder);
    let mut lists: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    lists.sort_by_key(std::fs::DirEntry::file_name);
    let mut out = std::io::stdout().lock();
    let mut spent: Vec<Duration> = Vec::new();
    let mut bytes = 0;
    for list in lists {
        let name = list.file_name().to_string_lossy().into_owned();
        let Some(dataset) = name.strip_suffix(".jsonl") else {
            continue;
        };
        if !only.is_empty() && !only.iter().any(|wanted| wanted == dataset) {
            continue;
        }
        for line in std::fs::read_to_string(list.path())?.lines() {
            // Some lists were written with a NaN for an unknown value, which is no JSON.
            let row: Value = serde_json::from_str(&line.replace(": NaN", ": null"))?;
            let fetched = fetched(folder, &row)?;
            bytes += fetched.page.len();
            let begin = Instant::now();
            let read = cleaner::read(&fetched);
            spent.push(begin.elapsed());
            let line = json!({
                "dataset": row["dataset"], "id": row["id"], "title": read.facts.title,
                "authors": read.facts.authors, "text": read.text,
                "date": read.facts.published.map(|moment| moment.day.to_string()),
            });
            writeln!(out, "{line}")?;
        }
    }
    report(&mut spent, bytes);
    Ok(())
}

fn fetched(folder: &Path, row: &Value) -> Result<Fetched, Box<dyn Error>> {
    let file = row["file"].as_str().ok_or("a row without file")?;
    let mut page = Vec::new();
    GzDecoder::new(std::fs::File::open(folder.join(file))?).read_to_end(&mut page)?;
    let url = row["url"].as_str().unwrap_or_default().to_owned();
    let at = Timestamp::UNIX_EPOCH;
    let discovered = Discovered::at(&url, Feed::default(), at);
    Ok(Fetched {
        id: discovered.id.clone(),
        discovered,
        listings: Vec::new(),
        fetched_at: at,
        version: 1,
        final_url: url,
        status: 200,
        headers: Vec::new(),
        page: page.into(),
    })
}

fn report(spent: &mut [Duration], bytes: usize) {
    spent.sort_unstable();
    let total: Duration = spent.iter().sum();
    let at = |share: f64| spent[((spent.len() - 1) as f64 * share) as usize];
    if !spent.is_empty() {
        eprintln!(
            "{} pages, {:.1} MB, {:.0} pages/s, {:.1} MB/s, p50 {:.1?}, p99 {:.1?}, worst {:.1?}",
            spent.len(),
            bytes as f64 / 1e6,
            spent.len() as f64 / total.as_secs_f64(),
            bytes as f64 / 1e6 / total.as_secs_f64(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}
