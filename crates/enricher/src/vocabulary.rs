//! How rare a word is among the articles of the window.

use std::sync::LazyLock;

use crate::by_number::Numbers;
use crate::common_words::{Common, common_words};
use crate::words::{folded, hash_of_word};
use xxhash_rust::xxh3::xxh3_64;

/// Words are counted by 20 bits of their hash: about a million buckets. One word in ten of a large
/// vocabulary shares its bucket with another, which blurs a weight and decides nothing.
pub(crate) const TERM_BITS: u32 = 20;

/// A window of this many articles is taken to have gone before, so that the first articles of a
/// stream are weighed sensibly. It fades as the window fills.
const IMAGINED_ARTICLES: u32 = 1_000;
/// In how many of them an ordinary word stood, and in how many one of news in general.
const IMAGINED_WITH_WORD: u32 = 5;
const IMAGINED_WITH_NEWS_WORD: u32 = 250;

/// A word as it is counted: the leading [`TERM_BITS`] of its hash.
pub(crate) type Term = u32;

/// Letters of a word that make its term: what follows is mostly inflection, in most languages.
const STEM: usize = 6;

/// The term of a word as it stands in a text.
pub(crate) fn term(word: &str) -> Term {
    let mut stem = [0u8; STEM];
    let hash = if word.is_ascii() {
        let bytes = word.as_bytes();
        if bytes[0].is_ascii_digit() {
            return term_of_number(word);
        }
        let bytes = &bytes[elided(bytes)..];
        let length = stem_length(bytes);
        for (to, from) in stem.iter_mut().zip(&bytes[..length]) {
            *to = from.to_ascii_lowercase();
        }
        xxh3_64(&stem[..length.min(STEM)])
    } else {
        let folded = folded(word).replace('’', "'");
        if folded.starts_with(|c: char| c.is_numeric()) {
            return term_of_number(&folded);
        }
        let folded = &folded[elided(folded.as_bytes())..];
        let length = stem_length(folded.as_bytes());
        let kept = folded[..length].char_indices().nth(STEM);
        xxh3_64(&folded.as_bytes()[..kept.map_or(length, |(at, _)| at)])
    };
    (hash >> (64 - TERM_BITS)) as Term
}

/// Numbers count whole, however their thousands are set off.
fn term_of_number(word: &str) -> Term {
    let digits: Vec<u8> = word.bytes().filter(|&byte| byte != b',').collect();
    (xxh3_64(&digits) >> (64 - TERM_BITS)) as Term
}

/// Articles and the like that French and Italian write as one with the word behind them.
const ELISIONS: [&str; 21] = [
    "l", "d", "j", "n", "m", "t", "s", "c", "qu", "un", "jusqu", "lorsqu", "puisqu", "quelqu",
    "dell", "all", "nell", "sull", "dall", "quest", "quell",
];

/// Bytes of an elision and its apostrophe before a word: "l'accord" and "d'accord" are one term.
fn elided(word: &[u8]) -> usize {
    let Some(end) = word.iter().position(|&byte| byte == b'\'') else {
        return 0;
    };
    let is_elision = ELISIONS
        .iter()
        .any(|elision| elision.as_bytes().eq_ignore_ascii_case(&word[..end]));
    // What stands behind the "n" of "rock'n'roll" is no word of its own.
    if is_elision && word.len() > end + 2 {
        end + 1
    } else {
        0
    }
}

/// Bytes of a word before a possessive or the ending of a name ("Ankara'da"), and without the plural of
/// English. Where less stands before the apostrophe than a stem ("O'Brien"), it belongs to the word.
fn stem_length(word: &[u8]) -> usize {
    let apostrophe = word.iter().position(|&byte| byte == b'\'');
    let is_ending = |at: &usize| *at > 2 || word.len() - at <= 2;
    let end = apostrophe.filter(is_ending).unwrap_or(word.len());
    match &word[..end] {
        [.., before, b's' | b'S'] if end > 3 && !matches!(before, b's' | b'S') => end - 1,
        _ => end,
    }
}

/// Hashes of words, which nearly every word of a text is asked for.
struct Listed {
    hashes: Numbers,
    /// One bit a bucket turns nearly every other word away before the search.
    filter: Vec<u64>,
}

impl Listed {
    fn of(kind: Common) -> Self {
        let hashes: Numbers = common_words(kind).map(hash_of_word).collect();
        let mut filter = vec![0u64; 1 << 9];
        for hash in &hashes {
            filter[(hash >> 6) as usize & 0x1ff] |= 1 << (hash & 63);
        }
        Self { hashes, filter }
    }

    fn has(&self, hash: u64) -> bool {
        self.filter[(hash >> 6) as usize & 0x1ff] >> (hash & 63) & 1 == 1
            && self.hashes.contains(&hash)
    }
}

/// Whether the hash is that of a word which is never a term.
pub(crate) fn is_function_word(hash: u64) -> bool {
    static LISTED: LazyLock<Listed> = LazyLock::new(|| Listed::of(Common::Function));
    LISTED.has(hash)
}

/// Whether the hash is that of a word by which somebody speaks of himself: it marks what is said, in
/// marks or not.
pub(crate) fn is_speaker(hash: u64) -> bool {
    static LISTED: LazyLock<Listed> = LazyLock::new(|| Listed::of(Common::Speaker));
    LISTED.has(hash)
}

/// In how many articles of the window each term stands.
///
/// Derived from the signatures, never stored: a count that every article touches would put hundreds
/// of changes an article into the changelog.
pub(crate) struct Vocabulary {
    /// Counts with the imagined articles.
    counts: Vec<u32>,
    articles: u32,
    /// Natural logarithms of the whole numbers, which weighing would otherwise compute anew for
    /// every word of every candidate.
    logarithms: Vec<f32>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut counts = vec![IMAGINED_WITH_WORD; 1 << TERM_BITS];
        for word in common_words(Common::News) {
            counts[term(word) as usize] = IMAGINED_WITH_NEWS_WORD;
        }
        let logarithms = (0..1u32 << 14)
            .map(|number| (number.max(1) as f32).ln())
            .collect();
        Self {
            counts,
            articles: IMAGINED_ARTICLES,
            logarithms,
        }
    }
}

impl std::fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vocabulary({} articles)", self.articles)
    }
}

impl Vocabulary {
    /// Counts an article's terms, each once.
    pub(crate) fn add(&mut self, terms: impl Iterator<Item = Term>) {
        self.articles += 1;
        for term in terms {
            self.counts[term as usize] += 1;
        }
    }

    /// Takes back what [`Vocabulary::add`] counted.
    pub(crate) fn remove(&mut self, terms: impl Iterator<Item = Term>) {
        self.articles -= 1;
        for term in terms {
            self.counts[term as usize] -= 1;
        }
    }

    /// Inverse document frequency: how much a term tells, from 0 to about 12.
    pub(crate) fn weight(&self, term: Term) -> f32 {
        let weight = self.ln(self.articles) - self.ln(self.counts[term as usize]);
        weight.max(0.0)
    }

    /// In how many articles of the window the term stands, those left out that are only imagined. About
    /// right: terms share buckets.
    pub(crate) fn articles_with(&self, term: Term) -> u32 {
        self.counts[term as usize].saturating_sub(IMAGINED_WITH_WORD)
    }

    fn ln(&self, number: u32) -> f32 {
        match self.logarithms.get(number as usize) {
            Some(&logarithm) => logarithm,
            None => (number as f32).ln(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_writes_weighs_little_from_the_first_article_on() {
        let vocabulary = Vocabulary::default();
        assert!(vocabulary.weight(term("president")) < 2.0);
        assert!(vocabulary.weight(term("Bolzano")) > 5.0);
        assert!(is_function_word(hash_of_word("The")));
        assert!(!is_function_word(hash_of_word("Bolzano")));
    }

    #[test]
    fn a_term_weighs_less_the_more_articles_have_it_and_more_again_when_they_leave() {
        let mut vocabulary = Vocabulary::default();
        let before = vocabulary.weight(term("Bolzano"));
        for _ in 0..100 {
            vocabulary.add(std::iter::once(term("Bolzano")));
        }
        assert!(vocabulary.weight(term("Bolzano")) < before - 2.0);
        for _ in 0..100 {
            vocabulary.remove(std::iter::once(term("Bolzano")));
        }
        assert!((vocabulary.weight(term("Bolzano")) - before).abs() < f32::EPSILON);
    }
}
