use article::{
    Cleaned, Content, Evidence, FamilyId, Feed, Origin, OriginHow, Relation, RelationKind, Story,
};
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::headers::Headers;
use pipeline::log::ToSend;
use pipeline::{Reason, Reject};
use serde::Serialize;

use super::*;

fn lines() -> Lines {
    Lines::new(TimeZone::UTC, false)
}

fn stored(key: &str, value: Option<Vec<u8>>) -> Stored {
    Stored {
        offset: 7,
        written_at: "2026-03-01T08:05:09Z".parse().expect("a moment"),
        key: Some(key.as_bytes().to_vec()),
        value,
        headers: Headers::new().with("schema", "x/1"),
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("it serialises")
}

fn article(outlet: &str, title: &str, of: Option<(&Enriched, RelationKind)>) -> Enriched {
    let url = format!("https://{}.example/{}", outlet.to_lowercase(), title.len());
    let id = ArticleId::of_url(&url);
    let relation = of.map(|(source, relation)| Relation {
        relation,
        of: source.article.id.clone(),
        score: 0.97,
        evidence: Evidence::default(),
    });
    Enriched {
        story: of.map_or_else(
            || StoryId::opened_by(&id),
            |(source, _)| source.story.clone(),
        ),
        family: FamilyId::opened_by(&id),
        relations: relation.into_iter().collect(),
        origin: None,
        content: Content::default(),
        attributions: Vec::new(),
        article: Cleaned {
            version: 1,
            fetched_at: "2026-03-01T08:05:00Z".parse().expect("a moment"),
            canonical_url: url.clone(),
            feed: Feed::at("https://a.example/rss"),
            listings: Vec::new(),
            outlet: outlet.to_owned(),
            title: title.to_owned(),
            authors: Vec::new(),
            published: None,
            language: None,
            summary: None,
            text: "Text.".to_owned(),
            layout: article::Layout::default(),
            metadata: article::Metadata::default(),
            url,
            id,
        },
    }
}

fn enriched_line(lines: &mut Lines, article: &Enriched) -> String {
    lines.line("articles.enriched", 0, &stored("k", Some(json(article))))
}

#[test]
fn an_original_and_its_copies_are_a_line_each() {
    let mut lines = lines();
    let first = article(
        "Agency",
        "Ferry aground off Kell Point, all aboard safe",
        None,
    );
    let copy = article(
        "Harbour\tGazette",
        "Ferry aground",
        Some((&first, RelationKind::Copy)),
    );
    let mut rewrite = article(
        "The Morning Post of the Northern Isles",
        "A title that is far too long to stand on one line beside everything else there is",
        Some((&copy, RelationKind::SameEvent)),
    );
    rewrite.origin = Some(Origin {
        source: "Agency".into(),
        how: OriginHow::Stated,
        confidence: 1.0,
    });
    let printed: Vec<String> = [&first, &copy, &rewrite]
        .map(|article| enriched_line(&mut lines, article))
        .into();
    insta::assert_snapshot!(printed.join("\n"), @r"
    08:05:00  Agency                  Ferry aground off Kell Point, all aboard safe             story b828501f  new
    08:05:00  Harbour Gazette         Ferry aground                                             story b828501f  copy of Agency
    08:05:00  The Morning Post of t…  A title that is far too long to stand on one line besid…  story b828501f  same event as Harbour Gazette  by Agency
    ");
}

#[test]
fn a_source_that_was_not_seen_goes_by_its_id() {
    let first = article("Agency", "Ferry aground", None);
    let copy = article(
        "Gazette",
        "Ferry aground",
        Some((&first, RelationKind::Near)),
    );
    let line = enriched_line(&mut lines(), &copy);
    let id = short(first.article.id.as_str());
    assert!(line.ends_with(&format!("near of article {id}")), "{line}");
}

#[track_caller]
fn check(topic: &str, record: &Stored, expected: &str) {
    assert_eq!(lines().line(topic, 0, record), expected);
}

#[test]
fn other_topics_tell_time_key_and_gist() {
    let key = "https://a.example/rss";
    let feed = Feed {
        title: Some("The A\u{1b}[31m".into()),
        ..Feed::at(key)
    };
    let pad = " ".repeat(40 - key.len());
    check(
        "feeds",
        &stored(key, Some(json(&feed))),
        &format!("08:05:09  {key}{pad}  The A [31m"),
    );
    check(
        "feeds",
        &stored(key, None),
        &format!("08:05:09  {key}{pad}  removed"),
    );
    let garbage = stored("k", Some(b"no\njson".to_vec()));
    let pad = " ".repeat(39);
    check(
        "articles.enriched",
        &garbage,
        &format!("08:05:09  k{pad}  no json"),
    );
    let story = serde_json::json!({ "headline": "Ferry aground" });
    check(
        "stories",
        &stored("k", Some(json(&story))),
        &format!("08:05:09  k{pad}  Ferry aground"),
    );
    assert!(
        serde_json::from_value::<Story>(story).is_err(),
        "a part of a story is enough for a line"
    );
}

#[test]
fn dead_letters_tell_why_and_whence() {
    let source = Coordinates {
        topic: "articles.fetched".into(),
        partition: 3,
        offset: 21,
        written_at: Timestamp::UNIX_EPOCH,
    };
    let reject = Reject::new(Reason::Empty, "no text in 512 bytes");
    let letter = DeadLetter::of_record("clean", reject, source, stored("k", None));
    let ToSend {
        key,
        value,
        headers,
        ..
    } = letter.into_record(DEAD, 0, "0.1.0");
    let record = Stored {
        key,
        value,
        headers,
        ..stored("k", None)
    };
    check(
        DEAD,
        &record,
        "08:05:09  0:7  clean  empty  articles.fetched/3/21  no text in 512 bytes",
    );
}

#[track_caller]
fn check_value(value: Option<&[u8]>, expected: &str) {
    let line = json_line("t", 2, &stored("k", value.map(<[u8]>::to_vec)));
    let head = r#"{"topic":"t","partition":2,"offset":7,"written_at":"2026-03-01T08:05:09Z","key":"k","headers":{"schema":"x/1"},"value":"#;
    assert_eq!(line, format!("{head}{expected}}}"));
    assert!(!line.contains('\n'));
    serde_json::from_str::<Value>(&line).expect("a line is JSON");
}

#[test]
fn json_keeps_values_as_they_are() {
    check_value(Some(b"{\"b\":1.50,\n\"a\":2}"), "{\"b\":1.50, \"a\":2}");
    check_value(Some(b"no json"), "\"no json\"");
    check_value(Some(b"\xff"), "{\"base64\":\"/w==\"}");
    check_value(None, "null");
}
