//! Members that are fenced: by themselves, where the broker stood still, and by another process of their name.

use std::time::Duration;

use tests::{Broker, BrokerOptions, Place, Service, World, await_that};

use crate::{MINUTE, generated};

const ARTICLES: u64 = 300;
/// Seconds after which a member that is not heard of counts as gone.
const SESSION: u64 = 2;
/// For how long the broker stands still, in milliseconds: about a session and more, so that members lose touch
/// in every state, and again while they are on their way back in. At last for longer than the controller waits
/// for the broker, so that the cluster's list is empty for a moment: clients that see it forget everything.
const STILL: [u64; 6] = [2_100, 4_200, 1_900, 2_500, 2_300, 6_000];
/// What a member says that was fenced by itself.
const ANEW: &str = "fenced after it: joining anew";

#[test]
fn a_broker_that_stands_still_ends_no_process_and_loses_nothing() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = generated(usize::try_from(ARTICLES).expect("a count"), Some(10.0));
    let place = Place::on_kafka(&world, &servers, &servers, "").with_session(SESSION);
    let mut service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(1, MINUTE, || place.last_words());
    let said = || std::fs::read_to_string(place.file("run.err")).expect("it logs");
    // Nearly always soon; which request is under way when the broker stands still is chance.
    for (number, still) in STILL.into_iter().cycle().take(24).enumerate() {
        if number >= STILL.len() && said().contains(ANEW) {
            break;
        }
        broker.freeze(1);
        std::thread::sleep(Duration::from_millis(still));
        broker.thaw(1);
        std::thread::sleep(Duration::from_millis(still / 2));
        assert!(service.is_running(), "{}", place.last_words());
    }
    ledger.await_enriched(ARTICLES, 2 * MINUTE, || place.last_words());
    assert!(said().contains(ANEW), "nobody was fenced: {}", said());
    assert!(service.is_running(), "{}", place.last_words());
    assert!(service.stop().success(), "{}", place.last_words());
    ledger.assert_conserved(&world.newsroom.truth().articles);
}

#[test]
fn of_two_processes_with_one_name_the_older_ends() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let world = generated(10, None);
    let start = |world: &World| -> (Place, Service) {
        let servers = broker.bootstrap();
        let place = Place::on_kafka(world, &servers, &servers, "").with_session(SESSION);
        let file = place.file("copydesk.toml");
        let config = std::fs::read_to_string(&file).expect("the configuration reads");
        // The last table is [kafka].
        std::fs::write(file, config + "instance = \"twin\"\n").expect("it is written");
        let service = place.start_service("enricher");
        let is_at_work = || place.ok(&["status"]).contains("enrich    0  running");
        await_that(MINUTE, is_at_work, || place.last_words());
        (place, service)
    };
    let (older, mut first) = start(&world);
    let (newer, mut second) = start(&world);
    await_that(MINUTE, || !first.is_running(), || older.last_words());
    let said = older.last_words();
    assert!(said.contains("another process has joined group"), "{said}");
    assert!(!said.contains(ANEW), "{said}");
    assert!(second.is_running(), "{}", newer.last_words());
    assert!(second.stop().success(), "{}", newer.last_words());
}
