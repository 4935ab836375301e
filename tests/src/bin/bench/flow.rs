//! The whole pipeline: the real binary in a process of its own, fed by a newsroom in this one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::{ArticleId, Enriched, Message as _};
use jiff::Timestamp;
use newsroom::{Options, Pace};
use tests::{Place, World};

use crate::process::{cpu_seconds, peak_mb};

const ARTICLES: usize = 20_000;
const OUTLETS: usize = 500;
/// Ten minutes: far beyond any figure worth printing.
const PATIENCE: Duration = Duration::from_secs(600);

fn world(articles: usize, outlets: usize, per_second: Option<f64>) -> World {
    let mut options = Options::of(newsroom::World::Scale { articles, outlets });
    options.pace = Pace { per_second };
    World::open(options)
}

/// 20,000 articles of 500 outlets that are all there from the start: articles a second from the first
/// poll to the last enriched record, newsroom included in the two cores.
pub(crate) fn throughput() {
    println!("pipeline: {ARTICLES} articles of {OUTLETS} outlets, host interval 0");
    let world = world(ARTICLES, OUTLETS, None);
    let place = Place::for_world(&world, "");
    world.write_opml(&place.file("feeds.opml"), 3600);
    let started = Instant::now();
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(ARTICLES as u64, PATIENCE, || place.last_words());
    let elapsed = started.elapsed().as_secs_f64();
    let (cpu, peak) = (cpu_seconds(service.pid()), peak_mb(service.pid()));
    assert!(service.stop().success());
    ledger.assert_conserved(&world.newsroom.truth().articles);
    println!(
        "  articles/s            {:>10.0}   aim >= 600",
        ARTICLES as f64 / elapsed
    );
    println!(
        "  articles/CPU-second   {:>10.0}   of the pipeline's process",
        ARTICLES as f64 / cpu
    );
    println!("  peak memory           {peak:>10.0} MB   aim < 400");
    println!("  exact                        yes   every article once in every topic\n");
}

/// 100 articles a second for half a minute: from the feed answer that first lists an article to its
/// enriched record.
pub(crate) fn latency() {
    let (rate, articles, outlets) = (100.0, 3_000, 100);
    println!("latency: {articles} articles at {rate}/s, {outlets} feeds polled every second");
    let world = world(articles, outlets, Some(rate));
    let place = Place::for_world(&world, "");
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(articles as u64, PATIENCE, || place.last_words());
    let peak = peak_mb(service.pid());
    assert!(service.stop().success());

    let written: BTreeMap<ArticleId, Timestamp> = ledger
        .read::<Enriched>()
        .into_iter()
        .map(|entry| (entry.value.article.id, entry.stored.written_at))
        .collect();
    let mut waits: Vec<f64> = Vec::new();
    for article in world.newsroom.truth().articles {
        let listed = world.newsroom.first_listed(&article.url);
        let listed = listed.expect("every article was listed");
        let wait = written[&article.id].duration_since(listed);
        waits.push(wait.as_secs_f64() * 1e3);
    }
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!("  p50                   {:>10.0} ms", at(0.5));
    println!("  p99                   {:>10.0} ms   aim < 500", at(0.99));
    println!("  worst                 {:>10.0} ms", at(1.0));
    println!(
        "  peak memory           {peak:>10.0} MB   {} records\n",
        ledger.count(Enriched::TOPIC)
    );
}
