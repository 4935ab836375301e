//! What is served as a page and is none: files of other types, data, programs.

use std::borrow::Cow;

use article::Fetched;
use pipeline::{Reason, Reject};

use crate::fold;

/// Refuses what says, or shows by its first bytes, that it is no text: before anything is decoded.
pub(crate) fn refuse_bytes(fetched: &Fetched) -> Result<(), Reject> {
    let declared = fetched.header("content-type").unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_html = matches!(
        essence.as_str(),
        "" | "text/html"
            | "application/xhtml+xml"
            | "text/xml"
            | "application/xml"
            | "text/plain"
            | "application/octet-stream"
            | "unknown/unknown"
    );
    let found = if is_html {
        of_bytes(fetched.page.as_slice())
    } else {
        Some(essence.as_str())
    };
    found.map_or(Ok(()), |kind| Err(no_page(fetched, kind)))
}

/// Refuses what shows by the beginning of its text that it is no HTML.
pub(crate) fn refuse_text(fetched: &Fetched, text: &str) -> Result<(), Reject> {
    let found = of_text(fold::prefix(text, SNIFFED));
    found.map_or(Ok(()), |kind| Err(no_page(fetched, &kind)))
}

fn no_page(fetched: &Fetched, kind: &str) -> Reject {
    // A file that somebody hands over may have no address.
    let page = match fetched.final_url.as_str() {
        "" => "this",
        address => address,
    };
    Reject::new(
        Reason::Unprocessable,
        format!("{page} is {kind}, not a web page"),
    )
}

/// How much of a file's start is looked at, in bytes.
const SNIFFED: usize = 4096;

/// The type of a file that is often served under a wrong one, by its first bytes.
fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 8] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"\x7fELF", "a program"),
        (b"{\\rtf", "application/rtf"),
    ];
    let start = bytes.trim_ascii_start();
    let known = SIGNATURES
        .iter()
        .find(|(signature, _)| start.starts_with(signature))
        .map(|(_, kind)| *kind);
    known.or_else(|| is_binary(bytes).then_some("binary data"))
}

/// One byte in so many is a control character in a file that is no text. Of compressed data every tenth is; on
/// pages a stray one may stand.
const CONTROLS: usize = 50;

/// Whether a file holds bytes that text in no encoding but UTF-16 has, as the standard of MIME sniffing lists them.
fn is_binary(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(SNIFFED)];
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let controls = bytes
        .iter()
        .filter(|byte| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    // UTF-16 without its mark is every other byte zero, and reads as markup all the same.
    let is_wide = is_wide
        || bytes
            .windows(4)
            .any(|four| matches!(four, b"<\0!\0" | b"<\0h\0" | b"\0<\0!" | b"\0<\0h"));
    !is_wide && controls.count() * CONTROLS > bytes.len()
}

/// The type of a text that is no page, by its beginning: XML of another root than HTML's, JSON, a script or a style
/// sheet.
fn of_text(text: &str) -> Option<Cow<'static, str>> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with('<') {
        return root_of_xml(start).map(|root| Cow::Owned(format!("XML ({root})")));
    }
    if is_json(start) {
        return Some(Cow::Borrowed("JSON"));
    }
    is_code(start).then_some(Cow::Borrowed("a script or a style sheet"))
}

/// Roots of documents that are served as pages without an XML declaration.
const ROOTS: [&str; 7] = [
    "rss",
    "feed",
    "rdf:rdf",
    "urlset",
    "sitemapindex",
    "opml",
    "svg",
];

/// The root of an XML document that is no page: the first element behind what declares the document. Without an XML
/// declaration only the roots that are known are believed: a page may begin with any element.
fn root_of_xml(start: &str) -> Option<&str> {
    let is_declared = start.starts_with("<?xml");
    let mut rest = start;
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!") {
            ">"
        } else {
            break;
        };
        rest = &rest[rest.find(end)? + end.len()..];
    }
    let name = rest.strip_prefix('<')?;
    let length = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    let name = &name[..length];
    let lower = name.to_ascii_lowercase();
    let is_page = || {
        let is_html = lower == "html" || lower.ends_with(":html");
        // Old pages declare XML and leave the root out, as HTML may.
        let parts = ["<head", "<body", "<div", "<p>"];
        is_html || parts.iter().any(|part| rest.contains(part))
    };
    let is_known = ROOTS.contains(&lower.as_str());
    (is_known || (is_declared && !lower.is_empty() && !is_page())).then_some(name)
}

/// Whether it begins as JSON does. A text in brackets begins with a word.
fn is_json(start: &str) -> bool {
    let opens = |sign: char, first: &[char]| {
        let inside = start.strip_prefix(sign).map(str::trim_start);
        inside.is_some_and(|inside| inside.starts_with(first))
    };
    opens('{', &['"']) || opens('[', &['{', '['])
}

/// How much of a program or a style sheet stands before what it holds of markup at least, in bytes.
const CODE: usize = 40;

/// Of so many characters one is a sign of code in scripts and style sheets at least; of prose hardly any is.
const SIGNS: usize = 20;

/// How many braces and signs of equality it has at least.
const BRACES: usize = 3;

/// Whether a file that does not begin with markup is code: many of the signs that close statements and blocks stand
/// before its first element. A licence may stand before all, as a comment.
fn is_code(start: &str) -> bool {
    let mut rest = start.trim_start();
    let mut is_commented = false;
    loop {
        let (end, length) = if rest.starts_with("/*") {
            (rest.find("*/"), 2)
        } else if rest.starts_with("//") {
            (rest.find('\n'), 1)
        } else {
            break;
        };
        is_commented = true;
        let Some(end) = end else {
            // A page begins with no comment of that kind.
            return true;
        };
        rest = rest[end + length..].trim_start();
    }
    let is_element = |at: &usize| rest[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic());
    let element = rest.match_indices('<').map(|(at, _)| at).find(is_element);
    let code = &rest[..element.unwrap_or(rest.len())];
    let count = |signs: &[u8]| code.bytes().filter(|byte| signs.contains(byte)).count();
    // Characters that are written by their numbers end with a semicolon each.
    let (braces, all) = (count(b"{}="), count(b"{}=;"));
    let least = if is_commented { CODE / 2 } else { CODE };
    code.len() >= least && braces >= BRACES && all * SIGNS >= code.len()
}
