//! What must always hold, in one place: the task asserts it while it works (in builds with debug
//! assertions), the simulation checks it after every schedule, and the kill tests judge by it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::log::{Offset, Stored};

/// An invariant that does not hold, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Input was handed out again, or out of order.
    #[error("the batch at {found} does not come after {expected}: input is handled twice")]
    InputWentBack {
        /// The offset before which everything is handled.
        expected: Offset,
        /// The offset that was read.
        found: Offset,
    },
    /// A task would commit an offset behind the one it has.
    #[error("the offset goes back from {from} to {to}")]
    OffsetWentBack {
        /// What is committed.
        from: Offset,
        /// What would be.
        to: Offset,
    },
    /// The state is not the one that belongs to the committed offset.
    #[error("the state stands at {state:?}, the group at {committed:?}")]
    StateApart {
        /// The position that the state carries.
        state: Option<Offset>,
        /// The group's offset.
        committed: Option<Offset>,
    },
    /// Something that went in did not come out.
    #[error("lost: {0}")]
    Lost(String),
    /// Something came out more than once.
    #[error("doubled: {0}")]
    Doubled(String),
    /// Something came out that never went in.
    #[error("invented: {0}")]
    Invented(String),
    /// Something came out in another order than it went in.
    #[error("out of order: {0}")]
    OutOfOrder(String),
}

/// A batch begins where the task stands, or after it (offsets have holes), and ascends.
///
/// # Errors
/// [`Broken::InputWentBack`].
pub fn batch_follows(next: Offset, batch: &[Stored]) -> Result<(), Broken> {
    let mut expected = next;
    for record in batch {
        if record.offset < expected {
            return Err(Broken::InputWentBack {
                expected,
                found: record.offset,
            });
        }
        expected = record.offset + 1;
    }
    Ok(())
}

/// A group's offset never goes back.
///
/// # Errors
/// [`Broken::OffsetWentBack`].
pub fn offset_moves_on(from: Offset, to: Offset) -> Result<(), Broken> {
    if to < from {
        return Err(Broken::OffsetWentBack { from, to });
    }
    Ok(())
}

/// State and offset name the same position: they are committed together or not at all.
///
/// # Errors
/// [`Broken::StateApart`].
pub fn state_is_at_offset(state: Option<Offset>, committed: Option<Offset>) -> Result<(), Broken> {
    if state == committed {
        return Ok(());
    }
    Err(Broken::StateApart { state, committed })
}

/// Conservation: each expected thing is found exactly once, and nothing else is.
///
/// # Errors
/// The first [`Broken::Doubled`], [`Broken::Lost`] or [`Broken::Invented`], in this order.
pub fn conserved<T: Ord + Debug>(
    expected: impl IntoIterator<Item = T>,
    found: impl IntoIterator<Item = T>,
) -> Result<(), Broken> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for thing in found {
        *counts.entry(thing).or_insert(0) += 1;
    }
    let describe = |things: Vec<&T>| {
        let shown: Vec<_> = things.iter().take(3).collect();
        format!("{} in all, such as {shown:?}", things.len())
    };
    let doubled = counts.iter().filter(|(_, count)| **count > 1);
    let doubled: Vec<&T> = doubled.map(|(thing, _)| thing).collect();
    if !doubled.is_empty() {
        return Err(Broken::Doubled(describe(doubled)));
    }
    let mut lost = Vec::new();
    for thing in expected {
        if counts.remove(&thing).is_none() {
            lost.push(thing);
        }
    }
    if !lost.is_empty() {
        return Err(Broken::Lost(describe(lost.iter().collect())));
    }
    if counts.is_empty() {
        return Ok(());
    }
    Err(Broken::Invented(describe(counts.keys().collect())))
}

/// What was made from one input partition stands in one output partition in the input's order.
/// `sources` are the input's partition and offset of each output record, in the output's order.
///
/// # Errors
/// [`Broken::OutOfOrder`].
pub fn in_order(sources: impl IntoIterator<Item = (u32, Offset)>) -> Result<(), Broken> {
    let mut last: BTreeMap<u32, Offset> = BTreeMap::new();
    for (partition, offset) in sources {
        if let Some(before) = last.insert(partition, offset)
            && before > offset
        {
            return Err(Broken::OutOfOrder(format!(
                "{partition}/{offset} comes after {partition}/{before}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: &[u8], found: &[u8], broken: Option<&str>) {
        let judged = conserved(expected, found)
            .err()
            .map(|broken| broken.to_string());
        assert_eq!(judged.as_deref(), broken);
    }

    #[test]
    fn conservation_names_what_is_wrong() {
        check(&[1, 2, 3], &[3, 1, 2], None);
        check(&[1, 2], &[1], Some("lost: 1 in all, such as [2]"));
        check(&[1, 2], &[1, 2, 2], Some("doubled: 1 in all, such as [2]"));
        check(&[1], &[1, 4], Some("invented: 1 in all, such as [4]"));
        check(&[], &[], None);
    }

    #[test]
    fn order_is_each_partitions_own() {
        assert_eq!(in_order([(0, 1), (1, 0), (0, 2), (1, 5), (0, 2)]), Ok(()));
        assert!(in_order([(0, 1), (1, 0), (0, 0)]).is_err());
    }
}
