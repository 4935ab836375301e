//! What the page's JSON-LD says of the article.

mod mended;
mod objects;
mod pictures;
mod who;

use std::collections::BTreeMap;

use article::Image;
use serde_json::Value;

pub(crate) use objects::rank_of;
use objects::{flatten, parse, rank, types};
use pictures::captions;

use crate::fold;

/// How many values that name somebody or something are looked at in all objects of one page: an object that many
/// refer to by its `@id` is looked at for each of them.
const MAX_VISITED: usize = 5_000;

/// The article as the page's JSON-LD describes it. Absent fields are empty.
#[derive(Debug, Default)]
pub(crate) struct LinkedData {
    pub(crate) headline: Option<String>,
    /// Who wrote it, in order: persons, agencies, desks, the outlet itself.
    pub(crate) authors: Vec<String>,
    pub(crate) published: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) tags: Vec<String>,
    /// The addresses of its pictures, in order.
    pub(crate) images: Vec<String>,
    /// What is said of them: an address, what the picture shows, and who made it.
    pub(crate) captions: Vec<Image>,
    /// Whether everybody may read it.
    pub(crate) is_free: Option<bool>,
    /// The types that it is said to be of, such as `LiveBlogPosting`.
    pub(crate) types: Vec<String>,
    /// Whether what describes the page best is a gallery: many articles have one among other things.
    pub(crate) is_gallery: bool,
    pub(crate) description: Option<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) language: Option<String>,
    /// The running text, which is often cut short.
    pub(crate) body: Option<String>,
}

impl LinkedData {
    /// What it says of the picture of that address.
    pub(crate) fn said_of(&self, address: &str) -> Image {
        let said = self.captions.iter().find(|image| image.url == address);
        said.cloned().unwrap_or_else(|| Image {
            url: address.to_owned(),
            caption: None,
            credit: None,
        })
    }

    /// Whether it says that it is news: newsrooms write that themselves, other types are filled in by plug-ins.
    pub(crate) fn is_news(&self) -> bool {
        self.types.iter().any(|kind| kind.ends_with("NewsArticle"))
    }
}

/// Reads the bodies of a page's JSON-LD scripts. What does not parse is left out, and so are articles of other addresses
/// than the page's `own` ones, where there are others: teasers carry data too.
pub(crate) fn read(scripts: &[&str], own: &[&str]) -> LinkedData {
    let mut roots = Vec::new();
    for script in scripts {
        roots.extend(parse(script));
    }
    let objects = flatten(&roots);
    let is_told = |object: &Value| {
        let mut keys = ["name", "url", "contentUrl"].iter();
        keys.any(|key| object.get(*key).is_some())
    };
    let named = objects.iter().filter(|object| is_told(object));
    let by_id = named.filter_map(|object| Some((object.get("@id")?.as_str()?, *object)));
    let mut reader = Reader {
        by_id: by_id.collect(),
        left: MAX_VISITED,
    };
    let mut data = LinkedData::default();
    let found = nearest_first(&objects, own);
    if let Some(first) = found.first() {
        data.is_gallery = types(first).any(|kind| kind.ends_with("Gallery"));
    }
    for object in found {
        reader.fill(&mut data, object);
    }
    data
}

/// What tells of the article, what is nearest to it first.
fn nearest_first<'a>(objects: &[&'a Value], own: &[&str]) -> Vec<&'a Value> {
    let ranked = objects.iter().map(|object| (rank(object), *object));
    let mut found: Vec<(u8, &Value)> = ranked.filter(|(rank, _)| *rank < u8::MAX).collect();
    let is_elsewhere = |(rank, object): &(u8, &Value)| *rank < 3 && is_of_another(object, own);
    if found
        .iter()
        .any(|found| found.0 < 3 && !is_elsewhere(found))
    {
        found.retain(|found| !is_elsewhere(found));
    }
    // Stable: among equals the first on the page holds.
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, object)| object).collect()
}

/// Whether an article says that it stands at other addresses than `own`.
fn is_of_another(object: &Value, own: &[&str]) -> bool {
    let claims = ["url", "mainEntityOfPage"].map(|key| match object.get(key) {
        Some(Value::Object(page)) => page.get("@id").or_else(|| page.get("url")),
        other => other,
    });
    let claims = claims.into_iter().flatten().filter_map(Value::as_str);
    let mut claims = claims
        .map(place)
        .filter(|place| !place.is_empty())
        .peekable();
    let is_own = |claim: &str| own.iter().any(|own| place(own) == claim);
    claims.peek().is_some() && !own.is_empty() && !claims.any(is_own)
}

/// The last part of an address's path, without what tells forms of one page apart; empty where it has none.
fn place(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/amp").unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or_default();
    last.split_once('.').map_or(last, |(name, _)| name)
}

/// What reads the fields of objects, which may stand in others that they refer to.
struct Reader<'a> {
    by_id: BTreeMap<&'a str, &'a Value>,
    /// How many more values are looked at.
    left: usize,
}

impl<'a> Reader<'a> {
    fn fill(&mut self, data: &mut LinkedData, object: &'a Value) {
        let set = |field: &mut Option<String>, key: &str| {
            if field.is_none() {
                *field = text(object.get(key));
            }
        };
        if rank(object) < 3 {
            set(&mut data.headline, "headline");
            set(&mut data.headline, "name");
            set(&mut data.body, "articleBody");
            set(&mut data.section, "articleSection");
            self.fill_lists(data, object);
        }
        let written = |field: &mut Option<String>, key: &str| {
            if field.is_none() {
                *field = moment(object.get(key));
            }
        };
        written(&mut data.published, "datePublished");
        written(&mut data.published, "dateCreated");
        written(&mut data.modified, "dateModified");
        set(&mut data.description, "description");
        for key in ["inLanguage", "language"] {
            if data.language.is_none() {
                data.language = language(object.get(key));
            }
        }
        if data.publisher.is_none() {
            data.publisher = self.people(object.get("publisher")).into_iter().next();
        }
        for key in ["author", "creator"] {
            if data.authors.is_empty() {
                data.authors = self.people(object.get(key));
            }
        }
    }

    fn fill_lists(&mut self, data: &mut LinkedData, object: &'a Value) {
        if data.images.is_empty() {
            data.images = self.addresses(object.get("image"));
            data.captions = captions(object.get("image"));
        }
        if data.tags.is_empty() {
            data.tags = tags(object);
        }
        if data.is_free.is_none() {
            data.is_free = match object.get("isAccessibleForFree") {
                Some(Value::Bool(free)) => Some(*free),
                Some(Value::String(free)) if free.eq_ignore_ascii_case("true") => Some(true),
                Some(Value::String(free)) if free.eq_ignore_ascii_case("false") => Some(false),
                _ => None,
            };
        }
        let types = strings(object.get("@type")).take(5);
        data.types.extend(types.map(str::to_owned));
        data.types.truncate(MAX_ITEMS);
    }

    /// The values of a field: the field itself, or what stands in its list.
    fn values(&mut self, field: Option<&'a Value>) -> Vec<&'a Value> {
        let mut found = Vec::new();
        let mut open: Vec<&Value> = field.into_iter().collect();
        while let Some(value) = open.pop().filter(|_| self.visit()) {
            match value {
                Value::Array(items) => open.extend(items.iter().take(self.left).rev()),
                value => found.push(value),
            }
        }
        found
    }

    /// Whether one more value may be looked at.
    fn visit(&mut self) -> bool {
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    /// The object that an object with nothing but an `@id` stands for.
    fn referred(&self, object: &Value) -> Option<&'a Value> {
        let id = object.get("@id")?.as_str()?;
        self.by_id.get(id).copied()
    }
}

/// How many pictures and tags are kept.
const MAX_ITEMS: usize = 40;

/// The tags of an object.
fn tags(object: &Value) -> Vec<String> {
    let given: Vec<&str> = strings(object.get("keywords")).collect();
    // One string holds them all, or each is a string.
    let parters: &[char] = if given.len() == 1 {
        &[',', ';']
    } else {
        &[';']
    };
    given
        .iter()
        .flat_map(|tag| tag.split(parters))
        .map(fold::squeeze)
        .filter(|tag| !tag.is_empty())
        .take(MAX_ITEMS)
        .collect()
}

/// A string, or the strings of a list.
fn strings(field: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = match field {
        Some(Value::Array(items)) => items.as_slice(),
        Some(field) => std::slice::from_ref(field),
        None => &[],
    };
    items.iter().filter_map(Value::as_str)
}

/// The first string of a field as plain text, if it says anything.
fn text(field: Option<&Value>) -> Option<String> {
    plain(match field? {
        Value::Object(fields) => fields
            .get("name")
            .or_else(|| fields.get("@value"))?
            .as_str()?,
        other => strings(Some(other)).next()?,
    })
}

/// A moment as it is written: some count seconds.
fn moment(field: Option<&Value>) -> Option<String> {
    match field? {
        Value::Number(seconds) => Some(seconds.to_string()),
        other => text(Some(other)),
    }
}

/// A language as it is declared: its tag, where its name stands beside it.
fn language(field: Option<&Value>) -> Option<String> {
    let tag = |field: &Value| {
        field
            .get("alternateName")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    field.and_then(tag).or_else(|| text(field))
}

/// A string as plain text, if it says anything.
fn plain(raw: &str) -> Option<String> {
    let plain = if raw.contains(['<', '&']) {
        let plain = crate::plain(raw);
        // Some escape twice.
        if plain.contains("&#") || plain.contains("&amp;") || plain.contains("&quot;") {
            crate::plain(&plain)
        } else {
            plain
        }
    } else if raw.len() < 400 {
        fold::squeeze(raw)
    } else {
        raw.to_owned()
    };
    (!plain.trim().is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests;
