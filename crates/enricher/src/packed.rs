//! Numbers as bytes: what an article leaves behind in the window is counted in bytes.

use std::borrow::Cow;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Bytes that the state stores as they are. A plain `Vec<u8>` would be stored as a list of numbers,
/// at half as much again. What is read from the state lies where it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packed<'a>(Cow<'a, [u8]>);

/// Low bits of a gap that are written as they are. Some 300 terms of a million lie 3,500 apart.
const LOW: u32 = 11;

impl Packed<'_> {
    /// Packs numbers that rise far, as their differences (a Rice code): 13 bits each for terms.
    pub(crate) fn of_spread(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut bits = Bits::default();
        let mut before = 0;
        for number in numbers {
            let gap = number - before;
            before = number;
            for _ in 0..gap >> LOW {
                bits.put(1, 1);
            }
            bits.put(0, 1);
            bits.put(gap & ((1 << LOW) - 1), LOW);
        }
        Self(bits.finish().into())
    }

    /// The `count` numbers of [`Packed::of_spread`].
    pub(crate) fn spread(&self, count: usize) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = self.0.iter();
        let (mut pending, mut filled) = (0u64, 0u32);
        let mut number = 0u32;
        (0..count).map_while(move |_| {
            let mut high = 0;
            loop {
                while filled <= 56 {
                    let Some(&byte) = bytes.next() else { break };
                    pending |= u64::from(byte) << filled;
                    filled += 8;
                }
                let ones = pending.trailing_ones().min(filled);
                if ones == filled && filled == 0 {
                    return None;
                }
                high += ones;
                if ones == filled {
                    (pending, filled) = (0, 0);
                    continue;
                }
                pending >>= ones;
                filled -= ones;
                break;
            }
            while filled < LOW + 1 {
                pending |= u64::from(*bytes.next()?) << filled;
                filled += 8;
            }
            pending >>= 1;
            let low = pending as u32 & ((1 << LOW) - 1);
            pending >>= LOW;
            filled -= LOW + 1;
            number = number.wrapping_add(high << LOW | low);
            Some(number)
        })
    }

    /// Packs numbers that never fall, as their differences: about 2 bytes each for terms.
    pub(crate) fn of_rising(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut bytes = Vec::new();
        let mut before = 0;
        for number in numbers {
            let mut gap = number - before;
            before = number;
            while gap >= 0x80 {
                bytes.push(gap as u8 | 0x80);
                gap >>= 7;
            }
            bytes.push(gap as u8);
        }
        Self(bytes.into())
    }

    /// The numbers that never fall.
    pub(crate) fn rising(&self) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = self.0.iter();
        let mut number = 0u32;
        std::iter::from_fn(move || {
            let mut gap = 0u32;
            let mut shift = 0;
            loop {
                let byte = *bytes.next()?;
                gap |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            number = number.wrapping_add(gap);
            Some(number)
        })
    }
}

/// Numbers put together bit by bit, from the lowest on.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    filled: u32,
}

impl Bits {
    fn put(&mut self, number: u32, bits: u32) {
        self.pending |= u64::from(number) << self.filled;
        self.filled += bits;
        while self.filled >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.filled -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}

impl Packed<'_> {
    /// Packs numbers below `1 << bits` in so many bits each. How many there are is not kept.
    pub(crate) fn of_bits(numbers: impl IntoIterator<Item = u32>, bits: u32) -> Self {
        let mut packed = Bits::default();
        for number in numbers {
            packed.put(number, bits);
        }
        Self(packed.finish().into())
    }

    /// The numbers of [`Packed::of_bits`], then as many zeros as fit into the last byte.
    pub(crate) fn bits(&self, bits: u32) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = self.0.iter();
        let (mut pending, mut filled) = (0u64, 0);
        std::iter::from_fn(move || {
            while filled < bits {
                pending |= u64::from(*bytes.next()?) << filled;
                filled += 8;
            }
            let number = pending & ((1 << bits) - 1);
            pending >>= bits;
            filled -= bits;
            Some(number as u32)
        })
    }
}

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Packed<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(BytesVisitor).map(Self)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(Cow::Owned(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            mut numbers in prop::collection::vec(any::<u32>(), 0..50),
            mut terms in prop::collection::vec(0..1u32 << 20, 0..400),
            bits in 1..20u32,
        ) {
            numbers.sort_unstable();
            let packed = Packed::of_rising(numbers.clone());
            prop_assert_eq!(packed.rising().collect::<Vec<_>>(), numbers);
            let json = serde_json::to_vec(&packed).expect("bytes serialise");
            prop_assert_eq!(serde_json::from_slice::<Packed<'_>>(&json).expect("they read"), packed);
            let low: Vec<u32> = terms.iter().map(|term| term & ((1 << bits) - 1)).collect();
            let packed = Packed::of_bits(low.clone(), bits);
            prop_assert_eq!(packed.bits(bits).take(low.len()).collect::<Vec<_>>(), low);
            terms.sort_unstable();
            let packed = Packed::of_spread(terms.clone());
            prop_assert_eq!(packed.spread(terms.len()).collect::<Vec<_>>(), terms);
        }

        /// Nothing that is read from a file makes it panic, or go on for ever.
        #[test]
        fn anything_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60), bits in 1..20u32) {
            let packed = Packed(bytes.into());
            prop_assert!(packed.spread(1_000).count() <= 1_000);
            prop_assert!(packed.rising().count() <= 60);
            prop_assert!(packed.bits(bits).count() <= 480);
        }
    }
}
