//! The embedded log beside what the disk itself does.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::headers::Headers;
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Producer, Reader, ToSend};
use pipeline::topics::{Cleanup, Topic};

use crate::process::peak_mb;

/// How long each measure runs.
const LENGTH: Duration = Duration::from_secs(4);
/// A page as the open web serves it: 45 KB.
const PAGE: usize = 45_000;
/// Pages a transaction.
const BATCH: usize = 50;

pub(crate) fn bench() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let raw = raw_append(folder.path());
    let log = open(&folder.path().join("log"));
    let (append, bytes) = append(&log);
    let read = read(&log, bytes);
    println!(
        "log: fsync = always, transactions of {BATCH} x {} KB pages",
        PAGE / 1000
    );
    println!("  raw append+fdatasync  {raw:>10.0} MB/s");
    println!(
        "  append                {append:>10.0} MB/s   {:.2} of raw, aim >= 0.35",
        append / raw
    );
    println!("  read                  {read:>10.0} MB/s");
    println!(
        "  peak memory           {:>10.0} MB   with {:.1} GB written and read",
        peak_mb(std::process::id()),
        bytes as f64 / 1e9
    );
    println!(
        "  small commits/s       {:>10.0}   one producer",
        commits(&log, 1)
    );
    println!(
        "  small commits/s       {:>10.0}   eight producers, aim >= 2000\n",
        commits(&log, 8)
    );
}

fn open(dir: &Path) -> LocalLog {
    let log = LocalLog::open(LocalConfig {
        dir: dir.to_owned(),
        fsync: Fsync::Always,
        segment_bytes: 64 << 20,
        min_free_bytes: 64 << 20,
    })
    .expect("the log opens");
    let topic = |name: &str| Topic {
        name: name.to_owned(),
        partitions: 8,
        cleanup: Cleanup::Delete,
        retention: None,
        retention_bytes: None,
    };
    log.create(&[topic("pages"), topic("small")])
        .expect("topics");
    log
}

/// The transaction's bytes as one append to a plain file, with fdatasync: MB/s.
fn raw_append(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("raw")).expect("a file");
    let block: Vec<u8> = (0..BATCH).flat_map(page).collect();
    let started = Instant::now();
    let mut written = 0;
    while started.elapsed() < LENGTH {
        file.write_all(&block).expect("written");
        file.sync_data().expect("flushed");
        written += block.len();
    }
    megabytes(written, started)
}

fn append(log: &LocalLog) -> (f64, usize) {
    let mut producer = log.producer("bench.pages").expect("a producer");
    let pages: Vec<Vec<u8>> = (0..BATCH).map(page).collect();
    let started = Instant::now();
    let mut written = 0;
    while started.elapsed() < LENGTH {
        producer.begin().expect("begins");
        for (number, page) in pages.iter().enumerate() {
            written += page.len();
            let partition = (number % 4) as u32;
            producer
                .send(record("pages", partition, page.clone()))
                .expect("sent");
        }
        producer.commit().expect("committed");
    }
    (megabytes(written, started), written)
}

fn read(log: &LocalLog, expected: usize) -> f64 {
    let started = Instant::now();
    let mut bytes = 0;
    for partition in 0..8 {
        let reader = log.reader("pages", partition, 0, Waker::default());
        let mut reader = reader.expect("a reader");
        loop {
            let records = reader.read(Limits::default()).expect("read");
            if records.is_empty() {
                break;
            }
            bytes += records
                .iter()
                .filter_map(|r| r.value.as_ref())
                .map(Vec::len)
                .sum::<usize>();
        }
    }
    assert_eq!(bytes, expected, "what was written is read");
    megabytes(bytes, started)
}

/// Transactions of one record of 100 bytes, from `producers` threads at once: commits a second.
fn commits(log: &LocalLog, producers: u32) -> f64 {
    let started = Instant::now();
    let threads: Vec<_> = (0..producers)
        .map(|number| {
            let log = log.clone();
            std::thread::spawn(move || {
                let mut producer = log
                    .producer(&format!("bench.{number}"))
                    .expect("a producer");
                let mut commits = 0u32;
                while started.elapsed() < LENGTH {
                    producer.begin().expect("begins");
                    producer
                        .send(record("small", number, vec![b'x'; 100]))
                        .expect("sent");
                    producer.commit().expect("committed");
                    commits += 1;
                }
                commits
            })
        })
        .collect();
    let commits: u32 = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"))
        .sum();
    f64::from(commits) / started.elapsed().as_secs_f64()
}

fn record(topic: &str, partition: u32, value: Vec<u8>) -> ToSend {
    ToSend {
        topic: topic.to_owned(),
        partition,
        key: Some(b"0123456789abcdef0123456789abcdef".to_vec()),
        value: Some(value),
        headers: Headers::new().with("schema", "article.fetched/1"),
    }
}

/// Something that compresses about as a page does: words drawn at random between tags.
pub(crate) fn page(seed: usize) -> Vec<u8> {
    const SYLLABLES: [&str; 16] = [
        "ka", "ro", "mi", "ten", "sul", "ve", "dor", "ia", "ne", "plo", "gas", "ur", "fi", "lan",
        "be", "tor",
    ];
    let mut state = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut page = String::with_capacity(PAGE + 64);
    while page.len() < PAGE {
        page.push_str("<p class=\"article-body__paragraph\">");
        for _ in 0..60 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            for syllable in 0..=state % 3 {
                page.push_str(SYLLABLES[(state >> (8 + syllable * 4)) as usize % 16]);
            }
            page.push(' ');
        }
        page.push_str("</p>\n");
    }
    page.truncate(PAGE);
    page.into_bytes()
}

fn megabytes(bytes: usize, since: Instant) -> f64 {
    bytes as f64 / 1e6 / since.elapsed().as_secs_f64()
}
