//! What is known of an item of a feed.

use xxhash_rust::xxh3::xxh3_128;

use super::date::Moment;
use super::person::Person;
use super::text::Text;

/// Longer names are replaced by their hash: they are keys of the state, and ride in every record.
const MAX_IDENTITY: usize = 1_024;

/// One item of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What the item is called when nothing but itself is known: its guid, else its link, else a hash of
    /// its text. Never made from a title that something else can stand in for, because titles are
    /// edited. What the feed has proved decides in [`crate::ingest`].
    pub identity: String,
    /// What the feed calls it, as given: `guid`, Atom's `id`, RDF's `about`.
    pub guid: Option<String>,
    /// Where the article is, made absolute. `None` where the item names no address.
    pub link: Option<String>,
    /// The title.
    pub title: Option<Text>,
    /// The summary.
    pub summary: Option<Text>,
    /// The full text, where the feed carries it.
    pub content: Option<Text>,
    /// The authors.
    pub authors: Vec<Person>,
    /// The categories as given.
    pub categories: Vec<String>,
    /// The files that belong to it.
    pub enclosures: Vec<Enclosure>,
    /// Where it is commented on.
    pub comments: Option<String>,
    /// When it was published, as the publisher says.
    pub published: Option<Moment>,
    /// When it was changed, as the publisher says.
    pub updated: Option<Moment>,
    /// When it was written, as the publisher says.
    pub created: Option<Moment>,
    /// The language that it declares, where it differs from the feed's.
    pub language: Option<String>,
}

/// A file that belongs to an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// Its address, made absolute.
    pub url: String,
    /// Its media type as given.
    pub media_type: Option<String>,
    /// Its length in bytes as given.
    pub length: Option<String>,
}

impl Item {
    /// Its texts as a name, for an item that has no other.
    pub(crate) fn content_hash(&self) -> String {
        let value = |text: &Option<Text>| text.as_ref().map_or("", |text| &text.value).to_owned();
        let mut said = format!("{}\n{}", value(&self.summary), value(&self.content));
        if said.trim().is_empty() {
            // There is nothing else to tell such items apart by.
            said = self.title.as_ref().map(Text::plain).unwrap_or_default();
        }
        format!("content:{:032x}", xxh3_128(said.as_bytes()))
    }

    pub(super) fn name(&mut self) {
        let name = self.guid.as_ref().or(self.link.as_ref());
        self.identity = match name {
            Some(name) => bounded(name),
            None => self.content_hash(),
        };
    }
}

/// A name, or its hash where it is long.
pub(crate) fn bounded(name: &str) -> String {
    if name.len() > MAX_IDENTITY {
        return format!("hash:{:032x}", xxh3_128(name.as_bytes()));
    }
    name.to_owned()
}
