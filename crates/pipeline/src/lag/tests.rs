use super::*;
use crate::headers::Headers;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

/// Records at these offsets, each written at the second of its offset.
fn batch(offsets: Range<Offset>) -> Vec<Stored> {
    let stored = |offset: Offset| Stored {
        offset,
        written_at: at(offset.cast_signed()),
        key: None,
        value: None,
        headers: Headers::new(),
    };
    offsets.map(stored).collect()
}

/// A task that has opened at `next`.
fn opened(next: Offset) -> Way {
    let mut way = Way::new("articles.fetched", "copydesk.clean");
    way.opens();
    way.starts_at(next);
    way
}

/// What the lookout does in one round, with so many records where it looks; true where it looked.
fn look(way: &mut Way, end: Offset, records: u64) -> bool {
    look_at(way, end, records, Instant::now())
}

fn look_at(way: &mut Way, end: Offset, records: u64, now: Instant) -> bool {
    let question = way.question();
    let next = question.next.unwrap_or(0);
    let Some(offsets) = way.reaches(&question, next, end, now) else {
        return false;
    };
    let oldest_at = (records > 0).then(|| at(offsets.start.cast_signed()));
    way.shows(&question, Ahead { records, oldest_at }, offsets.end);
    true
}

#[track_caller]
fn check(way: &Way, records: u64, oldest: Option<i64>) {
    let oldest_at = oldest.map(at);
    assert_eq!(way.lag(), Lag { records, oldest_at }, "{way:?}");
}

#[test]
fn what_a_task_holds_is_behind_until_it_is_committed() {
    let mut way = opened(10);
    check(&way, 0, None);
    way.reads(&batch(10..13), false);
    check(&way, 3, Some(10));
    way.reads(&batch(13..15), false);
    check(&way, 5, Some(10));
    way.commits();
    way.reads(&[], true);
    check(&way, 0, None);
}

#[test]
fn what_lies_beyond_it_counts_too() {
    let mut way = opened(10);
    way.reads(&batch(10..13), false);
    assert!(
        !look(&mut way, 20, 0),
        "a task at work is not looked ahead of"
    );
    check(&way, 3 + 7, Some(10));
    // It moves on while the lookout asks: the end holds all the same.
    let question = way.question();
    way.commits();
    way.reads(&batch(13..15), false);
    assert_eq!(way.reaches(&question, 13, 25, Instant::now()), None);
    check(&way, 2 + 10, Some(13));
}

#[test]
fn a_task_that_hangs_holds_its_batch_for_ever() {
    let mut way = opened(10);
    way.reads(&batch(10..11), false);
    for _ in 0..3 {
        assert!(!look(&mut way, 11, 0));
        check(&way, 1, Some(10));
    }
    assert!((way.lag().seconds(at(100)) - 90.0).abs() < 1e-9);
    // What it had read it reads again.
    way.opens();
    check(&way, 0, None);
    way.starts_at(10);
    look(&mut way, 12, 2);
    check(&way, 2, Some(10));
}

#[test]
fn ahead_of_a_task_that_opens_it_is_looked_at_once_and_again_when_the_end_moves() {
    let mut way = Way::new("articles.fetched", "copydesk.clean");
    way.opens();
    assert_eq!(way.question().next, None, "the group is asked");
    assert!(look(&mut way, 5, 4));
    check(&way, 4, Some(0));
    assert!(!look(&mut way, 5, 4), "nothing is new");
    assert!(look(&mut way, 6, 5));
    check(&way, 5, Some(0));
    way.starts_at(3);
    check(&way, 0, None);
    assert!(look(&mut way, 6, 3));
    check(&way, 3, Some(3));
    way.reads(&batch(3..6), false);
    way.commits();
    way.reads(&[], true);
    check(&way, 0, None);
}

#[test]
fn offsets_without_records_leave_nobody_behind() {
    let mut way = opened(0);
    way.reads(&batch(0..1), false);
    way.commits();
    way.reads(&[], true);
    // A marker, and one more whenever somebody's transaction is aborted.
    for end in [2, 2, 2] {
        assert!(
            !look(&mut way, end, 0),
            "the task knows that it is at the end"
        );
        check(&way, 0, None);
    }
    assert!(look(&mut way, 4, 0), "it has not said anything since");
    check(&way, 0, None);
    assert!(!look(&mut way, 4, 0));
    way.reads(&[], true);
    assert!(!look(&mut way, 4, 0));
    check(&way, 0, None);
}

#[test]
fn a_task_that_was_at_the_end_and_reads_no_more_is_seen() {
    let mut way = opened(7);
    way.reads(&[], true);
    assert!(!look(&mut way, 7, 0));
    assert!(look(&mut way, 9, 2));
    check(&way, 2, Some(7));
    // As a fetcher does that has no room for more input: it commits other work.
    way.commits();
    check(&way, 2, Some(7));
}

#[test]
fn a_task_that_has_not_looked_since_its_commit_is_behind_no_longer_than_its_last_record() {
    let mut way = opened(0);
    way.reads(&batch(0..5), false);
    assert!(!look(&mut way, 8, 0));
    way.commits();
    check(&way, 3, Some(4));
    assert!(!look(&mut way, 8, 3), "it may be about to");
    assert!(look(&mut way, 8, 3));
    check(&way, 3, Some(5));
}

#[test]
fn many_offsets_are_as_many_records_as_those_before_were() {
    let mut way = opened(0);
    let mut every_second = batch(0..1_000);
    every_second.retain(|record| record.offset % 2 == 1);
    way.reads(&every_second, false);
    assert!(!look(&mut way, 4_000, 0));
    check(&way, 500 + 1_500, Some(1));
}

#[test]
fn records_that_a_task_is_not_given_are_overdue_after_a_while() {
    let (first, late) = (Instant::now(), Instant::now() + OVERDUE);
    let mut way = opened(10);
    look_at(&mut way, 12, 0, first);
    look_at(&mut way, 12, 0, late);
    assert_eq!(way.overdue(), 0, "markers alone");
    look_at(&mut way, 15, 3, first);
    assert_eq!(way.overdue(), 0, "the log has answered once");
    look_at(&mut way, 15, 3, late);
    assert_eq!(way.overdue(), 3);
    look_at(&mut way, 16, 4, late);
    assert_eq!(way.overdue(), 4, "more of them, and the first still wait");
    way.reads(&batch(12..16), false);
    assert_eq!(way.overdue(), 0, "it was given them");
}
