//! What is looked at before the parser: depth and number of elements.
//!
//! feed-rs descends by recursion, and a stack overflow ends the process, which no `catch_unwind` stops.

use encoding_rs::{Encoding, UTF_8};
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use super::ParseError;

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 64;
/// How many items a document may list. Its memory grows by 1.5 KB for each.
const MAX_ITEMS: usize = 50_000;

/// Looks through a document. JSON is left to its parser, which has a limit of its own.
///
/// What is what is decided as feed-rs decides it: by the first `<` or `{`, wherever it stands.
pub(super) fn check(text: &str) -> Result<(), ParseError> {
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let Some(start) = text.find(['<', '{']) else {
        // feed-rs finds no root in it either.
        return Ok(());
    };
    if text[start..].starts_with('{') {
        return Ok(());
    }
    // By these feed-rs would tell UTF-16, and read something else than what is looked at here.
    if text.bytes().take(4).any(|byte| byte == 0) {
        return Err(ParseError::Malformed("NUL at the beginning".into()));
    }
    walk(&text[start..])
}

fn walk(text: &str) -> Result<(), ParseError> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut depth = 0usize;
    let mut items = 0usize;
    let mut root = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                if root && is_html(&start) {
                    return Err(ParseError::Html);
                }
                root = false;
                items += usize::from(is_item(&start));
            }
            Ok(Event::Empty(start)) => items += usize::from(is_item(&start)),
            Ok(Event::Decl(declaration)) => check_encoding(&declaration)?,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            // What lies beyond cannot be counted, so nobody reads it.
            Err(error) => {
                let position = reader.error_position();
                return Err(ParseError::Malformed(format!("{error} at byte {position}")));
            }
        }
        if depth > MAX_DEPTH {
            return Err(ParseError::TooDeep(MAX_DEPTH));
        }
        if items > MAX_ITEMS {
            return Err(ParseError::TooManyItems(MAX_ITEMS));
        }
    }
}

/// feed-rs obeys a declaration wherever it stands, and would read what follows in that encoding,
/// although it is UTF-8 by now: not what is looked at here.
fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), ParseError> {
    let Some(Ok(label)) = declaration.encoding() else {
        return Ok(());
    };
    match Encoding::for_label(&label) {
        Some(encoding) if encoding != UTF_8 => Err(ParseError::Malformed(format!(
            "a misplaced declaration of {}",
            encoding.name()
        ))),
        _ => Ok(()),
    }
}

fn is_item(start: &BytesStart<'_>) -> bool {
    matches!(start.local_name().as_ref(), b"item" | b"entry")
}

fn is_html(start: &BytesStart<'_>) -> bool {
    start.local_name().as_ref().eq_ignore_ascii_case(b"html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_documents_are_refused_before_the_parser() {
        let deep = "<a>".repeat(200_000);
        assert_eq!(check(&deep), Err(ParseError::TooDeep(MAX_DEPTH)));
        let flat = format!("<r>{}</r>", "<a></a><b/>".repeat(100_000));
        assert_eq!(check(&flat), Ok(()));
        let markup = format!("<r><![CDATA[{}]]></r>", "<p>".repeat(1_000));
        assert_eq!(check(&markup), Ok(()));
    }

    #[test]
    fn nothing_before_the_first_element_leads_past_the_guard() {
        let deep = "<a>".repeat(200_000);
        for before in [
            "x",
            " \u{1}",
            "]}>",
            "<?xml version='1.0' encoding='UTF-8'?>",
        ] {
            let document = format!("{before}{deep}");
            assert_eq!(check(&document), Err(ParseError::TooDeep(MAX_DEPTH)));
        }
        for before in ["x<?xml version='1.0' encoding='utf-16le'?>", "<\0", "\0<"] {
            let refused = check(&format!("{before}{deep}"));
            assert!(
                matches!(refused, Err(ParseError::Malformed(_))),
                "{refused:?}"
            );
        }
        assert_eq!(check("{\"a\": \"<a>\"}"), Ok(()));
    }

    #[test]
    fn items_are_counted() {
        let many = format!("<rss>{}</rss>", "<item/>".repeat(MAX_ITEMS + 1));
        assert_eq!(check(&many), Err(ParseError::TooManyItems(MAX_ITEMS)));
    }

    #[test]
    fn a_page_is_named_as_what_it_is() {
        assert_eq!(check("<!DOCTYPE html><HTML><p>x"), Err(ParseError::Html));
        assert_eq!(check(" \n"), Err(ParseError::Empty));
    }
}
