//! The words of a text's beginning: what a language can be told from, and nothing else.

use std::borrow::Cow;
use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::script::Script;

/// Letters read of a text: a headline and a paragraph or two. More says nothing new.
const MOST_LETTERS: usize = 600;

/// How far into a text letters are looked for, in bytes, so that 5 MB of digits cost nothing.
const WINDOW: usize = 8 * 1024;

/// A longer word is read in pieces.
const LONGEST_WORD: usize = 24;

/// A run of letters of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where its letters lie in [`Words::letters`].
    pub letters: Range<usize>,
    /// The script of all of them.
    pub script: Script,
    /// No letter of it is in lower case.
    pub capitals: bool,
}

/// The words of a text's beginning.
#[derive(Clone, Debug, Default)]
pub struct Words {
    letters: Vec<char>,
    words: Vec<Word>,
}

impl Words {
    /// Reads the words of `text`, in lower case and composed. Left out are addresses, handles, tags,
    /// markup and all else that is written alike in every language.
    pub fn of(text: &str) -> Self {
        let text = composed(prefix(text));
        let mut words = Self {
            letters: Vec::with_capacity(text.len().min(MOST_LETTERS)),
            words: Vec::with_capacity(32),
        };
        for token in text.split_whitespace() {
            if words.letters.len() >= MOST_LETTERS {
                break;
            }
            words.read(token);
        }
        words
    }

    /// The words in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&Word, &[char])> {
        self.words
            .iter()
            .map(|word| (word, &self.letters[word.letters.clone()]))
    }

    fn read(&mut self, token: &str) {
        let machine = is_machine_made(token);
        let mut start = self.letters.len();
        let mut script = None;
        let mut capitals = true;
        let mut skipped = false;
        let mut before = ' ';
        for c in token.chars() {
            if is_silent(c) {
                continue;
            }
            let now = Script::of(c).filter(|_| !(machine && c.is_ascii()));
            let length = self.letters.len() - start;
            if now != script || length == LONGEST_WORD {
                // `v2`, `4G`: names of things.
                if !(c.is_ascii_digit() && script == Some(Script::Latin)) {
                    self.finish(start, script, capitals);
                }
                self.letters
                    .truncate(self.words.last().map_or(0, |word| word.letters.end));
                start = self.letters.len();
                script = now;
                capitals = true;
                skipped = before.is_ascii_digit() && now == Some(Script::Latin);
            }
            if now.is_some() && !skipped {
                let lower = lower_case(c);
                capitals &= lower != c || c.is_ascii_uppercase();
                self.letters.push(lower);
            }
            before = c;
        }
        self.finish(start, script, capitals);
    }

    fn finish(&mut self, start: usize, script: Option<Script>, capitals: bool) {
        let letters = start..self.letters.len();
        if let Some(script) = script
            && !letters.is_empty()
        {
            self.words.push(Word {
                letters,
                script,
                capitals,
            });
        }
    }
}

fn prefix(text: &str) -> &str {
    &text[..text.floor_char_boundary(WINDOW)]
}

/// `text` with letters and their marks as one character, as most texts come. U+0300 to U+036F begin
/// with these two bytes.
fn composed(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| matches!(byte, 0xcc | 0xcd)) {
        return ComposingNormalizerBorrowed::new_nfc().normalize(text);
    }
    Cow::Borrowed(text)
}

/// Marks that are set over or between letters and may as well be absent: accents that no composed
/// letter has, Hebrew and Arabic vowels, tatweel, soft hyphens, direction marks.
fn is_silent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{ad}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{fe0f}')
}

/// One letter for a letter. Romanian's comma below and the cedilla that stands in for it become one.
fn lower_case(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    match c {
        'Ș' | 'ș' => 'ş',
        'Ț' | 'ț' => 'ţ',
        'ẞ' => 'ß',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Whether the ASCII part of `token` is written by or for machines: an address, a handle, a tag, a
/// path, markup, code.
fn is_machine_made(token: &str) -> bool {
    let bytes = token.as_bytes();
    let mut dotted = false;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'@' | b'_' | b'<' | b'>' | b'{' | b'}' | b'=' | b'\\' | b'|' => return true,
            b':' if bytes[index..].starts_with(b"://") => return true,
            b'.' => dotted = true,
            _ => {}
        }
    }
    if bytes[0] == b'#' {
        return true;
    }
    if !dotted {
        return false;
    }
    let bare = token.trim_matches(|c: char| c.is_ascii_punctuation());
    let host = bare.split('/').next().unwrap_or(bare);
    host.starts_with("www.") || host.rsplit_once('.').is_some_and(is_file_or_host)
}

/// `report.pdf`, `example.com`, but neither `p.m` nor `end.Next`.
fn is_file_or_host((stem, ending): (&str, &str)) -> bool {
    let alike = |is: fn(&u8) -> bool| ending.bytes().all(|byte| is(&byte));
    (2..=4).contains(&ending.len())
        && stem.len() > 1
        && stem.is_ascii()
        && !stem.ends_with('.')
        && (alike(u8::is_ascii_lowercase) || alike(u8::is_ascii_uppercase))
}
