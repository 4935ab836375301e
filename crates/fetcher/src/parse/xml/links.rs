//! The addresses of a feed and of its items.

use super::super::base;
use super::super::channel::Relation;
use super::super::item::Enclosure;
use super::super::namespace::Ns;
use super::super::vocabulary::Field;
use super::Reader;
use super::capture::{Capture, Piece};
use super::fields::MAX_PARTS;

impl Reader<'_> {
    /// Takes an address: of the article, of a file, of comments, of something related.
    pub(super) fn take_link(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let said = self.plain(pieces).into_owned();
        let base = capture.base.as_deref();
        let resolve = |reader: &Self, address: &str| {
            base::resolve(base.or(reader.base.as_deref()), address).into_owned()
        };
        match capture.field {
            Field::Enclosure => {
                let url = self
                    .attribute(capture, "url")
                    .or_else(|| self.attribute_href(capture));
                let url = url.or_else(|| (!said.is_empty()).then_some(said));
                if let Some(url) = url {
                    let url = resolve(self, &url);
                    self.take_enclosure(capture, url);
                }
            }
            Field::Comments if !said.is_empty() => {
                let comments = resolve(self, &said);
                self.draft().comments.first(1, comments);
            }
            Field::Loc if !said.is_empty() => {
                let link = resolve(self, &said);
                self.draft().link.first(5, link);
            }
            Field::Link => match self.attribute_href(capture) {
                Some(href) => {
                    let url = resolve(self, &href);
                    self.take_relation(capture, url);
                }
                None if !said.is_empty() => {
                    let link = resolve(self, &said);
                    self.draft().link.last(5, link);
                }
                None => {}
            },
            _ => {}
        }
    }

    fn attribute_href(&mut self, capture: &Capture<'_>) -> Option<String> {
        self.attribute(capture, "href")
            .or_else(|| self.attribute(capture, "resource"))
    }

    /// A link with its address in an attribute.
    fn take_relation(&mut self, capture: &Capture<'_>, url: String) {
        let rel = self
            .attribute(capture, "rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let media_type = self.attribute(capture, "type").unwrap_or_default();
        let is_page = media_type.is_empty() || media_type.contains("html");
        match rel.as_str() {
            "" | "alternate" => {
                let rank = if is_page { 5 } else { 3 };
                let link = &mut self.draft().link;
                // Atom's alternates are other forms of one, and the first is the best. RSS has no such
                // thing: what comes later there corrects what came before.
                if capture.ns == Ns::Rss {
                    link.last(rank, url);
                } else {
                    link.first(rank, url);
                }
            }
            "enclosure" => self.take_enclosure(capture, url),
            "replies" => self.draft().comments.first(0, url),
            _ => {
                if rel == "related" || rel == "via" {
                    self.draft().link.first(1, url.clone());
                }
                let is_full = self.draft().links.len() >= MAX_PARTS;
                if self.is_room(!is_full) && !self.is_in_entry() {
                    self.feed.links.push(Relation { rel, url });
                }
            }
        }
    }

    fn take_enclosure(&mut self, capture: &Capture<'_>, url: String) {
        let media_type = self.attribute(capture, "type");
        let length = self.attribute(capture, "length");
        let is_room = self.draft().enclosures.len() < MAX_PARTS;
        if self.is_room(is_room) {
            self.draft().enclosures.push(Enclosure {
                url,
                media_type,
                length,
            });
        }
    }
}
