//! The gauges, as they stand when somebody scrapes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::{
    ALL, ASSIGNED_PARTITIONS, BUILD_INFO, INPUT_LAG_RECORDS, INPUT_LAG_SECONDS, Metric,
    OLDEST_RECORD_SECONDS, RETENTION_SECONDS, process,
};
use crate::board::Board;
use crate::runtime::Provenance;

/// Values by metric, then by the values of its labels.
type Values = BTreeMap<&'static str, BTreeMap<Vec<String>, f64>>;

/// The gauges in the exposition format, to be added to what the recorder renders.
pub(crate) fn scrape(board: &Board, provenance: &Provenance) -> String {
    let mut values = Values::new();
    for (stage, partitions) in board.assigned() {
        add(
            &mut values,
            ASSIGNED_PARTITIONS,
            vec![stage.to_owned()],
            partitions as f64,
        );
    }
    let now = Timestamp::now();
    for (stage, partition, topic, lag) in board.lags() {
        let labels = vec![stage.to_owned(), topic, partition.to_string()];
        add(
            &mut values,
            INPUT_LAG_RECORDS,
            labels.clone(),
            lag.records as f64,
        );
        add(&mut values, INPUT_LAG_SECONDS, labels, lag.seconds(now));
    }
    let horizon = board.horizon();
    for (topic, partition, age) in horizon.ages(now) {
        let labels = vec![topic.to_owned(), partition.to_string()];
        add(&mut values, OLDEST_RECORD_SECONDS, labels, age);
    }
    for (topic, promised) in horizon.promised() {
        let labels = vec![topic.to_owned()];
        add(
            &mut values,
            RETENTION_SECONDS,
            labels,
            promised.as_secs_f64(),
        );
    }
    for (stage, gauge, value) in board.gauges() {
        let label = gauge.label.to_owned();
        let labels = match definition(gauge.metric).labels {
            ["stage", _] => vec![stage.to_owned(), label],
            _ => vec![label],
        };
        add(&mut values, gauge.metric, labels, value);
    }
    let build = vec![provenance.version.clone(), provenance.config.clone()];
    add(&mut values, BUILD_INFO, build, 1.0);
    for (metric, value) in process::read() {
        add(&mut values, metric, Vec::new(), value);
    }
    render(&values)
}

/// Tasks that say something of the same thing say it of a part of it each.
fn add(values: &mut Values, metric: &'static str, labels: Vec<String>, value: f64) {
    *values
        .entry(metric)
        .or_default()
        .entry(labels)
        .or_insert(0.0) += value;
}

fn definition(name: &str) -> &'static Metric {
    let mut all = ALL.iter();
    all.find(|metric| metric.name == name)
        .expect("whoever counts uses a name from the list")
}

fn render(values: &Values) -> String {
    let mut text = String::new();
    for (name, samples) in values {
        let metric = definition(name);
        let (help, kind) = (metric.help, metric.kind.as_str());
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            let pairs = metric.labels.iter().zip(labels);
            let pairs: Vec<_> = pairs
                .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
                .collect();
            let braces = if pairs.is_empty() {
                String::new()
            } else {
                format!("{{{}}}", pairs.join(","))
            };
            let _ = writeln!(text, "{name}{braces} {value}");
        }
        text.push('\n');
    }
    text
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
