//! The open elements, and what the next one means among them.

use super::super::attributes::Attributes;
use super::super::draft::{Base, Draft, language, moment};
use super::super::namespace::{Ns, Resolved};
use super::super::report::{Loss, Repair};
use super::super::tokens::Tag;
use super::super::vocabulary::{Element, Field, element};
use super::super::{Dialect, base};
use super::Reader;
use super::capture::Capture;

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Its name with the prefix.
    pub(super) name: &'a str,
    pub(super) kind: Kind<'a>,
    /// Whose parts its children are.
    pub(super) place: Place,
    /// How many prefixes were in scope before it.
    pub(super) scopes: usize,
    /// Its base, where it is not the document's.
    pub(super) base: Base,
}

/// What leaving an element means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A feed, or what stands around it.
    Root,
    /// An item.
    Entry,
    /// A part that is captured.
    Field,
    /// An element within one, by its name in the markup.
    Inside(&'a str),
    Other,
}

impl Kind<'_> {
    /// Whether the nesting of the whole document hangs on it.
    pub(super) fn is_structural(self) -> bool {
        matches!(self, Self::Root | Self::Entry)
    }
}

/// Whose parts the children of an element are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Of nothing that is known.
    Outside,
    Feed,
    Entry,
    /// Of something else within the feed.
    AsideOfFeed,
    /// Of something else within an item.
    AsideOfEntry,
}

impl Place {
    /// Whether a field is read here.
    fn has(self, field: Field) -> bool {
        match self {
            Self::Entry => true,
            Self::Feed => !matches!(field, Field::Content | Field::Encoded | Field::Body),
            Self::Outside | Self::AsideOfFeed | Self::AsideOfEntry => false,
        }
    }

    fn aside(self) -> Self {
        match self {
            Self::Outside => Self::Outside,
            Self::Feed | Self::AsideOfFeed => Self::AsideOfFeed,
            Self::Entry | Self::AsideOfEntry => Self::AsideOfEntry,
        }
    }
}

/// The longest name that means something, in bytes.
const MAX_NAME: usize = 24;

/// What a resolved name means. Names are told apart without regard to case, as CDF and careless
/// publishers need it.
pub(super) fn element_of(resolved: Resolved<'_>) -> Element {
    let local = resolved.local;
    if !local.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return element(resolved.ns, local);
    }
    let mut lower = [0; MAX_NAME];
    let Some(lower) = lower.get_mut(..local.len()) else {
        return Element::Unknown;
    };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    std::str::from_utf8(lower).map_or(Element::Unknown, |local| element(resolved.ns, local))
}

/// Whether a start tag of this name ends whatever text is being read. These are no elements of HTML, so
/// one of them within a text means that the text's end tag is missing.
pub(super) fn ends_capture(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "item",
        "entry",
        "channel",
        "guid",
        "pubDate",
        "enclosure",
        "description",
        "category",
        "updated",
        "published",
    ];
    NAMES.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Whether a start tag of this name may open an item.
pub(super) fn is_item(name: &str) -> bool {
    let local = name.split_once(':').map_or(name, |(_, local)| local);
    ["item", "entry", "url"]
        .iter()
        .any(|item| local.eq_ignore_ascii_case(item))
}

/// Whether a root is that of a piece of a web page.
pub(super) fn is_of_page(name: &str) -> bool {
    [
        "html", "head", "body", "div", "p", "script", "meta", "title", "br", "b", "table", "center",
    ]
    .iter()
    .any(|other| name.eq_ignore_ascii_case(other))
}

impl<'a> Reader<'a> {
    /// Finds the dialect by its root, and gives the root's own namespace the dialect's meaning.
    pub(super) fn adopt(&mut self, name: &'a str, resolved: &mut Resolved<'a>) {
        if resolved.ns != Ns::Other {
            return;
        }
        let ns = match resolved.local {
            local if local.eq_ignore_ascii_case("rss") => Ns::Rss,
            local if local.eq_ignore_ascii_case("rdf") => Ns::Rdf,
            "feed" => Ns::Atom,
            "urlset" | "sitemapindex" => Ns::Sitemap,
            _ => return,
        };
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        self.scopes.declare(prefix, ns);
        self.report.repaired(Repair::Namespace);
        resolved.ns = ns;
    }

    /// Enters an element that is not within a captured one.
    pub(super) fn enter(
        &mut self,
        mut frame: Frame<'a>,
        found: Element,
        ns: Ns,
        tag: Tag<'a>,
        xml_lang: Option<&str>,
    ) {
        let place = frame.place;
        match found {
            Element::Rss
            | Element::Rdf
            | Element::Feed
            | Element::Channel
            | Element::UrlSet
            | Element::SitemapIndex
                if matches!(place, Place::Outside | Place::Feed) =>
            {
                self.root_found(found, ns, tag, xml_lang);
                frame.kind = Kind::Root;
                frame.place = Place::Feed;
            }
            Element::Item | Element::Listed => self.item_found(&mut frame, ns, tag, xml_lang),
            Element::Group => {}
            Element::Field(field) if place.has(field) => {
                frame.kind = Kind::Field;
                let said = Attributes::raw(tag.attributes, "type");
                self.capture = Some(Capture {
                    field,
                    ns,
                    attributes: tag.attributes,
                    is_free_form: said.is_some_and(|said| said.trim().ends_with("xml")),
                    base: frame.base.clone(),
                    depth: self.frames.len(),
                });
            }
            _ => frame.place = place.aside(),
        }
        self.frames.push(frame);
    }

    fn root_found(&mut self, found: Element, ns: Ns, tag: Tag<'a>, xml_lang: Option<&str>) {
        self.feed.language.first(2, xml_lang.and_then(language));
        let attribute = |name| Attributes::raw(tag.attributes, name);
        if found == Element::Channel {
            if let Some(about) = attribute("href") {
                let link = base::resolve(self.base.as_deref(), about).into_owned();
                self.feed.link.first(1, link);
            }
            if let Some(date) = attribute("lastmod") {
                self.feed.updated.first(1, moment(date, &mut self.report));
            }
        }
        if self.dialect.is_some() {
            return;
        }
        let version = attribute("version").map(str::trim);
        let dialect = match found {
            Element::Rss => self.version_of_rss(version),
            Element::Rdf => Dialect::Rdf,
            Element::Feed if ns == Ns::Atom03 => Dialect::Atom03,
            Element::Feed if version.is_some_and(|version| version.starts_with("0.")) => {
                Dialect::Atom03
            }
            Element::Feed => {
                if ns == Ns::Rss {
                    self.report.repaired(Repair::Namespace);
                }
                Dialect::Atom
            }
            Element::UrlSet => Dialect::Sitemap,
            Element::SitemapIndex => Dialect::SitemapIndex,
            _ if tag.name == "CHANNEL" || attribute("href").is_some() => Dialect::Cdf,
            _ => {
                self.report.repaired(Repair::Root);
                Dialect::Rss2
            }
        };
        if !self.frames.is_empty() {
            self.report.repaired(Repair::Root);
        }
        self.is_sitemap = matches!(found, Element::UrlSet | Element::SitemapIndex);
        self.dialect = Some(dialect);
    }

    fn version_of_rss(&mut self, version: Option<&str>) -> Dialect {
        match version {
            Some("2.0" | "2") => Dialect::Rss2,
            Some(version) if version.starts_with("0.9") => Dialect::Rss0,
            _ => {
                self.report.repaired(Repair::RssVersion);
                Dialect::Rss2
            }
        }
    }

    /// An item opens. One that opens as a part of another means that the other's end tag is missing.
    fn item_found(&mut self, frame: &mut Frame<'a>, ns: Ns, tag: Tag<'a>, xml_lang: Option<&str>) {
        if self.dialect.is_none() {
            if self.root.is_some_and(is_of_page) {
                self.report.lost(Loss::HiddenItem, 1);
                return;
            }
            self.report.repaired(Repair::Root);
            let is_atom = matches!(ns, Ns::Atom | Ns::Atom03) || tag.name.ends_with("entry");
            self.dialect = Some(if is_atom {
                Dialect::Atom
            } else {
                Dialect::Rss2
            });
        }
        match frame.place {
            Place::Entry => {
                self.close_entry();
                frame.scopes = self.scopes.len();
                frame.base = self.frames.last().and_then(|frame| frame.base.clone());
            }
            Place::AsideOfEntry => {
                self.report.lost(Loss::HiddenItem, 1);
                return;
            }
            Place::Outside | Place::AsideOfFeed => self.report.repaired(Repair::Place),
            Place::Feed => {}
        }
        let mut entry = Draft::default();
        for (name, value) in Attributes::new(tag.attributes) {
            let local = name.split_once(':').map_or(name, |(_, local)| local);
            match local.to_ascii_lowercase().as_str() {
                "about" if !value.trim().is_empty() => {
                    let about = self.decoded(value);
                    entry.id.first(1, about);
                }
                "href" => {
                    let href = self.decoded(value);
                    let link = base::resolve(self.base.as_deref(), &href).into_owned();
                    entry.link.first(1, link);
                }
                "lastmod" => {
                    entry.updated.first(1, moment(value, &mut self.report));
                }
                _ => {}
            }
        }
        entry.language.first(1, xml_lang.and_then(language));
        self.entry = Some(entry);
        frame.kind = Kind::Entry;
        frame.place = Place::Entry;
    }

    /// Ends the open entry, whose end tag is missing.
    pub(super) fn close_entry(&mut self) {
        let is_entry = |frame: &Frame<'_>| frame.kind == Kind::Entry;
        let Some(at) = self.frames.iter().rposition(is_entry) else {
            return;
        };
        self.beyond = 0;
        while self.frames.len() > at {
            self.pop(false);
        }
    }
}
