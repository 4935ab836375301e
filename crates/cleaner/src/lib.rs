//! From page bytes to an article's text and facts.
//!
//! A straight line of pure functions: [`decode()`] makes text of bytes; `tidy` drops what no reader
//! sees; `page` parses once and walks once into flat arrays; `facts` and `extract` read the arrays.
//! No state, no clock, no network: the same record gives the same result for ever.

mod clean;
mod credits;
mod decode;
mod explain;
mod extract;
mod facts;
mod fold;
mod foreign;
mod layout;
mod lists;
mod page;
mod payload;
mod tidy;
mod zones;

pub use clean::{Clean, Read, clean, read};
pub use decode::{Decoded, decode};
pub use explain::{Considered, Explanation, Weighed, explain};
pub use facts::{Facts, Moment};
pub use tidy::unread;
pub use zones::Parts;

/// Markup as feeds and JSON-LD carry it, as plain text: paragraphs parted by an empty line.
pub(crate) fn plain(markup: &str) -> String {
    let tidied = tidy::tidy(markup);
    let page = page::read(&tidied);
    let blocks: Vec<&str> = page
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .collect();
    blocks.join("\n\n")
}
