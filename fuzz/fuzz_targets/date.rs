//! A date, as feeds write it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|said: &str| {
    if let Some(moment) = fetcher::parse::date::read(said) {
        // What is printed of it is a date again, and the same.
        let again = fetcher::parse::date::read(&moment.instant.to_string());
        assert_eq!(again.map(|again| again.instant), Some(moment.instant), "{said:?}");
    }
});
