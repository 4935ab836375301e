//! Lines as documents.

use super::*;

fn documents(lines: &str) -> Documents {
    let bytes = lines.to_owned().into_bytes();
    Documents::of("test".to_owned(), Box::new(std::io::Cursor::new(bytes)))
}

fn read(lines: &str) -> (Vec<Document>, Documents) {
    let mut documents = documents(lines);
    let mut all = Vec::new();
    while let Some(document) = documents.read().expect("memory does not break off") {
        all.push(document);
    }
    (all, documents)
}

fn undated(count: usize) -> String {
    let lines = (0..count).map(|number| format!("{{\"id\": {number}}}\n"));
    lines.collect()
}

fn days(documents: &[Document]) -> Vec<String> {
    let days = documents.iter().map(|document| {
        let time = document.article.fetched_at.to_string();
        time[..10].to_owned()
    });
    days.collect()
}

#[track_caller]
fn check_days(lines: &str, expected: &[&str]) {
    assert_eq!(days(&read(lines).0), expected, "{lines}");
}

#[test]
fn a_line_without_a_date_has_that_of_the_line_before_else_the_first_there_is() {
    check_days(
        r#"{"id": 1, "text": "a"}
no JSON
{"id": 2}
{"id": 3, "date": "2026-03-01"}
{"id": "4", "date": null}
{"id": 5, "date": "2026-03-02T10:00:00Z"}
{"id": 6}"#,
        &[
            "2026-03-01",
            "2026-03-01",
            "2026-03-01",
            "2026-03-01",
            "2026-03-02",
            "2026-03-02",
        ],
    );
    check_days(r#"{"id": 1}"#, &["1970-01-01"]);
}

#[test]
fn a_first_date_is_awaited_for_a_thousand_lines() {
    let dated = r#"{"id": "dated", "date": "2026-03-01"}"#;
    for (count, expected) in [(999, "2026-03-01"), (1_000, "1970-01-01")] {
        let (all, documents) = read(&(undated(count) + dated));
        assert_eq!(all.len(), count + 1);
        let days = days(&all);
        assert_eq!(days[0], expected, "{count}");
        assert_eq!(days[count - 1], expected, "{count}");
        assert_eq!(days[count], "2026-03-01");
        assert_eq!(documents.given, count as u64 + 1);
    }
}

#[test]
fn at_once_nothing_is_awaited() {
    let lines = undated(1) + r#"{"id": "dated", "date": "2026-03-01"}"#;
    let mut documents = documents(&lines).at_once();
    let first = documents.read().expect("it is read").expect("a document");
    assert_eq!(documents.number, 1, "no more was read than is answered");
    assert_eq!(first.article.fetched_at, Timestamp::UNIX_EPOCH);
}

/// Fields of a line as they are taken: outlet, day and language.
#[track_caller]
fn check_fields(fields: &str, expected: [&str; 3]) {
    let (all, _) = read(&format!("{{\"id\": 1, {fields}}}"));
    let [document] = all.as_slice() else {
        panic!("{fields}: {all:?}");
    };
    let article = &document.article;
    let language = article.language.as_deref().unwrap_or_default();
    let day = &days(&all)[0];
    assert_eq!([&article.outlet, day, language], expected, "{fields}");
}

#[test]
fn fields_of_cleaned_articles_stand_for_those_that_are_missing() {
    let exported = r#""outlet": "Coast Courier", "fetched_at": "2026-03-02T06:00:00Z",
            "published": "2026-03-01T22:00:00Z", "language": "de-at", "url": "https://coast.example/a""#
            .replace('\n', " ");
    check_fields(&exported, ["Coast Courier", "2026-03-02", "de-at"]);
    let both = format!(r#"{exported}, "source": "City Post", "date": "2026-01-05", "lang": "FR""#);
    check_fields(&both, ["City Post", "2026-01-05", "fr"]);
    let blank = format!(r#"{exported}, "source": " ", "date": "", "lang": null"#);
    check_fields(&blank, ["Coast Courier", "2026-03-02", "de-at"]);
    let published = r#""outlet": "A", "published": "2026-03-01""#;
    check_fields(published, ["A", "2026-03-01", ""]);
    // In other corpora they say other things.
    check_fields(
        r#""outlet": {"id": 4}, "fetched_at": 17, "published": true, "language": ["de"]"#,
        ["unknown source of 1", "1970-01-01", ""],
    );
    check_fields(
        r#""fetched_at": "by hand", "published": "2026-03-01""#,
        ["unknown source of 1", "2026-03-01", ""],
    );
}

#[test]
fn an_address_tells_the_outlet_where_nothing_else_does() {
    let day = "1970-01-01";
    for (url, outlet) in [
        ("https://www.coast.example/a?b=1", "coast.example"),
        ("https://Coast.example:8443/c", "coast.example"),
        ("http://m.coast.example/", "m.coast.example"),
        ("coast.example/a", "unknown source of 1"),
        ("file:///a.html", "unknown source of 1"),
        ("", "unknown source of 1"),
    ] {
        check_fields(&format!(r#""url": "{url}""#), [outlet, day, ""]);
        let named = format!(r#""url": "{url}", "source": "City Post""#);
        check_fields(&named, ["City Post", day, ""]);
    }
}

#[test]
fn lines_of_two_bytes_a_letter_are_refused_as_such() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let letters = "\u{feff}{\"id\": 1}\n".encode_utf16();
        let bytes: Vec<u8> = letters.flat_map(order).collect();
        let mut documents = Documents::of("test".to_owned(), Box::new(std::io::Cursor::new(bytes)));
        let error = documents.read().expect_err("not UTF-8").to_string();
        assert_eq!(error, "test is UTF-16; lines must be UTF-8");
    }
}

#[test]
fn unknown_sources_differ_and_names_are_told_apart_to_the_letter() {
    let (all, documents) = read(
        "{\"id\": \"a/\"}\n{\"id\": \"a\"}\n{\"id\": 7}\n{\"id\": \"7\", \"source\": \" \"}\n",
    );
    let outlets: std::collections::BTreeSet<_> =
        all.iter().map(|document| &document.article.id).collect();
    assert_eq!(outlets.len(), 4);
    assert_ne!(all[0].article.outlet, all[1].article.outlet);
    assert!(documents.end().is_ok());
}

#[test]
fn lines_that_cannot_be_read_are_counted() {
    let (all, documents) = read(
        "no JSON\n{\"id\": null}\n\n{\"id\": 1, \"date\": \"soon\"}\n[1, \"text\"]\n{\"id\": 2}\n",
    );
    assert_eq!(all.len(), 1);
    let message = documents.end().expect_err("four lines").to_string();
    assert!(message.starts_with("4 of 6 lines of test"), "{message}");
}

#[test]
fn a_source_that_is_nobody_is_unknown_and_a_host_is_called_without_www() {
    #[track_caller]
    fn check(a: &str, b: &str, same: bool) {
        let line = |id: u8, source: &str| format!("{{\"id\": {id}, \"source\": \"{source}\"}}\n");
        let (read, _) = read(&(line(1, a) + &line(2, b)));
        let outlet = |at: usize| read[at].article.outlet.clone();
        assert_eq!(outlet(0) == outlet(1), same, "{a} and {b}");
    }

    check("www.fog.example", "fog.example", true);
    check("The Fog", "The Fog", true);
    check("The Fog", "The Mist", false);
    for nobody in ["unknown", "N/A", "None", "-", ""] {
        check(nobody, nobody, false);
    }
}
