//! White space, invisible characters and Unicode's forms, folded the same way everywhere.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// `text` with every letter and its marks in one character where there is one (Unicode's form NFC): some write
/// `é` as two.
fn composed(text: &str) -> Cow<'_, str> {
    // Marks of Latin, Greek and Cyrillic letters begin with 0xCC or 0xCD, those of other scripts behind 0xD5.
    // Most text has none of these bytes, and what has them is mostly composed already.
    if text
        .bytes()
        .any(|byte| matches!(byte, 0xcc | 0xcd | 0xd6..))
    {
        ComposingNormalizerBorrowed::new_nfc().normalize(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// Appends `text` with every run of white space as one space and without invisible characters; no space at the
/// beginning. Returns the length added in characters without white space, of which those that say as much as
/// several letters count double. The text stays in the Unicode form that its page has it in.
pub(crate) fn append(target: &mut String, text: &str) -> usize {
    let mut added = 0;
    let mut rest = text;
    while !rest.is_empty() {
        // Most of most pages' text, so it goes word by word.
        let run = rest.bytes().take_while(u8::is_ascii_graphic).count();
        target.push_str(&rest[..run]);
        added += run;
        rest = &rest[run..];
        let mut others = rest.chars();
        let Some(c) = others.next() else {
            break;
        };
        rest = others.as_str();
        if c.is_whitespace() {
            if !target.is_empty() && !target.ends_with(' ') {
                target.push(' ');
            }
        } else if !is_invisible(c) {
            target.push(c);
            added += weight(c);
        }
    }
    added
}

/// `text` composed, with white space folded, nothing at its ends, and without invisible characters.
pub(crate) fn squeeze(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    append(&mut folded, &composed(text));
    folded.truncate(folded.trim_end().len());
    folded
}

/// The beginning of `text`, at most `limit` bytes of it.
pub(crate) fn prefix(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// Soft hyphens, zero-width characters and direction marks: typesetting, not text. The joiners that
/// some scripts spell with stay.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// A character of a script without spaces says as much as two or three letters.
fn weight(c: char) -> usize {
    if is_dense(c) || is_hangul(c) { 2 } else { 1 }
}

/// Whether a character is of a script whose every character says about as much as a word of others.
pub(crate) fn is_dense(c: char) -> bool {
    matches!(
        u32::from(c),
        0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3134f
    )
}

/// Whether a character is a syllable of Korean.
pub(crate) fn is_hangul(c: char) -> bool {
    matches!(u32::from(c), 0xac00..=0xd7af)
}

/// Whether a character is of a script that is written without spaces between words, and whose characters are
/// letters nevertheless: Thai, Lao, Burmese, Khmer.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff)
}

/// Letters and digits only, in lower case, with the variants of quotes and dashes gone: for
/// comparing what different parts of a page say.
pub(crate) fn key(text: &str) -> String {
    let text = composed(text);
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        // Lower case by Unicode's tables costs many times as much, and most of most pages is ASCII.
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                key.push(c.to_ascii_lowercase());
            }
        } else if c.is_alphanumeric() {
            key.extend(c.to_lowercase());
        }
    }
    key
}

/// Whether `text` has the given [`key`], which most texts are seen not to have at their first letters.
pub(crate) fn has_key(text: &str, key: &str) -> bool {
    let text = composed(text);
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).eq(key.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_folds_and_soft_hyphens_go() {
        assert_eq!(squeeze(" a\u{a0}\n b\u{ad}c\u{200b} "), "a bc");
        let mut text = String::from("a ");
        assert_eq!(append(&mut text, "  b 日"), 3);
        assert_eq!(text, "a b 日");
    }

    #[test]
    fn a_prefix_cuts_no_character() {
        assert_eq!(prefix("aéb", 2), "a");
        assert_eq!(prefix("aéb", 3), "aé");
        assert_eq!(prefix("aéb", 9), "aéb");
    }

    #[test]
    fn keys_compare_what_reads_the_same() {
        assert_eq!(key("“It’s” – so"), key("\"It's\" - SO"));
        assert_eq!(key("ÉTÉ 2026"), "été2026");
        assert!(has_key("“Été” 2026", &key("ÉTÉ 2026")));
        assert!(!has_key("Été 20265", &key("ÉTÉ 2026")));
    }

    #[test]
    fn a_letter_and_its_mark_are_one_character() {
        assert_eq!(squeeze("Ma\u{308}rz, e\u{301}te\u{301}"), "März, été");
        assert_eq!(squeeze("\u{1112}\u{1161}\u{11ab}"), "한");
        assert_eq!(key("Ma\u{308}rz"), key("März"));
        assert!(has_key("MA\u{308}RZ", &key("März")));
        // Nothing is lost where there is no such character.
        assert_eq!(squeeze("q\u{308}"), "q\u{308}");
    }
}
