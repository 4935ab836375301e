//! Two JSON values, compared field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// What names an element of an array: the first of these that each of its objects has, and has for
/// itself alone.
const NAMES: [&str; 4] = ["id", "article", "of", "url"];

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// Where: a JSON pointer. An element of an array stands under its index or, where elements have a
    /// name, under that: `/relations/of=3f2a…/score`. Empty for the whole value.
    pub path: String,
    /// What it was; `None` where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// What it is; `None` where it is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// The fields in which two values differ. Two values of the same content, written in other bytes, differ
/// in the whole.
pub(super) fn compare(from: &[u8], to: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    if let (Some(from), Some(to)) = (parse(from), parse(to)) {
        compare_values(&mut String::new(), &from, &to, &mut fields);
    }
    if fields.is_empty() {
        let told = |bytes: &[u8]| Some(Value::from(format!("{} other bytes", bytes.len())));
        fields.push(Field {
            path: String::new(),
            from: told(from),
            to: told(to),
        });
    }
    fields
}

fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

fn compare_values(path: &mut String, from: &Value, to: &Value, fields: &mut Vec<Field>) {
    if from == to {
        return;
    }
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
            for name in names {
                let token = name.replace('~', "~0").replace('/', "~1");
                compare_parts(path, &token, from.get(name), to.get(name), fields);
            }
        }
        (Value::Array(from), Value::Array(to)) => compare_arrays(path, from, to, fields),
        _ => fields.push(field(path, Some(from), Some(to))),
    }
}

fn compare_parts(
    path: &mut String,
    token: &str,
    from: Option<&Value>,
    to: Option<&Value>,
    fields: &mut Vec<Field>,
) {
    let length = path.len();
    path.push('/');
    path.push_str(token);
    match (from, to) {
        (Some(from), Some(to)) => compare_values(path, from, to, fields),
        _ => fields.push(field(path, from, to)),
    }
    path.truncate(length);
}

fn compare_arrays(path: &mut String, from: &[Value], to: &[Value], fields: &mut Vec<Field>) {
    let by_name = NAMES
        .iter()
        .find_map(|name| Some((name, named(from, name)?, named(to, name)?)));
    let Some((name, before, after)) = by_name else {
        for index in 0..from.len().max(to.len()) {
            compare_parts(
                path,
                &index.to_string(),
                from.get(index),
                to.get(index),
                fields,
            );
        }
        return;
    };
    let elements: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let told = fields.len();
    for element in elements {
        let find = |array: &[Value], places: &BTreeMap<&str, usize>| {
            places.get(element).map(|index| array[*index].clone())
        };
        let (from, to) = (find(from, &before), find(to, &after));
        let token = format!("{name}={element}");
        compare_parts(path, &token, from.as_ref(), to.as_ref(), fields);
    }
    if fields.len() == told {
        // The same elements, in another order.
        let order = |array: &[Value]| array.iter().map(|e| e[*name].clone()).collect::<Value>();
        fields.push(field(path, Some(&order(from)), Some(&order(to))));
    }
}

/// Where each element stands, by a name that each has for itself.
fn named<'a>(array: &'a [Value], name: &str) -> Option<BTreeMap<&'a str, usize>> {
    let mut places = BTreeMap::new();
    for (index, element) in array.iter().enumerate() {
        let element = element.get(name)?.as_str()?;
        if places.insert(element, index).is_some() {
            return None;
        }
    }
    Some(places)
}

fn field(path: &str, from: Option<&Value>, to: Option<&Value>) -> Field {
    Field {
        path: path.to_owned(),
        from: from.cloned(),
        to: to.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &[&str]) {
        let text = |value: &Option<Value>| {
            value
                .as_ref()
                .map_or_else(|| "-".to_owned(), Value::to_string)
        };
        let told: Vec<String> = compare(from.as_bytes(), to.as_bytes())
            .iter()
            .map(|field| format!("{} {} {}", field.path, text(&field.from), text(&field.to)))
            .collect();
        assert_eq!(told, expected, "{from} and {to}");
    }

    #[test]
    fn fields_are_told_by_their_place() {
        check(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":3}"#, &["/b 2 3"]);
        check(
            r#"{"a":{"b":[1,2]}}"#,
            r#"{"a":{"b":[1]}}"#,
            &["/a/b/1 2 -"],
        );
        check(r#"{"a":1}"#, r#"{"b/c":1}"#, &["/a 1 -", "/b~1c - 1"]);
        check(r#"{"a":[1]}"#, r#"{"a":"x"}"#, &[r#"/a [1] "x""#]);
    }

    #[test]
    fn elements_with_a_name_are_told_by_it() {
        check(
            r#"{"r":[{"of":"x","s":1},{"of":"y","s":2}]}"#,
            r#"{"r":[{"of":"z","s":3},{"of":"y","s":4}]}"#,
            &[
                r#"/r/of=x {"of":"x","s":1} -"#,
                "/r/of=y/s 2 4",
                r#"/r/of=z - {"of":"z","s":3}"#,
            ],
        );
        check(
            r#"{"r":[{"of":"x"},{"of":"y"}]}"#,
            r#"{"r":[{"of":"y"},{"of":"x"}]}"#,
            &[r#"/r ["x","y"] ["y","x"]"#],
        );
        // A name that stands twice names nothing.
        check(
            r#"{"r":[{"of":"x","s":1},{"of":"x","s":2}]}"#,
            r#"{"r":[{"of":"x","s":1},{"of":"x","s":3}]}"#,
            &["/r/1/s 2 3"],
        );
    }

    #[test]
    fn other_bytes_are_a_difference_whatever_they_say() {
        check(
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            &[r#" "13 other bytes" "13 other bytes""#],
        );
        check("x", "yz", &[r#" "1 other bytes" "2 other bytes""#]);
    }
}
