//! A page's bytes, whatever the server sends.
#![no_main]

use article::{ArticleId, Discovered, Feed, Fetched};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &[u8]| {
    let url = "https://a.example/news/1";
    let fetched = Fetched {
        id: ArticleId::of_url(url),
        discovered: Discovered {
            id: ArticleId::of_url(url),
            url: url.to_owned(),
            feed: Feed::at("https://a.example/feed.xml"),
            identity: url.to_owned(),
            revision: 1,
            polled_at: Timestamp::UNIX_EPOCH,
            title: None,
            summary: None,
            content: None,
            authors: Vec::new(),
            categories: Vec::new(),
            published: None,
            published_as_given: None,
            language: None,
        },
        listings: Vec::new(),
        fetched_at: Timestamp::UNIX_EPOCH,
        version: 1,
        final_url: url.to_owned(),
        status: 200,
        headers: Vec::new(),
        page: page.to_vec().into(),
    };
    let _ = cleaner::clean(&fetched);
});
