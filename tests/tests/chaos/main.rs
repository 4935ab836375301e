//! Exactly once on a real Apache Kafka while everything that can fail does: processes killed and
//! stopped past their session, the broker killed, requests lost, late, doubled and cut.
//!
//! `TEST_SEED` repeats a run; a failing one keeps the broker's log, the services' logs and the proxy's
//! script, and says where. `TEST_CHAOS=long` is the long form.

mod nemesis;
mod restarts;
mod trial;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tests::is_long;
use trial::{Trial, trial};

/// Trials share the machine; what promises something within seconds has it for itself.
static MACHINE: RwLock<()> = RwLock::new(());

fn shared() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

/// A time for the long form, and for the one of every day.
fn seconds(long: u64, short: u64) -> Duration {
    Duration::from_secs(if is_long() { long } else { short })
}

#[test]
fn kills_and_zombies_lose_nothing_and_double_nothing() {
    let _machine = shared();
    trial(&Trial {
        length: seconds(90, 20),
        processes: true,
        ..Trial::default()
    });
}

#[test]
fn a_broker_that_is_killed_and_a_network_that_fails_lose_nothing_and_double_nothing() {
    let _machine = shared();
    trial(&Trial {
        length: seconds(90, 20),
        broker_kills: if is_long() { 5 } else { 2 },
        network: true,
        ..Trial::default()
    });
}

#[test]
fn everything_at_once_loses_nothing_and_doubles_nothing() {
    // The three-broker variant takes more memory and time than a test of every day may.
    if !is_long() {
        return println!("skipped: everything at once (TEST_CHAOS=long, as in `make chaos`)");
    }
    let _machine = shared();
    for three_nodes in [false, true] {
        trial(&Trial {
            length: Duration::from_secs(120),
            processes: true,
            broker_kills: 5,
            network: !three_nodes,
            three_nodes,
        });
    }
}
