//! State and offset that no longer belong together: a stage with a state refuses to go on.

use std::collections::BTreeMap;

use pipeline::topics::{Topology, names};
use tests::{Broker, BrokerOptions, Ledger, Place};

use crate::said::Said;
use crate::stranger::{delete_topic, move_group};
use crate::{MINUTE, generated};

const ARTICLES: u64 = 24;
const GROUP: &str = "copydesk.enrich";
const INPUT: &str = "articles.cleaned";
const WORDS: &str = "somebody moved the group's offsets";

/// How many records of every topic can be read. What was aborted cannot: a stage that is opened touches what
/// it writes to, so that nothing stays open there.
fn readable(ledger: &Ledger) -> BTreeMap<String, u64> {
    let changelogs = Topology::new(1, |_| None).changelogs().into_iter();
    let topics = names().map(str::to_owned);
    let topics = topics.chain(changelogs.map(|changelog| changelog.name));
    topics
        .map(|topic| {
            let count = ledger.stored(&topic).len() as u64;
            (topic, count)
        })
        .collect()
}

/// The enricher ends by itself, says why, and has written nothing.
#[track_caller]
fn check_refused(place: &Place, ledger: &Ledger, expected: &str) {
    let before = readable(ledger);
    let offset = ledger.committed(GROUP, INPUT, 0);
    let error = Said::of(place.run(&["enricher"])).refused(78);
    let last = error.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("error: enrich articles.cleaned/0: state and offset of ")
            && last.contains(WORDS),
        "{last}"
    );
    assert!(last.contains(expected), "{last}");
    assert_eq!(readable(ledger), before, "nothing is written");
    assert_eq!(ledger.committed(GROUP, INPUT, 0), offset);
}

#[test]
fn a_stage_whose_offset_somebody_moved_refuses_to_run_until_it_is_moved_back() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = generated(ARTICLES as usize, None);
    let place = Place::on_kafka(&world, &servers, &servers, "").with_session(2);
    let ledger = place.ledger();
    let service = place.start();
    ledger.await_enriched(ARTICLES, MINUTE, || place.last_words());
    assert!(service.stop().success());
    let there = ledger.committed(GROUP, INPUT, 0).expect("a stage that ran");

    // Back, and on to the end.
    for moved in [there - 2, there + 1] {
        move_group(&servers, GROUP, INPUT, 0, moved);
        check_refused(
            &place,
            &ledger,
            &format!("at Some({there}), the group at Some({moved})"),
        );
    }
    // Nor is the copy beside the log what it goes by.
    std::fs::remove_dir_all(place.data().join("services")).expect("the copies go");
    check_refused(&place, &ledger, &format!("at Some({there})"));
    move_group(&servers, GROUP, INPUT, 0, there);
    let service = place.start();
    tests::await_that(
        MINUTE,
        || place.ok(&["status"]).contains("enrich    0  running"),
        || place.last_words(),
    );
    assert!(service.stop().success());
    ledger.assert_conserved(&world.newsroom.truth().articles);

    // A changelog that was deleted and made anew holds no state for the group's offset.
    delete_topic(&servers, "copydesk.enrich.changelog");
    place.ok(&["topics", "apply"]);
    check_refused(
        &place,
        &ledger,
        &format!("at None, the group at Some({there})"),
    );
}
