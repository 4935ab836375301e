//! A feed's bytes, whatever the server sends.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let headers = [("content-type".to_owned(), "application/xml".to_owned())];
    let _ = fetcher::parse::parse(body, &headers, "https://a.example/feed.xml");
});
