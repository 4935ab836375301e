//! From a title with markup to plain text.

/// Entities beside those of numbers that titles use. XML's own five are among them, because titles
/// are often escaped twice.
const ENTITIES: [(&str, &str); 20] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("sbquo", "‚"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("bdquo", "„"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("euro", "€"),
    ("pound", "£"),
    ("shy", ""),
];

/// The text of markup: tags go, entities are decoded once, white space is folded. A `<` that opens no
/// tag stays, so `a < b` is kept.
pub(super) fn of_markup(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let consumed = if rest.starts_with('<') {
            tag(rest)
        } else {
            entity(rest, &mut text)
        };
        if consumed == 0 {
            text.push_str(&rest[..1]);
        }
        rest = &rest[consumed.max(1)..];
    }
    text.push_str(rest);
    fold(&text)
}

/// Runs of white space become one blank.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length of the tag or comment at the start, 0 where there is none.
fn tag(text: &str) -> usize {
    let name = text[1..].trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
        return 0;
    }
    text.find('>').map_or(0, |end| end + 1)
}

/// Decodes the entity at the start into `text`; its length, 0 where there is none.
fn entity(rest: &str, text: &mut String) -> usize {
    let Some(end) = rest.bytes().take(12).position(|byte| byte == b';') else {
        return 0;
    };
    let name = &rest[1..end];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let Some(character) = code.ok().and_then(char::from_u32) else {
            return 0;
        };
        text.push(character);
        return end + 1;
    }
    match ENTITIES.iter().find(|(entity, _)| *entity == name) {
        Some((_, decoded)) => {
            text.push_str(decoded);
            end + 1
        }
        None => 0,
    }
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
        check("a < b && c > d", "a < b && c > d");
        check("Q&amp;A &#8211; caf&#xe9;&hellip;", "Q&A – café…");
        check("&unknown; & &;", "&unknown; & &;");
        check("&#xffffffff; &#0110000000;", "&#xffffffff; &#0110000000;");
        check("5 <unclosed", "5 <unclosed");
        check("日本<em>語</em>&amp", "日本語&amp");
    }
}
