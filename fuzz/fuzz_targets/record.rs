//! A record's value, whoever wrote it to the topic.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use pipeline::headers::Headers;
use pipeline::log::Stored;
use pipeline::staged::decode;

fuzz_target!(|value: &[u8]| {
    let record = Stored {
        offset: 0,
        written_at: Timestamp::UNIX_EPOCH,
        key: None,
        value: Some(value.to_vec()),
        headers: Headers::new(),
    };
    let _ = decode::<article::Feed>(&record);
    let _ = decode::<article::Discovered>(&record);
    let _ = decode::<article::Fetched>(&record);
    let _ = decode::<article::Cleaned>(&record);
});
