//! Who wrote an article, by its JSON-LD.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Reader, plain};
use crate::fold;

/// How long a name may be as written, in bytes; longer ones are cut before they are parsed.
const MAX_NAME: usize = 512;

/// How many who signed are kept.
const MAX_PEOPLE: usize = 50;

impl<'a> Reader<'a> {
    /// Persons and organisations, each once.
    pub(super) fn people(&mut self, field: Option<&'a Value>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut resolved = BTreeSet::new();
        for value in self.values(field) {
            if value.is_string() {
                add(&mut found, name(value));
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
            for value in self.values(named.get("name")) {
                add(&mut found, name(value));
            }
            if named.get("name").is_none() {
                add(&mut found, parted_name(named));
            }
            if found.len() >= MAX_PEOPLE {
                break;
            }
        }
        found
    }
}

/// A person's name that is given in parts.
fn parted_name(person: &Value) -> Option<String> {
    let parts =
        ["givenName", "additionalName", "familyName"].map(|key| person.get(key).and_then(name));
    let [given, additional, family] = parts;
    let whole = [given, additional, Some(family?)];
    Some(whole.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn add(found: &mut Vec<String>, name: Option<String>) {
    found.extend(name.filter(|name| !found.contains(name)));
}

/// A name as plain text, if it says anything.
fn name(value: &Value) -> Option<String> {
    plain(fold::prefix(value.as_str()?, MAX_NAME))
}
