//! The fetcher's part of a replay: what polls brought is read anew, and pages that were fetched are
//! tied to what was then found. The network is not touched.
//!
//! ```text
//! feeds.polled ──ingest──▶ articles.discovered.gN ─┐
//!                 articles.fetched ────────────────┴─pair──▶ articles.fetched.gN
//! ```
//!
//! Articles that are found and were never fetched wait until the generation goes live. When feeds are
//! polled and which pages are known belongs to no generation: whoever goes on takes it over.

mod ingest;
mod pair;

#[cfg(test)]
pub(crate) use ingest::Reading;
pub(crate) use ingest::again;
pub use ingest::{IngestState, Reingest};
pub use pair::{Found, Pair};
