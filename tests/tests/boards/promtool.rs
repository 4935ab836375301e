//! Rules and their tests, judged by the real promtool.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::board::Board;
use crate::rules::TESTS;
use crate::{has, repository};

fn promtool(arguments: &[&str], file: &Path) -> Output {
    let mut command = Command::new("promtool");
    command.args(arguments).arg(file);
    command.output().expect("promtool runs")
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[track_caller]
fn accepts(arguments: &[&str], file: &Path) {
    let output = promtool(arguments, file);
    assert!(
        output.status.success(),
        "{}: {}",
        file.display(),
        said(&output)
    );
}

#[test]
fn configuration_and_rules_are_valid() {
    if has("promtool") {
        // The configuration names the rules, which are checked with it.
        accepts(
            &["check", "config", "--lint-fatal"],
            &repository("deploy/prometheus/prometheus.yml"),
        );
    }
}

#[test]
fn the_rules_do_what_their_tests_say() {
    if !has("promtool") {
        return;
    }
    std::thread::scope(|scope| {
        for file in TESTS {
            scope.spawn(move || accepts(&["test", "rules"], &repository(file)));
        }
    });
}

/// In a copy with `from` replaced by `to` in a file of rules, the rules' tests fail and name `alert`.
#[track_caller]
fn check(tests: &str, from: &str, to: &str, alert: &str) {
    let copy = TempDir::new().expect("a temporary folder");
    for folder in ["rules", "tests"] {
        std::fs::create_dir(copy.path().join(folder)).expect("a folder");
    }
    for file in ["rules/alerts.yml", "rules/recorded.yml", tests] {
        let text = crate::text(&format!("deploy/prometheus/{file}"));
        let changed = if file == "rules/alerts.yml" {
            assert!(text.contains(from), "{file} contains {from}");
            text.replacen(from, to, 1)
        } else {
            text
        };
        std::fs::write(copy.path().join(file), changed).expect("written");
    }
    let output = promtool(&["test", "rules"], &copy.path().join(tests));
    let said = said(&output);
    assert!(
        !output.status.success(),
        "{from} -> {to} makes a difference"
    );
    assert!(said.contains(&format!("alertname: {alert}")), "{said}");
}

#[test]
fn a_rule_that_is_changed_fails_its_test() {
    if has("promtool") {
        check("tests/processes.yml", "for: 2m", "for: 5m", "CopydeskDown");
        check(
            "tests/processes.yml",
            "by (stage) (copydesk_assigned_partitions) > 0",
            "by (stage) (copydesk_assigned_partitions)",
            "CopydeskStageUnattended",
        );
        check(
            "tests/log.yml",
            "cause!=\"assigned\"",
            "cause!=\"\"",
            "CopydeskTaskReopened",
        );
        let horizon = "tests/horizon.yml";
        check(
            horizon,
            "< on (topic)",
            "> on (topic)",
            "CopydeskReplayHorizon",
        );
        check(horizon, "0.8 * min", "8 * min", "CopydeskUnreadExpires");
    }
}

#[test]
fn every_expression_of_the_boards_is_promql() {
    if !has("promtool") {
        return;
    }
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("boards.yml");
    let mut rules = String::from("groups:\n  - name: boards\n    rules:\n");
    let expressions = Board::all()
        .iter()
        .flat_map(Board::expressions)
        .collect::<Vec<_>>();
    for (at, (_, expression)) in expressions.iter().enumerate() {
        // A JSON string is a YAML string.
        let expression = serde_json::Value::from(expression.as_str());
        writeln!(
            rules,
            "      - record: board:expression:{at}\n        expr: {expression}"
        )
        .expect("a string takes everything");
    }
    std::fs::write(&file, &rules).expect("written");
    accepts(&["check", "rules"], &file);
    std::fs::write(&file, rules.replacen("sum by", "sum of", 1)).expect("written");
    assert!(
        !promtool(&["check", "rules"], &file).status.success(),
        "what is no PromQL is refused"
    );
}
