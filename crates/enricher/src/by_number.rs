//! Tables by numbers that nobody chooses to collide: an article asks for thousands.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::reading::mix;

/// Hashes a number by a multiplication.
#[derive(Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(byte.into());
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        // Tables take their places from the low bits and their tags from the high ones.
        self.0 = mix(self.0.rotate_left(23) ^ number).rotate_left(29);
    }
}

type Hashed = BuildHasherDefault<NumberHasher>;

/// A table by numbers of 32 bits.
pub(crate) type ByNumber<T> = HashMap<u32, T, Hashed>;

/// A set of numbers of 64 bits.
pub(crate) type Numbers = HashSet<u64, Hashed>;
