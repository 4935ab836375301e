//! What is simulated: the algorithm as it is, and ways to break it.

/// A way to run the pipeline, right or sabotaged. Sabotage is the model's: the task is the real one in
/// each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Everything as it is.
    Right,
    /// The broker takes offsets from any generation of the group: transactional ids alone fence.
    RightWithoutGroupFencing,
    /// Each producer makes an id of its own up: the group's generation alone fences.
    RandomIds,
    /// The broker takes records and offsets of a transaction that it does not know to be open.
    WithoutVerification,
    /// State reaches the store before the transaction commits.
    StoreBeforeCommit,
    /// Random ids, and a broker that takes offsets from any generation.
    RandomIdsWithoutGroupFencing,
    /// Random ids, and the state is restored only as far as every transaction is ended.
    RandomIdsRestoredToStable,
    /// The group's offset is read before the predecessor is fenced, and only then, and the broker takes
    /// offsets from any generation.
    OffsetsBeforeInitWithoutGroupFencing,
    /// A producer is kept although its commit timed out.
    SuspectKept,
    /// Ownership of a partition is a flag.
    OwnershipAsFlag,
    /// A transaction is aborted while records of it are under way, and the broker does not verify.
    AbortWithRecordsUnderWay,
    /// A partition is opened without ending what a predecessor may have left open in what it wrote.
    OpensWithoutSettling,
}

/// What a variant changes.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule by itself, and they are combined"
)]
pub(super) struct Rules {
    /// The broker refuses offsets of an older generation.
    pub(super) group_fencing: bool,
    /// The broker refuses what belongs to no open transaction (KIP-890, part 1).
    pub(super) verification: bool,
    pub(super) random_ids: bool,
    pub(super) restores_to_stable: bool,
    pub(super) reads_offset_first: bool,
    pub(super) keeps_suspect: bool,
    pub(super) writes_store_first: bool,
    pub(super) owns_by_flag: bool,
    pub(super) aborts_in_flight: bool,
    /// The coordinator may end a transaction by itself and never write its marker to some partition.
    pub(super) misses_markers: bool,
    pub(super) settles: bool,
}

impl Variant {
    pub(super) fn rules(self) -> Rules {
        let group_fencing = !matches!(
            self,
            Self::RightWithoutGroupFencing
                | Self::RandomIdsWithoutGroupFencing
                | Self::OffsetsBeforeInitWithoutGroupFencing
        );
        let random_ids = matches!(
            self,
            Self::RandomIds | Self::RandomIdsWithoutGroupFencing | Self::RandomIdsRestoredToStable
        );
        Rules {
            group_fencing,
            verification: !matches!(
                self,
                Self::WithoutVerification | Self::AbortWithRecordsUnderWay
            ),
            random_ids,
            restores_to_stable: self == Self::RandomIdsRestoredToStable,
            reads_offset_first: self == Self::OffsetsBeforeInitWithoutGroupFencing,
            keeps_suspect: self == Self::SuspectKept,
            writes_store_first: self == Self::StoreBeforeCommit,
            owns_by_flag: self == Self::OwnershipAsFlag,
            aborts_in_flight: self == Self::AbortWithRecordsUnderWay,
            // Of the others each is to break by what it is itself, and random ids come back to nothing.
            misses_markers: matches!(
                self,
                Self::Right | Self::RightWithoutGroupFencing | Self::OpensWithoutSettling
            ),
            settles: self != Self::OpensWithoutSettling,
        }
    }
}
