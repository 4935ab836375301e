//! The fields of a line of JSON: what can be read of each, and which are not what they must be.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The answer to a line.
pub(super) struct Answer {
    pub text: String,
    /// Fields that were read in part or not at all, and what they must be.
    pub wrong: Vec<String>,
}

/// The fields of a line that has an id.
pub(super) struct Fields {
    /// As JSON: a number as it is written, however many digits it has.
    pub id: Box<RawValue>,
    name: String,
    all: Map<String, Value>,
    wrong: Vec<String>,
}

impl Fields {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no object with an id.
    pub(super) fn of(line: &[u8]) -> Result<Self, String> {
        let (whole, halves) = whole(line);
        let all: Map<String, Value> =
            serde_json::from_slice(&whole).map_err(|error| error.to_string())?;
        let id = all.get("id").cloned().unwrap_or_default();
        let name = match &id {
            Value::String(id) => id.clone(),
            Value::Number(_) => number(&whole)?,
            id => return Err(format!("its id is {id}; it must be a string or a number")),
        };
        let id = if id.is_number() {
            RawValue::from_string(name.clone())
        } else {
            serde_json::value::to_raw_value(&id)
        };
        let id = id.map_err(|error| error.to_string())?;
        let told = "it has half a surrogate pair, read as U+FFFD; write both halves";
        let wrong = halves.then(|| told.to_owned()).into_iter().collect();
        Ok(Self {
            id,
            name,
            all,
            wrong,
        })
    }

    /// The id as it stands in a column.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// A field's text; a null is as one that is not there.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.all.remove(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => {
                self.tell(name, &other, "a string");
                String::new()
            }
        }
    }

    /// A field's texts: a list of them, or one.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let values = match self.all.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(one) => vec![one],
        };
        let mut texts = Vec::new();
        for value in values {
            match value {
                Value::String(text) => texts.push(text),
                other => self.tell(name, &other, "a string or a list of strings"),
            }
        }
        texts
    }

    /// A field's names with their values: a list of pairs, or an object.
    pub(super) fn pairs(&mut self, name: &str) -> Vec<(String, String)> {
        const MUST: &str = "a list of pairs of strings";
        let mut pairs = Vec::new();
        match self.all.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Array(values)) => {
                for value in values {
                    match pair(&value) {
                        Some(pair) => pairs.push(pair),
                        None => self.tell(name, &value, MUST),
                    }
                }
            }
            Some(Value::Object(values)) => {
                for (key, value) in values {
                    match value {
                        Value::String(value) => pairs.push((key, value)),
                        other => self.tell(name, &other, MUST),
                    }
                }
            }
            Some(other) => self.tell(name, &other, MUST),
        }
        pairs
    }

    pub(super) fn answered(self, text: String) -> Answer {
        Answer {
            text,
            wrong: self.wrong,
        }
    }

    fn tell(&mut self, name: &str, value: &Value, must: &str) {
        let value: String = value.to_string().chars().take(60).collect();
        self.wrong
            .push(format!("its {name} has {value}; it must be {must}"));
    }
}

/// The id of a line that has a number for it, as it is written: a number as it is read holds 53 bits for sure.
fn number(line: &[u8]) -> Result<String, String> {
    let fields: BTreeMap<Cow<'_, str>, &RawValue> =
        serde_json::from_slice(line).map_err(|error| error.to_string())?;
    Ok(fields.get("id").map_or("", |id| id.get()).to_owned())
}

fn pair(value: &Value) -> Option<(String, String)> {
    match value.as_array()?.as_slice() {
        [Value::String(name), Value::String(value)] => Some((name.clone(), value.clone())),
        _ => None,
    }
}

/// The line with U+FFFD for each escaped half of a surrogate pair, and whether it has any: JSON from programs
/// that cut texts amid a pair has them, and no string can hold them.
fn whole(line: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let unit = |at: usize| {
        let digits = line.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut halves = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if line[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                halves.push(at);
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    if halves.is_empty() {
        return (Cow::Borrowed(line), false);
    }
    let mut whole = line.to_vec();
    for half in halves {
        whole[half..half + 6].copy_from_slice(b"\\ufffd");
    }
    (Cow::Owned(whole), true)
}
