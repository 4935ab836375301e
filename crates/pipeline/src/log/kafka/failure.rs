//! What librdkafka's errors mean to a task.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::log::Failure;

/// The failure of `doing` something, which stands first in the message.
pub(super) fn failure(doing: &str, error: &KafkaError) -> Failure {
    let KafkaError::Transaction(error) = error else {
        let text = format!("{doing}: {error}");
        return match error.rdkafka_error_code() {
            Some(code) => of_code(code, text),
            None => Failure::Reopen(text),
        };
    };
    // The error's own text says what was not possible; its Display only names the class.
    let text = format!("{doing}: {}", error.string());
    if error.is_retriable() {
        return Failure::Retry(text);
    }
    for_good(of_code(error.code(), text))
}

/// The failure of a transaction that cannot be committed any more. The same code as passes elsewhere,
/// such as a timeout, does not pass here: the caller that waits and calls again would do so for ever.
pub(super) fn for_good(failure: Failure) -> Failure {
    match failure {
        Failure::Retry(text) => Failure::Reopen(text),
        other => other,
    }
}

/// The broker refuses some members of a group for good. The client asks again for ever, in silence, and
/// the process would stand still.
pub(super) fn check_welcome(group: &str, error: &KafkaError) -> Result<(), Failure> {
    if error.rdkafka_error_code() == Some(Code::InvalidSessionTimeout) {
        return Err(Failure::Fatal(format!(
            "group {group} takes no member with this kafka.session_timeout_seconds: see the broker's \
             group.min.session.timeout.ms and group.max.session.timeout.ms"
        )));
    }
    match failure(&format!("group {group} cannot be joined"), error) {
        Failure::Fatal(text) => Err(Failure::Fatal(text)),
        _ => Ok(()),
    }
}

/// The failure that an error code stands for.
pub(super) fn of_code(code: Code, text: String) -> Failure {
    match code {
        // Of the broker, then the client's own word for the same.
        Code::ProducerFenced
        | Code::InvalidProducerEpoch
        | Code::Fenced
        | Code::FencedInstanceId
        | Code::UnknownMemberId
        | Code::IllegalGeneration => Failure::Fenced(text),
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed
        | Code::InconsistentGroupProtocol
        | Code::UnsupportedVersion
        | Code::InvalidTransactionTimeout => Failure::Fatal(format!(
            "{text}; the broker will not change its mind: see its permissions and settings"
        )),
        Code::MessageSizeTooLarge => Failure::Fatal(format!(
            "{text}; the topic takes no records of that size: set its max.message.bytes to {}, as \
             `copydesk topics apply` does for the topics that it makes",
            super::config::largest()
        )),
        Code::RequestTimedOut
        | Code::OperationTimedOut
        | Code::TimedOutQueue
        | Code::BrokerTransportFailure
        | Code::AllBrokersDown
        | Code::Resolve
        | Code::WaitingForCoordinator
        | Code::LeaderNotAvailable
        | Code::NotLeaderForPartition
        | Code::CoordinatorNotAvailable
        | Code::CoordinatorLoadInProgress
        | Code::NotCoordinator
        | Code::UnstableOffsetCommit
        | Code::ConcurrentTransactions => Failure::Retry(text),
        _ => Failure::Reopen(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: Code, expected: &str) {
        let kind = match of_code(code, "x".into()) {
            Failure::Retry(_) => "retry",
            Failure::Reopen(_) => "reopen",
            Failure::Fenced(_) => "fenced",
            Failure::Fatal(_) => "fatal",
            Failure::Unfit(_) => "unfit",
        };
        assert_eq!(kind, expected, "{code:?}");
    }

    #[test]
    fn every_class_of_error_leads_to_one_decision() {
        check(Code::ProducerFenced, "fenced");
        check(Code::FencedInstanceId, "fenced");
        check(Code::IllegalGeneration, "fenced");
        check(Code::TopicAuthorizationFailed, "fatal");
        check(Code::OperationTimedOut, "retry");
        check(Code::BrokerTransportFailure, "retry");
        check(Code::InvalidTransactionalState, "reopen");
        check(Code::OutOfOrderSequenceNumber, "reopen");
        check(Code::MessageSizeTooLarge, "fatal");
    }
}
