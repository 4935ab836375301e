//! `copydesk detect`: every line of the input has its answer.

use std::io::Write as _;
use std::process::{Output, Stdio};

use crate::{check_fails, command, folder, said};

const TEXTS: &str = r#"{"id": "a", "text": "The minister resigned after the vote on Tuesday."}
{"id": 7, "text": "Die Ministerin ist nach der Abstimmung zurückgetreten.", "kind": "sentence"}

{"id": "c", "text": "2-1 (1-0)"}
{"id": "d"}
"#;

fn codes(table: &str) -> Vec<(&str, &str)> {
    let columns = table.lines().map(|line| line.split('\t').collect());
    columns
        .map(|columns: Vec<&str>| {
            let confidence: f32 = columns[2].parse().expect("a number");
            assert!((0.0..=1.0).contains(&confidence), "{confidence}");
            (columns[0], columns[1])
        })
        .collect()
}

const CODES: [(&str, &str); 4] = [("a", "en"), ("7", "de"), ("c", "und"), ("d", "und")];

#[test]
fn a_file_of_texts_is_answered_line_by_line() {
    let dir = folder();
    std::fs::write(dir.path().join("texts.jsonl"), TEXTS).expect("written");
    let table = said(dir.path(), &["detect", "--language", "texts.jsonl"]);
    assert_eq!(codes(&table), CODES);
}

fn piped(input: &str) -> Output {
    let dir = folder();
    let mut child = command(dir.path(), &["detect", "--language"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads all");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn standard_input_is_read_where_no_file_is_named() {
    let output = piped(TEXTS);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(codes(&String::from_utf8_lossy(&output.stdout)), CODES);
}

#[test]
fn a_line_without_an_answer_is_told_of_and_the_others_are_answered() {
    let output =
        piped("{\"id\": \"a\", \"text\": \"\"}\nno JSON\n{\"id\": null}\n{\"id\": \"b\"}\n");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("warning: line 2 of standard input"),
        "{errors}"
    );
    assert!(errors.contains("its id is null"), "{errors}");
    assert!(errors.contains("2 of 4 lines"), "{errors}");
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(codes(&table), [("a", "und"), ("b", "und")]);
}

#[test]
fn a_text_that_nobody_can_read_is_in_no_language() {
    let output = piped("{\"id\": 3, \"text\": 5}\n{\"id\": \"s\", \"text\": \"a \\ud800 b\"}\n");
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(codes(&table), [("3", "und"), ("s", "und")]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.matches("is read in part").count(), 2, "{told}");
}

#[test]
fn quotations_are_told_with_their_speakers_and_places() {
    let dir = folder();
    let texts = "{\"id\": 3, \"text\": \"“We shall not leave before noon,” said Ada Quill.\"}\n\
                 {\"id\": \"b\", \"lang\": \"de\", \"text\": \"Das ist nichts.\"}\n";
    std::fs::write(dir.path().join("texts.jsonl"), texts).expect("written");
    let answers = said(dir.path(), &["detect", "--quotes", "texts.jsonl"]);
    let answers: Vec<serde_json::Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let quotes = serde_json::json!([{
        "text": "We shall not leave before noon,",
        "speaker": "Ada Quill",
        "start": 3,
        "end": 34,
    }]);
    assert_eq!(answers[0], serde_json::json!({ "id": 3, "quotes": quotes }));
    assert_eq!(answers[1], serde_json::json!({ "id": "b", "quotes": [] }));
}

#[test]
fn an_id_comes_back_as_it_is_written() {
    let dir = folder();
    let check = |id: &str| {
        let line = format!("{{\"text\": \"It rained.\", \"id\": {id}}}\n");
        std::fs::write(dir.path().join("texts.jsonl"), line).expect("written");
        for what in ["--agencies", "--quotes"] {
            let answer = said(dir.path(), &["detect", what, "texts.jsonl"]);
            assert!(answer.contains(&format!("\"id\":{id}")), "{what}: {answer}");
        }
        let table = said(dir.path(), &["detect", "--language", "texts.jsonl"]);
        assert!(
            table.starts_with(&format!("{}\t", id.trim_matches('"'))),
            "{table}"
        );
    };
    check("9007199254740993");
    check("18446744073709551616");
    check("-170141183460469231731687303715884105729");
    check("1.50");
    check("\"7\"");
}

#[test]
fn a_plain_text_is_shown_with_what_is_found_in_it() {
    let dir = folder();
    let text = "“We shall not leave before noon,” said Ada Quill in Norway.\u{7}\n";
    std::fs::write(dir.path().join("text.txt"), text).expect("written");
    let shown = said(dir.path(), &["detect", "text.txt"]);
    assert!(
        shown.starts_with(
            "“[q:We shall not leave before noon,]” said [n:Ada Quill] in [p:Norway].\u{fffd}\n"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("quotation\t3\tAda Quill\tWe shall"),
        "{shown}"
    );
    assert!(shown.contains("place\tNO\tNorway\t1"), "{shown}");
}

#[test]
fn only_one_thing_is_detected_at_a_time() {
    let dir = folder();
    check_fails(
        dir.path(),
        &["detect", "--language", "--quotes", "texts.jsonl"],
        2,
        "--language",
    );
    check_fails(
        dir.path(),
        &["detect", "--language", "none.jsonl"],
        1,
        "none.jsonl cannot be read",
    );
}

const PAGES: &str = r#"{"id": "bare", "text": "OSIER (AP) — It rained.\n\nThe mayor told Reuters so."}
{"id": 2, "bylines": [["byline", "By Ann Person, AFP"], ["image-credit", "dpa"]], "text_head": "It rained."}
{"id": "list", "bylines": [["related-author", "Reuters"]], "jsonld": [["ImageObject.author", "AP"]]}
{"id": "none"}
"#;

#[test]
fn agencies_are_answered_with_their_class_and_what_shows_it() {
    let dir = folder();
    std::fs::write(dir.path().join("pages.jsonl"), PAGES).expect("written");
    let lines = said(dir.path(), &["detect", "--agencies", "pages.jsonl"]);
    let answers: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    let labels: Vec<String> = answers
        .iter()
        .map(|answer| answer["labels"].to_string())
        .collect();
    let expected = [
        r#"{"ap":"wire","reuters":"cites"}"#,
        r#"{"afp":"wire"}"#,
        "{}",
        "{}",
    ];
    assert_eq!(labels, expected);
    assert_eq!(answers[1]["id"], 2);
    let credit = &answers[0]["evidence"][0]["evidence"][0];
    assert_eq!(
        (&credit["place"], &credit["offset"]),
        (&"dateline".into(), &0.into())
    );
}

#[test]
fn agencies_are_those_of_the_table_that_is_set() {
    let dir = folder();
    let table = "[[agency]]\nslug = \"mpa\"\nnames = [\"Meridian Press\"]\ncodes = [\"MPA\"]\n";
    std::fs::write(dir.path().join("agencies.toml"), table).expect("written");
    let line = r#"{"id": "a", "text": "OSIER (MPA) — It rained all day in the old town."}"#;
    std::fs::write(dir.path().join("texts.jsonl"), line).expect("written");
    let labels = |table: Option<&str>| {
        let mut command = command(dir.path(), &["detect", "--agencies", "texts.jsonl"]);
        command.envs(table.map(|table| ("COPYDESK_ENRICHER__AGENCIES_TABLE", table)));
        let output = command.output().expect("the binary runs");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        answer["labels"].clone()
    };
    assert_eq!(labels(None), serde_json::json!({}));
    assert_eq!(
        labels(Some("agencies.toml")),
        serde_json::json!({"mpa": "wire"})
    );
    // Nothing is answered with another table than the one that is meant.
    assert_eq!(labels(Some("nowhere.toml")), serde_json::Value::Null);
}

#[test]
fn a_field_that_is_null_is_as_one_that_is_not_there() {
    let dir = folder();
    let line =
        r#"{"id": "a", "text": null, "title": null, "url": null, "meta": null, "text_cues": null}"#;
    std::fs::write(dir.path().join("texts.jsonl"), line).expect("written");
    for what in ["--agencies", "--quotes", "--language"] {
        let table = said(dir.path(), &["detect", what, "texts.jsonl"]);
        assert_eq!(table.lines().count(), 1, "{what}: {table}");
    }
}

#[test]
fn a_text_that_is_not_read_to_its_end_is_warned_of() {
    let dir = folder();
    let check = |bytes: usize, warned: bool| {
        std::fs::write(dir.path().join("long.txt"), "\n".repeat(bytes)).expect("written");
        let output = command(dir.path(), &["detect", "long.txt"]).output();
        let output = output.expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        let says = "long.txt has more than 16777216 bytes";
        assert_eq!(told.contains(says), warned, "{told}");
    };
    check(16 << 20, false);
    check((16 << 20) + 1, true);
}

#[test]
fn every_id_is_answered_with_what_can_be_read_of_its_line() {
    let lines = [
        r#"{"id": "pair", "text": "It rained.", "meta": [["author", null], ["author", "AP"]]}"#,
        r#"{"id": "object", "text": "It rained.", "meta": {"author": "AP"}}"#,
        r#"{"id": "number", "text": 5, "lang": 5, "bylines": [["byline", "By Ann Person, AP"]]}"#,
        r#"{"id": "half", "text": "OSIER (AP) — It rained \ud83d all day."}"#,
        r#"{"id": "authors", "text": "It rained.", "authors": ["AP"]}"#,
        r#"{"id": "author", "text": "It rained.", "authors": "AP"}"#,
        r#"{"id": "byline", "text": "It rained.", "byline": "By Ann Person, AP"}"#,
    ];
    let dir = folder();
    std::fs::write(dir.path().join("pages.jsonl"), lines.join("\n")).expect("written");
    let output = command(dir.path(), &["detect", "--agencies", "pages.jsonl"])
        .output()
        .expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let answers = String::from_utf8_lossy(&output.stdout);
    assert_eq!(answers.lines().count(), lines.len(), "{answers}");
    for answer in answers.lines() {
        let answer: serde_json::Value = serde_json::from_str(answer).expect("a JSON line");
        assert_eq!(
            answer["labels"],
            serde_json::json!({"ap": "wire"}),
            "{answer}"
        );
    }
    assert!(
        errors
            .contains("line 3 of pages.jsonl is read in part: its text has 5; it must be a string"),
        "{errors}"
    );
    for what in ["--quotes", "--language"] {
        let table = said(dir.path(), &["detect", what, "pages.jsonl"]);
        assert_eq!(table.lines().count(), lines.len(), "{what}: {table}");
    }
}
