//! The reader of feeds in XML, whatever their dialect.
//!
//! One pass over the tokens with a stack of open elements. The stack repairs the nesting; the
//! [`vocabulary`](super::vocabulary) says what an element is in any dialect; and the place in the
//! document says whose part it is.

mod capture;
mod fields;
mod frames;
mod links;
mod people;

use std::sync::Arc;

use capture::{Capture, Piece};
use frames::{Frame, Kind, Place};

use super::attributes::Attributes;
use super::base;
use super::draft::{Base, Draft};
use super::entity::{self, Declared};
use super::items::Items;
use super::namespace::{Ns, Resolved, Scopes};
use super::report::{Loss, Repair, Report};
use super::tokens::{Tag, Token, Tokens};
use super::vocabulary::{Element, Field};
use super::{Dialect, ParseError, ParsedFeed};

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 64;
/// How many texts and tags the content of one element may be made of.
const MAX_PIECES: usize = 1 << 16;

/// Reads a document of XML. `base` is what relative addresses are resolved from.
pub(super) fn read(
    text: &str,
    base: Option<String>,
    report: Report,
) -> Result<ParsedFeed, ParseError> {
    let mut reader = Reader {
        scopes: Scopes::default(),
        frames: Vec::with_capacity(MAX_DEPTH),
        beyond: 0,
        entities: Declared::default(),
        capture: None,
        pieces: Vec::new(),
        base,
        dialect: None,
        root: None,
        is_sitemap: false,
        feed: Draft::default(),
        entry: None,
        items: Items::default(),
        report,
    };
    reader.run(text);
    reader.finish()
}

/// What tells items apart.
const NAMES: [Field; 5] = [
    Field::Link,
    Field::Loc,
    Field::Id,
    Field::Guid,
    Field::DcIdentifier,
];

struct Reader<'a> {
    scopes: Scopes<'a>,
    frames: Vec<Frame<'a>>,
    /// Open elements beyond [`MAX_DEPTH`].
    beyond: usize,
    entities: Declared<'a>,
    capture: Option<Capture<'a>>,
    /// What the element that is captured holds so far.
    pieces: Vec<Piece<'a>>,
    base: Option<String>,
    dialect: Option<Dialect>,
    /// The name of the first element.
    root: Option<&'a str>,
    is_sitemap: bool,
    feed: Draft,
    entry: Option<Draft>,
    items: Items,
    report: Report,
}

impl<'a> Reader<'a> {
    fn run(&mut self, text: &'a str) {
        let mut tokens = Tokens::new(text);
        loop {
            let open = self.frames.last().map_or("", |frame| frame.name);
            match tokens.next(open, &mut self.report) {
                Some(Token::Start(tag)) => self.open(tag),
                Some(Token::End(name)) => self.close(name),
                Some(Token::Text(raw)) => self.text(Piece::Text(raw), raw),
                Some(Token::Cdata(raw)) => self.text(Piece::Cdata(raw), raw),
                Some(Token::Doctype(doctype)) => self.entities.read(doctype),
                None => break,
            }
        }
        if !self.frames.is_empty() && !self.report.losses.contains_key(&Loss::Cut) {
            self.report.lost(Loss::Cut, 1);
        }
        let broken_off = self.capture.as_ref().map(|capture| capture.field);
        if self.entry.is_some() && broken_off.is_some_and(|field| NAMES.contains(&field)) {
            // An address that breaks off is another one, and the item would be taken for another. The next
            // poll has it whole.
            self.entry = None;
            self.capture = None;
            self.pieces.clear();
        }
        while !self.frames.is_empty() {
            self.pop(false);
        }
        self.report.lost(Loss::HiddenItem, tokens.hidden);
    }

    fn finish(self) -> Result<ParsedFeed, ParseError> {
        let Some(dialect) = self.dialect else {
            return Err(match self.root {
                Some(root) if frames::is_of_page(root) => ParseError::Html,
                Some(root) => ParseError::NotAFeed(root.chars().take(64).collect()),
                None => ParseError::NoMarkup,
            });
        };
        let mut report = self.report;
        Ok(ParsedFeed {
            dialect,
            channel: self.feed.into_channel(),
            items: self.items.finish(&mut report),
            report,
            base: self.base,
        })
    }

    fn text(&mut self, piece: Piece<'a>, raw: &str) {
        if self.beyond > 0 {
            return;
        }
        if self.capture.is_some() {
            if self.has_room() {
                self.pieces.push(piece);
            }
        } else if self.root.is_none() && !raw.trim().is_empty() {
            self.report.repaired(Repair::LeadingText);
        }
    }

    /// Whether the captured element may have one piece more. What it may not have is a loss.
    fn has_room(&mut self) -> bool {
        let has_room = self.pieces.len() < MAX_PIECES;
        self.report.lost(Loss::TooManyParts, u64::from(!has_room));
        has_room
    }

    fn place(&self) -> Place {
        self.frames
            .last()
            .map_or(Place::Outside, |frame| frame.place)
    }

    fn open(&mut self, tag: Tag<'a>) {
        if self.capture.is_some() {
            if !frames::ends_capture(tag.name) || self.is_free_form() {
                self.open_inside(tag);
                return;
            }
            self.close_capture();
        }
        if self.frames.len() >= MAX_DEPTH && frames::is_item(tag.name) {
            // Depth costs the item in which it is, and no other.
            self.close_entry();
        }
        let scopes = self.scopes.len();
        let (base, language) = if tag.attributes.contains("xml") {
            self.declare(tag)
        } else {
            (None, None)
        };
        let mut resolved = self.scopes.resolve(tag.name);
        if self.root.is_none() {
            self.root = Some(tag.name);
        }
        if self.dialect.is_none() {
            self.adopt(tag.name, &mut resolved);
        }
        if self.is_sitemap && resolved.ns == Ns::Rss {
            resolved.ns = Ns::Sitemap;
        }
        let found = frames::element_of(resolved);
        if resolved.is_undeclared && found != Element::Unknown {
            self.report.repaired(Repair::Prefix);
        }
        if self.frames.len() >= MAX_DEPTH {
            self.scopes.truncate(scopes);
            self.beyond += usize::from(!tag.is_empty);
            self.report.lost(Loss::TooDeep, 1);
            return;
        }
        let base = base.or_else(|| self.frames.last().and_then(|frame| frame.base.clone()));
        let frame = Frame {
            name: tag.name,
            kind: Kind::Other,
            place: self.place(),
            scopes,
            base,
        };
        self.enter(frame, found, resolved.ns, tag, language);
        if tag.is_empty {
            self.pop(true);
        }
    }

    /// Takes the declarations of namespaces, the base and the language of a tag.
    fn declare(&mut self, tag: Tag<'a>) -> (Base, Option<&'a str>) {
        let (mut base, mut language) = (None, None);
        for (name, value) in Attributes::new(tag.attributes) {
            if name == "xmlns" {
                self.scopes.declare("", Ns::of(value));
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                self.scopes.declare(prefix, Ns::of(value));
            } else if name == "xml:base" {
                base = Some(value);
            } else if name == "xml:lang" {
                language = Some(value);
            }
        }
        let base = base.map(|given| {
            let mut decoded = String::new();
            entity::decode(given, &mut self.entities, &mut decoded, &mut self.report);
            let outer = self.frames.last().and_then(|frame| frame.base.as_deref());
            let outer = outer.or(self.base.as_deref());
            Arc::from(base::resolve(outer, &decoded).as_ref())
        });
        (base, language)
    }

    /// A tag within an element that is captured.
    fn open_inside(&mut self, tag: Tag<'a>) {
        if self.frames.len() >= MAX_DEPTH {
            self.beyond += usize::from(!tag.is_empty);
            self.report.lost(Loss::TooDeep, 1);
            return;
        }
        let Resolved { ns, local, .. } = self.scopes.resolve(tag.name);
        let is_html = matches!(ns, Ns::Xhtml | Ns::Svg | Ns::Atom | Ns::Atom03);
        let name = if is_html { local } else { tag.name };
        let has_room = self.has_room();
        if has_room {
            self.pieces.push(Piece::Open(name, tag));
        }
        if !tag.is_empty {
            let place = self.place();
            let kind = if has_room {
                Kind::Inside(name)
            } else {
                Kind::Other
            };
            self.frames.push(Frame {
                name: tag.name,
                kind,
                place,
                scopes: self.scopes.len(),
                base: None,
            });
        }
    }

    /// Whether the captured element may hold elements of any vocabulary.
    fn is_free_form(&self) -> bool {
        let capture = self.capture.as_ref();
        capture.is_some_and(|capture| capture.is_free_form)
    }

    /// Ends the captured element, whose end tag is missing.
    fn close_capture(&mut self) {
        let depth = self.capture.as_ref().map_or(0, |capture| capture.depth);
        self.beyond = 0;
        while self.frames.len() > depth {
            self.pop(false);
        }
    }

    fn close(&mut self, name: &str) {
        let is_named = |frame: &Frame<'_>| frame.name == name;
        let is_alike = |frame: &Frame<'_>| frame.name.eq_ignore_ascii_case(name);
        let found = self.frames.iter().rposition(is_named);
        let Some(at) = found.or_else(|| self.frames.iter().rposition(is_alike)) else {
            if self.beyond > 0 {
                self.beyond -= 1;
            } else {
                self.report.repaired(Repair::StrayEndTag);
            }
            return;
        };
        if self.beyond > 0 && !self.frames[at].kind.is_structural() {
            self.beyond -= 1;
            return;
        }
        self.beyond = 0;
        while self.frames.len() > at {
            let is_own = self.frames.len() == at + 1;
            self.pop(is_own);
        }
    }

    /// Leaves the innermost element. `is_closed` tells whether its own end tag came.
    fn pop(&mut self, is_closed: bool) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if !is_closed {
            self.report.repaired(Repair::UnclosedElement);
        }
        self.scopes.truncate(frame.scopes);
        match frame.kind {
            Kind::Inside(name) => self.pieces.push(Piece::Close(name)),
            Kind::Field => {
                if let Some(capture) = self.capture.take() {
                    let pieces = std::mem::take(&mut self.pieces);
                    self.take_field(&capture, &pieces);
                    self.pieces = pieces;
                    self.pieces.clear();
                }
            }
            Kind::Entry => {
                if let Some(entry) = self.entry.take() {
                    self.items.push(entry.into_item());
                }
            }
            Kind::Root | Kind::Other => {}
        }
    }
}
