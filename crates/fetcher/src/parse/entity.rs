//! References to characters and entities.

use std::collections::BTreeMap;

use memchr::memchr;
use web_atoms::{C1_REPLACEMENTS, NAMED_ENTITIES};

use super::report::{Loss, Repair, Report};

/// How many bytes the expansions of declared entities may come to in one document.
const MAX_EXPANSION: usize = 1 << 20;
/// The longest name of an entity that is looked up.
const MAX_NAME: usize = 64;

/// The entities that a document declares in its own text. External ones are never read, and no
/// expansion is expanded again.
#[derive(Debug, Default)]
pub(super) struct Declared<'a> {
    values: BTreeMap<&'a str, &'a str>,
    expanded: usize,
}

impl<'a> Declared<'a> {
    /// Takes what the document type declaration declares.
    pub(super) fn read(&mut self, doctype: &'a str) {
        for declaration in doctype.split("<!ENTITY").skip(1) {
            let declaration = declaration.trim_ascii_start();
            let Some((name, value)) = declaration.split_once(|c: char| c.is_ascii_whitespace())
            else {
                continue;
            };
            let value = value.trim_ascii_start();
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            if let Some((value, _)) = value[1..].split_once(quote) {
                self.values.entry(name).or_insert(value);
            }
        }
    }

    fn expand(&mut self, name: &str, out: &mut String, report: &mut Report) -> bool {
        let Some(value) = self.values.get(name) else {
            return false;
        };
        if self.expanded + value.len() > MAX_EXPANSION {
            report.lost(Loss::Entity, 1);
            return false;
        }
        self.expanded += value.len();
        decode_with(value, out, |_, _| false, report);
        true
    }
}

/// Appends `raw` to `out`, its references decoded.
pub(super) fn decode(
    raw: &str,
    declared: &mut Declared<'_>,
    out: &mut String,
    report: &mut Report,
) {
    if declared.values.is_empty() {
        decode_with(raw, out, |_, _| false, report);
        return;
    }
    let mut spare = Report::default();
    decode_with(
        raw,
        out,
        |name, out| declared.expand(name, out, &mut spare),
        report,
    );
    for (loss, lost) in spare.losses {
        report.lost(loss, lost.count);
    }
}

/// Decodes the references of HTML in a text that is markup.
pub(super) fn decode_html(text: &str, out: &mut String) {
    decode_with(text, out, |_, _| false, &mut Report::default());
}

/// Appends `text` to `out` as XML and HTML have it in texts and values.
pub(super) fn encode(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

fn decode_with(
    raw: &str,
    out: &mut String,
    mut expand: impl FnMut(&str, &mut String) -> bool,
    report: &mut Report,
) {
    let mut rest = raw;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match name_of(&rest[1..]) {
            Reference::Number(digits, length) => {
                number(digits, out, report);
                length
            }
            Reference::Name(name) if expand(name, out) => name.len() + 1,
            Reference::Name(name) if named(name, out, report) => name.len() + 1,
            Reference::Unended(name) if unended(name, &rest[1 + name.len()..], out) => {
                report.repaired(Repair::CharacterReference);
                name.len()
            }
            _ => {
                report.repaired(Repair::BareAmpersand);
                out.push('&');
                0
            }
        };
        rest = &rest[1 + length..];
    }
    out.push_str(rest);
}

/// What follows an `&`.
enum Reference<'a> {
    /// Digits with their `#`, and how many bytes it all takes.
    Number(&'a str, usize),
    /// A name that a semicolon follows.
    Name(&'a str),
    /// A name that none follows.
    Unended(&'a str),
}

fn name_of(text: &str) -> Reference<'_> {
    if let Some(number) = text.strip_prefix('#') {
        let is_hex = number.starts_with(['x', 'X']);
        let digits = &number[usize::from(is_hex)..];
        let length = digits
            .bytes()
            .take(MAX_NAME)
            .take_while(|byte| {
                if is_hex {
                    byte.is_ascii_hexdigit()
                } else {
                    byte.is_ascii_digit()
                }
            })
            .count();
        if length > 0 {
            let end = 1 + usize::from(is_hex) + length;
            let semicolon = usize::from(text.as_bytes().get(end) == Some(&b';'));
            return Reference::Number(&text[..end], end + semicolon);
        }
    }
    let length = text
        .bytes()
        .take(MAX_NAME)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | 0x80..)
        })
        .count();
    // The bound may lie within a character.
    let name = text.get(..length).unwrap_or_default();
    if !name.is_empty() && text.as_bytes().get(length) == Some(&b';') {
        Reference::Name(name)
    } else {
        Reference::Unended(name)
    }
}

/// Appends the character of a numeric reference. Numbers of C1 controls mean windows-1252, as in HTML;
/// what XML forbids is left out, and what is no character becomes U+FFFD.
fn number(digits: &str, out: &mut String, report: &mut Report) {
    let code = match digits[1..].strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits[1..].parse(),
    };
    let code = code.unwrap_or(u32::MAX);
    match char::from_u32(code) {
        Some(c @ '\u{80}'..='\u{9f}') => {
            report.repaired(Repair::CharacterReference);
            out.push(C1_REPLACEMENTS[code as usize - 0x80].unwrap_or(c));
        }
        Some('\t' | '\n' | '\r' | ' '..) if code != 0x7f => {
            out.push(char::from_u32(code).unwrap_or_default());
        }
        Some(_) => report.repaired(Repair::CharacterReference),
        None => {
            report.repaired(Repair::CharacterReference);
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

fn named(name: &str, out: &mut String, report: &mut Report) -> bool {
    let xml = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    };
    if !xml.is_empty() {
        out.push_str(xml);
        return true;
    }
    let mut key = [0; MAX_NAME + 1];
    key[..name.len()].copy_from_slice(name.as_bytes());
    key[name.len()] = b';';
    let is_html = std::str::from_utf8(&key[..=name.len()]).is_ok_and(|key| html(key, out));
    if is_html {
        report.repaired(Repair::HtmlEntity);
    }
    is_html
}

/// A name without its semicolon is a reference where HTML says so, and where it cannot be a parameter
/// of an address.
fn unended(name: &str, after: &str, out: &mut String) -> bool {
    !name.is_empty() && !after.starts_with('=') && html(name, out)
}

/// Appends what HTML's table has for `key`.
fn html(key: &str, out: &mut String) -> bool {
    // Prefixes of names are in the table with zeros.
    let Some(&(first, second)) = NAMED_ENTITIES.get(key).filter(|found| found.0 != 0) else {
        return false;
    };
    out.extend(char::from_u32(first));
    if second != 0 {
        out.extend(char::from_u32(second));
    }
    true
}

/// Whether a text holds a reference that HTML knows.
pub(super) fn has_reference(text: &str) -> bool {
    let mut rest = text;
    let mut scratch = String::new();
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        rest = &rest[at + 1..];
        let is_known = match name_of(rest) {
            Reference::Number(digits, length) => length > digits.len(),
            Reference::Name(name) => named(name, &mut scratch, &mut Report::default()),
            Reference::Unended(_) => false,
        };
        if is_known {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: &str, repairs: &[Repair]) {
        let mut report = Report::default();
        let mut out = String::new();
        decode(raw, &mut Declared::default(), &mut out, &mut report);
        assert_eq!(out, expected);
        let found: Vec<Repair> = report.repairs.keys().copied().collect();
        assert_eq!(found, repairs);
    }

    #[test]
    fn references() {
        use Repair::{BareAmpersand, CharacterReference, HtmlEntity};
        check("a &amp; b &lt;c&gt; &quot;&apos;", "a & b <c> \"'", &[]);
        check("caf&#233;&#xE9;&#XE9;", "caféé\u{e9}", &[]);
        check("caf&eacute;&hellip;", "café…", &[HtmlEntity]);
        check("don&#146;t", "don’t", &[CharacterReference]);
        check("a & b &c; &;", "a & b &c; &;", &[BareAmpersand]);
        check(
            "/?a=1&copy=2&lang=3",
            "/?a=1&copy=2&lang=3",
            &[BareAmpersand],
        );
        check("1&nbsp 2 &amp x", "1\u{a0} 2 & x", &[CharacterReference]);
        check(
            "&#0;&#x1f;x&#xffffffff;",
            "x\u{fffd}",
            &[CharacterReference],
        );
        check("&#8217 &#;", "’ &#;", &[BareAmpersand]);
        check("日本&語;", "日本&語;", &[BareAmpersand]);
    }

    #[test]
    fn declared_entities() {
        let mut declared = Declared::default();
        declared.read(
            " r [<!ENTITY a 'ha &amp; b'><!ENTITY b \"&a;&a;\"><!ENTITY x SYSTEM 'file:///etc/passwd'>\
             <!ENTITY % p 'q'>]",
        );
        let mut out = String::new();
        let mut report = Report::default();
        decode("&a; &b; &x; &p;", &mut declared, &mut out, &mut report);
        assert_eq!(out, "ha & b &a;&a; &x; &p;");
    }

    #[test]
    fn expansions_are_capped() {
        let value = "x".repeat(1_000);
        let doctype = format!(" r [<!ENTITY a '{value}'>]");
        let mut declared = Declared::default();
        declared.read(&doctype);
        let mut out = String::new();
        let mut report = Report::default();
        decode(&"&a;".repeat(10_000), &mut declared, &mut out, &mut report);
        assert!(out.len() < MAX_EXPANSION + 100_000, "{}", out.len());
        assert!(report.losses[&Loss::Entity].count > 1_000);
    }
}
