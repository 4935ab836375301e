//! What the tests of the cleaner share.

use article::{ArticleId, Discovered, Feed, Fetched};
use jiff::Timestamp;

/// A page as the fetcher hands it on, with nothing known of it but its address.
pub(crate) fn fetched(page: Vec<u8>) -> Fetched {
    let url = "https://daily.example/news/bridge-to-be-rebuilt".to_owned();
    let at = Timestamp::from_second(1_790_000_000).expect("a moment within range");
    let id = ArticleId::of_url(&url);
    let discovered = Discovered::at(&url, Feed::at("https://daily.example/feed"), at);
    Fetched {
        id,
        discovered,
        listings: Vec::new(),
        fetched_at: at,
        version: 1,
        final_url: url,
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        page: page.into(),
    }
}

/// A page such as outlets serve: an article among what stands around articles.
pub(crate) fn page() -> String {
    include_str!("../fixtures/article.html").to_owned()
}
