//! Several partitions as one sequence.

use crate::log::{Failure, Log, Stored};

use super::part::{Part, Side};

/// The partitions of a step, merged by (event time, side, partition, offset). Within a partition the
/// order of offsets stands, whatever the event times: it is the order in which its stage reads it.
pub(super) struct Merge<L: Log> {
    parts: Vec<Part<L>>,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// A record, with where it is from.
    Record(Side, u32, Stored),
    /// Nothing can be read yet.
    Wait,
    /// All partitions are at their ends.
    End,
}

impl<L: Log> Merge<L> {
    pub(super) fn of(parts: Vec<Part<L>>) -> Self {
        Self { parts }
    }

    /// The next record. Until every partition tells its next one none is given out: which comes first
    /// must not depend on who was read faster.
    pub(super) fn next(&mut self) -> Result<Next, Failure> {
        for part in &mut self.parts {
            if !part.fill()? {
                return Ok(Next::Wait);
            }
        }
        let heads = self.parts.iter_mut().filter_map(|part| {
            let moment = part.head()?;
            Some(((moment, part.side, part.partition), part))
        });
        let Some((_, first)) = heads.min_by_key(|(key, _)| *key) else {
            return Ok(Next::End);
        };
        let (side, partition) = (first.side, first.partition);
        Ok(match first.take() {
            Some(record) => Next::Record(side, partition, record),
            None => Next::End,
        })
    }

    /// How many offsets that were to be read before what was given out since the last call the log no
    /// longer had.
    pub(super) fn take_gone(&mut self) -> u64 {
        self.parts.iter_mut().map(Part::take_gone).sum()
    }
}
