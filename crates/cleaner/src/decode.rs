//! Bytes to text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into the page a `<meta charset>` is looked for. The standard says 1,024 bytes; real pages
/// put scripts before it.
const META_WINDOW: usize = 4096;

/// How much of a page without any label the detector reads: enough to be sure, and bounded.
const DETECTOR_WINDOW: usize = 256 * 1024;

/// A page as text, and how it became text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; malformed sequences are U+FFFD.
    pub text: Cow<'a, str>,
    /// The encoding's name in the WHATWG standard, such as `windows-1251`.
    pub encoding: &'static str,
}

/// Decodes a page's bytes.
///
/// In order of trust: a byte-order mark; the zeros of UTF-16 without one; validity as UTF-8 (no other encoding's prose is valid UTF-8
/// by accident, while wrong labels are common), or the escapes of ISO-2022-JP in it; the `charset` of the HTTP content type; the page's
/// own `<meta>` or XML declaration; a guess from the bytes, with the host's last label as a hint.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>, host: &str) -> Decoded<'a> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[length..]);
    }
    if let Some(encoding) = utf16_by_its_zeros(bytes) {
        return with(encoding, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return iso_2022_jp(text).unwrap_or_else(|| Decoded {
            text: Cow::Borrowed(text),
            encoding: UTF_8.name(),
        });
    }
    let labelled = content_type
        .and_then(charset_of)
        .or_else(|| declared_in(bytes));
    match labelled {
        Some(encoding) if encoding != UTF_8 || nearly_utf8(bytes) => with(encoding, bytes),
        _ => with(guess(bytes, host), bytes),
    }
}

/// A text in ISO-2022-JP, which is made of ASCII bytes: its escapes tell, whatever its label says. What no such text
/// has in it, as a colour of a terminal, is none.
fn iso_2022_jp(text: &str) -> Option<Decoded<'static>> {
    memchr::memchr(0x1b, text.as_bytes())?;
    let is_escaped = ["\u{1b}$B", "\u{1b}$@"]
        .iter()
        .any(|escape| text.contains(escape));
    if !is_escaped || !text.is_ascii() {
        return None;
    }
    let (decoded, is_broken) = ISO_2022_JP.decode_without_bom_handling(text.as_bytes());
    // A page may be cut off, or have a stray byte; what is something else is broken all over.
    let broken = decoded.matches('\u{fffd}').count();
    let is_it = !is_broken || broken * BROKEN < decoded.chars().filter(|c| !c.is_ascii()).count();
    is_it.then(|| Decoded {
        text: Cow::Owned(decoded.into_owned()),
        encoding: ISO_2022_JP.name(),
    })
}

/// Of so many characters that are not ASCII one may be broken.
const BROKEN: usize = 20;

/// How much of a page is looked at for the zeros of UTF-16.
const ZEROS_WINDOW: usize = 512;

/// UTF-16 without a byte-order mark: markup is ASCII, so every other byte of it is zero. As bytes that is valid UTF-8,
/// and no text has zeros.
fn utf16_by_its_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(ZEROS_WINDOW)].as_chunks::<2>();
    let zeros = |half: usize| pairs.iter().filter(|pair| pair[half] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let many = pairs.len() / 2 + 1;
    if pairs.len() < 8 {
        None
    } else if second >= many && first == 0 {
        Some(UTF_16LE)
    } else if first >= many && second == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded {
        text,
        encoding: encoding.name(),
    }
}

/// Whether a page that calls itself UTF-8 is so but for a few broken characters, as cut-off teasers
/// and pasted fragments leave them.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

/// The encoding in a content type such as `text/html; charset="utf-8"`.
fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let after = lower.split_once("charset")?.1.trim_start();
    label(after.strip_prefix('=')?)
}

/// The label at the beginning of `value`, quoted or not.
fn label(value: &str) -> Option<&'static Encoding> {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/' | ','))
        .unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

/// The encoding that the page declares in a `<meta>` or an XML declaration.
fn declared_in(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_WINDOW)]).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some((_, tag)) = rest.split_once("<meta") {
        let inside = tag.split('>').next().unwrap_or(tag);
        if let Some(found) = charset_of(inside) {
            return Some(ascii_compatible(found));
        }
        rest = tag;
    }
    let declaration = head.trim_start().strip_prefix("<?xml")?;
    let inside = declaration.split("?>").next()?;
    let value = inside.split_once("encoding")?.1.trim_start();
    label(value.strip_prefix('=')?).map(ascii_compatible)
}

/// A declaration that could be read as ASCII cannot be UTF-16, whatever it says.
fn ascii_compatible(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == encoding_rs::X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn guess(bytes: &[u8], host: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let window = &bytes[..bytes.len().min(DETECTOR_WINDOW)];
    detector.feed(window, window.len() == bytes.len());
    // The detector panics on a label that is not lower-case ASCII without dots.
    let tld = host.rsplit('.').next().filter(|tld| {
        !tld.is_empty()
            && tld
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    });
    detector.guess(tld.map(str::as_bytes), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, text: &str, encoding: &str) {
        let decoded = decode(bytes, content_type, "outlet.example");
        assert_eq!((decoded.text.as_ref(), decoded.encoding), (text, encoding));
    }

    #[test]
    fn utf_16_is_seen_without_its_mark() {
        let page = "<html><head><title>Fähre auf Grund</title></head>";
        let halves =
            |order: fn(u16) -> [u8; 2]| page.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        check(&halves(u16::to_le_bytes), None, page, "UTF-16LE");
        check(&halves(u16::to_be_bytes), None, page, "UTF-16BE");
        check(b"\0\0\0\0", None, "\0\0\0\0", "UTF-8");
    }

    #[test]
    fn a_byte_order_mark_wins() {
        check(
            b"\xef\xbb\xbfna\xc3\xafve",
            Some("text/html; charset=iso-8859-1"),
            "naïve",
            "UTF-8",
        );
        check(b"\xff\xfeh\0i\0", None, "hi", "UTF-16LE");
    }

    #[test]
    fn valid_utf8_wins_over_a_wrong_label() {
        check(
            "größer".as_bytes(),
            Some("text/html; charset=ISO-8859-1"),
            "größer",
            "UTF-8",
        );
        let page = "<meta charset=windows-1251>größer";
        check(page.as_bytes(), None, page, "UTF-8");
    }

    #[test]
    fn the_header_wins_over_the_page() {
        check(
            b"<meta charset=koi8-r>\xef\xf0\xe8\xe2\xe5\xf2",
            Some("text/html; charset=\"windows-1251\""),
            "<meta charset=koi8-r>привет",
            "windows-1251",
        );
    }

    #[test]
    fn the_page_declares() {
        let head = r#"<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">"#;
        let mut page = head.as_bytes().to_vec();
        page.extend_from_slice(b"\x93\xfa\x96\x7b");
        check(
            &page,
            Some("text/html"),
            &format!("{head}日本"),
            "Shift_JIS",
        );
        check(
            b"<?xml version='1.0' encoding='iso-8859-2'?>\xb3",
            None,
            "<?xml version='1.0' encoding='iso-8859-2'?>ł",
            "ISO-8859-2",
        );
    }

    #[test]
    fn a_page_that_only_claims_utf8_is_guessed() {
        let text = "Der Bürgermeister erklärte, die Brücke über den Fluss müsse geschlossen werden";
        let (bytes, _, _) = WINDOWS_1252.encode(text);
        check(
            &bytes,
            Some("text/html; charset=utf-8"),
            text,
            "windows-1252",
        );
    }

    #[test]
    fn escapes_tell_of_iso_2022_jp_whatever_the_label() {
        let page = b"<title>\x1b$BF|K\\\x1b(B</title><p>\x1b$B$O;_$^$k\x1b(B";
        let text = "<title>日本</title><p>は止まる";
        for label in [
            None,
            Some("text/html; charset=ISO-2022-JP"),
            Some("text/html; charset=utf-8"),
        ] {
            check(page, label, text, "ISO-2022-JP");
        }
        let cut = [page.as_slice(), b"\x1b$B$O;_$^$k$O;_$^$k$O;_$^$k$O;_$^$k$O"].concat();
        assert_eq!(decode(&cut, None, "").encoding, "ISO-2022-JP");
        for other in [
            "a \u{1b}[31mred\u{1b}[0m word",
            "a \u{1b}(B word",
            "é \u{1b}$B5 word",
        ] {
            check(other.as_bytes(), None, other, "UTF-8");
        }
    }

    #[test]
    fn a_few_broken_characters_do_not_unmake_utf8() {
        let mut bytes = "Überall größere Bäche, schöne Gärten und süße Früchte"
            .as_bytes()
            .to_vec();
        bytes.push(0xc3);
        let decoded = decode(&bytes, Some("text/html; charset=utf-8"), "");
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.ends_with("Früchte\u{fffd}"));
    }
}
