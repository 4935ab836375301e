//! What a process tells of its work while it works: log lines, and traces.
//!
//! One trace leads from the poll of a feed to the enriched article. Its context travels in the header
//! `traceparent` of every record ([W3C Trace Context](https://www.w3.org/TR/trace-context/)), which the
//! runtime writes whether spans are exported or not; stages know nothing of it. Each poll decides once
//! whether its trace is recorded, and all that follows from it obeys.
//!
//! Spans are built only for what is recorded and exported: for the rest a record costs two random
//! numbers and a header.

mod config;
mod context;
mod export;
mod logs;
mod span;
mod spans;

pub use config::{TracingConfig, TracingError};
pub use context::{Context, Origin};
pub use export::{Exporting, export};
pub use logs::{LogFormat, check_filter, install, set_filter};
pub use span::Span;
pub use spans::{Commit, Fetch, Read, commit, fetch, poll, process, process_again, restore, send};

pub(crate) use context::DIED;
