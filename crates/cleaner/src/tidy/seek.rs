//! Searches over what is dropped, which is the greater part of a page: by bytes, many at a time.

use memchr::{memchr, memmem};

/// Where the next end tag of that name begins, from `from` on.
pub(super) fn end_tag(source: &str, mut from: usize, name: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    while let Some(offset) = memchr(b'<', &bytes[from..]) {
        let start = from + offset;
        from = start + 1;
        if bytes.get(start + 1) != Some(&b'/') {
            continue;
        }
        let after = start + 2 + name.len();
        let named = bytes
            .get(start + 2..after)
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        let ends = bytes
            .get(after)
            .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        if named && ends {
            return Some(start);
        }
    }
    None
}

/// The place behind the end of a comment, from `from` on; the end of the page where it has none.
pub(super) fn comment_end(source: &str, from: usize) -> usize {
    let end = memmem::find(&source.as_bytes()[from..], b"-->");
    end.map_or(source.len(), |offset| from + offset + 3)
}
