//! The boards, as Grafana reads them.

use serde_json::Value;

/// The files, and what each board's fixed address is.
pub(crate) const BOARDS: [(&str, &str); 2] = [
    ("deploy/grafana/dashboards/flow.json", "copydesk-flow"),
    ("deploy/grafana/dashboards/state.json", "copydesk-state"),
];

/// A board.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    /// Its file.
    pub(crate) file: &'static str,
    /// Its address, which links and bookmarks hold.
    pub(crate) uid: &'static str,
    /// All of it.
    pub(crate) json: Value,
}

impl Board {
    /// Every board.
    pub(crate) fn all() -> Vec<Self> {
        let read = |(file, uid)| Self::read(file, uid, &crate::text(file));
        BOARDS.into_iter().map(read).collect()
    }

    /// The board that `text` is.
    #[track_caller]
    pub(crate) fn read(file: &'static str, uid: &'static str, text: &str) -> Self {
        let json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        Self { file, uid, json }
    }

    /// The panels that show something.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &Value> {
        let panels = self.json["panels"].as_array().into_iter().flatten();
        panels.filter(|panel| panel["type"] != "row")
    }

    /// Every PromQL expression, with what it stands in.
    pub(crate) fn expressions(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for panel in self.panels() {
            let title = format!("{}: {}", self.file, panel["title"].as_str().unwrap_or("?"));
            for target in panel["targets"].as_array().into_iter().flatten() {
                if let Some(expression) = target["expr"].as_str() {
                    found.push((title.clone(), substituted(expression)));
                }
            }
        }
        let annotations = self.json["annotations"]["list"].as_array();
        for annotation in annotations.into_iter().flatten() {
            if let Some(expression) = annotation["expr"].as_str() {
                let title = format!("{}: annotation {}", self.file, annotation["name"]);
                found.push((title, substituted(expression)));
            }
        }
        found
    }

    /// The variables that are defined.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Value> {
        let list = self.json["templating"]["list"].as_array();
        list.into_iter().flatten()
    }
}

/// An expression with what Grafana would put in the place of its variables.
fn substituted(expression: &str) -> String {
    expression
        .replace("$__rate_interval", "5m")
        .replace("$stage", ".*")
}
