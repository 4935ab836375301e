//! What may be done to which requests.

use std::fmt;
use std::time::Duration;

/// A kind of request, by its number in Kafka's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiKey(pub i16);

impl ApiKey {
    /// Writes records.
    pub const PRODUCE: Self = Self(0);
    /// Reads records.
    pub const FETCH: Self = Self(1);
    /// Commits offsets outside a transaction.
    pub const OFFSET_COMMIT: Self = Self(8);
    /// Reads a group's offsets.
    pub const OFFSET_FETCH: Self = Self(9);
    /// Enters a group's next generation.
    pub const JOIN_GROUP: Self = Self(11);
    /// Keeps a membership alive.
    pub const HEARTBEAT: Self = Self(12);
    /// Takes a producer's id and epoch, and fences its predecessor.
    pub const INIT_PRODUCER_ID: Self = Self(22);
    /// Takes partitions into a transaction.
    pub const ADD_PARTITIONS_TO_TXN: Self = Self(24);
    /// Takes a group's offsets into a transaction.
    pub const ADD_OFFSETS_TO_TXN: Self = Self(25);
    /// Commits or aborts a transaction.
    pub const END_TXN: Self = Self(26);
    /// Writes a group's offsets within a transaction.
    pub const TXN_OFFSET_COMMIT: Self = Self(28);

    /// What is counted for connections rather than for requests.
    pub(super) const NONE: Self = Self(-1);
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::PRODUCE => "Produce",
            Self::FETCH => "Fetch",
            Self::OFFSET_COMMIT => "OffsetCommit",
            Self::OFFSET_FETCH => "OffsetFetch",
            Self::JOIN_GROUP => "JoinGroup",
            Self::HEARTBEAT => "Heartbeat",
            Self::INIT_PRODUCER_ID => "InitProducerId",
            Self::ADD_PARTITIONS_TO_TXN => "AddPartitionsToTxn",
            Self::ADD_OFFSETS_TO_TXN => "AddOffsetsToTxn",
            Self::END_TXN => "EndTxn",
            Self::TXN_OFFSET_COMMIT => "TxnOffsetCommit",
            Self::NONE => return f.write_str("connections"),
            Self(_) => "api",
        };
        write!(f, "{name}({})", self.0)
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is passed on late, and everything that its connection sends after it later still. It arrives
    /// also where the client has hung up in the meantime, as it would from a slow network.
    DelayRequest(Duration),
    /// The client's connection is cut at once, and the request reaches the broker only after this
    /// time, over the upstream connection that stays open for it. What the client sent behind it is
    /// lost.
    DelayPast(Duration),
    /// It is swallowed, and never answered. The connection stays.
    DropRequest,
    /// It is passed on, and its answer is swallowed. The connection stays.
    DropResponse,
    /// The connection is closed instead of passing it on.
    Cut,
    /// It is passed on, and the connection is closed when the answer comes, instead of passing that on.
    CutAfter,
    /// It is passed on twice, and the second answer is swallowed.
    Duplicate,
    /// It and its answer are written in pieces of this many bytes with a pause of a millisecond after
    /// each of the first 256; the rest follows at once, or a frame of many megabytes would take
    /// minutes.
    Slice(usize),
}

impl Fault {
    /// Its name in [`super::Proxy::counts`].
    pub fn name(self) -> &'static str {
        match self {
            Self::DelayRequest(_) => "delay-request",
            Self::DelayPast(_) => "delay-past",
            Self::DropRequest => "drop-request",
            Self::DropResponse => "drop-response",
            Self::Cut => "cut",
            Self::CutAfter => "cut-after",
            Self::Duplicate => "duplicate",
            Self::Slice(_) => "slice",
        }
    }
}

/// Which requests suffer what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Requests of this kind only.
    pub api: ApiKey,
    /// What happens to them.
    pub fault: Fault,
    /// How likely each of them is struck: 0 never, 1 always.
    pub chance: f64,
    /// After how many strikes the rule rests. `None` for never.
    pub times: Option<u32>,
}

impl Rule {
    /// Strikes every request of the kind. The start for others: `Rule { chance: 0.2, ..Rule::always(api,
    /// fault) }`.
    pub fn always(api: ApiKey, fault: Fault) -> Self {
        Self {
            api,
            fault,
            chance: 1.0,
            times: None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}, chance {}", self.api, self.fault, self.chance)?;
        self.times
            .map_or(Ok(()), |times| write!(f, ", at most {times} times"))
    }
}
