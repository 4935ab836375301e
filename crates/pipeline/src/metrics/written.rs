//! What a transaction wrote, counted when it has ended and not before: what was aborted is done again,
//! and would count twice.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{
    DEAD_LETTERS, FETCH_TO_AVAILABLE_SECONDS, PUBLISH_TO_AVAILABLE_SECONDS, RECORDS_IN,
    RECORDS_OUT, STORIES, TRANSACTION_RECORDS, TRANSACTION_SECONDS,
};
use crate::dead;
use crate::log::{Failure, ToSend};
use crate::topics::{self, DEAD};

/// An older date tells nothing of how fast we are: a feed that is new to us lists its archive, and an
/// outlet dates a page anew that it never touched.
const NEWS: f64 = 7.0 * 24.0 * 60.0 * 60.0;

/// What a stage's output is to those who read the last topic: an article that has become available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// When its page was fetched.
    pub fetched_at: Timestamp,
    /// The publisher's date, where it is this version's: that of an article's first version stands in
    /// every later one too, and would make an edit look late.
    pub published: Option<Timestamp>,
    /// The strongest tie to what it was made from: a label, so of a closed set.
    pub relation: &'static str,
}

/// What a transaction writes.
#[derive(Debug, Default)]
pub(crate) struct Written {
    records: u64,
    by_topic: BTreeMap<String, u64>,
    dead: Vec<String>,
    observed: Vec<Observed>,
}

impl Written {
    /// What `records` are, and what they make available.
    pub(crate) fn of(records: &[ToSend], observed: Vec<Observed>) -> Self {
        let mut written = Self {
            records: records.len() as u64,
            observed,
            ..Self::default()
        };
        for record in records {
            match written.by_topic.get_mut(&record.topic) {
                Some(count) => *count += 1,
                None => _ = written.by_topic.insert(record.topic.clone(), 1),
            }
            if topics::base(&record.topic) == Some(DEAD) {
                let reason = record.headers.text(dead::REASON).unwrap_or("unknown");
                written.dead.push(reason.to_owned());
            }
        }
        written
    }

    /// Counts a transaction that was committed, with the input that it handled.
    pub(crate) fn committed(self, stage: &'static str, topic: &str, handled: u64, took: Duration) {
        ended(stage, "committed", self.records, took);
        if handled > 0 {
            metrics::counter!(RECORDS_IN, "stage" => stage, "topic" => topic.to_owned())
                .increment(handled);
        }
        for (topic, records) in self.by_topic {
            metrics::counter!(RECORDS_OUT, "stage" => stage, "topic" => topic).increment(records);
        }
        for reason in self.dead {
            metrics::counter!(DEAD_LETTERS, "stage" => stage, "reason" => reason).increment(1);
        }
        let now = Timestamp::now();
        for observed in self.observed {
            observed.count(now);
        }
    }

    /// Counts a transaction that came to nothing.
    pub(crate) fn failed(&self, stage: &'static str, failure: &Failure, took: Duration) {
        let outcome = match failure {
            Failure::Fenced(_) => "fenced",
            Failure::Retry(_) | Failure::Reopen(_) | Failure::Fatal(_) | Failure::Unfit(_) => {
                "aborted"
            }
        };
        ended(stage, outcome, self.records, took);
    }
}

fn ended(stage: &'static str, outcome: &'static str, records: u64, took: Duration) {
    metrics::histogram!(TRANSACTION_SECONDS, "stage" => stage, "outcome" => outcome).record(took);
    metrics::histogram!(TRANSACTION_RECORDS, "stage" => stage, "outcome" => outcome)
        .record(records as f64);
}

impl Observed {
    fn count(&self, now: Timestamp) {
        if let Some(age) = self.published.and_then(|published| news(published, now)) {
            metrics::histogram!(PUBLISH_TO_AVAILABLE_SECONDS).record(age);
        }
        let since_fetched = now.duration_since(self.fetched_at).as_secs_f64();
        metrics::histogram!(FETCH_TO_AVAILABLE_SECONDS).record(since_fetched.max(0.0));
        metrics::counter!(STORIES, "relation" => self.relation).increment(1);
    }
}

/// The seconds from `published` to `now`. `None` for what is to come, which is a wrong clock or time zone,
/// and for what is older than [`NEWS`].
fn news(published: Timestamp, now: Timestamp) -> Option<f64> {
    let age = now.duration_since(published).as_secs_f64();
    (0.0..=NEWS).contains(&age).then_some(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(then: i64, expected: Option<f64>) {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        assert_eq!(news(at(then), at(10_000_000)), expected, "{then}");
    }

    #[test]
    fn dates_to_come_and_archives_tell_nothing() {
        check(10_000_000, Some(0.0));
        check(9_999_700, Some(300.0));
        check(10_000_001, None);
        check(10_000_000 - 604_800, Some(604_800.0));
        check(10_000_000 - 604_801, None);
    }
}
