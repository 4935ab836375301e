//! What the page's JSON-LD says of the article.

use std::collections::{BTreeMap, BTreeSet};

use article::Image;
use serde_json::Value;

use crate::fold;

/// How many objects of one page are looked at.
const MAX_OBJECTS: usize = 500;

/// How many values that name somebody or something are looked at in all objects of one page: an object that many
/// refer to by its `@id` is looked at for each of them.
const MAX_VISITED: usize = 5_000;

/// How long a name or an address may be as written, in bytes; longer ones are cut, names before they are parsed.
const MAX_NAME: usize = 512;
const MAX_ADDRESS: usize = 4096;

/// The article as the page's JSON-LD describes it. Absent fields are empty.
#[derive(Debug, Default)]
pub(crate) struct LinkedData {
    pub(crate) headline: Option<String>,
    /// Who wrote it, in order.
    pub(crate) authors: Vec<Author>,
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

/// Somebody who wrote the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) name: String,
    /// Agencies, desks, the outlet itself.
    pub(crate) is_organisation: bool,
}

/// Reads the bodies of a page's JSON-LD scripts. What does not parse is left out, and so are articles of other addresses
/// than the page's `own` ones, where there are others: teasers carry data too.
pub(crate) fn read(scripts: &[&str], own: &[&str]) -> LinkedData {
    let mut roots = Vec::new();
    for script in scripts {
        roots.extend(parse(script));
    }
    let objects = flatten(&roots);
    let by_id: BTreeMap<&str, &Value> = objects
        .iter()
        .filter_map(|object| Some((object.get("@id")?.as_str()?, *object)))
        .filter(|(_, object)| {
            ["name", "url", "contentUrl"]
                .iter()
                .any(|key| object.get(*key).is_some())
        })
        .collect();
    let mut reader = Reader {
        by_id,
        left: MAX_VISITED,
    };
    let mut data = LinkedData::default();
    let mut found: Vec<(u8, &Value)> = objects
        .iter()
        .map(|object| (rank(object), *object))
        .filter(|(rank, _)| *rank < u8::MAX)
        .collect();
    let is_elsewhere = |object: &Value| rank(object) < 3 && is_of_another(object, own);
    if found
        .iter()
        .any(|(rank, object)| *rank < 3 && !is_elsewhere(object))
    {
        found.retain(|(_, object)| !is_elsewhere(object));
    }
    // Stable: among equals the first on the page holds.
    found.sort_by_key(|(rank, _)| *rank);
    if let Some((_, first)) = found.first() {
        data.is_gallery = types(first).any(|kind| kind.ends_with("Gallery"));
    }
    for (_, object) in found {
        reader.fill(&mut data, object);
    }
    data
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

fn parse(script: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(script) {
        return Some(value);
    }
    // Raw line ends within strings, comment or CDATA marks around the object, a semicolon behind.
    let mended: String = script
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let object = mended.find('{')?;
    let before = mended[..object].trim_end();
    let is_array = before.ends_with('[') && !before.ends_with("CDATA[");
    let start = if is_array { before.len() - 1 } else { object };
    serde_json::Deserializer::from_str(&mended[start..])
        .into_iter::<Value>()
        .next()?
        .ok()
}

/// Objects within arrays and graphs, without recursion over what a page may nest.
fn flatten(roots: &[Value]) -> Vec<&Value> {
    let mut objects = Vec::new();
    let mut open: Vec<&Value> = roots.iter().rev().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(fields) => {
                objects.push(value);
                for key in ["mainEntity", "mainEntityOfPage", "@graph"] {
                    open.extend(fields.get(key).filter(|field| !field.is_string()));
                }
            }
            _ => {}
        }
        if objects.len() >= MAX_OBJECTS {
            break;
        }
    }
    objects
}

/// How near an object is to the article itself; `u8::MAX` for one that tells nothing.
fn rank(object: &Value) -> u8 {
    types(object).map(rank_of).min().unwrap_or(u8::MAX)
}

/// The types of an object, without the vocabulary's address.
fn types(object: &Value) -> impl Iterator<Item = &str> {
    let types = strings(object.get("@type"));
    types.map(|kind| kind.rsplit(['/', ':']).next().unwrap_or_default())
}

/// The same of an object's type.
pub(crate) fn rank_of(kind: &str) -> u8 {
    match kind {
        "NewsArticle"
        | "ReportageNewsArticle"
        | "AnalysisNewsArticle"
        | "OpinionNewsArticle"
        | "BackgroundNewsArticle"
        | "ReviewNewsArticle"
        | "LiveBlogPosting" => 0,
        "Article"
        | "BlogPosting"
        | "TechArticle"
        | "Report"
        | "ScholarlyArticle"
        | "SocialMediaPosting"
        | "AdvertiserContentArticle"
        | "SatiricalArticle" => 1,
        "Review" | "Recipe" | "Interview" | "ClaimReview" | "ImageGallery" | "MediaGallery" => 2,
        "WebPage" | "ItemPage" => 3,
        "HowTo" | "PodcastEpisode" | "CreativeWork" => 4,
        _ => u8::MAX,
    }
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
        set(&mut data.published, "datePublished");
        set(&mut data.published, "dateCreated");
        set(&mut data.modified, "dateModified");
        set(&mut data.description, "description");
        set(&mut data.language, "inLanguage");
        if data.publisher.is_none() {
            data.publisher = self
                .people(object.get("publisher"))
                .into_iter()
                .map(|author| author.name)
                .next();
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

    /// The addresses of pictures, given as strings, objects or references.
    fn addresses(&mut self, field: Option<&'a Value>) -> Vec<String> {
        let mut found = Vec::new();
        for value in self.values(field) {
            let address = match value {
                Value::Object(fields) => {
                    let own = self.referred(value).unwrap_or(value);
                    let keys = ["url", "contentUrl"];
                    keys.iter()
                        .find_map(|key| fields.get(*key).or_else(|| own.get(*key)))
                        .and_then(Value::as_str)
                }
                value => value.as_str(),
            };
            let address = address.map(str::trim).unwrap_or_default();
            if !address.is_empty() && address.len() <= MAX_ADDRESS {
                found.push(address.to_owned());
            }
            if found.len() >= MAX_ITEMS {
                break;
            }
        }
        found
    }

    /// The object that an object with nothing but an `@id` stands for.
    fn referred(&self, object: &Value) -> Option<&'a Value> {
        let id = object.get("@id")?.as_str()?;
        self.by_id.get(id).copied()
    }

    /// Persons and organisations, each once.
    fn people(&mut self, field: Option<&'a Value>) -> Vec<Author> {
        let mut found: Vec<Author> = Vec::new();
        let mut resolved = BTreeSet::new();
        for value in self.values(field) {
            if value.is_string() {
                add(&mut found, name(value), false);
                continue;
            }
            let named = if value.get("name").is_some() {
                value
            } else {
                let id = value.get("@id").and_then(Value::as_str);
                if id.is_some_and(|id| !resolved.insert(id)) {
                    continue;
                }
                self.referred(value).unwrap_or(value)
            };
            let is_organisation =
                strings(named.get("@type")).any(|kind| kind.contains("Organization"));
            for value in self.values(named.get("name")) {
                add(&mut found, name(value), is_organisation);
            }
            if named.get("name").is_none() {
                add(&mut found, parted_name(named), is_organisation);
            }
            if found.len() >= MAX_PEOPLE {
                break;
            }
        }
        found
    }
}

/// How many pictures and tags are kept.
const MAX_ITEMS: usize = 40;

/// How many who signed are kept.
const MAX_PEOPLE: usize = 50;

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

/// What the data say of their pictures.
fn captions(field: Option<&Value>) -> Vec<Image> {
    let items = match field {
        Some(Value::Array(items)) => items.as_slice(),
        Some(item) => std::slice::from_ref(item),
        None => &[],
    };
    let said = items.iter().take(MAX_ITEMS).filter_map(|item| {
        let address = item.get("url").or_else(|| item.get("contentUrl"))?;
        let address = address.as_str().map(str::trim)?;
        if address.len() > MAX_ADDRESS {
            return None;
        }
        let one = |keys: &[&str]| keys.iter().find_map(|key| text(item.get(*key)));
        Some(Image {
            url: address.to_owned(),
            caption: one(&["caption", "description"]),
            credit: one(&[
                "creditText",
                "credit",
                "creator",
                "author",
                "copyrightHolder",
            ]),
        })
    });
    said.collect()
}

/// A person's name that is given in parts.
fn parted_name(person: &Value) -> Option<String> {
    let parts =
        ["givenName", "additionalName", "familyName"].map(|key| person.get(key).and_then(name));
    let [given, additional, family] = parts;
    let whole = [given, additional, Some(family?)];
    Some(whole.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn add(found: &mut Vec<Author>, name: Option<String>, is_organisation: bool) {
    if let Some(name) = name
        && found.iter().all(|known| known.name != name)
    {
        found.push(Author {
            name,
            is_organisation,
        });
    }
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

/// A name as plain text, if it says anything.
fn name(value: &Value) -> Option<String> {
    plain(fold::prefix(value.as_str()?, MAX_NAME))
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
