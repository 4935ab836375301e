//! Exactly-once consume-transform-produce over a log; the only crate that knows Kafka.
//!
//! A pure [`Stage`] says what to do with one record. [`worker`] gives each partition of its input a
//! [`task::Task`], which reads, applies and writes in transactions that carry outputs, state and
//! offset together. [`log::Log`] is the contract of the log below: [`log::local`] on one machine,
//! Apache Kafka beyond it.
//!
//! Invariant: this crate knows [`article::Message`] and no hop.

pub mod admin;
mod ahead;
pub mod board;
mod cause;
mod changelog;
pub mod dead;
pub mod generations;
pub mod headers;
pub mod heritage;
mod horizon;
pub mod invariants;
pub mod lag;
pub mod leftovers;
pub mod log;
pub mod lookout;
pub mod metrics;
mod outputs;
pub mod overview;
pub mod plan;
mod pulse;
pub mod replay;
mod restore;
pub mod runtime;
pub mod stage;
pub mod staged;
mod standby;
pub mod state;
mod store;
pub mod task;
pub mod telemetry;
mod through;
pub mod topics;
mod transaction;
pub mod waker;
pub mod worker;

pub use board::Board;
pub use heritage::{Estate, Later, Whose};
pub use outputs::Outputs;
pub use runtime::{Live, MAX_RECORD, Provenance, Runtime, Verdict};
pub use stage::{Reason, Record, Reject, Stage};
pub use staged::Staged;
pub use state::{State, Table};
pub use store::{MemoryStores, Stores};
pub use task::Task;
pub use waker::{Shutdown, Waker};
pub use worker::{Work, start};
