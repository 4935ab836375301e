use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::topics::Cleanup;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::{Made, fill, json as objects, lines, made, sides};

fn new_log() -> (TempDir, LocalLog) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    (folder, log)
}

fn article(title: &str, text: &str) -> Value {
    json!({"outlet": "Harbour Post", "title": title, "authors": ["Ada", "Bo"], "text": text})
}

/// Compares two generations of the cleaned articles; the first line counts.
#[track_caller]
fn check(before: &[Made], after: &[Made], expected: &[&str]) {
    let (_folder, log) = new_log();
    let base = "articles.cleaned";
    fill(&log, base, Cleanup::Delete, [before, after]);
    let text = lines(&log, base, &sides(base, None), None);
    let told: Vec<&str> = text.lines().collect();
    assert_eq!(told, expected);
}

#[test]
fn the_same_is_the_same_in_whatever_order() {
    let one = [
        made("a", 0, article("A", "x")),
        made("b", 1, article("B", "y")),
    ];
    let other = [one[1].clone(), one[0].clone()];
    let counts =
        "articles.cleaned g1 -> g2: 2 same, 0 added, 0 removed, 0 changed, 0 by order alone";
    check(&one, &one, &[counts]);
    check(&one, &other, &[counts]);
}

#[test]
fn what_differs_is_told_with_its_fields() {
    let edge = |at| made(&format!("edge {at}"), at, json!({}));
    let before = [
        edge(0),
        made("a", 1, article("A", "x")),
        made("b", 2, article("B", "y")),
        made("c", 3, json!({"title": "\u{1b}C", "n": 1})),
        edge(9),
    ];
    let mut changed = article("B", "y");
    changed["title"] = json!("Better");
    changed["authors"] = json!(["Ada"]);
    let after = [
        edge(0),
        made("b", 2, changed),
        made("c", 3, json!({"title": "\u{1b}C", "n": 2})),
        made("d", 4, article("D", "z")),
        edge(9),
    ];
    check(
        &before,
        &after,
        &[
            "articles.cleaned g1 -> g2: 2 same, 1 added, 1 removed, 2 changed, 0 by order alone",
            "removed  a  Harbour Post  A",
            "changed  b  Harbour Post  Better  authors/1: Bo -> none; title: B -> Better",
            "changed  c  C  n: 1 -> 2",
            "added    d  Harbour Post  D",
        ],
    );
}

#[test]
fn long_texts_are_shown_where_they_begin_to_differ() {
    let text = |end: &str| article("A", &format!("{} {end}", "word ".repeat(40).trim_end()));
    check(
        &[made("a", 0, text("was this"))],
        &[made("a", 0, text("is that"))],
        &[
            "articles.cleaned g1 -> g2: 0 same, 0 added, 0 removed, 1 changed, 0 by order alone",
            "changed  a  Harbour Post  A  text: …d word word was this -> …d word word is that",
        ],
    );
}

/// Versions of an article are told apart by what they were made from; one that is missing does not
/// shift those after it.
#[test]
fn each_version_of_an_article_is_compared_with_itself() {
    let version = |at: u64| made("a", at, json!({"version": at}));
    let before = [version(0), version(1), version(2), version(3)];
    let after = [version(0), version(2), version(3)];
    check(
        &before,
        &after,
        &[
            "articles.cleaned g1 -> g2: 3 same, 0 added, 1 removed, 0 changed, 0 by order alone",
            "removed  a",
        ],
    );
    let twice = [version(0), made("a", 0, json!({"version": 7}))];
    check(
        &[version(0)],
        &twice,
        &[
            "articles.cleaned g1 -> g2: 1 same, 1 added, 0 removed, 0 changed, 0 by order alone",
            "added    a",
        ],
    );
}

#[test]
fn headers_that_differ_are_told_once() {
    let before = [made("a", 0, json!(1)), made("b", 1, json!(2))];
    let mut after = before.clone();
    for record in &mut after {
        record.version = "1.1.0";
    }
    let counts = "2 same, 0 added, 0 removed, 0 changed, 0 by order alone";
    check(
        &before,
        &after,
        &[&format!(
            "articles.cleaned g1 -> g2: {counts}; version 1.0.0 -> 1.1.0"
        )],
    );
}

#[test]
fn the_last_value_of_a_key_counts_in_a_compacted_topic() {
    let (_folder, log) = new_log();
    let base = "articles.lineage";
    let gone = |key: &str, at| Made {
        value: None,
        ..made(key, at, json!(null))
    };
    let before = [
        made("a", 0, json!({"revision": 1})),
        made("b", 1, json!({"revision": 1})),
        made("gone", 1, json!({"revision": 1})),
        made("a", 2, json!({"revision": 2})),
        gone("gone", 3),
    ];
    let after = [
        made("a", 0, json!({"revision": 2})),
        made("b", 1, json!({"revision": 9})),
        made("b", 3, json!({"revision": 4})),
    ];
    fill(&log, base, Cleanup::Compact, [&before, &after]);
    fill(&log, "articles.enriched", Cleanup::Delete, [&[], &[]]);
    let text = lines(&log, base, &sides(base, None), None);
    let told: Vec<&str> = text.lines().collect();
    assert_eq!(
        told,
        [
            "articles.lineage g1 -> g2: 1 same, 0 added, 0 removed, 1 changed, 0 by order alone",
            "changed  b  revision: 1 -> 4",
        ]
    );
}

#[test]
fn programs_read_an_object_a_line() {
    let (_folder, log) = new_log();
    let base = "articles.cleaned";
    let before = [made("a", 0, article("A", "x")), made("b", 1, json!("old"))];
    let after = [made("a", 0, article("A", "y")), made("b", 1, json!("old"))];
    fill(&log, base, Cleanup::Delete, [&before, &after]);
    let told = objects(&log, base, &sides(base, None));
    let difference = json!({
        "kind": "changed", "by_order": false, "id": "a", "outlet": "Harbour Post", "title": "A",
        "fields": [{"path": "/text", "from": "x", "to": "y"}],
    });
    let none = json!({"from": 0, "to": 0});
    let summary = json!({"summary": {
        "topic": base, "from": "g1", "to": "g2", "same": 1, "added": 0, "removed": 0, "changed": 1,
        "order": 0, "before": none, "beyond": none, "moved": 0, "headers": {},
    }});
    assert_eq!(told, [difference, summary]);
}

/// More differences than are read again at once, and more than are shown.
#[test]
fn many_differences_are_counted_and_some_shown() {
    let (_folder, log) = new_log();
    let base = "articles.cleaned";
    let records = |text: &str| -> Vec<Made> {
        let article = |n| {
            made(
                &format!("{n:04}"),
                n,
                json!({ "text": format!("{text} {n}") }),
            )
        };
        (0..1000).map(article).collect()
    };
    let (before, mut after) = (records("old"), records("new"));
    // The other side has them in another order, far apart.
    after.sort_by_key(|made| (made.at % 7, made.at));
    fill(&log, base, Cleanup::Delete, [&before, &after]);
    let text = lines(&log, base, &sides(base, None), Some(2));
    let told: Vec<&str> = text.lines().collect();
    assert_eq!(
        told,
        [
            "articles.cleaned g1 -> g2: 0 same, 0 added, 0 removed, 1000 changed, 0 by order alone",
            "changed  0000  text: old 0 -> new 0",
            "changed  0001  text: old 1 -> new 1",
            "and 998 more, which --limit shows",
        ]
    );
    let all = objects(&log, base, &sides(base, None));
    assert_eq!(all.len(), 1001);
    for (n, object) in all[..1000].iter().enumerate() {
        let field = json!({"path": "/text", "from": format!("old {n}"), "to": format!("new {n}")});
        assert_eq!(object["fields"], json!([field]));
    }
}
