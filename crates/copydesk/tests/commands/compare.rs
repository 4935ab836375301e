//! `copydesk compare`: how two articles of one's own relate, and what shows it.

use serde_json::{Value, json};

use crate::{check_fails, folder, said};

const REPORT: &str = "LUNDHAVEN (Reuters) - Divers working for the port authority of Lundhaven on Tuesday \
    recovered the flight recorder of a seaplane that went down in the outer harbour last week with eleven \
    people aboard, the head of the investigation said.\n\nThe recorder was lying in 38 metres of water \
    beneath a section of the left wing and shows little outward damage, Marit Olausen, who leads the \
    inquiry, told reporters on the quay.\n\n“We have found what we came for, and the families will be the \
    first to hear what it tells us,” Olausen said.\n\nIt is being taken to a laboratory in Tessin, where \
    specialists expect to need ten days to read it. Fishermen pulled four survivors from the sea near the \
    Graskar lighthouse.";

const CUT: &str = "Divers on Tuesday recovered the flight recorder of a seaplane that went down in the \
    outer harbour last week with eleven people aboard. The recorder shows little outward damage, Marit \
    Olausen, who leads the inquiry, told reporters on the quay.\n\n\"We have found what we came for, and \
    the families will be the first to hear what it tells us,\" she said. Fishermen pulled four survivors \
    from the sea near the Graskar lighthouse.";

const TREES: &str = "The council of Oberweiler has voted to plant four thousand lime trees along the streets \
    of the old town before the end of the decade. Residents had asked for shade after a summer in which the \
    thermometer on the market square showed more than thirty degrees on forty days.";

fn written<T: AsRef<[u8]>>(files: &[(&str, T)]) -> tempfile::TempDir {
    let dir = folder();
    for (name, content) in files {
        std::fs::write(dir.path().join(name), content).expect("written");
    }
    dir
}

fn two_files() -> tempfile::TempDir {
    let agency = json!({"text": REPORT, "title": "Recorder found", "source": "Reuters", "date": "2026-03-01"});
    written(&[
        ("agency.json", agency.to_string()),
        ("paper.txt", CUT.to_owned()),
        ("trees.txt", TREES.to_owned()),
    ])
}

#[test]
fn a_pair_is_explained_with_places_in_both_texts() {
    let dir = two_files();
    let told = said(
        dir.path(),
        &["compare", "agency.json", "paper.txt", "--json"],
    );
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_ne!(told["relation"], "unrelated");
    assert!(told["score"].as_f64() > Some(0.5), "{told}");
    let slice = |text: &str, passage: &Value, ends: [&str; 2]| {
        let [start, end] = ends.map(|end| passage[end].as_u64().expect("a place") as usize);
        let words = text[start..end].split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let passages = told["passages"].as_array().expect("a list");
    assert!(passages.iter().any(|passage| passage["quoted"] == false));
    for passage in passages {
        assert_eq!(
            slice(CUT, passage, ["start", "end"]),
            slice(REPORT, passage, ["of_start", "of_end"])
        );
    }
    let span = &told["evidence"]["spans"][0];
    assert!(span["of_end"].is_number(), "{span}");
}

#[test]
fn both_texts_are_shown_with_what_they_share() {
    let dir = two_files();
    let told = said(dir.path(), &["compare", "agency.json", "paper.txt"]);
    assert!(told.contains("== A: agency.json\nRecorder found"), "{told}");
    assert!(told.contains("[1 "), "{told}");
    assert!(told.contains("Olausen_"), "{told}");
    let told = said(dir.path(), &["compare", "agency.json", "trees.txt"]);
    assert!(told.starts_with("unrelated, score 0"), "{told}");
    assert!(!told.contains("[1 "), "{told}");
}

#[test]
fn what_is_no_article_is_named() {
    let dir = written(&[("a.json", json!({"id": 1}).to_string())]);
    check_fails(
        dir.path(),
        &["compare", "a.json", "a.json"],
        1,
        "a.json has no text",
    );
    check_fails(
        dir.path(),
        &["compare", "a.json", "b.txt"],
        1,
        "a.json has no text",
    );
    check_fails(dir.path(), &["compare", "a.json"], 2, "<B>");
    check_fails(dir.path(), &["compare", "--pairs", "p"], 2, "--docs");
}

#[test]
fn a_long_text_says_how_much_of_it_is_compared() {
    let words: Vec<String> = (0..4_000).map(|number| format!("word{number}")).collect();
    let dir = written(&[("long.txt", words.join(" ")), ("paper.txt", CUT.to_owned())]);
    let told = said(dir.path(), &["compare", "long.txt", "paper.txt"]);
    assert!(
        told.contains("only the first 23 % of A is compared"),
        "{told}"
    );
    assert!(!told.contains("% of B is compared"), "{told}");
}

#[test]
fn what_begins_as_json_and_is_none_is_no_text() {
    let line = json!({"id": 1, "text": REPORT}).to_string();
    let dir = written(&[
        ("cut.json", line[..line.len() - 9].to_owned()),
        ("two.jsonl", format!("{line}\n{line}\n")),
        ("paper.txt", CUT.to_owned()),
        (
            "pairs.jsonl",
            "\u{feff}{\"a\": 1, \"b\": 2}\n[1, 2]\n".to_owned(),
        ),
    ]);
    for file in ["cut.json", "two.jsonl"] {
        let expected = format!("{file} begins as JSON and is no JSON object");
        check_fails(dir.path(), &["compare", file, "paper.txt"], 1, &expected);
    }
    let args = ["compare", "--pairs", "pairs.jsonl", "--docs", "two.jsonl"];
    check_fails(dir.path(), &args, 1, "line 2 of pairs.jsonl is no pair");
}

/// A text in two bytes a letter, with its mark.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let letters = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    letters.flat_map(order).collect()
}

#[test]
fn texts_are_read_as_their_mark_says_and_no_others_but_utf_8() {
    let document = json!({"text": CUT, "source": "Coast Courier"}).to_string();
    let unmarked = CUT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let dir = written(&[
        ("agency.txt", REPORT.as_bytes().to_vec()),
        ("little.txt", utf16(CUT, u16::to_le_bytes)),
        ("big.json", utf16(&document, u16::to_be_bytes)),
        ("marked.txt", format!("\u{feff}{CUT}").into_bytes()),
        ("unmarked.txt", unmarked),
        ("latin.txt", b"Caf\xe9 burnt down in Lundhaven".to_vec()),
        ("halved.txt", b"\xff\xfe\x00\xd8A\x00".to_vec()),
    ]);
    let compared = |file: &str| said(dir.path(), &["compare", "agency.txt", file, "--json"]);
    let told = compared("little.txt");
    assert!(
        told.contains("\"relation\":\"rewrite\"") || told.contains("\"relation\":\"near\""),
        "{told}"
    );
    assert_eq!(compared("big.json"), told);
    assert_eq!(compared("marked.txt"), told);
    for (file, expected) in [
        (
            "unmarked.txt",
            "unmarked.txt has null characters, so it is no text in UTF-8",
        ),
        ("latin.txt", "latin.txt is not UTF-8 all through"),
        ("halved.txt", "halved.txt is not UTF-16LE all through"),
    ] {
        check_fails(dir.path(), &["compare", "agency.txt", file], 1, expected);
    }
}

#[test]
fn pairs_are_scored_in_their_order_however_long_ago_the_earlier_document_came() {
    let documents = [
        json!({"id": "agency", "text": REPORT, "source": "Reuters", "date": "2026-03-01"}),
        json!({"id": 7, "text": TREES, "source": "City Post"}),
        json!({"id": "paper", "text": CUT, "source": "Coast Courier"}),
        json!({"id": "late", "text": REPORT, "source": "Archive", "date": "2026-09-01"}),
    ];
    let lines = |values: &[Value]| {
        values
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
            .join("\n")
    };
    let pairs = [
        json!({"a": "late", "b": "agency", "label": 1}),
        json!({"a": 7, "b": "paper"}),
        json!({"a": "agency", "b": "paper"}),
    ];
    let dir = written(&[
        ("docs.jsonl", lines(&documents)),
        ("pairs.jsonl", lines(&pairs)),
        (
            "odd.jsonl",
            lines(&[
                json!({"a": 7, "b": 8}),
                json!({"a": 7, "b": 7}),
                json!({"a": "7", "b": "paper"}),
                json!({"a": 5, "b": "six"}),
            ]),
        ),
    ]);
    let asked = ["compare", "--pairs", "pairs.jsonl", "--docs", "docs.jsonl"];
    let told: Vec<Value> = said(dir.path(), &asked)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [late, trees, paper] = told.as_slice() else {
        panic!("three lines, not {told:?}");
    };
    assert_eq!(
        (&late["a"], &late["relation"]),
        (&json!("late"), &json!("copy"))
    );
    assert_eq!(
        (&trees["a"], &trees["relation"]),
        (&json!(7), &json!("unrelated"))
    );
    assert!(paper["score"].as_f64() > Some(0.5) && paper["story_score"].as_f64() > Some(0.5));
    assert!(paper.get("evidence").is_none());
    let told = said(dir.path(), &[&asked[..], &["--evidence"]].concat());
    assert!(
        told.lines().all(|line| line.contains("\"measures\":{")),
        "{told}"
    );
    let odd = ["compare", "--pairs", "odd.jsonl", "--docs", "docs.jsonl"];
    for expected in [
        "the pair of 7 and 8 has no answer: docs.jsonl has no document with the id 8",
        "the pair of 7 and 7 has no answer: a document is no pair with itself",
        "the pair of \"7\" and \"paper\" has no answer: docs.jsonl has no document with the id \"7\"",
        "the pair of 5 and \"six\" has no answer: docs.jsonl has no document of either id",
        "4 of 4 pairs of odd.jsonl have no answer",
    ] {
        check_fails(dir.path(), &odd, 1, expected);
    }
}
