//! What clients and the simulated broker say to each other: Kafka's requests as far as transactions
//! need them.

use crate::log::{Failure, Offset, Stored};

/// A producer, whatever its epoch.
pub(super) type ProducerId = u64;
/// Raised by each initialisation and by each transaction that the broker aborts by itself.
pub(super) type Epoch = u32;

/// A producer in one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) producer: ProducerId,
    pub(super) epoch: Epoch,
}

/// The index of a partition in the cluster.
pub(super) type Place = usize;

/// What a transaction touches and what gets a marker when it ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Partition(Place),
    /// The offsets of a group.
    Group(String),
}

/// Who speaks: the transactional id with the producer that it had when the request was made.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pub(super) id: String,
    pub(super) identity: Identity,
}

/// A request that changes something.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// `InitProducerId`: ends what the id left open and raises its epoch.
    Init { id: String },
    /// `AddPartitionsToTxn` and `AddOffsetsToTxn`.
    Add {
        writer: Writer,
        targets: Vec<Target>,
    },
    /// `Produce` to one partition.
    Produce {
        writer: Writer,
        place: Place,
        sequence: u32,
        records: Vec<Stored>,
    },
    /// `TxnOffsetCommit` for one partition.
    Offset {
        writer: Writer,
        group: String,
        generation: u64,
        place: Place,
        next: Offset,
    },
    /// `EndTxn`.
    End { writer: Writer, commit: bool },
}

/// What a request that was done answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    Done,
    /// The id's producer and its epoch from now on.
    Initialised(Identity),
    /// The offset of the first record of the request.
    Appended(Offset),
}

/// Why a request was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// `CONCURRENT_TRANSACTIONS`: markers of the id's last transaction are still being written. The
    /// client asks again.
    #[error("the last transaction is still being ended")]
    Busy,
    /// `INVALID_PRODUCER_EPOCH`, `PRODUCER_FENCED`.
    #[error("a newer producer has the transactional id")]
    Fenced,
    /// `ILLEGAL_GENERATION`, `UNKNOWN_MEMBER_ID`.
    #[error("the group has a newer generation")]
    OldGeneration,
    /// `INVALID_TXN_STATE`: nothing is open that this could belong to.
    #[error("no such transaction is open")]
    NoTransaction,
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`.
    #[error("a record before this one is missing")]
    OutOfOrder,
    /// Nobody answered for so long that the client gave up: done or not, now or later.
    #[error("no answer")]
    NoAnswer,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fenced | Refusal::OldGeneration => Self::Fenced(refusal.to_string()),
            other => Self::Reopen(other.to_string()),
        }
    }
}

impl std::fmt::Display for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} epoch {}", self.id, self.identity.epoch)
    }
}

/// Short, for a trace.
impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Init { id } => write!(f, "InitProducerId of {id}"),
            Self::Add { writer, targets } => {
                write!(f, "AddPartitionsToTxn {targets:?} of {writer}")
            }
            Self::Produce {
                writer,
                place,
                sequence,
                records,
            } => {
                let count = records.len();
                write!(f, "Produce {count} from {sequence} to {place} of {writer}")
            }
            Self::Offset {
                writer,
                generation,
                place,
                next,
                ..
            } => write!(
                f,
                "TxnOffsetCommit {next} of {place} in generation {generation} of {writer}"
            ),
            Self::End { writer, commit } => {
                let end = if *commit { "commit" } else { "abort" };
                write!(f, "EndTxn {end} of {writer}")
            }
        }
    }
}
