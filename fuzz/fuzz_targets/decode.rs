//! A page's bytes and what a server says of their encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &[u8])| {
    let (content_type, host, page) = input;
    let decoded = cleaner::decode(page, Some(content_type), host);
    assert!(decoded.text.len() <= page.len() * 3 + 3);
});
