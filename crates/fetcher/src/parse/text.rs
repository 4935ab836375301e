//! The texts of a feed: what form they are in, and what they say without markup.

use std::sync::Arc;

use super::entity;
use super::plain;

/// A text as the feed gives it, with what is needed to understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text. Escaping and base64 of the transport are undone, nothing else.
    pub value: String,
    /// What it is.
    pub form: Form,
    /// The address from which relative addresses in it are resolved, where it is not the document's.
    pub base: Option<Arc<str>>,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text; a `<` in it is a `<`.
    Plain,
    /// HTML.
    Markup,
}

impl Text {
    /// A text without markup.
    pub fn plain_of(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            form: Form::Plain,
            base: None,
        }
    }

    /// What it says: tags go, references are decoded once, white space is folded.
    pub fn plain(&self) -> String {
        match self.form {
            Form::Plain => plain::fold(&self.value),
            Form::Markup => plain::of_markup(&self.value),
        }
    }
}

/// Whether a text whose form is not told is HTML: it has a tag of HTML that ends, or a reference.
pub(super) fn is_markup(text: &str) -> bool {
    (text.contains('<') && has_tag(text)) || (text.contains('&') && entity::has_reference(text))
}

/// Whether a title whose form is not told is HTML. A start tag alone does not make it that: there are
/// titles about tags.
pub(super) fn is_markup_title(text: &str) -> bool {
    (text.contains('<') && tags(text).any(|(name, closes)| closes || is_void(name)))
        || (text.contains('&') && entity::has_reference(text))
}

fn has_tag(text: &str) -> bool {
    text.contains("<!--") || tags(text).next().is_some()
}

/// Names of the tags of HTML in a text, and whether they are end tags.
fn tags(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let tags_end = text.rfind('>').unwrap_or(0);
    text.match_indices('<').filter_map(move |(at, _)| {
        let after = &text[at + 1..];
        let (after, closes) = match after.strip_prefix('/') {
            Some(after) => (after, true),
            None => (after, false),
        };
        let length = after
            .bytes()
            .take(16)
            .position(|byte| !byte.is_ascii_alphanumeric())?;
        let name = &after[..length];
        let is_tag = matches!(
            after.as_bytes()[length],
            b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'
        ) && at < tags_end
            && is_html(name);
        is_tag.then_some((name, closes))
    })
}

/// Markup that was escaped once more than it should: no tag, but escaped end tags of HTML.
pub(super) fn unescaped_twice(text: &str) -> Option<String> {
    if text.contains('<') || !text.contains("&lt;/") {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    entity::decode_html(text, &mut decoded);
    let is_markup = tags(&decoded).any(|(_, closes)| closes);
    is_markup.then_some(decoded)
}

/// Elements that have no end tag.
pub(super) fn is_void(name: &str) -> bool {
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ]
    .iter()
    .any(|void| void.eq_ignore_ascii_case(name))
}

/// Whether HTML has an element of that name, in the past or now.
fn is_html(name: &str) -> bool {
    const ELEMENTS: &[&str] = &[
        "a",
        "abbr",
        "acronym",
        "address",
        "applet",
        "area",
        "article",
        "aside",
        "audio",
        "b",
        "base",
        "basefont",
        "bdi",
        "bdo",
        "big",
        "blink",
        "blockquote",
        "body",
        "br",
        "button",
        "canvas",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "datalist",
        "dd",
        "del",
        "details",
        "dfn",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "link",
        "main",
        "map",
        "mark",
        "marquee",
        "math",
        "menu",
        "meta",
        "meter",
        "nav",
        "nobr",
        "noscript",
        "object",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "param",
        "picture",
        "pre",
        "progress",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "script",
        "section",
        "select",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "template",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ];
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        ELEMENTS
            .binary_search(&name.to_ascii_lowercase().as_str())
            .is_ok()
    } else {
        ELEMENTS.binary_search(&name).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_from_text() {
        for text in [
            "<p>x",
            "x<br/>y",
            "a &amp; b",
            "<A HREF='x'>y</A>",
            "&#8217;",
            "<!-- x -->",
        ] {
            assert!(is_markup(text), "{text}");
        }
        for text in [
            "a < b > c",
            "x & y",
            "<quote>",
            "1 <2",
            "<b",
            "&unknown;",
            "",
        ] {
            assert!(!is_markup(text), "{text}");
        }
        assert!(is_markup_title("The <i>Harbour</i>"));
        assert!(!is_markup_title("What <i> is for"));
    }

    #[test]
    fn double_escaping_is_undone_once() {
        let twice = "&lt;p&gt;Tide &amp;amp; time&lt;/p&gt;";
        assert_eq!(
            unescaped_twice(twice).as_deref(),
            Some("<p>Tide &amp; time</p>")
        );
        assert_eq!(unescaped_twice("a &lt; b"), None);
        assert_eq!(unescaped_twice("<code>&lt;p&gt;&lt;/p&gt;</code>"), None);
    }
}
