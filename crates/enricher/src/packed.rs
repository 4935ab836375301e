//! Numbers as bytes: what an article leaves behind in the window is counted in bytes.

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Bytes that the state stores as they are. A plain `Vec<u8>` would be stored as a list of numbers,
/// at half as much again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// Packs fingerprints in their order, 4 bytes each.
    pub(crate) fn of_words(words: impl IntoIterator<Item = u32>) -> Self {
        let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
        bytes.shrink_to_fit();
        Self(bytes)
    }

    /// The fingerprints in their order.
    pub(crate) fn words(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
        self.0
            .chunks_exact(4)
            .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
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
        bytes.shrink_to_fit();
        Self(bytes)
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

impl Packed {
    /// Packs numbers below `1 << bits` in so many bits each. How many there are is not kept.
    pub(crate) fn of_bits(numbers: impl IntoIterator<Item = u32>, bits: u32) -> Self {
        let mut bytes = Vec::new();
        let (mut pending, mut filled) = (0u64, 0);
        for number in numbers {
            pending |= u64::from(number) << filled;
            filled += bits;
            while filled >= 8 {
                bytes.push(pending as u8);
                pending >>= 8;
                filled -= 8;
            }
        }
        if filled > 0 {
            bytes.push(pending as u8);
        }
        bytes.shrink_to_fit();
        Self(bytes)
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

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor).map(Self)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(mut numbers in prop::collection::vec(any::<u32>(), 0..50)) {
            let packed = Packed::of_words(numbers.clone());
            prop_assert_eq!(packed.words().collect::<Vec<_>>(), numbers.clone());
            numbers.sort_unstable();
            let packed = Packed::of_rising(numbers.clone());
            prop_assert_eq!(packed.rising().collect::<Vec<_>>(), numbers);
            let json = serde_json::to_vec(&packed).expect("bytes serialise");
            prop_assert_eq!(serde_json::from_slice::<Packed>(&json).expect("they read"), packed);
        }
    }
}
