//! Quotations: their marks, forms and hashes; and that hostile texts cost no more than others.

use std::time::{Duration, Instant};

use article::{QuotationForm, SpeakerHow};
use enricher::{content, quotations};
use proptest::prelude::*;

use crate::quoted::speaker;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = quotations(text, "en");
    let found: Vec<&str> = found
        .iter()
        .map(|quotation| quotation.text.as_str())
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn marks_nest_mirror_and_stay_open() {
    check(
        "«He said ”no” to all of it.»",
        &["He said ”no” to all of it."],
    );
    check(
        "»Wir gehen alle nach Hause« und «on va tous rentrer»",
        &["Wir gehen alle nach Hause", "on va tous rentrer"],
    );
    check(
        "”We go home now”, ”we stay here then”",
        &["We go home now", "we stay here then"],
    );
    check("„We go home now\" was all", &["We go home now"]);
    check("``We go home now'' was all", &["We go home now"]);
    check(
        "He said: “We go home now and never",
        &["We go home now and never"],
    );
    check("A “stray mark that nothing closes", &[]);
    check(": \n‘", &[]);
    check("“One went home.\n\n“Two went too.”", &[]);
    check(
        "“One of us went home.\n\n“Two of us went home.”",
        &["One of us went home.", "Two of us went home."],
    );
}

#[test]
fn titles_and_words_at_arms_length_are_no_quotations() {
    check(
        "Her “Long Road Back Home Again” sold well, a “so-called hit” then.",
        &[],
    );
    check("The film “what we did there then” ran.", &[]);
    check("It is 5\" by 6\" by 7\" in size.", &[]);
}

#[test]
fn posts_and_turns_are_quotations_without_marks() {
    let text = "He wrote this.\n\nA sad day for all of us. pic.twitter.com/x — Ada Quill (@adaquill) May 3\n\nSo it went.";
    let found = quotations(text, "en");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].form, QuotationForm::Post);
    assert_eq!(found[0].text, "A sad day for all of us.");
    assert_eq!(speaker(&found[0]), "Ada Quill");

    let turns = "QUILL: Where were you on that day?\nDALE: I was at home, I think.\nQUILL: And who was there?\n\
                 DALE: My brother and his wife were.\n";
    let found = quotations(turns, "en");
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        found
            .iter()
            .all(|turn| turn.form == QuotationForm::Transcript)
    );
    assert_eq!(speaker(&found[1]), "DALE");
}

#[track_caller]
fn check_turns(text: &str, speakers: &[&str]) {
    let found = quotations(text, "en");
    let said: Vec<&str> = found.iter().map(speaker).collect();
    assert_eq!(said, speakers, "{text}");
    let mut forms = found.iter().map(|turn| turn.form);
    assert!(forms.all(|form| form == QuotationForm::Transcript));
}

#[test]
fn roles_behind_a_label_are_no_part_of_whoever_speaks() {
    check_turns(
        "ADA QUILL, OBN ANCHOR: Good evening, and welcome to all of you.\n\
         JO DALE, MAYOR OF OSIER: Thank you for having me here tonight.\n\
         QUILL: Will the bridge be open again by May?\n\
         DALE: It will be open by then, and safe.\n",
        &["ADA QUILL", "JO DALE", "QUILL", "DALE"],
    );
    check_turns(
        "ADA QUILL, OBN CHIEF INTERNATIONAL CORRESPONDENT: Good evening, and welcome to all of you.\n\
         SEN. JO DALE (D-OSIER), BRIDGES COMMITTEE VICE CHAIR: Thank you for having me here tonight.\n\
         QUILL (voice-over): Will the bridge be open again by May?\n\
         UNIDENTIFIED MALE: It will be open by then, and safe.\n",
        &["ADA QUILL", "SEN. JO DALE", "QUILL", ""],
    );
    // A list of towns has no roles, and each of its heads is another.
    check_turns(
        "OSIER, MONDAY: The bridge has been shut since the morning.\n\
         ELM, MONDAY: The road has been shut since the morning.\n\
         ASH, TUESDAY: The school has been shut since the morning.\n\
         OAK, TUESDAY: The mill has been shut since the morning.\n",
        &[],
    );
    check_turns(
        "Osier, in the north: The bridge has been shut since then.\n\
         Elm, in the south: The road has been shut since then.\n\
         Osier, in the north: The school has been shut since then.\n\
         Elm, in the south: The mill has been shut since then.\n",
        &[],
    );
}

#[test]
fn how_a_speaker_is_known_is_said() {
    let text = "Ada Quill came late. “We had no train today,” she said. “We had no bus either.”";
    let found = quotations(text, "en");
    let how: Vec<Option<SpeakerHow>> = found
        .iter()
        .map(|quotation| quotation.speaker.as_ref().map(|speaker| speaker.how))
        .collect();
    assert_eq!(
        how,
        [Some(SpeakerHow::Resolved), Some(SpeakerHow::Continued)]
    );
    assert!(
        found
            .iter()
            .all(|quotation| speaker(quotation) == "Ada Quill")
    );
}

#[test]
fn the_same_words_have_the_same_hash_and_shingles() {
    let a = quotations(
        "“We shall not leave this house before noon,” she said.",
        "en",
    );
    let b = quotations(
        "He heard her say: »WE SHALL NOT leave this house before noon!«",
        "de",
    );
    let c = quotations(
        "“And we shall not leave this house before noon or so”, she said.",
        "en",
    );
    assert_eq!(a[0].hash, b[0].hash);
    assert_eq!(a[0].shingles.len(), 5);
    assert_ne!(a[0].hash, c[0].hash);
    assert!(
        a[0].shingles
            .iter()
            .all(|shingle| c[0].shingles.contains(shingle))
    );
}

#[test]
fn names_and_countries_are_listed_by_how_often_they_stand_there() {
    let text = "Ada Quill met Jo Dale in Oslo. Quill told the Norwegian press that Paris Hilton and Dale were in France.";
    let content = content(text, "en");
    let names: Vec<(&str, u32)> = content
        .names
        .iter()
        .map(|name| (name.name.as_str(), name.count))
        .collect();
    assert_eq!(&names[..2], [("Ada Quill", 2), ("Jo Dale", 2)]);
    let places: Vec<(&str, u32)> = content
        .places
        .iter()
        .map(|place| (place.code.as_str(), place.count))
        .collect();
    assert_eq!(places, [("NO", 2), ("FR", 1)]);
}

#[track_caller]
fn check_dialogue(language: &str, text: &str, expected: &[(&str, &str)]) {
    let found = quotations(text, language);
    let turns = found
        .iter()
        .filter(|quotation| quotation.form == QuotationForm::Transcript);
    let turns: Vec<(&str, &str)> = turns
        .map(|quotation| (quotation.text.as_str(), speaker(quotation)))
        .collect();
    assert_eq!(turns, expected, "{text}");
}

#[test]
fn speech_behind_a_dash_is_quoted_and_a_list_is_not() {
    check_dialogue(
        "nb",
        "– Vi går over broen i dag, sier Kari Nordmann.\n\n– Den er trygg nok for alle.\n\nDet regnet.",
        &[
            ("Vi går over broen i dag", "Kari Nordmann"),
            ("Den er trygg nok for alle.", ""),
        ],
    );
    check_dialogue(
        "es",
        "—Vamos a abrir el puente mañana —dijo Ana Pérez. Llovía.",
        &[("Vamos a abrir el puente mañana", "Ana Pérez")],
    );
    check_dialogue(
        "pl",
        "- Otworzymy ten most jutro rano - powiedział Jan Nowak.",
        &[("Otworzymy ten most jutro rano", "Jan Nowak")],
    );
    check_dialogue(
        "ru",
        "— Мы откроем этот мост завтра, — сказал Иван Петров.",
        &[("Мы откроем этот мост завтра", "Иван Петров")],
    );
    check_dialogue(
        "fr",
        "— Vous ouvrirez ce pont quand ? demande Jeanne Martin.",
        &[("Vous ouvrirez ce pont quand ?", "Jeanne Martin")],
    );
    check_dialogue(
        "en",
        "– Milk and bread and eggs\n– Two pounds of flour, sifted\n– Salt",
        &[],
    );
    check_dialogue(
        "de",
        "- Die Brücke bleibt am Montag gesperrt.\n- Der Bus fährt nicht.",
        &[],
    );
}

#[test]
fn a_script_without_capitals_has_the_names_that_something_else_makes_sure() {
    let names = |text: &str, language: &str| -> Vec<String> {
        let found = content(text, language).names;
        found.into_iter().map(|name| name.name).collect()
    };
    assert_eq!(
        names("アン・クイル首相は山田太郎氏と会い、同氏は笑った。", "ja"),
        ["アン・クイル", "山田太郎"]
    );
    assert_eq!(
        names("홍길동 씨는 다리를 건넜다. 아저씨도 갔다.", "ko"),
        ["홍길동"]
    );
    // Nothing says where a name ends.
    assert_eq!(names("总统安娜·奎尔表示桥梁已开放。", "zh"), [""; 0]);
    assert_eq!(names("قال الرئيس إن الجسر مفتوح.", "ar"), [""; 0]);
}

/// Inputs that grow, of the kinds that make readers of marks slow.
fn hostile(kind: usize, size: usize) -> String {
    let unit = [
        "“",
        "\"",
        "«»",
        "‘",
        " '",
        "“a «b „c ",
        "\"a b c d\" said ",
        "a",
        "“a b c d” ",
        "X: a b c d\n",
        "「あ",
        "said ",
        "@(",
        "a, ",
        "A. ",
        "‘as bs cs ds’s ",
        "– A b c d, said E.\n",
        "– A b c d???????????????????????????????????\n",
        " 'a s'          ",
    ][kind];
    unit.repeat(size / unit.len())
}

const KINDS: usize = 19;

#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    for kind in 0..KINDS {
        let time = |size: usize| {
            let text = hostile(kind, size);
            let best = (0..3).map(|_| {
                let begun = Instant::now();
                let _ = quotations(&text, "en");
                begun.elapsed()
            });
            best.min().unwrap_or_default()
        };
        let (small, large) = (time(200_000), time(1_600_000));
        // Eight times as long; the margin is for a machine that is busy with other things.
        let bound = small * 40 + Duration::from_millis(200);
        assert!(
            large < bound,
            "kind {kind}: {small:?} for 200 KB, {large:?} for 1.6 MB"
        );
        assert!(quotations(&hostile(kind, 5_000_000), "").len() < 10_000);
    }
}

proptest! {
    #[test]
    fn quotations_are_slices_of_the_text_in_its_order(
        text in "(([a-zA-Zäß.,:? ]{0,12}|[김대표는이가은따르면\u{a0}、（）さん先说警方表示アナאמר]{0,8})[“”„\"«»‹›‘’'「」\n—.\u{a0} ]){0,24}",
        language in "(en|de|fr|tr|ar|ja|ko|zh|he|hi|ru|nb|xx|)",
    ) {
        let mut end = 0;
        for quotation in quotations(&text, &language) {
            prop_assert!(quotation.start >= end);
            end = quotation.end;
            prop_assert_eq!(&text[quotation.start as usize..end as usize], quotation.text.as_str());
            prop_assert_eq!(quotation.text.trim(), quotation.text.as_str());
            if let Some(speaker) = &quotation.speaker {
                // A wrapped line may part a name.
                let mut written = text[speaker.start as usize..].split_whitespace();
                prop_assert!(!speaker.name.is_empty() && !speaker.name.contains(['\n', '\t']));
                for word in speaker.name.split_whitespace() {
                    prop_assert!(written.next().is_some_and(|written| written.starts_with(word)));
                }
            }
        }
    }

    #[test]
    fn any_text_has_its_content(text in "\\PC{0,120}") {
        let content = content(&text, "");
        for name in content.names {
            prop_assert!(text[name.start as usize..].starts_with(&name.name));
        }
        for place in content.places {
            prop_assert!(text[place.start as usize..].starts_with(&place.mention));
        }
    }
}
