//! Whether words between marks are what somebody said, or a title, a name or a word held at arm's length.

use super::unspaced::SAID;
use crate::normalise::{Shape, Span};

/// Fewer words are no quotation: they are a word held at arm's length, or a name.
const FEWEST_WORDS: usize = 4;
/// So many characters of a script without spaces are as much as four words.
const FEWEST_UNSPACED: usize = 8;
/// A title has no more words than this.
const LONGEST_TITLE: usize = 12;

/// What the words of a span are like.
#[derive(Default)]
struct Look {
    /// Words parted by spaces.
    words: usize,
    /// Those that begin with a capital.
    capitals: usize,
    /// Those that could be written in lower case and are of some length, and how many have a capital.
    long: usize,
    capital: usize,
    /// Characters of scripts without spaces, and how many are hiragana or another script of grammar.
    unspaced: usize,
    grammar: usize,
}

/// Whether the span is a quotation by its own look and by what stands around it.
pub(crate) fn is_said(text: &str, span: &Span) -> bool {
    let words = &text[span.start..span.end];
    let look = look(words);
    if look.unspaced * 2 > look.words * 3 {
        return is_said_unspaced(text, span, words, &look);
    }
    if look.words < FEWEST_WORDS || span.shape == Shape::Book {
        return false;
    }
    let ends = words.ends_with(['.', '!', '?', ',', '…', ';']);
    let is_title = look.words <= LONGEST_TITLE
        && look.long >= 2
        && look.capital == look.long
        // Nouns have capitals in German: a sentence has other words as well.
        && look.capitals * 5 > look.words * 2 + look.words;
    if !ends && is_title {
        return false;
    }
    look.words > LONGEST_TITLE || ends || !is_titled(text, span)
}

fn look(words: &str) -> Look {
    let mut look = Look::default();
    for word in words.split_whitespace() {
        let mut letters = word.chars().filter(|c| c.is_alphanumeric());
        let Some(first) = letters.next() else {
            continue;
        };
        look.words += 1;
        look.capitals += usize::from(first.is_uppercase());
        let length = 1 + letters.count();
        if length >= 4 && first.is_alphabetic() {
            look.long += usize::from(first.is_lowercase() || first.is_uppercase());
            look.capital += usize::from(first.is_uppercase());
        }
    }
    for c in words.chars() {
        if c.is_ascii() {
            continue;
        }
        match c {
            '\u{3040}'..='\u{309f}' => {
                look.grammar += 1;
                look.unspaced += 1;
            }
            '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => {
                look.unspaced += 1;
            }
            '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
                look.unspaced += 1;
                look.grammar += 1;
            }
            _ => {}
        }
    }
    look
}

/// Chinese and Japanese quote names and titles with the marks of speech. What was said has the little
/// words of grammar, or ends as a sentence, or is introduced.
fn is_said_unspaced(text: &str, span: &Span, words: &str, look: &Look) -> bool {
    if span.shape == Shape::Book {
        return false;
    }
    let ends = words.ends_with(['。', '！', '？', '…', '，']);
    let told = is_told(&text[span.close..]);
    if look.unspaced < FEWEST_UNSPACED && !(look.unspaced >= FEWEST_UNSPACED - 2 && (ends || told))
    {
        return false;
    }
    if look.grammar >= 3 && look.grammar * 5 >= look.unspaced {
        return true;
    }
    let sentence = ends || words.contains(['，', '。', '？', '！', '、']);
    let introduced = text[..span.open]
        .trim_end()
        .ends_with(['：', ':', '，', ',']);
    sentence && (introduced || told || look.unspaced >= 12) || introduced && look.unspaced >= 12
}

/// Whether the words behind a quotation begin with somebody who says something.
fn is_told(behind: &str) -> bool {
    let end = behind
        .char_indices()
        .nth(14)
        .map_or(behind.len(), |(at, _)| at);
    let clause = &behind[..end];
    let clause = clause.split(['。', '“', '「']).next().unwrap_or_default();
    SAID.iter().any(|verb| clause.contains(verb))
}

/// Words that stand before the title of a work, in lower case.
const WORKS: &[&str] = &[
    "book",
    "film",
    "movie",
    "novel",
    "song",
    "album",
    "series",
    "show",
    "titled",
    "entitled",
    "article",
    "headline",
    "headlined",
    "hit",
    "single",
    "podcast",
    "documentary",
    "musical",
    "play",
    "track",
    "exhibition",
    "buch",
    "roman",
    "lied",
    "serie",
    "titel",
    "dem titel",
    "spielfilm",
    "ausstellung",
    "sendung",
    "betitelt",
    "livre",
    "chanson",
    "intitulé",
    "intitulée",
    "titre",
    "série",
    "libro",
    "película",
    "canción",
    "titulado",
    "titulada",
    "disco",
    "novela",
    "programa",
    "livro",
    "filme",
    "romance",
    "canção",
    "titolo",
    "canzone",
    "intitolato",
    "intitolata",
    "romanzo",
    "boek",
    "lied",
    "getiteld",
    "bok",
    "boken",
    "filmen",
    "serien",
    "boka",
    "låten",
    "bogen",
    "titlen",
    "sangen",
    "kniha",
    "film",
    "knihu",
    "název",
    "názvem",
    "seriál",
    "seriálu",
    "filmu",
    "książka",
    "książki",
    "tytułem",
    "serialu",
    "фильм",
    "фильме",
    "фильма",
    "книга",
    "книги",
    "книге",
    "роман",
    "песня",
    "песни",
    "сериал",
    "сериале",
    "фільм",
    "фільмі",
    "книга",
    "пісня",
    "kirja",
    "elokuva",
    "könyv",
    "című",
];

/// Whether the word before the mark says that a title comes.
fn is_titled(text: &str, span: &Span) -> bool {
    let before = text[..span.open].trim_end_matches([' ', '\u{a0}', '(']);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next();
    let Some(word) = word.filter(|word| !word.is_empty() && word.len() < 40) else {
        return false;
    };
    let word = word.to_lowercase();
    WORKS.contains(&word.as_str())
}
