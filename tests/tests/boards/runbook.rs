//! The runbook: a section for each alert, an alert for each section, and nothing in it that is not there.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::board::Board;
use crate::rules::{self, FILES, Rule, TESTS};
use crate::text;

const RUNBOOK: &str = "docs/runbook.md";
/// What each section answers, in this order.
const PARTS: [&str; 5] = ["Meaning", "Impact", "Look at", "Mend", "Wake somebody"];

fn alerts(text: &str) -> Vec<Rule> {
    let rules = rules::of("alerts", text).into_iter();
    rules.filter(|rule| rule.alert.is_some()).collect()
}

/// The sections of a runbook: title and body.
fn sections(runbook: &str) -> Vec<(&str, &str)> {
    let sections = runbook.split("\n## ").skip(1);
    sections
        .map(|section| section.split_once('\n').unwrap_or((section, "")))
        .collect()
}

/// What does not fit between rules and runbook.
fn faults(alerts_text: &str, runbook: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let alerts = alerts(alerts_text);
    let names: BTreeSet<&str> = alerts.iter().map(Rule::name).collect();
    for (title, body) in sections(runbook) {
        if !names.contains(title) {
            faults.push(format!("section {title} has no alert"));
        }
        let found: Vec<Option<usize>> = PARTS
            .iter()
            .map(|part| body.find(&format!("\n**{part}")))
            .collect();
        if found.contains(&None) || !found.is_sorted() {
            faults.push(format!(
                "section {title} does not answer {PARTS:?} in this order"
            ));
        }
    }
    let titles: BTreeSet<&str> = sections(runbook).iter().map(|(title, _)| *title).collect();
    for alert in &alerts {
        if !titles.contains(alert.name()) {
            faults.push(format!("{} has no section", alert.name()));
        }
        faults.extend(of_an_alert(alert));
    }
    faults
}

/// What an alert by itself lacks.
fn of_an_alert(alert: &Rule) -> Vec<String> {
    let mut faults = Vec::new();
    let name = alert.name();
    let said = |key: &str| alert.json["annotations"][key].as_str().unwrap_or_default();
    let link = format!(
        "{{{{ $externalURL }}}}/user/runbook.md#{}",
        name.to_lowercase()
    );
    if said("runbook_url") != link {
        faults.push(format!("{name} does not link to {link}"));
    }
    // What is firing where is in the labels or in the value; an alert of the whole has only the value.
    if said("summary").is_empty() || !said("description").contains("{{") {
        faults.push(format!(
            "{name} does not say what is firing, with its values"
        ));
    }
    let severity = alert.json["labels"]["severity"].as_str();
    if !matches!(severity, Some("critical" | "warning")) {
        faults.push(format!("{name} has no severity"));
    }
    faults
}

#[test]
fn every_alert_has_its_section_and_every_section_its_alert() {
    let found = faults(&text(FILES[1]), &text(RUNBOOK));
    assert_eq!(found, Vec::<String>::new());
}

#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    let (alerts, runbook) = (text(FILES[1]), text(RUNBOOK));
    assert!(
        alerts.contains(from) || runbook.contains(from),
        "{from} is there"
    );
    let found = faults(
        &alerts.replacen(from, to, 1),
        &runbook.replacen(from, to, 1),
    );
    assert!(
        found.iter().any(|fault| fault == expected),
        "{expected:?} is not in {found:#?}"
    );
}

#[test]
fn what_lacks_is_found() {
    check(
        "alert: CopydeskBehind",
        "alert: CopydeskLate",
        "section CopydeskBehind has no alert",
    );
    check(
        "alert: CopydeskBehind",
        "alert: CopydeskLate",
        "CopydeskLate has no section",
    );
    check(
        "runbook.md#copydeskdefect",
        "runbook.md#defect",
        "CopydeskDefect does not link to {{ $externalURL }}/user/runbook.md#copydeskdefect",
    );
    check(
        "severity: critical",
        "urgency: critical",
        "CopydeskDown has no severity",
    );
    check(
        "description: \"The admin",
        "describes: \"The admin",
        "CopydeskDown does not say what is firing, with its values",
    );
    check(
        "**Impact.** Small while",
        "Small while",
        "section CopydeskRestarting does not answer [\"Meaning\", \"Impact\", \"Look at\", \"Mend\", \"Wake somebody\"] in this order",
    );
}

#[test]
fn every_alert_is_tested_firing_and_silent() {
    let mut firing = BTreeSet::new();
    let mut silent = BTreeSet::new();
    for file in TESTS {
        let tests = rules::yaml(file, &text(file));
        let groups = tests["tests"].as_array().into_iter().flatten();
        for case in
            groups.flat_map(|group| group["alert_rule_test"].as_array().into_iter().flatten())
        {
            let name = case["alertname"].as_str().unwrap_or_default().to_owned();
            let expected = case["exp_alerts"]
                .as_array()
                .is_some_and(|alerts| !alerts.is_empty());
            _ = if expected {
                firing.insert(name)
            } else {
                silent.insert(name)
            };
        }
    }
    let names: BTreeSet<String> = alerts(&text(FILES[1]))
        .iter()
        .map(|rule| rule.name().to_owned())
        .collect();
    assert_eq!(firing, names, "each has a case that fires");
    assert_eq!(silent, names, "each has a case that does not");
}

#[test]
fn links_of_panels_lead_to_sections() {
    let runbook = text(RUNBOOK);
    let anchors: BTreeSet<String> = sections(&runbook)
        .iter()
        .map(|(title, _)| title.to_lowercase())
        .collect();
    let mut linked = BTreeSet::new();
    for board in Board::all() {
        for panel in board.panels() {
            for link in panel["links"].as_array().into_iter().flatten() {
                let url = link["url"].as_str().unwrap_or_default();
                if let Some(anchor) = url.strip_prefix("${runbook}#") {
                    assert!(anchors.contains(anchor), "{}: {url}", panel["title"]);
                    linked.insert(anchor.to_owned());
                }
            }
        }
    }
    assert_eq!(linked, anchors, "from some panel one comes to each section");
}

/// The code spans and the lines of code of a text in Markdown.
fn code(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, block) in markdown.split("```").enumerate() {
        if at % 2 == 1 {
            found.extend(block.lines().skip(1).map(str::to_owned));
            continue;
        }
        // A span may run over the end of a line.
        let spans = block.split('`').skip(1).step_by(2);
        found.extend(spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    found
}

#[test]
fn commands_settings_and_panels_that_it_names_are_there() {
    let runbook = text(RUNBOOK);
    let help = Command::new(tests::binary())
        .arg("--help")
        .output()
        .expect("copydesk runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let settings = text("config/copydesk.toml");
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    for code in code(&runbook) {
        if let Some(command) = code.strip_prefix("copydesk ") {
            let name = command.split_whitespace().next().unwrap_or_default();
            assert!(
                help.contains(&format!("\n  {name} ")),
                "`copydesk {name}` is no command"
            );
        }
        if let Some((table, key)) = code.split_once('.')
            && ["admin", "enricher", "fetcher", "kafka", "log"].contains(&table)
        {
            let key = key.split(|c| !is_word(c)).next().unwrap_or_default();
            assert!(
                settings.contains(&format!("\n{key} = ")),
                "`{code}` is no setting"
            );
        }
    }
    let boards = Board::all();
    let panels = boards
        .iter()
        .flat_map(Board::panels)
        .map(|panel| &panel["title"]);
    let mut titles: BTreeSet<&str> = panels.filter_map(Value::as_str).collect();
    let boards = boards
        .iter()
        .filter_map(|board| board.json["title"].as_str());
    titles.extend(boards.flat_map(|title| [title, title.trim_start_matches("Copydesk: ")]));
    let plain = runbook.replace("**", "").replace('\n', " ");
    for (at, emphasis) in plain.split('*').enumerate() {
        assert!(
            at % 2 == 0 || titles.contains(emphasis),
            "*{emphasis}* is no board and no panel"
        );
    }
}
