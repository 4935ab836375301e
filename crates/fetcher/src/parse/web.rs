//! Of a web page what leads on: links, anchors and what the page says of itself.
//!
//! No browser's reading: tags are taken as they come, wherever they stand, and scripts are left out.

use std::borrow::Cow;

use super::attributes::Attributes;
use super::decode::decode;
use super::entity::decode_html;
use super::report::Report;
use super::tokens::{Tag, Token, Tokens};

/// How many tags of interest are read of a page, and how much text of each.
const MOST: usize = 20_000;
const TEXT: usize = 200;

/// Whose text is no markup.
const RAW: [&str; 5] = ["script", "style", "textarea", "template", "svg"];
/// Tags of interest.
const KEPT: [&str; 8] = [
    "a", "area", "base", "form", "iframe", "link", "meta", "title",
];

/// A tag with what may be of interest in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WebTag {
    /// Its name in lower case.
    pub(crate) name: String,
    /// Its attributes, names in lower case, references resolved.
    attributes: Vec<(String, String)>,
    /// The beginning of the text in it, where it is an anchor or the title.
    pub(crate) text: String,
}

impl WebTag {
    /// The value of an attribute without the white space around it, where it has one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        let (_, value) = all.find(|(found, _)| found == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

/// The tags of interest of a page, in its order.
pub(crate) fn tags(bytes: &[u8], headers: &[(String, String)]) -> Vec<WebTag> {
    let mut report = Report::default();
    let header = |name: &str| {
        let mut all = headers.iter();
        let found = all.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let text = decode(bytes, header("content-type"), &mut report);
    let mut tokens = Tokens::new(&text);
    let mut found: Vec<WebTag> = Vec::new();
    // Whose text is read: the last tag's, until it ends.
    let mut is_open = false;
    let mut raw: Option<&str> = None;
    while let Some(token) = tokens.next("", &mut report) {
        match (raw, token) {
            (Some(name), Token::End(end)) if end.eq_ignore_ascii_case(name) => raw = None,
            (None, Token::Start(tag)) => {
                let name = tag.name.to_ascii_lowercase();
                raw = RAW.into_iter().find(|raw| *raw == name && !tag.is_empty);
                if found.len() < MOST && KEPT.contains(&name.as_str()) {
                    is_open = matches!(name.as_str(), "a" | "title");
                    found.push(read(name, tag));
                } else if is_open && matches!(name.as_str(), "img" | "abbr") {
                    // What stands for a picture is often all that an anchor says.
                    let said = Attributes::raw(tag.attributes, "alt")
                        .or_else(|| Attributes::raw(tag.attributes, "title"));
                    say(found.last_mut(), said.unwrap_or_default());
                }
            }
            (None, Token::Text(text) | Token::Cdata(text)) if is_open => {
                say(found.last_mut(), text);
            }
            (None, Token::End(end))
                if end.eq_ignore_ascii_case("a") || end.eq_ignore_ascii_case("title") =>
            {
                is_open = false;
            }
            // What stands in a script among them.
            _ => {}
        }
    }
    found
}

fn read(name: String, tag: Tag<'_>) -> WebTag {
    let mut attributes: Vec<(String, String)> = Attributes::new(tag.attributes)
        .map(|(name, value)| (name.to_ascii_lowercase(), resolved(value).into_owned()))
        .collect();
    // To XML the slash ends the tag, to HTML it is part of a value without quotes.
    let is_quoted = tag.attributes.ends_with(['"', '\'', ' ', '\t', '\n', '\r']);
    if let Some((_, value)) = attributes.last_mut()
        && tag.is_empty
        && !is_quoted
        && !value.is_empty()
    {
        value.push('/');
    }
    WebTag {
        name,
        attributes,
        text: String::new(),
    }
}

fn say(tag: Option<&mut WebTag>, text: &str) {
    let Some(tag) = tag else { return };
    for word in resolved(text).split_whitespace() {
        if tag.text.len() >= TEXT {
            return;
        }
        if !tag.text.is_empty() {
            tag.text.push(' ');
        }
        tag.text
            .extend(word.chars().filter(|c| !c.is_control()).take(TEXT));
    }
}

fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    decode_html(text, &mut out);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(page: &str) -> Vec<WebTag> {
        tags(page.as_bytes(), &[])
    }

    #[track_caller]
    fn check(page: &str, expected: &[(&str, Option<&str>, &str)]) {
        let found = of(page);
        let found: Vec<_> = found
            .iter()
            .map(|tag| (tag.name.as_str(), tag.get("href"), tag.text.as_str()))
            .collect();
        assert_eq!(found, expected, "{page}");
    }

    #[test]
    fn tags_are_read_as_a_page_writes_them() {
        check("<LINK HREF='/a&amp;b'>", &[("link", Some("/a&b"), "")]);
        check("<link href=/feed/>", &[("link", Some("/feed/"), "")]);
        check("<link href=/feed />", &[("link", Some("/feed"), "")]);
        check("<link href='/feed'/>", &[("link", Some("/feed"), "")]);
        check(
            "<title>A\n &lt; B</title><p>no<a href=x>the <b>R</b>SS <img alt=feed></a>no",
            &[("title", None, "A < B"), ("a", Some("x"), "the R SS feed")],
        );
        check("<a href=' '>x", &[("a", None, "x")]);
    }

    #[test]
    fn what_is_no_markup_is_left_out() {
        check(
            "<!-- <link href=a> --><link href=b>",
            &[("link", Some("b"), "")],
        );
        check(
            "<script>if (a<b) w('<link href=a>')</script><link href=b>",
            &[("link", Some("b"), "")],
        );
        check("<textarea><a href=a></textarea>", &[]);
    }

    #[test]
    fn a_page_of_nothing_but_tags_is_bounded() {
        let page = "<a href=x>".repeat(MOST + 10);
        assert_eq!(of(&page).len(), MOST);
        let long = format!("<a>{}", "word ".repeat(1_000));
        assert!(of(&long)[0].text.len() <= 2 * TEXT);
    }
}
