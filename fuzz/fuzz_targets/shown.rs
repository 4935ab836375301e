//! The texts of a feed as they are shown and said.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(feed) = fetcher::parse::parse(body, &[], "https://a.example/feed.xml") else {
        return;
    };
    for item in &feed.items {
        for text in [&item.title, &item.summary, &item.content].into_iter().flatten() {
            let _ = text.plain();
        }
    }
});
