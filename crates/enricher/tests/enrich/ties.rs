//! What ties articles and what does not.

use article::{Cleaned, OriginHow, RelationKind};
use enricher::Config;
use crate::newsdesk::{Desk, Told, article};
use pipeline::State;

const REPORT: &str = "LUNDHAVEN (Northwind Press) - Divers working for the port authority of Lundhaven \
on Tuesday recovered the flight recorder of a seaplane that went down in the outer harbour last week \
with eleven people aboard, the head of the investigation said.\n\n\
The recorder was lying in 38 metres of water beneath a section of the left wing and shows little \
outward damage, Marit Olausen, who leads the inquiry, told reporters on the quay. It is being taken to \
a laboratory in Tessin, where specialists expect to need ten days to read it.\n\n\
“We have found what we came for, and the families will be the first to hear what it tells us,” \
Olausen said.\n\n\
The twin-engined Kestrel 400 of the carrier Fjordair had taken off from the island of Sondre and was \
seven minutes from landing when it turned sharply to the south and struck the water near the Graskar \
lighthouse. Fishermen pulled four survivors from the sea. Three passengers are still missing.\n\n\
Fjordair has grounded its four other seaplanes of the same type until their fuel pumps have been \
inspected. A mechanic had reported irregular pressure in one of the pumps two days before the accident, \
according to a maintenance log that the carrier handed to investigators.\n\n\
The transport ministry said it would wait for the inquiry before deciding whether the Kestrel 400 may \
keep its licence to carry passengers.";

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

const UNRELATED: &str = "The council of Oberweiler has voted to plant four thousand lime trees along \
the streets of the old town before the end of the decade. Residents had asked for shade after a summer \
in which the thermometer on the market square showed more than thirty degrees on forty days.\n\n\
Each tree will be watered from cisterns that collect rain from the roofs of public buildings. A first \
avenue, from the railway station to the theatre, is to be finished by next autumn and will cost the \
town some two million crowns, a third of it paid by a foundation.";

fn reprint(hours: i64) -> Cleaned {
    let text = REPORT
        .replace('“', "\"")
        .replace('”', "\"")
        .replace("\n\n", "\n");
    article(
        "Morning Herald",
        "recorder",
        hours,
        "Flight recorder found off Lundhaven",
        &text,
    )
}

fn report() -> Cleaned {
    article(
        "Northwind Press",
        "1",
        0,
        "Divers recover recorder of lost seaplane",
        REPORT,
    )
}

#[track_caller]
fn check_first(told: &Told, kind: RelationKind, of: &Cleaned) {
    let relation = told.enriched.relations.first();
    let relation = relation.unwrap_or_else(|| panic!("no tie of {}", told.enriched.article.title));
    assert_eq!(
        (relation.relation, &relation.of),
        (kind, &of.id),
        "{relation:?}"
    );
    assert!((0.0..=1.0).contains(&relation.score), "{}", relation.score);
}

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
    for passage in &evidence.passages {
        assert!(text.contains(passage.as_str()), "{passage}");
    }
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
fn a_new_version_keeps_its_place_and_is_not_tied_to_itself() {
    let mut desk = Desk::default();
    desk.read(&report());
    let first = desk.read(&reprint(3));
    desk.read(&article("City Post", "again", 4, "Recorder found", REPORT));
    let mut second = reprint(5);
    second.version = 2;
    second.title = "Seaplane: recorder found".to_owned();
    let told = desk.read(&second);
    assert_eq!(told.enriched.story, first.enriched.story);
    assert_eq!(told.enriched.family, first.enriched.family);
    assert_eq!(told.lineages[0].revision, 2);
    // Neither to itself nor to what arrived after its first version.
    for relation in &told.enriched.relations {
        assert_eq!(relation.of, report().id);
    }
    let story = told.stories.last().expect("its title changed");
    assert_eq!(story.size, 3);
    assert_eq!(story.members[1].title, second.title);
    assert_eq!(desk.window.len(), 3);
    // The same version again changes nothing that a story shows.
    assert!(desk.read(&second).stories.is_empty());
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
        ("Reuters", OriginHow::Stated)
    );
    let [own, earlier] = told.lineages.as_slice() else {
        panic!("two lineages, not {:?}", told.lineages);
    };
    assert_eq!(own.revision, 1);
    assert_eq!((&earlier.id, earlier.revision), (&first.id, 2));
    let origin = earlier.origin.as_ref().expect("half of the family says so");
    assert_eq!(
        (origin.source.as_str(), origin.how),
        ("Reuters", OriginHow::Voted)
    );
    // What was told once is not told again.
    let third = desk.read(&article("Coast Courier", "box", 3, "Box", &credited));
    assert_eq!(third.lineages.len(), 1);
}

#[test]
fn only_the_time_of_fetching_moves_the_window() {
    let mut desk = Desk::default();
    let mut misdated = article("City Post", "trees", 1, "Trees", UNRELATED);
    misdated.published = Some("2099-01-01T00:00:00Z".parse().expect("a time"));
    desk.read(&report());
    desk.read(&misdated);
    assert_eq!(desk.window.len(), 2);
    check_first(&desk.read(&reprint(24)), RelationKind::Copy, &report());
}

#[test]
fn what_has_left_the_window_is_forgotten_and_the_latecomer_is_told_of() {
    let mut desk = Desk::default();
    desk.read(&report());
    let told = desk.read(&reprint(15 * 24));
    assert!(told.enriched.relations.is_empty());
    assert_eq!(desk.window.len(), 1);
    // Fetched long before the others, read after them.
    let late = desk.read(&article("City Post", "late", 1, "Trees", UNRELATED));
    assert_eq!(late.stories.len(), 1);
    assert_eq!(desk.window.len(), 1);
    let entries: usize = desk
        .window
        .tables()
        .iter()
        .map(|table| table.entries())
        .sum();
    assert_eq!(entries, 4, "a clock, a signature, a standing, a story");
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

#[test]
fn a_report_under_every_reprint_costs_a_bounded_state() {
    let mut desk = Desk::default();
    for number in 0..20 {
        desk.read(&article(
            &format!("Outlet {number}"),
            "x",
            1,
            "A title of some words",
            REPORT,
        ));
    }
    let mut bytes = 0;
    for table in desk.window.tables() {
        for change in table.take_changes() {
            bytes += change.key.len() + change.value.map_or(0, |value| value.len());
        }
    }
    assert!(bytes / 20 < 2_048, "{} bytes an article", bytes / 20);
}

#[track_caller]
fn check_refused(config: &Config, key: &str, value: &str) {
    let error = config.validate().expect_err("out of range");
    let message = error.to_string();
    assert!(
        message.contains(&format!("enricher.{key} is {value};")),
        "{message}"
    );
}

#[test]
fn settings_out_of_range_are_named() {
    let config = Config::default();
    assert_eq!(config.validate(), Ok(()));
    check_refused(
        &Config {
            window_days: 0,
            ..config.clone()
        },
        "window_days",
        "0",
    );
    check_refused(
        &Config {
            derived: f64::NAN,
            ..config.clone()
        },
        "derived",
        "NaN",
    );
    check_refused(
        &Config {
            same_event: 1.5,
            ..config.clone()
        },
        "same_event",
        "1.5",
    );
    check_refused(
        &Config {
            near: 0.95,
            ..config.clone()
        },
        "near",
        "0.95",
    );
    check_refused(
        &Config {
            furniture_articles: 1,
            ..config.clone()
        },
        "furniture_articles",
        "1",
    );
    check_refused(
        &Config {
            candidates: 1000,
            ..config
        },
        "candidates",
        "1000",
    );
    let unknown = serde_json::from_str::<Config>(r#"{"window": 3}"#);
    assert!(unknown.is_err());
}

#[test]
fn a_shorter_window_forgets_sooner() {
    let mut desk = Desk::with(Config {
        window_days: 1,
        ..Config::default()
    });
    desk.read(&report());
    assert!(desk.read(&reprint(30)).enriched.relations.is_empty());
}
