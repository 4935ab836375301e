//! What the tests of the whole have in common: the world ([`World`]), the service under test
//! ([`Service`]), and the books by which it is judged ([`Ledger`]).

mod broker;
mod data;
mod fleet;
mod ledger;
mod peer;
mod proxy;
mod random;
mod scrape;
mod service;
mod world;

pub use broker::{Broker, BrokerOptions, kafka_script};
pub use data::shared_data;
pub use fleet::{Casualties, Fleet, SERVICES};
pub use ledger::{Entry, Ledger};
pub use peer::feedparser;
pub use proxy::{ApiKey, Fault, Proxy, ProxyPort, Rule};
pub use random::Random;
pub use scrape::{Family, Sample, Scrape, ask};
pub use service::{Place, Service, binary};
pub use world::World;

use std::time::{Duration, Instant};

/// Whether the long form of the tests with faults is asked for: `TEST_CHAOS=long`, as `make chaos`
/// does.
pub fn is_long() -> bool {
    std::env::var("TEST_CHAOS").is_ok_and(|form| form == "long")
}

/// Waits until `holds`, at most `patience`; panics with what `describe` says then.
#[track_caller]
pub fn await_that(
    patience: Duration,
    mut holds: impl FnMut() -> bool,
    describe: impl FnOnce() -> String,
) {
    let deadline = Instant::now() + patience;
    while !holds() {
        assert!(
            Instant::now() < deadline,
            "not within {patience:?}: {}",
            describe()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
