//! Which story an article belongs to, and what it was made from.
//!
//! ```text
//! Cleaned ─ sign ─▶ sketch ─ candidates ─▶ earlier articles ─ relate ─▶ ties ─┬─ attribute ─▶ origin
//!                     │                                                        └─ stories ──▶ story, family
//!                     └──▶ signature, kept in the window (no text is kept)
//! ```
//!
//! Every step is a module of that name and a pure function of the article and the [`Window`].
//!
//! Invariants:
//! - Each input record gives one [`article::Enriched`] and one [`article::Lineage`] of its article.
//! - A new article is made from earlier ones or, where publishers' times say so, they from it; never
//!   both. So derivations never make a circle.
//! - Only `fetched_at` moves the window. A publisher's date moves nothing.
//! - What is derived from the window's tables is the same whether it grew with the stream or was
//!   built anew after a restart; so are the outputs.

mod agencies;
mod attribute;
mod attribution;
mod by_number;
mod candidates;
mod centroid;
mod common_words;
mod compare;
mod config;
mod content;
mod enrich;
mod evidence;
mod furniture;
mod groups;
mod index;
mod items;
mod keywords;
mod letters;
mod lexicon;
mod names;
mod normalise;
mod packed;
mod pairs;
mod places;
mod postings;
mod quotations;
mod reading;
mod relate;
mod sealed;
mod sign;
mod standing;
mod stories;
mod turned;
mod vocabulary;
mod weights;
mod window;
mod words;

pub use agencies::{Agencies, TableError};
pub use attribution::attributions;
pub use config::{Config, ConfigError};
pub use content::content_of as content;
pub use enrich::{Enrich, Output};
pub use normalise::{MAX_BYTES, MAX_WORDS, Mark, Normalised, Shape, Span, normalise};
pub use pairs::{Explained, Passage, Remembered, Scored};
pub use quotations::quotations;
pub use window::Window;
pub use words::Word;
