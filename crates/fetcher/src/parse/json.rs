//! JSON Feed, 1.0 and 1.1, as it is found.

use serde_json::{Map, Value};

use super::base;
use super::channel::{Channel, Relation};
use super::draft::{Draft, language, moment};
use super::item::Enclosure;
use super::items::Items;
use super::person::Person;
use super::report::{Loss, Repair, Report};
use super::text::{Form, Text};
use super::{Dialect, ParseError, ParsedFeed};

mod salvage;

/// Reads a document of JSON.
pub(super) fn read(
    text: &str,
    base: Option<String>,
    mut report: Report,
) -> Result<ParsedFeed, ParseError> {
    let Value::Object(root) = document(text, &mut report)? else {
        return Err(ParseError::NotAFeed("JSON that is no object".into()));
    };
    let version = root
        .get("version")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_versioned = version.contains("jsonfeed.org/version/");
    let Some(listed) = root.get("items") else {
        if !is_versioned {
            return Err(ParseError::NotAFeed("JSON without items".into()));
        }
        return Ok(feed(&root, Vec::new(), base, report));
    };
    if !matches!(
        version,
        "https://jsonfeed.org/version/1" | "https://jsonfeed.org/version/1.1"
    ) {
        report.repaired(Repair::JsonVersion);
    }
    let listed: Vec<&Value> = match listed {
        Value::Array(listed) => listed.iter().collect(),
        // As PHP writes an array that has holes.
        Value::Object(listed) if listed.values().all(Value::is_object) => {
            report.repaired(Repair::JsonType);
            listed.values().collect()
        }
        Value::Null => Vec::new(),
        other => vec![other],
    };
    let mut items = Items::default();
    for listed in listed {
        match listed {
            Value::Object(listed) => {
                items.push(item(listed, base.as_deref(), &mut report).into_item());
            }
            _ => report.lost(Loss::JsonItem, 1),
        }
    }
    let items = items.finish(&mut report);
    Ok(feed(&root, items, base, report))
}

fn feed(
    root: &Map<String, Value>,
    items: Vec<super::Item>,
    base: Option<String>,
    mut report: Report,
) -> ParsedFeed {
    let mut reader = Fields {
        object: root,
        base: base.as_deref(),
        report: &mut report,
    };
    let mut draft = Draft::default();
    for person in reader.authors() {
        draft.author(1, Some(person));
    }
    let mut links = Vec::new();
    for (key, rel) in [("feed_url", "self"), ("next_url", "next")] {
        links.extend(reader.address(key).map(|url| Relation {
            rel: rel.into(),
            url,
        }));
    }
    for hub in root
        .get("hubs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(url) = hub.get("url").and_then(Value::as_str) {
            let url = base::resolve(base.as_deref(), url).into_owned();
            links.push(Relation {
                rel: "hub".into(),
                url,
            });
        }
    }
    let channel = Channel {
        title: reader.text("title"),
        link: reader.address("home_page_url"),
        id: reader.string("feed_url"),
        subtitle: reader.text("description"),
        language: reader.string("language").as_deref().and_then(language),
        links,
        ..draft.into_channel()
    };
    ParsedFeed {
        dialect: Dialect::Json,
        channel,
        items,
        report,
        base,
    }
}

fn item(listed: &Map<String, Value>, base: Option<&str>, report: &mut Report) -> Draft {
    let mut reader = Fields {
        object: listed,
        base,
        report,
    };
    let mut draft = Draft::default();
    if let Some(id) = reader.string("id") {
        if id.starts_with("http://") || id.starts_with("https://") {
            draft.permalink = Some(id.clone());
        }
        draft.id.first(1, id);
    }
    for (rank, key) in [(2, "url"), (1, "external_url")] {
        if let Some(link) = reader.address(key) {
            draft.link.first(rank, link);
        }
    }
    if let Some(title) = reader.text("title") {
        draft.title.first(1, title);
    }
    if let Some(summary) = reader.text("summary") {
        draft.summary.first(1, summary);
    }
    if let Some(html) = reader.string("content_html") {
        draft.content.first(
            2,
            Text {
                value: html,
                form: Form::Markup,
                base: None,
            },
        );
    }
    if let Some(text) = reader.text("content_text") {
        draft.content.first(1, text);
    }
    for person in reader.authors() {
        draft.author(1, Some(person));
    }
    for tag in reader.tags() {
        draft.category(&tag);
    }
    draft.enclosures = reader.attachments();
    if let Some(tag) = reader.string("language").as_deref().and_then(language) {
        draft.language.first(1, tag);
    }
    let dates = [
        reader.string("date_published"),
        reader.string("date_modified"),
    ];
    let [published, updated] = dates.map(|date| date.and_then(|date| moment(&date, reader.report)));
    draft.published.first(1, published);
    draft.updated.first(1, updated);
    draft
}

/// How many parts of one kind an item may have.
const MAX_PARTS: usize = 1_000;

/// The members of an object, as far as they can be understood.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    base: Option<&'a str>,
    report: &'a mut Report,
}

impl Fields<'_> {
    /// A member as a string. Numbers are taken for what they look like.
    fn string(&mut self, key: &str) -> Option<String> {
        let value = match self.object.get(key)? {
            Value::String(value) => value.trim().to_owned(),
            Value::Number(value) => {
                self.report.repaired(Repair::JsonType);
                value.to_string()
            }
            Value::Null => return None,
            _ => {
                self.report.repaired(Repair::JsonType);
                return None;
            }
        };
        (!value.is_empty()).then_some(value)
    }

    fn text(&mut self, key: &str) -> Option<Text> {
        self.string(key).map(Text::plain_of)
    }

    fn address(&mut self, key: &str) -> Option<String> {
        let address = self.string(key)?;
        Some(base::resolve(self.base, &address).into_owned())
    }

    /// `authors` of 1.1, else `author` of 1.0.
    fn authors(&mut self) -> Vec<Person> {
        let people = match self.object.get("authors") {
            Some(Value::Array(people)) => people.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let people = if people.is_empty() {
            self.object
                .get("author")
                .map(std::slice::from_ref)
                .unwrap_or_default()
        } else {
            people
        };
        self.room(people.len());
        let mut found = Vec::new();
        for person in people.iter().take(MAX_PARTS) {
            found.extend(match person {
                Value::String(name) => {
                    self.report.repaired(Repair::JsonType);
                    Person::of(name)
                }
                person => {
                    let part = |key| person.get(key).and_then(Value::as_str).map(str::to_owned);
                    Person::of_parts(part("name"), part("email"))
                }
            });
        }
        found
    }

    /// Tells of parts beyond the cap.
    fn room(&mut self, parts: usize) {
        let beyond = parts.saturating_sub(MAX_PARTS);
        self.report.lost(Loss::TooManyParts, beyond as u64);
    }

    fn tags(&mut self) -> Vec<String> {
        match self.object.get("tags") {
            Some(Value::Array(tags)) => {
                self.room(tags.len());
                tags.iter()
                    .take(MAX_PARTS)
                    .filter_map(|tag| tag.as_str().map(str::to_owned))
                    .collect()
            }
            Some(Value::String(tags)) => {
                self.report.repaired(Repair::JsonType);
                self.room(tags.split(',').count());
                tags.split(',').take(MAX_PARTS).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    fn attachments(&mut self) -> Vec<Enclosure> {
        let listed = self.object.get("attachments").and_then(Value::as_array);
        self.room(listed.map_or(0, Vec::len));
        let mut found = Vec::new();
        for attachment in listed.into_iter().flatten().take(MAX_PARTS) {
            let Some(url) = attachment.get("url").and_then(Value::as_str) else {
                continue;
            };
            let part = |key| match attachment.get(key) {
                Some(Value::String(value)) => Some(value.clone()),
                Some(Value::Number(value)) => Some(value.to_string()),
                _ => None,
            };
            found.push(Enclosure {
                url: base::resolve(self.base, url).into_owned(),
                media_type: part("mime_type"),
                length: part("size_in_bytes"),
            });
        }
        found
    }
}

/// The document, put right as far as it has to be.
fn document(text: &str, report: &mut Report) -> Result<Value, ParseError> {
    let error = match first(text) {
        Ok((value, end)) => {
            if !text[end..].trim().is_empty() {
                report.repaired(Repair::JsonTrailing);
            }
            return Ok(value);
        }
        Err(error) => error,
    };
    if let Some(escaped) = salvage::escape_controls(text)
        && let Ok((value, _)) = first(&escaped)
    {
        report.repaired(Repair::ControlCharacters);
        return Ok(value);
    }
    if let Some(mended) = salvage::mend(text)
        && let Ok((value, _)) = first(&mended)
    {
        report.repaired(Repair::JsonSyntax);
        return Ok(value);
    }
    if let Some(closed) = salvage::close(text)
        && let Ok((value, _)) = first(&closed)
    {
        report.lost(Loss::Cut, 1);
        return Ok(value);
    }
    Err(ParseError::Json(error.to_string()))
}

/// The first value of a text, and where it ends.
fn first(text: &str) -> Result<(Value, usize), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next().unwrap_or(Ok(Value::Null))?;
    Ok((value, values.byte_offset()))
}
