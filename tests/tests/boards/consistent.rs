//! Boards and rules use metrics as they are defined, and every metric is used.

use std::collections::{BTreeMap, BTreeSet};

use pipeline::metrics::{ALL, Kind};
use serde_json::Value;

use crate::board::{BOARDS, Board};
use crate::expression::reads;
use crate::rules::{self, FILES, Rule};
use crate::text;

/// The file that says where boards find metrics and traces.
pub(crate) const SOURCES: &str = "deploy/grafana/provisioning/datasources/copydesk.yml";
/// What Prometheus adds to every series that it scrapes.
const OF_A_TARGET: [&str; 2] = ["job", "instance"];

/// Everything that must fit together. A broken copy is made by changing a file's text.
pub(crate) struct Material {
    boards: Vec<Board>,
    rules: Vec<Rule>,
    sources: Value,
}

impl Material {
    /// The files, after `change` had a look at each.
    pub(crate) fn read(change: impl Fn(&str, String) -> String) -> Self {
        let changed = |file: &str| change(file, text(file));
        let boards = BOARDS.map(|(file, uid)| Board::read(file, uid, &changed(file)));
        let rules = FILES.map(|file| rules::of(file, &changed(file)));
        Self {
            boards: boards.into(),
            rules: rules.concat(),
            sources: rules::yaml(SOURCES, &changed(SOURCES)),
        }
    }

    /// Every expression, with what it stands in.
    fn expressions(&self) -> Vec<(String, String)> {
        let boards = self.boards.iter().flat_map(Board::expressions);
        let rules = self.rules.iter();
        let rules = rules.map(|rule| (rule.name().to_owned(), rule.expression.clone()));
        boards.chain(rules).chain(self.queries()).collect()
    }

    /// What leads from a span to metrics.
    fn queries(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for source in self.sources["datasources"].as_array().into_iter().flatten() {
            let (tags, queries) = (
                &source["jsonData"]["tracesToMetrics"]["tags"],
                &source["jsonData"]["tracesToMetrics"]["queries"],
            );
            let tags = tags.as_array().into_iter().flatten();
            let tags = tags.map(|tag| format!("{}=\"x\"", tag["value"].as_str().unwrap_or("?")));
            let tags = tags.collect::<Vec<_>>().join(", ");
            for query in queries.as_array().into_iter().flatten() {
                let expression = query["query"].as_str().unwrap_or_default();
                let expression = expression
                    .replace("$$__tags", &tags)
                    .replace("$$__rate_interval", "5m");
                found.push((format!("{SOURCES}: {}", query["name"]), expression));
            }
        }
        found
    }

    /// Every series that there is, with its labels.
    fn series(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut series: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut add = |name: String, labels: &[&[&str]]| {
            let labels = labels.concat().into_iter().map(str::to_owned);
            series.insert(name, labels.collect());
        };
        for metric in ALL {
            let labels = metric.labels;
            if metric.kind == Kind::Histogram {
                let part = |part| format!("{}_{part}", metric.name);
                add(part("bucket"), &[labels, &OF_A_TARGET, &["le"]]);
                add(part("sum"), &[labels, &OF_A_TARGET]);
                add(part("count"), &[labels, &OF_A_TARGET]);
            } else {
                add(metric.name.to_owned(), &[labels, &OF_A_TARGET]);
            }
        }
        add("up".to_owned(), &[&OF_A_TARGET]);
        add(
            "ALERTS".to_owned(),
            &[&["alertname", "alertstate", "stage", "instance"]],
        );
        for rule in &self.rules {
            if let Some(record) = &rule.record {
                let grouped = reads(&rule.expression).grouped;
                series.insert(record.clone(), grouped);
            }
        }
        series
    }

    /// What does not fit, each with the place.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.unknown();
        faults.extend(self.unused());
        for board in &self.boards {
            faults.extend(of_a_board(board));
        }
        faults.extend(self.legends());
        faults
    }

    /// Series and labels that nobody writes.
    fn unknown(&self) -> Vec<String> {
        let series = self.series();
        let mut faults = Vec::new();
        for (place, expression) in self.expressions() {
            let reads = reads(&expression);
            let mut carried = BTreeSet::new();
            for (name, selected) in &reads.series {
                let Some(labels) = series.get(name) else {
                    faults.push(format!("{place}: there is no {name}"));
                    continue;
                };
                carried.extend(labels);
                let unknown = selected.iter().filter(|label| !labels.contains(*label));
                faults.extend(unknown.map(|label| format!("{place}: {name} has no label {label}")));
            }
            let unknown = reads
                .grouped
                .iter()
                .filter(|label| !carried.contains(label));
            faults.extend(unknown.map(|label| format!("{place}: nothing has the label {label}")));
        }
        faults
    }

    /// Metrics that nobody looks at.
    fn unused(&self) -> Vec<String> {
        let expressions = self.expressions();
        let reads = expressions.iter().map(|(_, expression)| reads(expression));
        let used: BTreeSet<String> = reads
            .flat_map(|reads| reads.series)
            .map(|(name, _)| name)
            .collect();
        let is_used = |name: &str| {
            let parts = ["", "_bucket", "_sum", "_count"].into_iter();
            parts
                .map(|part| format!("{name}{part}"))
                .any(|series| used.contains(&series))
        };
        let defined = ALL.iter().map(|metric| metric.name.to_owned());
        let recorded = self.rules.iter().filter_map(|rule| rule.record.clone());
        let unused = defined.chain(recorded).filter(|name| !is_used(name));
        unused
            .map(|name| format!("no board and no rule uses {name}"))
            .collect()
    }

    /// Names in legends that no series carries.
    fn legends(&self) -> Vec<String> {
        let series = self.series();
        let mut faults = Vec::new();
        for panel in self.boards.iter().flat_map(Board::panels) {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let reads = reads(target["expr"].as_str().unwrap_or_default());
                let labels = reads.series.iter().filter_map(|(name, _)| series.get(name));
                let carried: BTreeSet<&String> = labels.flatten().collect();
                let grouped = &reads.grouped;
                for label in braced(target["legendFormat"].as_str().unwrap_or_default()) {
                    let lost = !grouped.is_empty() && !grouped.contains(&label);
                    if lost || !carried.contains(&label) {
                        let title = &panel["title"];
                        faults.push(format!("{title}: the legend's {label} is not there"));
                    }
                }
            }
        }
        faults
    }
}

/// What stands in double braces.
fn braced(legend: &str) -> Vec<String> {
    let parts = legend.split("{{").skip(1);
    let names = parts.filter_map(|part| part.split_once("}}"));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// What a board by itself lacks.
fn of_a_board(board: &Board) -> Vec<String> {
    let mut faults = Vec::new();
    if board.json["uid"] != board.uid {
        faults.push(format!("{}: its uid is not {}", board.file, board.uid));
    }
    let defined: BTreeSet<&str> = board
        .variables()
        .filter_map(|v| v["name"].as_str())
        .collect();
    let whole = board.json.to_string();
    for used in whole.split('$').skip(1) {
        let name = used.trim_start_matches('{');
        let name = name
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next();
        let name = name.unwrap_or_default();
        // In a regular expression it is the end.
        if !name.is_empty() && !name.starts_with("__") && !defined.contains(name) {
            faults.push(format!("{}: ${name} is not defined", board.file));
        }
    }
    let mut ids = BTreeSet::new();
    let mut places: Vec<[u64; 4]> = Vec::new();
    for panel in board.json["panels"].as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap_or("a panel without a title");
        let mut fault = |what: &str| faults.push(format!("{}: {title}: {what}", board.file));
        if !ids.insert(panel["id"].as_u64()) {
            fault("its id is taken");
        }
        let [x, y, w, h] =
            ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap_or(99));
        let overlaps = |[left, top, wide, high]: &[u64; 4]| {
            x < left + wide && *left < x + w && y < top + high && *top < y + h
        };
        if x + w > 24 || places.iter().any(overlaps) {
            fault("it lies over another panel or the edge");
        }
        places.push([x, y, w, h]);
        if panel["type"] != "row" {
            of_a_panel(panel, fault);
        }
    }
    faults
}

fn of_a_panel(panel: &Value, mut fault: impl FnMut(&str)) {
    let description = panel["description"].as_str().unwrap_or_default();
    if !description.ends_with('.') {
        fault("it has no description");
    }
    let defaults = &panel["fieldConfig"]["defaults"];
    if defaults["unit"].as_str().is_none_or(str::is_empty) {
        fault("it has no unit");
    }
    let source = (
        panel["datasource"]["type"].as_str(),
        panel["datasource"]["uid"].as_str(),
    );
    let metrics = source == (Some("prometheus"), Some("${datasource}"));
    if !metrics && source != (Some("jaeger"), Some("${tracesource}")) {
        fault("its data source is not the board's");
    }
    let targets = panel["targets"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let has_query = |target: &Value| target["expr"].is_string() == metrics;
    if targets.is_empty() || !targets.iter().all(has_query) {
        fault("it asks for nothing");
    }
}

#[test]
fn boards_and_rules_use_what_is_defined_and_all_of_it() {
    let material = Material::read(|_, text| text);
    assert!(material.expressions().len() > 60, "they are found");
    assert_eq!(material.faults(), Vec::<String>::new());
}

#[test]
fn bounds_that_expressions_name_are_buckets() {
    for (place, expression) in Material::read(|_, text| text).expressions() {
        let Some((before, after)) = expression.split_once("{le=~\"") else {
            continue;
        };
        let metric = ALL
            .iter()
            .find(|metric| before.ends_with(&format!("{}_bucket", metric.name)));
        let buckets = metric
            .unwrap_or_else(|| panic!("{place}: of what?"))
            .buckets;
        let bound = after.split('(').next().and_then(|bound| bound.parse().ok());
        let bound: f64 = bound.unwrap_or_else(|| panic!("{place}: no bound in {after}"));
        assert!(
            buckets.contains(&bound),
            "{place}: {bound} is not in {buckets:?}"
        );
    }
}
