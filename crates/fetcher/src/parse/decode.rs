//! From bytes to text, before any parser sees them.
//!
//! A byte-order mark decides; else valid UTF-8 wins, whatever the labels say; else the label of HTTP,
//! then that of the XML declaration; else windows-1252, in which every byte is something.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a feed, without byte-order mark, leading white space and XML declaration: its label
/// would be wrong now, and feed-rs would believe it.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    match text(bytes, content_type) {
        Cow::Borrowed(text) => Cow::Borrowed(body(text)),
        Cow::Owned(text) => Cow::Owned(body(&text).to_owned()),
    }
}

fn text<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    let encoding = match bytes {
        [0, b'<', 0, ..] => UTF_16BE,
        [b'<', 0, _, 0, ..] => UTF_16LE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => content_type
                .and_then(charset)
                .or_else(|| declared(bytes))
                // It was tried, and is not what the bytes are.
                .filter(|encoding| *encoding != UTF_8)
                .unwrap_or(WINDOWS_1252),
        },
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// The charset parameter of a content type.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let value = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    Encoding::for_label(value.trim().trim_matches(['"', '\'']).as_bytes())
}

/// The encoding that the XML declaration names. A declaration that reads as ASCII cannot be UTF-16,
/// whatever it says.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
    let declaration = head.trim_start().strip_prefix("<?xml")?;
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration.split_once("encoding")?.1;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

/// What follows the byte-order mark, white space and the XML declaration.
fn body(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let Some(declaration) = text.strip_prefix("<?xml") else {
        return text;
    };
    if !declaration.starts_with(char::is_whitespace) {
        return text;
    }
    match declaration.split_once("?>") {
        Some((_, body)) => body.trim_start(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, expected: &str) {
        assert_eq!(decode(bytes, content_type), expected);
    }

    fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn valid_utf8_wins_over_a_wrong_label() {
        let text = "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>";
        check(
            text.as_bytes(),
            Some("text/xml; charset=windows-1251"),
            "<a>é</a>",
        );
    }

    #[test]
    fn labels_in_their_order() {
        let latin = b"<?xml version=\"1.0\" encoding=\"iso-8859-2\"?><a>\xb1</a>";
        check(latin, None, "<a>ą</a>");
        check(latin, Some("text/xml"), "<a>ą</a>");
        check(
            latin,
            Some("application/xml; Charset=\"windows-1251\""),
            "<a>±</a>",
        );
        check(b"<a>\x93x\x94 \xe9</a>", None, "<a>“x” é</a>");
        check(b"<a>\xe9</a>", Some("text/xml; charset=utf-8"), "<a>é</a>");
        check(
            b"<a>\xe9</a>",
            Some("text/xml; charset=klingon"),
            "<a>é</a>",
        );
    }

    #[test]
    fn utf16_with_and_without_a_mark() {
        let text = "<?xml version='1.0' encoding='UTF-16'?><a>日本</a>";
        check(&utf16(text, u16::to_be_bytes), None, "<a>日本</a>");
        check(&utf16(text, u16::to_le_bytes), None, "<a>日本</a>");
        let marked = format!("\u{feff}{text}");
        check(
            &utf16(&marked, u16::to_be_bytes),
            Some("text/xml; charset=utf-8"),
            "<a>日本</a>",
        );
        check(&utf16(&marked, u16::to_le_bytes), None, "<a>日本</a>");
    }

    #[test]
    fn what_stands_before_the_root_goes() {
        check(b"\xef\xbb\xbf\n <?xml version='1.0'?>\n<a/>", None, "<a/>");
        check(
            b"<?xml-stylesheet href='x'?><a/>",
            None,
            "<?xml-stylesheet href='x'?><a/>",
        );
        check(b"<?xml version='1.0'", None, "<?xml version='1.0'");
        check(b"", None, "");
    }
}
