//! What records look like, held against what is published of them.

use std::path::Path;

use article::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message, Polled, Story};
use jsonschema::Validator;
use pipeline::headers;

use super::Ledger;

impl Ledger {
    /// Every record of every hop is as its schema in `config/schemas` says, and every hop has some.
    #[track_caller]
    pub fn assert_published_forms(&self) {
        self.assert_form::<Feed>();
        self.assert_form::<Polled>();
        self.assert_form::<Discovered>();
        self.assert_form::<Fetched>();
        self.assert_form::<Cleaned>();
        self.assert_form::<Enriched>();
        self.assert_form::<Lineage>();
        self.assert_form::<Story>();
    }

    #[track_caller]
    fn assert_form<M: Message>(&self) {
        let published = published(M::SCHEMA);
        let records = self.stored(M::TOPIC);
        assert!(!records.is_empty(), "{} holds something", M::TOPIC);
        for (partition, record) in records {
            let place = format!("{} {partition}:{}", M::TOPIC, record.offset);
            assert_eq!(
                record.headers.text(headers::SCHEMA),
                Some(M::SCHEMA),
                "{place}"
            );
            let Some(value) = &record.value else {
                continue; // A tombstone has no form.
            };
            let value = serde_json::from_slice(value).expect("values are JSON");
            if let Err(error) = published.validate(&value) {
                panic!("{place}, at {}: {error}", error.instance_path());
            }
        }
    }
}

fn published(schema: &str) -> Validator {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/schemas");
    let path = schemas.join(format!("{}.json", schema.replace('/', ".")));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema = serde_json::from_str(&text).expect("a schema is JSON");
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("what is published is a schema")
}
