//! Texts of feeds as they may be shown: sanitised, with absolute addresses.
//!
//! Records keep what the feed gave, because what is dangerous depends on where it is shown, and the
//! cleaner reads it better whole.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::text::{Form, Text, is_void};

/// Sanitises texts. Keeps what it made for the last base, because a feed has few.
#[derive(Debug, Default)]
pub struct Sanitiser {
    base: Option<String>,
    builder: Option<Builder<'static>>,
}

impl Sanitiser {
    /// A text as it may be shown: plain as it is, HTML sanitised and its addresses made absolute from
    /// its own base, else from `base`.
    pub fn shown(&mut self, text: &Text, base: Option<&str>) -> String {
        if text.form == Form::Plain {
            return text.value.clone();
        }
        let base = text.base.as_deref().or(base);
        let builder = match self.builder.take() {
            Some(builder) if self.base.as_deref() == base => builder,
            _ => builder(base),
        };
        let clean = builder.clean(&text.value).to_string();
        self.base = base.map(str::to_owned);
        self.builder = Some(builder);
        closed(clean.trim())
    }
}

/// Elements beside those that ammonia allows by itself.
const ELEMENTS: &[&str] = &[];

static STYLES: LazyLock<HashSet<&'static str>> = LazyLock::new(HashSet::new);

fn builder(base: Option<&str>) -> Builder<'static> {
    let mut builder = Builder::default();
    builder.add_tags(ELEMENTS);
    builder.link_rel(None);
    builder.url_relative(match base.and_then(|base| Url::parse(base).ok()) {
        Some(base) => UrlRelative::RewriteWithBase(base),
        None => UrlRelative::PassThrough,
    });
    builder
}

/// Sanitised HTML with its void elements closed, so that it is XML too.
fn closed(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        // What ammonia writes is well-formed, and quotes every value.
        let end = end_of(tag);
        let (tag, after) = tag.split_at(end);
        let name = &tag[1..];
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        if is_void(name) {
            out.push_str(tag[..tag.len() - 1].trim_end());
            out.push_str(" />");
        } else {
            out.push_str(tag);
        }
        rest = after;
    }
    out.push_str(rest);
    out
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
