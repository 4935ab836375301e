//! Texts that are hardly articles: empty, of a few words, all quotation, all the same.

use article::RelationKind;

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, check_first, report};

#[test]
fn degenerate_texts_are_read_and_tie_nothing() {
    let mut desk = Desk::default();
    let texts = [
        String::new(),
        "Word".to_owned(),
        " \n\n ".to_owned(),
        "x".repeat(2_000_000),
        "“”“”“".to_owned(),
        "the of and ".repeat(500),
        "。".repeat(1000),
        // Read by several letters, wherever two of them say so.
        "ก".repeat(400_000),
        "ข".repeat(400_000),
        "ฮ".repeat(400_000),
        "໑".repeat(400_000),
    ];
    let began = std::time::Instant::now();
    for (at, text) in texts.iter().enumerate() {
        let told = desk.read(&article("Odd", &at.to_string(), 1, "", text));
        assert!(
            told.enriched.relations.is_empty(),
            "{at}: {:?}",
            told.enriched.relations
        );
    }
    // A square of these lengths takes minutes.
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}

#[test]
fn statements_that_are_all_quotation_can_still_be_copies() {
    let statement = format!("“{}”", REPORT.replace(['“', '”'], ""));
    let mut desk = Desk::default();
    let first = article("A", "1", 0, "Statement", &statement);
    desk.read(&first);
    check_first(
        &desk.read(&article("B", "1", 1, "Statement", &statement)),
        RelationKind::Copy,
        &first,
    );
}

#[test]
fn a_thousand_identical_texts_are_one_family_and_cost_no_more_than_others() {
    let mut desk = Desk::default();
    let mut families = std::collections::BTreeSet::new();
    for number in 0..1_000 {
        let outlet = format!("Outlet {}", number % 300);
        let told = desk.read(&article(&outlet, &number.to_string(), 1, "", REPORT));
        families.insert(told.enriched.family.clone());
        assert!(told.lineages.len() <= 2 && told.stories.len() == 1);
        assert!(told.stories[0].members.len() <= 50);
        assert!(told.enriched.relations.len() <= 2);
    }
    assert_eq!(families.len(), 1);
}

/// Of one that carries the same text every few minutes for longer than the window: each is tied, those included that
/// come while the window still has what is older than it.
#[test]
fn an_outlet_that_repeats_one_text_for_weeks_has_one_family() {
    let mut desk = Desk::default();
    let mut families = std::collections::BTreeSet::new();
    for number in 0..40 * 18 {
        let id = number.to_string();
        let told = desk.read(&article("Loop Radio", &id, number / 40 * 24, "", REPORT));
        families.insert(told.enriched.family.clone());
        assert!(
            number == 0 || !told.enriched.relations.is_empty(),
            "{number}"
        );
    }
    assert_eq!(families.len(), 1);
}

#[test]
fn a_template_that_fills_every_article_of_many_outlets_stays_bounded() {
    let mut desk = Desk::default();
    for number in 0..600 {
        let text = format!(
            "Storm number {number} will reach the coast of region {number} tonight. {UNRELATED}"
        );
        let outlet = format!("Outlet {}", number % 7);
        let told = desk.read(&article(
            &outlet,
            &number.to_string(),
            number / 10,
            "",
            &text,
        ));
        assert!(told.lineages.len() <= 70, "{}", told.lineages.len());
        assert!(told.stories.len() <= 4, "{}", told.stories.len());
        // A text with one sentence changed is that text again, whoever prints it.
        assert!(number == 0 || told.enriched.relations[0].relation.is_derived());
    }
}

#[test]
fn texts_of_a_few_words_are_copies_where_they_are_the_same() {
    let mut desk = Desk::default();
    let first = article(
        "One",
        "1",
        0,
        "Olausen resigns",
        "Olausen resigns as head of inquiry",
    );
    desk.read(&first);
    let retitled = "Inquiry loses head: Olausen resigns";
    let same = desk.read(&article("Two", "1", 1, retitled, &first.text));
    check_first(&same, RelationKind::Copy, &first);
    let untitled = desk.read(&article("Three", "1", 2, "", &first.text));
    check_first(&untitled, RelationKind::Copy, &first);
    let evidence = &untitled.enriched.relations[0].evidence;
    let measured = [evidence.contained, evidence.contains, evidence.similarity];
    assert!(measured.iter().all(|&share| share >= 1.0), "{measured:?}");
}

#[test]
fn a_report_without_capitals_is_found_by_its_rarest_words() {
    let paragraphs: Vec<&str> = REPORT.split("\n\n").collect();
    let half = paragraphs[..4].join("\n\n");
    let mut desk = Desk::default();
    desk.read(&report());
    let told = desk.read(&article(
        "City Post",
        "low",
        5,
        "black box found",
        &half.to_lowercase(),
    ));
    check_first(&told, RelationKind::Near, &report());
}
