//! A list of feeds that somebody exported somewhere.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = copydesk::opml::parse(text, copydesk::opml::Scope::Access);
});
