//! Chance that can be had again.

use std::time::{SystemTime, UNIX_EPOCH};

/// A small generator of our own: a schedule of faults must be repeatable from its seed.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// From `TEST_SEED` or the clock; the seed is printed.
    pub fn seeded() -> Self {
        let given = std::env::var("TEST_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .expect("after 1970");
            now.as_nanos() as u64
        });
        println!("TEST_SEED={seed}");
        Self(seed | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        &these[self.below(these.len() as u64) as usize]
    }
}
