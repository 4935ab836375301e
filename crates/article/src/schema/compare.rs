//! What may become of a schema that is out: additions, and nothing else.
//!
//! A version is a promise in both directions:
//! - *Backward*: what was ever written under it, this code reads, and the schema of today describes. So
//!   nothing may be required that was not, and nothing may be narrowed.
//! - *Forward*: what is written under it today, the oldest reader of that version reads. So what was always
//!   there stays, and nothing may be widened: not a type, and not a set of values either. To a reader of
//!   yesterday a new value is no value, and its record a dead letter (`undecodable`), which is right under
//!   a promise that says that this does not happen. A set of values grows with a new version.
//!
//! What remains is the optional property, which readers that do not know it ignore.
//!
//! A new version promises backward alone: readers come first, then the writer. What an older reader meets of
//! it becomes a dead letter (`unknown_schema`), to be sent back with `copydesk dead retry` when the reader is
//! new enough.

mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Keywords that say nothing of which records are valid.
const SAYINGS: [&str; 7] = [
    "$schema",
    "$id",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
];

/// Which of the code's two schemas is held against the frozen one. Fields with a default are always
/// written and not needed to read, so the two differ in what they require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What the code writes: it must have all that readers may count on.
    Written,
    /// What the code reads: it may ask for less.
    Read,
}

/// Everything in which `new` breaks the promise of `frozen`: a JSON pointer into one of them and what is
/// wrong there. Each is told once, however often a record holds the type.
///
/// Keywords that this function does not know must stay as they are, which errs on the safe side.
pub(super) fn breaks(frozen: &Value, new: &Value, side: Side) -> Vec<String> {
    let mut comparison = Comparison {
        frozen,
        new,
        side,
        found: BTreeSet::new(),
    };
    comparison.compare(frozen, new, "");
    comparison.found.into_iter().collect()
}

struct Comparison<'a> {
    frozen: &'a Value,
    new: &'a Value,
    side: Side,
    found: BTreeSet<String>,
}

impl Comparison<'_> {
    fn refuse(&mut self, at: &str, what: impl std::fmt::Display) {
        self.found.insert(format!("{at} {what}"));
    }

    fn compare(&mut self, old: &Value, new: &Value, at: &str) {
        let (old, at) = resolved(self.frozen, old, at);
        let (new, _) = resolved(self.new, new, &at);
        match (values(&old), values(&new)) {
            (Some(old), Some(new)) => return self.compare_values(&old, &new, &at),
            (Some(_), None) => return self.refuse(&at, "was a set of values and is none any more"),
            (None, Some(_)) => return self.refuse(&at, "is narrowed to a set of values"),
            (None, None) => {}
        }
        let keywords: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for keyword in keywords {
            let here = format!("{at}/{keyword}");
            match (keyword.as_str(), old.get(keyword), new.get(keyword)) {
                (name, ..) if SAYINGS.contains(&name) => {}
                ("properties", old, new) => self.compare_properties(old, new, &here),
                ("required", old, new) => self.compare_required(old, new, &at),
                ("items", Some(old), Some(new)) => self.compare(old, new, &here),
                ("oneOf" | "anyOf" | "allOf" | "prefixItems", Some(old), Some(new)) => {
                    self.compare_lists(old, new, &here);
                }
                ("type", Some(old), Some(new)) if sorted(old) == sorted(new) => {}
                (_, Some(old), Some(new)) if old == new => {}
                (_, Some(old), Some(new)) => {
                    self.refuse(&here, format!("was {old} and is {new}"));
                }
                (_, Some(old), None) => self.refuse(&here, format!("was {old} and is gone")),
                (_, None, Some(new)) => self.refuse(&here, format!("is new: {new}")),
                (_, None, None) => {}
            }
        }
    }

    fn compare_properties(&mut self, old: Option<&Value>, new: Option<&Value>, at: &str) {
        let (old, new) = (fields(old), fields(new));
        for (name, was) in &old {
            let here = format!("{at}/{}", escaped(name));
            match new.get(name) {
                Some(is) => self.compare(was, is, &here),
                None => self.refuse(&here, "is gone"),
            }
        }
    }

    fn compare_required(&mut self, old: Option<&Value>, new: Option<&Value>, at: &str) {
        let (old, new) = (names(old), names(new));
        for name in new.difference(&old) {
            let here = format!("{at}/properties/{}", escaped(name));
            self.refuse(&here, "is required and was not: older records lack it");
        }
        if self.side == Side::Written {
            for name in old.difference(&new) {
                let here = format!("{at}/properties/{}", escaped(name));
                self.refuse(&here, "is no longer always there: readers count on it");
            }
        }
    }

    fn compare_lists(&mut self, old: &Value, new: &Value, at: &str) {
        let (old, new) = (items(old), items(new));
        if old.len() != new.len() {
            let (was, is) = (old.len(), new.len());
            return self.refuse(at, format!("had {was} forms and has {is}"));
        }
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            self.compare(old, new, &format!("{at}/{index}"));
        }
    }

    fn compare_values(&mut self, old: &BTreeSet<String>, new: &BTreeSet<String>, at: &str) {
        for value in old.difference(new) {
            self.refuse(
                at,
                format!("has no value {value} any more: older records have it"),
            );
        }
        for value in new.difference(old) {
            self.refuse(
                at,
                format!("has a new value {value}: older readers cannot read it"),
            );
        }
    }
}

/// A schema with its `$ref` followed, and the pointer to where it then stands.
fn resolved(root: &Value, schema: &Value, at: &str) -> (Map<String, Value>, String) {
    let Some(fields) = schema.as_object() else {
        // `true` and `false` are schemas too: whatever, and nothing.
        let only = Map::from_iter([("schema".to_owned(), schema.clone())]);
        return (only, at.to_owned());
    };
    let pointer = fields
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'));
    let Some(target) = pointer.and_then(|pointer| root.pointer(pointer)) else {
        return (fields.clone(), at.to_owned());
    };
    let (mut whole, at) = resolved(root, target, pointer.unwrap_or(at));
    for (keyword, value) in fields {
        if keyword != "$ref" {
            whole.insert(keyword.clone(), value.clone());
        }
    }
    (whole, at)
}

/// The values of an enumeration, however it is written: as `enum`, or as a `const` each with its own
/// description. `None` where it is none.
fn values(schema: &Map<String, Value>) -> Option<BTreeSet<String>> {
    if let Some(only) = schema.get("const") {
        return Some(BTreeSet::from([only.to_string()]));
    }
    if let Some(listed) = schema.get("enum") {
        return Some(items(listed).iter().map(Value::to_string).collect());
    }
    let forms = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    let mut all = BTreeSet::new();
    for form in items(forms) {
        all.extend(values(form.as_object()?)?);
    }
    Some(all)
}

fn fields(object: Option<&Value>) -> BTreeMap<String, Value> {
    let object = object.and_then(Value::as_object);
    object.cloned().unwrap_or_default().into_iter().collect()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn names(list: Option<&Value>) -> BTreeSet<&str> {
    let list = list.map_or(&[][..], items);
    list.iter().filter_map(Value::as_str).collect()
}

/// `type` is a name or a list of names in any order.
fn sorted(kinds: &Value) -> BTreeSet<&str> {
    kinds
        .as_str()
        .map_or_else(|| names(Some(kinds)), |kind| BTreeSet::from([kind]))
}

/// A name as it stands in a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
