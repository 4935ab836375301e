//! Exactly-once consume-transform-produce over a log; the only crate that knows Kafka.
pub mod headers;
pub mod log;
pub mod stage;
pub mod state;
pub mod topics;
pub mod waker;
pub use stage::{Reason, Record, Reject, Stage};
pub use state::{State, Table};
pub use waker::{Shutdown, Waker};
