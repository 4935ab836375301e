//! The rules, as Prometheus reads them.

use serde_json::Value;

/// The files of rules.
pub(crate) const FILES: [&str; 2] = [
    "deploy/prometheus/rules/recorded.yml",
    "deploy/prometheus/rules/alerts.yml",
];

/// The files of the rules' own tests, which promtool runs.
pub(crate) const TESTS: [&str; 5] = [
    "deploy/prometheus/tests/processes.yml",
    "deploy/prometheus/tests/progress.yml",
    "deploy/prometheus/tests/records.yml",
    "deploy/prometheus/tests/log.yml",
    "deploy/prometheus/tests/horizon.yml",
];

/// An alert, or what is computed ahead.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The alert's name; none where something is computed.
    pub(crate) alert: Option<String>,
    /// The name of what is computed.
    pub(crate) record: Option<String>,
    /// What it reads.
    pub(crate) expression: String,
    /// All of it.
    pub(crate) json: Value,
}

impl Rule {
    /// Its name, of either kind.
    pub(crate) fn name(&self) -> &str {
        let name = self.alert.as_deref().or(self.record.as_deref());
        name.unwrap_or_default()
    }
}

/// Reads YAML.
#[track_caller]
pub(crate) fn yaml(what: &str, text: &str) -> Value {
    serde_norway::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// Every rule of a file's text.
pub(crate) fn of(what: &str, text: &str) -> Vec<Rule> {
    let file = yaml(what, text);
    let groups = file["groups"].as_array().into_iter().flatten();
    let rules = groups.flat_map(|group| group["rules"].as_array().into_iter().flatten());
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let rules = rules.map(|rule| Rule {
        alert: word(&rule["alert"]),
        record: word(&rule["record"]),
        expression: word(&rule["expr"]).unwrap_or_default(),
        json: rule.clone(),
    });
    rules.collect()
}
