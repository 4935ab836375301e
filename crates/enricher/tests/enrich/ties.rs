//! What ties articles and what does not.

use article::RelationKind;

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, check_first, report, reprint};

const INDEPENDENT: &str = "By our correspondent at the harbour. Cheers went up along the breakwater of \
Lundhaven this morning when a yellow basket swung over the side of the salvage ship: in it lay the \
recorder of the Fjordair seaplane lost near Graskar eight days ago.\n\n\
“We have found what we came for, and the families will be the first to hear what it tells us,” \
said Marit Olausen, head of the inquiry, wiping salt from her glasses.\n\n\
For Jonas Brekke, whose sister is among the three people not yet found, the news brought little \
comfort. He has stood here each day since the Kestrel came down, he says, and will stand here tomorrow. \
Volunteers bring him coffee. The search for the missing goes on with two boats and a helicopter from \
the naval station, although the wind is expected to freshen in the afternoon.\n\n\
The box goes to Tessin for analysis. Until it has been read, nobody at the quay wants to speak of \
fuel pumps or of blame.";

#[test]
fn a_reprint_is_a_copy_of_its_source_whatever_its_title_and_typography() {
    let mut desk = Desk::default();
    let source = desk.read(&report());
    let told = desk.read(&reprint(3));
    check_first(&told, RelationKind::Copy, &report());
    assert_eq!(told.enriched.family, source.enriched.family);
    assert_eq!(told.enriched.story, source.enriched.story);
    let evidence = &told.enriched.relations[0].evidence;
    assert!(
        evidence.contained > 0.95 && evidence.contains > 0.95,
        "{evidence:?}"
    );
    let text = REPORT.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!evidence.passages.is_empty());
    assert_eq!(evidence.passages.len(), evidence.spans.len());
    for (passage, span) in evidence.passages.iter().zip(&evidence.spans) {
        assert!(text.contains(passage.as_str()), "{passage}");
        // The earlier text is not kept: its place there is known by its sentences.
        let there = span.of_start.zip(span.of_end).expect("on both sides");
        let there = &REPORT[there.0 as usize..there.1 as usize];
        let there = there.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(there.contains(passage.as_str()), "{passage} in {there}");
        assert!(there.len() < passage.len() + 250, "{there}");
    }
    let names = evidence.names.iter();
    assert!(
        !names.into_iter().any(|name| name == "Tuesday"),
        "{evidence:?}"
    );
    assert!(
        evidence.names.iter().any(|name| name.contains("Olausen")),
        "{:?}",
        evidence.names
    );
}

#[test]
fn a_cut_copy_stands_wholly_in_its_source() {
    let mut desk = Desk::default();
    desk.read(&report());
    let paragraphs: Vec<&str> = REPORT.split("\n\n").collect();
    let cut = paragraphs[..3].join("\n\n");
    let told = desk.read(&article("City Post", "plane", 5, "Black box found", &cut));
    check_first(&told, RelationKind::Near, &report());
    let evidence = &told.enriched.relations[0].evidence;
    assert!(evidence.contained > 0.9, "{evidence:?}");
    assert!(evidence.contains < 0.6, "{evidence:?}");
}

#[test]
fn a_shared_quotation_makes_one_story_and_two_families() {
    let mut desk = Desk::default();
    let source = desk.read(&report());
    let told = desk.read(&article(
        "Coast Courier",
        "quay",
        6,
        "Waiting at the quay",
        INDEPENDENT,
    ));
    check_first(&told, RelationKind::SameEvent, &report());
    assert_eq!(told.enriched.story, source.enriched.story);
    assert_ne!(told.enriched.family, source.enriched.family);
    assert!(told.enriched.relations[0].evidence.contained < 0.1);
    let story = told.stories.last().expect("the story changed");
    assert_eq!(story.size, 2);
    assert_eq!(story.headline, "Divers recover recorder of lost seaplane");
    assert_eq!(story.members[1].relation, Some(RelationKind::SameEvent));
}

#[test]
fn an_unrelated_article_opens_a_story_of_its_own() {
    let mut desk = Desk::default();
    let source = desk.read(&report());
    let told = desk.read(&article(
        "City Post",
        "trees",
        1,
        "Four thousand trees",
        UNRELATED,
    ));
    assert!(told.enriched.relations.is_empty());
    assert_ne!(told.enriched.story, source.enriched.story);
    assert_eq!(told.stories.len(), 1);
    assert_eq!(told.enriched.origin, None);
}

#[test]
fn a_later_state_of_an_outlets_own_report_is_an_update() {
    let mut desk = Desk::default();
    let first = article("Coast Courier", "plane-1", 0, "Recorder found", REPORT);
    desk.read(&first);
    let longer = format!(
        "{REPORT}\n\nLate in the evening a second dive brought up the cockpit voice recorder as well. \
         Olausen said that both boxes would travel to Tessin on a military aircraft on Wednesday."
    );
    let told = desk.read(&article(
        "Coast Courier",
        "plane-2",
        9,
        "Second box found",
        &longer,
    ));
    check_first(&told, RelationKind::Update, &first);
}

#[test]
fn furniture_of_an_outlet_ties_nothing() {
    let block = "Sign up for the evening letter of the Coast Courier and receive the five reports that \
        our editors talked about today, the weather along the coast and the tide tables for every \
        harbour between Sondre and Lundhaven. You may leave at any time by following the link at the \
        foot of each letter. Readers of the letter also looked at our guide to the islands, the best \
        walks in the hills above the fjord and the recipes of the week from the kitchen of the \
        lighthouse inn.";
    let others = [
        "A brewery in Halden has bought the disused town baths and wants to open them as a restaurant.",
        "The national chess team lost its opening match in Riga after a blunder by its captain.",
        "Scientists counting puffins report the best breeding season on the western cliffs since 1998.",
        "A judge has ordered the maker of a scooter to repay nine hundred customers over its brakes.",
        "The opera house will close its upper balcony for two years while the roof is being repaired.",
    ];
    let mut desk = Desk::default();
    let mut stories = std::collections::BTreeSet::new();
    for (at, lede) in others.iter().enumerate() {
        let text = format!("{lede}\n\n{block}");
        let told = desk.read(&article(
            "Coast Courier",
            &at.to_string(),
            at as i64,
            "",
            &text,
        ));
        assert!(
            told.enriched.relations.is_empty(),
            "{:?}",
            told.enriched.relations
        );
        stories.insert(told.enriched.story);
    }
    assert_eq!(stories.len(), others.len());
}

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
    ];
    for (at, text) in texts.iter().enumerate() {
        let told = desk.read(&article("Odd", &at.to_string(), 1, "", text));
        assert!(
            told.enriched.relations.is_empty(),
            "{at}: {:?}",
            told.enriched.relations
        );
    }
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

const BRIDGE: &str = "Engineers closed the swing bridge of Malm to lorries on Monday after a sensor in its \
eastern pier reported movement of four millimetres within a week. The bridge, built in 1961 by the Halvorsen \
yard, carries the only road between the paper mill and the container terminal of Vik.\n\n\
Drivers must now take the ferry at Ostrand, which runs every forty minutes and has room for six lorries. The \
haulage association expects losses of some ninety thousand crowns a day and asks the county for night sailings.\n\n\
A diver of the county is to inspect the foundations on Thursday, when the current is weakest. Until his report \
has been read, cars may pass one at a time and at walking speed.";

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
    desk.read(&article(
        "Coast Courier",
        "plane",
        0,
        "Recorder found",
        &credited,
    ));
    let told = desk.read(&reprint(3));
    let story = told.stories.last().expect("the story changed");
    let origin = story.origin.as_ref().expect("both have it");
    let members = [&told.enriched.origin];
    let surest = members.iter().filter_map(|origin| origin.as_ref());
    let least = surest.map(|origin| origin.confidence).fold(1.0, f64::min);
    assert!(
        origin.confidence < 1.0 && origin.confidence >= least,
        "{origin:?} {least}"
    );
}

#[test]
fn figures_of_one_digit_are_words_of_the_evidence() {
    let toll = |dead: u8, hurt: u8| {
        REPORT.replace(
            "Three passengers are still missing.",
            &format!(
                "The accident killed {dead} people on Tuesday night and injured {hurt} on the quay."
            ),
        )
    };
    let mut desk = Desk::default();
    let first = article("One", "1", 0, "Recorder found", &toll(3, 5));
    desk.read(&first);
    let told = desk.read(&article("Two", "1", 1, "Recorder found", &toll(8, 7)));
    check_first(&told, RelationKind::Copy, &first);
    let evidence = &told.enriched.relations[0].evidence;
    assert!(evidence.contained < 1.0, "{evidence:?}");
    let shown = evidence.passages.iter();
    assert!(
        !shown
            .into_iter()
            .any(|passage| passage.contains("killed 8")),
        "{evidence:?}"
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
