//! Whole flows: a newsroom on one side, the real binary in the middle, the books on the other.

use std::collections::BTreeMap;
use std::time::Duration;

use article::{ArticleId, Enriched, RelationKind};
use newsroom::{Options, Pace};
use tests::{Ledger, Place, World, shared_data};

const MINUTE: Duration = Duration::from_secs(60);

fn enriched(ledger: &Ledger) -> BTreeMap<ArticleId, Enriched> {
    let all = ledger.read::<Enriched>();
    all.into_iter()
        .map(|entry| (entry.value.article.id.clone(), entry.value))
        .collect()
}

#[test]
fn the_bundled_newsroom_arrives_once_with_the_right_ties() {
    let mut options = Options::of(newsroom::World::Bundled);
    options.pace = Pace {
        per_second: Some(12.0),
    };
    let world = World::open(options);
    let place = Place::for_world(&world, "");
    let service = place.start();
    let truth = world.newsroom.truth();
    let ledger = place.ledger();
    ledger.await_enriched(truth.articles.len() as u64, 2 * MINUTE, || {
        place.last_words()
    });
    assert!(service.stop().success(), "SIGTERM drains and exits 0");
    ledger.assert_conserved(&truth.articles);

    let enriched = enriched(&ledger);
    let by_url: BTreeMap<&str, &ArticleId> = truth
        .articles
        .iter()
        .map(|a| (a.url.as_str(), &a.id))
        .collect();
    for article in &truth.articles {
        let Some((kind, source)) = &article.relation else {
            continue;
        };
        if !matches!(kind, RelationKind::Copy | RelationKind::Near) {
            continue;
        }
        let found = &enriched[&article.id];
        let source = by_url[source.as_str()];
        let derived = found.relations.iter().find(|r| r.relation.is_derived());
        let derived =
            derived.unwrap_or_else(|| panic!("{} is a {kind:?}, but stands alone", article.url));
        // A copy of a copy may name either: what counts is the family and the kind.
        assert!(
            matches!(derived.relation, RelationKind::Copy | RelationKind::Near),
            "{}: {kind:?} expected, {derived:?} found",
            article.url
        );
        assert_eq!(
            found.family, enriched[source].family,
            "{} is of its source's family",
            article.url
        );
        assert_eq!(
            found.story, enriched[source].story,
            "{} is of its source's story",
            article.url
        );
        assert!(
            !derived.evidence.passages.is_empty(),
            "{}: evidence is shown",
            article.url
        );
    }
    for article in &truth.articles {
        if article.relation.is_none() {
            let derived = enriched[&article.id]
                .relations
                .iter()
                .find(|r| r.relation.is_derived());
            assert!(
                derived.is_none(),
                "{} is an original, but: {derived:?}",
                article.url
            );
        }
    }
}

#[test]
fn the_seeds_arrive_through_feed_page_cleaner_and_enricher() {
    let Some(docs) = shared_data("dedup/docs.jsonl") else {
        return;
    };
    let all = std::fs::read_to_string(docs).expect("the documents read");
    let seeds: Vec<&str> = all
        .lines()
        .filter(|line| line.contains("\"dataset\": \"seeds\""))
        .collect();
    assert_eq!(seeds.len(), 5);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seeds.jsonl");
    std::fs::write(&path, seeds.join("\n")).expect("written");

    let world = World::open(Options::of(newsroom::World::Docs(path)));
    let place = Place::for_world(&world, "");
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(5, MINUTE, || place.last_words());
    assert!(service.stop().success());
    let truth = world.newsroom.truth();
    ledger.assert_conserved(&truth.articles);
    let enriched = enriched(&ledger);
    for seed in seeds {
        let seed: serde_json::Value = serde_json::from_str(seed).expect("a document");
        let article = truth
            .articles
            .iter()
            .find(|article| article.key.as_deref() == seed["id"].as_str())
            .expect("the newsroom serves every document");
        let found = &enriched[&article.id].article.text;
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            words(found),
            words(seed["text"].as_str().expect("a text")),
            "{}",
            article.url
        );
    }
}
