//! A text as words: folded, hashed, and marked with what the eye sees (capitals, digits, quotation).

use std::ops::Range;

use memchr::memmem;

use crate::letters::fold;
use crate::normalise::{Mark, Normalised, normalise};

/// A quotation that is longer than this many words is a lost closing mark, not a quotation.
const LONGEST_QUOTATION: usize = 400;

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
    for c in word.chars() {
        fold(c, &mut folded);
    }
    folded
}

/// Whether the word stands without a capital within people's names.
pub(crate) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "da"
            | "di"
            | "du"
            | "do"
            | "dos"
            | "das"
            | "del"
            | "della"
            | "von"
            | "van"
            | "der"
            | "den"
            | "ten"
            | "ter"
            | "zu"
            | "bin"
            | "ibn"
            | "al"
            | "el"
            | "la"
            | "le"
            | "af"
            | "av"
    )
}

/// The first word of a line, as it stands there.
pub(crate) fn first_word(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    words.find(|word| !word.is_empty())
}

/// Reads the words of `text`, those in quotation marked.
pub(crate) fn words(text: &str) -> Vec<Word> {
    quoted(text, normalise(text)).words
}

/// Marks the words that stand in quotation.
pub(crate) fn quoted(text: &str, mut read: Normalised) -> Normalised {
    let Normalised {
        words,
        marks,
        handles,
        ..
    } = &mut read;
    quote(text, words, marks);
    mark_posts(text, words, *handles);
    unquote_statements(words);
    read
}

/// An open quotation: the mark that opened it, and the first word in it.
#[derive(Clone, Copy)]
struct Quotation {
    mark: char,
    first: usize,
}

/// Marks what stands between quotation marks that belong together.
fn quote(text: &str, words: &mut [Word], marks: &[Mark]) {
    let mut open: Option<Quotation> = None;
    for mark in marks {
        let here = mark.word as usize;
        // A quotation that nothing closes is a stray mark.
        if open.is_some_and(|open| here - open.first > LONGEST_QUOTATION) {
            open = None;
        }
        let sign = open.map(|open| open.mark);
        let closes = match mark.sign {
            // Each paragraph of a long quotation opens with a mark of its own.
            '\n' | '”' => true,
            '“' => sign == Some('„'),
            '»' => sign == Some('«'),
            '«' => sign == Some('»'),
            '"' => sign == Some('"'),
            _ => false,
        };
        if closes {
            if let Some(quotation) = open.take() {
                for word in &mut words[quotation.first..here] {
                    word.quoted = true;
                }
            }
            continue;
        }
        let opens = match mark.sign {
            '“' | '„' | '«' | '»' => true,
            '"' => stands_before_word(text, mark.at as usize),
            _ => false,
        };
        if opens {
            // One that opens within another stands beside it.
            if let Some(outer) = open {
                for word in &mut words[outer.first..here] {
                    word.quoted = true;
                }
            }
            if let Some(word) = words.get_mut(here) {
                word.opens = true;
            }
            open = Some(Quotation {
                mark: mark.sign,
                first: here,
            });
        }
    }
}

fn stands_before_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + 1..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

/// Marks paragraphs that reproduce a post of a social network as quotation: they stand there without
/// marks, and every outlet that reports on one prints the same words.
fn mark_posts(text: &str, words: &mut [Word], handles: bool) {
    if !(handles && text.contains("(@"))
        && memmem::find(text.as_bytes(), b"pic.twitter.com").is_none()
    {
        return;
    }
    let mut start = 0;
    for paragraph in text.split_inclusive('\n') {
        let end = start + paragraph.len();
        if paragraph.contains("pic.twitter.com") || paragraph.contains("(@") {
            let first = words.partition_point(|word| (word.start as usize) < start);
            let last = words.partition_point(|word| (word.start as usize) < end);
            for word in &mut words[first..last] {
                word.quoted = true;
            }
        }
        start = end;
    }
}

/// Where nearly everything is quotation, as in a statement or a transcript, there is no narration to
/// tell apart: the quotation is the text.
fn unquote_statements(words: &mut [Word]) {
    let quoted = words.iter().filter(|word| word.quoted).count();
    if quoted * 5 > words.len() * 4 {
        for word in words {
            word.quoted = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check_quoted(text: &str, expected: &str) {
        let quoted: Vec<&str> = words(text)
            .iter()
            .filter(|word| word.quoted)
            .map(|word| &text[word.range()])
            .collect();
        assert_eq!(quoted.join(" "), expected, "{text}");
    }

    const REST: &str = " and so the long day ended in the town as it had begun there";

    #[test]
    fn quotations_of_several_languages_are_told_from_narration() {
        check_quoted(&format!("He said “we go now”{REST}"), "we go now");
        check_quoted(&format!("Er sagte: „Wir gehen“{REST}"), "Wir gehen");
        check_quoted(&format!("Il dit «on y va»{REST}"), "on y va");
        check_quoted(&format!("Er rief »los jetzt«{REST}"), "los jetzt");
        check_quoted(
            &format!("He said \"we go\"{REST} \"no\" {REST}"),
            "we go no",
        );
    }

    #[test]
    fn a_stray_mark_quotes_nothing() {
        check_quoted(&format!("A 5\" pipe{REST}"), "");
        check_quoted(&format!("The “pipe{REST}"), "");
    }

    #[test]
    fn a_text_that_is_all_quotation_is_narration() {
        check_quoted("“We shall go there tomorrow, all of us.”", "");
    }

    #[test]
    fn a_post_is_quotation_without_marks() {
        check_quoted(
            &format!("He posted this.{REST}\nSad day — A. Person (@person)\n{REST}"),
            "Sad day A Person person",
        );
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
