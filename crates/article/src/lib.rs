//! The vocabulary of copydesk: what an article is at each hop of the pipeline.
//!
//! ```text
//! Feed ──poll──▶ Polled ──▶ Discovered ──fetch──▶ Fetched ──clean──▶ Cleaned ──enrich──▶ Enriched
//! (what to poll) (raw bytes)  (one item)           (page bytes)       (text, facts)       ├▶ Lineage
//!                                                                                         └▶ Story
//! ```
//!
//! A type per hop, named by a past participle, a file each. Every hop *contains* what it needs of
//! the one before it, so any topic alone can be replayed without joins or look-backs.
//!
//! Invariants:
//! - Nothing here does I/O or knows Kafka; ids are hashes of what they name, never random.
//! - Bytes from the world are kept exactly as received ([`Bytes`]).
//! - Event time is `fetched_at`, written once by the fetcher and carried through every hop. It alone
//!   drives windows and expiry. A publisher's date only orders articles within a window.
//! - Readers ignore unknown fields. A field that a version gets later has a default and is left out where
//!   it has that; every other change is a new version (`config/schemas`, held by the tests).

mod access;
mod attribution;
mod bytes;
pub mod canonical;
mod cleaned;
mod content;
mod discovered;
mod enriched;
mod feed;
mod fetched;
mod id;
mod layout;
mod lineage;
mod listing;
mod marks;
mod message;
mod metadata;
mod moment;
mod polled;
mod quotation;
#[cfg(test)]
mod schema;
mod story;

pub use access::{Access, HeaderField, Login, Proxy};
pub use attribution::{Attribution, AttributionClass, Credit, Place};
pub use bytes::Bytes;
pub use cleaned::Cleaned;
pub use content::{Content, Country, Keyword, Name};
pub use discovered::Discovered;
pub use enriched::{Enriched, Evidence, Origin, OriginHow, Relation, RelationKind, Span};
pub use feed::Feed;
pub use fetched::Fetched;
pub use id::{ArticleId, FamilyId, FeedId, StoryId, host_of, without_www};
pub use layout::{Block, BlockKind, Layout, Limit, TextQuality, Zone, ZoneKind};
pub use lineage::Lineage;
pub use listing::Listing;
pub use marks::{Marks, Wall};
pub use message::{Message, Outgoing, Route};
pub use metadata::{ArticleKind, Image, Metadata, Precision, Sources, TextLanguage};
pub use moment::event_time;
pub use polled::Polled;
pub use quotation::{Quotation, QuotationForm, Speaker, SpeakerHow};
pub use story::{Member, Story};
