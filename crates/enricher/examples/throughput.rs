//! How fast one core ties articles, what a window of them takes, and how long a restart takes.
//!
//! ```text
//! cargo run --release -p enricher --example throughput -- 100000
//! cargo run --release -p enricher --example throughput -- 100000 --alone
//! cargo run --release -p enricher --example throughput -- 100000 --print > docs.jsonl
//! ```
//!
//! Fills a window with the given number of generated articles of 4.2 KB (or of as many bytes as are
//! given second; one in five made from an earlier one) and tells how long the last tenth of them took, what
//! the process holds, and how long it takes to read the changelog back. `--alone` leaves out the signals: who is
//! quoted, named and credited. `--print` prints the articles instead, for the peers.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::time::{Duration, Instant};

use article::{ArticleId, Cleaned, Feed};
use enricher::{Agencies, Config, Enrich, Window};
use jiff::{SignedDuration, Timestamp};
use pipeline::{Record, Stage, State};

type Failure = Box<dyn std::error::Error>;

/// A generator of its own, so that every run makes the same articles.
struct Draw {
    state: u64,
    words: Vec<String>,
}

impl Draw {
    fn new() -> Self {
        let mut draw = Self {
            state: 7,
            words: Vec::new(),
        };
        draw.words = (0..1 << 18).map(|_| draw.syllables()).collect();
        draw
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % bound
    }

    fn syllables(&mut self) -> String {
        const SYLLABLES: [&str; 16] = [
            "ba", "re", "mo", "ti", "su", "la", "ne", "ko", "vi", "du", "sha", "pre", "qui", "fo",
            "ga", "zel",
        ];
        const ENDS: [&str; 8] = ["", "n", "r", "s", "l", "th", "m", "nd"];
        let mut word = String::new();
        for _ in 0..2 + self.below(3) {
            word.push_str(SYLLABLES[self.below(16) as usize]);
        }
        word + ENDS[self.below(8) as usize]
    }

    /// Adds a sentence. Few words are common and most are rare, as the powers of two of their places.
    fn sentence(&mut self, text: &mut String) {
        for at in 0..12 + self.below(16) {
            let range = 1 << (5 + self.below(14));
            let word = self.below(range) as usize;
            // Names are always names: a rare word, written large.
            let is_name = word.is_multiple_of(11) && word > 500;
            let begin = text.len();
            text.push_str(&self.words[word]);
            if at == 0 || is_name {
                text[begin..=begin].make_ascii_uppercase();
            }
            text.push(' ');
            if self.below(2) == 0 {
                text.push_str(["the ", "of ", "in ", "and ", "said "][self.below(5) as usize]);
            }
        }
        text.pop();
        text.push_str(". ");
    }

    /// A text of its own, or one in five made from one of `earlier`.
    fn text(&mut self, bytes: usize, earlier: &VecDeque<String>) -> String {
        let length = bytes * 3 / 4 + self.below(bytes as u64 / 2) as usize;
        let mut text = String::with_capacity(length + 300);
        if !earlier.is_empty() && self.below(5) == 0 {
            let source = &earlier[self.below(earlier.len() as u64) as usize];
            text.push_str(&source[..source.len() * 2 / 3]);
        }
        while text.len() < length {
            self.sentence(&mut text);
        }
        text
    }
}

fn article(number: u64, seen: Timestamp, text: String, draw: &mut Draw) -> Cleaned {
    let url = format!("https://outlet-{}.example/{number}", draw.below(500));
    let outlet = article::host_of(&url);
    let mut title = String::new();
    draw.sentence(&mut title);
    // A headline has a dozen words.
    let title = title.split(' ').take(12).collect::<Vec<_>>().join(" ");
    Cleaned {
        id: ArticleId::of_url(&url),
        version: 1,
        fetched_at: seen,
        canonical_url: url.clone(),
        url,
        feed: Feed::default(),
        listings: Vec::new(),
        outlet,
        title,
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        text,
        layout: article::Layout::default(),
        metadata: article::Metadata::default(),
    }
}

/// What the process holds in memory, in bytes; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The changelog in a file: what memory it took would be taken for the window's.
struct Changelog {
    file: BufWriter<File>,
    bytes: u64,
}

impl Changelog {
    fn take(&mut self, window: &mut Window) -> Result<(), Failure> {
        for (number, table) in (0u8..).zip(window.tables()) {
            for change in table.take_changes(usize::MAX) {
                let value = change.value.unwrap_or_default();
                self.bytes += (change.key.len() + value.len()) as u64;
                self.file.write_all(&[number])?;
                for part in [&change.key, &value] {
                    self.file.write_all(&(part.len() as u32).to_le_bytes())?;
                    self.file.write_all(part)?;
                }
            }
        }
        Ok(())
    }
}

/// The window that a changelog leads to.
fn restore(file: File) -> Result<Window, Failure> {
    let mut window = Window::default();
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut number = [0u8];
    let (mut key, mut value) = (Vec::new(), Vec::new());
    while file.read(&mut number)? == 1 {
        for part in [&mut key, &mut value] {
            let mut length = [0u8; 4];
            file.read_exact(&mut length)?;
            part.resize(u32::from_le_bytes(length) as usize, 0);
            file.read_exact(part)?;
        }
        let value = (!value.is_empty()).then_some(value.as_slice());
        window.tables()[usize::from(number[0])].restore(&key, value)?;
    }
    window.rebuild();
    Ok(window)
}

/// Without signals it does what the peers do, and verifies what they do not.
fn settings(alone: bool) -> Config {
    let looks = !alone;
    Config {
        quotations: looks,
        names: looks,
        places: looks,
        keywords: looks,
        agencies: looks,
        ..Config::default()
    }
}

fn print(count: u64, bytes: usize) -> Result<(), Failure> {
    let mut draw = Draw::new();
    let mut texts: VecDeque<String> = VecDeque::new();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for number in 0..count {
        let text = draw.text(bytes, &texts);
        texts.push_front(text.clone());
        texts.truncate(500);
        writeln!(out, "{{\"id\": {number}, \"text\": \"{text}\"}}")?;
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at)?.parse::<u64>().ok();
    let count = number(0).unwrap_or(20_000);
    let bytes = number(1).unwrap_or(4_200) as usize;
    if arguments.iter().any(|argument| argument == "--print") {
        return print(count, bytes);
    }
    let mut draw = Draw::new();
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    // The window is full at the end, and nothing has left it.
    let apart = SignedDuration::from_millis(14 * 86_400_000 / count as i64);
    let mut texts: VecDeque<String> = VecDeque::new();
    let alone = arguments.iter().any(|argument| argument == "--alone");
    let stage = Enrich::new(settings(alone), Agencies::built_in());
    let mut window = Window::default();
    let folder = std::env::temp_dir().join(format!("throughput-{}", std::process::id()));
    let mut changelog = Changelog {
        file: BufWriter::new(File::create(&folder)?),
        bytes: 0,
    };
    let (mut read, mut last): (u64, Vec<Duration>) = (0, Vec::new());
    let mut reading = Duration::ZERO;
    let empty = resident();
    for offset in 0..count {
        let text = draw.text(bytes, &texts);
        read += text.len() as u64;
        texts.push_front(text.clone());
        texts.truncate(500);
        let value = article(offset, begin + apart * offset as i32, text, &mut draw);
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset,
            written_at: value.fetched_at,
            value,
        };
        let begun = Instant::now();
        let text = stage.read(record)?;
        let read_in = begun.elapsed();
        stage.decide(text, &mut window)?;
        for table in window.tables() {
            table.keep();
        }
        if offset >= count - count / 10 {
            last.push(begun.elapsed());
            reading += read_in;
        }
        if offset % 100 == 99 {
            changelog.take(&mut window)?;
        }
    }
    changelog.take(&mut window)?;
    changelog.file.flush()?;
    let held = resident().saturating_sub(empty);
    let total: Duration = last.iter().sum();
    last.sort_unstable();
    let at = |share: f64| last[((last.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{count} articles of {} bytes{}: the last tenth {:.0}/s, {} alone {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, worst {:.1} ms",
        read / count,
        if alone { " without signals" } else { "" },
        last.len() as f64 / total.as_secs_f64(),
        if alone { "sketches" } else { "reading" },
        last.len() as f64 / reading.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
    println!(
        "{} in the window: {} bytes of memory an article, {} of changelog",
        window.len(),
        held / count,
        changelog.bytes / count
    );
    drop((changelog, window));
    let begun = Instant::now();
    let window = restore(File::open(&folder)?)?;
    println!(
        "restored {} in {:.1} s",
        window.len(),
        begun.elapsed().as_secs_f64()
    );
    std::fs::remove_file(&folder)?;
    Ok(())
}
