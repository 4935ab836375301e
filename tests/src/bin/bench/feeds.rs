//! How fast feeds are read: the recorded feeds of real sites, beside bare feed-rs and Python feedparser.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::median;
use crate::process::{cpu_seconds, run};

/// How long each reader reads in a round, and how many rounds there are: the readers take turns, so that a
/// slower spell of the machine strikes all of them.
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;

struct Document {
    path: PathBuf,
    bytes: Vec<u8>,
}

pub(crate) fn bench() {
    let Some(data) = tests::shared_data("feeds") else {
        return;
    };
    let documents = real(&data);
    let bytes: usize = documents.iter().map(|each| each.bytes.len()).sum();
    println!(
        "reading feeds: {} of real sites, {:.1} MB; feeds for each CPU second, the median of {ROUNDS} rounds",
        documents.len(),
        bytes as f64 / 1e6
    );
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(&documents, |bytes| {
            fetcher::parse::parse(bytes, &[], "https://a.example/feed").is_ok()
        }));
        bare.push(rate(&documents, |bytes| {
            // It panics on some, and here that costs what a panic costs.
            std::panic::catch_unwind(|| feed_rs::parser::parse(bytes).is_ok()).unwrap_or(false)
        }));
    }
    let (ours, bare) = (median(ours), median(bare));
    println!("  copydesk     {ours:>8.0}");
    println!(
        "  feed-rs      {bare:>8.0}   copydesk {:.2} of it (aim 0.85)",
        ours / bare
    );
    if let Some(theirs) = feedparser(&documents) {
        println!(
            "  feedparser   {theirs:>8.1}   copydesk {:.0} times it (aim 50)",
            ours / theirs
        );
    }
    memory(&documents);
    println!();
}

/// The recorded feeds of the data.
fn real(data: &Path) -> Vec<Document> {
    let counts = File::open(data.join("expected_counts.jsonl")).expect("the data lists its feeds");
    let rows = BufReader::new(counts).lines().map(|line| {
        let line = line.expect("a line");
        serde_json::from_str::<Value>(&line).expect("JSON")
    });
    let real = rows.filter(|row| row["kind"] == "real");
    let document = |row: Value| {
        let path = data.join(row["file"].as_str().expect("a name"));
        let bytes = std::fs::read(&path).expect("the file is there");
        Document { path, bytes }
    };
    real.map(document).collect()
}

/// Documents read in a second of this process's CPU time.
fn rate(documents: &[Document], read: impl Fn(&[u8]) -> bool) -> f64 {
    let this = std::process::id();
    let (before, started, mut count) = (cpu_seconds(this), Instant::now(), 0);
    while started.elapsed() < ROUND {
        for document in documents {
            std::hint::black_box(read(&document.bytes));
        }
        count += documents.len();
    }
    count as f64 / (cpu_seconds(this) - before)
}

fn feedparser(documents: &[Document]) -> Option<f64> {
    let python = tests::feedparser()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval/feedparser_rate.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python runs");
    let mut input = child.stdin.take().expect("a pipe");
    for document in documents {
        writeln!(input, "{}", document.path.display()).expect("it reads");
    }
    drop(input);
    let said = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&said.stdout);
    Some(said.trim().parse().expect("a rate"))
}

/// The most memory of the binary over all the feeds, one after the other, and of reading one that is as
/// large as is read.
fn memory(documents: &[Document]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = folder.path().join("manifest.jsonl");
    let write = |files: &mut dyn Iterator<Item = &Path>| {
        let mut file = File::create(&manifest).expect("a file");
        for path in files {
            writeln!(file, "{}", json!({"file": path})).expect("it is written");
        }
    };
    let mut parse = Command::new(tests::binary());
    parse
        .env_clear()
        .args(["parse", "--manifest"])
        .arg(&manifest)
        .stdout(Stdio::null());
    write(&mut documents.iter().map(|each| each.path.as_path()));
    let (ended, _, peak) = run(&mut parse);
    assert!(ended.success(), "the feeds are read");
    println!("  peak memory of `copydesk parse`, all of them: {peak:.0} MB");

    let huge = folder.path().join("huge.xml");
    let mut file = File::create(&huge).expect("a file");
    let item = "<item><guid>g</guid><title>A title</title><description>A text &amp; more</description></item>";
    write!(file, "<rss version=\"2.0\"><channel><title>T</title>").expect("it is written");
    for _ in 0..(63 << 20) / item.len() {
        file.write_all(item.as_bytes()).expect("it is written");
    }
    drop(file);
    write(&mut std::iter::once(huge.as_path()));
    let (ended, took, peak) = run(&mut parse);
    assert!(ended.success(), "the feed is read");
    println!(
        "  the same, a feed of 63 MiB: {peak:.0} MB, {:.1} s",
        took.as_secs_f64()
    );
}
