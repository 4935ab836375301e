//! What it costs to clean a page, beside dom_smoothie and trafilatura on the same pages, each in a process of
//! its own on one core.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use article::{Discovered, Feed, Fetched};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::process::run;

const TRAFILATURA: &str = "trafilatura==2.3.1";

/// What it imports, and what the package that it names no longer brings along.
const ITS_CLEANER: &str = "lxml_html_clean";

/// The best of so many times counts, as with dom_smoothie; trafilatura, which is slow, reads a page once.
const TIMES: usize = 3;

pub(crate) fn bench() {
    let Some(data) = tests::shared_data("extraction") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = list(&data, folder.path());
    println!("clean: the pages of the extraction data, one core each");
    let ours = Command::new(std::env::current_exe().expect("this program"));
    let ours = measure("copydesk", ours, &["clean", "pages"], &list);
    let theirs = dom_smoothie().and_then(|command| measure("dom_smoothie", command, &[], &list));
    let python = trafilatura().and_then(|command| measure("trafilatura", command, &[], &list));
    let ratio = |other: Option<f64>| Some(ours? / other?);
    for (peer, ratio, aim) in [
        ("dom_smoothie", ratio(theirs), 1.2),
        ("trafilatura", ratio(python), 25.0),
    ] {
        if let Some(ratio) = ratio {
            println!("  {ratio:>6.2} times as many pages a second as {peer} (aim {aim})");
        }
    }
    println!("  aims: p99 under 25 ms, worst under 250 ms, peak memory under 64 MB\n");
}

/// The process that cleans the pages of a list, as [`bench`] starts it: prints bytes and microseconds.
pub(crate) fn pages(list: &Path) {
    let rows = BufReader::new(File::open(list).expect("the list is there")).lines();
    for row in rows {
        let row: Value = serde_json::from_str(&row.expect("it is read")).expect("a JSON line");
        let file = list.with_file_name(row["file"].as_str().unwrap_or_default());
        let mut page = Vec::new();
        let opened = File::open(file).expect("the page is there");
        let read = GzDecoder::new(opened).read_to_end(&mut page);
        read.expect("a gzipped page");
        let bytes = page.len();
        let fetched = fetched(row["url"].as_str().unwrap_or_default(), page);
        let mut best = Duration::MAX;
        for _ in 0..TIMES {
            let begin = Instant::now();
            let _ = std::hint::black_box(cleaner::clean(&fetched));
            best = best.min(begin.elapsed());
        }
        println!("{bytes} {}", best.as_micros());
    }
}

fn fetched(url: &str, page: Vec<u8>) -> Fetched {
    let at = Timestamp::UNIX_EPOCH;
    Fetched::of(Discovered::at(url, Feed::default(), at), at, page)
}

/// A list of all pages in a folder that leads to the data's own.
fn list(data: &Path, folder: &Path) -> PathBuf {
    let list = folder.join("pages.jsonl");
    let mut out = File::create(&list).expect("a file");
    let mut files: Vec<PathBuf> = std::fs::read_dir(data)
        .expect("the data is a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    let data = data.canonicalize().expect("the data's place");
    for file in files {
        for row in std::fs::read_to_string(file).expect("it is read").lines() {
            let row: Value =
                serde_json::from_str(&row.replace(": NaN", ": null")).expect("a JSON line");
            let page = data.join(row["file"].as_str().unwrap_or_default());
            writeln!(out, "{}", json!({"file": page, "url": row["url"]})).expect("written");
        }
    }
    list
}

/// Prints what a process made of the pages; returns its pages a second.
fn measure(name: &str, mut command: Command, arguments: &[&str], list: &Path) -> Option<f64> {
    let said = list.with_file_name(format!("{name}.txt"));
    command
        .args(arguments)
        .arg(list)
        .stdout(File::create(&said).expect("a file"))
        .stderr(Stdio::null());
    let (ended, _, peak) = run(&mut command);
    if !ended.success() {
        println!("  {name} ended with {ended}, so it is not measured");
        return None;
    }
    let said = std::fs::read_to_string(said).expect("it is read");
    let rows = said.lines().filter_map(|line| line.split_once(' '));
    let (mut bytes, mut spent) = (0.0, Vec::new());
    for (page, micros) in rows {
        bytes += page.parse::<f64>().unwrap_or(0.0);
        spent.push(micros.parse::<f64>().unwrap_or(0.0) / 1e6);
    }
    spent.sort_by(f64::total_cmp);
    let total: f64 = spent.iter().sum();
    let at = |share: f64| spent[((spent.len() - 1) as f64 * share) as usize] * 1e3;
    let rate = spent.len() as f64 / total;
    println!(
        "  {name:<14} {} pages {rate:>6.0}/s {:>6.1} MB/s   p50 {:>6.2} ms   p99 {:>6.1} ms   worst {:>7.1} ms   \
         peak memory {peak:>4.0} MB",
        spent.len(),
        bytes / 1e6 / total,
        at(0.5),
        at(0.99),
        at(1.0)
    );
    Some(rate)
}

/// dom_smoothie lies in a package of its own, so that nobody else builds it.
fn dom_smoothie() -> Option<Command> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(home.join("peers/Cargo.toml"))
        .arg("--target-dir")
        .arg(home.join("../target/peers"))
        .status();
    if built.is_ok_and(|status| status.success()) {
        return Some(Command::new(home.join("../target/peers/release/peers")));
    }
    println!("  skipped: tests/peers cannot be built here, so dom_smoothie is not measured");
    None
}

/// trafilatura, where it can be installed.
fn trafilatura() -> Option<Command> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = home.join("../target/peers/trafilatura");
    let python = venv.join("bin/python");
    let quietly = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
    let is_there = || quietly(Command::new(&python).args(["-c", "import trafilatura"]));
    if !is_there() {
        let made = quietly(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let pip = venv.join("bin/pip");
        let _ = made
            && quietly(Command::new(pip).args(["install", "--quiet", TRAFILATURA, ITS_CLEANER]));
    }
    if !is_there() {
        println!("  skipped: {TRAFILATURA} cannot be installed here, so it is not measured");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(home.join("src/bin/bench/trafilatura_peer.py"));
    Some(command)
}
