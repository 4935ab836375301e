//! A text of any language and of none, with whatever its page declares.
#![no_main]

use language::Prior;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, f32)| {
    let (text, tag, trust) = input;
    let alone = language::detect(text);
    assert!((0.0..=1.0).contains(&alone.confidence), "{alone:?}");
    let told = language::detect_with(text, &[Prior { tag, trust }]);
    assert!((0.0..=1.0).contains(&told.confidence), "{told:?}");
    // A declaration makes no language of what is none, nor none of one.
    if alone.language == language::UNDETERMINED && alone.confidence == 1.0 {
        assert_eq!(told, alone);
    }
});
