//! Restarts and take-overs that are meant to happen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::{Enriched, Message as _};
use jiff::Timestamp;
use newsroom::{Options, Pace};
use serde_json::Value;
use tests::{Broker, BrokerOptions, Ledger, Place, SERVICES, Service, World, await_that};

use crate::alone;

const MINUTE: Duration = Duration::from_secs(60);
const ARTICLES: usize = 900;

fn scene(broker: &Broker) -> (World, Place) {
    let mut options = Options::of(newsroom::World::Scale {
        articles: ARTICLES,
        outlets: 30,
    });
    options.pace = Pace {
        per_second: Some(20.0),
    };
    let world = World::open(options);
    let servers = broker.bootstrap();
    let place = Place::on_kafka(&world, &servers, &servers, "");
    (world, place)
}

/// Which process has which partition of which stage.
fn assignment(place: &Place) -> BTreeMap<(String, u64), u64> {
    let status: Value =
        serde_json::from_str(&place.ok(&["status", "--json"])).expect("status prints JSON");
    let processes = match &status["processes"] {
        Value::Array(processes) => processes.clone(),
        _ => vec![status.clone()],
    };
    let mut owners = BTreeMap::new();
    for process in &processes {
        let pid = process["process"]["pid"].as_u64().unwrap_or(0);
        for task in process["tasks"].as_array().into_iter().flatten() {
            if task["doing"] == "running" {
                let stage = task["stage"].as_str().unwrap_or_default().to_owned();
                let partition = task["partition"].as_u64().unwrap_or(u64::MAX);
                owners.insert((stage, partition), pid);
            }
        }
    }
    owners
}

/// Every partition of every stage.
const ALL: usize = 4 + 4 + 4 + 1;

fn await_assignment(place: &Place) -> BTreeMap<(String, u64), u64> {
    await_that(
        MINUTE,
        || assignment(place).len() == ALL,
        || format!("{:?}\n{}", assignment(place), place.last_words()),
    );
    assignment(place)
}

#[test]
fn a_rolling_restart_moves_no_partition_and_loses_nothing() {
    let _machine = alone();
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let (world, place) = scene(&broker);
    let mut fleet: Vec<(&str, Service)> = SERVICES
        .iter()
        .flat_map(|service| [*service, *service])
        .map(|service| (service, place.start_service(service)))
        .collect();
    let ledger = place.ledger();
    ledger.await_enriched(20, MINUTE, || place.last_words());
    let mut before = await_assignment(&place);
    let mut longest = Duration::ZERO;
    for number in 0..fleet.len() {
        let (service, old) = fleet.remove(number);
        let old_pid = u64::from(old.pid());
        let began = Instant::now();
        let ended = old.stop();
        assert!(
            ended.success(),
            "{service} {number} drains: {ended}\n{}",
            place.last_words()
        );
        let new = place.start_service(service);
        let new_pid = u64::from(new.pid());
        fleet.insert(number, (service, new));
        let after = await_assignment(&place);
        longest = longest.max(began.elapsed());
        for (place, pid) in &mut before {
            if *pid == old_pid {
                *pid = new_pid;
            }
            assert_eq!(
                after[place], *pid,
                "{place:?} moved when {service} restarted"
            );
        }
    }
    world.newsroom.publish_all();
    ledger.await_enriched(ARTICLES as u64, 2 * MINUTE, || place.last_words());
    for (service, process) in fleet {
        assert!(process.stop().success(), "{service} ends well");
    }
    ledger.assert_conserved(&world.newsroom.truth().articles);
    let stalled = longest_gap(&ledger);
    println!(
        "the longest restart took {longest:.1?}; the longest wait between two enriched articles was {stalled:.1?}"
    );
    assert!(
        stalled <= longest + Duration::from_secs(2),
        "articles waited for {stalled:?}, a restart took {longest:?}"
    );
}

/// The longest time between two articles enriched.
fn longest_gap(ledger: &Ledger) -> Duration {
    let written: Vec<Timestamp> = ledger
        .stored(Enriched::TOPIC)
        .into_iter()
        .map(|(_, record)| record.written_at)
        .collect();
    let gaps = written
        .windows(2)
        .map(|pair| pair[1].duration_since(pair[0]));
    let longest = gaps.max().unwrap_or_default();
    Duration::try_from(longest).unwrap_or_default()
}

#[test]
fn an_instance_that_stands_by_takes_over_within_thirty_seconds() {
    let _machine = alone();
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let (world, place) = scene(&broker);
    let others = ["fetcher", "cleaner"].map(|service| place.start_service(service));
    let active = place.start_service("enricher");
    let ledger = place.ledger();
    ledger.await_enriched(100, MINUTE, || place.last_words());
    let waiting = place.start_service("enricher");
    let stands_by = || {
        let status = place.ok(&["status"]);
        status
            .lines()
            .any(|line| line.contains("enrich") && line.contains("standing by"))
    };
    await_that(MINUTE, stands_by, || place.last_words());
    active.kill();
    let killed = Instant::now();
    let before = ledger.count(Enriched::TOPIC);
    await_that(
        Duration::from_secs(30),
        || ledger.count(Enriched::TOPIC) > before,
        || format!("nobody took over\n{}", place.last_words()),
    );
    println!("taken over after {:.1?}", killed.elapsed());
    world.newsroom.publish_all();
    ledger.await_enriched(ARTICLES as u64, 2 * MINUTE, || place.last_words());
    assert!(waiting.stop().success());
    for service in others {
        assert!(service.stop().success());
    }
    ledger.assert_conserved(&world.newsroom.truth().articles);
}
