//! Generations: which there are, what each was made from, and which one is live.
//!
//! All of it stands in one compacted topic that belongs to no generation itself: a record for each
//! generation, and one that names the live one. Generation 1 needs no record. They are one sequence for
//! the whole pipeline; each reads an older one, and has stages of its own from a service on.

mod register;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log::{Failure, Log, Offset};
use crate::topics::{TopicConfig, Topology};

pub use register::{Register, change};
pub use watch::Watch;

/// The generation that a log begins with.
pub const FIRST: u32 = 1;
/// The key of the record that names the live generation.
const LIVE: &str = "live";
/// How long a log that is busy is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What is known of a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Its number.
    pub number: u32,
    /// The generation that it reads.
    pub reads: u32,
    /// The first service that it has of its own.
    pub service: String,
    /// The last service that its replay derives; those after it begin when it goes live.
    pub through: String,
    /// How far it has come.
    pub standing: Standing,
    /// Whether it is or has been live. What services have gone on with no replay may go on with.
    #[serde(default)]
    pub lived: bool,
    /// When its replay was started.
    pub made_at: Timestamp,
    /// The version of copydesk that started it.
    pub version: String,
    /// The hash of the configuration that it was started with.
    pub config: String,
    /// What was asked for, in the words of the command line.
    #[serde(default)]
    pub asked: String,
    /// What its replay handles, step by step.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// How far a generation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its replay has not come to its end.
    Replaying,
    /// Its replay has come to its end.
    Replayed,
    /// Its topics are being removed: some may be gone. Nothing but dropping goes on with it.
    Dropping,
    /// Its topics are gone. The number is not given again.
    Dropped,
}

/// A stage's part of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The stage.
    pub stage: String,
    /// What it reads, generation and all.
    pub topic: String,
    /// By partition, what it handles.
    pub spans: Vec<Span>,
    /// Whether it has come to its end.
    pub done: bool,
    /// Offsets of `spans` that the log no longer had when the replay came to them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub gone: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What a step handles of one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From here to `from` records are folded into the state, and nothing is written.
    pub fold: Offset,
    /// The first offset that something is written for.
    pub from: Offset,
    /// The offset after the last one, captured when the step began.
    pub to: Offset,
}

/// The topic's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generations {
    known: BTreeMap<u32, Generation>,
    live: Option<u32>,
}

/// The record that names the live generation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Live {
    generation: u32,
    since: Timestamp,
}

/// Why generations are not as somebody wants them.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// There is none of this number.
    #[error("there is no generation {0}; `copydesk replay list` lists them")]
    Unknown(u32),
    /// It was dropped.
    #[error("generation {0} was dropped: its topics are gone")]
    Dropped(u32),
    /// Its dropping has begun.
    #[error("generation {0} is being dropped: `copydesk replay drop {0}` goes on with it")]
    Dropping(u32),
    /// It cannot be had, because of what the text says.
    #[error("{0}")]
    Refused(String),
    /// The log says no.
    #[error(transparent)]
    Log(#[from] Failure),
}

impl Generations {
    /// Reads the topic. A log that has none yet has generation 1 alone.
    ///
    /// # Errors
    /// A log that cannot be read, or records in the topic that are none of ours.
    pub fn read<L: Log>(log: &L, ground: &Topology) -> Result<Self, Failure> {
        let mut watch = Watch::new(log, ground, Self::default());
        watch.now().cloned()
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), Failure> {
        let unread = |error: serde_json::Error| {
            Failure::Fatal(format!(
                "a record of the topic of generations cannot be read ({error}); was it written by a \
                 newer version of copydesk?"
            ))
        };
        if key == LIVE.as_bytes() {
            let live: Live = serde_json::from_slice(value).map_err(unread)?;
            self.live = Some(live.generation);
        } else {
            let generation: Generation = serde_json::from_slice(value).map_err(unread)?;
            self.known.insert(generation.number, generation);
        }
        Ok(())
    }

    /// The live generation: what the running services continue, and what is read where nothing else
    /// is asked for.
    pub fn live(&self) -> u32 {
        self.live.unwrap_or(FIRST)
    }

    /// Every generation after the first, in order.
    pub fn known(&self) -> impl Iterator<Item = &Generation> {
        self.known.values()
    }

    /// The next number of the sequence.
    pub fn next(&self) -> u32 {
        self.known.keys().max().map_or(FIRST + 1, |last| last + 1)
    }

    /// What is known of a generation; `None` for the first, which was made from nothing.
    ///
    /// # Errors
    /// One that is not there, or no more.
    pub fn get(&self, number: u32) -> Result<Option<&Generation>, GenerationError> {
        if number == FIRST {
            return Ok(None);
        }
        match self.known.get(&number) {
            None => Err(GenerationError::Unknown(number)),
            Some(generation) if generation.standing == Standing::Dropped => {
                Err(GenerationError::Dropped(number))
            }
            Some(generation) if generation.standing == Standing::Dropping => {
                Err(GenerationError::Dropping(number))
            }
            generation => Ok(generation),
        }
    }

    /// The generations that `number` rests on, itself first, the oldest last.
    pub fn ancestry(&self, number: u32) -> Vec<u32> {
        let mut ancestry = vec![number];
        let mut at = number;
        while let Some(generation) = self.known.get(&at)
            && generation.reads < at
        {
            at = generation.reads;
            ancestry.push(at);
        }
        ancestry
    }

    /// The generation whose fetcher is the live one's: it alone polls and fetches.
    pub fn live_fetcher(&self) -> u32 {
        self.fetcher_of(self.live())
    }

    /// The generation whose fetcher is that of `number`.
    pub fn fetcher_of(&self, number: u32) -> u32 {
        let ancestry = self.ancestry(number).into_iter();
        let mut fetchers = ancestry.filter(|number| {
            let known = self.known.get(number);
            known.is_some_and(|generation| generation.service == "fetcher")
        });
        fetchers.next().unwrap_or(FIRST)
    }

    /// The topics of a generation. `ground` is generation 1.
    ///
    /// # Errors
    /// One that is not there, or no more.
    pub fn topology<'a>(
        &self,
        number: u32,
        ground: &Topology,
        configured: impl Fn(&str) -> Option<&'a TopicConfig> + Copy,
    ) -> Result<Topology, GenerationError> {
        let Some(generation) = self.get(number)? else {
            return Ok(ground.clone());
        };
        let reads = self.topology(generation.reads, ground, configured)?;
        reads
            .branch(&generation.service, number, configured)
            .ok_or_else(|| {
                GenerationError::Refused(format!(
                    "generation {number} begins with the service {:?}, which this version of copydesk \
                     does not know",
                    generation.service
                ))
            })
    }

    /// The topics of the live generation, and for each of its stages those of the generation that the
    /// stage's generation reads.
    ///
    /// # Errors
    /// As [`Generations::topology`].
    pub fn live_topology<'a>(
        &self,
        ground: &Topology,
        configured: impl Fn(&str) -> Option<&'a TopicConfig> + Copy,
    ) -> Result<Topology, GenerationError> {
        self.topology(self.live(), ground, configured)
    }

    /// The topics of the generation that the fetcher's state is taken over from, where the fetcher of
    /// `topology` is not that of the first generation.
    ///
    /// # Errors
    /// As [`Generations::topology`].
    pub fn forebear<'a>(
        &self,
        topology: &Topology,
        ground: &Topology,
        configured: impl Fn(&str) -> Option<&'a TopicConfig> + Copy,
    ) -> Result<Option<Arc<Topology>>, GenerationError> {
        let fetcher = topology.generation_of("poll");
        let Some(generation) = self.known.get(&fetcher) else {
            return Ok(None);
        };
        let reads = self.topology(generation.reads, ground, configured)?;
        Ok(Some(Arc::new(reads)))
    }
}

/// What is written to the topic.
#[derive(Clone, Debug)]
pub enum Change {
    /// What is known of a generation.
    Known(Box<Generation>),
    /// Which generation is live.
    Live(u32),
}

impl Change {
    /// The record's key and value.
    fn entry(&self) -> (String, Vec<u8>) {
        let (key, value) = match self {
            Self::Known(generation) => (
                format!("g{}", generation.number),
                serde_json::to_vec(generation),
            ),
            Self::Live(generation) => {
                let live = Live {
                    generation: *generation,
                    since: Timestamp::now(),
                };
                (LIVE.to_owned(), serde_json::to_vec(&live))
            }
        };
        // Plain structs serialise.
        (key, value.expect("generations serialise to JSON"))
    }
}

#[cfg(test)]
mod tests;
