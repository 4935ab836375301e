//! Records that are read ahead of their turn.

use std::num::NonZeroUsize;

use super::Replayed;
use super::merge::{Merge, Next};
use super::part::Side;
use crate::dead::Coordinates;
use crate::log::{Failure, Log, Stored};
use crate::stage::Reject;
use crate::staged::caught;
use crate::topics::Topic;

/// How many records, and of how many bytes, are read while those before them are handled: enough that the
/// threads cost nothing, few enough that a transaction is filled in several.
const RECORDS: usize = 64;
const BYTES: usize = 1 << 20;

/// What follows in the sequence, as far as it was read.
pub(super) struct Portion<R> {
    pub(super) taken: Vec<Taken<R>>,
    /// How many offsets before them the log no longer had.
    pub(super) gone: u64,
    pub(super) then: Then,
}

/// What follows a portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Something that is not read yet.
    More,
    /// Nothing that can be read yet.
    Wait,
    /// Nothing.
    End,
}

/// A record that was taken from the sequence.
pub(super) struct Taken<R> {
    pub(super) record: Stored,
    pub(super) of: Of<R>,
}

/// Which topic a record is of.
pub(super) enum Of<R> {
    /// The one that is folded beside.
    Beside,
    Input {
        source: Coordinates,
        read: Result<R, Reject>,
    },
}

impl<R> Default for Portion<R> {
    fn default() -> Self {
        Self {
            taken: Vec::new(),
            gone: 0,
            then: Then::More,
        }
    }
}

impl<R: Send> Portion<R> {
    /// Takes the next records and reads them: on one thread beside the one that decides, and on more where
    /// there are more than two processors.
    pub(super) fn read<L: Log, S: Replayed<Read = R>>(
        merge: &mut Merge<L>,
        stage: &S,
        input: &Topic,
    ) -> Result<Self, Failure> {
        let (records, then) = take(merge)?;
        let gone = merge.take_gone();
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let share = records.len().div_ceil((threads - 1).max(1)).max(1);
        let mut shares = Vec::new();
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            shares.push(records.by_ref().take(share).collect::<Vec<_>>());
        }
        let read = |share: Vec<Record>| -> Vec<Taken<R>> {
            let share = share.into_iter();
            share.map(|record| record.read(stage, input)).collect()
        };
        let last = shares.pop().unwrap_or_default();
        let taken = std::thread::scope(|scope| {
            let others: Vec<_> = shares
                .into_iter()
                .map(|share| scope.spawn(|| read(share)))
                .collect();
            let last = read(last);
            let others = others.into_iter().flat_map(|other| {
                other
                    .join()
                    .expect("a panic becomes a reject, record by record")
            });
            others.chain(last).collect()
        });
        Ok(Self { taken, gone, then })
    }
}

/// A record as it comes from the sequence.
struct Record {
    side: Side,
    partition: u32,
    stored: Stored,
}

impl Record {
    fn read<S: Replayed>(self, stage: &S, input: &Topic) -> Taken<S::Read> {
        let Self {
            side,
            partition,
            stored,
        } = self;
        let of = match side {
            Side::Beside => Of::Beside,
            Side::Input => {
                let source = Coordinates {
                    topic: input.name.clone(),
                    partition,
                    offset: stored.offset,
                    written_at: stored.written_at,
                };
                let read = caught(|| stage.read(&stored, &source));
                Of::Input { read, source }
            }
        };
        Taken { record: stored, of }
    }
}

/// Takes the next records, until they are enough for a portion.
fn take<L: Log>(merge: &mut Merge<L>) -> Result<(Vec<Record>, Then), Failure> {
    let (mut records, mut bytes) = (Vec::new(), 0);
    while records.len() < RECORDS && bytes < BYTES {
        match merge.next()? {
            Next::Record(side, partition, stored) => {
                bytes += stored.value.as_ref().map_or(0, Vec::len);
                records.push(Record {
                    side,
                    partition,
                    stored,
                });
            }
            Next::Wait => return Ok((records, Then::Wait)),
            Next::End => return Ok((records, Then::End)),
        }
    }
    Ok((records, Then::More))
}
