//! A broker that stands still for longer than the sessions of its groups, again and again.

use std::time::Duration;

use tests::{Broker, BrokerOptions, Place};

use crate::{MINUTE, generated};

const ARTICLES: u64 = 300;
/// Seconds after which a member that is not heard of counts as gone.
const SESSION: u64 = 2;
/// For how long the broker stands still. About a session, so that members lose touch in every state: the
/// last one while others are on their way back in.
const STILL: [u64; 6] = [2100, 4200, 1900, 2500, 2300, 6000];

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
    for still in STILL {
        broker.freeze(1);
        std::thread::sleep(Duration::from_millis(still));
        broker.thaw(1);
        std::thread::sleep(Duration::from_millis(still / 2));
        assert!(service.is_running(), "{}", place.last_words());
    }
    ledger.await_enriched(ARTICLES, 2 * MINUTE, || place.last_words());
    assert!(service.is_running(), "{}", place.last_words());
    assert!(service.stop().success(), "{}", place.last_words());
    ledger.assert_conserved(&world.newsroom.truth().articles);
}
