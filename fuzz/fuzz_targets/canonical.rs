//! An address, as feeds and pages write it.
#![no_main]

use article::canonical;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|address: &str| {
    let key = canonical::key(address);
    assert_eq!(canonical::key(&key), key, "the key of a key is the key: {address:?}");
    let _ = canonical::is_homepage(&key);
});
