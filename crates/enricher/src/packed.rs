//! Numbers as bits: what an article leaves behind in the window is counted in bytes.

/// Numbers put together bit by bit, from the lowest on.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    pending: u64,
    filled: u32,
}

/// Ones after which a number is written whole: a single far one must not take a thousand bits.
const WHOLE: u32 = 16;
/// Low bits of a count that are written as they are.
const COUNT: u32 = 5;
/// Bits that tell how many low bits of each gap are written as they are.
const LOW: u32 = 5;

impl Writer {
    /// The low `bits` of a number, 32 at the most.
    pub(crate) fn bits(&mut self, number: u32, bits: u32) {
        self.pending |= u64::from(number) << self.filled;
        self.filled += bits;
        while self.filled >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.filled -= 8;
        }
    }

    /// A number that is mostly small, by a Rice code: `low` bits as they are, what is above as so many ones.
    fn rice(&mut self, number: u32, low: u32) {
        let high = number >> low;
        if high >= WHOLE {
            self.bits((1 << WHOLE) - 1, WHOLE);
            self.bits(number, 32);
        } else {
            self.bits((1 << high) - 1, high + 1);
            self.bits(number & ((1 << low) - 1), low);
        }
    }

    pub(crate) fn count(&mut self, number: usize) {
        self.rice(number as u32, COUNT);
    }

    /// A number below `bound`, in the same bits for all or in one bit less for the first of them.
    pub(crate) fn below(&mut self, number: u32, bound: u32) {
        let (bits, short) = lengths(bound);
        if number < short {
            self.bits(number, bits);
        } else {
            // The bit that tells it from a short one stands last: it is read last.
            let number = number + short;
            self.bits(number >> 1, bits);
            self.bits(number & 1, 1);
        }
    }

    /// Numbers that never fall, as their differences: 13 bits each for three hundred terms of a million.
    pub(crate) fn rising(&mut self, numbers: &[u32]) {
        self.count(numbers.len());
        let Some(&last) = numbers.last() else { return };
        // What takes least where the gaps are as they come by chance: .69 of the mean.
        let mean = u64::from(last) * 11 / 16 / numbers.len() as u64;
        let low = mean.max(1).ilog2();
        self.bits(low, LOW);
        let mut before = 0;
        for &number in numbers {
            self.rice(number - before, low);
            before = number;
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}

/// Bits of the shorter numbers below `bound`, and how many of them there are.
fn lengths(bound: u32) -> (u32, u32) {
    let bits = bound.max(1).ilog2();
    (bits, (2 << bits) - bound.max(1))
}

/// Reads what a [`Writer`] wrote, in the same order. Past the end there are zeros.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    pending: u64,
    filled: u32,
    /// Bits that were asked for past the end.
    missing: u32,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            pending: 0,
            filled: 0,
            missing: 0,
        }
    }

    /// Whether more was read than there is.
    pub(crate) fn is_past_end(&self) -> bool {
        self.missing > 0
    }

    /// Makes at least 32 bits available.
    #[inline]
    fn fill(&mut self) {
        if self.filled > 32 {
            return;
        }
        if let Some((word, rest)) = self.bytes.split_first_chunk::<4>() {
            self.pending |= u64::from(u32::from_le_bytes(*word)) << self.filled;
            self.filled += 32;
            self.bytes = rest;
            return;
        }
        while let Some((&byte, rest)) = self.bytes.split_first()
            && self.filled <= 56
        {
            self.pending |= u64::from(byte) << self.filled;
            self.filled += 8;
            self.bytes = rest;
        }
    }

    #[inline]
    fn skip(&mut self, bits: u32) {
        self.pending >>= bits;
        self.missing = self
            .missing
            .saturating_add(bits.saturating_sub(self.filled));
        self.filled = self.filled.saturating_sub(bits);
    }

    #[inline]
    pub(crate) fn bits(&mut self, bits: u32) -> u32 {
        self.fill();
        let number = self.pending & ((1 << bits) - 1);
        self.skip(bits);
        number as u32
    }

    #[inline]
    fn rice(&mut self, low: u32) -> u32 {
        self.fill();
        let high = (self.pending as u32).trailing_ones();
        let bits = high + 1 + low;
        if high < WHOLE && bits <= self.filled {
            let number = self.pending >> (high + 1) & ((1 << low) - 1);
            self.pending >>= bits;
            self.filled -= bits;
            return high << low | number as u32;
        }
        if high >= WHOLE {
            self.skip(WHOLE);
            return self.bits(32);
        }
        self.skip(high + 1);
        high << low | self.bits(low)
    }

    pub(crate) fn count(&mut self) -> usize {
        self.rice(COUNT) as usize
    }

    #[inline]
    pub(crate) fn below(&mut self, (bits, short): (u32, u32)) -> u32 {
        let number = self.bits(bits);
        if number < short {
            number
        } else {
            (number << 1 | self.bits(1)) - short
        }
    }

    /// As many numbers below `bound` as are taken.
    pub(crate) fn all_below(&mut self, bound: u32) -> impl Iterator<Item = u32> {
        let lengths = lengths(bound);
        std::iter::repeat_with(move || self.below(lengths))
    }

    /// The numbers that [`Writer::rising`] wrote, of which there are no more than `most`. They must be taken
    /// to the last for what stands behind them to be read.
    pub(crate) fn rising(&mut self, most: usize) -> Rising<'_, 'a> {
        let count = self.count().min(most);
        let low = if count > 0 { self.bits(LOW) } else { 0 };
        Rising {
            reader: self,
            count,
            low,
            number: 0,
        }
    }
}

/// Numbers that never fall.
pub(crate) struct Rising<'r, 'a> {
    reader: &'r mut Reader<'a>,
    count: usize,
    low: u32,
    number: u32,
}

impl Iterator for Rising<'_, '_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.count = self.count.checked_sub(1)?;
        self.number = self.number.wrapping_add(self.reader.rice(self.low));
        Some(self.number)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count, Some(self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            mut far in prop::collection::vec(any::<u32>(), 0..50),
            mut terms in prop::collection::vec(0..1u32 << 20, 0..400),
            bound in 1..5_000u32,
        ) {
            far.sort_unstable();
            terms.sort_unstable();
            let low: Vec<u32> = terms.iter().map(|term| term % bound).collect();
            let mut writer = Writer::default();
            writer.rising(&far);
            for &number in &low {
                writer.below(number, bound);
            }
            writer.rising(&terms);
            writer.rising(&[]);
            writer.count(low.len());
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.rising(50).collect::<Vec<_>>(), far);
            prop_assert_eq!(reader.all_below(bound).take(low.len()).collect::<Vec<_>>(), &low[..]);
            prop_assert_eq!(reader.rising(400).collect::<Vec<_>>(), terms);
            prop_assert_eq!(reader.rising(1).count(), 0);
            prop_assert_eq!(reader.count(), low.len());
            prop_assert!(!reader.is_past_end());
        }

        /// Nothing that is read from a file makes it panic, or go on for ever.
        #[test]
        fn anything_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60), bound in 0..5_000u32) {
            let mut reader = Reader::new(&bytes);
            prop_assert!(reader.rising(1_000).count() <= 1_000);
            prop_assert!(reader.all_below(bound).take(1_000).all(|number| number < bound.max(1)));
            _ = reader.count();
        }
    }
}
