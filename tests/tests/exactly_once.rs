//! Nothing lost, nothing doubled: the real binary under `kill -9` while the newsroom publishes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use newsroom::{Options, Pace};
use tests::{Place, RETRY_SECONDS, Random, World, is_long};

/// How long to kill.
fn length() -> Duration {
    Duration::from_secs(if is_long() { 180 } else { 30 })
}

#[test]
fn kills_at_random_times_lose_nothing_and_double_nothing() {
    let length = length();
    let per_second = 20.0;
    let articles = (length.as_secs_f64() * per_second) as usize;
    // Few enough an outlet that no article slides out of its feed while nobody reads it.
    let outlets = articles / 30;
    let mut options = Options::of(newsroom::World::Scale { articles, outlets });
    options.pace = Pace {
        per_second: Some(per_second),
    };
    let world = World::open(options);
    let place = Place::for_world(&world, "");
    let mut random = Random::seeded();
    let started = Instant::now();
    let mut kills = 0;
    while started.elapsed() < length {
        let mut service = place.start();
        std::thread::sleep(Duration::from_millis(300 + random.below(2_700)));
        assert!(
            service.is_running(),
            "the service runs until it is killed\n{}",
            place.last_words()
        );
        service.kill();
        kills += 1;
        if random.below(4) == 0 {
            // The stores are not the truth: without them the state comes from the changelog.
            let _ = std::fs::remove_dir_all(place.data().join("state"));
        }
    }
    world.newsroom.publish_all();
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(articles as u64, Duration::from_secs(120), || {
        place.last_words()
    });
    // All may have been enriched before it began: a stop in its first milliseconds is another test's.
    place.await_running();
    let ended = service.stop();
    assert!(ended.success(), "{ended}\n{}", place.last_words());
    ledger.assert_conserved(&world.newsroom.truth().articles);
    assert_backed_off(&world);
    println!("{articles} articles exact after {kills} kills in {length:?}");
}

/// No page was asked for twice within its back-off, though a kill may have come between its answer and the
/// record of it.
#[track_caller]
fn assert_backed_off(world: &World) {
    let back_off = Duration::from_secs(RETRY_SECONDS);
    let truth = world.newsroom.truth();
    let mut asked: BTreeMap<&str, Duration> = BTreeMap::new();
    let articles: BTreeMap<String, &str> = truth
        .articles
        .iter()
        .map(|article| {
            let (_, rest) = article.url.split_once("://").unwrap_or_default();
            (rest.to_owned(), article.url.as_str())
        })
        .collect();
    let log = world.newsroom.log();
    let mut again = 0;
    for request in &log.requests {
        let Some(url) = articles.get(&format!("{}{}", request.host, request.path)) else {
            continue;
        };
        if let Some(before) = asked.insert(url, request.at) {
            again += 1;
            let gap = request.at.saturating_sub(before);
            assert!(gap >= back_off, "{url} was asked for again after {gap:?}");
        }
    }
    assert!(asked.len() > 100, "{} pages were asked for", asked.len());
    println!("{again} pages were asked for again, each after its back-off");
}
