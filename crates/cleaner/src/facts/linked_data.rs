//! What the page's JSON-LD says of the article.

use std::collections::BTreeMap;

use article::Image;
use serde_json::Value;

use crate::fold;

/// How many objects of one page are looked at.
const MAX_OBJECTS: usize = 500;

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
    for (_, object) in found {
        fill(&mut data, object, &by_id);
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
    let mut best = u8::MAX;
    for kind in strings(object.get("@type")) {
        let kind = kind.rsplit(['/', ':']).next().unwrap_or_default();
        best = best.min(rank_of(kind));
    }
    best
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
        "Review" | "Recipe" | "Interview" | "ClaimReview" => 2,
        "WebPage" | "ItemPage" => 3,
        "HowTo" | "PodcastEpisode" | "CreativeWork" => 4,
        _ => u8::MAX,
    }
}

fn fill(data: &mut LinkedData, object: &Value, by_id: &BTreeMap<&str, &Value>) {
    let set = |field: &mut Option<String>, key: &str| {
        if field.is_none() {
            *field = text(object.get(key));
        }
    };
    let is_article = rank(object) < 3;
    if is_article {
        set(&mut data.headline, "headline");
        set(&mut data.headline, "name");
        set(&mut data.body, "articleBody");
        set(&mut data.section, "articleSection");
        fill_lists(data, object, by_id);
    }
    set(&mut data.published, "datePublished");
    set(&mut data.published, "dateCreated");
    set(&mut data.modified, "dateModified");
    set(&mut data.description, "description");
    set(&mut data.language, "inLanguage");
    if data.publisher.is_none() {
        data.publisher = people(object.get("publisher"), by_id)
            .into_iter()
            .map(|author| author.name)
            .next();
    }
    for key in ["author", "creator"] {
        if data.authors.is_empty() {
            data.authors = people(object.get(key), by_id);
        }
    }
}

/// How many pictures and tags are kept.
const MAX_ITEMS: usize = 40;

fn fill_lists(data: &mut LinkedData, object: &Value, by_id: &BTreeMap<&str, &Value>) {
    if data.images.is_empty() {
        data.images = addresses(object.get("image"), by_id);
        data.captions = captions(object.get("image"));
    }
    if data.tags.is_empty() {
        let given = strings(object.get("keywords"));
        // One string holds them all, or each is a string.
        data.tags = given
            .iter()
            .flat_map(|tag| {
                tag.split(if given.len() == 1 {
                    [',', ';']
                } else {
                    [';', ';']
                })
            })
            .map(fold::squeeze)
            .filter(|tag| !tag.is_empty())
            .take(MAX_ITEMS)
            .collect();
    }
    if data.is_free.is_none() {
        data.is_free = match object.get("isAccessibleForFree") {
            Some(Value::Bool(free)) => Some(*free),
            Some(Value::String(free)) if free.eq_ignore_ascii_case("true") => Some(true),
            Some(Value::String(free)) if free.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
    }
    let types = strings(object.get("@type"));
    data.types
        .extend(types.iter().take(5).map(|kind| (*kind).to_owned()));
    data.types.truncate(MAX_ITEMS);
}

/// The addresses of pictures, given as strings, objects or references.
fn addresses(field: Option<&Value>, by_id: &BTreeMap<&str, &Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = field.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::String(address) => found.push(address.trim().to_owned()),
            Value::Object(fields) => {
                let id = fields
                    .get("@id")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let own = by_id.get(id).copied().unwrap_or(value);
                let address = ["url", "contentUrl"]
                    .iter()
                    .find_map(|key| fields.get(*key).or_else(|| own.get(*key)));
                found.extend(address.and_then(Value::as_str).map(|a| a.trim().to_owned()));
            }
            _ => {}
        }
        if found.len() >= MAX_ITEMS {
            break;
        }
    }
    found.retain(|address| !address.is_empty());
    found
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
        let one = |keys: &[&str]| keys.iter().find_map(|key| text(item.get(*key)));
        Some(Image {
            url: address.as_str()?.trim().to_owned(),
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

/// Persons and organisations, each once.
fn people(field: Option<&Value>, by_id: &BTreeMap<&str, &Value>) -> Vec<Author> {
    let mut found: Vec<Author> = Vec::new();
    let mut open: Vec<&Value> = field.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::String(_) => add(&mut found, text(Some(value)), false),
            Value::Object(fields) => {
                let named = if fields.contains_key("name") {
                    value
                } else {
                    let id = fields.get("@id").and_then(Value::as_str);
                    by_id.get(id.unwrap_or_default()).copied().unwrap_or(value)
                };
                let is_organisation = strings(named.get("@type"))
                    .iter()
                    .any(|kind| kind.contains("Organization"));
                for name in strings(named.get("name")) {
                    add(&mut found, text(Some(&Value::from(name))), is_organisation);
                }
                if named.get("name").is_none() {
                    add(&mut found, parted_name(named), is_organisation);
                }
            }
            _ => {}
        }
        if found.len() > 50 {
            break;
        }
    }
    found
}

/// A person's name that is given in parts.
fn parted_name(person: &Value) -> Option<String> {
    let parts = ["givenName", "additionalName", "familyName"].map(|key| text(person.get(key)));
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
fn strings(field: Option<&Value>) -> Vec<&str> {
    match field {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The first string of a field as plain text, if it says anything.
fn text(field: Option<&Value>) -> Option<String> {
    let raw = match field? {
        Value::Object(fields) => fields
            .get("name")
            .or_else(|| fields.get("@value"))?
            .as_str()?,
        other => strings(Some(other)).first().copied()?,
    };
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
mod tests {
    use super::*;

    #[test]
    fn an_article_in_a_graph_names_its_author_by_reference() {
        let data = read(
            &[r##"{"@graph": [
            {"@type": "WebPage", "name": "Home", "datePublished": "2020-01-01"},
            {"@type": ["NewsArticle"], "headline": "A &amp; B", "datePublished": "2026-02-03",
             "author": {"@id": "#x"}, "publisher": {"@type": "Organization", "name": "The Daily &amp;#8211; A"}},
            {"@type": "Person", "@id": "#x", "name": "Ann  Lee"}]}"##],
            &[],
        );
        assert_eq!(data.headline.as_deref(), Some("A & B"));
        assert_eq!(data.authors.len(), 1);
        assert_eq!(data.authors[0].name, "Ann Lee");
        assert!(!data.authors[0].is_organisation);
        assert_eq!(data.published.as_deref(), Some("2026-02-03"));
        assert_eq!(data.publisher.as_deref(), Some("The Daily – A"));
    }

    #[test]
    fn broken_objects_are_mended_or_left_out() {
        let data = read(
            &[
                "{nonsense",
                "//<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"a\nb\"};\n//]]>",
            ],
            &[],
        );
        assert_eq!(data.headline.as_deref(), Some("a b"));
    }

    #[test]
    fn deep_nesting_does_no_harm() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&[&deep], &[]).headline.is_none());
    }

    #[test]
    fn articles_of_other_addresses_are_teasers() {
        let teaser = r#"{"@type": "NewsArticle", "url": "https://a.example/news/snow", "headline": "Snow", "author": "Bo"}"#;
        let main = r#"{"@type": "Article", "mainEntityOfPage": {"@id": "http://www.a.example/news/ferry.html"}, "headline": "Ferry"}"#;
        let own = ["https://a.example/news/ferry?ref=rss"];
        let data = read(&[teaser, main], &own);
        assert_eq!(data.headline.as_deref(), Some("Ferry"));
        assert!(data.authors.is_empty());
        // Alone it may be the article under another address.
        assert_eq!(read(&[teaser], &own).headline.as_deref(), Some("Snow"));
        assert_eq!(read(&[teaser, main], &[]).headline.as_deref(), Some("Snow"));
    }
}
