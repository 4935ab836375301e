//! A record as one line: for people, or whole as JSON.

use std::collections::{HashMap, VecDeque};

use article::{ArticleId, Enriched, Message as _, StoryId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use owo_colors::OwoColorize as _;
use pipeline::dead::Grave;
use pipeline::log::Stored;
use pipeline::topics::DEAD;
use serde_json::Value;

/// How many articles' outlets are remembered to name the source of a copy.
const REMEMBERED: usize = 50_000;

const OUTLET_WIDTH: usize = 22;
const TITLE_WIDTH: usize = 56;
const KEY_WIDTH: usize = 40;
const TEXT_WIDTH: usize = 90;

/// Turns records into lines for people. Remembers who published what it has seen, to name the source
/// of a copy by its outlet.
#[derive(Debug)]
pub struct Lines {
    zone: TimeZone,
    colour: bool,
    outlets: HashMap<ArticleId, String>,
    order: VecDeque<ArticleId>,
}

impl Lines {
    /// Lines with times of `zone`, coloured or plain.
    pub fn new(zone: TimeZone, colour: bool) -> Self {
        Self {
            zone,
            colour,
            outlets: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// The line of a record.
    pub fn line(&mut self, topic: &str, partition: u32, record: &Stored) -> String {
        if topic.starts_with(Enriched::TOPIC)
            && let Some(enriched) = enriched(record)
        {
            let line = self.enriched(&enriched);
            self.remember(enriched);
            return line;
        }
        let time = self.time(record.written_at);
        if topic.starts_with(DEAD)
            && let Some(grave) = Grave::read(partition, record.clone())
        {
            return format!("{time}  {}", grave_text(&grave));
        }
        let key = record.key.as_deref().map(String::from_utf8_lossy);
        let key = fitted(key.as_deref().unwrap_or("-"), KEY_WIDTH);
        format!("{time}  {key}  {}", cut(&gist(record), TEXT_WIDTH))
    }

    /// Takes note of a record without a line for it.
    pub fn note(&mut self, record: &Stored) {
        if let Some(enriched) = enriched(record) {
            self.remember(enriched);
        }
    }

    /// Time, outlet, title, story, relation and source.
    fn enriched(&self, enriched: &Enriched) -> String {
        let article = &enriched.article;
        let story = format!("story {}", short(enriched.story.as_str()));
        let story = if self.colour {
            story.cyan().to_string()
        } else {
            story
        };
        let mut parts = vec![
            self.time(article.fetched_at),
            fitted(&article.outlet, OUTLET_WIDTH),
            fitted(&article.title, TITLE_WIDTH),
            story,
        ];
        if let Some(relation) = enriched.relations.first() {
            let kind = relation.relation.as_str().replace('_', " ");
            let kind = if self.colour {
                kind.yellow().to_string()
            } else {
                kind
            };
            let of = if relation.relation.is_derived() {
                "of"
            } else {
                "as"
            };
            let source = match self.outlets.get(&relation.of) {
                Some(outlet) => plain(outlet),
                None => format!("article {}", short(relation.of.as_str())),
            };
            parts.push(format!("{kind} {of} {source}"));
        } else if enriched.story == StoryId::opened_by(&article.id) {
            parts.push("new".to_owned());
        }
        if let Some(origin) = &enriched.origin
            && origin.source != article.outlet
        {
            parts.push(format!("by {}", plain(&origin.source)));
        }
        parts.join("  ")
    }

    fn remember(&mut self, enriched: Enriched) {
        let Enriched { article, .. } = enriched;
        if self
            .outlets
            .insert(article.id.clone(), article.outlet)
            .is_none()
        {
            self.order.push_back(article.id);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.outlets.remove(&oldest);
        }
    }

    fn time(&self, moment: Timestamp) -> String {
        moment
            .to_zoned(self.zone.clone())
            .strftime("%H:%M:%S")
            .to_string()
    }
}

/// The whole record as one line of JSON, in which the value stands byte for byte where it is JSON
/// itself, as a string where it is other text, and as `{"base64": ...}` otherwise.
pub fn json_line(topic: &str, partition: u32, record: &Stored) -> String {
    let text = |bytes: &[u8]| Value::from(String::from_utf8_lossy(bytes));
    let headers: serde_json::Map<String, Value> = record
        .headers
        .0
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    format!(
        "{{\"topic\":{},\"partition\":{partition},\"offset\":{},\"written_at\":{},\"key\":{},\"headers\":{},\"value\":{}}}",
        Value::from(topic),
        record.offset,
        Value::from(record.written_at.to_string()),
        record.key.as_deref().map_or(Value::Null, text),
        Value::Object(headers),
        value_json(record.value.as_deref()),
    )
}

fn value_json(value: Option<&[u8]>) -> String {
    let Some(bytes) = value else {
        return "null".to_owned();
    };
    value_line(bytes).unwrap_or_else(|| {
        serde_json::to_string(&article::Bytes(bytes.to_vec())).expect("bytes serialise to JSON")
    })
}

/// A value that is JSON as one line, byte for byte but for line breaks; `None` where it is none.
pub fn value_line(bytes: &[u8]) -> Option<String> {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).ok()?;
    let text = std::str::from_utf8(bytes).ok()?;
    // Outside its strings JSON may hold line breaks, within them it cannot.
    Some(text.replace(['\n', '\r'], " "))
}

fn enriched(record: &Stored) -> Option<Enriched> {
    serde_json::from_slice(record.value.as_deref()?).ok()
}

fn grave_text(grave: &Grave) -> String {
    match grave {
        Grave::Letter(letter) => format!(
            "{}:{}  {}  {}  {}  {}",
            letter.at.0,
            letter.at.1,
            letter.stage,
            letter.reason,
            source_text(letter),
            cut(&plain(&letter.detail), 2 * TEXT_WIDTH),
        ),
        Grave::Retried(partition, offset) => format!("{partition}:{offset}  sent back"),
    }
}

/// Where a dead letter came from: `topic/partition/offset`, or the topic alone.
pub fn source_text(letter: &pipeline::dead::Buried) -> String {
    match letter.source {
        Some((partition, offset)) => format!("{}/{partition}/{offset}", letter.topic),
        None => letter.topic.clone(),
    }
}

/// The few words of a value that say what it is about.
fn gist(record: &Stored) -> String {
    let Some(bytes) = &record.value else {
        return "removed".to_owned();
    };
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let titles = [
        "/headline",
        "/title",
        "/discovered/title",
        "/feed/title",
        "/url",
        "/story",
    ];
    let found = titles
        .iter()
        .filter_map(|pointer| value.pointer(pointer)?.as_str())
        .find(|text| !text.trim().is_empty());
    match found {
        Some(text) => plain(text),
        None => plain(&String::from_utf8_lossy(
            &bytes[..bytes.len().min(4 * TEXT_WIDTH)],
        )),
    }
}

/// The first characters of an id, enough to tell a screenful apart.
pub fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Whether a terminal would obey the character: controls, and the marks that turn the direction of what
/// follows, so that a text could show itself as another one.
pub fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text from outside with its lines, and what a terminal would obey made visible.
pub fn visible(text: &str) -> String {
    let steers = |c: char| is_obeyed(c) && c != '\n' && c != '\t';
    text.replace(steers, "\u{fffd}")
}

/// Text from outside without what a terminal would obey, white space collapsed.
pub fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if is_obeyed(c) { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `width` characters, the last one a mark where more followed.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// Exactly `width` characters.
fn fitted(text: &str, width: usize) -> String {
    format!("{:<width$}", cut(&plain(text), width))
}

#[cfg(test)]
mod tests;
