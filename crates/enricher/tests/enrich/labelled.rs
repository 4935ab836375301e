//! The labelled articles, where they are at hand: what must hold of them whatever the thresholds.

use std::collections::BTreeMap;
use std::path::Path;

use crate::newsdesk::{Desk, article};
use article::{Cleaned, Enriched};
use serde_json::Value;

/// The lines of a file of the labelled data; `None`, told once, where there is none.
fn lines(name: &str) -> Option<Vec<Value>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dedup");
    let Ok(text) = std::fs::read_to_string(data.join(name)) else {
        println!("skipped: no labelled data at ../shared/data/dedup");
        return None;
    };
    let parse = |line| serde_json::from_str(line).expect("a JSON line");
    Some(text.lines().map(parse).collect())
}

fn documents(dataset: &str) -> Option<BTreeMap<String, Cleaned>> {
    let documents = lines("docs.jsonl")?.into_iter();
    let documents = documents.filter(|document| document["dataset"] == dataset);
    let read = |document: Value| {
        let field = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let id = field("id");
        let outlet = match field("source") {
            // An unknown source is never the same outlet as another unknown one.
            unknown if unknown.is_empty() => format!("Source of {id}"),
            source => source,
        };
        let cleaned = article(&outlet, &id, 0, &field("title"), &field("text"));
        (id, cleaned)
    };
    Some(documents.map(read).collect())
}

#[track_caller]
fn check_seeds(seeds: &BTreeMap<String, Cleaned>, order: &[&str]) {
    let mut desk = Desk::default();
    let ends: BTreeMap<&str, Enriched> = order
        .iter()
        .map(|&id| (id, desk.read(&seeds[id]).enriched))
        .collect();
    for (id, end) in &ends {
        assert_eq!(end.story, ends[order[0]].story, "{id} of {order:?}");
    }
    for (a, first) in &ends {
        for (b, second) in &ends {
            let may_derive = a == b || ["001", "003"].contains(a) && ["001", "003"].contains(b);
            assert!(
                may_derive || first.family != second.family,
                "{a} and {b} of {order:?}"
            );
        }
    }
}

#[test]
fn the_five_seeds_are_one_story_and_hardly_derived_in_any_order() {
    let Some(seeds) = documents("seeds") else {
        return;
    };
    check_seeds(&seeds, &["000", "001", "002", "003", "004"]);
    check_seeds(&seeds, &["004", "003", "002", "001", "000"]);
    check_seeds(&seeds, &["003", "002", "000", "004", "001"]);
    check_seeds(&seeds, &["002", "004", "000", "001", "003"]);
    check_seeds(&seeds, &["001", "000", "004", "002", "003"]);
}

/// How many of the real pairs with this label come out as derived, each pair alone in a window.
fn derived(documents: &BTreeMap<String, Cleaned>, label: &str) -> f64 {
    let pairs = lines("gold_pairs.jsonl").expect("it stands beside the documents");
    let pairs = pairs
        .iter()
        .filter(|pair| pair["dataset"] == "wire_real" && pair["rel"] == label);
    let (mut all, mut derived) = (0.0, 0.0);
    for pair in pairs {
        let document = |side: &str| &documents[pair[side].as_str().expect("an id")];
        let mut desk = Desk::default();
        let first = desk.read(document("a")).enriched;
        let second = desk.read(document("b")).enriched;
        all += 1.0;
        if first.family == second.family {
            derived += 1.0;
        }
    }
    assert!(all > 0.0, "no pairs labelled {label}");
    derived / all
}

#[test]
fn real_reprints_are_found_and_real_furniture_mostly_is_not() {
    let Some(documents) = documents("wire_real") else {
        return;
    };
    assert!(derived(&documents, "copy") > 0.95);
    assert!(derived(&documents, "near") > 0.95);
    assert!(derived(&documents, "rewrite") > 0.85);
    assert!(derived(&documents, "boilerplate") < 0.1);
    assert!(derived(&documents, "same_event") <= 0.15);
}
