//! A real Prometheus scrapes the real pipeline: the boards' queries bring data, and a process that is
//! killed makes the right alerts fire.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use newsroom::{Options, Pace};
use serde_json::Value;
use tests::{Place, World, await_that};

use crate::board::Board;
use crate::has;
use crate::prometheus::Prometheus;

/// What brings nothing while all is well, and why.
const EMPTY: [(&str, &str); 3] = [
    ("outcome!=\"committed\"", "no transaction fails"),
    (
        "copydesk_input_lag_seconds{stage=~\".*\"} > 0",
        "nothing waits",
    ),
    (
        "ALERTS{alertname=~\"Copydesk.*\", alertstate=\"firing\"}",
        "no alert fires",
    ),
];

/// A newsroom of which one outlet takes pages down again, so that something fails too.
fn world() -> World {
    let mut options = Options::of(newsroom::World::Bundled);
    options.pace = Pace {
        per_second: Some(0.0),
    };
    let gone = "daily-lantern.example/2026:gone,share=0.3".parse();
    options.misbehaviour = vec![gone.expect("a rule")];
    World::open(options)
}

/// Where the process tells of itself.
#[track_caller]
fn admin(place: &Place) -> SocketAddr {
    let file = place.data().join("admin");
    let address = || std::fs::read_to_string(&file).ok()?.trim().parse().ok();
    await_that(
        Duration::from_secs(60),
        || address().is_some(),
        || place.last_words(),
    );
    address().expect("it was there")
}

#[test]
fn boards_show_a_running_pipeline_and_alerts_a_killed_one() {
    if !has("prometheus") {
        return;
    }
    let world = world();
    let place = Place::for_world(&world, "");
    let service = place.start();
    let admin = admin(&place);
    let prometheus = Prometheus::start(admin);
    place.await_running();
    // It begins to scrape some seconds after it has started, and rates need a first sight.
    let scraped = || !prometheus.query("copydesk_build_info").is_empty();
    await_that(Duration::from_secs(20), scraped, || place.last_words());
    world.newsroom.begin(Pace {
        per_second: Some(15.0),
    });
    every_query_brings_data(&prometheus, &place);
    every_rule_is_evaluated(&prometheus);
    assert_eq!(prometheus.firing(), Vec::<Value>::new(), "all is well");
    service.kill();
    the_right_alerts_fire(&prometheus, admin);
}

#[track_caller]
fn every_query_brings_data(prometheus: &Prometheus, place: &Place) {
    let boards = Board::all();
    let queries: BTreeSet<_> = boards.iter().flat_map(Board::expressions).collect();
    assert!(
        queries.len() > 50,
        "the boards ask for a lot: {}",
        queries.len()
    );
    let explained = |query: &str| EMPTY.iter().any(|(part, _)| query.contains(part));
    let asked = queries.into_iter().filter(|(_, query)| !explained(query));
    let silent = RefCell::new(asked.collect::<Vec<_>>());
    let all_answer = || {
        let mut silent = silent.borrow_mut();
        silent.retain(|(_, query)| prometheus.query(query).is_empty());
        silent.is_empty()
    };
    let patience = Duration::from_secs(30);
    await_that(patience, all_answer, || {
        format!(
            "nothing comes of {:#?}\n{}",
            silent.borrow(),
            place.last_words()
        )
    });
}

#[track_caller]
fn every_rule_is_evaluated(prometheus: &Prometheus) {
    let data = prometheus.data("/api/v1/rules");
    let groups = data["groups"].as_array().into_iter().flatten();
    let rules = groups.flat_map(|group| group["rules"].as_array().into_iter().flatten());
    let rules: Vec<&Value> = rules.collect();
    assert!(rules.len() > 20, "the rules are read: {data}");
    for rule in rules {
        assert_eq!(rule["health"], "ok", "{rule}");
    }
}

#[track_caller]
fn the_right_alerts_fire(prometheus: &Prometheus, admin: SocketAddr) {
    let expected: BTreeSet<String> = ["clean", "enrich", "page", "poll"]
        .map(|stage| format!("CopydeskStageUnattended {stage}"))
        .into_iter()
        .chain([format!("CopydeskDown {admin}")])
        .collect();
    let named = |alert: &Value| {
        let labels = &alert["labels"];
        let what = labels["stage"]
            .as_str()
            .or_else(|| labels["instance"].as_str());
        format!(
            "{} {}",
            labels["alertname"].as_str().unwrap_or("?"),
            what.unwrap_or("?")
        )
    };
    let fired = || {
        prometheus
            .firing()
            .iter()
            .map(named)
            .collect::<BTreeSet<_>>()
    };
    await_that(
        Duration::from_secs(20),
        || fired() == expected,
        || format!("{:?}", fired()),
    );
    let firing = prometheus.firing();
    let down = firing
        .iter()
        .find(|alert| alert["labels"]["alertname"] == "CopydeskDown");
    let link = down.and_then(|alert| alert["annotations"]["runbook_url"].as_str());
    let (page, section) = link.and_then(|link| link.split_once('#')).expect("a link");
    let address = format!("http://{}", prometheus.address());
    let runbook = prometheus.ask(page.strip_prefix(&address).expect("of this Prometheus"));
    let title = runbook.lines().filter_map(|line| line.strip_prefix("## "));
    assert_eq!(
        title
            .filter(|title| title.to_lowercase() == section)
            .count(),
        1,
        "{link:?} leads to it"
    );
}
