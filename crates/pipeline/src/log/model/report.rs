//! What happened in a simulation.

use super::variant::Variant;
use crate::invariants::Broken;

/// Counts of what happened, so that a test can tell that faults really occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps of the scheduler.
    pub steps: u64,
    /// Processes that crashed.
    pub crashes: u64,
    /// Processes that were stopped in good order and started again.
    pub restarts: u64,
    /// Machines that lost their stores.
    pub forgotten: u64,
    /// Processes that stood still for a while.
    pub stalls: u64,
    /// Partitions that were given away, or anew, at once.
    pub rebalances: u64,
    /// Partitions whose owner was asked to let go first.
    pub hand_overs: u64,
    /// Tasks opened.
    pub opens: u64,
    /// Transactions that were committed.
    pub committed: u64,
    /// Transactions that were aborted, by whomever.
    pub aborted: u64,
    /// Transactions that the coordinator aborted because they lasted too long.
    pub timeouts: u64,
    /// Requests or answers that were lost.
    pub lost: u64,
    /// Requests that arrived late or never.
    pub delayed: u64,
    /// Requests that arrived after their client had stopped waiting.
    pub late: u64,
    /// Requests that arrived twice in a row.
    pub doubled: u64,
    /// Markers that were never written.
    pub unmarked: u64,
    /// Commits after which the producer was suspect.
    pub suspects: u64,
}

/// A schedule that broke an invariant.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{variant:?} with seed {seed} after {} steps: {what}", report.steps)]
pub struct Violation {
    /// The seed that shows it again.
    pub seed: u64,
    /// What was simulated.
    pub variant: Variant,
    /// What is wrong.
    pub what: Wrong,
    /// What had happened by then.
    pub report: Report,
    /// The steps, the last ones last.
    pub trace: Vec<String>,
}

/// What a schedule can get wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// An invariant does not hold.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A task gave up for good, with this message.
    #[error("a task refused to go on: {0}")]
    Refused(String),
    /// A task panicked, with this message.
    #[error("a task panicked: {0}")]
    Panicked(String),
    /// Long after the last fault work is not done.
    #[error("stood still: {0}")]
    Stalled(String),
}

impl std::ops::AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.crashes += other.crashes;
        self.restarts += other.restarts;
        self.forgotten += other.forgotten;
        self.stalls += other.stalls;
        self.rebalances += other.rebalances;
        self.hand_overs += other.hand_overs;
        self.opens += other.opens;
        self.committed += other.committed;
        self.aborted += other.aborted;
        self.timeouts += other.timeouts;
        self.lost += other.lost;
        self.delayed += other.delayed;
        self.late += other.late;
        self.doubled += other.doubled;
        self.unmarked += other.unmarked;
        self.suspects += other.suspects;
    }
}
