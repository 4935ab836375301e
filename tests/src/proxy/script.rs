//! The rules in force, what they struck, and the counts.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::rules::{ApiKey, Fault, Rule};

/// What all connections of a proxy share.
#[derive(Debug)]
pub(super) struct Script {
    seed: u64,
    began: Instant,
    calmed: watch::Sender<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Every rule ever given. A rule's place is part of its seed, so none is ever removed.
    rules: Vec<Given>,
    counts: BTreeMap<(ApiKey, &'static str), u64>,
}

#[derive(Debug)]
struct Given {
    rule: Rule,
    from: Duration,
    until: Option<Duration>,
    /// How many requests it judged, and how many of them it struck.
    judged: u64,
    struck: u32,
}

/// What is to happen to one request.
pub(super) struct Verdict {
    /// `None` lets it pass.
    pub(super) fault: Option<Fault>,
    calmed: watch::Receiver<()>,
}

impl Verdict {
    /// Waits for `delay`, or until the proxy is calmed.
    pub(super) async fn hold(&mut self, delay: Duration) {
        // An elapsed delay and a calmed proxy mean the same: the request goes on.
        let _ = tokio::time::timeout(delay, self.calmed.changed()).await;
    }
}

impl Script {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            began: Instant::now(),
            calmed: watch::Sender::new(()),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that panics must still get its script.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn give(&self, rule: Rule) {
        assert!(
            (0.0..=1.0).contains(&rule.chance),
            "chance {}: give a number from 0 to 1",
            rule.chance
        );
        assert!(
            rule.fault != Fault::Slice(0),
            "slices of 0 bytes: give a size of 1 or more"
        );
        let given = Given {
            rule,
            from: self.began.elapsed(),
            until: None,
            judged: 0,
            struck: 0,
        };
        self.state().rules.push(given);
    }

    pub(super) fn calm(&self) {
        let mut state = self.state();
        let now = self.began.elapsed();
        for given in &mut state.rules {
            given.until.get_or_insert(now);
        }
        // Under the lock: a verdict is either before this and hears it, or after and finds no rule.
        self.calmed.send_replace(());
    }

    /// Judges a request of `api`, which is counted as seen.
    pub(super) fn judge(&self, api: ApiKey) -> Verdict {
        let mut state = self.state();
        *state.counts.entry((api, "seen")).or_default() += 1;
        let mut fault = None;
        for (place, given) in state.rules.iter_mut().enumerate() {
            if given.rule.api != api || given.until.is_some() {
                continue;
            }
            // Drawn also where an earlier rule has struck, so that rules do not shift each other.
            let draw = draw(self.seed, place as u64, given.judged);
            given.judged += 1;
            let rests = given.rule.times.is_some_and(|times| given.struck >= times);
            if fault.is_none() && !rests && draw < given.rule.chance {
                given.struck += 1;
                fault = Some(given.rule.fault);
            }
        }
        Verdict {
            fault,
            calmed: self.calmed.subscribe(),
        }
    }

    pub(super) fn count(&self, api: ApiKey, what: &'static str) {
        *self.state().counts.entry((api, what)).or_default() += 1;
    }

    pub(super) fn counts(&self) -> BTreeMap<(i16, &'static str), u64> {
        let state = self.state();
        let counts = state.counts.iter();
        counts
            .map(|(&(api, what), &count)| ((api.0, what), count))
            .collect()
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        writeln!(f, "seed {}", self.seed)?;
        for (place, given) in state.rules.iter().enumerate() {
            write!(f, "rule {place}: {}; from {:.3?}", given.rule, given.from)?;
            if let Some(until) = given.until {
                write!(f, " to {until:.3?}")?;
            }
            writeln!(f, "; struck {} of {}", given.struck, given.judged)?;
        }
        for ((api, what), count) in &state.counts {
            writeln!(f, "{api} {what}: {count}")?;
        }
        Ok(())
    }
}

/// A number from 0 up to but not 1, for the `nth` request that a rule judges. A function rather than a
/// stream: connections race, and a stream would give their draws in another order in every run.
fn draw(seed: u64, rule: u64, nth: u64) -> f64 {
    let of_rule = mixed(seed.wrapping_add(mixed(rule.wrapping_add(1))));
    let bits = mixed(of_rule.wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    // 53 bits are what a double holds exactly.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Spreads each bit over all (the finalizer of SplitMix64).
fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
