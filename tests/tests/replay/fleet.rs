//! Several processes of each service change over, and some are killed around it.

use std::collections::BTreeMap;
use std::time::Duration;

use article::{ArticleId, Fetched};
use newsroom::Pace;
use pipeline::staged::decode;
use tests::{Fleet, Ledger, Random};

use crate::live::counts;
use crate::{Desk, generated};

const ARTICLES: usize = 120;
const PACE: f64 = 8.0;
const KILLS: u32 = 6;

/// How often each page stands in a topic of fetched ones.
fn fetches(ledger: &Ledger, topic: &str) -> BTreeMap<ArticleId, u32> {
    let mut counts = BTreeMap::new();
    for (_, record) in ledger.stored(topic) {
        let fetched = decode::<Fetched>(&record).expect("it is one of ours");
        *counts.entry(fetched.id).or_default() += 1;
    }
    counts
}

#[test]
fn a_fleet_changes_over_under_kills_and_each_article_comes_once() {
    let Some(desk) = Desk::on_kafka(generated(ARTICLES, Some(0.0))) else {
        return;
    };
    let mut random = Random::seeded();
    let mut fleet = Fleet::start(&desk.place, 2);
    let ledger = desk.ledger();
    desk.world.newsroom.begin(Pace {
        per_second: Some(PACE),
    });
    desk.await_count(&ledger, "articles.enriched", desk.articles / 6);
    desk.replay(&["fetcher", "--generation", "2", "--through", "enricher"]);
    fleet.kill_one(&mut random);
    desk.place.ok(&["replay", "switch", "2"]);
    // Some before they have heard of it, some in the middle of it.
    for _ in 1..KILLS {
        std::thread::sleep(Duration::from_millis(random.below(900)));
        fleet.kill_one(&mut random);
        fleet.supervise();
    }
    desk.world.newsroom.publish_all();
    desk.await_count(&ledger, "articles.enriched.g2", desk.articles);
    fleet.supervise();
    println!("{:?}", fleet.casualties);
    fleet.stop();
    let truth = &desk.world.newsroom.truth().articles;
    for counts in [
        fetches(&ledger, "articles.fetched.g2"),
        counts(&ledger, "articles.enriched.g2"),
    ] {
        assert_eq!(counts.len(), truth.len());
        assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    }
}
