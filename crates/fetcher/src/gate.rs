//! One request at a time a host and an interval between two, over both tasks, all partitions and every
//! hop of a redirect.
//!
//! A frontier already spaces what its own task starts. It cannot see what the other task asks for, nor
//! where a redirect leads: every request passes here. Nobody holds two turns, so nobody waits in a
//! circle.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};
use tokio::time::Instant;

use crate::outcome::Trouble;

/// How long a request waits for its turns, all hops together: it holds a slot meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3 * 60);
/// How long of that where a redirect leads: many may lead to one host, and whoever waits there keeps others
/// from hosts that are free.
pub(crate) const PATIENCE_AT_HOPS: Duration = Duration::from_secs(10);
/// When those that are sent away come back at the latest.
const FARTHEST: Duration = Duration::from_secs(60 * 60);
/// How many hosts are known before those that are free are looked for and forgotten.
const PRUNED_FROM: usize = 1_024;

/// The gates of all hosts. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Gates {
    hosts: Arc<Mutex<Hosts>>,
    interval: Duration,
}

#[derive(Debug)]
struct Hosts {
    gates: BTreeMap<String, Arc<Gate>>,
    /// At how many gates to look for free ones: twice of what the last look left, so that a look
    /// costs little for each host.
    prune_at: usize,
}

#[derive(Debug)]
struct Gate {
    /// Held by whoever asks the host; first come, first served.
    turn: Arc<Queue<()>>,
    /// Nobody asks before.
    free_at: Mutex<Instant>,
    /// Up to when those that were sent away were told to come back.
    places: Mutex<Instant>,
}

/// The right to ask a host. Its interval begins when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    gate: Arc<Gate>,
    interval: Duration,
    _held: OwnedMutexGuard<()>,
}

impl Gates {
    /// All free. `interval` lies between two turns of a host.
    pub(crate) fn new(interval: Duration) -> Self {
        let hosts = Hosts {
            gates: BTreeMap::new(),
            prune_at: PRUNED_FROM,
        };
        Self {
            hosts: Arc::new(Mutex::new(hosts)),
            interval,
        }
    }

    /// Waits for the host's turn, no longer than `patience`.
    ///
    /// # Errors
    /// [`Trouble::Crowded`] where it does not come in that time.
    pub(crate) async fn enter(&self, host: &str, patience: Duration) -> Result<Turn, Trouble> {
        let latest = Instant::now() + patience;
        let gate = self.gate(host);
        let turn = Arc::clone(&gate.turn).lock_owned();
        let Ok(turn) = tokio::time::timeout_at(latest, turn).await else {
            return Err(crowded(host, gate.place(self.interval)));
        };
        loop {
            let (now, free_at) = (Instant::now(), *gate.free_at());
            if free_at <= now {
                break;
            }
            if free_at > latest {
                return Err(crowded(host, free_at - now));
            }
            // It may have been put off when this ends.
            tokio::time::sleep_until(free_at).await;
        }
        Ok(Turn {
            gate,
            interval: self.interval,
            _held: turn,
        })
    }

    /// Has nobody ask a host before `until`.
    pub(crate) fn hold(&self, host: &str, until: Timestamp) {
        let wait = until.duration_since(Timestamp::now());
        if let Ok(wait) = Duration::try_from(wait) {
            self.gate(host).hold(wait);
        }
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        let mut hosts = unpoisoned(&self.hosts);
        if let Some(gate) = hosts.gates.get(host) {
            return Arc::clone(gate);
        }
        if hosts.gates.len() >= hosts.prune_at {
            let now = Instant::now();
            hosts.gates.retain(|_, gate| gate.is_known(now));
            hosts.prune_at = PRUNED_FROM.max(2 * hosts.gates.len());
        }
        let gate = Arc::new(Gate {
            turn: Arc::default(),
            free_at: Mutex::new(Instant::now()),
            places: Mutex::new(Instant::now()),
        });
        hosts.gates.insert(host.to_owned(), Arc::clone(&gate));
        gate
    }
}

impl Gate {
    fn free_at(&self) -> MutexGuard<'_, Instant> {
        unpoisoned(&self.free_at)
    }

    fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut free_at = self.free_at();
        *free_at = until.max(*free_at);
    }

    /// After how long to come back for whoever was sent away: one after the other, or all would crowd here again.
    fn place(&self, interval: Duration) -> Duration {
        let now = Instant::now();
        let mut places = unpoisoned(&self.places);
        let first = now + PATIENCE_AT_HOPS;
        let last = now + FARTHEST;
        *places = (first.max(*places) + interval).min(last);
        *places - now
    }

    /// Whether there is anything to remember: somebody waits or asks, or a wait is not over. To be
    /// asked under the lock of all hosts, so that nobody comes meanwhile.
    fn is_known(self: &Arc<Self>, now: Instant) -> bool {
        Arc::strong_count(self) > 1 || *self.free_at() > now
    }
}

impl Turn {
    /// Has nobody ask the host for `wait`.
    pub(crate) fn hold(&self, wait: Duration) {
        self.gate.hold(wait);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.gate.hold(self.interval);
    }
}

fn crowded(host: &str, wait: Duration) -> Trouble {
    Trouble::Crowded {
        host: host.to_owned(),
        until: Timestamp::now() + wait,
    }
}

/// No panic leaves a half-made change behind these locks.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(40);
    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn turns_are_apart_by_the_interval_a_host() {
        let gates = Gates::new(INTERVAL);
        let first = gates.enter("a", Duration::ZERO).await.expect("it is free");
        let other = gates.enter("b", Duration::ZERO).await;
        assert!(other.is_ok(), "another host is free");
        let release = async move {
            tokio::time::sleep(SOON).await;
            drop(first);
            Instant::now()
        };
        let (second, released) = tokio::join!(gates.enter("a", PATIENCE), release);
        assert!(second.is_ok() && released.elapsed() >= INTERVAL);
    }

    #[tokio::test]
    async fn patience_ends() {
        let gates = Gates::new(Duration::ZERO);
        let turn = gates.enter("a", SOON).await.expect("it is free");
        let started = Instant::now();
        let trouble = gates.enter("a", SOON).await.expect_err("it is taken");
        assert!(matches!(trouble, Trouble::Crowded { .. }), "{trouble}");
        assert!(started.elapsed() >= SOON);
        drop(turn);
        gates.hold("a", Timestamp::now() + Duration::from_secs(600));
        // At once: there is no use in waiting.
        let trouble = gates.enter("a", PATIENCE).await.expect_err("it is held");
        let Trouble::Crowded { until, .. } = trouble else {
            panic!("{trouble}");
        };
        assert!(until > Timestamp::now() + Duration::from_secs(500));
    }

    #[tokio::test]
    async fn who_is_sent_away_comes_back_one_after_the_other() {
        let gates = Gates::new(INTERVAL);
        let _turn = gates.enter("a", SOON).await.expect("it is free");
        let mut until = Vec::new();
        for _ in 0..3 {
            match gates.enter("a", Duration::ZERO).await {
                Err(Trouble::Crowded { until: back, .. }) => until.push(back),
                other => panic!("{other:?}"),
            }
        }
        let apart = |pair: &[Timestamp]| pair[1].duration_since(pair[0]).as_millis() >= 30;
        assert!(until.windows(2).all(apart), "{until:?}");
    }

    #[tokio::test]
    async fn a_hold_counts_for_whoever_waits_already() {
        let gates = Gates::new(INTERVAL);
        drop(gates.enter("a", SOON).await.expect("it is free"));
        let started = Instant::now();
        let hold = async { gates.gate("a").hold(5 * INTERVAL) };
        let (turn, ()) = tokio::join!(gates.enter("a", PATIENCE), hold);
        assert!(turn.is_ok() && started.elapsed() >= 5 * INTERVAL);
    }

    #[tokio::test]
    async fn free_hosts_are_forgotten_and_others_are_not() {
        let gates = Gates::new(Duration::ZERO);
        let turn = gates.enter("busy", SOON).await.expect("it is free");
        gates.gate("held").hold(PATIENCE);
        for n in 0..10 * PRUNED_FROM {
            drop(gates.enter(&n.to_string(), SOON).await);
        }
        let count = unpoisoned(&gates.hosts).gates.len();
        assert!(count <= PRUNED_FROM, "{count}");
        assert!(gates.enter("busy", Duration::ZERO).await.is_err());
        assert!(gates.enter("held", Duration::ZERO).await.is_err());
        drop(turn);
    }
}
