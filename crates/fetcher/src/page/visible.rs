//! The text of a page that can be seen, roughly: to tell whether it has changed, and how much of it there
//! is. Linear in the page's bytes, whatever they are.

use memchr::{memchr, memmem};
use xxhash_rust::xxh3::xxh3_64;

/// Elements whose content is not seen.
const UNSEEN: [&str; 4] = ["script", "style", "template", "noscript"];

/// What is seen, in the page's own character set, with white space folded.
pub(crate) fn visible(page: &[u8]) -> Vec<u8> {
    let mut seen = Vec::with_capacity(page.len() / 2);
    let mut rest = page;
    loop {
        let at = memchr(b'<', rest).unwrap_or(rest.len());
        fold(&rest[..at], &mut seen);
        rest = &rest[at..];
        let Some((_, tag)) = rest.split_first() else {
            break;
        };
        if let Some(comment) = tag.strip_prefix(b"!--") {
            rest = after(comment, b"-->");
            continue;
        }
        if !tag
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || b"/!?".contains(b))
        {
            seen.push(b'<');
            rest = tag;
            continue;
        }
        rest = after(tag, b">");
        if let Some(name) = UNSEEN.iter().find(|name| is_named(tag, name)) {
            rest = after_element(rest, name);
        }
    }
    seen
}

/// The hash of what is seen.
pub(crate) fn fingerprint(page: &[u8]) -> u64 {
    xxh3_64(&visible(page))
}

fn after<'a>(text: &'a [u8], end: &[u8]) -> &'a [u8] {
    memmem::find(text, end).map_or(&[], |at| &text[at + end.len()..])
}

fn is_named(tag: &[u8], name: &str) -> bool {
    let Some((found, rest)) = tag.split_at_checked(name.len()) else {
        return false;
    };
    let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'-';
    found.eq_ignore_ascii_case(name.as_bytes()) && rest.first().is_none_or(ends)
}

/// What follows the end tag of an element; nothing where there is none.
fn after_element<'a>(text: &'a [u8], name: &str) -> &'a [u8] {
    let mut ends = memmem::find_iter(text, b"</");
    let end = ends.find(|at| is_named(&text[at + 2..], name));
    end.map_or(&[], |at| after(&text[at..], b">"))
}

/// Appends text, its white space as one blank each.
fn fold(text: &[u8], seen: &mut Vec<u8>) {
    for byte in text {
        if !byte.is_ascii_whitespace() {
            seen.push(*byte);
        } else if seen.last().is_some_and(|last| *last != b' ') {
            seen.push(b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &str) {
        let seen = visible(page.as_bytes());
        assert_eq!(String::from_utf8_lossy(&seen), expected, "{page}");
    }

    #[test]
    fn what_is_seen() {
        check("<p>a  b\n<b>c</b></p>", "a b c");
        check("<script>'<p>x'</script>a<STYLE>y</style >b", "ab");
        check("a<!-- <p>x -->b<!doctype html>c<scripted>d", "abcd");
        check("a < b <", "a < b <");
        check("a<script>never ends", "a");
        check("a<p never ends", "a");
        check("", "");
    }

    #[test]
    fn what_changes_with_every_request_changes_nothing() {
        let page = |nonce: &str, text: &str| {
            let page =
                format!("<p class={nonce}>{text}</p><script>t={nonce}</script><!--{nonce}-->");
            fingerprint(page.as_bytes())
        };
        assert_eq!(page("1", "late"), page("2", "late"));
        assert_ne!(page("1", "late"), page("1", "later"));
    }
}
