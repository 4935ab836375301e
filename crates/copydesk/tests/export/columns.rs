//! Parquet has what JSON has.

use std::fs::File;

use article::{Bytes, Message};
use copydesk::export::{Form, form};
use jiff::Timestamp;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use pipeline::log::{Log as _, ToSend};
use serde_json::{Map, Value, json};

use super::samples;
use crate::{Desk, all_of};

/// Without what JSON may leave out: nothing, no items, a flag that is not set.
fn said(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, said(value)))
            .filter(|(_, value)| !matches!(value, Value::Null | Value::Bool(false)))
            .filter(|(_, value)| value.as_array().is_none_or(|items| !items.is_empty()))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(said).collect(),
        other => other,
    }
}

/// A field as JSON has it.
fn read(name: &str, field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(flag) => json!(flag),
        Field::Long(number) => json!(number),
        Field::Double(number) => json!(number),
        Field::Str(text)
            if matches!(
                name,
                "headers"
                    | "access"
                    | "marks"
                    | "layout"
                    | "metadata"
                    | "by_relation"
                    | "by_outlet"
            ) =>
        {
            serde_json::from_str(text).expect("JSON")
        }
        Field::Str(text) => json!(text),
        Field::Bytes(bytes) => json!(Bytes(bytes.data().to_vec())),
        Field::TimestampMicros(micros) => {
            json!(Timestamp::from_microsecond(*micros).expect("a moment"))
        }
        Field::Group(row) => row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), read(name, field)))
            .collect::<Map<_, _>>()
            .into(),
        Field::ListInternal(list) => list.elements().iter().map(|item| read("", item)).collect(),
        other => panic!("{name} is {other}"),
    }
}

fn rows(file: &std::path::Path) -> Vec<Value> {
    let reader = SerializedFileReader::new(File::open(file).expect("the file")).expect("parquet");
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| said(read("", &Field::Group(row.expect("a row")))))
        .collect()
}

#[track_caller]
fn check<M: Message>(messages: &[M]) {
    let desk = Desk::open();
    desk.write(messages.iter().map(samples::record).collect());
    let lines = desk.lines(&all_of(M::TOPIC, Form::Jsonl));
    let expected: Vec<Value> = lines
        .iter()
        .map(|line| said(serde_json::from_str(line).expect("JSON")))
        .collect();
    assert_eq!(expected.len(), messages.len());
    let outcome = desk
        .export(&all_of(M::TOPIC, Form::Parquet), "rows")
        .expect("exported");
    // A field that is added to the type has no column yet.
    assert_eq!(outcome.without_column, Vec::<String>::new(), "{}", M::TOPIC);
    assert_eq!(outcome.unfit, 0);
    assert_eq!(rows(&desk.path("rows")), expected, "{}", M::TOPIC);
}

#[test]
fn every_topic_has_the_same_rows_in_both_forms() {
    check(&[samples::feed(), article::Feed::at("https://b.example/rss")]);
    check(&samples::polled());
    check(&samples::discovered());
    check(&samples::fetched());
    check(&samples::cleaned());
    check(&samples::enriched());
    check(&samples::lineage());
    check(&samples::stories());
}

#[test]
fn every_topic_of_messages_has_columns() {
    for name in pipeline::topics::names() {
        assert_eq!(
            form(name).is_some(),
            name != pipeline::topics::DEAD,
            "{name}"
        );
    }
    assert_eq!(form("stories.g3"), form("stories"));
    assert_eq!(form("copydesk.enrich.changelog"), None);
}

#[test]
fn a_file_says_what_it_is_and_has_bounded_groups() {
    let desk = Desk::open();
    let [article, _] = samples::cleaned();
    let big = article::Cleaned {
        text: "word ".repeat(1 << 20),
        ..article
    };
    for _ in 0..8 {
        desk.write(vec![samples::record(&big)]);
    }
    desk.export(&all_of("articles.cleaned", Form::Parquet), "rows")
        .expect("exported");
    let file = File::open(desk.path("rows")).expect("the file");
    let reader = SerializedFileReader::new(file).expect("parquet");
    let metadata = reader.metadata();
    let said: Vec<_> = metadata
        .file_metadata()
        .key_value_metadata()
        .expect("what the file says")
        .iter()
        .map(|said| (said.key.as_str(), said.value.as_deref().unwrap_or_default()))
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let expected = [
        ("copydesk.version", version),
        ("copydesk.topic", "articles.cleaned"),
        ("copydesk.schema", "article.cleaned/1"),
    ];
    assert_eq!(said, expected);
    let groups: Vec<i64> = metadata
        .row_groups()
        .iter()
        .map(RowGroupMetaData::num_rows)
        .collect();
    assert_eq!(groups, [4, 4], "16 MiB or a row more");
}

fn raw(value: &str) -> ToSend {
    let [article, _] = samples::cleaned();
    ToSend {
        value: Some(value.as_bytes().to_vec()),
        ..samples::record(&article)
    }
}

#[test]
fn what_does_not_fit_is_counted_and_harms_nothing() {
    let desk = Desk::open();
    let [article, bare] = samples::cleaned();
    let text = |article| serde_json::to_string(&article).expect("JSON");
    let good = text(article);
    let bad = [
        good.replace("\"version\":1", "\"version\":\"one\""),
        // The last column of all: what came before it is undone.
        good.replace("\"text\":", "\"txt\":"),
        good.replace("[\"Ann\",\"Bo\"]", "[\"Ann\",7]"),
        good.replace("2026-03-01", "2026-02-30"),
        "[]".to_owned(),
        "no JSON".to_owned(),
    ];
    assert!(bad.iter().all(|value| *value != good), "each is another");
    let mut records = vec![raw(&good)];
    records.extend(bad.iter().map(|value| raw(value)));
    records.push(samples::record(&bare));
    records.push(raw(&good.replacen('{', "{\"mood\":\"new\",", 1)));
    desk.write(records);
    let outcome = desk
        .export(&all_of("articles.cleaned", Form::Parquet), "rows")
        .expect("exported");
    assert_eq!((outcome.exported, outcome.unfit), (3, 6));
    assert_eq!(outcome.without_column, ["mood"]);
    let expected =
        [&good, &text(bare), &good].map(|text| said(serde_json::from_str(text).expect("JSON")));
    assert_eq!(rows(&desk.path("rows")), expected);
}

#[test]
fn whole_records_have_columns_too() {
    let desk = Desk::open();
    let letter = ToSend {
        topic: "articles.dead".to_owned(),
        value: Some(b"\xff".to_vec()),
        ..raw("")
    };
    desk.write(vec![letter]);
    let mut wanted = all_of("articles.dead", Form::Parquet);
    let refused = desk
        .export(&wanted, "rows")
        .expect_err("letters have no form");
    let expected =
        "values of articles.dead have no columns; --envelope writes whole records, in jsonl too";
    assert_eq!(refused.to_string(), expected);
    wanted.envelope = true;
    desk.export(&wanted, "rows").expect("exported");
    let [row] = rows(&desk.path("rows")).try_into().expect("a row");
    let written = desk.log.since("articles.dead", 0, Timestamp::UNIX_EPOCH);
    assert_eq!(row["offset"], json!(written.expect("an offset")));
    assert_eq!(row["value"], json!(Bytes(b"\xff".to_vec())));
    assert_eq!(row["headers"], json!({ "schema": "article.cleaned/1" }));
    assert_eq!(row["key"], json!(samples::id("1").as_str()));
}
