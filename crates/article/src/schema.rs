//! The JSON Schema of each hop, published in `config/schemas`: what every record of that version looks
//! like, whichever copydesk wrote it.
//!
//! A schema is generated from the type, so it cannot say anything else than the code. What holds between
//! versions of the code is said in [`compare`].

mod compare;

use std::fs;
use std::path::{Path, PathBuf};

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use self::compare::{Side, breaks};
use crate::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message, Polled, Story};

/// What is published of a hop.
struct Hop {
    /// Name and version, such as `article.cleaned/1`.
    schema: &'static str,
    /// What this code writes, and with it what every record of the version is.
    written: Value,
    /// What this code reads: never less.
    read: Value,
}

impl Hop {
    fn of<M: Message + JsonSchema>() -> Self {
        let settings = SchemaSettings::draft2020_12;
        Self {
            schema: M::SCHEMA,
            written: published::<M>(settings().for_serialize().into_generator()),
            read: published::<M>(settings().for_deserialize().into_generator()),
        }
    }

    fn file(&self) -> String {
        format!("{}.json", self.schema.replace('/', "."))
    }
}

/// Every type that a topic of the pipeline carries.
fn hops() -> [Hop; 8] {
    [
        Hop::of::<Feed>(),
        Hop::of::<Polled>(),
        Hop::of::<Discovered>(),
        Hop::of::<Fetched>(),
        Hop::of::<Cleaned>(),
        Hop::of::<Enriched>(),
        Hop::of::<Lineage>(),
        Hop::of::<Story>(),
    ]
}

/// The schema, under its own name: the type's is the code's affair.
fn published<M: Message + JsonSchema>(generator: SchemaGenerator) -> Value {
    let mut schema: Schema = generator.into_root_schema_for::<M>();
    schema.insert("title".into(), M::SCHEMA.into());
    let id = format!("urn:copydesk:{}", M::SCHEMA.replace('/', ":"));
    schema.insert("$id".into(), id.into());
    let mut schema = schema.to_value();
    say_plainly(&mut schema);
    schema
}

/// Doc comments become descriptions: what is Rust's in them, links and line ends, goes.
fn say_plainly(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "description" => {
                        *text = text
                            .replace("[`crate::", "`")
                            .replace("[`", "`")
                            .replace("`]", "`")
                            .replace('\n', " ");
                    }
                    _ => say_plainly(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(say_plainly),
        _ => {}
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/schemas")
}

/// Whether the caller wants files written instead of compared: `SCHEMAS=write` or `SCHEMAS=freeze`.
fn asked_to(what: &str) -> bool {
    std::env::var("SCHEMAS").is_ok_and(|asked| asked == what)
}

fn write(path: &Path, schema: &Value) {
    let mut text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    text.push('\n');
    fs::write(path, text).expect("the folder config/schemas can be written");
}

/// What stands in a file, `None` where there is no such file.
fn read(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("a published schema is JSON"))
}

/// The names of the JSON files in a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be listed").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "json"))
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_published_is_what_the_types_say() {
    for hop in hops() {
        let path = folder().join(hop.file());
        if asked_to("write") {
            write(&path, &hop.written);
        }
        assert!(
            read(&path).as_ref() == Some(&hop.written),
            "config/schemas/{} is not what the type says; regenerate it with \
             `SCHEMAS=write cargo test -p article schema` and look at the difference",
            hop.file()
        );
    }
}

#[test]
fn every_schema_that_the_code_names_is_published_and_frozen() {
    let mut named = Vec::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(sources).expect("the sources are there") {
        let path = entry.expect("it can be listed").path();
        // Folders hold parts of this test, no hops.
        let text = fs::read_to_string(path).unwrap_or_default();
        named.extend(
            text.lines()
                .filter_map(|line| line.trim().strip_prefix("const SCHEMA: &'static str = \""))
                .filter_map(|rest| Some(rest.strip_suffix("\";")?.replace('/', ".") + ".json")),
        );
    }
    named.sort();
    let mut ours: Vec<String> = hops().iter().map(Hop::file).collect();
    ours.sort();
    assert_eq!(named, ours, "hops() lists every message of this crate");
    if asked_to("write") || asked_to("freeze") {
        return; // The other tests are about to write them.
    }
    assert_eq!(
        files(&folder()),
        named,
        "config/schemas holds what this code writes"
    );
    let frozen = files(&folder().join("frozen"));
    for name in named {
        assert!(
            frozen.contains(&name),
            "config/schemas/frozen/{name} is missing; a version that goes out is frozen with \
             `SCHEMAS=freeze cargo test -p article schema`"
        );
    }
}

#[test]
fn a_frozen_schema_is_only_ever_added_to() {
    let mut refused = Vec::new();
    for hop in hops() {
        let path = folder().join("frozen").join(hop.file());
        let found = read(&path).map_or_else(Vec::new, |frozen| {
            let mut found = breaks(&frozen, &hop.written, Side::Written);
            found.extend(breaks(&frozen, &hop.read, Side::Read));
            found.sort();
            found.dedup();
            found
        });
        if asked_to("freeze") && found.is_empty() {
            write(&path, &hop.written);
        }
        let (name, version) = hop.schema.split_once('/').expect("name/version");
        let version: u32 = version.parse().expect("a version is a number");
        for broken in found {
            refused.push(format!(
                "{}: {broken}; take the change back, or write {name}/{} that still reads {}",
                hop.file(),
                version + 1,
                hop.schema
            ));
        }
    }
    assert!(refused.is_empty(), "\n{}\n", refused.join("\n"));
}
