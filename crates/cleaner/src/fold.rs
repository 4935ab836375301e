//! White space and invisible characters, folded the same way everywhere.

/// Appends `text` with every run of white space as one space and without invisible characters; none
/// at the beginning. Returns the length added, see [`length`].
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

/// `text` with white space folded, nothing at its ends, and without invisible characters.
pub(crate) fn squeeze(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    append(&mut folded, text);
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
    if is_dense(c) || matches!(u32::from(c), 0xac00..=0xd7af) {
        2
    } else {
        1
    }
}

/// Whether a character is of a script that is written without spaces.
pub(crate) fn is_dense(c: char) -> bool {
    matches!(
        u32::from(c),
        0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3134f
    )
}

/// Letters and digits only, in lower case, with the variants of quotes and dashes gone: for
/// comparing what different parts of a page say.
pub(crate) fn key(text: &str) -> String {
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
}
