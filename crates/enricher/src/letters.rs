//! What each character is to the reader of words, and how it folds: a table over the basic plane, made once.

use std::borrow::Cow;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_general_category::{GeneralCategory, get_general_category};

/// What a character is, and the at most three bytes that it folds to, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter(u32);

const LENGTH: u32 = 0b11;
const WORD: u32 = 1 << 2;
const UPPER: u32 = 1 << 3;
const NUMBER: u32 = 1 << 4;
const UNSPACED: u32 = 1 << 5;
const CONTINUES: u32 = 1 << 6;
const SIGN: u32 = 1 << 7;
/// Where the folded bytes begin. That a word character is alphabetic is told from its number flag.
const BYTES: u32 = 8;

impl Letter {
    /// Words are made of it.
    pub(crate) fn is_word(self) -> bool {
        self.0 & WORD != 0
    }

    pub(crate) fn is_upper(self) -> bool {
        self.0 & UPPER != 0
    }

    pub(crate) fn is_number(self) -> bool {
        self.0 & NUMBER != 0
    }

    pub(crate) fn is_alphabetic(self) -> bool {
        self.is_word() && !self.is_number()
    }

    /// It is of a script that sets no spaces: each character is read as a word.
    pub(crate) fn is_unspaced(self) -> bool {
        self.0 & UNSPACED != 0
    }

    /// It begins no word but goes on with one: accents, vowel signs, joiners, soft hyphens.
    pub(crate) fn continues(self) -> bool {
        self.0 & CONTINUES != 0
    }

    /// It is a quotation mark or ends a sentence.
    pub(crate) fn is_sign(self) -> bool {
        self.0 & SIGN != 0
    }

    /// Appends the character in lower case and without diacritics.
    pub(crate) fn fold_into(self, folded: &mut Vec<u8>) {
        let bytes = (self.0 >> BYTES).to_le_bytes();
        let length = self.0 & LENGTH;
        if length == 1 {
            folded.push(bytes[0]);
        } else {
            folded.extend_from_slice(&bytes[..length as usize]);
        }
    }

    fn of(c: char) -> Self {
        let mut folded = String::new();
        fold(c, &mut folded);
        let mut flags = 0;
        if c.is_alphanumeric() {
            flags |= WORD;
            flags |= if c.is_uppercase() { UPPER } else { 0 };
            flags |= if c.is_numeric() { NUMBER } else { 0 };
            flags |= if is_unspaced(c) { UNSPACED } else { 0 };
        } else if continues(c) {
            flags |= CONTINUES;
        } else if is_quotation_mark(c) || ends_sentence(c) {
            flags |= SIGN;
        }
        if flags & (WORD | CONTINUES) == 0 {
            folded.clear();
        }
        let mut bytes = [0; 4];
        // Nothing in the basic plane folds to more than three bytes.
        let length = folded.len().min(3);
        bytes[..length].copy_from_slice(&folded.as_bytes()[..length]);
        Self(u32::from_le_bytes(bytes) << BYTES | flags | length as u32)
    }
}

static PLANE: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    (0..0x1_0000)
        .map(|code| char::from_u32(code).map_or(Letter(0), Letter::of))
        .collect()
});

/// The character at `at`, with its length in bytes. `bytes` are those of a text, and a character begins
/// there.
#[inline]
pub(crate) fn at(bytes: &[u8], at: usize) -> (Letter, usize) {
    let follows = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or(0)) & 0x3f;
    let first = u32::from(bytes[at]);
    match first {
        0..0x80 => (PLANE[first as usize], 1),
        0x80..0xe0 => (PLANE[((first & 0x1f) << 6 | follows(1)) as usize], 2),
        0xe0..0xf0 => (
            PLANE[((first & 0x0f) << 12 | follows(1) << 6 | follows(2)) as usize],
            3,
        ),
        _ => {
            let code = (first & 0x07) << 18 | follows(1) << 12 | follows(2) << 6 | follows(3);
            (beyond(code), 4)
        }
    }
}

/// A character beyond the basic plane: rare ideographs, old scripts, emoji. Their four bytes do not fit
/// into the table; two of them stand for all.
fn beyond(code: u32) -> Letter {
    let Some(c) = char::from_u32(code).filter(|c| c.is_alphanumeric()) else {
        return Letter(0);
    };
    let lower = c.to_lowercase().next().map_or(code, u32::from);
    let flags = Letter::of(c).0 & (WORD | UPPER | NUMBER | UNSPACED);
    Letter((lower & 0x00ff_ffff) << BYTES | flags | 3)
}

/// The word with its marks in its letters (Unicode's form NFC), where Latin, Greek, Cyrillic or Korean is written with them
/// apart: some editors write `é` as two characters, and `한` as three.
pub(crate) fn composed(word: &str) -> Cow<'_, str> {
    // The marks begin with 0xCC or 0xCD, Korean letters with 0xE1 and 0x84 to 0x87.
    let is_apart = |pair: &[u8]| matches!(pair, [0xcc | 0xcd, _] | [0xe1, 0x84..=0x87]);
    if word.as_bytes().windows(2).any(is_apart) {
        ComposingNormalizerBorrowed::new_nfc().normalize(word)
    } else {
        Cow::Borrowed(word)
    }
}

/// Appends `c` in lower case and without diacritics, so that Ábrego and Abrego are one name.
pub(crate) fn fold(c: char, folded: &mut String) {
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
            // Final sigma, and the tonos that capitals leave out.
            'ς' => folded.push('σ'),
            'ά' => folded.push('α'),
            'έ' => folded.push('ε'),
            'ή' => folded.push('η'),
            'ί' | 'ϊ' | 'ΐ' => folded.push('ι'),
            'ό' => folded.push('ο'),
            'ύ' | 'ϋ' | 'ΰ' => folded.push('υ'),
            'ώ' => folded.push('ω'),
            'ё' => folded.push('е'),
            // One letter, two keyboards: Arabic and Persian yeh and kaf, the carriers of hamza.
            'ي' | 'ى' => folded.push('ی'),
            'ك' => folded.push('ک'),
            'أ' | 'إ' | 'آ' => folded.push('ا'),
            // Full width forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(u32::from(lower) - 0xfee0).unwrap_or(lower);
                folded.push(narrow.to_ascii_lowercase());
            }
            other if is_silent(other) => {}
            other => folded.push(other),
        }
    }
}

/// A word in lower case and without diacritics, an umlaut as its bare letter: how the words of reporting are known.
pub(crate) fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(|c| fold_plainly(c, &mut out));
        }
    }
    out
}

/// Folds a letter in lower case as [`fold`] does, but for those of which that makes two, and some more.
fn fold_plainly(c: char, out: &mut String) {
    out.push(match c {
        'ä' | 'ǎ' | '\u{1ea0}'..='\u{1eb7}' => 'a',
        'ĕ' | 'ə' | '\u{1eb8}'..='\u{1ec7}' => 'e',
        '\u{1ec8}'..='\u{1ecb}' => 'i',
        'ķ' => 'k',
        'ö' | 'ø' | 'ơ' | '\u{1ecc}'..='\u{1ee3}' => 'o',
        'ü' | 'ư' | '\u{1ee4}'..='\u{1ef1}' => 'u',
        '\u{1ef2}'..='\u{1ef9}' => 'y',
        'þ' => return out.push_str("th"),
        '’' | 'ʼ' => '\'',
        other => return fold(other, out),
    });
}

/// Signs that change nothing of what a word is: accents where a text is decomposed, Arabic and Hebrew
/// vowels, kashida, joiners, soft hyphens.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05c7}' | '\u{0640}'
        | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{00ad}' | '\u{200b}'..='\u{200f}'
        | '\u{2060}' | '\u{feff}')
}

/// Accents, vowel signs, and the invisible signs within words.
fn continues(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    let is_mark = || {
        matches!(
            get_general_category(c),
            NonspacingMark | SpacingMark | EnclosingMark
        )
    };
    !c.is_ascii()
        && (is_mark()
            || matches!(
                c,
                '\u{00ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
            ))
}

/// Scripts that set no spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Signs that open or close quotations, where ASCII has none.
fn is_quotation_mark(c: char) -> bool {
    matches!(c, '‘'..='‟' | '«' | '»' | '‹' | '›' | '「'..='』' | '《' | '》' | '〝'..='〟'
        | '＂' | '｢' | '｣' | '״' | '❝' | '❞' | '﹁'..='﹄')
}

/// Signs other than ASCII that end a sentence.
pub(crate) fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '…' | '。'
            | '！'
            | '？'
            | '．'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '။'
            | '។'
            | '։'
            | '።'
    )
}

/// Signs that may stand between a sentence's end and the space behind it.
pub(crate) fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '’'
            | '”'
            | '“'
            | '‘'
            | '»'
            | '«'
            | '›'
            | '‹'
            | ')'
            | ']'
            | '.'
            | '!'
            | '?'
            | '…'
    )
}

/// Signs that may stand between a space and the sentence behind it.
pub(crate) fn is_opening(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '('
            | '['
            | '-'
            | '–'
            | '—'
            | '*'
            | '•'
            | '¿'
            | '¡'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_basic_plane_folds_to_more_than_three_bytes() {
        for c in (0..0x1_0000).filter_map(char::from_u32) {
            let mut folded = String::new();
            fold(c, &mut folded);
            assert!(
                folded.len() <= 3 || !c.is_alphanumeric() && !continues(c),
                "{c:?} {folded:?}"
            );
        }
    }
}
