//! Records as they lie in topics: what was ever written stays readable, and looks as its published schema
//! says.
//!
//! `fixtures/<name>/<version>.json` is a record as that version's copydesk wrote it. A fixture is never
//! changed: a new version gets one of its own, and so do fields that a version gets later.

mod records {
    pub(crate) mod examples;
}

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use article::{Feed, Listing, Marks, Message, Relation, Wall};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use self::records::examples;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("the file is JSON"))
}

/// Name and version of a form.
fn parts(schema: &str) -> (&str, u32) {
    let (name, version) = schema.rsplit_once('/').expect("name/version");
    (name, version.parse().expect("a version is a number"))
}

fn fixture_path(name: &str, version: u32) -> PathBuf {
    root().join(format!("tests/fixtures/{name}/{version}.json"))
}

/// The newest fixture of the message's form.
#[track_caller]
fn fixture<M: Message>(example: &M) -> Value {
    let (name, version) = parts(M::SCHEMA);
    json(&fixture_path(name, version)).unwrap_or_else(|| {
        let text = serde_json::to_string_pretty(example).expect("an example is JSON");
        panic!("{name}/{version} has no fixture yet; the example in this test would be:\n{text}")
    })
}

/// The published schema, with formats held too.
fn validator(schema: &str, folder: &str) -> Validator {
    let file = format!("{folder}/{}.json", schema.replace('/', "."));
    let schema = json(&root().join("../../config").join(&file));
    let schema = schema.unwrap_or_else(|| panic!("config/{file} is there"));
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("what is published is a schema")
}

fn read<M: Message>(value: &Value) -> Result<M, serde_json::Error> {
    serde_json::from_slice(value.to_string().as_bytes())
}

/// Pointers to every field of every object within.
fn fields(value: &Value, at: &str, into: &mut Vec<String>) {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(k, v)| (k.clone(), v)).collect(),
        Value::Array(items) => (0..).map(|i: usize| i.to_string()).zip(items).collect(),
        _ => return,
    };
    for (name, part) in parts {
        let here = format!("{at}/{name}");
        fields(part, &here, into);
        if value.is_object() {
            into.push(here);
        }
    }
}

/// The object that a pointer's last name stands in, and that name.
fn holder<'a, 'b>(value: &'a mut Value, pointer: &'b str) -> (&'a mut Map<String, Value>, &'b str) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
    (parent.expect("the object is there"), name)
}

/// What no version ever had, in every object.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(object) => {
            // What is counted by name has no fields.
            let fields = object
                .iter_mut()
                .filter(|(name, _)| !name.starts_with("by_"));
            fields.for_each(|(_, value)| with_unknown_fields(value));
            object.insert("tide".into(), json!({"height": [1, null, "low"]}));
            object.insert("a field/with ~ signs".into(), Value::Null);
        }
        Value::Array(items) => items.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}

/// The newest fixture is what this code writes, reads back, and publishes.
#[track_caller]
fn check<M: Message + Debug + PartialEq>(example: &M) {
    check_against(&fixture(example), example);
}

#[track_caller]
fn check_against<M: Message + Debug + PartialEq>(fixture: &Value, example: &M) {
    let read: M = read(fixture).expect("the fixture reads");
    assert_eq!(&read, example);
    let written = serde_json::to_value(&read).expect("an example is JSON");
    assert_eq!(&written, fixture, "{} is written as it was", M::SCHEMA);
    check_ignores_unknown_fields(fixture, example);
    check_reads_what_the_schema_allows::<M>(fixture);
}

#[track_caller]
fn check_ignores_unknown_fields<M: Message + Debug + PartialEq>(fixture: &Value, example: &M) {
    let mut stranger = fixture.clone();
    with_unknown_fields(&mut stranger);
    let read: M = read(&stranger).expect("unknown fields are ignored");
    assert_eq!(&read, example);
    for folder in ["schemas", "schemas/frozen"] {
        let validator = validator(M::SCHEMA, folder);
        assert_valid(&validator, fixture);
        assert_valid(&validator, &stranger);
    }
}

#[track_caller]
fn assert_valid(validator: &Validator, record: &Value) {
    let wrong: Vec<String> = validator
        .iter_errors(record)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whoever writes a record by the schema is understood: each field is left out and replaced by other
/// values in turn, and what the schema lets pass must be read. At least one change of each kind is refused.
#[track_caller]
fn check_reads_what_the_schema_allows<M: Message>(fixture: &Value) {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(0.5),
        json!("x"),
        json!(["x"]),
        json!([]),
        json!({}),
        json!({"base64": "6XQ="}),
        json!({"base64": "x"}),
    ];
    let validator = validator(M::SCHEMA, "schemas");
    let mut pointers = Vec::new();
    fields(fixture, "", &mut pointers);
    let (mut passed, mut refused) = (0, 0);
    let mut judge = |record: &Value, what: &str| {
        if !validator.is_valid(record) {
            refused += 1;
        } else if let Err(error) = read::<M>(record) {
            panic!("{what} is allowed by the schema, but: {error}");
        } else {
            passed += 1;
        }
    };
    for pointer in pointers {
        let mut without = fixture.clone();
        let (object, name) = holder(&mut without, &pointer);
        object.remove(name);
        judge(&without, &format!("leaving out {pointer}"));
        for other in &others {
            let mut changed = fixture.clone();
            let (object, name) = holder(&mut changed, &pointer);
            object.insert(name.to_owned(), other.clone());
            judge(&changed, &format!("{pointer} as {other}"));
        }
    }
    assert!(passed > 0 && refused > passed, "{passed} and {refused}");
}

/// What versions got since is written as the published schema says, and an older reader of the frozen one
/// is not disturbed.
#[test]
fn fields_that_came_later() {
    #[track_caller]
    fn check<M: Message + Debug + PartialEq>(example: &M) {
        let written = serde_json::to_value(example).expect("an example is JSON");
        assert_eq!(&read::<M>(&written).expect("it reads"), example);
        for folder in ["schemas", "schemas/frozen"] {
            assert_valid(&validator(M::SCHEMA, folder), &written);
        }
        check_reads_what_the_schema_allows::<M>(&written);
    }
    let mut polled = examples::polled();
    polled.part = true;
    check(&polled);
    check(&examples::guarded_feed());
    check(&Feed {
        full_text: true,
        ..examples::feed()
    });
    let mut discovered = examples::discovered();
    discovered.published_as_given = discovered.published;
    check(&discovered);
    let listings = vec![Listing::of(&discovered)];
    let mut fetched = examples::fetched();
    fetched.listings.clone_from(&listings);
    fetched.marks = Marks {
        canonical: Some("https://lantern.example/ferry/adrift".into()),
        wall: Some(Wall::Paywall),
        ..Marks::default()
    };
    check(&fetched);
    let mut cleaned = examples::cleaned();
    cleaned.listings = listings;
    check(&cleaned);
}

#[test]
fn feeds() {
    check(&examples::feed());
}

/// What rides in every record that is made from a feed tells nothing of how it is asked for.
#[test]
fn a_source_is_the_feed_without_its_access() {
    assert_eq!(examples::guarded_feed().source(), examples::feed());
}

#[test]
fn polled() {
    check(&examples::polled());
}

#[test]
fn discovered() {
    check(&examples::discovered());
}

#[test]
fn fetched() {
    check(&examples::fetched());
}

#[test]
fn cleaned() {
    check(&examples::cleaned());
}

/// The same version with the fields that it got later: a record without them reads as before.
#[test]
fn cleaned_in_full() {
    let path = root().join("tests/fixtures/article.cleaned/1.full.json");
    let fixture = json(&path).expect("the fixture is there");
    check_against(&fixture, &examples::cleaned_in_full());
}

/// The same with those that it got after these.
#[test]
fn cleaned_fuller() {
    let path = root().join("tests/fixtures/article.cleaned/1.fuller.json");
    let fixture = json(&path).expect("the fixture is there");
    check_against(&fixture, &examples::cleaned_fuller());
}

#[test]
fn enriched() {
    check(&examples::enriched());
}

/// With every field that the version has got since.
#[test]
fn enriched_in_full() {
    let path = root().join("tests/fixtures/article.enriched/1.full.json");
    let fixture = json(&path).expect("the fixture is there");
    check_against(&fixture, &examples::enriched_in_full());
}

#[test]
fn lineage() {
    check(&examples::lineage());
}

#[test]
fn stories() {
    check(&examples::story());
}

/// With every field that the version has got since.
#[test]
fn stories_in_full() {
    let path = root().join("tests/fixtures/story/1.full.json");
    let fixture = json(&path).expect("the fixture is there");
    check_against(&fixture, &examples::story_in_full());
}

/// A fixture of every version that was ever published, so that none goes unread.
#[test]
fn every_frozen_version_has_a_fixture() {
    let frozen = root().join("../../config/schemas/frozen");
    let mut count = 0;
    for entry in fs::read_dir(frozen).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let name = name.to_string_lossy().into_owned();
        let stem = name.strip_suffix(".json").expect("a schema");
        let (name, version) = stem.rsplit_once('.').expect("name.version");
        let path = fixture_path(name, version.parse().expect("a version is a number"));
        assert!(path.exists(), "{} is there", path.display());
        let record = json(&path).expect("it is there");
        let schema = format!("{name}/{version}");
        assert_valid(&validator(&schema, "schemas/frozen"), &record);
        count += 1;
    }
    assert!(count >= 8, "the frozen schemas were found");
}

/// Readers of a version know all its values: a set of values grows with a new version only. So an unknown
/// one is a mistake of the writer's, and the record a dead letter that says which value it was.
#[test]
fn a_value_that_the_version_does_not_have_is_refused_by_name() {
    let relation = json!({
        "relation": "sequel",
        "of": "0123456789abcdef0123456789abcdef",
        "score": 1.0,
        "evidence": {}
    });
    let error = serde_json::from_value::<Relation>(relation).expect_err("it is refused");
    assert!(error.to_string().contains("`sequel`"), "{error}");
}

/// Whoever writes to the topic `feeds` need not know more than an address.
#[test]
fn an_address_is_a_feed() {
    let record = json!({"url": "https://lantern.example/rss"});
    assert_valid(&validator(Feed::SCHEMA, "schemas"), &record);
    let feed: Feed = read(&record).expect("it reads");
    assert_eq!(feed, Feed::at("https://lantern.example/rss"));
}
