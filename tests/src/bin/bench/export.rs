//! What an export costs: time, and memory that does not grow with what is exported.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use article::{
    ArticleId, Cleaned, Content, Enriched, Evidence, FamilyId, Feed, Lineage, Message, Relation,
    RelationKind, StoryId,
};
use jiff::Timestamp;
use pipeline::headers::Headers;
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Log, Producer, ToSend};
use pipeline::topics::Topology;

use crate::log::page;
use crate::process::run;

/// Characters of an article's text.
const TEXT: usize = 3_000;
/// Articles of a family.
const FAMILY: usize = 4;

/// How many articles there are at first, unless somebody says otherwise; then twice as many.
pub(crate) const ARTICLES: usize = 100_000;

pub(crate) fn bench(first: usize) {
    println!(
        "export: articles of {} KB, families of {FAMILY}",
        TEXT / 1000
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = open(folder.path());
    let mut written = 0;
    for articles in [first, 2 * first] {
        write(&log, written..articles, 1);
        written = articles;
        measure(folder.path(), articles, &[]);
        measure(folder.path(), articles, &["--format", "parquet"]);
        measure(folder.path(), articles, &["--one-per", "family"]);
        measure(folder.path(), articles, &["--one-per", "story"]);
        let both = ["--one-per", "family", "--format", "parquet"];
        measure(folder.path(), articles, &both);
    }
    println!();
}

/// How often the log is flushed.
pub(crate) const FLUSHED_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn open(folder: &Path) -> LocalLog {
    let log = LocalLog::open(LocalConfig {
        dir: folder.join("log"),
        fsync: Fsync::Every(FLUSHED_EVERY),
        segment_bytes: 64 << 20,
        min_free_bytes: 64 << 20,
    })
    .expect("the log opens");
    log.create(&Topology::new(1, |_| None).all())
        .expect("topics");
    log
}

/// Writes articles and their lineage as a generation has them: in a second one every hundredth text is
/// another.
pub(crate) fn write(log: &LocalLog, numbers: std::ops::Range<usize>, generation: u32) {
    let mut producer = log.producer("bench.export").expect("a producer");
    let numbers: Vec<usize> = numbers.collect();
    for batch in numbers.chunks(500) {
        producer.begin().expect("begins");
        for &number in batch {
            let mut article = article(number);
            if generation > 1 && number % 100 == 7 {
                article.article.text.push_str(" And so it went on.");
            }
            let lineage = Lineage {
                id: article.article.id.clone(),
                revision: 1,
                story: article.story.clone(),
                family: article.family.clone(),
                relations: article.relations.clone(),
                origin: None,
            };
            for mut record in [record(&article, number), record(&lineage, number)] {
                if generation > 1 {
                    record.topic = format!("{}.g{generation}", record.topic);
                }
                producer.send(record).expect("sent");
            }
        }
        producer.commit().expect("committed");
    }
}

fn record<M: Message>(message: &M, number: usize) -> ToSend {
    ToSend {
        topic: M::TOPIC.to_owned(),
        partition: 0,
        key: Some(message.key().into_bytes()),
        value: Some(serde_json::to_vec(message).expect("it serialises")),
        headers: Headers::new()
            .with("schema", M::SCHEMA)
            .with("source", format!("articles.cleaned/0/{number}")),
    }
}

fn article(number: usize) -> Enriched {
    let id = |number: usize| ArticleId::of_url(&format!("https://outlet.example/{number}"));
    let first = id(number - number % FAMILY);
    let url = format!("https://outlet.example/{number}");
    let mut text = String::from_utf8(page(number % 1_000)).expect("pages are text");
    text.truncate(TEXT);
    let relation = Relation {
        relation: RelationKind::Copy,
        of: first.clone(),
        score: 0.9,
        evidence: Evidence::default(),
    };
    Enriched {
        story: StoryId::opened_by(&first),
        family: FamilyId::opened_by(&first),
        relations: (!number.is_multiple_of(FAMILY))
            .then_some(relation)
            .into_iter()
            .collect(),
        origin: None,
        content: Content::default(),
        attributions: Vec::new(),
        article: Cleaned {
            id: id(number),
            version: 1,
            fetched_at: Timestamp::from_second(1_772_352_000 + number as i64).expect("a moment"),
            canonical_url: url.clone(),
            url,
            feed: Feed::at("https://outlet.example/rss"),
            listings: Vec::new(),
            outlet: format!("Outlet {}", number % 500),
            title: format!("The title of article {number}"),
            authors: Vec::new(),
            published: None,
            language: Some("en".to_owned()),
            summary: None,
            text,
            layout: article::Layout::default(),
            metadata: article::Metadata::default(),
        },
    }
}

fn measure(folder: &Path, articles: usize, flags: &[&str]) {
    let mut export = Command::new(tests::binary());
    export
        .env_clear()
        .args(["--data-dir".as_ref(), folder.as_os_str()])
        .args(["export", "articles.enriched", "--output"])
        .arg(folder.join("out"))
        .args(flags)
        .stderr(Stdio::null());
    let (ended, took, peak) = run(&mut export);
    assert!(ended.success(), "{flags:?}");
    let rate = articles as f64 / took.as_secs_f64();
    let bytes = folder.join("out").metadata().map_or(0, |file| file.len());
    println!(
        "  {articles:>7} articles {:<20} {rate:>8.0}/s   peak memory {peak:>4.0} MB   file {:>4.0} MB",
        flags.join(" "),
        bytes as f64 / 1e6
    );
}
