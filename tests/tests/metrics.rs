//! What Prometheus is told by the real binary.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use article::{ArticleId, Cleaned, Feed, Message as _};
use jiff::{SignedDuration, Timestamp};
use newsroom::Options;
use pipeline::headers::Headers;
use pipeline::log::{Log as _, Producer as _, ToSend};
use pipeline::metrics::{ALL, Kind, Metric};
use tests::{Ledger, Place, Scrape, World, await_that};

const MINUTE: Duration = Duration::from_secs(60);

/// A newsroom of `articles` and a pipeline for it that leaves each host alone for `interval` ms between
/// two requests.
fn scene(articles: usize, interval: u32, more: &str) -> (World, Place) {
    let world = World::open(Options::of(newsroom::World::Scale {
        articles,
        outlets: 6,
    }));
    let place = Place::for_world(&world, more);
    let file = place.file("copydesk.toml");
    let config = std::fs::read_to_string(&file).expect("the configuration reads");
    let slower = format!("host_interval_ms = {interval}");
    let config = config.replace("host_interval_ms = 0", &slower);
    std::fs::write(file, config).expect("the configuration is written");
    (world, place)
}

/// Appends a record to each of so many partitions, as any other process may.
fn append(ledger: &Ledger, topic: &str, partitions: u32, value: &[u8]) {
    let log = ledger.log();
    let mut producer = log.producer("tests.metrics").expect("a producer beside");
    producer.begin().expect("begins");
    for partition in 0..partitions {
        let record = ToSend {
            topic: topic.to_owned(),
            partition,
            key: Some(b"appended".to_vec()),
            value: Some(value.to_vec()),
            headers: Headers::new(),
        };
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

/// An article that was published a minute ago and fetched half a minute ago.
fn recent() -> Vec<u8> {
    let now = Timestamp::now();
    let url = "http://recent.example/1";
    let article = Cleaned {
        id: ArticleId::of_url(url),
        version: 1,
        fetched_at: now - SignedDuration::from_secs(30),
        url: url.to_owned(),
        canonical_url: url.to_owned(),
        feed: Feed::at("http://recent.example/feed"),
        listings: Vec::new(),
        outlet: "The Recent".to_owned(),
        title: "A minute ago".to_owned(),
        authors: Vec::new(),
        published: Some(now - SignedDuration::from_secs(60)),
        language: None,
        summary: None,
        text: "Nothing of this has been told by anybody else before.".to_owned(),
    };
    serde_json::to_vec(&article).expect("it serialises")
}

/// That the scrape holds what the list defines, and nothing else.
#[track_caller]
fn check_defined(scrape: &Scrape) {
    for (name, family) in &scrape.families {
        let metric = ALL.iter().find(|metric| metric.name == name);
        let metric = metric.unwrap_or_else(|| panic!("{name} is not in the list"));
        assert_eq!(family.kind, metric.kind.as_str(), "{name}");
        assert_eq!(family.help, metric.help, "{name}");
        let labels: BTreeSet<&str> = metric.labels.iter().copied().collect();
        assert_eq!(family.labels(), labels, "{name}");
        if metric.kind == Kind::Histogram {
            let bounds = family.samples.iter().filter_map(|sample| {
                let bound = sample.labels.get("le")?;
                bound.parse::<f64>().ok().filter(|bound| bound.is_finite())
            });
            let bounds: BTreeSet<u64> = bounds.map(f64::to_bits).collect();
            let defined: BTreeSet<u64> = metric.buckets.iter().map(|b| b.to_bits()).collect();
            assert_eq!(bounds, defined, "{name}");
        }
    }
}

/// The metrics of the list that are not there.
fn missing(scrape: &Scrape, among: impl Fn(&Metric) -> bool) -> Vec<&'static str> {
    let expected = ALL.iter().filter(|metric| among(metric));
    let names = expected.map(|metric| metric.name);
    names
        .filter(|name| !scrape.families.contains_key(*name))
        .collect()
}

fn lag(scrape: &Scrape, stage: &str) -> (f64, f64) {
    let of = |name| scrape.sum(name, &[("stage", stage)]).unwrap_or(f64::NAN);
    (
        of("copydesk_input_lag_records"),
        of("copydesk_input_lag_seconds"),
    )
}

/// Waits until nothing waits anywhere.
#[track_caller]
fn await_idle(address: SocketAddr) -> Scrape {
    let mut last = Scrape::default();
    let idle = (0.0, 0.0);
    await_that(
        MINUTE,
        || {
            last = Scrape::of(address);
            ["poll", "page", "clean", "enrich"]
                .iter()
                .all(|stage| lag(&last, stage) == idle)
        },
        || "a stage still has something to do".to_owned(),
    );
    last
}

/// A metric, labels, and the sum of what it counts there.
type Sum<'a> = (&'a str, &'a [(&'a str, &'a str)], f64);

/// What twelve articles of six feeds, one more and a piece of garbage come to: a metric, the labels that
/// are looked for and the sum of what has them.
const COUNTED: [Sum<'_>; 15] = [
    ("copydesk_dead_letters_total", &[], 1.0),
    (
        "copydesk_dead_letters_total",
        &[("stage", "page"), ("reason", "undecodable")],
        1.0,
    ),
    (
        "copydesk_records_out_total",
        &[("stage", "enrich"), ("topic", "articles.enriched")],
        13.0,
    ),
    ("copydesk_records_in_total", &[("stage", "enrich")], 13.0),
    ("copydesk_stories_total", &[], 13.0),
    ("copydesk_fetch_to_available_seconds_count", &[], 13.0),
    (
        "copydesk_fetches_total",
        &[("what", "page"), ("outcome", "new")],
        12.0,
    ),
    ("copydesk_feeds", &[], 6.0),
    ("copydesk_feeds", &[("state", "ok")], 6.0),
    ("copydesk_assigned_partitions", &[], 13.0),
    ("copydesk_task_opens_total", &[], 13.0),
    ("copydesk_task_opens_total", &[("cause", "assigned")], 13.0),
    (
        "copydesk_state_entries",
        &[("stage", "poll"), ("table", "feeds")],
        6.0,
    ),
    ("copydesk_build_info", &[], 1.0),
    (
        "copydesk_retention_seconds",
        &[("topic", "articles.fetched")],
        2_592_000.0,
    ),
];

#[track_caller]
fn check_sums(scrape: &Scrape, expected: &[Sum<'_>]) {
    for (name, labels, value) in expected {
        assert_eq!(scrape.sum(name, labels), Some(*value), "{name} {labels:?}");
    }
}

/// What is so much at the least, or began so long ago at the most.
#[track_caller]
fn check_least(scrape: &Scrape) {
    let sum = |name: &str| scrape.sum(name, &[]).expect("it is there");
    assert!(sum("copydesk_fetch_to_available_seconds_sum") >= 30.0);
    assert!(sum("copydesk_publish_to_available_seconds_sum") >= 60.0);
    // A hundred bytes for each feed and each of what was seen in it.
    assert!(sum("copydesk_state_bytes") > 1_800.0);
    assert!(sum("process_resident_memory_bytes") > 1e6);
    let started = Timestamp::now().as_second() as f64 - sum("process_start_time_seconds");
    assert!((0.0..120.0).contains(&started), "{started}");
}

#[test]
fn everything_that_is_defined_is_told_and_nothing_else() {
    let (_world, place) = scene(12, 0, "");
    let service = place.start();
    let address = place.admin();
    place.await_running();
    let scrape = Scrape::of(address);
    check_defined(&scrape);
    assert_eq!(missing(&scrape, |metric| metric.after.is_none()), [""; 0]);
    let ledger = place.ledger();
    ledger.await_enriched(12, MINUTE, || place.last_words());
    append(&ledger, "articles.discovered", 1, b"garbage");
    append(&ledger, Cleaned::TOPIC, 1, &recent());
    ledger.await_enriched(13, MINUTE, || place.last_words());
    await_that(MINUTE, || ledger.dead().len() == 1, || place.last_words());
    // Told every second or so.
    let told = || Scrape::of(address).sum("copydesk_feeds", &[("state", "ok")]);
    await_that(MINUTE, || told() == Some(6.0), || place.last_words());

    // Looked at every ten seconds: the pages lie in several partitions, the articles in one.
    let oldest = "copydesk_oldest_record_seconds";
    let reaches = |topic| Scrape::of(address).values(oldest, &[("topic", topic)]);
    let is_seen = || reaches("articles.cleaned").len() == 1;
    await_that(MINUTE, is_seen, || place.last_words());

    let scrape = await_idle(address);
    check_defined(&scrape);
    assert_eq!(missing(&scrape, |_| true), [""; 0]);
    let ages = scrape.values(oldest, &[]);
    assert!(
        ages.iter().all(|age| (0.0..120.0).contains(age)),
        "{ages:?}"
    );
    check_sums(&scrape, &COUNTED);
    check_least(&scrape);
    assert_eq!(scrape.values("copydesk_input_lag_records", &[]).len(), 13);
    assert!(service.stop().success());
}

#[test]
fn a_stage_that_cannot_keep_up_falls_behind_and_catches_up() {
    // Nothing more is taken while a page waits, and the second of each host waits for two of these pauses.
    let (_world, place) = scene(12, 2_000, "max_waiting = 1");
    let service = place.start();
    let address = place.admin();
    let taken = |scrape: &Scrape| {
        let taken = scrape.sum("copydesk_records_in_total", &[("stage", "page")]);
        taken.unwrap_or(0.0)
    };
    let some_wait = || taken(&Scrape::of(address)) > 0.0;
    await_that(MINUTE, some_wait, || place.last_words());
    let ledger = place.ledger();
    append(&ledger, "articles.discovered", 4, b"garbage");
    let mut seen = Vec::new();
    await_that(
        MINUTE,
        || {
            let scrape = Scrape::of(address);
            check_defined(&scrape);
            let lag = lag(&scrape, "page");
            if lag.0 > 0.0 {
                seen.push(lag);
            }
            let aged = |(first, last): (&(f64, f64), &(f64, f64))| last.1 > first.1;
            seen.first().zip(seen.last()).is_some_and(aged)
        },
        || place.last_words(),
    );
    ledger.await_enriched(12, MINUTE, || place.last_words());
    let scrape = await_idle(address);
    assert!(taken(&scrape) > 15.0, "with the garbage");
    assert!(service.stop().success());
}
