//! Which agencies an article owes its words and facts to, through the public face.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::{Attribution, AttributionClass, Cleaned, Place, Zone, ZoneKind};
use enricher::{Agencies, Config, Enrich, Window, attributions};
use pipeline::{Record, Stage};
use proptest::prelude::*;
use serde::Deserialize;

use crate::newsdesk::{article, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: BTreeMap<String, String>,
    text: String,
    #[serde(default)]
    title: String,
    author: Option<String>,
    byline: Option<String>,
    lang: Option<String>,
}

fn zone(kind: ZoneKind, text: &str) -> Zone {
    Zone {
        kind,
        text: text.to_owned(),
        offset: None,
    }
}

fn found(article: &Cleaned) -> Vec<Attribution> {
    attributions(article, &Agencies::built_in())
}

fn labels(found: &[Attribution]) -> BTreeMap<String, String> {
    found
        .iter()
        .map(|found| (found.source.clone(), found.class.as_str().to_owned()))
        .collect()
}

/// Checks that the made-up articles say of agencies what their file has of them.
#[track_caller]
fn check(file: &str, fewest: usize) {
    let cases: Vec<Case> = cases(file);
    let mut wrong = Vec::new();
    for case in &cases {
        let mut article = article("The Daily Lantern", "x", 0, &case.title, &case.text);
        article.language.clone_from(&case.lang);
        let zones = &mut article.layout.zones;
        zones.extend(
            case.author
                .iter()
                .map(|text| zone(ZoneKind::AuthorField, text)),
        );
        zones.extend(case.byline.iter().map(|text| zone(ZoneKind::Byline, text)));
        let said = labels(&found(&article));
        if said != case.says {
            wrong.push(format!(
                "{:?} and not {:?}: {:?}",
                said, case.says, case.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= fewest, "{}", cases.len());
}

#[test]
fn credits_and_citations_of_many_languages_are_told_from_names_in_passing() {
    check(include_str!("agencies.toml"), 400);
}

#[test]
fn whoever_is_named_for_facts_is_found_by_the_grammar_of_the_language() {
    check(include_str!("cited.toml"), 120);
}

#[test]
fn datelines_and_sign_offs_are_told_from_credits_of_pictures_and_short_forms_of_others() {
    check(include_str!("credited.toml"), 80);
}

#[test]
fn evidence_stands_where_it_says() {
    let text = "OSIER (AP) — It rained.\n\nThe mayor told Reuters so. More rain is to come.";
    let article = article("City Post", "x", 0, "Rain", text);
    let found = found(&article);
    assert_eq!(
        found
            .iter()
            .map(|one| (one.source.as_str(), one.class))
            .collect::<Vec<_>>(),
        [
            ("ap", AttributionClass::Wire),
            ("reuters", AttributionClass::Cites)
        ]
    );
    let places: Vec<Place> = found.iter().map(|one| one.evidence[0].place).collect();
    assert_eq!(places, [Place::Dateline, Place::Body]);
    for credit in found.iter().flat_map(|one| &one.evidence) {
        let at = credit.offset.expect("it is of the text") as usize;
        assert!(text[at..].starts_with(&credit.text), "{credit:?}");
    }
}

#[test]
fn what_is_said_of_pictures_is_no_credit_of_the_text() {
    let mut article = article(
        "City Post",
        "x",
        0,
        "Rain",
        "It rained.\n\nAnn Person/AP\n\nIt stopped.",
    );
    article.layout.captions = vec!["Rain in Osier. (AP)".to_owned()];
    article.layout.zones = vec![
        zone(ZoneKind::ImageCredit, "Reuters"),
        zone(ZoneKind::Byline, "By Bob Other"),
        zone(ZoneKind::Credit, "Photo: dpa"),
    ];
    assert_eq!(found(&article), []);
    article.text = "Rain in Osier. (AP)\n\nIt rained.".to_owned();
    assert_eq!(found(&article), []);
}

#[test]
fn an_agencys_own_pages_are_its_copy() {
    let mut article = article("Reuters", "x", 0, "Rain", "It rained.");
    assert_eq!(labels(&found(&article))["reuters"], "wire");
    article.outlet = "Osier Gazette".to_owned();
    article.canonical_url = "https://www.apnews.com/article/1".to_owned();
    assert_eq!(labels(&found(&article))["ap"], "wire");
    article.canonical_url = "https://notapnews.com/article/1".to_owned();
    assert_eq!(found(&article), []);
}

#[test]
fn a_person_beside_an_agency_wrote_with_its_material() {
    let mut article = article("City Post", "x", 0, "Rain", "It rained.");
    article.authors = vec!["Ann Person".to_owned(), "AFP".to_owned()];
    assert_eq!(labels(&found(&article))["afp"], "contrib");
    article.authors = vec!["City Post".to_owned(), "AFP".to_owned()];
    assert_eq!(labels(&found(&article))["afp"], "wire");
}

fn enriched(config: Config, article: Cleaned) -> article::Enriched {
    let record = Record {
        topic: "articles.cleaned".to_owned(),
        partition: 0,
        offset: 0,
        written_at: article.fetched_at,
        value: article,
    };
    let outputs = Enrich::new(config, Agencies::built_in()).apply(record, &mut Window::default());
    let outputs = outputs.expect("it is enriched");
    let enriched = outputs.into_iter().find_map(|output| match output {
        enricher::Output::Enriched(enriched) => Some(*enriched),
        _ => None,
    });
    enriched.expect("each record gives one")
}

#[test]
fn the_stage_carries_attributions_unless_it_is_told_not_to() {
    let article = article(
        "City Post",
        "x",
        0,
        "Rain",
        "OSIER (AP) — It rained all day.",
    );
    let on = enriched(Config::default(), article.clone());
    assert_eq!(on.attributions[0].source, "ap");
    assert_eq!(on.origin.expect("it states one").source, "ap");
    let config = Config {
        agencies: false,
        ..Config::default()
    };
    let off = enriched(config, article);
    assert_eq!((off.attributions.len(), off.origin), (0, None));
}

/// Work grows with the text and no faster, whatever the text is.
#[test]
fn hostile_texts_take_time_in_proportion() {
    type Maker = fn(usize) -> String;
    let makers: [(&str, Maker); 10] = [
        ("a shout", |size| format!("a{}x", "!".repeat(size))),
        ("a shout in brackets", |size| {
            format!("a{}x", "!)".repeat(size / 2))
        }),
        ("no space", |size| "a".repeat(size)),
        ("only marks", |size| "“„«\"".repeat(size / 9)),
        ("only agencies", |size| "AFP ".repeat(size / 4)),
        ("shouted names", |size| "EFE PERSON ".repeat(size / 11)),
        ("a paragraph each", |size| "(AFP)\n\n".repeat(size / 7)),
        ("open brackets", |size| "(AP".repeat(size / 3)),
        ("originally", |size| {
            "This article originally ".repeat(size / 24)
        }),
        ("told", |size| "a source told Reuters, ".repeat(size / 23)),
    ];
    for (name, make) in makers {
        let took = |size: usize| {
            let article = article("City Post", "x", 0, "Rain", &make(size));
            let fastest = (0..3).map(|_| {
                let begun = Instant::now();
                let _ = found(&article);
                begun.elapsed()
            });
            fastest.min().unwrap_or_default()
        };
        let (small, large) = (took(50_000), took(5_000_000));
        // A hundred times the text; were it its square, ten thousand times the time. The rest is for other work on the
        // machine.
        let most = small * 400 + Duration::from_millis(500);
        assert!(
            large < most,
            "{name}: {small:?} for 50 KB, {large:?} for 5 MB"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(\\PC|\n|AFP|Reuters|[(/©]){0,120}", title in "\\PC{0,40}") {
        let mut article = article("City Post", "x", 0, &title, &text);
        article.layout.zones = vec![zone(ZoneKind::Byline, &text), zone(ZoneKind::AuthorField, &title)];
        for attribution in found(&article) {
            prop_assert!(!attribution.source.is_empty() && !attribution.evidence.is_empty());
            prop_assert!(attribution.confidence > 0.0 && attribution.confidence <= 1.0);
            for credit in attribution.evidence {
                if let Some(at) = credit.offset {
                    prop_assert!(text[at as usize..].starts_with(&credit.text));
                }
            }
        }
    }
}
