//! From the bytes of a feed to what it says: a pure function.
//!
//! Cap, decode, read, count. Nothing here does I/O, and the same bytes give the same items every time:
//! identities are the feed's own, or hashes of what it says.
//!
//! The reader is our own. One tolerant pass over a row of [`tokens`] reads every dialect of RSS, RDF,
//! Atom, CDF and sitemaps, well-formed or not ([`xml`]); JSON Feed has a reader beside it ([`json`]).
//! What had to be put right on the way is told in [`Report::repairs`], and what is missing all the same
//! in [`Report::losses`]: no part of a feed gets lost without a word.

mod attributes;
mod base;
mod channel;
pub mod date;
mod decode;
mod draft;
mod entity;
mod html;
mod item;
mod items;
mod json;
pub mod markup;
mod namespace;
mod person;
mod plain;
mod report;
mod text;
mod tokens;
mod vocabulary;
pub(crate) mod web;
mod xml;

use std::panic::AssertUnwindSafe;

use pipeline::staged::message;

pub(crate) use attributes::Attributes;
pub use channel::{Channel, Relation};
pub(crate) use item::bounded;
pub use item::{Enclosure, Item};
pub use person::Person;
pub use report::{Loss, Lost, Repair, Report};
pub use text::{Form, Text};

/// The value of an attribute of HTML with its references decoded.
pub(crate) fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    entity::decode_html(value, &mut text);
    text
}

/// A text as markup has it in texts and values.
pub(crate) fn escaped(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    entity::encode(text, &mut markup);
    markup
}

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// A feed as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedFeed {
    /// The form that it came in.
    pub dialect: Dialect,
    /// What it says of itself.
    pub channel: Channel,
    /// Its items in the order in which it lists them. Of a [`Dialect::SitemapIndex`] these are other
    /// sitemaps, no articles.
    pub items: Vec<Item>,
    /// What was put right, and what was lost.
    pub report: Report,
    /// The address from which relative addresses in its texts are resolved, where a text has no other.
    pub base: Option<String>,
}

/// The forms that feeds come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// RSS 0.91 to 0.94.
    Rss0,
    /// RSS 0.90 and 1.0, which are RDF.
    Rdf,
    /// RSS 2.0.
    Rss2,
    /// Atom 0.3 and the drafts before it.
    Atom03,
    /// Atom 1.0.
    Atom,
    /// Microsoft's Channel Definition Format.
    Cdf,
    /// JSON Feed.
    Json,
    /// A sitemap, with or without Google's news in it.
    Sitemap,
    /// A list of sitemaps.
    SitemapIndex,
}

impl Dialect {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rss0 => "rss-0.9",
            Self::Rdf => "rdf",
            Self::Rss2 => "rss-2.0",
            Self::Atom03 => "atom-0.3",
            Self::Atom => "atom-1.0",
            Self::Cdf => "cdf",
            Self::Json => "json-feed",
            Self::Sitemap => "sitemap",
            Self::SitemapIndex => "sitemap-index",
        }
    }
}

/// Why a document gives no feed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// There is nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// The document is larger than is read.
    #[error("more than {} bytes, which is as much as is read", MAX_BYTES)]
    TooBig(usize),
    /// It is a web page.
    #[error("an HTML page where a feed was expected")]
    Html,
    /// There is no markup and no JSON in it.
    #[error("neither XML nor JSON")]
    NoMarkup,
    /// It is XML or JSON of another kind, with what it begins with.
    #[error("no feed, but {0:?}")]
    NotAFeed(String),
    /// It begins as JSON and breaks off or goes on as something else.
    #[error("broken JSON: {0}")]
    Json(String),
    /// A library that is used panicked.
    #[error("the reader panicked: {0}")]
    Panicked(String),
}

/// Reads a feed. `headers` are the answer's, names in lower case; `url` is the address that answered,
/// from which relative links are resolved.
///
/// # Errors
/// What the document is instead of a feed.
pub fn parse(
    bytes: &[u8],
    headers: &[(String, String)],
    url: &str,
) -> Result<ParsedFeed, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseError::TooBig(bytes.len()));
    }
    // Not ours, which is fuzzed: what reads dates, encodings, JSON and addresses for it.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| read(bytes, headers, url)));
    read.unwrap_or_else(|panic| Err(ParseError::Panicked(message(&*panic))))
}

fn read(bytes: &[u8], headers: &[(String, String)], url: &str) -> Result<ParsedFeed, ParseError> {
    let header = |name: &str| {
        let found = headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let mut report = Report::default();
    let text = decode::decode(bytes, header("content-type"), &mut report);
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    // A guard against pages that would run JSON as a script.
    let unguarded = text.trim_start().strip_prefix(")]}'");
    let text: &str = match unguarded {
        Some(rest) => rest.trim_start_matches(',').trim_start(),
        None => &text,
    };
    let base = base::of_document(headers, url);
    let mut feed = if text.starts_with('{') {
        json::read(text, base, report)?
    } else {
        xml::read(text, base, report)?
    };
    if feed.channel.language.is_none() {
        // More than one is for more than one audience, and not what the feed is written in.
        let said = header("content-language").filter(|said| !said.contains(','));
        feed.channel.language = said.and_then(draft::language);
    }
    Ok(feed)
}

#[cfg(test)]
mod tests;
