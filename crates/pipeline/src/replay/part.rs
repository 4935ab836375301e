//! One partition as a replay reads it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::topics::{Topic, Topology};
use crate::waker::Waker;

/// How much of a partition is read ahead: all of them together are in memory.
const AHEAD: Limits = Limits {
    records: 200,
    bytes: 1 << 20,
};
/// How long a partition is waited for at a time whose records are written and not committed yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// After how long that is told, and after how long it is given up: transactions end within a minute or two.
const LONG: Duration = Duration::from_secs(30);
const TOO_LONG: Duration = Duration::from_secs(300);

/// Which of a stage's topics a record is of. At the same moment, what is folded beside comes first:
/// a page is fetched after it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Beside,
    Input,
}

/// A partition, read from an offset to an end.
pub(super) struct Part<L: Log> {
    pub(super) side: Side,
    pub(super) partition: u32,
    log: L,
    topic: String,
    reader: L::Reader,
    /// The offset after the last record that was read.
    reached: Offset,
    /// See [`Reach::new`].
    new: Offset,
    end: Offset,
    ahead: VecDeque<Ahead>,
    /// How many offsets before the records that were taken the log no longer had.
    gone: u64,
    /// The event time of the last record that has one: those that have none go with it.
    moment: Timestamp,
    waker: Waker,
    standstill: Standstill,
}

/// For how long nothing could be read that is to come.
#[derive(Debug, Default)]
struct Standstill {
    since: Option<Instant>,
    is_told: bool,
}

/// What to do about a standstill.
#[derive(Debug, PartialEq, Eq)]
enum Lasts {
    Shortly,
    /// Long enough to tell of it, once.
    Long,
    TooLong,
}

impl Standstill {
    fn lasts(&mut self, now: Instant) -> Lasts {
        let lasted = now - *self.since.get_or_insert(now);
        if lasted > TOO_LONG {
            return Lasts::TooLong;
        }
        if lasted > LONG && !self.is_told {
            self.is_told = true;
            return Lasts::Long;
        }
        Lasts::Shortly
    }
}

/// Which offsets of a partition are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) from: Offset,
    /// What lies before was handled by an earlier try, and is missed no more where it is gone.
    pub(super) new: Offset,
    pub(super) end: Offset,
}

/// A record that was read ahead.
struct Ahead {
    moment: Timestamp,
    record: Stored,
    /// How many offsets before it the log no longer had.
    gone: u64,
}

impl<L: Log> Part<L> {
    pub(super) fn open(
        log: &L,
        side: Side,
        topic: &Topic,
        partition: u32,
        Reach { from, new, end }: Reach,
    ) -> Result<Self, Failure> {
        let waker = Waker::default();
        Ok(Self {
            side,
            partition,
            log: log.clone(),
            topic: topic.name.clone(),
            reader: log.reader(&topic.name, partition, from, waker.clone())?,
            reached: from,
            new,
            end,
            ahead: VecDeque::new(),
            gone: 0,
            // Also after a kill. Whatever has no time of its own follows the record before it at once, so
            // where that one was the last that was handled, this one is the next: before all others.
            moment: Timestamp::MIN,
            waker,
            standstill: Standstill::default(),
        })
    }

    /// Reads ahead where nothing is. False where nothing can be read yet that is to come: it was
    /// written by a transaction that has not ended.
    pub(super) fn fill(&mut self) -> Result<bool, Failure> {
        if !self.ahead.is_empty() || self.is_read() {
            return Ok(true);
        }
        let records = self.reader.read(AHEAD)?;
        if records.is_empty() && !self.is_read() {
            self.stand_still()?;
            self.waker.wait(LOOK_AGAIN);
            return Ok(false);
        }
        self.standstill = Standstill::default();
        let dropped = self.dropped(&records)?;
        for record in records {
            if record.offset < self.end {
                let told = record.value.as_deref().and_then(article::event_time);
                self.moment = told.unwrap_or(self.moment);
                let missed = self.reached.max(self.new);
                let gone = dropped.min(record.offset).saturating_sub(missed);
                self.reached = record.offset + 1;
                self.ahead.push_back(Ahead {
                    moment: self.moment,
                    record,
                    gone,
                });
            }
        }
        if self.is_read() && self.ahead.is_empty() {
            let missed = self.reached.max(self.new);
            self.gone += dropped.min(self.end).saturating_sub(missed);
            self.reached = self.end;
        }
        Ok(true)
    }

    fn stand_still(&mut self) -> Result<(), Failure> {
        let (topic, partition) = (&self.topic, self.partition);
        let offset = self.reader.position();
        match self.standstill.lasts(Instant::now()) {
            Lasts::Shortly => Ok(()),
            Lasts::Long => {
                tracing::warn!(
                    topic,
                    partition,
                    offset,
                    "waiting: nothing could be read for {LONG:?} though more was written; a transaction \
                     that has not ended holds it back"
                );
                Ok(())
            }
            Lasts::TooLong => Err(Failure::Retry(format!(
                "{topic}/{partition} has records from offset {offset} on that could not be read for \
                 {TOO_LONG:?}: a transaction that has not ended holds them back"
            ))),
        }
    }

    /// The offset before which retention has dropped everything, where the records leave something out.
    /// Most of what they leave out was never a record: offsets have holes.
    fn dropped(&self, records: &[Stored]) -> Result<Offset, Failure> {
        let mut reached = self.reached;
        let follows = |record: &Stored| {
            let follows = record.offset == reached;
            reached = record.offset + 1;
            follows
        };
        if !records.is_empty() && records.iter().all(follows) {
            return Ok(0);
        }
        Ok(self.log.bounds(&self.topic, self.partition)?.start)
    }

    fn is_read(&self) -> bool {
        self.reader.position() >= self.end
    }

    /// The event time of the next record, where there is one.
    pub(super) fn head(&self) -> Option<Timestamp> {
        self.ahead.front().map(|ahead| ahead.moment)
    }

    /// Takes the next record.
    pub(super) fn take(&mut self) -> Option<Stored> {
        let ahead = self.ahead.pop_front()?;
        self.gone += ahead.gone;
        Some(ahead.record)
    }

    /// How many offsets before what was taken since the last call the log no longer had.
    pub(super) fn take_gone(&mut self) -> u64 {
        std::mem::take(&mut self.gone)
    }
}

/// A topic of the topology.
pub(super) fn topic_of<'a>(topology: &'a Topology, base: &str) -> &'a Topic {
    topology
        .topic(base)
        .expect("every message's topic is part of the topology")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standstill_is_told_once_and_then_given_up() {
        let mut standstill = Standstill::default();
        let began = Instant::now();
        let steps = [
            (0, Lasts::Shortly),
            (30, Lasts::Shortly),
            (31, Lasts::Long),
            (32, Lasts::Shortly),
            (300, Lasts::Shortly),
            (301, Lasts::TooLong),
        ];
        for (seconds, expected) in steps {
            let now = began + Duration::from_secs(seconds);
            assert_eq!(standstill.lasts(now), expected, "after {seconds} s");
        }
    }
}
