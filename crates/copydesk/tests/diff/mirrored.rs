use copydesk::diff::{Difference, Kind, Side};
use pipeline::log::model::ModelLog;
use pipeline::topics::Cleanup;
use proptest::prelude::*;
use serde_json::json;

use super::world::{Made, compared, fill, made, sides};

/// A side: articles of a few names, each made from a record of its own or of another, in any order.
fn side() -> impl Strategy<Value = Vec<Made>> {
    let record = (0..6_u8, 0..12_u64, 0..3_u8, 0..6_u8, 0..2_u8);
    let record = record.prop_map(|(id, at, story, of, text)| {
        let relations = if of == id { json!([]) } else { json!([{"of": of.to_string()}]) };
        let value = json!({
            "story": format!("s{story}"), "family": format!("f{story}"), "relations": relations, "text": text,
        });
        made(&id.to_string(), at, value)
    });
    prop::collection::vec(record, 0..14)
}

/// The difference as it is told the other way round.
fn mirrored(difference: &Difference) -> Difference {
    let mut mirrored = difference.clone();
    mirrored.kind = match difference.kind {
        Kind::Added => Kind::Removed,
        Kind::Removed => Kind::Added,
        Kind::Changed => Kind::Changed,
    };
    for field in &mut mirrored.fields {
        std::mem::swap(&mut field.from, &mut field.to);
    }
    mirrored
}

fn sorted(mut told: Vec<Difference>) -> Vec<Difference> {
    told.sort_by_key(|difference| format!("{difference:?}"));
    told
}

#[track_caller]
fn check(base: &str, cleanup: Cleanup, a: &[Made], b: &[Made]) {
    let log = ModelLog::calm();
    fill(&log, base, cleanup, [a, b]);
    if base != "articles.enriched" {
        fill(&log, "articles.enriched", Cleanup::Delete, [a, b]);
    }
    let [one, other] = sides(base, None);
    let (nothing, summary) = compared(&log, base, &[one.clone(), one.clone()]);
    assert_eq!(
        (nothing, summary.differing()),
        (Vec::new(), 0),
        "with itself"
    );
    let there = compared(&log, base, &[one.clone(), other.clone()]);
    let back = compared(&log, base, &[other, one] as &[Side; 2]);
    let expected: Vec<Difference> = there.0.iter().map(mirrored).collect();
    assert_eq!(sorted(back.0), sorted(expected));
    let (there, back) = (there.1, back.1);
    assert_eq!(
        (
            there.same,
            there.added,
            there.removed,
            there.changed,
            there.order
        ),
        (
            back.same,
            back.removed,
            back.added,
            back.changed,
            back.order
        )
    );
    let swapped = |pair: [u64; 2]| [pair[1], pair[0]];
    assert_eq!(there.before, swapped(back.before));
    assert_eq!(there.beyond, swapped(back.beyond));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_comparison_is_empty_with_itself_and_a_mirror_of_its_reverse(a in side(), b in side()) {
        check("articles.cleaned", Cleanup::Delete, &a, &b);
        check("articles.enriched", Cleanup::Delete, &a, &b);
        check("articles.lineage", Cleanup::Compact, &a, &b);
    }
}
