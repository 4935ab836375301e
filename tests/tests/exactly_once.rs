//! Nothing lost, nothing doubled: the real binary under `kill -9` while the newsroom publishes.

use std::time::{Duration, Instant};

use newsroom::{Options, Pace};
use tests::{Place, Random, World, is_long};

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
    assert!(service.stop().success());
    ledger.assert_conserved(&world.newsroom.truth().articles);
    println!("{articles} articles exact after {kills} kills in {length:?}");
}
