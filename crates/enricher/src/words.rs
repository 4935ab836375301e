//! A text as words: folded, hashed, and marked with what the eye sees (capitals, digits, quotation).

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

/// Words read of one text. What stands behind them is ignored, so that a page of 5 MB costs no more
/// than a long article.
pub(crate) const MAX_WORDS: usize = 8_000;

/// A quotation that is longer than this many words is a lost closing mark, not a quotation.
const LONGEST_QUOTATION: usize = 400;

/// One word of a text.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the eye sees of a word, each on its own"
)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
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
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The hash under which a single word is known everywhere: folded as in a text.
pub(crate) fn hash_of_word(word: &str) -> u64 {
    xxh3_64(folded(word).as_bytes())
}

/// The word in lower case and without diacritics.
pub(crate) fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        fold(c, &mut folded);
    }
    folded
}

/// Reads the words of `text`.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut reader = Reader::new(text);
    reader.read();
    let Reader { mut words, .. } = reader;
    mark_posts(text, &mut words);
    unquote_statements(&mut words);
    words
}

struct Reader<'t> {
    text: &'t str,
    words: Vec<Word>,
    folded: String,
    quotation: Option<Quotation>,
    opens: bool,
}

/// An open quotation: the mark that opened it, and the first word in it.
struct Quotation {
    mark: char,
    first: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            words: Vec::with_capacity((text.len() / 6).min(MAX_WORDS)),
            folded: String::new(),
            quotation: None,
            opens: true,
        }
    }

    fn read(&mut self) {
        let mut at = 0;
        let mut before = ' ';
        while let Some(c) = self.text[at..].chars().next() {
            if self.words.len() == MAX_WORDS {
                return;
            }
            if c.is_alphanumeric() {
                at = self.word(at);
                before = 'x';
                continue;
            }
            let next = at + c.len_utf8();
            self.mark(c, before, &self.text[next..]);
            before = c;
            at = next;
        }
        // A quotation that nothing closes is a stray mark.
        self.abandon();
    }

    /// Reads the word that begins at `start` and returns where it ends.
    fn word(&mut self, start: usize) -> usize {
        self.folded.clear();
        let mut end = start;
        let mut chars = self.text[start..].char_indices().peekable();
        let first = self.text[start..].chars().next().unwrap_or(' ');
        while let Some((offset, c)) = chars.next() {
            if c.is_alphanumeric() {
                if is_unspaced(c) && offset > 0 {
                    break;
                }
                fold(c, &mut self.folded);
                end = start + offset + c.len_utf8();
                if is_unspaced(c) {
                    break;
                }
                continue;
            }
            let next = chars.peek().map(|&(_, next)| next);
            match (c, next) {
                ('\'' | '’', Some(next)) if next.is_alphabetic() => self.folded.push('\''),
                (',', Some(next)) if next.is_ascii_digit() && ends_in_digit(&self.folded) => {}
                ('.', Some(next)) if next.is_ascii_digit() && ends_in_digit(&self.folded) => {
                    self.folded.push('.');
                }
                _ => break,
            }
        }
        if let Some(stem) = self.folded.strip_suffix("'s") {
            self.folded.truncate(stem.len());
        }
        self.words.push(Word {
            start: start as u32,
            end: end as u32,
            hash: xxh3_64(self.folded.as_bytes()),
            capital: first.is_uppercase(),
            number: first.is_numeric(),
            opens: self.opens,
            quoted: self.quotation.is_some(),
        });
        self.opens = false;
        end
    }

    /// Takes note of what stands between two words.
    fn mark(&mut self, c: char, before: char, rest: &str) {
        let open = self.quotation.as_ref().map(|quotation| quotation.mark);
        match c {
            '.' | '!' | '?' | ':' => self.opens = true,
            '\n' => {
                self.opens = true;
                // Each paragraph of a long quotation opens with a mark of its own.
                self.quotation = None;
            }
            '“' if open == Some('„') => self.quotation = None,
            '»' if open == Some('«') => self.quotation = None,
            '«' if open == Some('»') => self.quotation = None,
            '”' => self.quotation = None,
            '“' | '„' | '«' | '»' => self.open(c),
            '"' if open == Some('"') => self.quotation = None,
            '"' if !before.is_alphanumeric()
                && rest.chars().next().is_some_and(char::is_alphanumeric) =>
            {
                self.open(c);
            }
            _ => {}
        }
        let too_long =
            |quotation: &Quotation| self.words.len() - quotation.first > LONGEST_QUOTATION;
        if self.quotation.as_ref().is_some_and(too_long) {
            self.abandon();
        }
    }

    fn open(&mut self, mark: char) {
        self.opens = true;
        self.quotation = Some(Quotation {
            mark,
            first: self.words.len(),
        });
    }

    /// Makes narration of what a stray mark seemed to quote.
    fn abandon(&mut self) {
        if let Some(quotation) = self.quotation.take() {
            for word in &mut self.words[quotation.first..] {
                word.quoted = false;
            }
        }
    }
}

/// Marks paragraphs that reproduce a post of a social network as quotation: they stand there without
/// marks, and every outlet that reports on one prints the same words.
fn mark_posts(text: &str, words: &mut [Word]) {
    if !text.contains("pic.twitter.com") && !text.contains("(@") {
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

fn ends_in_digit(folded: &str) -> bool {
    folded.ends_with(|c: char| c.is_ascii_digit())
}

/// Scripts that set no spaces: each character is read as a word.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Appends `c` in lower case and without diacritics, so that Ábrego and Abrego are one name.
fn fold(c: char, folded: &mut String) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ä' | 'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => folded.push('c'),
            'ď' | 'đ' | 'ð' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ğ' | 'ĝ' | 'ġ' | 'ģ' => folded.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ł' | 'ľ' | 'ļ' | 'ĺ' => folded.push('l'),
            'ñ' | 'ń' | 'ň' | 'ņ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => folded.push('o'),
            'ö' | 'ø' | 'œ' => folded.push_str("oe"),
            'ŕ' | 'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ü' => folded.push_str("ue"),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            // Combining marks, where a text is decomposed.
            '\u{0300}'..='\u{036f}' => {}
            other => folded.push(other),
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
