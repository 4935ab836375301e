//! A text as words: folded, hashed, and marked with what the eye sees (capitals, digits, quotation).

use std::ops::Range;

use crate::letters::{composed, fold};
use crate::lexicon::Small;
use crate::normalise::normalise;

/// One word of a text.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the eye sees of a word, each on its own"
)]
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Where it begins, in bytes.
    pub start: u32,
    /// Where it ends, in bytes.
    pub end: u32,
    /// Hash of the folded word.
    pub hash: u64,
    /// It begins with a capital.
    pub capital: bool,
    /// It begins with a digit.
    pub number: bool,
    /// It opens a sentence, where a capital says nothing.
    pub opens: bool,
    /// It stands in a quotation.
    pub quoted: bool,
}

impl Word {
    /// Where it stands, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The hash under which a single word is known everywhere: that which it has in a text.
pub(crate) fn hash_of_word(word: &str) -> u64 {
    let read = normalise(word);
    read.words.first().map_or(0, |word| word.hash)
}

/// The word in lower case and without diacritics.
pub(crate) fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in composed(word).chars() {
        fold(c, &mut folded);
    }
    folded
}

/// Whether the word stands without a capital within people's names.
pub(crate) fn is_particle(word: &str) -> bool {
    Small::Particle.has(word)
}

/// The first word of a line, as it stands there.
pub(crate) fn first_word(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    words.find(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<Word> {
        normalise(text).words
    }

    #[track_caller]
    fn check_same_word(a: &str, b: &str) {
        let hash = |text| words(text).iter().map(|word| word.hash).collect::<Vec<_>>();
        assert_eq!(hash(a), hash(b), "{a} and {b}");
    }

    #[test]
    fn spellings_of_one_word_are_one_word() {
        check_same_word("Ábrego García’s", "Abrego Garcia");
        check_same_word("don't", "DON’T");
        check_same_word("1,200 men", "1200 Men");
        // Written with marks apart.
        for word in [
            "Zürich",
            "Ångström",
            "ngộ độc",
            "부산의 아파트",
            "Горький",
            "Πειραιάς",
            "l’été d’Ève",
        ] {
            let nfd = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd();
            let apart = nfd.normalize(word);
            assert_ne!(apart, word);
            check_same_word(word, &apart);
            assert_eq!(folded(word), folded(&apart));
        }
        assert_eq!(words("12.5").len(), 1);
        assert_eq!(words("今日は").len(), 3);
        assert_eq!(hash_of_word("Müller"), words("müller")[0].hash);
    }

    proptest! {
        #[test]
        fn every_word_is_a_slice_of_the_text(text in "\\PC{0,80}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.range().start >= end);
                prop_assert!(!text[word.range()].is_empty());
                end = word.range().end;
            }
        }
    }
}
