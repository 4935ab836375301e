//! What is looked at before the parser: depth and number of elements.
//!
//! feed-rs descends by recursion, and a stack overflow ends the process, which no `catch_unwind` stops.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::ParseError;

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 64;
/// How many items a document may list. Its memory grows by 1.5 KB for each.
const MAX_ITEMS: usize = 50_000;

/// Looks through a document. JSON is left to its parser, which has a limit of its own.
pub(super) fn check(text: &str) -> Result<(), ParseError> {
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    if !text.starts_with('<') {
        return Ok(());
    }
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
