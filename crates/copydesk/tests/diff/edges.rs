use copydesk::diff::Side;
use pipeline::generations::{Span, Step};
use pipeline::log::model::ModelLog;
use pipeline::topics::Cleanup;
use serde_json::json;

use super::world::{Made, compared, fill, made, sides};

const BASE: &str = "articles.enriched";

/// Records made from these offsets, each of a key of its own.
fn from(offsets: &[u64]) -> Vec<Made> {
    let record = |at: &u64| made(&format!("article {at}"), *at, json!({"n": at}));
    offsets.iter().map(record).collect()
}

/// A replay of the input's records from `from` to `to`.
fn replayed(from: u64, to: u64) -> Step {
    let span = Span { fold: 0, from, to };
    Step {
        stage: "enrich".to_owned(),
        topic: "articles.cleaned".to_owned(),
        spans: vec![span],
        done: true,
        gone: 0,
    }
}

/// Same, added and removed, and by side what lies before the other one and what beyond it.
type Counts = ([u64; 3], [u64; 2], [u64; 2]);

#[track_caller]
fn check(before: &[Made], after: &[Made], step: Option<Step>, expected: Counts) {
    let log = ModelLog::calm();
    fill(&log, BASE, Cleanup::Delete, [before, after]);
    let counts = |sides: &[Side; 2]| {
        let (told, summary) = compared(&log, BASE, sides);
        assert_eq!(told.len() as u64, summary.differing());
        let counts = [summary.same, summary.added, summary.removed];
        (counts, summary.before, summary.beyond)
    };
    let sides = sides(BASE, step);
    assert_eq!(counts(&sides), expected);
    let [one, other] = sides;
    let ([same, added, removed], [b0, b1], [e0, e1]) = expected;
    let mirrored = ([same, removed, added], [b1, b0], [e1, e0]);
    assert_eq!(counts(&[other, one]), mirrored, "the other way round");
}

#[test]
fn what_one_side_went_on_with_is_beyond_the_end_of_the_other() {
    let (long, short) = (from(&[0, 1, 2, 3, 4]), from(&[0, 1, 2]));
    check(&long, &short, None, ([3, 0, 0], [0, 0], [2, 0]));
    check(&short, &long, None, ([3, 0, 0], [0, 0], [0, 2]));
}

/// Those that a fetcher at work has made come of no record.
#[test]
fn what_does_not_tell_its_source_belongs_to_the_same_record_of_the_other_side() {
    let (mut live, replayed) = (from(&[0, 1, 2, 3, 4]), from(&[0, 1, 2, 3]));
    for record in &mut live[2..] {
        record.input.clear();
    }
    check(&live, &replayed, None, ([4, 0, 1], [0, 0], [0, 0]));
    // Not where they differ.
    live[3].value = Some(json!({"n": "another"}));
    check(&live, &replayed, None, ([3, 0, 2], [0, 0], [0, 1]));
}

/// A replay that is known to have read on, and of which nothing came, has removed what was there.
#[test]
fn what_a_replay_has_read_is_not_beyond_its_end() {
    let (long, short) = (from(&[0, 1, 2, 3, 4]), from(&[0, 1, 2]));
    let step = Some(replayed(0, 4));
    check(&long, &short, step, ([3, 0, 1], [0, 0], [1, 0]));
    // As far as it had come, where it was ended early.
    let early = Step {
        done: false,
        ..replayed(0, 4)
    };
    check(&long, &short, Some(early), ([3, 0, 0], [0, 0], [2, 0]));
}

#[test]
fn what_lies_before_the_beginning_of_a_replay_is_not_removed() {
    let (whole, late) = (from(&[0, 1, 2, 3, 4]), from(&[3, 4]));
    let step = |first| Some(replayed(first, 5));
    check(&whole, &late, step(3), ([2, 0, 0], [3, 0], [0, 0]));
    check(&whole, &late, step(2), ([2, 0, 1], [2, 0], [0, 0]));
    check(&whole, &late, step(0), ([2, 0, 3], [0, 0], [0, 0]));
}

#[test]
fn an_empty_side_has_removed_everything_that_it_has_read() {
    check(&from(&[0, 1]), &[], None, ([0, 0, 2], [0, 0], [0, 0]));
    let step = Some(replayed(0, 1));
    check(&from(&[0, 1]), &[], step, ([0, 0, 1], [0, 0], [1, 0]));
    check(&[], &[], None, ([0, 0, 0], [0, 0], [0, 0]));
}

/// Two sides that read different topics have no offsets in common, but event time.
#[test]
fn sides_of_different_inputs_are_compared_by_event_time() {
    let at = |input: &str, offset, minutes: &[u32]| -> Vec<Made> {
        let record = |minute: &u32| {
            let value = json!({"fetched_at": format!("2026-03-01T00:{minute:02}:00Z")});
            let plain = made(
                &format!("article {minute}"),
                offset + u64::from(*minute),
                value,
            );
            Made {
                input: input.to_owned(),
                ..plain
            }
        };
        minutes.iter().map(record).collect()
    };
    let before = at("articles.cleaned", 700, &[1, 2, 3, 4, 5, 6]);
    let after = at("articles.cleaned.g2", 0, &[3, 5]);
    let step = Step {
        topic: "articles.cleaned.g2".to_owned(),
        ..replayed(3, 6)
    };
    check(&before, &after, Some(step), ([2, 0, 1], [2, 0], [1, 0]));
}

/// Where an article stands tells no time; the record that it was made from does, by way of the articles.
#[test]
fn where_articles_stand_has_the_time_of_what_it_was_made_from() {
    let log = ModelLog::calm();
    let of = |input: &str, shift: u64, minutes: &[u64], value: fn(u64) -> serde_json::Value| {
        let record = |minute: &u64| Made {
            input: input.to_owned(),
            ..made(&format!("article {minute}"), shift + minute, value(*minute))
        };
        minutes.iter().map(record).collect::<Vec<Made>>()
    };
    let article = |minute| json!({"fetched_at": format!("2026-03-01T00:{minute:02}:00Z")});
    let standing = |_| json!({"revision": 1});
    let (first, second) = ("articles.cleaned", "articles.cleaned.g2");
    let (long, short) = (&[1, 2, 3, 4, 5][..], &[2, 4][..]);
    let articles = [of(first, 90, long, article), of(second, 0, short, article)];
    fill(&log, BASE, Cleanup::Delete, [&articles[0], &articles[1]]);
    let standings = [
        of(first, 90, long, standing),
        of(second, 0, short, standing),
    ];
    let base = "articles.lineage";
    fill(&log, base, Cleanup::Compact, [&standings[0], &standings[1]]);
    let step = Step {
        topic: second.to_owned(),
        ..replayed(2, 5)
    };
    let (_, summary) = compared(&log, base, &sides(base, Some(step)));
    let counts = (
        summary.same,
        summary.removed,
        summary.before,
        summary.beyond,
    );
    assert_eq!(counts, (2, 1, [1, 0], [1, 0]), "{summary}");
}
