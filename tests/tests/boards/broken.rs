//! Broken copies of boards and rules: each fault is found, and named.

use crate::board::BOARDS;
use crate::consistent::{Material, SOURCES};
use crate::rules::FILES;

const FLOW: &str = BOARDS[0].0;
const STATE: &str = BOARDS[1].0;

/// Where `from` is replaced by `to` in a file, `expected` is among the faults.
#[track_caller]
fn check(file: &str, from: &str, to: &str, expected: &str) {
    let broken = Material::read(|name, text| {
        if name != file {
            return text;
        }
        assert!(text.contains(from), "{file} contains {from}");
        text.replacen(from, to, 1)
    });
    let faults = broken.faults();
    assert!(
        faults.iter().any(|fault| fault.contains(expected)),
        "{from} -> {to}: {expected:?} is not in {faults:#?}"
    );
}

#[test]
fn a_metric_that_is_not_there_is_found() {
    let bytes = "copydesk_fetch_bytes_total";
    check(FLOW, bytes, "copydesk_eaten", "there is no copydesk_eaten");
    let unused = "no board and no rule uses copydesk_fetch_bytes_total";
    check(FLOW, bytes, "copydesk_eaten", unused);
    let [recorded, alerts] = FILES;
    let taken = "copydesk_records_in_total";
    check(
        recorded,
        taken,
        "copydesk_eaten",
        "there is no copydesk_eaten",
    );
    let late = "there is no copydesk:late:ratio_rate6h";
    check(recorded, "late:ratio_rate6h", "late:ratio_6h", late);
    check(alerts, "up{job", "down{job", "there is no down");
}

#[test]
fn a_label_that_is_not_there_is_found() {
    check(FLOW, "by (reason)", "by (why)", "nothing has the label why");
    let lag = "copydesk_input_lag_records{";
    let expected = "copydesk_input_lag_records has no label state";
    check(
        FLOW,
        &format!("{lag}stage"),
        &format!("{lag}state"),
        expected,
    );
    check(
        FLOW,
        ": \"{{reason}}\"",
        ": \"{{why}}\"",
        "the legend's why is not there",
    );
    // The series has it, but not what is left of it after grouping.
    check(
        FLOW,
        ": \"{{reason}}\"",
        ": \"{{stage}}\"",
        "the legend's stage is not there",
    );
    check(
        FILES[1],
        "cause!=",
        "why!=",
        "copydesk_task_opens_total has no label why",
    );
    check(SOURCES, "value: stage", "value: step", "has no label step");
}

#[test]
fn a_board_that_lacks_something_is_found() {
    check(
        FLOW,
        "\"copydesk-flow\"",
        "\"flow\"",
        "its uid is not copydesk-flow",
    );
    check(
        FLOW,
        "\"name\": \"stage\"",
        "\"name\": \"step\"",
        "$stage is not defined",
    );
    check(
        FLOW,
        "\"unit\": \"reqps\"",
        "\"unit\": \"\"",
        "it has no unit",
    );
    check(
        FLOW,
        "ption\": \"Records",
        "ption\": \"\", \"x\": \"",
        "it has no description",
    );
    let panels = "\"uid\": \"${datasource}\"},\n      \"targets\"";
    let mine = panels.replace("${datasource}", "mine");
    check(STATE, panels, &mine, "its data source is not the board's");
    check(STATE, "\"x\": 6", "\"x\": 5", "it lies over another panel");
    check(STATE, "\"id\": 3,", "\"id\": 2,", "its id is taken");
    check(
        STATE,
        "\"expr\": \"sum",
        "\"asks\": \"sum",
        "it asks for nothing",
    );
}
