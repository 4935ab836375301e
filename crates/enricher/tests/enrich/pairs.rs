//! Pairs that the caller names: they come out as in the stream, whatever the texts.

use article::{Cleaned, RelationKind};
use enricher::{Enrich, Window};
use proptest::prelude::*;

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, report, reprint};

#[test]
fn a_pair_is_held_as_the_stage_ties_it() {
    let mut desk = Desk::default();
    let (first, second) = (report(), reprint(3));
    let (remembered, _) = desk.stage.hold(&first, &[], &desk.window);
    desk.read(&first);
    let (_, scored) = desk.stage.hold(&second, &[&remembered], &desk.window);
    let told = desk.read(&second);
    let relation = &told.enriched.relations[0];
    assert_eq!(scored[0].relation, Some(relation.relation));
    assert!((scored[0].derived - relation.score).abs() < 1e-9);
    assert_eq!(scored[0].evidence, relation.evidence);
    assert!(scored[0].same_event > 0.89 * scored[0].derived);
}

#[test]
fn evidence_says_where_passages_stand_in_both_texts() {
    let explained = Enrich::default().explain(&report(), &reprint(3));
    assert_eq!(explained.scored.relation, Some(RelationKind::Copy));
    let evidence = &explained.scored.evidence;
    assert_eq!(evidence.passages.len(), evidence.spans.len());
    assert!(evidence.order > 0.9, "{evidence:?}");
    let text = reprint(3).text;
    for (passage, span) in evidence.passages.iter().zip(&evidence.spans) {
        let here = &text[span.start as usize..span.end as usize];
        assert_eq!(
            here.split_whitespace().collect::<Vec<_>>().join(" "),
            *passage
        );
        let (start, end) = (span.of_start.expect("both"), span.of_end.expect("both"));
        let there = REPORT[start as usize..end as usize].split_whitespace();
        let there = there.collect::<Vec<_>>().join(" ");
        assert!(there.starts_with(passage.as_str()), "{there} and {passage}");
    }
    for (names, text) in explained.names.iter().zip([text.as_str(), REPORT]) {
        assert!(
            names
                .iter()
                .any(|name| text[name.clone()].contains("Olausen"))
        );
    }
}

/// A short passage may begin where a long one does.
#[test]
fn each_passage_of_the_evidence_stands_at_its_own_place() {
    let earlier = "Recorder lying beneath section of wing, divers said on Tuesday in Lundhaven. Nothing else was \
        known. The recorder was lying beneath a section of the left wing in 38 metres of cold harbour water, Olausen told \
        reporters on the quay of Lundhaven before noon.";
    let later = "In Lundhaven the recorder was lying beneath a section of the left wing in 38 metres of cold harbour \
        water, Olausen told reporters on the quay of Lundhaven before noon.";
    let earlier = article("One", "1", 0, "Recorder", earlier);
    let later = article("Two", "1", 1, "Recorder", later);
    let explained = Enrich::default().explain(&earlier, &later);
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| word.len() > 3)
            .map(str::to_lowercase)
            .collect()
    };
    let spans = &explained.scored.evidence.spans;
    assert!(!spans.is_empty());
    for span in spans {
        let here = &later.text[span.start as usize..span.end as usize];
        let there = span
            .of_start
            .zip(span.of_end)
            .expect("both texts are at hand");
        let there = &earlier.text[there.0 as usize..there.1 as usize];
        assert_eq!(words(here), words(there));
    }
}

#[test]
fn what_has_nothing_to_do_with_each_other_scores_next_to_nothing() {
    let trees = article("City Post", "trees", 1, "Four thousand trees", UNRELATED);
    let scored = Enrich::default().explain(&report(), &trees).scored;
    assert_eq!(scored.relation, None);
    assert!(
        scored.derived < 0.05 && scored.same_event < 0.2,
        "{scored:?}"
    );
}

/// Each of these against each: bounded in time, and every figure is one.
#[test]
fn degenerate_pairs_have_figures() {
    let texts = [
        String::new(),
        "Word".to_owned(),
        "word ".repeat(1_000_000),
        "x".repeat(2_000_000),
        format!("“{}”", REPORT.replace(['“', '”'], "")),
        "the of and ".repeat(500),
        "今日は晴れです。".repeat(300),
        "I ".repeat(400),
        "1 2 3 4 5 6 7 8 9 10 11 12 ".repeat(50),
        REPORT.to_owned(),
    ];
    let articles: Vec<Cleaned> = (0..)
        .zip(&texts)
        .map(|(at, text)| article("Odd", &format!("{at}"), at, "", text))
        .collect();
    let stage = Enrich::default();
    let window = Window::default();
    let remembered: Vec<_> = articles
        .iter()
        .map(|article| stage.hold(article, &[], &window).0)
        .collect();
    let others: Vec<_> = remembered.iter().collect();
    for article in &articles {
        let (_, scored) = stage.hold(article, &others, &window);
        for scored in scored {
            check_figures(&scored);
        }
    }
}

#[track_caller]
fn check_figures(scored: &enricher::Scored) {
    for score in [scored.derived, scored.same_event] {
        assert!((0.0..=1.0).contains(&score), "{scored:?}");
    }
    for (name, measure) in &scored.measures {
        assert!((0.0..=1.0).contains(measure), "{name} of {scored:?}");
    }
}

#[test]
fn an_outlet_whose_template_fills_its_articles_is_not_one_family() {
    let template = REPORT.replace("Lundhaven", "the harbour");
    let mut desk = Desk::default();
    let mut families = std::collections::BTreeMap::new();
    for number in 0..40_u32 {
        // Words of which no two are alike in their first letters.
        let word = |at: u32| -> String {
            let mut left = (number * 40 + at).wrapping_mul(0x9e37_79b9);
            let letter = |_| {
                let letter = b'a' + (left % 26) as u8;
                left /= 26;
                char::from(letter)
            };
            (0..6).map(letter).collect()
        };
        let own: Vec<String> = (0..40).map(word).collect();
        let text = format!("{}.\n\n{template}", own.join(" "));
        let told = desk.read(&article(
            "Template Times",
            &number.to_string(),
            1,
            "",
            &text,
        ));
        *families.entry(told.enriched.family).or_insert(0) += 1;
    }
    let largest = families.values().max();
    assert!(largest < Some(&5), "{families:?}");
}

#[test]
fn an_outlet_that_republishes_itself_is_one_family_at_a_bounded_price() {
    let mut desk = Desk::default();
    let first = desk.read(&article("Echo", "0", 0, "", REPORT)).enriched;
    for number in 1..1_000 {
        let told = desk.read(&article("Echo", &number.to_string(), 0, "", REPORT));
        assert_eq!(told.enriched.family, first.family);
        assert!(told.enriched.relations.len() <= 2);
    }
}

/// Texts of few words, so that they share some.
fn any_text() -> impl Strategy<Value = String> {
    let words = [
        "Olausen",
        "harbour",
        "divers",
        "38",
        "recorder",
        "said",
        "the",
        "“",
        "”",
        ".",
        "\n\n",
        "we",
        "Tessin",
        "wing",
        "laboratory",
        "found",
    ];
    let word = prop::sample::select(words.to_vec());
    prop::collection::vec(word, 0..200).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn figures_are_figures_and_a_text_is_a_copy_of_itself(a in any_text(), b in any_text()) {
        let stage = Enrich::default();
        let [first, second] = [&a, &b].map(|text| article("A", text, 0, "", text));
        let explained = stage.explain(&first, &second);
        check_figures(&explained.scored);
        for passage in &explained.passages {
            prop_assert!(b.get(passage.here.clone()).is_some());
            prop_assert!(a.get(passage.there.clone()).is_some());
        }
        let other = article("B", "b", 0, "", &a);
        let itself = stage.explain(&first, &other).scored;
        if a.contains(char::is_alphanumeric) {
            prop_assert_eq!(itself.relation, Some(RelationKind::Copy));
        }
    }
}
