//! How often what goes wrong: a choice of the seed.

use super::chance::Chance;
use super::cluster::Faults;

/// How many of a thousand steps go to what. The rest goes to the threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) marker: usize,
    pub(super) late: usize,
    pub(super) arrival: usize,
    pub(super) crash: usize,
    pub(super) restart: usize,
    pub(super) stall: usize,
    pub(super) rebalance: usize,
    pub(super) hand_over: usize,
    pub(super) timeout: usize,
    pub(super) compaction: usize,
}

impl Rates {
    /// Each seed has troubles of its own: with all of them at once some would hide others.
    pub(super) fn choose(chance: &mut Chance) -> Self {
        let mut one_of = |rates: &[usize]| rates[chance.below(rates.len())];
        Self {
            marker: one_of(&[40, 120, 300]),
            late: one_of(&[5, 30, 100]),
            arrival: one_of(&[10, 50]),
            crash: one_of(&[0, 2, 8]),
            restart: one_of(&[0, 0, 3]),
            stall: one_of(&[0, 2, 8]),
            rebalance: one_of(&[0, 2, 8]),
            hand_over: one_of(&[0, 0, 3]),
            timeout: one_of(&[0, 1, 5]),
            compaction: one_of(&[0, 5]),
        }
    }

    pub(super) fn calm() -> Self {
        Self {
            marker: 200,
            late: 100,
            arrival: 300,
            crash: 0,
            restart: 0,
            stall: 0,
            rebalance: 0,
            hand_over: 0,
            timeout: 20,
            compaction: 0,
        }
    }
}

impl Faults {
    pub(super) fn choose(chance: &mut Chance) -> Self {
        let mut one_of = |rates: &[usize]| rates[chance.below(rates.len())];
        Self {
            lost: one_of(&[0, 15, 60]),
            delayed: one_of(&[0, 15, 60]),
            unanswered: one_of(&[0, 15, 60]),
            doubled: one_of(&[0, 15, 60]),
            unmarked: one_of(&[0, 100, 400]),
        }
    }
}
