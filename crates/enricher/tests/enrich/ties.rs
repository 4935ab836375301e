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
