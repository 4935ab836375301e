//! Who signed, by the data that a page builds itself from.

use std::borrow::Cow;

use serde_json::Value;

use crate::fold;

/// What data call an article's headline, without signs and in lower case.
const TITLES: [&str; 4] = ["title", "headline", "name", "heading"];

/// What they call who signed it.
const AUTHORS: [&str; 11] = [
    "author",
    "authors",
    "byline",
    "bylines",
    "writer",
    "writers",
    "reporter",
    "reporters",
    "creator",
    "creators",
    "contributors",
];

/// What they call somebody's name.
const NAMES: [&str; 4] = ["name", "fullname", "displayname", "title"];

/// How many values of a page's data are looked at.
const MAX_VALUES: usize = 200_000;

/// How deep within what signed it a name may stand: `{"data": [{"attributes": {"name": ...}}]}`.
const DEPTH: usize = 5;

/// How many names are read.
const MAX_NAMES: usize = 40;

/// Those who signed what has that title: teasers of other articles name their authors too.
pub(crate) fn authors(scripts: &[&str], title: &str) -> Vec<String> {
    let title = fold::key(title);
    if title.is_empty() {
        return Vec::new();
    }
    let mut left = MAX_VALUES;
    let roots = scripts.iter().flat_map(|script| values(script));
    for root in roots {
        let mut open = vec![&root];
        while let Some(value) = open.pop() {
            if left == 0 {
                return Vec::new();
            }
            left -= 1;
            if let Value::Object(_) = value
                && let Some(found) = signed(value, &title)
            {
                return found;
            }
            open.extend(inner(value).take(left));
        }
    }
    Vec::new()
}

/// The JSON of a script: all of it, or what it pushes as strings, each line of which begins with a number of its own.
fn values(script: &str) -> Vec<Value> {
    if let Ok(whole) = serde_json::from_str(script) {
        return vec![whole];
    }
    let pushed = super::literals(script);
    let lines = pushed.iter().flat_map(|literal| literal.lines());
    let bare = lines.map(|line| {
        let (number, rest) = line.split_once(':').unwrap_or(("", line));
        if number.bytes().all(|b| b.is_ascii_hexdigit()) {
            rest
        } else {
            line
        }
    });
    bare.filter(|line| line.starts_with(['{', '[']))
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn inner(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter().rev()),
        Value::Object(fields) => Box::new(fields.iter().rev().map(|(_, field)| field)),
        _ => Box::new(std::iter::empty()),
    }
}

/// A field's key without signs and in lower case.
fn bare(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|b| b.is_ascii_lowercase()) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(fold::key(key))
    }
}

/// Who signed the object, where that is its title.
fn signed(object: &Value, title: &str) -> Option<Vec<String>> {
    let fields = object.as_object()?;
    let has_title = fields.iter().any(|(key, field)| {
        let says = |text: &str| fold::has_key(text, title);
        TITLES.contains(&bare(key).as_ref()) && field.as_str().is_some_and(says)
    });
    if !has_title {
        return None;
    }
    let mut found = Vec::new();
    for (key, field) in fields {
        if found.is_empty() && AUTHORS.contains(&bare(key).as_ref()) {
            names(field, DEPTH, &mut found);
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The names in what signed: strings, objects with a name, and what holds such.
fn names(value: &Value, depth: usize, found: &mut Vec<String>) {
    if found.len() >= MAX_NAMES {
        return;
    }
    match value {
        Value::String(name) => found.push(crate::plain(fold::prefix(name, 512))),
        Value::Array(items) if depth > 0 => {
            for item in items.iter().take(MAX_NAMES) {
                names(item, depth - 1, found);
            }
        }
        Value::Object(fields) if depth > 0 => {
            let part = |wanted: &[&str]| {
                let mut parts = fields
                    .iter()
                    .filter(|(key, _)| wanted.contains(&bare(key).as_ref()));
                parts.find_map(|(_, field)| field.as_str().filter(|text| !text.trim().is_empty()))
            };
            let given = part(&["firstname", "givenname"]);
            let family = part(&["lastname", "familyname", "surname"]);
            if let Some(name) = NAMES.iter().find_map(|name| part(&[name])) {
                found.push(name.to_owned());
            } else if let (Some(given), Some(family)) = (given, family) {
                found.push(format!("{given} {family}"));
            } else {
                let holds = |field: &&Value| field.is_array() || field.is_object();
                for field in fields.values().filter(holds).take(MAX_NAMES) {
                    names(field, depth - 1, found);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data: &str, expected: &[&str]) {
        assert_eq!(authors(&[data], "Bridge shut"), expected, "{data}");
    }

    #[test]
    fn names_are_read_in_the_shapes_that_frameworks_give_them() {
        for author in [
            r#""author":"Ann Lee""#,
            r#""authors":["Ann Lee"]"#,
            r#""byline":{"name":"Ann Lee"}"#,
            r#""Authors":[{"firstName":"Ann","lastName":"Lee","image":{"name":"x.png"}}]"#,
            r#""author":{"data":[{"id":4,"attributes":{"full_name":"Ann Lee"}}]}"#,
        ] {
            let teaser = r#"{"title":"Snow","author":"Bob Ray"}"#;
            check(
                &format!(r#"{{"a":[{teaser}],"page":{{"headline":"Bridge shut",{author}}}}}"#),
                &["Ann Lee"],
            );
        }
        check(r#"{"title":"橋が閉鎖","authors":["王小明"]}"#, &[]);
        assert_eq!(
            authors(
                &[r#"{"title":"橋が閉鎖","authors":["王小明"]}"#],
                "橋が閉鎖"
            ),
            ["王小明"]
        );
        let inner =
            r#"5:["$","div",null,{"article":{"title":"Bridge shut","author":{"name":"Ann Lee"}}}]"#;
        let pushed = format!("self.__next_f.push([1,{}])", Value::from(inner));
        check(&pushed, &["Ann Lee"]);
    }

    #[test]
    fn whoever_signed_another_article_did_not_sign_this_one() {
        check(
            r#"{"title":"Snow","author":"Bob Ray","next":{"title":"Bridge shut"}}"#,
            &[],
        );
        check(r#"{"author":"Bob Ray"}"#, &[]);
        check("var a = {}", &[]);
    }
}
