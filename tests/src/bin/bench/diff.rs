//! What comparing two generations costs: time, and memory of 48 bytes a record and side beside what is held
//! of those that differ.

use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use pipeline::generations::{Change, Generation, Span, Standing, Step, change};
use pipeline::log::Log as _;
use pipeline::log::local::LocalLog;
use pipeline::topics::Topology;

use crate::export::{FLUSHED_EVERY, open, write};
use crate::process::run;

pub(crate) fn bench(first: usize) {
    println!("replay diff: articles of 3 KB, of which every hundredth differs");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = open(folder.path());
    let ground = Topology::new(1, |_| None);
    let second = ground.branch("enricher", 2, |_| None).expect("a service");
    log.create(&second.all()).expect("topics");
    let mut written = 0;
    for articles in [first, 2 * first] {
        for generation in [1, 2] {
            write(&log, written..articles, generation);
        }
        written = articles;
        register(&log, &ground, articles as u64);
        measure(folder.path(), articles, "articles.enriched", &[]);
        measure(folder.path(), articles, "articles.enriched", &["--json"]);
        measure(folder.path(), articles, "articles.lineage", &[]);
    }
    println!();
}

/// The second generation, as a replay of so many articles leaves it.
fn register(log: &LocalLog, ground: &Topology, articles: u64) {
    let span = Span {
        fold: 0,
        from: 0,
        to: articles,
    };
    let generation = Generation {
        number: 2,
        reads: 1,
        service: "enricher".to_owned(),
        through: "enricher".to_owned(),
        standing: Standing::Replayed,
        lived: false,
        made_at: Timestamp::now(),
        version: "bench".to_owned(),
        config: "bench".to_owned(),
        asked: String::new(),
        steps: vec![Step {
            gone: 0,
            stage: "enrich".to_owned(),
            topic: "articles.cleaned".to_owned(),
            spans: vec![span],
            done: true,
        }],
    };
    let known = Change::Known(Box::new(generation));
    change(log, ground, "bench", |_| Ok((vec![known.clone()], ()))).expect("written");
    // What is flushed each second is seen by other processes then.
    std::thread::sleep(2 * FLUSHED_EVERY);
}

fn measure(folder: &Path, articles: usize, topic: &str, flags: &[&str]) {
    let mut diff = Command::new(tests::binary());
    diff.env_clear()
        .args(["--data-dir".as_ref(), folder.as_os_str()])
        .args(["replay", "diff", topic, "--from", "g1", "--to", "g2"])
        .args(flags)
        .stdout(Stdio::null());
    let (ended, took, peak) = run(&mut diff);
    // 1: there are differences.
    assert!(matches!(ended.code(), Some(0 | 1)), "{topic} {flags:?}");
    let rate = articles as f64 / took.as_secs_f64();
    println!(
        "  {articles:>7} articles {topic:<17} {:<6} {rate:>8.0}/s   peak memory {peak:>4.0} MB",
        flags.join(" ")
    );
}
