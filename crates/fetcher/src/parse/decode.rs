//! From bytes to text, before any reader sees them.
//!
//! A byte-order mark decides, and the shape of UTF-16 and UTF-32; else valid UTF-8 wins, whatever the
//! labels say; else the label of HTTP, then that of the XML declaration, where the bytes can be what it
//! says; else UTF-8 with windows-1252 in it; else what the bytes look like.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};
use memchr::memmem;

use super::report::{Repair, Report};

/// The text of a document, without byte-order mark, leading white space, XML declaration and the
/// control characters that neither XML nor JSON allows.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    report: &mut Report,
) -> Cow<'a, str> {
    let decoded = match text(bytes, content_type, report) {
        Cow::Borrowed(text) => Cow::Borrowed(body(text)),
        Cow::Owned(text) => Cow::Owned(body(&text).to_owned()),
    };
    if !decoded.bytes().any(is_forbidden) {
        return decoded;
    }
    report.repaired(Repair::ControlCharacters);
    Cow::Owned(
        decoded
            .chars()
            .filter(|c| !u8::try_from(*c).is_ok_and(is_forbidden))
            .collect(),
    )
}

fn is_forbidden(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

fn text<'a>(bytes: &'a [u8], content_type: Option<&str>, report: &mut Report) -> Cow<'a, str> {
    if let Some((is_big, length)) = utf32(bytes) {
        return Cow::Owned(decode_utf32(&bytes[length..], is_big, report));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return replacing(&bytes[length..], encoding, report);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        report.repaired(Repair::Charset);
        return replacing(bytes, encoding, report);
    }
    let http = content_type.and_then(charset);
    let labels = [http, declared(bytes)];
    let utf8 = std::str::from_utf8(bytes);
    if let Ok(text) = utf8 {
        // Its escapes are ASCII.
        if labels.contains(&Some(ISO_2022_JP)) && memchr::memchr(0x1b, bytes).is_some() {
            return replacing(bytes, ISO_2022_JP, report);
        }
        if labels.iter().flatten().any(|label| *label != UTF_8) && !text.is_ascii() {
            report.repaired(Repair::Charset);
        }
        return Cow::Borrowed(text);
    }
    for encoding in labels.into_iter().flatten().filter(|label| *label != UTF_8) {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return text;
        }
    }
    if let Some(mixed) = mixed(bytes, labels.contains(&Some(UTF_8))) {
        report.repaired(Repair::MixedCharset);
        return Cow::Owned(mixed);
    }
    report.repaired(Repair::Charset);
    let label = labels.into_iter().flatten().find(|label| *label != UTF_8);
    replacing(bytes, label.unwrap_or_else(|| detect(bytes)), report)
}

fn replacing<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    report: &mut Report,
) -> Cow<'a, str> {
    let (text, has_replaced) = encoding.decode_without_bom_handling(bytes);
    if has_replaced {
        report.repaired(Repair::ReplacedBytes);
    }
    text
}

/// UTF-8 in which single bytes are windows-1252: texts that were put together from two sources. They
/// must be rare among what is valid, unless the label says UTF-8.
fn mixed(bytes: &[u8], is_labelled: bool) -> Option<String> {
    let (mut valid, mut odd) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        odd += chunk.invalid().len();
    }
    if !is_labelled && odd > valid {
        return None;
    }
    let mut text = String::with_capacity(bytes.len() + odd);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Some(text)
}

/// What the bytes look like.
fn detect(bytes: &[u8]) -> &'static Encoding {
    // Enough to be sure of, and soon done.
    const LOOKED_AT: usize = 1 << 20;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    detector.feed(head, head.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether a document is UTF-32 of which end, and how long its byte-order mark is.
fn utf32(bytes: &[u8]) -> Option<(bool, usize)> {
    Some(match bytes {
        [0, 0, 0xfe, 0xff, ..] => (true, 4),
        [0xff, 0xfe, 0, 0, ..] => (false, 4),
        [0, 0, 0, b'<' | b'{', ..] => (true, 0),
        [b'<' | b'{', 0, 0, 0, ..] => (false, 0),
        _ => return None,
    })
}

fn decode_utf32(bytes: &[u8], is_big: bool, report: &mut Report) -> String {
    let mut text = String::with_capacity(bytes.len() / 4);
    let mut has_replaced = !bytes.len().is_multiple_of(4);
    for unit in bytes.chunks_exact(4) {
        let unit: [u8; 4] = [unit[0], unit[1], unit[2], unit[3]];
        let code = if is_big {
            u32::from_be_bytes(unit)
        } else {
            u32::from_le_bytes(unit)
        };
        let character = char::from_u32(code);
        has_replaced |= character.is_none();
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if has_replaced {
        report.repaired(Repair::ReplacedBytes);
    }
    text
}

fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<' | b'{', 0, 1..=255, ..] => Some(UTF_16BE),
        [b'<' | b'{', 0, 1..=255, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

/// The charset parameter of a content type.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let value = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    named(value.trim().trim_matches(['"', '\'']))
}

/// The encoding of a label. Those that only exist to refuse or to smuggle bytes are none, and so is
/// UTF-16: a document whose label can be read is not.
fn named(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    let is_useless = [UTF_16LE, UTF_16BE, REPLACEMENT, X_USER_DEFINED].contains(&encoding);
    (!is_useless).then_some(encoding)
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1_024)];
    let start = memmem::find(head, b"<?xml")?;
    let head = &head[start..];
    let declaration = String::from_utf8_lossy(&head[..memmem::find(head, b"?>")?]);
    let value = declaration.split_once("encoding")?.1;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    named(value[1..].split(quote).next()?)
}

/// What follows the byte-order mark, white space and the XML declaration.
fn body(text: &str) -> &str {
    let text =
        text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
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
mod tests;
