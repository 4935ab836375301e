use copydesk::diff::{Kind, Summary};
use pipeline::log::model::ModelLog;
use pipeline::topics::Cleanup;
use serde_json::{Value, json};

use super::world::{Made, compared, fill, made, sides};

const BASE: &str = "articles.enriched";

/// An article with its ties: its story, its family and what it was made from.
fn enriched(id: &str, at: u64, story: &str, family: &str, of: &[&str]) -> Made {
    let relations: Vec<Value> = of
        .iter()
        .map(|of| json!({"of": of, "score": 0.9}))
        .collect();
    let value =
        json!({"id": id, "text": "x", "story": story, "family": family, "relations": relations});
    made(id, at, value)
}

/// Two articles of one report, of which the first opens story and family.
fn tied(first: (&str, u64), second: (&str, u64)) -> [Made; 2] {
    let name = first.0;
    [
        enriched(name, first.1, name, name, &[]),
        enriched(second.0, second.1, name, name, &[name]),
    ]
}

fn of(log: &ModelLog, base: &str) -> Summary {
    compared(log, base, &sides(base, None)).1
}

/// Changed and by order, of enriched articles.
#[track_caller]
fn check(before: &[Made], after: &[Made], expected: (u64, u64)) {
    let log = ModelLog::calm();
    fill(&log, BASE, Cleanup::Delete, [before, after]);
    let summary = of(&log, BASE);
    assert_eq!((summary.changed, summary.order), expected, "{summary}");
}

#[test]
fn ties_that_follow_from_another_order_are_told_apart() {
    let other = enriched("z", 2, "z", "z", &[]);
    let live = [&tied(("a", 0), ("b", 1))[..], std::slice::from_ref(&other)].concat();
    let replayed = [&tied(("b", 1), ("a", 0))[..], &[other]].concat();
    check(&live, &replayed, (0, 2));
}

#[test]
fn the_same_ties_in_the_same_order_are_changed() {
    let before = tied(("a", 0), ("b", 1));
    let after = [before[0].clone(), enriched("b", 1, "b", "b", &[])];
    check(&before, &after, (1, 0));
}

/// Another order somewhere else explains what comes after it where the same code did the same work: what is
/// rare is known from all articles before. Of other code it explains nothing.
#[test]
fn another_order_elsewhere_counts_for_the_same_code_alone() {
    let apart = |id: &str, at| enriched(id, at, id, id, &[]);
    let pair = tied(("a", 0), ("b", 1));
    let before = [&pair[..], &[apart("y", 2), apart("z", 3)]].concat();
    let mut after = [
        apart("z", 3),
        pair[0].clone(),
        enriched("b", 1, "b", "b", &[]),
        apart("y", 2),
    ];
    check(&before, &after, (0, 1));
    for made in &mut after {
        made.version = "1.1.0";
    }
    check(&before, &after, (1, 0));
}

/// That one side began later is no other order.
#[test]
fn a_later_beginning_is_no_other_order() {
    let apart = |id: &str, at| enriched(id, at, id, id, &[]);
    let pair = tied(("a", 1), ("b", 2));
    let before = [&[apart("y", 0)], &pair[..], &[apart("z", 3)]].concat();
    let after = [pair[0].clone(), enriched("b", 2, "b", "b", &[])];
    check(&before, &after, (1, 0));
}

#[test]
fn what_order_does_not_decide_is_changed() {
    let before = tied(("a", 0), ("b", 1));
    let mut after = tied(("b", 1), ("a", 0));
    let value = after[1].value.as_mut().expect("it has one");
    value["text"] = json!("another");
    check(&before, &after, (1, 1));
}

/// Ties reach over several articles, by relations alone too.
#[test]
fn ties_reach_over_several_articles() {
    let chain = |order: [(&str, u64); 3]| -> Vec<Made> {
        let related = |index: usize| {
            let of: &[&str] = if index == 0 {
                &[]
            } else {
                &[order[index - 1].0]
            };
            let (id, at) = order[index];
            enriched(id, at, id, id, of)
        };
        (0..3).map(related).collect()
    };
    let before = chain([("a", 0), ("b", 1), ("c", 2)]);
    let mut after = chain([("b", 1), ("a", 0), ("c", 2)]);
    // Only the last one differs, whose own order against its neighbour is the same.
    after[0] = before[1].clone();
    after[1] = before[0].clone();
    check(&before, &after, (0, 1));
}

/// Stories and lineages follow their articles.
#[test]
fn stories_and_lineages_are_explained_by_their_articles() {
    let log = ModelLog::calm();
    let sorted = |pair: [Made; 2]| -> Vec<Made> { pair.to_vec() };
    let (live, replayed) = (
        sorted(tied(("a", 0), ("b", 1))),
        sorted(tied(("b", 1), ("a", 0))),
    );
    fill(&log, BASE, Cleanup::Delete, [&live, &replayed]);
    let lineage = |made: &Made| Made {
        value: made
            .value
            .as_ref()
            .map(|value| json!({"id": made.key, "story": value["story"]})),
        ..made.clone()
    };
    let lineages = [&live, &replayed].map(|side| side.iter().map(lineage).collect::<Vec<_>>());
    fill(
        &log,
        "articles.lineage",
        Cleanup::Compact,
        [&lineages[0], &lineages[1]],
    );
    let summary = of(&log, "articles.lineage");
    assert_eq!((summary.changed, summary.order), (0, 2), "{summary}");

    let story = |id: &str, at, members: [&str; 2]| {
        let members: Vec<Value> = members.iter().map(|id| json!({"article": id})).collect();
        made(id, at, json!({"headline": "H", "members": members}))
    };
    let stories = [
        [story("a", 1, ["a", "b"]), story("q", 1, ["q", "r"])],
        [story("b", 1, ["b", "a"]), story("q", 1, ["q", "s"])],
    ];
    fill(
        &log,
        "stories",
        Cleanup::Compact,
        [&stories[0], &stories[1]],
    );
    let (told, summary) = compared(&log, "stories", &sides("stories", None));
    let told: Vec<_> = told
        .iter()
        .map(|d| (d.kind, d.by_order, d.id.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Kind::Removed, true, "a"),
            (Kind::Changed, false, "q"),
            (Kind::Added, true, "b"),
        ]
    );
    assert_eq!((summary.changed, summary.order), (1, 2), "{summary}");
}
