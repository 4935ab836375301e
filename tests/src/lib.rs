//! What the tests of the whole have in common: the world ([`World`]), the service under test
//! ([`Service`]), and the books by which it is judged ([`Ledger`]).

mod data;
mod ledger;
mod service;
mod world;

pub use data::shared_data;
pub use ledger::{Entry, Ledger};
pub use service::{Place, Service, binary};
pub use world::World;

use std::time::{Duration, Instant};

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
