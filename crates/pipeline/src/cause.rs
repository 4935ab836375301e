//! Why a task is opened.

use crate::log::Failure;

/// What made it necessary to open a task: a metric label, so a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The group gave the partition to this process.
    Assigned,
    /// A transaction, or a question before it, failed and can be made again.
    Abortable,
    /// What became of a request is in doubt, so the producer must not be used again.
    Suspect,
    /// Another producer has the transactional id.
    Fenced,
    /// The client gave up for good, or the task panicked.
    Fatal,
}

impl Cause {
    /// The cause that a failure is by itself, with nothing known of the producer.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Retry(_) | Failure::Reopen(_) => Self::Abortable,
            Failure::Fenced(_) => Self::Fenced,
            Failure::Fatal(_) | Failure::Unfit(_) => Self::Fatal,
        }
    }

    /// The name in metrics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Abortable => "abortable",
            Self::Suspect => "suspect",
            Self::Fenced => "fenced",
            Self::Fatal => "fatal",
        }
    }
}
