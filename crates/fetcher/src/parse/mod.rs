//! From the bytes of a feed to its items: a pure function over feed-rs, with guards around it.
//!
//! Cap, decode, guard, parse, take what is needed. Nothing here does I/O, and the same bytes give the
//! same items every time: identities are the feed's own, or hashes of what it says.

pub mod date;
mod decode;
mod guard;
mod item;
mod plain;

use std::panic::AssertUnwindSafe;

pub use item::Item;
use pipeline::staged::message;

/// The largest document that is parsed, in bytes of UTF-8.
const MAX_TEXT: usize = 64 << 20;

/// A feed as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedFeed {
    /// The form that it came in.
    pub dialect: Dialect,
    /// Its title as plain text.
    pub title: Option<String>,
    /// The language that it declares.
    pub language: Option<String>,
    /// Its items in the order in which it lists them, each identity once.
    pub items: Vec<Item>,
}

/// The forms that feeds come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// RSS 0.91 and 0.92.
    Rss0,
    /// RSS 1.0, which is RDF.
    Rdf,
    /// RSS 2.0.
    Rss2,
    /// Atom 1.0.
    Atom,
    /// JSON Feed.
    Json,
}

/// Why a document gives no feed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// There is nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// The document is larger than is read.
    #[error("{0} bytes are more than are read")]
    TooBig(usize),
    /// Elements lie deeper in each other than any feed needs: the parser's stack is in danger.
    #[error("elements are nested more than {0} deep")]
    TooDeep(usize),
    /// There are more items than are read.
    #[error("more than {0} items")]
    TooManyItems(usize),
    /// It is a web page.
    #[error("an HTML page where a feed was expected")]
    Html,
    /// It is no feed, or a broken one.
    #[error("{0}")]
    Malformed(String),
    /// The parser panicked.
    #[error("the parser panicked: {0}")]
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
    if bytes.len() > MAX_TEXT {
        return Err(ParseError::TooBig(bytes.len()));
    }
    let content_type = headers
        .iter()
        .find(|(name, _)| name == "content-type")
        .map(|(_, value)| value.as_str());
    let text = decode::decode(bytes, content_type);
    guard::check(&text)?;
    let feed = read(&text, url)?;
    Ok(item::take(feed, url))
}

/// feed-rs slices strings at byte positions and unwraps numbers from the document: what it does not
/// expect panics.
fn read(text: &str, url: &str) -> Result<feed_rs::model::Feed, ParseError> {
    // A base that does not parse would fail the whole feed.
    let base = url::Url::parse(url).ok().map(String::from);
    let parsed = std::panic::catch_unwind(AssertUnwindSafe(|| {
        feed_rs::parser::Builder::new()
            .base_uri(base)
            .sanitize_content(false)
            // The default ids contain the title, which is edited all the time, or are random.
            .id_generator(|_, _, _| String::new())
            .build()
            .parse(text.as_bytes())
    }));
    match parsed {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(ParseError::Malformed(error.to_string())),
        Err(panic) => Err(ParseError::Panicked(message(&*panic))),
    }
}

#[cfg(test)]
mod tests;
