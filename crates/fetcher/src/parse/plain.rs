//! From markup to plain text.

use memchr::{memchr2, memrchr};

use super::entity;

/// Elements whose content is no text.
const SILENT: [&str; 3] = ["script", "style", "template"];
/// Elements that stand in a line of text. All others part words.
const INLINE: [&str; 30] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "tt", "u", "var", "wbr",
];

/// The text of markup: tags go, references are decoded once, white space is folded. A `<` that opens
/// no tag stays, so `a < b` is kept.
pub(super) fn of_markup(markup: &str) -> String {
    let mut raw = String::with_capacity(markup.len());
    let mut rest = markup;
    // Without it, markup of nothing but openings would be searched to its end for each of them.
    let tags_end = memrchr(b'>', markup.as_bytes()).map_or(0, |at| at + 1);
    while let Some(at) = memchr2(b'<', b'&', rest.as_bytes()) {
        raw.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let end = rest[1..].find(['<', '&']).map_or(rest.len(), |end| end + 1);
            entity::decode_html(&rest[..end], &mut raw);
            rest = &rest[end..];
            continue;
        }
        let is_open = markup.len() - rest.len() >= tags_end;
        let length = if is_open { 0 } else { tag(rest) };
        if length == 0 {
            raw.push('<');
            rest = &rest[1..];
            continue;
        }
        let name = name(&rest[..length]);
        if !INLINE
            .iter()
            .any(|inline| inline.eq_ignore_ascii_case(name))
        {
            raw.push(' ');
        }
        let is_silent = !rest.starts_with("</")
            && SILENT
                .iter()
                .any(|silent| silent.eq_ignore_ascii_case(name));
        rest = &rest[length..];
        if is_silent {
            rest = after_end(rest, name);
        }
    }
    raw.push_str(rest);
    fold(&raw)
}

/// Runs of white space become one blank.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The length of the tag or comment at the start, 0 where there is none.
fn tag(text: &str) -> usize {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map_or(text.len(), |end| end + 7);
    }
    let name = text[1..].trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
        return 0;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at + 1,
            (b'"' | b'\'', None) if text[..at].trim_end().ends_with('=') => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that does not close ends nothing.
    text.find('>').map_or(0, |end| end + 1)
}

fn name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    &name[..end]
}

/// What follows the end tag of `name`; nothing where there is none.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let end = text.match_indices("</").find(|(at, _)| {
        let found = text.as_bytes().get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    });
    end.and_then(|(at, _)| text[at..].split_once('>'))
        .map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markup: &str, expected: &str) {
        assert_eq!(of_markup(markup), expected);
    }

    #[test]
    fn markup_goes_and_text_stays() {
        check("A <b>bold</b>\n move<br/>", "A bold move");
        check("one<br>two<p>three</p>four", "one two three four");
        check("a < b && c > d", "a < b && c > d");
        check("Q&amp;A &#8211; caf&#xe9;&hellip;", "Q&A – café…");
        check("&unknown; & &;", "&unknown; & &;");
        check("5 <unclosed", "5 <unclosed");
        check("日本<em>語</em>&amp", "日本語&");
        check("a<!-- b > c -->d", "a d");
        check("x<a title='a > b'>y</a>", "xy");
        check("x<script>if (a < b) {}</script>y<style>p", "x y");
        check("&lt;b&gt; is a tag", "<b> is a tag");
    }
}
