//! Which article is the source, when several could be, and when they come in another order.

use article::{OriginHow, RelationKind};

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, check_first, report, reprint};

pub(crate) const BRIDGE: &str = "Engineers closed the swing bridge of Malm to lorries on Monday after a sensor in its \
eastern pier reported movement of four millimetres within a week. The bridge, built in 1961 by the Halvorsen \
yard, carries the only road between the paper mill and the container terminal of Vik.\n\n\
Drivers must now take the ferry at Ostrand, which runs every forty minutes and has room for six lorries. The \
haulage association expects losses of some ninety thousand crowns a day and asks the county for night sailings.\n\n\
A diver of the county is to inspect the foundations on Thursday, when the current is weakest. Until his report \
has been read, cars may pass one at a time and at walking speed.";

#[test]
fn of_many_reprints_the_first_is_the_source_and_a_story_lists_its_newest() {
    let mut desk = Desk::default();
    desk.read(&report());
    let mut last = None;
    for number in 0..150 {
        let told = desk.read(&article(&format!("Outlet {number}"), "x", 1, "", REPORT));
        check_first(&told, RelationKind::Copy, &report());
        last = Some(told);
    }
    let told = last.expect("there were some");
    let story = told.stories.last().expect("the story grew");
    assert_eq!((story.size, story.members.len()), (151, 50));
    assert_eq!(story.members[49].outlet, "Outlet 149");
}

/// The reprint arrives first; the report arrives after it with an earlier publisher's time.
#[track_caller]
fn check_order(reprinted: &str, reported: &str, expect_turned: bool) {
    let mut desk = Desk::default();
    let mut copy = reprint(0);
    let mut source = report();
    source.fetched_at = copy.fetched_at;
    copy.published = Some(reprinted.parse().expect("a time"));
    source.published = Some(reported.parse().expect("a time"));
    desk.read(&copy);
    let told = desk.read(&source);
    let retold = told.lineages.iter().find(|lineage| lineage.id == copy.id);
    if !expect_turned {
        check_first(&told, RelationKind::Copy, &copy);
        assert!(retold.is_none(), "{retold:?}");
        return;
    }
    assert!(
        told.enriched.relations.is_empty(),
        "{:?}",
        told.enriched.relations
    );
    let retold = retold.expect("the copy is told of again");
    assert_eq!(retold.revision, 2);
    assert_eq!(retold.relations[0].relation, RelationKind::Copy);
    assert_eq!(retold.relations[0].of, source.id);
    assert_eq!(retold.family, told.enriched.family);
    let members = &told
        .stories
        .last()
        .expect("the story is told again")
        .members;
    let member = members.iter().find(|member| member.article == copy.id);
    assert_eq!(member.and_then(|member| member.of.clone()), Some(source.id));
}

#[test]
fn a_copy_that_arrives_before_its_source_is_tied_when_the_source_comes() {
    check_order("2026-03-01T05:00:00Z", "2026-03-01T04:00:00Z", true);
    check_order("2026-03-01T04:00:00Z", "2026-03-01T05:00:00Z", false);
    check_order("2026-03-01T04:00:00Z", "2026-03-01T04:00:00Z", false);
    // A day without a time and a time that is yet to come order nothing.
    check_order("2026-03-01T05:00:00Z", "2026-03-01T00:00:00Z", false);
    check_order("2031-01-01T05:00:00Z", "2026-03-01T04:00:00Z", false);
}

#[test]
fn derivations_never_make_a_circle() {
    let mut desk = Desk::default();
    let at = |time: &str| Some(time.parse().expect("a time"));
    let mut first = reprint(0);
    first.published = at("2026-03-01T05:30:00Z");
    // A copy without a time: it can only be tied backwards.
    let undated = reprint(1);
    let mut last = report();
    last.fetched_at = undated.fetched_at;
    last.published = at("2026-03-01T04:30:00Z");
    let mut sources = std::collections::BTreeMap::new();
    for article in [&first, &undated, &last] {
        for lineage in desk.read(article).lineages {
            let derived = lineage.relations.iter().find(|r| r.relation.is_derived());
            sources.insert(
                lineage.id.clone(),
                derived.map(|relation| relation.of.clone()),
            );
        }
    }
    for start in sources.keys() {
        let mut at = Some(start.clone());
        for _ in 0..=sources.len() {
            at = at.and_then(|id| sources.get(&id).cloned().flatten());
        }
        assert_eq!(at, None, "{start} leads in a circle: {sources:?}");
    }
}

#[test]
fn a_new_version_keeps_the_source_that_came_after_it() {
    let mut desk = Desk::default();
    let mut copy = reprint(0);
    let mut source = report();
    source.fetched_at = copy.fetched_at;
    copy.published = Some("2026-03-01T05:00:00Z".parse().expect("a time"));
    source.published = Some("2026-03-01T04:00:00Z".parse().expect("a time"));
    desk.read(&copy);
    desk.read(&source);
    copy.version = 2;
    copy.title.push_str(" (corrected)");
    let told = desk.read(&copy);
    check_first(&told, RelationKind::Copy, &source);
}

#[test]
fn a_new_version_keeps_the_origin_of_the_source_that_came_after_it() {
    let mut desk = Desk::default();
    let credited = REPORT.replace("(Northwind Press)", "(Reuters)");
    let mut copy = reprint(0);
    let mut source = article("Coast Courier", "plane", 0, "Recorder found", &credited);
    copy.published = Some("2026-03-01T05:00:00Z".parse().expect("a time"));
    source.published = Some("2026-03-01T04:00:00Z".parse().expect("a time"));
    desk.read(&copy);
    let told = desk.read(&source);
    let of_copy = told.lineages.iter().find(|told| told.id == copy.id);
    let known = of_copy.and_then(|told| told.origin.clone());
    assert_eq!(
        known.as_ref().map(|origin| origin.how),
        Some(OriginHow::Linked)
    );
    copy.version = 2;
    copy.title.push_str(" (corrected)");
    assert_eq!(desk.read(&copy).enriched.origin, known);
}

#[test]
fn an_article_that_was_forgotten_is_not_made_from_its_own_copy() {
    let mut desk = Desk::default();
    let source = report();
    desk.read(&source);
    let copy = reprint(24 * 10);
    let told = desk.read(&copy);
    check_first(&told, RelationKind::Copy, &source);
    let mut again = source.clone();
    again.fetched_at += jiff::SignedDuration::from_hours(24 * 16);
    again.title.push_str(" (corrected)");
    let told = desk.read(&again);
    let derived = told.enriched.relations.iter();
    let derived: Vec<_> = derived.filter(|tie| tie.relation.is_derived()).collect();
    assert!(derived.is_empty(), "{derived:?}");
}

#[test]
fn an_article_made_of_several_reports_names_each_of_them() {
    let mut desk = Desk::default();
    let sources = [
        report(),
        article("City Post", "trees", 1, "Four thousand trees", UNRELATED),
        article("Coast Courier", "bridge", 2, "Bridge of Malm", BRIDGE),
    ];
    let families: Vec<_> = sources
        .iter()
        .map(|source| desk.read(source).enriched.family)
        .collect();
    let all = format!("{REPORT}\n\n{UNRELATED}\n\n{BRIDGE}");
    let told = desk.read(&article("Morning Herald", "digest", 3, "The week", &all));
    let relations = &told.enriched.relations;
    assert!(
        relations
            .iter()
            .all(|relation| relation.relation.is_derived())
    );
    for source in &sources {
        let named = relations.iter().any(|relation| relation.of == source.id);
        assert!(named, "{} in {relations:?}", source.title);
    }
    assert_eq!(
        families
            .iter()
            .filter(|&family| *family == told.enriched.family)
            .count(),
        1
    );
}

#[test]
fn a_version_told_twice_keeps_its_source() {
    for hour in 0..12 {
        let mut desk = Desk::default();
        desk.read(&report());
        for reprints in 1..4 {
            desk.read(&article(
                &format!("Herald {reprints}"),
                "plane",
                reprints,
                "Recorder found",
                &REPORT.replacen(
                    "section",
                    ["part", "piece", "bit"][reprints as usize - 1],
                    1,
                ),
            ));
        }
        let paragraphs: Vec<&str> = REPORT.split("\n\n").collect();
        let cut = paragraphs[..3 + hour as usize % 3].join("\n\n");
        let last = article("City Post", "plane", 5 + hour, "Black box found", &cut);
        let first = desk.read(&last);
        let again = desk.read(&last);
        let of = |told: &crate::newsdesk::Told| -> Vec<article::ArticleId> {
            let relations = told.enriched.relations.iter();
            relations.map(|relation| relation.of.clone()).collect()
        };
        assert_eq!(of(&first), of(&again));
        assert_eq!(
            of(&first)[0],
            report().id,
            "the earliest of those that say the same"
        );
    }
}

#[test]
fn a_story_is_no_surer_of_its_origin_than_its_members_are() {
    let mut desk = Desk::default();
    let credited = REPORT.replace("(Northwind Press)", "(Reuters)");
    let first = article("Coast Courier", "plane", 0, "Recorder found", &credited);
    let first = desk.read(&first);
    let told = desk.read(&reprint(3));
    let story = told.stories.last().expect("the story changed");
    let origin = story.origin.as_ref().expect("both have it");
    let surest = [&first.enriched.origin, &told.enriched.origin]
        .into_iter()
        .map(|origin| origin.as_ref().map_or(0.0, |origin| origin.confidence));
    let surest = surest.fold(0.0, f64::max);
    assert!(
        origin.confidence > 0.0 && origin.confidence <= surest,
        "{origin:?} {surest}"
    );
}

#[test]
fn of_sources_that_are_as_sure_the_one_with_more_of_the_text_is_it() {
    let paragraphs: Vec<&str> = REPORT.split("\n\n").collect();
    let mut desk = Desk::default();
    let cutting = article(
        "One",
        "1",
        0,
        "Recorder found",
        &paragraphs[..3].join("\n\n"),
    );
    let whole = article("Two", "1", 1, "Recorder found", REPORT);
    desk.read(&cutting);
    desk.read(&whole);
    let last = desk.read(&article(
        "Three",
        "1",
        2,
        "Recorder found",
        &paragraphs[..5].join("\n\n"),
    ));
    check_first(&last, RelationKind::Copy, &whole);
}

#[test]
fn an_agencys_own_copy_that_comes_last_tells_all_whose_report_they_have() {
    let mut desk = Desk::default();
    let text = REPORT.replace("(Northwind Press) - ", "- ");
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let mut before = Vec::new();
    for (at, cut) in (0..).zip([6, 3, 5, 4]) {
        let paper = format!("Paper {at}");
        let cut = article(
            &paper,
            "plane",
            at,
            "Recorder found",
            &paragraphs[..cut].join("\n\n"),
        );
        desk.read(&cut);
        before.push(cut.id);
    }
    let mut own = article("Northwind", "1", 8, "Divers recover recorder", &text);
    own.feed.kind = Some("agency".to_owned());
    own.feed.publisher = Some("Northwind Press".to_owned());
    let told = desk.read(&own);
    for id in before {
        let mut lineages = told.lineages.iter();
        let lineage = lineages
            .find(|lineage| lineage.id == id)
            .expect("it learns");
        let origin = lineage.origin.as_ref().expect("whose it is");
        assert_eq!(origin.source, "Northwind Press");
        assert_eq!(origin.how, article::OriginHow::Linked);
    }
}
