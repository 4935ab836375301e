//! Whole flows: a newsroom on one side, the real binary in the middle, the books on the other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use article::{ArticleId, Enriched, Lineage, OriginHow, RelationKind};
use newsroom::{Options, Pace, TrueArticle};
use tests::{Broker, BrokerOptions, Ledger, Place, World, shared_data};

const MINUTE: Duration = Duration::from_secs(60);

/// Where the pipeline keeps what it passes on. The bodies are the same for both.
enum Storage {
    Local,
    Kafka(Broker),
}

impl Storage {
    fn place(&self, world: &World) -> Place {
        match self {
            Self::Local => Place::for_world(world, ""),
            Self::Kafka(broker) => {
                let servers = broker.bootstrap();
                Place::on_kafka(world, &servers, &servers, "")
            }
        }
    }
}

/// The last lineage of each article.
fn lineage(ledger: &Ledger) -> BTreeMap<ArticleId, Lineage> {
    let all = ledger.read::<Lineage>();
    all.into_iter()
        .map(|entry| (entry.value.id.clone(), entry.value))
        .collect()
}

fn enriched(ledger: &Ledger) -> BTreeMap<ArticleId, Enriched> {
    let all = ledger.read::<Enriched>();
    all.into_iter()
        .map(|entry| (entry.value.article.id.clone(), entry.value))
        .collect()
}

#[test]
fn the_bundled_newsroom_arrives_once_with_the_right_ties() {
    bundled_newsroom(&Storage::Local);
}

#[test]
fn the_bundled_newsroom_arrives_once_with_the_right_ties_on_kafka() {
    if let Some(broker) = Broker::start(&BrokerOptions::default()) {
        bundled_newsroom(&Storage::Kafka(broker));
    }
}

fn bundled_newsroom(storage: &Storage) {
    let mut options = Options::of(newsroom::World::Bundled);
    let pace = |rate| Pace {
        per_second: Some(rate),
    };
    options.pace = pace(0.0);
    let world = World::open(options);
    let place = storage.place(&world);
    let service = place.start();
    // Whoever begins late finds copies and their sources at once, and may see a copy first.
    place.await_running();
    world.newsroom.begin(pace(2.0));
    let truth = world.newsroom.truth();
    let ledger = place.ledger();
    ledger.await_enriched(truth.articles.len() as u64, 2 * MINUTE, || {
        place.last_words()
    });
    assert!(service.stop().success(), "SIGTERM drains and exits 0");
    ledger.assert_conserved(&truth.articles);
    ledger.assert_published_forms();

    let enriched = enriched(&ledger);
    let lineage = lineage(&ledger);
    let ties = |id: &ArticleId| {
        lineage[id]
            .relations
            .iter()
            .find(|r| r.relation.is_derived())
    };
    let published = |id: &ArticleId| enriched[id].article.published;
    let source_of = |article: &TrueArticle| {
        let (kind, url) = article.relation.as_ref()?;
        Some((*kind, ArticleId::of_url(url)))
    };
    for article in &truth.articles {
        let found = ties(&article.id);
        let Some((kind, source)) = source_of(article) else {
            // Where publishers' times cannot tell, the order of arrival decides who copied.
            let turned = found.is_some_and(|tie| published(&tie.of) == published(&article.id));
            assert!(
                found.is_none() || turned,
                "{} is an original, but: {found:?}",
                article.url
            );
            continue;
        };
        if !matches!(kind, RelationKind::Copy | RelationKind::Near) {
            continue;
        }
        let turned = ties(&source)
            .filter(|tie| tie.of == article.id && published(&source) == published(&tie.of));
        let Some(found) = found.or(turned) else {
            panic!("{} is a {kind:?}, but stands alone", article.url);
        };
        assert!(
            matches!(found.relation, RelationKind::Copy | RelationKind::Near),
            "{}: {kind:?} expected, {found:?} found",
            article.url
        );
        assert!(
            !found.evidence.passages.is_empty(),
            "{}: evidence is shown",
            article.url
        );
        let (this, that) = (&lineage[&article.id], &lineage[&source]);
        assert_eq!(
            this.family, that.family,
            "{} is of its source's family",
            article.url
        );
        assert_eq!(
            this.story, that.story,
            "{} is of its source's story",
            article.url
        );
    }
}

#[test]
fn the_seeds_arrive_through_feed_page_cleaner_and_enricher() {
    seeds(&Storage::Local);
}

#[test]
fn the_seeds_arrive_through_feed_page_cleaner_and_enricher_on_kafka() {
    if let Some(broker) = Broker::start(&BrokerOptions::default()) {
        seeds(&Storage::Kafka(broker));
    }
}

fn seeds(storage: &Storage) {
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
    let place = storage.place(&world);
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
        let served = words(seed["text"].as_str().expect("a text"));
        // A heading of links may stand below, and goes.
        let (cleaned, rest) = served.split_at(words(found).len().min(served.len()));
        assert_eq!(words(found), cleaned, "{}", article.url);
        assert!(rest.len() <= 2, "{}: {rest:?} is lost", article.url);
        // One of them says whose facts it has.
        let says = &enriched[&article.id].attributions;
        let cites = says
            .iter()
            .any(|one| one.source == "reuters" && one.class == article::AttributionClass::Cites);
        assert_eq!(cites, found.contains("Reuters reported"), "{says:?}");
    }
    let of_key = |key: &str| {
        let mut articles = truth.articles.iter();
        let article = articles.find(|article| article.key.as_deref() == Some(key));
        article
            .expect("the newsroom serves every document")
            .id
            .clone()
    };
    check_seeds(&lineage(&ledger), &of_key("001"), &of_key("003"));
}

/// The seeds are one story; the two that retell one report are its only family, whichever came first, and have its
/// agency: the one that names it by its own words, the other by its tie.
fn check_seeds(lineage: &BTreeMap<ArticleId, Lineage>, one: &ArticleId, other: &ArticleId) {
    let stories: BTreeSet<_> = lineage.values().map(|lineage| &lineage.story).collect();
    assert_eq!(stories.len(), 1, "{lineage:?}");
    for (id, lineage) in lineage {
        let derived = lineage.relations.iter();
        for relation in derived.filter(|relation| relation.relation.is_derived()) {
            let pair = BTreeSet::from([id, &relation.of]);
            assert_eq!(pair, BTreeSet::from([one, other]), "{relation:?}");
        }
    }
    assert_eq!(lineage[one].family, lineage[other].family);
    let families: BTreeSet<_> = lineage.values().map(|lineage| &lineage.family).collect();
    assert_eq!(families.len(), 4);
    let origin = |id| lineage[id].origin.clone().expect("it has one");
    let (linked, stated) = (origin(one), origin(other));
    assert_eq!(
        (stated.source.as_str(), stated.how),
        ("reuters", OriginHow::Stated)
    );
    assert_eq!(
        (linked.source.as_str(), linked.how),
        ("reuters", OriginHow::Linked)
    );
    assert!((0.5..=0.7).contains(&linked.confidence), "{linked:?}");
}
