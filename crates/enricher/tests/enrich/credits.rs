//! Whose report an article is.

use article::OriginHow;

use crate::newsdesk::{Desk, REPORT, article, report, reprint};

/// Checks what an article with this byline and text says of its origin.
#[track_caller]
fn check_stated(outlet: &str, byline: &str, text: &str, expected: Option<&str>) {
    let mut signed = article(outlet, "x", 0, "A title", text);
    signed.authors = vec![byline.to_owned()];
    let origin = Desk::default().read(&signed).enriched.origin;
    let stated = origin.map(|origin| {
        assert_eq!(origin.how, OriginHow::Stated);
        origin.source
    });
    assert_eq!(stated.as_deref(), expected, "{outlet}, {byline}: {text}");
}

#[test]
fn datelines_credit_lines_and_bylines_name_the_agency() {
    let reuters = Some("reuters");
    check_stated(
        "Post",
        "",
        "LIMA (Reuters) - The mayor has resigned.",
        reuters,
    );
    check_stated(
        "Post",
        "",
        "The mayor has resigned, Reuters reported.",
        reuters,
    );
    check_stated(
        "Post",
        "",
        "The mayor, who told Reuters of her plans, has resigned.",
        reuters,
    );
    check_stated("Post", "Reuters Staff", "The mayor has resigned.", reuters);
    check_stated("Reuters", "", "The mayor has resigned.", reuters);
    let ap = Some("ap");
    check_stated("Post", "", "LIMA (AP) — The mayor has resigned.", ap);
    check_stated(
        "Post",
        "Ann Writer, Associated Press",
        "The mayor has resigned.",
        ap,
    );
    check_stated(
        "Post",
        "",
        "The mayor has resigned. According to the AP she left.",
        ap,
    );
    check_stated(
        "Zeitung",
        "",
        "Lima (dpa) - Der Bürgermeister ist zurückgetreten.",
        Some("dpa"),
    );
    check_stated(
        "Zeitung",
        "",
        "Er ist zurückgetreten. Mit Material der dpa",
        Some("dpa"),
    );
    check_stated(
        "Diario",
        "",
        "Lima, 3 mar (EFE).- La alcaldesa ha dimitido.",
        Some("efe"),
    );
    check_stated(
        "Diario",
        "",
        "La alcaldesa ha dimitido, según EFE.",
        Some("efe"),
    );
}

#[test]
fn a_name_in_passing_is_no_credit() {
    check_stated("Post", "Ann Writer", "The mayor has resigned.", None);
    check_stated(
        "Post",
        "",
        "Bloomberg said that he would not run for mayor again.",
        None,
    );
    check_stated(
        "Post",
        "",
        "A MAP said to be old hangs in the (RAP) museum.",
        None,
    );
    check_stated(
        "Post",
        "",
        "He parked beside the Reuters building and left.",
        None,
    );
    check_stated("Post", "", "La ansa de la taza; le rap et la dap.", None);
}

#[test]
fn the_dateline_weighs_more_than_what_is_cited() {
    let text = "LIMA (AP) — The mayor, who first told Reuters of her plans, has resigned.";
    check_stated("Post", "", text, Some("ap"));
}

#[test]
fn an_agency_is_known_by_its_feed_and_credited_through_its_copies() {
    let mut desk = Desk::default();
    let mut wire = report();
    wire.feed.kind = Some("agency".to_owned());
    wire.feed.publisher = Some("Northwind Press".to_owned());
    let source = desk.read(&wire);
    let origin = source.enriched.origin.expect("an agency's own report");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("Northwind Press", OriginHow::Stated)
    );

    // The dateline of the reprint names the agency, which no built-in table knows.
    let origin = desk.read(&reprint(1)).enriched.origin.expect("it says so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("Northwind Press", OriginHow::Stated)
    );

    let silent = REPORT.replace(" (Northwind Press)", "");
    let told = desk.read(&article("City Post", "plane", 2, "Recorder found", &silent));
    let origin = told.enriched.origin.expect("its source says so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("Northwind Press", OriginHow::Linked)
    );
    assert!((origin.confidence - 0.6).abs() < 1e-9);
}

#[test]
fn an_earlier_article_learns_its_origin_when_its_family_names_one() {
    let mut desk = Desk::default();
    let silent = REPORT.replace("(Northwind Press) - ", "");
    let first = article("City Post", "plane", 0, "Recorder found", &silent);
    assert_eq!(desk.read(&first).enriched.origin, None);
    let credited = format!("{silent}\n\n(Reuters)");
    let told = desk.read(&article(
        "Morning Herald",
        "box",
        2,
        "Black box found",
        &credited,
    ));
    let origin = told.enriched.origin.as_ref().expect("it says so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("reuters", OriginHow::Stated)
    );
    let [own, earlier] = told.lineages.as_slice() else {
        panic!("two lineages, not {:?}", told.lineages);
    };
    assert_eq!(own.revision, 1);
    assert_eq!((&earlier.id, earlier.revision), (&first.id, 2));
    let origin = earlier.origin.as_ref();
    let origin = origin.expect("what was made from it says so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("reuters", OriginHow::Linked)
    );
    assert!((0.5..=0.6).contains(&origin.confidence), "{origin:?}");
    // What was told once is not told again.
    let third = desk.read(&article("Coast Courier", "box", 3, "Box", &credited));
    assert_eq!(third.lineages.len(), 1);
}

#[test]
fn a_fact_credited_far_down_says_nothing_of_the_whole() {
    let text = format!(
        "{}\n\nTwo in three of them stay away, Reuters reported.",
        REPORT.replace(" (Northwind Press)", "")
    );
    check_stated("Post", "Ann Writer", &text, None);
    let text = format!("Two boxes were found, Reuters reported.\n\n{REPORT}");
    check_stated(
        "Post",
        "Ann Writer",
        &text.replace(" (Northwind Press)", ""),
        Some("reuters"),
    );
}

#[test]
fn half_of_a_family_says_whose_report_it_is() {
    let mut desk = Desk::default();
    let silent = REPORT.replace("(Northwind Press) - ", "");
    let credited = format!("{silent}\n\n(Reuters)");
    // Who prints the credit tells the origin of the one that it is tied to most, the newest. The others hear of
    // it when half of the family says so.
    let second = article("Quay News", "plane", 1, "Found", &silent);
    desk.read(&article("City Post", "plane", 0, "Found", &silent));
    assert_eq!(desk.read(&second).enriched.origin, None);
    desk.read(&article("Coast Courier", "plane", 2, "Found", &silent));
    let told = ["Morning Herald", "Daily Lantern", "Evening Star"].map(|outlet| {
        desk.read(&article(outlet, "box", 3, "Box", &credited))
            .lineages
    });
    let [early @ .., last] = told.map(|lineages| {
        let lineage = lineages.into_iter().find(|lineage| lineage.id == second.id);
        lineage.and_then(|lineage| lineage.origin)
    });
    assert_eq!(early, [None, None]);
    let origin = last.expect("three of six say so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("reuters", OriginHow::Voted)
    );
}
