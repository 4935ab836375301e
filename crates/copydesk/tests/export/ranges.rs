//! From where to where.

use std::time::Duration;

use article::{Feed, Message as _};
use copydesk::export::Form;
use copydesk::scan::Start;
use jiff::Timestamp;
use pipeline::log::{Limits, Log as _, Reader as _, ToSend};
use serde_json::Value;

use super::samples::{self, record};
use crate::{Desk, all_of};

/// Exports a topic and tells the `version` or `url` of each value.
#[track_caller]
fn exported(desk: &Desk, topic: &str, from: Start, to: Start) -> Vec<String> {
    let mut wanted = all_of(topic, Form::Jsonl);
    (wanted.from, wanted.to) = (from, to);
    let lines = desk.lines(&wanted);
    let told = lines.iter().map(|line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        match value.get("version") {
            Some(version) => version.to_string(),
            None => value["url"].as_str().expect("a feed").to_owned(),
        }
    });
    told.collect()
}

/// A desk with four articles, and when each was written: no two in one millisecond.
fn four() -> (Desk, Vec<Timestamp>) {
    let desk = Desk::open();
    let [article, _] = samples::cleaned();
    for version in 1..=4 {
        desk.write(vec![record(&article::Cleaned {
            version,
            ..article.clone()
        })]);
        std::thread::sleep(Duration::from_millis(5));
    }
    let reader = desk
        .log
        .reader("articles.cleaned", 0, 0, pipeline::Waker::default());
    let records = reader.expect("a reader").read(Limits::default());
    let records = records.expect("read").into_iter();
    (desk, records.map(|record| record.written_at).collect())
}

#[track_caller]
fn check(desk: &Desk, from: Start, to: Start, expected: &[&str]) {
    let told = exported(desk, "articles.cleaned", from, to);
    assert_eq!(told, expected, "{from:?} {to:?}");
}

#[test]
fn an_export_begins_at_from_and_ends_before_to() {
    let (desk, at) = four();
    let later = |moment: Timestamp| moment + Duration::from_millis(1);
    check(&desk, Start::Beginning, Start::End, &["1", "2", "3", "4"]);
    check(&desk, Start::At(1), Start::At(3), &["2", "3"]);
    check(&desk, Start::At(2), Start::At(2), &[]);
    check(&desk, Start::At(3), Start::At(99), &["4"]);
    check(&desk, Start::At(99), Start::End, &[]);
    check(&desk, Start::End, Start::End, &[]);
    check(&desk, Start::Beginning, Start::Beginning, &[]);
    check(&desk, Start::Since(at[1]), Start::Since(at[3]), &["2", "3"]);
    check(
        &desk,
        Start::Since(later(at[1])),
        Start::Since(later(at[3])),
        &["3", "4"],
    );
    check(&desk, Start::At(1), Start::Since(at[3]), &["2", "3"]);
}

#[test]
fn what_ends_before_it_begins_is_a_slip() {
    let (desk, at) = four();
    for (from, to) in [
        (Start::At(3), Start::At(2)),
        (Start::Since(at[3]), Start::Since(at[0])),
    ] {
        let mut wanted = all_of("articles.cleaned", Form::Jsonl);
        (wanted.from, wanted.to) = (from, to);
        let refused = desk.export(&wanted, "x").expect_err("turned round");
        assert!(refused.to_string().starts_with("--to lies before --from"));
    }
}

#[test]
fn an_export_ends_where_the_topic_did_when_it_began() {
    let (desk, _) = four();
    let mut more = Growing { desk: &desk };
    let wanted = all_of("articles.cleaned", Form::Jsonl);
    let out = copydesk::export::Destination::file(&desk.path("x")).expect("a file");
    let outcome = copydesk::export::export(&desk.log, &wanted, out, &mut more);
    assert_eq!(outcome.expect("exported").exported, 4);
}

/// Writes another record each time that one is read.
struct Growing<'a> {
    desk: &'a Desk,
}

impl copydesk::export::Watch for Growing<'_> {
    fn begins(&mut self, _offsets: u64) {}
    fn reads(&mut self) {
        let [article, _] = samples::cleaned();
        self.desk.write(vec![record(&article)]);
    }
    fn misses(&mut self, _place: &str, _why: &str) {}
}

fn feed(name: &str) -> Feed {
    Feed::at(format!("https://one.example/{name}"))
}

#[test]
fn of_a_compacted_topic_what_holds_is_exported() {
    let desk = Desk::open();
    let all = |desk: &Desk| exported(desk, Feed::TOPIC, Start::Beginning, Start::End);
    desk.write(
        ["a", "b", "c"]
            .iter()
            .map(|name| record(&feed(name)))
            .collect(),
    );
    desk.write(vec![
        record(&feed("a")),
        ToSend {
            value: None,
            ..record(&feed("b"))
        },
    ]);
    assert_eq!(
        all(&desk),
        ["https://one.example/c", "https://one.example/a"]
    );
}

#[test]
fn a_key_that_is_written_anew_meanwhile_is_exported_once() {
    /// Writes "a" anew after the first look at the topic, so that it is where no look was, and "b" when it
    /// was exported already.
    struct Moving<'a> {
        desk: &'a Desk,
        reads: usize,
    }
    impl copydesk::export::Watch for Moving<'_> {
        fn begins(&mut self, _offsets: u64) {}
        fn reads(&mut self) {
            self.reads += 1;
            match self.reads {
                3 => self.desk.write(vec![record(&feed("a"))]),
                6 => self.desk.write(vec![record(&feed("b"))]),
                _ => {}
            }
        }
        fn misses(&mut self, _place: &str, _why: &str) {}
    }
    let desk = Desk::open();
    desk.write(
        ["a", "b", "c"]
            .iter()
            .map(|name| record(&feed(name)))
            .collect(),
    );
    let wanted = all_of(Feed::TOPIC, Form::Jsonl);
    let out = copydesk::export::Destination::file(&desk.path("x")).expect("a file");
    let mut moving = Moving {
        desk: &desk,
        reads: 0,
    };
    let outcome = copydesk::export::export(&desk.log, &wanted, out, &mut moving);
    assert_eq!(outcome.expect("exported").exported, 3);
    let text = std::fs::read_to_string(desk.path("x")).expect("the file");
    let expected =
        ["b", "c", "a"].map(|name| format!("{{\"url\":\"https://one.example/{name}\"}}"));
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}
