//! Differences as lines, for people and for programs.

use std::fmt;

use pipeline::log::Stored;
use serde::Serialize;
use serde_json::{Value, json};

use super::Side;
use super::fields::{self, Field};
use super::join::Joined;
use super::order::Order;
use super::survey::{Provenance, Survey};
use crate::line::plain;

/// So many characters of a value are shown to people.
const SHOWN: usize = 48;
/// So many of them come before the first character that differs.
const CONTEXT: usize = 12;

/// How a record differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Only the second side has it.
    Added,
    /// Only the first side has it.
    Removed,
    /// Both have it, with other bytes.
    Changed,
}

/// A record that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// How.
    pub kind: Kind,
    /// Whether it comes of the order alone in which articles arrived.
    pub by_order: bool,
    /// The record's key: an article's id, in most topics.
    pub id: String,
    /// Who published it, where the value says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    /// Its headline, where the value has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What of it differs, where both sides have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

impl Difference {
    pub(super) fn new(
        before: Option<&Stored>,
        after: Option<&Stored>,
        base: &str,
        order: Option<&Order>,
    ) -> Self {
        let bytes = |record: Option<&Stored>| record.and_then(|record| record.value.clone());
        let (from, to) = (bytes(before), bytes(after));
        let (kind, fields) = match (before, after) {
            (None, _) => (Kind::Added, Vec::new()),
            (_, None) => (Kind::Removed, Vec::new()),
            _ => {
                let [from, to] = [&from, &to].map(|bytes| bytes.as_deref().unwrap_or_default());
                (Kind::Changed, fields::compare(from, to))
            }
        };
        let parse = |bytes: &Option<Vec<u8>>| -> Option<Value> {
            serde_json::from_slice(bytes.as_deref()?).ok()
        };
        let values = [parse(&from), parse(&to)];
        let key = before.or(after).and_then(|record| record.key.as_deref());
        let id = String::from_utf8_lossy(key.unwrap_or_default()).into_owned();
        let both = [values[0].as_ref(), values[1].as_ref()];
        let by_order = order.is_some_and(|order| order.explains(base, &id, both, &fields));
        let value = both[1].or(both[0]);
        let text = |pointers: &[&str]| {
            let mut found = pointers
                .iter()
                .filter_map(|at| value?.pointer(at)?.as_str());
            found
                .find(|text| !text.trim().is_empty())
                .map(str::to_owned)
        };
        Self {
            kind,
            by_order,
            id,
            outlet: text(&["/outlet", "/feed/title", "/discovered/feed/title"]),
            title: text(&["/title", "/headline", "/discovered/title"]),
            fields,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match (self.kind, self.by_order) {
            (_, true) => "order",
            (Kind::Added, _) => "added",
            (Kind::Removed, _) => "removed",
            (Kind::Changed, _) => "changed",
        };
        write!(f, "{kind:<7}  {}", plain(&self.id))?;
        for text in [&self.outlet, &self.title].into_iter().flatten() {
            write!(f, "  {}", shortened(&plain(text), 0))?;
        }
        match self.kind {
            Kind::Changed => {}
            _ if !self.by_order => {}
            Kind::Added => f.write_str("  added")?,
            Kind::Removed => f.write_str("  removed")?,
        }
        for (index, field) in self.fields.iter().enumerate() {
            f.write_str(if index == 0 { "  " } else { "; " })?;
            write!(f, "{field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.strip_prefix('/').unwrap_or("value");
        let [from, to] = [&self.from, &self.to].map(|value| match value {
            None => "none".to_owned(),
            Some(Value::String(text)) => plain(text),
            Some(value) => plain(&value.to_string()),
        });
        let alike = from.chars().zip(to.chars()).take_while(|(a, b)| a == b);
        let skipped = alike.count().saturating_sub(CONTEXT);
        let is_short = |text: &String| text.chars().count() <= SHOWN;
        let skipped = if is_short(&from) && is_short(&to) {
            0
        } else {
            skipped
        };
        let (from, to) = (shortened(&from, skipped), shortened(&to, skipped));
        write!(f, "{}: {from} -> {to}", plain(path))
    }
}

/// What is shown of a text from its character `skipped` on, with marks where something is left out.
fn shortened(text: &str, skipped: usize) -> String {
    let mut shown: String = text.chars().skip(skipped).take(SHOWN).collect();
    if text.chars().count() > skipped + SHOWN {
        shown.pop();
        shown.push('…');
    }
    if skipped > 0 {
        shown.insert(0, '…');
    }
    shown
}

/// What two sides have in common, and how much of what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    base: String,
    names: [String; 2],
    /// Records that are the same, byte for byte.
    pub same: u64,
    /// Records that only the second side has.
    pub added: u64,
    /// Records that only the first side has.
    pub removed: u64,
    /// Records that differ.
    pub changed: u64,
    /// Records that were added, removed or changed by the order alone in which articles arrived.
    pub order: u64,
    /// By side, records from before the other one begins.
    pub before: [u64; 2],
    /// By side, records from beyond the end of the other one.
    pub beyond: [u64; 2],
    /// Records that were written anew while the two sides were compared.
    pub moved: u64,
    provenance: [Provenance; 2],
}

impl Summary {
    pub(super) fn new(base: &str, sides: &[Side; 2], surveys: &[Survey; 2]) -> Self {
        Self {
            base: base.to_owned(),
            names: sides.each_ref().map(|side| side.name.clone()),
            same: 0,
            added: 0,
            removed: 0,
            changed: 0,
            order: 0,
            before: [0; 2],
            beyond: [0; 2],
            moved: 0,
            provenance: surveys.each_ref().map(|survey| survey.provenance.clone()),
        }
    }

    pub(super) fn take(&mut self, joined: &Joined) {
        self.same = joined.same;
        self.before = joined.before;
        self.beyond = joined.beyond;
    }

    pub(super) fn count(&mut self, difference: &Difference) {
        let count = match (difference.by_order, difference.kind) {
            (true, _) => &mut self.order,
            (_, Kind::Added) => &mut self.added,
            (_, Kind::Removed) => &mut self.removed,
            (_, Kind::Changed) => &mut self.changed,
        };
        *count += 1;
    }

    /// How many records differ, by order or otherwise.
    pub fn differing(&self) -> u64 {
        self.added + self.removed + self.changed + self.order
    }

    /// Whether there are records, and none could be held against another.
    pub fn is_of_nothing(&self) -> bool {
        let compared = self.same + self.differing() + self.moved;
        compared == 0
            && self
                .before
                .iter()
                .chain(&self.beyond)
                .any(|count| *count > 0)
    }

    /// The headers in which the sides differ, with what each says.
    fn headers(&self) -> impl Iterator<Item = (&'static str, [String; 2])> {
        let [one, other] = &self.provenance;
        let named = one.named.iter().zip(&other.named);
        Provenance::HEADERS
            .into_iter()
            .zip(named)
            .filter(|(_, (one, other))| one != other && !one.is_empty() && !other.is_empty())
            .map(|(header, (one, other))| {
                let text = |named: &std::collections::BTreeSet<String>| {
                    named.iter().cloned().collect::<Vec<_>>().join(", ")
                };
                (header, [text(one), text(other)])
            })
    }

    /// The summary as an object of JSON.
    pub fn json(&self) -> Value {
        let pair = |values: &[u64; 2]| json!({"from": values[0], "to": values[1]});
        let headers: serde_json::Map<String, Value> = self
            .headers()
            .map(|(header, [from, to])| (header.to_owned(), json!({"from": from, "to": to})))
            .collect();
        json!({"summary": {
            "topic": self.base, "from": self.names[0], "to": self.names[1],
            "same": self.same, "added": self.added, "removed": self.removed,
            "changed": self.changed, "order": self.order,
            "before": pair(&self.before), "beyond": pair(&self.beyond),
            "moved": self.moved, "headers": headers,
        }})
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = &self.names;
        write!(
            f,
            "{} {from} -> {to}: {} same, {} added, {} removed, {} changed, {} by order alone",
            self.base, self.same, self.added, self.removed, self.changed, self.order
        )?;
        let edges = [
            (self.before[0], "before the beginning of", to),
            (self.before[1], "before the beginning of", from),
            (self.beyond[0], "beyond the end of", to),
            (self.beyond[1], "beyond the end of", from),
        ];
        for (count, lies, side) in edges.into_iter().filter(|(count, ..)| *count > 0) {
            write!(f, ", {count} {lies} {side}")?;
        }
        if self.moved > 0 {
            write!(f, ", {} written anew meanwhile", self.moved)?;
        }
        for (header, [from, to]) in self.headers() {
            write!(f, "; {header} {from} -> {to}")?;
        }
        Ok(())
    }
}
