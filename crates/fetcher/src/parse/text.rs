//! The texts of a feed: what form they are in, and what they say without markup.

use std::sync::Arc;

use super::entity;
use super::html::{is_void, tags};
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
