//! The same records, code and configuration give the same bytes.

use tests::Ledger;

use crate::{Desk, bundled, check_same, contents};

/// The enricher's topics.
const ENRICHED: [&str; 3] = ["articles.enriched", "articles.lineage", "stories"];

fn named(topic: &str, generation: u32) -> String {
    format!("{topic}.g{generation}")
}

/// A replay beside the running pipeline, a change of a threshold, a start in the middle, and two that
/// clean and relate anew.
#[track_caller]
fn check(desk: &Desk) {
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles / 3);
    // The pipeline goes on meanwhile.
    let said = desk.replay(&["enricher", "--generation", "2"]);
    assert!(said.contains("generation 2 is derived"), "{said}");
    assert!(said.contains("/s), "), "the rate is told: {said}");
    desk.world.newsroom.publish_all();
    desk.await_count(&ledger, "articles.enriched", desk.articles);
    // Run again, it goes on to the end that there is now.
    desk.replay(&["enricher", "--generation", "2"]);
    for topic in ENRICHED {
        let (is_empty, said) = desk.diff(topic, "g1", "g2");
        assert!(is_empty, "{topic}: {said}");
        check_same(&ledger, topic, &named(topic, 2));
    }
    check_from_the_middle(desk, &ledger);
    check_other_threshold(desk);
    assert!(service.stop().success());
    check_merged(desk, &ledger);
}

/// From a moment on, with the window before it folded: what comes out is the rest of what was.
#[track_caller]
fn check_from_the_middle(desk: &Desk, ledger: &Ledger) {
    let cleaned = ledger.stored("articles.cleaned");
    let middle = &cleaned[cleaned.len() / 2].1;
    let from = middle.written_at.to_string();
    let said = desk.replay(&["enricher", "--generation", "3", "--from-timestamp", &from]);
    assert!(said.contains("are the window before"), "{said}");
    let written_since = cleaned
        .iter()
        .filter(|(_, record)| record.written_at >= middle.written_at);
    let expected = written_since.count();
    desk.await_count(ledger, "articles.enriched.g3", expected as u64);
    let (whole, rest) = (
        contents(ledger, "articles.enriched"),
        contents(ledger, "articles.enriched.g3"),
    );
    assert_eq!(rest.len(), expected);
    assert!(!rest.is_empty() && rest.len() < whole.len());
    assert_eq!(rest, whole[whole.len() - rest.len()..], "the same bytes");
    let (is_empty, said) = desk.diff("articles.enriched", "g1", "g3");
    assert!(is_empty, "what it does not cover is no difference: {said}");
}

/// Another threshold: the comparison says which articles changed.
#[track_caller]
fn check_other_threshold(desk: &Desk) {
    let mut replay = desk
        .place
        .command(&["replay", "enricher", "--generation", "4"]);
    for threshold in ["DERIVED", "COPY", "NEAR", "SAME_EVENT"] {
        replay.env(format!("COPYDESK_ENRICHER__{threshold}"), "1");
    }
    let output = replay.output().expect("copydesk runs");
    assert!(output.status.success(), "{output:?}");
    let (is_empty, said) = desk.diff("articles.enriched", "g1", "g4");
    assert!(!is_empty, "{said}");
    assert!(said.contains("relations"), "{said}");
    // Going on with it under another configuration would mix two kinds of articles.
    let said = desk.refused(&["enricher", "--generation", "4"]);
    assert!(said.contains("would be of two kinds"), "{said}");
}

/// Partitions are read as one sequence, so cleaning and relating anew comes to the same twice.
#[track_caller]
fn check_merged(desk: &Desk, ledger: &Ledger) {
    for generation in ["5", "6"] {
        desk.replay(&[
            "cleaner",
            "--generation",
            generation,
            "--through",
            "enricher",
            "--reads",
            "1",
        ]);
    }
    check_same(ledger, "articles.cleaned.g5", "articles.cleaned.g6");
    for topic in ENRICHED {
        check_same(ledger, &named(topic, 5), &named(topic, 6));
    }
    // Against what came in another order, nothing but effects of the order.
    let output = desk.place.run(&[
        "replay",
        "diff",
        "articles.enriched",
        "--from",
        "g1",
        "--to",
        "g5",
        "--ignore-order",
    ]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let listed = desk.place.ok(&["replay", "list"]);
    assert!(
        listed.contains("cleaner through enricher, reads 1, replayed"),
        "{listed}"
    );
}

#[test]
fn a_replay_gives_the_same_bytes_on_the_embedded_log() {
    check(&Desk::local(bundled(15.0)));
}

#[test]
fn a_replay_gives_the_same_bytes_on_kafka() {
    if let Some(desk) = Desk::on_kafka(bundled(15.0)) {
        check(&desk);
    }
}
