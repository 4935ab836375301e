//! A generation goes live beside running services, which go on with it.

use std::collections::BTreeMap;

use article::{ArticleId, Enriched};
use newsroom::Pace;
use pipeline::staged::decode;
use tests::Ledger;

use crate::{Desk, MINUTE, generated};

const ARTICLES: usize = 60;
/// Slow enough that some come only when the generation is live.
const PACE: f64 = 2.0;

/// How often each article stands in a topic of enriched ones.
pub(crate) fn counts(ledger: &Ledger, topic: &str) -> BTreeMap<ArticleId, u32> {
    let mut counts = BTreeMap::new();
    for (_, record) in ledger.stored(topic) {
        let enriched = decode::<Enriched>(&record).expect("it is one of ours");
        *counts.entry(enriched.article.id).or_default() += 1;
    }
    counts
}

#[track_caller]
fn check(desk: &Desk) {
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.place.await_running();
    desk.world.newsroom.begin(Pace {
        per_second: Some(PACE),
    });
    desk.await_count(&ledger, "articles.enriched", desk.articles / 8);
    desk.replay(&["cleaner", "--generation", "2", "--through", "enricher"]);
    let said = desk.place.ok(&["replay", "switch", "2"]);
    assert!(said.contains("generation 2 is live, after 1"), "{said}");
    let changed = || {
        desk.place
            .ok(&["status"])
            .contains("reads articles.cleaned.g2")
    };
    tests::await_that(MINUTE, changed, || desk.place.last_words());
    // What comes now comes in the new generation, after what was derived.
    desk.world.newsroom.publish_all();
    desk.await_count(&ledger, "articles.enriched.g2", desk.articles);
    let counts = counts(&ledger, "articles.enriched.g2");
    let truth = &desk.world.newsroom.truth().articles;
    assert_eq!(counts.len(), truth.len());
    for article in truth {
        assert_eq!(counts.get(&article.id), Some(&1), "{}", article.id);
    }
    // Readers read it, and the first one by its name.
    let tail = |topic: &str| {
        let lines = desk.place.ok(&["tail", topic, "--no-follow", "--json"]);
        lines.lines().count() as u64
    };
    assert_eq!(tail("articles.enriched"), desk.articles);
    assert!(tail("articles.enriched.g1") < desk.articles);
    let said = desk.refused(&["drop", "2"]);
    assert!(said.contains("generation 2 is live"), "{said}");
    assert!(service.stop().success());
}

#[test]
fn services_go_on_with_a_generation_on_the_embedded_log() {
    check(&Desk::local(generated(ARTICLES, Some(0.0))));
}

#[test]
fn services_go_on_with_a_generation_on_kafka() {
    if let Some(desk) = Desk::on_kafka(generated(ARTICLES, Some(0.0))) {
        check(&desk);
    }
}
