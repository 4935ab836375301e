//! Texts of feeds as they may be shown: sanitised, with absolute addresses.
//!
//! Records keep what the feed gave, because what is dangerous depends on where it is shown, and the
//! cleaner reads it better whole.

mod allowed;

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::attributes::Attributes;
use super::entity;
use super::html::is_void;
use super::text::{Form, Text};

/// How deep elements may be nested in a text. Building a tree of deeper ones takes time with the square of
/// the depth.
const MAX_DEPTH: usize = 512;

/// Sanitises texts. Keeps what it made for the last base, because a feed has few.
#[derive(Debug, Default)]
pub struct Sanitiser {
    base: Option<String>,
    builder: Option<Builder<'static>>,
}

impl Sanitiser {
    /// A text as it may be shown: plain as it is, HTML sanitised and its addresses made absolute from
    /// its own base, else from `base`. It is well-formed XML, and its attributes are in alphabetical
    /// order, so that equal texts are equal strings.
    pub fn shown(&mut self, text: &Text, base: Option<&str>) -> String {
        if text.form == Form::Plain {
            return text.value.clone();
        }
        if is_deep(&text.value) {
            // No prose is: what it says is shown as text.
            return ammonia::clean_text(&text.plain());
        }
        let base = text.base.as_deref().or(base);
        let builder = match self.builder.take() {
            Some(builder) if self.base.as_deref() == base => builder,
            _ => builder(base),
        };
        let clean = builder.clean(&text.value).to_string();
        self.base = base.map(str::to_owned);
        self.builder = Some(builder);
        normalised(clean.trim())
    }
}

/// Whether elements are nested deeper than [`MAX_DEPTH`], as far as a look at the tags tells: elements that
/// need no end tag count as deeper where they follow one another.
fn is_deep(html: &str) -> bool {
    let mut depth = 0_usize;
    for tag in html.split('<').skip(1) {
        let name_end = tag
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(tag.len());
        let name = tag[..name_end].to_ascii_lowercase();
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !name.is_empty() && !is_void(&name) && !ENDLESS.contains(&name.as_str()) {
            depth += 1;
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Elements that the next one of their kind ends.
const ENDLESS: [&str; 8] = ["p", "li", "td", "tr", "th", "dt", "dd", "option"];

fn builder(base: Option<&str>) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(allowed::ELEMENTS)
        .add_tags(allowed::DRAWN)
        .add_clean_content_tags(["iframe", "noembed", "noframes", "noscript"])
        .add_generic_attributes(allowed::ATTRIBUTES)
        .filter_style_properties(allowed::STYLES.iter().copied().collect())
        .link_rel(None)
        .url_relative(match base.and_then(|base| Url::parse(base).ok()) {
            Some(base) => UrlRelative::RewriteWithBase(base),
            None => UrlRelative::PassThrough,
        });
    for (element, attributes) in allowed::OF_ELEMENTS {
        builder.add_tag_attributes(*element, *attributes);
    }
    for element in allowed::DRAWN {
        builder.add_tag_attributes(*element, allowed::OF_DRAWN);
    }
    builder
}

/// Sanitised HTML with its void elements closed, its namespaces declared, its attributes in order.
fn normalised(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        // What ammonia writes is well-formed, and quotes every value.
        let (tag, after) = tag.split_at(end_of(tag));
        rest = after;
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        if inner.starts_with('/') || !tag.ends_with('>') {
            out.push_str(tag);
            continue;
        }
        let end = inner
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(end);
        write_tag(name, attributes, &mut out);
    }
    out.push_str(rest);
    out
}

fn write_tag(name: &str, attributes: &str, out: &mut String) {
    let mut attributes: Vec<_> = Attributes::new(attributes).collect();
    attributes.extend(match name {
        "svg" => Some(("xmlns", "http://www.w3.org/2000/svg")),
        "math" => Some(("xmlns", "http://www.w3.org/1998/Math/MathML")),
        _ => None,
    });
    attributes.sort_unstable();
    out.push('<');
    out.push_str(name);
    for (attribute, value) in attributes {
        if attribute == "style" {
            write_style(value, out);
            continue;
        }
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        out.push_str(value);
        out.push('"');
    }
    out.push_str(if is_void(name) { " />" } else { ">" });
}

/// Declarations as people write them. None is no attribute.
fn write_style(style: &str, out: &mut String) {
    let mut decoded = String::new();
    entity::decode_html(style, &mut decoded);
    let mut written = String::new();
    for declaration in decoded.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        if !written.is_empty() {
            written.push(' ');
        }
        written.push_str(property.trim());
        written.push_str(": ");
        written.push_str(value.trim());
        written.push(';');
    }
    if !written.is_empty() {
        out.push_str(" style=\"");
        entity::encode(&written, out);
        out.push('"');
    }
}

/// The length of the tag at the start.
fn end_of(tag: &str) -> usize {
    let mut is_quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/feeds/";

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let text = Text {
            value: html.to_owned(),
            form: Form::Markup,
            base: None,
        };
        assert_eq!(Sanitiser::default().shown(&text, Some(BASE)), expected);
    }

    #[test]
    fn what_acts_goes() {
        check("a<script>alert(1)</script>b", "ab");
        check(
            "<img src=x onerror=alert(1)>",
            "<img src=\"https://a.example/feeds/x\" />",
        );
        check("<a href='javascript:alert(1)'>x</a>", "<a>x</a>");
        check("<a href=' JaVa\nscript:alert(1)'>x</a>", "<a>x</a>");
        check(
            "<p style='color: red; background: url(//b.example)'>x</p>",
            "<p style=\"color: red;\">x</p>",
        );
        check("<p style='position: fixed'>x</p>", "<p>x</p>");
        check("<form action=/x><input name=p>y</form>", "y");
        check(
            "<svg><script>alert(1)</script><circle r='1' onclick='x'/></svg>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"1\"></circle></svg>",
        );
        check(
            "<svg><a xlink:href='javascript:x'><text>y</text></a></svg>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><a><text>y</text></a></svg>",
        );
        check("x<iframe src='//b.example'></iframe>", "x");
    }

    #[test]
    fn addresses_become_absolute() {
        check(
            "<a title=b href='/1'>x</a>",
            "<a href=\"https://a.example/1\" title=\"b\">x</a>",
        );
        check(
            "<a href='https://b.example/?a=1&amp;b=2'>x</a>",
            "<a href=\"https://b.example/?a=1&amp;b=2\">x</a>",
        );
    }

    #[test]
    fn markup_is_well_formed() {
        check("<p>one<br>two <b>three", "<p>one<br />two <b>three</b></p>");
        check("a & b < c", "a &amp; b &lt; c");
        check("<td>x", "x");
        check(
            "<p style=\"font-family: 'A &amp; B'\">x</p>",
            "<p style=\"font-family: &quot;A &amp; B&quot;;\">x</p>",
        );
        check("<!-- x -->y<!doctype z>", "y");
        check(
            "<p title='a \"quoted\" > b'>x</p>",
            "<p title=\"a &quot;quoted&quot; &gt; b\">x</p>",
        );
    }

    #[test]
    fn plain_text_is_as_it_is() {
        let shown = Sanitiser::default().shown(&Text::plain_of("a < b & <script>"), None);
        assert_eq!(shown, "a < b & <script>");
    }
}
