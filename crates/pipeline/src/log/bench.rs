//! What the local log carries on this machine, beside a raw file.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::local::{LocalConfig, LocalLog};
use super::{Failure, Limits, Log, Producer, Reader, ToSend};
use crate::headers::Headers;
use crate::topics::{Cleanup, Topic};
use crate::waker::Waker;

const MB: f64 = 1e6;
const PAGE: usize = 45_000;
const PAGES_A_TRANSACTION: usize = 50;
const TRANSACTIONS: usize = 160;
/// Different pages, so that no block repeats another.
const PAGES: usize = 400;
const RAW_WRITE: usize = 1 << 20;
const RAW_WRITES: usize = 320;
const SMALL_FOR: Duration = Duration::from_secs(3);
const PAGES_TOPIC: &str = "bench.pages";
const SMALL_TOPIC: &str = "bench.small";

/// The figures of one run.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// A plain file: appends of 1 MiB, each with fdatasync, MB/s.
    pub raw: f64,
    /// Transactions of 50 pages of 45 KB, one producer, MB/s of values.
    pub append: f64,
    /// Reading these pages back, MB/s of values.
    pub read: f64,
    /// Transactions of one small record a second, one producer.
    pub commits_of_one: f64,
    /// The same with eight producers at once.
    pub commits_of_eight: f64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "raw file, 1 MiB append + fdatasync   {:>8.0} MB/s",
            self.raw
        )?;
        writeln!(
            f,
            "log append, 50 x 45 KB a transaction {:>8.0} MB/s  ({:.2} of the raw file)",
            self.append,
            self.append / self.raw
        )?;
        writeln!(
            f,
            "log read                             {:>8.0} MB/s",
            self.read
        )?;
        writeln!(
            f,
            "small commits, 1 producer            {:>8.0} /s",
            self.commits_of_one
        )?;
        write!(
            f,
            "small commits, 8 producers           {:>8.0} /s",
            self.commits_of_eight
        )
    }
}

/// Measures in the folder `dir`, which must not hold a log, on the disk that is meant. Takes some ten
/// seconds and some 500 MB; what it wrote is removed.
pub fn measure(dir: &Path) -> Result<Figures, Failure> {
    let failed = |error: std::io::Error| Failure::Fatal(format!("{}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(failed)?;
    let pages = pages();
    let raw = raw(&dir.join("raw"), &pages).map_err(failed)?;
    let folder = dir.join("log");
    let figures = measure_log(&folder, &pages, raw);
    std::fs::remove_dir_all(&folder).map_err(failed)?;
    figures
}

fn measure_log(folder: &Path, pages: &[Vec<u8>], raw: f64) -> Result<Figures, Failure> {
    let log = LocalLog::open(LocalConfig::new(folder))
        .map_err(|error| Failure::Fatal(error.to_string()))?;
    let topic = |name: &str| Topic {
        name: name.to_owned(),
        partitions: 1,
        cleanup: Cleanup::Delete,
        retention: None,
        retention_bytes: None,
    };
    log.create(&[topic(PAGES_TOPIC), topic(SMALL_TOPIC)])?;
    Ok(Figures {
        raw,
        append: append(&log, pages)?,
        read: read(&log)?,
        commits_of_one: small_commits(&log, 1)?,
        commits_of_eight: small_commits(&log, 8)?,
    })
}

fn raw(path: &Path, pages: &[Vec<u8>]) -> std::io::Result<f64> {
    let bytes: Vec<u8> = pages.iter().flatten().copied().collect();
    let mut file = File::create(path)?;
    let begun = Instant::now();
    for index in 0..RAW_WRITES {
        let from = index * 4096 % (bytes.len() - RAW_WRITE);
        file.write_all(&bytes[from..from + RAW_WRITE])?;
        file.sync_data()?;
    }
    let rate = (RAW_WRITE * RAW_WRITES) as f64 / MB / begun.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

fn append(log: &LocalLog, pages: &[Vec<u8>]) -> Result<f64, Failure> {
    let mut producer = log.producer("bench")?;
    let mut pages = pages.iter().cycle();
    let begun = Instant::now();
    for _ in 0..TRANSACTIONS {
        producer.begin()?;
        for page in pages.by_ref().take(PAGES_A_TRANSACTION) {
            producer.send(sent(PAGES_TOPIC, page.clone()))?;
        }
        producer.commit()?;
    }
    let bytes = TRANSACTIONS * PAGES_A_TRANSACTION * PAGE;
    Ok(bytes as f64 / MB / begun.elapsed().as_secs_f64())
}

fn read(log: &LocalLog) -> Result<f64, Failure> {
    let mut reader = log.reader(PAGES_TOPIC, 0, 0, Waker::default())?;
    let mut bytes = 0;
    let begun = Instant::now();
    loop {
        let records = reader.read(Limits::default())?;
        if records.is_empty() {
            return Ok(bytes as f64 / MB / begun.elapsed().as_secs_f64());
        }
        let values = records.iter().filter_map(|record| record.value.as_ref());
        bytes += values.map(Vec::len).sum::<usize>();
    }
}

fn small_commits(log: &LocalLog, producers: usize) -> Result<f64, Failure> {
    let begun = Instant::now();
    let counts: Vec<Result<usize, Failure>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..producers)
            .map(|number| {
                scope.spawn(move || {
                    let mut producer = log.producer(&format!("bench {number}"))?;
                    let mut count = 0;
                    while begun.elapsed() < SMALL_FOR {
                        producer.begin()?;
                        producer.send(sent(SMALL_TOPIC, vec![b'x'; 100]))?;
                        producer.commit()?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        let ended = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(count) => count,
            Err(_) => Err(Failure::Fatal("a producer panicked".into())),
        };
        threads.into_iter().map(ended).collect()
    });
    let mut commits = 0;
    for count in counts {
        commits += count?;
    }
    Ok(commits as f64 / begun.elapsed().as_secs_f64())
}

fn sent(topic: &str, value: Vec<u8>) -> ToSend {
    ToSend {
        topic: topic.to_owned(),
        partition: 0,
        key: Some(b"a key of some length".to_vec()),
        value: Some(value),
        headers: Headers::new().with("schema", "bench/1"),
    }
}

/// Pages that pack about as well as news pages do, which zstd 1 brings to a fifth: an outlet's furniture
/// and, as a third of the page, text of words by falling frequency.
fn pages() -> Vec<Vec<u8>> {
    let mut seed = 7_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    let mut word = |letters: usize| -> String {
        (0..letters)
            .map(|_| char::from(b'a' + random(26) as u8))
            .collect()
    };
    let words: Vec<String> = (0..6_000).map(|n| word(2 + n % 9)).collect();
    let outlets: Vec<Vec<String>> = (0..20)
        .map(|_| {
            let names = (0..30).map(|n| word(4 + n % 9));
            names
                .map(|name| {
                    format!(
                        "<div class=\"{name} {name}--wide\"><a href=\"/{name}/\">{name}</a></div>\n"
                    )
                })
                .collect()
        })
        .collect();
    let page = |number: usize| {
        let furniture = &outlets[number % outlets.len()];
        let mut html = String::with_capacity(PAGE + 1_000);
        while html.len() < PAGE {
            for _ in 0..8 {
                html.push_str(&furniture[random(furniture.len())]);
            }
            html.push_str("<p class=\"text\">");
            for _ in 0..40 {
                let below = 1 + random(words.len());
                html.push_str(&words[random(below)]);
                html.push(' ');
            }
            html.push_str("</p>\n");
        }
        html.truncate(PAGE);
        html.into_bytes()
    };
    (0..PAGES).map(page).collect()
}
