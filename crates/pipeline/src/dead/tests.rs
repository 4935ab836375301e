use super::*;

fn stored(record: ToSend, offset: Offset) -> Stored {
    Stored {
        offset,
        written_at: Timestamp::UNIX_EPOCH,
        key: record.key,
        value: record.value,
        headers: record.headers,
    }
}

/// A record, and its letter from `clean`.
fn letter_of(record: Stored) -> DeadLetter {
    let source = Coordinates {
        topic: "articles.fetched".into(),
        partition: 3,
        offset: record.offset,
        written_at: record.written_at,
    };
    let reject = Reject::new(Reason::Undecodable, "expected value at line 1");
    DeadLetter::of_record("clean", reject, source, record)
}

#[test]
fn a_letter_comes_back_as_it_was() {
    let original = Stored {
        offset: 7,
        written_at: Timestamp::UNIX_EPOCH,
        key: Some(b"k".to_vec()),
        value: Some(b"\xff garbage".to_vec()),
        headers: Headers::new().with("schema", "article.fetched/1"),
    };
    let letter = letter_of(original.clone());
    let record = letter.into_record("articles.dead", 0, "0.1.0");
    let Some(Grave::Letter(buried)) = Grave::read(0, stored(record, 12)) else {
        panic!("a dead letter reads as one");
    };
    assert_eq!(buried.reason, "undecodable");
    assert_eq!(buried.source, Some((3, 7)));
    let [again, marker] = buried.retry("articles.dead", 4);
    assert_eq!(
        (again.topic.as_str(), again.partition),
        ("articles.fetched", 3)
    );
    assert_eq!(again.value, original.value);
    assert_eq!(again.headers, original.headers);
    assert!(matches!(
        Grave::read(0, stored(marker, 13)),
        Some(Grave::Retried(0, 12))
    ));
}

#[track_caller]
fn check_bounded(key: usize, header: usize, value: usize, is_whole: bool) {
    let record = Stored {
        offset: 7,
        written_at: Timestamp::UNIX_EPOCH,
        key: Some(vec![b'k'; key]),
        value: Some(vec![b'v'; value]),
        headers: Headers::new().with("h", vec![b'h'; header]),
    };
    let letter = letter_of(record.clone()).bounded(1_000_000);
    let at = letter.source.as_ref().map(|source| source.offset);
    assert_eq!(at, Some(7), "{key} {header} {value}");
    let is_same = letter.key == record.key
        && letter.value == record.value
        && letter.headers == record.headers;
    assert_eq!(is_same, is_whole, "{key} {header} {value}");
    if is_whole {
        return;
    }
    assert_eq!(letter.reject.reason, Reason::TooLarge);
    let lengths = [letter.key, letter.value].map(|bytes| bytes.map_or(0, |b| b.len()));
    assert_eq!(lengths, [key.min(KEPT), value.min(KEPT)]);
    assert!(letter.headers.bytes() <= BESIDE + 200);
}

#[test]
fn a_letter_is_cut_where_the_log_would_not_take_it() {
    check_bounded(8, 8, 1_000_000, true);
    check_bounded(8, 8, 1_000_001, false);
    check_bounded(BESIDE - 101, 100, 1_000_000, true);
    check_bounded(BESIDE, 0, 8, false);
    check_bounded(8, BESIDE, 8, false);
}

#[test]
fn a_stranger_cannot_pass_a_letter_off_as_a_marker() {
    let record = Stored {
        offset: 7,
        written_at: Timestamp::UNIX_EPOCH,
        key: None,
        value: Some(b"x".to_vec()),
        headers: Headers::new().with(RETRIED, "3"),
    };
    let letter = letter_of(record);
    let record = letter.into_record("articles.dead", 0, "0.1.0");
    let Some(Grave::Letter(buried)) = Grave::read(0, stored(record, 12)) else {
        panic!("a dead letter reads as one");
    };
    assert_eq!(buried.source, Some((3, 7)));
}

#[test]
fn what_is_too_large_leaves_its_beginning_and_its_hash() {
    let value = vec![b'x'; 100_000];
    let letter = DeadLetter::too_large(
        "page",
        "articles.fetched",
        b"k",
        &value,
        Headers::new(),
        90_000,
    );
    assert_eq!(letter.value.as_ref().map(Vec::len), Some(KEPT));
    assert!(letter.headers.text(HASH).is_some());
    let record = letter.into_record("articles.dead", 0, "0.1.0");
    let Some(Grave::Letter(buried)) = Grave::read(0, stored(record, 0)) else {
        panic!("a dead letter reads as one");
    };
    assert!(buried.is_cut());
}
