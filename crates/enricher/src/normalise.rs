//! One pass over a text: its words folded and hashed, where its sentences begin, where its quotation marks
//! stand, and which of them belong together.
//!
//! Whatever is found in a text is found from this: what compares texts works on the words alone; names and places
//! on the words and their capitals; quotations are the spans, and who speaks is looked for in the sentences about
//! them; a citation is looked for in the sentence in which an agency is named, a credit in its line or at its
//! paragraph's end. These read the letters there again, for they want words as they are written (`dit-il`,
//! `l'agence`, `dpa/lno`).
//!
//! Offsets are bytes of the text as given.

mod bytes;
mod quoted;
mod signs;
mod singles;
mod spans;
mod word;
mod wrapped;

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

pub use signs::Shape;
pub use spans::Span;

use crate::letters;
use crate::lexicon::Small;
use crate::words::Word;
use bytes::{BYTES, Byte, closes_here, opens_low};
use word::fold_word;
use wrapped::Wrapped;
pub(crate) use wrapped::goes_on;

/// Closing marks behind the end of a sentence that are looked past.
const CLOSING: usize = 16;

/// Words read of one text. What stands behind them is ignored, so that a page of 5 MB costs no more
/// than a long article.
pub const MAX_WORDS: usize = 8_000;

/// Bytes read of one text, for those that have no words.
pub const MAX_BYTES: usize = 1 << 20;

/// A text, read once.
#[derive(Debug, Default)]
pub struct Normalised {
    /// Its words in order.
    pub words: Vec<Word>,
    /// Where its sentences begin, in rising order: the first letter, digit or mark of each.
    pub sentences: Vec<u32>,
    /// Every sign that can open or close a quotation, and every line's end that is no wrap, in order.
    pub marks: Vec<Mark>,
    /// Where its lines end, in rising order: those of `marks`.
    pub lines: Vec<u32>,
    /// What stands between marks that belong together, the outermost, in order. Titles and single words are among
    /// them: whether somebody said it is judged by what reads quotations.
    pub spans: Vec<Span>,
    /// So much of the text was read, in bytes: all of it, but of the longest.
    pub end: usize,
    /// Some word is preceded by an at sign, as handles are.
    pub handles: bool,
}

/// A sign that can open or close a quotation, or the end of a line that is no wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands, in bytes.
    pub at: u32,
    /// The sign, or `\n`. An apostrophe between two letters is part of its word and no mark. Signs are straight
    /// (``" ' ` ＂ ״``, and `,` for the first of `,,`), curled (`‘ ’ ‚ ‛ “ ” „ ‟ ❝ ❞`), angled (`« » ‹ › 《 》`), cornered
    /// (`「 」 ｢ ｣ 『 』 ﹁ ﹂ ﹃ ﹄`) and primes (`〝 〞 〟`).
    pub sign: char,
    /// How many words stand before it: the index of the word behind it.
    pub word: u32,
}

/// Reads a text, up to [`MAX_WORDS`].
pub fn normalise(text: &str) -> Normalised {
    let mut reader = Reader::new(&text[..text.floor_char_boundary(MAX_BYTES)]);
    reader.read();
    let mut read = reader.out;
    let text = &text[..read.end];
    read.spans = spans::spans(text, &read.marks);
    quoted::mark(text, &mut read.words, &read.spans, read.handles);
    read
}

impl Normalised {
    /// Where the sentence begins in which `at` stands.
    pub(crate) fn sentence_start(&self, at: usize) -> usize {
        let behind = self
            .sentences
            .partition_point(|&start| start as usize <= at);
        behind
            .checked_sub(1)
            .map_or(0, |at| self.sentences[at] as usize)
    }

    /// The line in which `at` stands, without its end: a paragraph, however it is wrapped.
    pub(crate) fn line(&self, at: usize) -> (usize, usize) {
        let behind = self.lines.partition_point(|&end| (end as usize) < at);
        let start = behind.checked_sub(1);
        (
            start.map_or(0, |at| self.lines[at] as usize + 1),
            self.lines.get(behind).map_or(self.end, |&end| end as usize),
        )
    }

    /// Where the next sentence begins behind `at`, or the text ends.
    pub(crate) fn next_sentence(&self, at: usize) -> usize {
        let behind = self
            .sentences
            .partition_point(|&start| start as usize <= at);
        self.sentences
            .get(behind)
            .map_or(self.end, |&start| start as usize)
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The text with its ASCII letters in lower case: most words are hashed as they stand there.
    lower: Vec<u8>,
    folded: Vec<u8>,
    out: Normalised,
    opens: bool,
    /// A sentence ended; the next one begins with the next word, or with a mark before it.
    ended: bool,
    wrapped: Wrapped,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            lower: text.as_bytes().to_ascii_lowercase(),
            folded: Vec::with_capacity(64),
            out: Normalised {
                words: Vec::with_capacity((text.len() / 5).min(MAX_WORDS)),
                ..Normalised::default()
            },
            opens: true,
            ended: true,
            wrapped: Wrapped::default(),
        }
    }

    fn read(&mut self) {
        self.out.end = self.read_to_end();
    }

    /// Reads as much as is to be read, and returns where that ends.
    fn read_to_end(&mut self) -> usize {
        let bytes = self.bytes;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match BYTES[byte as usize] {
                Byte::Word => {
                    if self.out.words.len() == MAX_WORDS {
                        return at;
                    }
                    at = self.ascii_word(at);
                }
                Byte::Wide => {
                    if self.out.words.len() == MAX_WORDS {
                        return at;
                    }
                    at = self.wide(at);
                }
                Byte::Other => at += 1,
                other => {
                    self.sign(at, other);
                    at += 1;
                }
            }
        }
        at
    }

    /// Reads the word that begins at `start` with an ASCII letter or digit, and returns where it ends.
    #[inline]
    fn ascii_word(&mut self, start: usize) -> usize {
        let bytes = self.bytes;
        let mut end = start + 1;
        while let Some(&byte) = bytes.get(end)
            && BYTES[byte as usize] == Byte::Word
        {
            end += 1;
        }
        let goes_on = match bytes.get(end) {
            Some(b'.' | b',') => {
                bytes[end - 1].is_ascii_digit()
                    && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)
            }
            Some(b'\'') => bytes
                .get(end + 1)
                .is_some_and(|&next| next.is_ascii_alphabetic() || next >= 0x80),
            Some(0x80..) => true,
            _ => false,
        };
        if goes_on {
            return self.word(start);
        }
        let first = bytes[start];
        let hash = xxh3_64(&self.lower[start..end]);
        self.push(
            start,
            end,
            hash,
            first.is_ascii_uppercase(),
            first.is_ascii_digit(),
        );
        end
    }

    /// Reads on at a character that is not ASCII: a word or a sign.
    fn wide(&mut self, at: usize) -> usize {
        let (letter, length) = letters::at(self.bytes, at);
        if letter.is_word() {
            return self.word(at);
        }
        if letter.is_sign() {
            let sign = self.text[at..].chars().next().unwrap_or(' ');
            if letters::ends_sentence(sign) {
                self.opens = true;
                self.end_sentence(at, sign);
            } else {
                self.mark(at, sign);
            }
        }
        at + length
    }

    /// Reads a word of any letters, and returns where it ends.
    fn word(&mut self, start: usize) -> usize {
        let (first, _) = letters::at(self.bytes, start);
        let mut folded = std::mem::take(&mut self.folded);
        let end = fold_word(self.bytes, start, &mut folded);
        if let Cow::Owned(word) = letters::composed(&self.text[start..end]) {
            fold_word(word.as_bytes(), 0, &mut folded);
        }
        if folded.ends_with(b"'s") {
            folded.truncate(folded.len() - 2);
        }
        let hash = xxh3_64(&folded);
        self.folded = folded;
        self.push(start, end, hash, first.is_upper(), first.is_number());
        end
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, hash: u64, capital: bool, number: bool) {
        if self.ended {
            self.ended = false;
            self.out.sentences.push(start as u32);
        }
        self.out.words.push(Word {
            start: start as u32,
            end: end as u32,
            hash,
            capital,
            number,
            opens: self.opens,
            quoted: false,
        });
        self.opens = false;
    }

    /// Takes note of an ASCII sign.
    fn sign(&mut self, at: usize, byte: Byte) {
        match byte {
            Byte::Joins if self.bytes[at] == b'.' => {
                self.opens = true;
                self.end_sentence(at, '.');
            }
            Byte::Ends => {
                self.opens = true;
                if self.bytes[at] != b':' {
                    self.end_sentence(at, '!');
                }
            }
            Byte::Newline if self.wrapped.at(self.text, at) => {}
            Byte::Newline => {
                self.opens = true;
                self.ended = true;
                self.mark(at, '\n');
            }
            Byte::Joins if self.bytes[at] == b'\'' => self.mark(at, '\''),
            Byte::Joins if opens_low(self.bytes, at) => self.mark(at, ','),
            Byte::Quotes => self.mark(at, self.bytes[at].into()),
            Byte::At => self.out.handles = true,
            _ => {}
        }
    }

    fn mark(&mut self, at: usize, sign: char) {
        // A mark that follows a space or nothing opens the sentence that its words begin.
        if self.ended && sign != '\n' && !closes_here(self.bytes, at) {
            self.ended = false;
            self.out.sentences.push(at as u32);
        }
        if sign == '\n' {
            self.out.lines.push(at as u32);
        }
        self.out.marks.push(Mark {
            at: at as u32,
            sign,
            word: self.out.words.len() as u32,
        });
    }

    /// Judges whether the sign at `at` ends a sentence.
    fn end_sentence(&mut self, at: usize, sign: char) {
        if self.ended {
            return;
        }
        let rest = &self.text[at + if sign == '!' { 1 } else { sign.len_utf8() }..];
        if !sign.is_ascii() && !matches!(sign, '…' | '؟' | '۔') {
            // Scripts without spaces, and dandas.
            self.ended = true;
            return;
        }
        // What a sign is followed by is looked at in bounds, and only from the last of several signs: else a run
        // of a million of them would be read a million times.
        let closing: usize = rest
            .chars()
            .take(CLOSING)
            .take_while(|&c| letters::is_closing(c))
            .map(char::len_utf8)
            .sum();
        if rest[..closing].chars().any(letters::ends_sentence) {
            return;
        }
        let rest = &rest[closing..];
        let mut following = rest.chars();
        match following.next() {
            None => self.ended = true,
            Some(space) if space.is_whitespace() => {
                let next = rest.trim_start().chars().find(|&c| !letters::is_opening(c));
                let goes_on = next.is_some_and(char::is_lowercase);
                self.ended = !(goes_on || sign == '.' && self.abbreviates(at));
            }
            Some(_) => {}
        }
    }

    /// Whether the word before a full stop is short for something: `J.`, `Mr.`, `12.` before a month.
    fn abbreviates(&self, stop: usize) -> bool {
        let Some(word) = self.out.words.last() else {
            return false;
        };
        if word.end as usize != stop {
            return false;
        }
        let short = &self.text[word.range()];
        if word.capital && short.chars().count() == 1 {
            return true;
        }
        if word.number {
            // An ordinal, in the languages that write it so: years and amounts are longer.
            return short.len() <= 2 && !self.text[stop + 1..].starts_with('\n');
        }
        Small::Abbreviation.has(&short.to_lowercase())
    }
}
