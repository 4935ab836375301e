//! From feed-rs's model to what the pipeline needs of a feed.

use std::collections::{BTreeMap, BTreeSet};

use feed_rs::model::{Entry, Feed, FeedType, Link, Text};
use jiff::Timestamp;
use url::Url;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::{Dialect, ParsedFeed, plain};

/// Longer names are replaced by their hash: they are keys of the state.
const MAX_IDENTITY: usize = 1_024;

/// One item of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What the feed calls it: its guid, else its link, else a hash of its text. Never made from a
    /// title that something else can stand in for, because titles are edited.
    pub identity: String,
    /// Where the article is, made absolute. `None` where the item names no address.
    pub link: Option<String>,
    /// The title as plain text.
    pub title: Option<String>,
    /// The summary as given.
    pub summary: Option<String>,
    /// The full text as given.
    pub content: Option<String>,
    /// The authors as given.
    pub authors: Vec<String>,
    /// The categories as given.
    pub categories: Vec<String>,
    /// When it was published, as the publisher says.
    pub published: Option<Timestamp>,
    /// When it was changed, as the publisher says.
    pub updated: Option<Timestamp>,
    /// The language that it declares, where it differs from the feed's.
    pub language: Option<String>,
}

impl Item {
    /// A hash of what an edit of the article changes: title, link, summary and content. Dates are
    /// left out, because publishers touch them without touching anything else.
    pub fn fingerprint(&self) -> u64 {
        let mut text = Vec::new();
        for part in [&self.title, &self.link, &self.summary, &self.content] {
            text.extend(part.as_deref().unwrap_or_default().bytes());
            text.push(0);
        }
        xxh3_64(&text)
    }
}

/// Takes what is needed of a feed.
pub(super) fn take(feed: Feed, url: &str) -> ParsedFeed {
    let dialect = match feed.feed_type {
        FeedType::Atom => Dialect::Atom,
        FeedType::JSON => Dialect::Json,
        FeedType::RSS0 => Dialect::Rss0,
        FeedType::RSS1 => Dialect::Rdf,
        FeedType::RSS2 => Dialect::Rss2,
    };
    let base = Url::parse(url).ok();
    let mut items: Vec<(String, Item)> = feed
        .entries
        .into_iter()
        .map(|entry| (entry.id.clone(), item(entry, dialect, base.as_ref())))
        .collect();
    let shared = shared_guids(&items);
    for (guid, item) in &mut items {
        let guid = Some(guid.trim()).filter(|guid| !guid.is_empty() && !shared.contains(*guid));
        item.identity = identity(guid, item);
    }
    let mut listed = BTreeSet::new();
    items.retain(|(_, item)| listed.insert(item.identity.clone()));
    ParsedFeed {
        dialect,
        title: feed.title.and_then(|title| plain_text(&title, dialect)),
        language: feed.language.and_then(non_empty),
        items: items.into_iter().map(|(_, item)| item).collect(),
    }
}

/// The guids that items with different links share: a constant, no name.
fn shared_guids(items: &[(String, Item)]) -> BTreeSet<String> {
    let mut links: BTreeMap<&str, &str> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for (guid, item) in items {
        let Some(link) = &item.link else { continue };
        let first = *links.entry(guid.trim()).or_insert(link);
        if first != link {
            shared.insert(guid.trim().to_owned());
        }
    }
    shared
}

fn identity(guid: Option<&str>, item: &Item) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let name = match (guid, &item.link) {
        (Some(guid), _) => guid.to_owned(),
        (None, Some(link)) => link.clone(),
        (None, None) => {
            let mut said = format!("{}\n{}", text(&item.summary), text(&item.content));
            if said.trim().is_empty() {
                // There is nothing else to tell such items apart by.
                said = text(&item.title);
            }
            return format!("content:{:032x}", xxh3_128(said.as_bytes()));
        }
    };
    if name.len() > MAX_IDENTITY {
        return format!("hash:{:032x}", xxh3_128(name.as_bytes()));
    }
    name
}

/// The item but for its identity, to which the guid still belongs.
fn item(entry: Entry, dialect: Dialect, base: Option<&Url>) -> Item {
    let link = link(&entry.links, &entry.id, base);
    let content = entry.content.and_then(|content| content.body);
    Item {
        identity: String::new(),
        link,
        title: entry.title.and_then(|title| plain_text(&title, dialect)),
        summary: entry.summary.and_then(|text| non_empty(text.content)),
        content: content.and_then(non_empty),
        authors: entry
            .authors
            .into_iter()
            .filter_map(|person| person.name.or(person.email).and_then(non_empty))
            .collect(),
        categories: entry
            .categories
            .into_iter()
            .filter_map(|category| non_empty(category.label.unwrap_or(category.term)))
            .collect(),
        published: entry.published.and_then(|time| {
            Timestamp::new(time.timestamp(), time.timestamp_subsec_nanos() as i32).ok()
        }),
        updated: entry.updated.and_then(|time| {
            Timestamp::new(time.timestamp(), time.timestamp_subsec_nanos() as i32).ok()
        }),
        language: entry.language.and_then(non_empty),
    }
}

/// The link to the article: what calls itself that, a page before other forms of it.
fn link(links: &[Link], guid: &str, base: Option<&Url>) -> Option<String> {
    let is_article = |link: &&Link| {
        link.target.is_none()
            && !link.href.trim().is_empty()
            && matches!(link.rel.as_deref(), None | Some("alternate"))
    };
    let is_page = |link: &&Link| {
        let kind = link.media_type.as_deref();
        kind.is_none_or(|kind| kind.contains("html"))
    };
    let articles = || links.iter().filter(is_article);
    if let Some(link) = articles().find(is_page).or_else(|| articles().next()) {
        let href = link.href.trim();
        // feed-rs resolves by xml:base; JSON Feed has none, and there is none without a base.
        return match (Url::parse(href), base) {
            (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => Some(
                base.join(href)
                    .map_or_else(|_| href.to_owned(), String::from),
            ),
            _ => Some(href.to_owned()),
        };
    }
    // A guid may be a permanent link, and is by default.
    let guid = guid.trim();
    let url = Url::parse(guid).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| guid.to_owned())
}

/// A title as plain text. RSS says nothing of markup in titles, and publishers use it; Atom says it in
/// the type, and JSON Feed has none.
fn plain_text(text: &Text, dialect: Dialect) -> Option<String> {
    let is_markup = match dialect {
        Dialect::Rss0 | Dialect::Rdf | Dialect::Rss2 => true,
        Dialect::Atom => text.content_type.as_str() != "text/plain",
        Dialect::Json => false,
    };
    non_empty(if is_markup {
        plain::of_markup(&text.content)
    } else {
        plain::fold(&text.content)
    })
}

fn non_empty(text: String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.len() == text.len() {
        return (!text.is_empty()).then_some(text);
    }
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}
