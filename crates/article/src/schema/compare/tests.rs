//! Each change that breaks the promise is refused, and those that keep it pass.

use serde_json::{Value, json};

use super::{Side, breaks};

/// A schema with each of the forms that ours have.
fn frozen() -> Value {
    json!({
        "$id": "urn:copydesk:parcel:1",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "sent": {"type": "string", "format": "date-time"},
            "weight": {"type": "integer", "minimum": 0},
            "note": {"type": ["string", "null"]},
            "kind": {"$ref": "#/$defs/Kind"},
            "stamps": {"type": "array", "items": {"$ref": "#/$defs/Stamp"}},
            "fields": {
                "type": "array",
                "items": {
                    "type": "array",
                    "prefixItems": [{"type": "string"}, {"type": "string"}],
                    "minItems": 2,
                    "maxItems": 2
                }
            },
            "from": {"anyOf": [{"$ref": "#/$defs/Stamp"}, {"type": "null"}]}
        },
        "required": ["id", "sent", "weight", "kind"],
        "$defs": {
            "Kind": {"oneOf": [
                {"type": "string", "const": "letter", "description": "On paper."},
                {"type": "string", "const": "box"}
            ]},
            "Stamp": {
                "type": "object",
                "properties": {"value": {"type": "number"}, "motif": {"type": "string"}},
                "required": ["value"]
            }
        }
    })
}

/// Sets what is at `pointer`, or takes it out.
fn changed(pointer: &str, to: Option<Value>) -> Value {
    let mut schema = frozen();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = schema.pointer_mut(parent).expect("it is there");
    match (parent, to) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(name.to_owned(), value);
        }
        (Value::Object(fields), None) => {
            fields.remove(name).expect("there is something to take out");
        }
        (Value::Array(items), to) => {
            items.truncate(name.parse().expect("an index"));
            items.extend(to);
        }
        _ => panic!("{pointer} is in nothing"),
    }
    schema
}

#[track_caller]
fn check_refused(pointer: &str, to: impl Into<Option<Value>>, said: &str) {
    let new = changed(pointer, to.into());
    for side in [Side::Written, Side::Read] {
        assert_eq!(breaks(&frozen(), &new, side), [said], "{side:?}");
    }
}

#[track_caller]
fn check_passes(pointer: &str, to: impl Into<Option<Value>>) {
    let new = changed(pointer, to.into());
    for side in [Side::Written, Side::Read] {
        let none: [&str; 0] = [];
        assert_eq!(breaks(&frozen(), &new, side), none, "{side:?}");
    }
}

#[test]
fn additions_and_words_pass() {
    check_passes("/properties/colour", json!({"type": "string"}));
    check_passes("/$defs/Stamp/properties/year", json!({"type": "integer"}));
    check_passes("/description", json!("A parcel."));
    check_passes("/properties/note/default", json!(null));
    check_passes("/properties/note/type", json!(["null", "string"]));
    check_passes("/required", json!(["kind", "weight", "sent", "id"]));
    // The same values in another form and order.
    check_passes(
        "/$defs/Kind",
        json!({"type": "string", "enum": ["box", "letter"]}),
    );
    // The same type, no longer shared.
    check_passes(
        "/properties/kind",
        json!({"type": "string", "enum": ["letter", "box"]}),
    );
}

#[test]
fn a_property_stays() {
    check_refused("/properties/note", None, "/properties/note is gone");
    check_refused(
        "/$defs/Stamp/properties/motif",
        None,
        "/$defs/Stamp/properties/motif is gone",
    );
}

#[test]
fn a_type_stays() {
    check_refused(
        "/properties/weight/type",
        json!("string"),
        r#"/properties/weight/type was "integer" and is "string""#,
    );
    // Narrowed: older records have null there.
    check_refused(
        "/properties/note/type",
        json!("string"),
        r#"/properties/note/type was ["string","null"] and is "string""#,
    );
    // Widened: older readers expect a whole number.
    check_refused(
        "/properties/weight/type",
        json!("number"),
        r#"/properties/weight/type was "integer" and is "number""#,
    );
    check_refused(
        "/$defs/Stamp/properties/value/type",
        json!("string"),
        r#"/$defs/Stamp/properties/value/type was "number" and is "string""#,
    );
}

#[test]
fn nothing_more_is_required() {
    check_refused(
        "/required/4",
        json!("note"),
        "/properties/note is required and was not: older records lack it",
    );
    check_refused(
        "/$defs/Stamp/required/1",
        json!("motif"),
        "/$defs/Stamp/properties/motif is required and was not: older records lack it",
    );
}

#[test]
fn what_was_always_written_still_is_but_need_not_be_read() {
    let new = changed("/required/3", None);
    assert_eq!(
        breaks(&frozen(), &new, Side::Written),
        ["/properties/kind is no longer always there: readers count on it"]
    );
    assert!(breaks(&frozen(), &new, Side::Read).is_empty());
}

#[test]
fn a_set_of_values_stays() {
    check_refused(
        "/$defs/Kind/oneOf/1",
        None,
        r#"/$defs/Kind has no value "box" any more: older records have it"#,
    );
    check_refused(
        "/$defs/Kind/oneOf/2",
        json!({"const": "crate"}),
        r#"/$defs/Kind has a new value "crate": older readers cannot read it"#,
    );
    check_refused(
        "/$defs/Kind",
        json!({"type": "string"}),
        "/$defs/Kind was a set of values and is none any more",
    );
    check_refused(
        "/properties/note",
        json!({"enum": ["fragile", null]}),
        "/properties/note is narrowed to a set of values",
    );
}

#[test]
fn limits_stay() {
    check_refused(
        "/properties/id/pattern",
        None,
        r#"/properties/id/pattern was "^[0-9a-f]{32}$" and is gone"#,
    );
    check_refused(
        "/properties/sent/format",
        json!("date"),
        r#"/properties/sent/format was "date-time" and is "date""#,
    );
    check_refused(
        "/properties/weight/minimum",
        json!(1),
        "/properties/weight/minimum was 0 and is 1",
    );
    check_refused(
        "/properties/note/maxLength",
        json!(80),
        "/properties/note/maxLength is new: 80",
    );
    check_refused(
        "/additionalProperties",
        json!(false),
        "/additionalProperties is new: false",
    );
}

#[test]
fn lists_and_alternatives_stay() {
    check_refused(
        "/properties/fields/items/prefixItems/1",
        None,
        "/properties/fields/items/prefixItems had 2 forms and has 1",
    );
    check_refused(
        "/properties/from/anyOf/1",
        None,
        "/properties/from/anyOf had 2 forms and has 1",
    );
    check_refused(
        "/properties/from/anyOf/1",
        json!({"type": "string"}),
        r#"/properties/from/anyOf/1/type was "null" and is "string""#,
    );
}
