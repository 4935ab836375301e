//! The path of an address.
//!
//! Whether case matters in a path is the server's business, and news sites hardly ever mean two pages by two
//! cases: their addresses pass through systems that change it. But short codes, such as a video's name, are told apart by case
//! alone. So words are folded and codes are not: a part of mixed case that is not made of words stays, unless
//! the path holds a headline, which names the article by itself. Hosts that shorten keep their case.

use super::data;

/// File names that stand for the folder that they lie in.
const INDEX: [&str; 3] = ["index", "default", "home"];
const INDEX_TYPES: [&str; 8] = ["html", "htm", "php", "asp", "aspx", "jsp", "shtml", "cfm"];
const HEX: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
];
/// So many words make a headline.
const HEADLINE_WORDS: usize = 4;

/// The path as it stands in a key: empty for the root, else without a final slash.
pub(super) fn folded(host: &str, path: &str) -> String {
    let decoded = decoded(path, b"!$'()*,:@");
    let mut parts: Vec<String> = decoded
        .split('/')
        .map(without_session)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if parts.last().is_some_and(|part| is_index(part)) {
        parts.pop();
    }
    without_amp(&mut parts);
    if !data::is_shortener(host, path) {
        let has_headline = parts.iter().any(|part| is_headline(part));
        for part in &mut parts {
            if has_headline || !is_code(part) {
                *part = lower(part);
            }
        }
    }
    parts
        .iter()
        .fold(String::new(), |path, part| path + "/" + part)
}

/// Percent-encoding only where it is needed, in upper case: letters, digits, `-._~` and `also` stand for
/// themselves.
pub(super) fn decoded(text: &str, also: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut decoded = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let hex = |at: usize| {
            bytes
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        let is_plain = |byte: u8| {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.contains(&byte)
        };
        // A sign that begins no escape stands for itself, so it needs one.
        let (value, length, is_kept) = match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                let value = (high * 16 + low) as u8;
                (value, 3, is_plain(value))
            }
            _ => (byte, 1, byte != b'%' && byte.is_ascii()),
        };
        at += length;
        if is_kept {
            decoded.push(char::from(value));
        } else {
            decoded.push('%');
            decoded.push(HEX[usize::from(value >> 4)]);
            decoded.push(HEX[usize::from(value & 15)]);
        }
    }
    decoded
}

/// A part without the `;jsessionid=...` behind it.
fn without_session(part: &str) -> &str {
    match part.split_once(';') {
        Some((name, parameter)) => {
            let session = parameter.split('=').next().unwrap_or_default();
            if data::is_session(&session.to_ascii_lowercase()) {
                name
            } else {
                part
            }
        }
        None => part,
    }
}

fn is_index(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    lower
        .split_once('.')
        .is_some_and(|(name, kind)| INDEX.contains(&name) && INDEX_TYPES.contains(&kind))
}

/// Takes out what makes it the AMP form of a page: a first or last part `amp`, an ending `.amp`. Only
/// of what looks like an article: there may be a page about amplifiers.
fn without_amp(parts: &mut Vec<String>) {
    let is_amp = |part: Option<&String>| part.is_some_and(|part| part.eq_ignore_ascii_case("amp"));
    if let [.., article, last] = parts.as_slice()
        && is_amp(Some(last))
        && is_article(article)
    {
        parts.pop();
    }
    if is_amp(parts.first()) && parts.len() > 1 && parts.last().is_some_and(|last| is_article(last))
    {
        parts.remove(0);
    }
    let Some(last) = parts.last_mut() else { return };
    if let Some(bare) = last.strip_suffix(".amp").filter(|bare| !bare.is_empty()) {
        *last = bare.to_owned();
    } else if let Some(bare) = last
        .strip_suffix(".amp.html")
        .filter(|bare| !bare.is_empty())
    {
        *last = format!("{bare}.html");
    }
}

/// Whether a part of a path names an article: a headline, a number, a file.
fn is_article(part: &str) -> bool {
    part.bytes()
        .filter(|byte| *byte == b'-' || *byte == b'_')
        .count()
        >= 2
        || part.bytes().any(|byte| byte.is_ascii_digit())
        || part.contains('.')
}

fn is_headline(part: &str) -> bool {
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    part.split(['-', '_']).filter(is_word).count() >= HEADLINE_WORDS
}

/// Whether a part of mixed case is more than words: with digits, or with capitals where no word begins.
fn is_code(part: &str) -> bool {
    let has = |of: fn(&u8) -> bool| part.bytes().any(|byte| of(&byte));
    if !has(u8::is_ascii_uppercase) || !has(u8::is_ascii_lowercase) {
        return false;
    }
    // Escapes are no digits of the part's own.
    if without_escapes(part)
        .bytes()
        .any(|byte| byte.is_ascii_digit())
    {
        return true;
    }
    without_escapes(part)
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| !is_camel(word))
}

fn without_escapes(part: &str) -> String {
    let mut rest = part.split('%');
    let first = rest.next().unwrap_or_default();
    rest.fold(first.to_owned(), |text, piece| {
        text + "." + piece.get(2..).unwrap_or_default()
    })
}

/// Whether letters are one word, or several with a capital each and some letters behind it.
fn is_camel(word: &str) -> bool {
    const HUMP: usize = 2;
    if word.bytes().all(|byte| byte.is_ascii_uppercase()) || word.len() <= 1 {
        return true;
    }
    let mut humps = word.split(|c: char| c.is_ascii_uppercase());
    let first = humps.next().unwrap_or_default();
    // The first hump may be empty: the word begins with a capital.
    (first.is_empty() || first.len() >= HUMP) && humps.all(|hump| hump.len() >= HUMP)
}

/// Lower case but for escapes.
fn lower(part: &str) -> String {
    let mut escape = 0usize;
    let folded = part.chars().map(|c| {
        if c == '%' {
            escape = 3;
        }
        let kept = escape > 0;
        escape = escape.saturating_sub(1);
        if kept { c } else { c.to_ascii_lowercase() }
    });
    folded.collect()
}
