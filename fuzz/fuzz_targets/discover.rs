//! A page in which feeds are looked for, with what its header says.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|said: (&[u8], String)| {
    let (page, link) = said;
    let headers = [("link".to_owned(), link)];
    for candidate in fetcher::discover::candidates(page, &headers, "https://a.example/news?x#y") {
        // Whatever is found can be polled.
        assert_eq!(fetcher::ingest::unfetchable(&candidate.url), None);
    }
});
