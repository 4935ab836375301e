//! `copydesk clean`, on a page such as outlets serve.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::site::Site;
use crate::{check_fails, command, folder, said};

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cleaner/tests/fixtures/article.html")
}

fn clean(args: &[&str]) -> String {
    let page = page();
    let mut all = vec!["clean", page.to_str().expect("a path in UTF-8")];
    all.extend(["--url", "https://daily.example/news/bridge"]);
    all.extend(args);
    said(folder().path(), &all)
}

#[test]
fn a_page_is_told_as_facts_and_text() {
    let told = clean(&[]);
    let (facts, text) = told.split_once("\n\n").expect("facts, then text");
    insta::assert_snapshot!(facts, @r"
    title      Old bridge to be rebuilt by autumn
    authors    Ann Lee, Bob Ray
    published  2026-05-17T08:30:00Z
    outlet     The Daily Example
    address    https://daily.example/news/bridge-to-be-rebuilt
    language   en (100 % sure)
    declared   en-gb
    image      https://daily.example/news/bridge.jpg
    words      108
    quality    good
    ");
    assert!(
        text.starts_with("The council has found the money to rebuild"),
        "{text}"
    );
}

#[test]
fn json_has_all_of_it() {
    let cleaned: Value = serde_json::from_str(&clean(&["--json"])).expect("one JSON value");
    assert_eq!(cleaned["title"], "Old bridge to be rebuilt by autumn");
    assert_eq!(cleaned["metadata"]["sources"]["authors"], "json-ld");
    let paragraphs = cleaned["text"]
        .as_str()
        .unwrap_or_default()
        .split("\n\n")
        .count();
    let blocks = cleaned["layout"]["blocks"].as_array().map_or(0, Vec::len);
    assert_eq!(blocks, paragraphs);
}

#[test]
fn a_readable_page_has_the_article_and_nothing_else() {
    let html = clean(&["--html"]);
    assert!(html.contains("<h2>Three builders asked</h2>"), "{html}");
    assert!(
        html.contains("<li>Cyclists get a path of their own.</li>\n</ul>"),
        "{html}"
    );
    for other in ["<script", "newsletter", "Share on", "All rights reserved"] {
        assert!(!html.contains(other), "{other} in {html}");
    }
}

#[test]
fn an_explanation_says_what_became_of_every_block() {
    let told = clean(&["--explain"]);
    assert!(told.contains("chosen"), "{told}");
    assert!(told.contains("agreement"), "{told}");
    for line in [
        "source       page",
        "quality      good",
        "not read     -",
        "text         A temporary crossing for walkers opens next week.",
        "outside      The bridge before the flood, seen from the mill. Photo: C. Poe",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} in {told}");
    }
}

#[test]
fn an_explanation_shows_a_text_that_is_from_the_data_and_what_was_not_read() {
    let dir = folder();
    let body =
        "The council met on Tuesday and agreed to rebuild the old bridge by autumn. ".repeat(8);
    let html = format!(
        "<script type=application/ld+json>{{\"@type\": \"NewsArticle\", \"articleBody\": \"{body}\"}}</script>\
         {}<p>Loading",
        "<div>".repeat(400)
    );
    std::fs::write(dir.path().join("page.html"), html).expect("written");
    let told = said(dir.path(), &["clean", "page.html", "--explain"]);
    for line in [
        "source       json-ld",
        "quality      data",
        "not read     elements nested deeper than 256",
        body.trim(),
    ] {
        assert!(told.lines().any(|told| told == line), "{line} in {told}");
    }
    let told = said(dir.path(), &["clean", "page.html"]);
    assert!(
        told.contains("not read   elements nested deeper than 256"),
        "{told}"
    );
    let told = said(dir.path(), &["clean", "page.html", "--json"]);
    let cleaned: Value = serde_json::from_str(&told).expect("one JSON value");
    assert_eq!(cleaned["layout"]["limits"], serde_json::json!(["depth"]));
}

#[test]
fn every_line_of_a_list_is_answered() {
    let dir = folder();
    std::fs::copy(page(), dir.path().join("page.html")).expect("copied");
    std::fs::write(dir.path().join("data.html"), "{\"no\": \"page\"}").expect("written");
    let list = [
        r#"{"dataset": "d", "id": "1", "file": "page.html", "url": "https://daily.example/a"}"#,
        r#"{"dataset": "d", "id": "2", "file": "page.html", "url": null}"#,
        r#"{"dataset": "d", "id": "3", "file": "none.html"}"#,
        r#"{"dataset": "d", "id": "4", "file": "data.html"}"#,
        "nonsense",
        r#"{"dataset": "d", "id": "6", "file": NaN, "score": NaN}"#,
    ];
    std::fs::write(dir.path().join("list.jsonl"), list.join("\n")).expect("written");
    let told = said(dir.path(), &["clean", "--manifest", "list.jsonl"]);
    let answers: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    assert_eq!(answers.len(), list.len());
    for answer in &answers[..2] {
        assert_eq!(answer["title"], "Old bridge to be rebuilt by autumn");
        assert_eq!(answer["date"], "2026-05-17");
        assert!(answer["error"].is_null());
    }
    assert_eq!(answers[0]["image"], "https://daily.example/bridge.jpg");
    for (answer, why) in
        answers[2..]
            .iter()
            .zip(["none.html", "this is JSON, not a web page", "nonsense"])
    {
        assert_eq!(answer["text"], "");
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains(why), "{answer}");
    }
    assert_eq!(answers[2]["id"], "3");
    assert_eq!(answers[5]["id"], "6");
}

#[test]
fn a_list_may_be_packed_and_have_a_byte_order_mark() {
    let dir = folder();
    std::fs::copy(page(), dir.path().join("page.html")).expect("copied");
    let line = r#"{"dataset": "d", "id": "1", "file": "page.html", "url": null}"#;
    let marked = [b"\xef\xbb\xbf", line.as_bytes()].concat();
    let packed = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    };
    for (name, bytes) in [
        ("marked.jsonl", marked.clone()),
        ("packed.jsonl.gz", packed(line.as_bytes())),
        ("both", packed(&marked)),
    ] {
        std::fs::write(dir.path().join(name), bytes).expect("written");
        let told = said(dir.path(), &["clean", "--manifest", name]);
        let answer: Value = serde_json::from_str(&told).expect("one JSON line");
        assert_eq!(answer["id"], "1", "{name}: {answer}");
        assert_eq!(answer["date"], "2026-05-17", "{name}: {answer}");
    }
    std::fs::write(dir.path().join("cut.gz"), &packed(line.as_bytes())[..20]).expect("written");
    check_fails(
        dir.path(),
        &["clean", "--manifest", "cut.gz"],
        1,
        "cut.gz cannot be unpacked",
    );
}

#[test]
fn a_page_is_read_from_standard_input() {
    let dir = folder();
    let mut cleaning = command(
        dir.path(),
        &["clean", "-", "--json", "--url", "https://daily.example/a"],
    );
    cleaning.stdin(File::open(page()).expect("the fixture"));
    let told = cleaning.output().expect("copydesk runs");
    let cleaned: Value = serde_json::from_slice(&told.stdout).expect("one JSON value");
    assert_eq!(cleaned["title"], "Old bridge to be rebuilt by autumn");
    assert_eq!(cleaned["url"], "https://daily.example/a");
}

#[test]
fn what_is_no_address_is_refused() {
    let dir = folder();
    for (given, why) in [
        (
            "daily example",
            "no address: relative URL without a base; give one such as https://daily.example/a",
        ),
        (
            "daily.example/a",
            "no address: relative URL without a base; give one such as https://daily.example/a",
        ),
        (
            "file:///a.html",
            "no http or https address; give one such as",
        ),
        ("https://", "no address: empty host"),
    ] {
        check_fails(dir.path(), &["clean", "page.html", "--url", given], 2, why);
    }
}

#[test]
fn offline_dials_nobody() {
    let dir = folder();
    let args = ["clean", "https://a.example/ferry", "--offline"];
    let expected = "https://a.example/ferry cannot be fetched: offline: a.example is not configured in resolve";
    check_fails(dir.path(), &args, 1, expected);
    check_fails(
        dir.path(),
        &["clean", "none.html"],
        1,
        "none.html cannot be read",
    );
    check_fails(dir.path(), &["clean"], 2, "<FILE|URL>");
}

#[test]
fn a_page_is_cleaned_by_its_address() {
    let dir = folder();
    let page: &'static str = std::fs::read_to_string(page()).expect("the fixture").leak();
    let site = Site::new(&[
        ("/bridge", "text/html; charset=utf-8", page),
        ("/paper", "application/pdf", "%PDF-1.4"),
    ]);
    site.configure(dir.path());
    let told = said(
        dir.path(),
        &["clean", "http://daily.example/bridge", "--json"],
    );
    let cleaned: Value = serde_json::from_str(&told).expect("one JSON value");
    assert_eq!(cleaned["title"], "Old bridge to be rebuilt by autumn");
    assert_eq!(cleaned["url"], "http://daily.example/bridge");
    for (url, why) in [
        ("http://daily.example/gone", "404"),
        ("http://daily.example/paper", "application/pdf"),
    ] {
        check_fails(dir.path(), &["clean", url], 1, why);
    }
}
