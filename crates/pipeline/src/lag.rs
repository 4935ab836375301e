//! How far behind a task is, told without asking it: a task that restores, waits or hangs does not answer.
//!
//! The task notes what it reads and commits; the [`crate::lookout`] notes how far the partition reaches,
//! and looks at what lies there where the task does not. Whoever scrapes puts the two together at that
//! moment, so that the age of what waits grows by itself.
//!
//! Never the end minus the committed offset: markers, aborted records and compaction leave offsets without
//! a record, and an idle stage would never be at 0.

use std::ops::Range;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ahead::Ahead;
use crate::log::{Offset, Stored};

/// Over fewer offsets than this nothing can be said of how many records they hold.
const TELLING: u64 = 1_000;
/// For how long records may lie ahead of a task that reads and is given none. A client that was cut off asks
/// again within a second or two, so this is no delay but a defect of the client.
const OVERDUE: Duration = Duration::from_secs(10);

/// How far behind a task is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Lag {
    /// Committed input records that are not handled; estimated where they are many.
    pub records: u64,
    /// When the first of them was written, where there is one and that is known.
    pub oldest_at: Option<Timestamp>,
}

impl Lag {
    /// The age of the first record that is not handled, in seconds; 0 where there is none. Moments of
    /// writing may be another machine's, so it is never less than 0.
    pub fn seconds(&self, now: Timestamp) -> f64 {
        let age = self.oldest_at.map(|at| now.duration_since(at));
        age.map_or(0.0, |age| age.as_secs_f64().max(0.0))
    }
}

/// What is known of one task's way through its partition.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    topic: String,
    group: String,
    /// The first offset that the task has not read; `None` before it has opened for the first time.
    next: Option<Offset>,
    doing: Doing,
    /// Raised with everything that the task notes, so that standing still can be told.
    moves: u64,
    /// Offsets passed and records found on them.
    passed: (u64, u64),
    seen: Option<Seen>,
}

/// What the task has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Not known: it opens, or has not looked since its last commit. What comes next was not written
    /// before this moment, where it is known.
    Unknown(Option<Timestamp>),
    /// It has read so many records that it has not committed.
    Holding {
        records: u64,
        oldest_at: Timestamp,
        newest_at: Timestamp,
    },
    /// Nothing: it was at the end.
    Nothing,
}

/// What the lookout saw last.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// What the task had noted by then.
    moves: u64,
    /// The end when it was first seen so.
    first_end: Offset,
    /// The end.
    end: Offset,
    /// What lay between the task and `looked_to`.
    ahead: Option<(Ahead, Offset)>,
    /// Since when records are known to lie there.
    waiting_since: Option<Instant>,
    /// When the log answered last: while it answers nobody, nobody is overdue.
    answered_at: Instant,
}

/// A question of the lookout: how far a partition reaches.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) topic: String,
    pub(crate) group: String,
    pub(crate) next: Option<Offset>,
    moves: u64,
}

impl Way {
    /// The way of a task that is about to open for the first time.
    pub(crate) fn new(topic: &str, group: &str) -> Self {
        Self {
            topic: topic.to_owned(),
            group: group.to_owned(),
            next: None,
            doing: Doing::Unknown(None),
            moves: 0,
            passed: (0, 0),
            seen: None,
        }
    }

    /// What the task reads.
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    /// Notes that the task opens: what it had read it reads again.
    pub(crate) fn opens(&mut self) {
        self.moves += 1;
        if let Doing::Holding { oldest_at, .. } = self.doing {
            self.doing = Doing::Unknown(Some(oldest_at));
        }
    }

    /// Notes where the task begins to read.
    pub(crate) fn starts_at(&mut self, next: Offset) {
        self.moves += 1;
        self.next = Some(next);
    }

    /// Notes what the task has read; `at_end` where it has just heard that this was all there is.
    pub(crate) fn reads(&mut self, batch: &[Stored], at_end: bool) {
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
            if at_end && !matches!(self.doing, Doing::Holding { .. }) && !self.is_told() {
                self.moves += 1;
                self.doing = Doing::Nothing;
            }
            return;
        };
        self.moves += 1;
        let from = self.next.unwrap_or(first.offset);
        let next = last.offset + 1;
        let records = batch.len() as u64;
        self.passed.0 += next.saturating_sub(from);
        self.passed.1 += records;
        self.next = Some(next);
        let (held, oldest_at) = match self.doing {
            Doing::Holding {
                records, oldest_at, ..
            } => (records, oldest_at),
            Doing::Unknown(_) | Doing::Nothing => (0, first.written_at),
        };
        self.doing = Doing::Holding {
            records: held + records,
            oldest_at,
            newest_at: last.written_at,
        };
    }

    /// Whether it is noted already that the task is at the end, and the end has not moved on.
    fn is_told(&self) -> bool {
        let seen = self.seen.filter(|seen| seen.moves == self.moves);
        self.doing == Doing::Nothing && seen.is_none_or(|seen| seen.end == seen.first_end)
    }

    /// Notes that the task has committed everything that it had read.
    pub(crate) fn commits(&mut self) {
        if let Doing::Holding { newest_at, .. } = self.doing {
            self.moves += 1;
            self.doing = Doing::Unknown(Some(newest_at));
        }
    }

    /// What the lookout shall ask.
    pub(crate) fn question(&self) -> Question {
        Question {
            topic: self.topic.clone(),
            group: self.group.clone(),
            next: self.next,
            moves: self.moves,
        }
    }

    /// Notes that the partition reaches to `end` at `now`, asked by `question`, and where it is known since then
    /// that the group goes on at `next`. Returns the offsets that are worth a look: those ahead of a task
    /// that has stood still since the last time without saying what it has to do.
    pub(crate) fn reaches(
        &mut self,
        question: &Question,
        next: Offset,
        end: Offset,
        now: Instant,
    ) -> Option<Range<Offset>> {
        self.next.get_or_insert(next);
        let before = self.seen.filter(|seen| seen.moves == question.moves);
        let seen = Seen {
            moves: question.moves,
            first_end: before.map_or(end, |seen| seen.first_end),
            end,
            ahead: before.and_then(|seen| seen.ahead),
            waiting_since: before.and_then(|seen| seen.waiting_since),
            answered_at: now,
        };
        self.seen = Some(seen);
        if question.moves != self.moves {
            return None;
        }
        let still = before.is_some() || self.doing == Doing::Unknown(None);
        let is_open = match self.doing {
            Doing::Unknown(_) => true,
            Doing::Nothing => end > seen.first_end,
            Doing::Holding { .. } => false,
        };
        let is_new = seen.ahead.is_none_or(|(_, looked_to)| looked_to < end);
        (still && is_open && is_new && end > next).then_some(next..end)
    }

    /// Notes what a look found there.
    pub(crate) fn shows(&mut self, question: &Question, ahead: Ahead, looked_to: Offset) {
        if let Some(seen) = &mut self.seen
            && seen.moves == question.moves
        {
            seen.ahead = Some((ahead, looked_to));
            let since = seen.waiting_since.unwrap_or(seen.answered_at);
            seen.waiting_since = (ahead.records > 0).then_some(since);
        }
    }

    /// How many records have lain ahead of the task for so long that it should have been given them, where
    /// there are any. It says nothing of a task that does not read.
    pub(crate) fn overdue(&self) -> u64 {
        let is_overdue = |seen: &Seen| {
            let since = seen.waiting_since.filter(|_| seen.moves == self.moves);
            since.is_some_and(|since| seen.answered_at - since >= OVERDUE)
        };
        let ahead = self.seen.filter(is_overdue).and_then(|seen| seen.ahead);
        ahead.map_or(0, |(ahead, _)| ahead.records)
    }

    /// How far behind the task is, as far as is known.
    pub(crate) fn lag(&self) -> Lag {
        let next = self.next.unwrap_or(0);
        let end = self.seen.map_or(next, |seen| seen.end);
        let looked = self.seen.filter(|seen| seen.moves == self.moves);
        match (self.doing, looked.and_then(|seen| seen.ahead)) {
            (
                Doing::Holding {
                    records, oldest_at, ..
                },
                _,
            ) => Lag {
                records: records + self.records_on(end.saturating_sub(next)),
                oldest_at: Some(oldest_at),
            },
            (_, Some((ahead, _))) => Lag {
                records: self.records_of(ahead),
                oldest_at: ahead.oldest_at,
            },
            (Doing::Unknown(Some(since)), None) if end > next => Lag {
                records: self.records_on(end - next),
                oldest_at: Some(since),
            },
            // Ahead of a task that has just opened there may be markers alone: the look comes at once.
            (Doing::Unknown(_) | Doing::Nothing, None) => Lag::default(),
        }
    }

    fn records_of(&self, ahead: Ahead) -> u64 {
        if ahead.records > TELLING {
            self.records_on(ahead.records)
        } else {
            ahead.records
        }
    }

    /// About how many records so many offsets hold, by those that the task has passed.
    fn records_on(&self, offsets: u64) -> u64 {
        let (passed, records) = self.passed;
        if passed < TELLING {
            return offsets;
        }
        let share = records as f64 / passed as f64;
        (offsets as f64 * share).ceil() as u64
    }
}

#[cfg(test)]
mod tests;
