//! The content of one element, as text or as markup.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use super::super::attributes::Attributes;
use super::super::draft::Base;
use super::super::entity::{self, Declared};
use super::super::html::is_void;
use super::super::namespace::Ns;
use super::super::report::{Repair, Report};
use super::super::text::{self, Form, Text};
use super::super::tokens::Tag;
use super::super::vocabulary::Field;

/// A piece of an element's content.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// Text with references in it.
    Text(&'a str),
    Cdata(&'a str),
    /// The local name, and the tag.
    Open(&'a str, Tag<'a>),
    Close(&'a str),
}

/// An element whose content is being taken.
#[derive(Debug)]
pub(super) struct Capture<'a> {
    pub(super) field: Field,
    pub(super) ns: Ns,
    pub(super) attributes: &'a str,
    /// Whether it may hold elements of any vocabulary. Told once: attributes may be long, and tags many.
    pub(super) is_free_form: bool,
    pub(super) base: Base,
    /// How many frames lie below its own.
    pub(super) depth: usize,
}

/// What an element says its content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Nothing: what it looks like.
    Unsaid,
    Plain,
    /// Escaped HTML.
    Html,
    /// XHTML within a `div` that is no part of it.
    Xhtml,
    /// Any XML, all of it content.
    Xml,
    Base64,
}

impl Capture<'_> {
    /// The content as text alone: what stands in tags is left out.
    pub(super) fn text<'p>(
        pieces: &[Piece<'p>],
        entities: &mut Declared<'_>,
        report: &mut Report,
    ) -> Cow<'p, str> {
        match pieces {
            [] => return Cow::Borrowed(""),
            [Piece::Text(raw)] if !raw.contains('&') => return Cow::Borrowed(raw.trim()),
            [Piece::Cdata(raw)] => return Cow::Borrowed(raw.trim()),
            _ => {}
        }
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(raw) => entity::decode(raw, entities, &mut out, report),
                Piece::Cdata(raw) => out.push_str(raw),
                Piece::Open(..) | Piece::Close(_) => {}
            }
        }
        trim(&mut out);
        Cow::Owned(out)
    }

    /// The content as what it is said to be, or looks like. `None` where there is nothing.
    pub(super) fn rich(
        &self,
        pieces: &[Piece<'_>],
        entities: &mut Declared<'_>,
        report: &mut Report,
    ) -> Option<Text> {
        let declared = self.declared(report);
        let is_naked = pieces.iter().any(|piece| matches!(piece, Piece::Open(..)));
        let (value, form) = if is_naked {
            (
                Self::naked(declared, pieces, entities, report),
                Form::Markup,
            )
        } else {
            let value = Self::text(pieces, entities, report);
            self.formed(declared, value, report)
        };
        (!value.is_empty()).then(|| Text {
            value,
            form,
            base: self.base.clone(),
        })
    }

    fn formed(&self, declared: Said, value: Cow<'_, str>, report: &mut Report) -> (String, Form) {
        match declared {
            Said::Plain => (value.into_owned(), Form::Plain),
            Said::Html => (value.into_owned(), Form::Markup),
            Said::Xhtml | Said::Xml => {
                let mut escaped = String::with_capacity(value.len());
                escape(&value, &mut escaped);
                (escaped, Form::Markup)
            }
            Said::Base64 => match decode_base64(&value) {
                Some(decoded) => {
                    report.repaired(Repair::Base64);
                    (decoded, Form::Markup)
                }
                None => (value.into_owned(), Form::Markup),
            },
            Said::Unsaid => {
                let is_markup = if self.is_title() {
                    text::is_markup_title(&value)
                } else {
                    text::is_markup(&value)
                };
                if is_markup
                    && !self.is_title()
                    && let Some(decoded) = text::unescaped_twice(&value)
                {
                    report.repaired(Repair::DoubleEscaped);
                    return (decoded, Form::Markup);
                }
                let form = if is_markup { Form::Markup } else { Form::Plain };
                (value.into_owned(), form)
            }
        }
    }

    fn is_title(&self) -> bool {
        matches!(
            self.field,
            Field::Title
                | Field::DcTitle
                | Field::MediaTitle
                | Field::ItunesTitle
                | Field::NewsTitle
        )
    }

    /// Markup that stands in the element as elements.
    fn naked(
        declared: Said,
        pieces: &[Piece<'_>],
        entities: &mut Declared<'_>,
        report: &mut Report,
    ) -> String {
        let inner = inside_div(pieces);
        let mut out = String::new();
        match (declared, inner) {
            (Said::Xhtml, Some(inner)) => markup(inner, entities, &mut out, report),
            (Said::Xhtml | Said::Xml, _) => markup(pieces, entities, &mut out, report),
            (_, Some(inner)) if inner.iter().all(|piece| !matches!(piece, Piece::Open(..))) => {
                // Escaped HTML in a wrapper that somebody's template put around it.
                report.repaired(Repair::NakedMarkup);
                return Self::text(inner, entities, report).into_owned();
            }
            (_, inner) => {
                report.repaired(Repair::NakedMarkup);
                markup(inner.unwrap_or(pieces), entities, &mut out, report);
            }
        }
        trim(&mut out);
        out
    }

    /// What the attributes say, or the dialect where they do not.
    fn declared(&self, report: &mut Report) -> Said {
        let attribute = |name| Attributes::raw(self.attributes, name).map(str::trim);
        if attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
            return Said::Base64;
        }
        let is_escaped = attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("escaped"));
        let said = attribute("type").unwrap_or_default();
        if said.is_empty() {
            return match (self.ns, self.field) {
                (Ns::Atom | Ns::Atom03, _) if !is_escaped => Said::Plain,
                (Ns::Xhtml, _) => Said::Xml,
                _ => Said::Unsaid,
            };
        }
        let declared = of_type(&said.to_ascii_lowercase(), self.field == Field::Content);
        let is_usual = matches!(said, "text" | "html" | "xhtml" | "plain");
        if self.ns == Ns::Atom && !is_usual && self.field != Field::Content {
            report.repaired(Repair::TextType);
        }
        match declared {
            Said::Xml if is_escaped => Said::Html,
            declared => declared,
        }
    }
}

/// What a `type` means: Atom's words, Media RSS's, or a media type.
fn of_type(said: &str, is_content: bool) -> Said {
    let said = said.split(';').next().unwrap_or(said).trim();
    match said {
        "text" | "plain" | "text/plain" => Said::Plain,
        "html" | "text/html" => Said::Html,
        "xhtml" => Said::Xhtml,
        _ if said.ends_with("+xml") || said.ends_with("/xml") => Said::Xml,
        _ if said.starts_with("text/") => Said::Plain,
        _ if said.contains('/') => Said::Base64,
        _ if is_content => Said::Html,
        _ => Said::Unsaid,
    }
}

/// What stands within the one `div` that is all there is, white space apart.
fn inside_div<'s, 'a>(pieces: &'s [Piece<'a>]) -> Option<&'s [Piece<'a>]> {
    let is_blank = |piece: &Piece<'_>| match piece {
        Piece::Text(text) | Piece::Cdata(text) => text.trim().is_empty(),
        _ => false,
    };
    let start = pieces.iter().position(|piece| !is_blank(piece))?;
    let end = pieces.iter().rposition(|piece| !is_blank(piece))?;
    let pieces = &pieces[start..=end];
    match pieces.first()? {
        Piece::Open("div", tag) if !tag.is_empty => {}
        _ => return None,
    }
    let mut depth = 0usize;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open(_, tag) if !tag.is_empty => depth += 1,
            Piece::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return (at + 1 == pieces.len()).then(|| &pieces[1..at]);
        }
    }
    None
}

/// Writes pieces as HTML.
fn markup(
    pieces: &[Piece<'_>],
    entities: &mut Declared<'_>,
    out: &mut String,
    report: &mut Report,
) {
    let mut decoded = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(raw) if raw.contains('&') => {
                decoded.clear();
                entity::decode(raw, entities, &mut decoded, report);
                escape(&decoded, out);
            }
            Piece::Text(raw) | Piece::Cdata(raw) => escape(raw, out),
            Piece::Open(name, tag) => {
                let attributes = tag.attributes.trim();
                out.push('<');
                out.push_str(name);
                if !attributes.is_empty() {
                    out.push(' ');
                    out.push_str(attributes);
                }
                if is_void(name) {
                    out.push_str(" />");
                } else if tag.is_empty {
                    out.push_str("></");
                    out.push_str(name);
                    out.push('>');
                } else {
                    out.push('>');
                }
            }
            Piece::Close(name) if is_void(name) => {}
            Piece::Close(name) => {
                out.push_str("</");
                out.push_str(name);
                out.push('>');
            }
        }
    }
    trim(out);
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'&', b'<', b'>', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Cuts white space from both ends in place.
fn trim(text: &mut String) {
    let end = text.trim_end().len();
    text.truncate(end);
    let start = text.len() - text.trim_start().len();
    text.drain(..start);
}

/// Base64 of text, with or without padding and line breaks.
fn decode_base64(text: &str) -> Option<String> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let packed: String = text.split_ascii_whitespace().collect();
    let bytes = ENGINE.decode(packed).ok()?;
    let mut decoded = String::from_utf8(bytes).ok()?;
    trim(&mut decoded);
    (!decoded.is_empty()).then_some(decoded)
}
