//! What the tests of the cleaner share.

#![allow(dead_code, reason = "no test target needs all of it")]

use article::{Discovered, Feed, Fetched};
use jiff::Timestamp;

/// A page as the fetcher hands it on, with nothing known of it but its address.
pub(crate) fn fetched(page: Vec<u8>) -> Fetched {
    let url = "https://daily.example/news/bridge-to-be-rebuilt";
    let at = Timestamp::from_second(1_790_000_000).expect("a moment within range");
    let discovered = Discovered::at(url, Feed::at("https://daily.example/feed"), at);
    Fetched {
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        ..Fetched::of(discovered, at, page)
    }
}

/// Paragraphs of an article.
/// A paragraph of an article.
pub(crate) const LONG: &str =
    "A first paragraph that is by all means long enough to be one, about the old stone bridge.";
/// Another one.
pub(crate) const MORE: &str =
    "A second paragraph that is by all means long enough to be one, about the new wooden bridge.";

/// A page such as outlets serve: an article among what stands around articles.
pub(crate) fn page() -> String {
    include_str!("../fixtures/article.html").to_owned()
}
