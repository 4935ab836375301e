//! Transactions: what each error at each step comes to.

use pipeline::log::conformance::record;
use pipeline::log::kafka::KafkaClaim;
use pipeline::log::{Log as _, Producer as _};
use rdkafka::mocking::MockCoordinator;
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as E};

use super::Outcome::{Fatal, Fenced, Fine, Reopen, Retry, Suspect};
use super::{Before, ENDLESS, Mock, Outcome, name, outcome_of};

/// A transaction whose requests of one kind are answered by errors, from a step on.
struct Trial<'a> {
    mock: &'a Mock,
    claim: Option<&'a KafkaClaim>,
    before: Before,
    api: Api,
}

impl Trial<'_> {
    /// Checks what each of the errors brings the transaction to, and that the next producer of its id
    /// goes on, whatever it was.
    #[track_caller]
    fn check(&self, expected: Outcome, errors: &[E]) {
        for error in errors {
            self.check_repeated(expected, *error, 1);
        }
    }

    #[track_caller]
    fn check_repeated(&self, expected: Outcome, error: E, times: usize) {
        let Self { mock, api, .. } = *self;
        let (id, errors) = (name(), vec![error; times]);
        let result = mock.transact(&id, self.claim, |step| {
            if step == self.before {
                mock.brokers.request_errors(api, &errors);
            }
        });
        let outcome = result.clone().unwrap_or_else(|_| outcome_of(&result));
        assert_eq!(outcome, expected, "{api:?} {error:?}: {result:?}");
        mock.brokers.clear_request_errors(api);
        let next = mock.transact(&id, self.claim, |_| {});
        assert_eq!(next.ok(), Some(Fine), "after {api:?} {error:?}");
    }
}

#[test]
fn a_producer_that_cannot_begin_says_why() {
    let mock = Mock::start();
    let trial = |api| Trial {
        mock: &mock,
        claim: None,
        before: Before::Init,
        api,
    };
    let coordinator = trial(Api::FindCoordinator);
    coordinator.check(Fine, &[E::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE]);
    coordinator.check(
        Fatal,
        &[
            E::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            E::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        ],
    );
    let init = trial(Api::InitProducerId);
    init.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            E::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
            E::RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
        ],
    );
    init.check(Suspect, &[E::RD_KAFKA_RESP_ERR__TRANSPORT]);
    init.check(
        Fenced,
        &[
            E::RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
        ],
    );
    init.check(
        Fatal,
        &[
            E::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            E::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            E::RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
        ],
    );
}

#[test]
fn a_partition_that_cannot_be_added_undoes_its_transaction() {
    let mock = Mock::start();
    let add = Trial {
        mock: &mock,
        claim: None,
        before: Before::Records,
        api: Api::AddPartitionsToTxn,
    };
    add.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
            E::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
            E::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        ],
    );
    add.check(Suspect, &[E::RD_KAFKA_RESP_ERR__TRANSPORT]);
    add.check(
        Reopen,
        &[
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
            E::RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
            E::RD_KAFKA_RESP_ERR_UNKNOWN,
        ],
    );
    add.check(
        Fenced,
        &[
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
            E::RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
        ],
    );
    add.check(
        Fatal,
        &[
            E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            E::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        ],
    );
}

#[test]
fn a_record_that_does_not_arrive_undoes_its_transaction() {
    let mock = Mock::start();
    let produce = Trial {
        mock: &mock,
        claim: None,
        before: Before::Records,
        api: Api::Produce,
    };
    produce.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            E::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            E::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        ],
    );
    produce.check(Suspect, &[E::RD_KAFKA_RESP_ERR__TRANSPORT]);
    produce.check(
        Reopen,
        &[
            E::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            E::RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
            E::RD_KAFKA_RESP_ERR_UNKNOWN,
        ],
    );
    produce.check(Fenced, &[E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH]);
    produce.check(
        Fatal,
        &[
            E::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
            E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            E::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        ],
    );
}

#[test]
fn an_offset_that_is_not_taken_undoes_its_transaction() {
    let mock = Mock::start();
    let (_member, claim) = mock.join();
    let trial = |api| Trial {
        mock: &mock,
        claim: Some(&claim),
        before: Before::Offsets,
        api,
    };
    let coordinator = trial(Api::FindCoordinator);
    coordinator.check(Fine, &[E::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE]);
    coordinator.check(Fatal, &[E::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED]);
    let add = trial(Api::AddOffsetsToTxn);
    let commit = trial(Api::TxnOffsetCommit);
    for either in [&add, &commit] {
        either.check(Suspect, &[E::RD_KAFKA_RESP_ERR__TRANSPORT]);
        either.check(Reopen, &[E::RD_KAFKA_RESP_ERR_UNKNOWN]);
        either.check(
            Fenced,
            &[
                E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
                E::RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            ],
        );
        either.check(
            Fatal,
            &[
                E::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                E::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            ],
        );
    }
    add.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
            E::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
        ],
    );
    add.check(
        Reopen,
        &[
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
            E::RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
        ],
    );
    commit.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            E::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        ],
    );
    commit.check(
        Fenced,
        &[
            E::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
            E::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
            E::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
        ],
    );
    commit.check(Fatal, &[E::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED]);
}

#[test]
fn a_commit_succeeds_or_fails_for_good() {
    let mock = Mock::start();
    let end = Trial {
        mock: &mock,
        claim: None,
        before: Before::Commit,
        api: Api::EndTxn,
    };
    end.check(
        Fine,
        &[
            E::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
            E::RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            E::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            E::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
        ],
    );
    // The request was sent again: its first copy may still come, and end a later transaction.
    end.check(Suspect, &[E::RD_KAFKA_RESP_ERR__TRANSPORT]);
    end.check(
        Reopen,
        &[
            // Not Retry, and so for ever: librdkafka has given the transaction up.
            E::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            E::RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
            E::RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
            E::RD_KAFKA_RESP_ERR_UNKNOWN,
        ],
    );
    end.check(
        Fenced,
        &[
            E::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
            E::RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
        ],
    );
    end.check(
        Fatal,
        &[E::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED],
    );
}

/// Commits while the coordinator answers nothing but `error`, and again when it has come to itself.
#[track_caller]
fn check_resumes(error: E) {
    let mock = Mock::start();
    let mut producer = mock.log.producer("patient").expect("a producer");
    producer.begin().expect("begun");
    let sent = producer.send(record("out", 0, "key", "value"));
    sent.expect("taken");
    let errors = vec![error; ENDLESS];
    mock.brokers.request_errors(Api::EndTxn, &errors);
    let first = producer.commit();
    assert_eq!(outcome_of(&first), Retry, "{error:?}: {first:?}");
    mock.brokers.clear_request_errors(Api::EndTxn);
    let again = producer.commit();
    assert_eq!(outcome_of(&again), Fine, "{error:?}: {again:?}");
    assert!(producer.is_suspect(), "{error:?}: it took so long");
}

#[test]
fn a_commit_alone_is_called_again_when_time_has_run_out() {
    let offsets = || {
        let mock = Mock::start();
        let (_member, claim) = mock.join();
        let trial = Trial {
            mock: &mock,
            claim: Some(&claim),
            before: Before::Offsets,
            api: Api::TxnOffsetCommit,
        };
        let error = E::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
        trial.check_repeated(Reopen, error, ENDLESS);
    };
    // Each waits for its time.
    std::thread::scope(|scope| {
        scope.spawn(|| check_resumes(E::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS));
        scope.spawn(|| check_resumes(E::RD_KAFKA_RESP_ERR_NOT_COORDINATOR));
        scope.spawn(offsets);
    });
}

#[test]
fn a_broker_that_nothing_was_asked_of_may_be_down() {
    let mock = Mock::start();
    let brokers = &mock.brokers;
    brokers.partition_leader("out", 0, Some(1)).expect("leads");
    let ids: Vec<String> = (0..8).map(|_| name()).collect();
    for id in &ids {
        let coordinator = MockCoordinator::Transaction(id.clone());
        brokers.coordinator(coordinator, 1).expect("coordinates");
    }
    for broker in [2, 3] {
        brokers.broker_down(broker).expect("down");
    }
    // Each begins with another broker, by chance.
    for id in &ids {
        let result = mock.transact(id, None, |_| {});
        assert_eq!(result.ok(), Some(Fine));
    }
}
