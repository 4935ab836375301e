//! Chance that a seed repeats.

/// A stream of pseudo-random numbers (xorshift).
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        // Neighbouring seeds begin alike: the first numbers show it.
        for _ in 0..8 {
            chance.next();
        }
        chance
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which is not zero.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    /// True in `rate` of a thousand cases.
    pub(super) fn per_mille(&mut self, rate: usize) -> bool {
        rate > 0 && self.below(1000) < rate
    }
}
