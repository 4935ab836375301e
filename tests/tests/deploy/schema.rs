//! The schemas of the formats, as deploy/schemas keeps them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::tree::{Tree, text};

static COMPOSE: LazyLock<Validator> = LazyLock::new(|| {
    let schema = Tree::default().read("deploy/schemas/compose-spec.json");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema holds")
});

static KUBERNETES: LazyLock<Value> = LazyLock::new(|| {
    let schema = Tree::default().read("deploy/schemas/kubernetes.json");
    serde_json::from_str(&schema).expect("the schema is JSON")
});

/// What the Compose Specification does not allow in `document`.
pub(crate) fn compose(document: &Value) -> Vec<String> {
    faults(&COMPOSE, document)
}

/// What the API of Kubernetes, of KEDA or of the Prometheus operator does not allow in `object`.
pub(crate) fn kubernetes(object: &Value) -> Vec<String> {
    static KINDS: Mutex<BTreeMap<String, Validator>> = Mutex::new(BTreeMap::new());
    let kind = format!("{} {}", text(object, "/apiVersion"), text(object, "/kind"));
    let Some(schema) = KUBERNETES["kinds"].get(&kind) else {
        return vec![format!("{kind:?} is none of the kinds in deploy/schemas")];
    };
    let mut kinds = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = kinds.entry(kind).or_insert_with(|| {
        let whole = json!({"$ref": schema["$ref"], "definitions": KUBERNETES["definitions"]});
        jsonschema::draft7::new(&whole).expect("the schema holds")
    });
    faults(validator, object)
}

fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    let errors = validator.iter_errors(value);
    let told = errors.map(|error| format!("{}: {error}", error.instance_path()));
    told.collect()
}
