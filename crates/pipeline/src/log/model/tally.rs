//! The stage under test, small and unforgiving: where each name came first and how often it has come by
//! now. Input that is handled twice, left out or handled with another state shows in its output.

use std::collections::BTreeMap;

use article::{Message, Route};
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use crate::log::Offset;
use crate::stage::{Reason, Record, Reject, Stage};
use crate::state::{Journalled, State, Table};

pub(super) const NAME: &str = "clean";
/// How many partitions the input has, and the output.
pub(super) const PARTITIONS: u32 = 2;
/// How many records each partition of the input has.
const RECORDS: usize = 10;
const NAMES: usize = 4;

/// The stage's input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Mention {
    pub(super) name: u8,
    pub(super) is_fit: bool,
}

/// The stage's output, one for each mention that is fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Tallied {
    pub(super) name: u8,
    pub(super) seen: Seen,
}

/// What is remembered of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) first: Offset,
    pub(super) times: u32,
}

impl Message for Mention {
    const TOPIC: &'static str = "articles.fetched";
    const SCHEMA: &'static str = "mention/1";

    fn key(&self) -> String {
        self.name.to_string()
    }

    fn route(&self) -> Route {
        Route::AsInput
    }
}

impl Message for Tallied {
    const TOPIC: &'static str = "articles.cleaned";
    const SCHEMA: &'static str = "tallied/1";

    fn key(&self) -> String {
        self.name.to_string()
    }

    fn route(&self) -> Route {
        // Both partitions of the input write to both of the output.
        Route::By(self.name.to_string())
    }
}

/// The stage.
#[derive(Debug)]
pub(super) struct Tally;

#[derive(Debug)]
pub(super) struct Tallies {
    pub(super) seen: Table<u8, Seen>,
}

impl Default for Tallies {
    fn default() -> Self {
        Self {
            seen: Table::named("seen"),
        }
    }
}

impl State for Tallies {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.seen]
    }
}

impl Stage for Tally {
    const NAME: &'static str = NAME;
    type In = Mention;
    type Read = Record<Mention>;
    type Out = Tallied;
    type State = Tallies;

    fn read(&self, record: Record<Mention>) -> Result<Record<Mention>, Reject> {
        Ok(record)
    }

    fn decide(&self, record: Record<Mention>, state: &mut Tallies) -> Result<Vec<Tallied>, Reject> {
        let Mention { name, is_fit } = record.value;
        let mut seen = state.seen.get(&name).copied().unwrap_or(Seen {
            first: record.offset,
            times: 0,
        });
        seen.times += 1;
        state.seen.insert(name, seen);
        if !is_fit {
            // After the change of state, so that it must be undone.
            return Err(Reject::new(Reason::Unprocessable, "not fit"));
        }
        Ok(vec![Tallied { name, seen }])
    }
}

/// The whole input, and what must become of it.
#[derive(Debug)]
pub(super) struct Truth {
    /// In order of their arrival.
    pub(super) arrivals: Vec<Arrival>,
    /// By partition, the mentions that were committed, with their offsets.
    mentions: Vec<Vec<(Offset, Mention)>>,
}

/// A transaction from outside.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) partition: u32,
    pub(super) mentions: Vec<Mention>,
    pub(super) commit: bool,
}

/// What a sequential run makes of one partition up to some offset.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// With the offset of the mention that each was made from.
    pub(super) tallied: Vec<(Offset, Tallied)>,
    /// Offsets of the mentions that are not fit.
    pub(super) dead: Vec<Offset>,
    pub(super) seen: BTreeMap<u8, Seen>,
}

impl Truth {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let mut truth = Self {
            arrivals: Vec::new(),
            mentions: vec![Vec::new(); PARTITIONS as usize],
        };
        let mut ends = vec![0; PARTITIONS as usize];
        let mut left = vec![RECORDS; PARTITIONS as usize];
        while left.iter().any(|left| *left > 0) {
            let partition = chance.below(PARTITIONS as usize);
            let commit = chance.per_mille(850);
            let count = (1 + chance.below(4)).min(left[partition]);
            if count == 0 {
                continue;
            }
            let mentions: Vec<Mention> = (0..count)
                .map(|_| Mention {
                    name: chance.below(NAMES) as u8,
                    is_fit: chance.per_mille(900),
                })
                .collect();
            if commit {
                left[partition] -= count;
                truth.mentions[partition].extend((ends[partition]..).zip(mentions.clone()));
            }
            // Its marker takes an offset too.
            ends[partition] += count as Offset + 1;
            truth.arrivals.push(Arrival {
                partition: partition as u32,
                mentions,
                commit,
            });
        }
        truth
    }

    /// The offset after the partition's last mention: where the group ends.
    pub(super) fn end(&self, partition: u32) -> Offset {
        let last = self.mentions[partition as usize].last();
        last.map_or(0, |(offset, _)| offset + 1)
    }

    /// What the mentions before `end` become.
    pub(super) fn fold(&self, partition: u32, end: Offset) -> Folded {
        let mut folded = Folded::default();
        for (offset, mention) in &self.mentions[partition as usize] {
            if *offset >= end {
                break;
            }
            if !mention.is_fit {
                folded.dead.push(*offset);
                continue;
            }
            let seen = folded.seen.entry(mention.name).or_insert(Seen {
                first: *offset,
                times: 0,
            });
            seen.times += 1;
            let tallied = Tallied {
                name: mention.name,
                seen: *seen,
            };
            folded.tallied.push((*offset, tallied));
        }
        folded
    }
}
