//! Questions about topics and offsets, and reading.

use pipeline::Waker;
use pipeline::log::kafka::KafkaLog;
use pipeline::log::{Failure, Limits, Log as _, Reader as _};
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as E};

use super::Outcome::{Fatal, Fine, Reopen, Retry};
use super::{Mock, Outcome, outcome_of};

impl Mock {
    /// With one record in `out`.
    fn start_with_a_record() -> Self {
        let mock = Self::start();
        let written = mock.transact("writer", None, |_| {});
        assert_eq!(written.ok(), Some(Fine));
        mock
    }

    /// Checks what comes of a question of which one request is answered by an error.
    #[track_caller]
    fn check_asked(
        &self,
        ask: impl Fn(&KafkaLog) -> Result<(), Failure>,
        api: Api,
        cases: &[(E, Outcome)],
    ) {
        for (error, expected) in cases {
            ask(&self.log).expect("they answer well");
            self.brokers.request_errors(api, &[*error]);
            let result = ask(&self.log);
            let outcome = outcome_of(&result);
            assert_eq!(outcome, *expected, "{api:?} {error:?}: {result:?}");
            self.brokers.clear_request_errors(api);
        }
    }
}

#[test]
fn the_ends_of_a_partition_are_told_rightly_or_not_at_all() {
    let mock = Mock::start_with_a_record();
    mock.check_asked(
        |log| {
            let bounds = log.bounds("out", 0)?;
            // One of two answers must not do for both: the group would pass over the record.
            assert_eq!(bounds, 0..1);
            Ok(())
        },
        Api::ListOffsets,
        &[
            (E::RD_KAFKA_RESP_ERR__TRANSPORT, Fine),
            (E::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Retry),
            // Others know it: this one was just started.
            (E::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Retry),
            (E::RD_KAFKA_RESP_ERR_UNKNOWN, Reopen),
            (E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Fatal),
        ],
    );
    mock.check_asked(
        |log| {
            let since = log.since("out", 0, jiff::Timestamp::UNIX_EPOCH);
            since.map(drop)
        },
        Api::ListOffsets,
        &[
            (E::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Retry),
            (E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Fatal),
        ],
    );
    let nowhere = mock.log.bounds("out", 7);
    assert_eq!(outcome_of(&nowhere), Fatal, "{nowhere:?}");
}

#[test]
fn a_groups_offset_is_told_rightly_or_not_at_all() {
    Mock::start().check_asked(
        |log| {
            let offset = log.committed("group", "in", 0)?;
            assert_eq!(offset, None);
            Ok(())
        },
        Api::OffsetFetch,
        &[
            (E::RD_KAFKA_RESP_ERR__TRANSPORT, Fine),
            // A transaction holds the offset back: wait for its end.
            (E::RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, Fine),
            (E::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, Fine),
            (E::RD_KAFKA_RESP_ERR_NOT_COORDINATOR, Retry),
            (E::RD_KAFKA_RESP_ERR_UNKNOWN, Reopen),
            (E::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, Fatal),
            (E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Fatal),
        ],
    );
}

#[test]
fn a_topic_that_is_not_there_is_another_matter_than_one_that_may_not_be_seen() {
    let mock = Mock::start();
    mock.check_asked(
        |log| {
            let count = log.partitions("out")?;
            assert_eq!(count, Some(1));
            Ok(())
        },
        Api::Metadata,
        &[(E::RD_KAFKA_RESP_ERR__TRANSPORT, Fine)],
    );
    for (error, expected) in [
        (E::RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, Retry),
        (E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Fatal),
    ] {
        mock.brokers.topic_error("out", error).expect("set");
        let count = mock.log.partitions("out");
        assert_eq!(outcome_of(&count), expected, "{error:?}: {count:?}");
    }
    let gone = E::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    mock.brokers.topic_error("out", gone).expect("set");
    assert_eq!(mock.log.partitions("out").expect("an answer"), None);
}

#[test]
fn a_reader_bears_what_passes() {
    for (error, expected) in [
        (E::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Fine),
        (E::RD_KAFKA_RESP_ERR__TRANSPORT, Fine),
        (E::RD_KAFKA_RESP_ERR_UNKNOWN, Fine),
        (E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Fatal),
    ] {
        // A reader that was dropped may still be reading for a moment, and would take the error.
        let mock = Mock::start_with_a_record();
        mock.brokers.request_errors(Api::Fetch, &[error]);
        let reader = mock.log.reader("out", 0, 0, Waker::default());
        let result = reader.expect("a reader").read(Limits::default());
        assert_eq!(outcome_of(&result), expected, "{error:?}: {result:?}");
        if let Ok(records) = result {
            assert_eq!(records.len(), 1, "{error:?}");
        }
    }
}
