//! What a state begins with when its partition is opened for the first time in a generation.
//!
//! What the fetcher knows of feeds, pages and hosts belongs to no generation: whoever goes on with a new
//! one must not poll early, nor fetch again what is there. It is read from the changelog of the
//! generation before, then what was written since the replay is taken up, and only then the work begins.
//!
//! ```text
//! the changelogs of others ──Work::heir──▶ the state, part by part
//! what came after the replay ──Work::catch_up──▶ outputs and state, batch by batch
//! ```
//!
//! That may be a lot, so it is as many transactions as it takes, none of them larger than those of
//! the work itself. How far it has come is part of each, under a key of the changelog that goes with the
//! last one: whoever opens the partition after a crash goes on there.
//!
//! The generation before must not go on meanwhile: its producers are fenced first, and a task of a
//! stage that takes something over works only in the live generation. So what is read stands still.

use std::collections::BTreeMap;
use std::ops::Range;

use article::Route;
use serde::{Deserialize, Serialize};

use crate::dead::Coordinates;
use crate::generations::Generations;
use crate::leftovers;
use crate::log::{Failure, Limits, Log, Offset, Stored};
use crate::outputs::Outputs;
use crate::pulse::Pulse;
use crate::restore::{Marks, apply};
use crate::runtime::Runtime;
use crate::state::State;
use crate::task::Task;
use crate::through::read_through;
use crate::topics::{Stage, Topic, Topology};
use crate::worker::Work;

/// Where what came after the replay stands.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    /// The stage of the replay, of this generation, that has handled what came before.
    pub stage: &'static str,
    /// The topic that it reads, as it is called in generation 1.
    pub input: &'static str,
    /// Whose topic.
    pub of: Whose,
}

/// The generation whose topic is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The same one: a replay wrote it.
    Own,
    /// The one that it reads.
    Forebear,
}

impl Whose {
    fn topology<L>(self, runtime: &Runtime<L>) -> Option<&Topology> {
        match self {
            Self::Own => Some(&runtime.topology),
            Self::Forebear => runtime.forebear.as_deref(),
        }
    }
}

/// How far a hand-over has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandOver {
    /// Whether the state is there, whole: until then it is made again from the beginning.
    pub(crate) has_state: bool,
    /// By partition of what came later, the offset that comes next.
    pub(crate) handled: BTreeMap<u32, Offset>,
}

impl HandOver {
    pub(crate) fn read(value: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(value).map_err(|error| {
            let text = String::from_utf8_lossy(value);
            Failure::Fatal(format!(
                "{text:?} in a changelog does not say how far a hand-over has come: {error}"
            ))
        })
    }

    pub(crate) fn written(&self) -> Vec<u8> {
        // Plain structs serialise.
        serde_json::to_vec(self).expect("a hand-over serialises to JSON")
    }
}

/// What the task of one partition can take over.
#[derive(Debug)]
pub struct Estate<'a, L> {
    runtime: &'a Runtime<L>,
    input: &'a Topic,
    partition: u32,
    /// Of the task: what is taken over may be long to read.
    pulse: Pulse,
}

impl<'a, L: Log> Estate<'a, L> {
    pub(crate) fn of(
        runtime: &'a Runtime<L>,
        input: &'a Topic,
        partition: u32,
        pulse: Pulse,
    ) -> Self {
        Self {
            runtime,
            input,
            partition,
            pulse,
        }
    }

    /// The state of `stage`, whose input is called `input` in generation 1, as far as this task may be
    /// asked for it. Where the two are parted alike that is its own partition's; else it is all of it.
    ///
    /// # Errors
    /// A changelog that cannot be read.
    pub fn state<S: State>(&self, stage: &str, input: &str, of: Whose) -> Result<S, Failure> {
        let mut state = S::default();
        let topology = of.topology(self.runtime);
        let Some((topology, read)) =
            topology.and_then(|topology| Some((topology, topology.topic(input)?)))
        else {
            return Ok(state);
        };
        let log = &self.runtime.log;
        let changelog = topology.changelog(stage, read.partitions).name;
        let Some(there) = log.partitions(&changelog)? else {
            return Ok(state);
        };
        if of == Whose::Forebear {
            // All of them: what one of its tasks writes may be another's of ours to take up.
            let group = topology.group(stage);
            for partition in 0..read.partitions {
                let mut fence = log.producer(&format!("{group}.{}.{partition}", read.name))?;
                // What one of them left open would hold up whoever reads its changelog, for good: nobody
                // opens its partition any more.
                let own = (changelog.clone(), partition..partition + 1);
                let own = (partition < there).then_some(own);
                leftovers::settle_stage(log, (topology, stage), own, &mut fence, &[])?;
            }
        }
        let mut marks = Marks::default();
        for partition in self.parts_of(there) {
            read_through(
                log,
                &changelog,
                partition,
                0,
                || self.go_on(),
                |record| {
                    let key = record.key.unwrap_or_default();
                    apply(&mut state, &mut marks, &key, record.value.as_deref())
                },
            )?;
        }
        Ok(state)
    }

    /// Shows every record of `later` that may be this task's, from where the replay has come to. See
    /// [`Estate::answers_for`].
    ///
    /// # Errors
    /// A log that cannot be read, or what `each` refuses.
    pub fn later(
        &self,
        later: Later,
        mut each: impl FnMut(Coordinates, Stored) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(topic) = self.topic(later) else {
            return Ok(());
        };
        for partition in self.parts_of(topic.partitions) {
            let from = self.begins(later, topic, partition)?;
            let place = |record: &Stored| place(topic, partition, record);
            let (log, go_on) = (&self.runtime.log, || self.go_on());
            read_through(log, &topic.name, partition, from, go_on, |record| {
                each(place(&record), record)
            })?;
        }
        Ok(())
    }

    /// A sign of life, where nobody asks for a stop: what is broken off goes on at the next opening.
    fn go_on(&self) -> Result<(), Failure> {
        self.pulse.beat();
        if self.runtime.shutdown.is_requested() {
            return Err(Failure::Fenced(
                "the taking over was broken off: a stop is asked for".into(),
            ));
        }
        Ok(())
    }

    /// Whether what is routed so in the input is this task's.
    pub fn is_own(&self, route: &Route) -> bool {
        route.partition(self.input.partitions, self.partition) == self.partition
    }

    /// Whether a record is this task's to take up: one of the same partition where the topic that it
    /// stands in is parted as the input is; else what the input would have in this partition.
    pub fn answers_for(&self, source: &Coordinates, route: &Route) -> bool {
        let known = [Whose::Own, Whose::Forebear].into_iter();
        let mut known = known.filter_map(|whose| whose.topology(self.runtime));
        let is_alike = known.any(|topology| {
            let mut topics = topology.topics().iter();
            topics.any(|topic| {
                topic.name == source.topic && topic.partitions == self.input.partitions
            })
        });
        let route = if is_alike { &Route::AsInput } else { route };
        route.partition(self.input.partitions, source.partition) == self.partition
    }

    fn topic(&self, later: Later) -> Option<&'a Topic> {
        later.of.topology(self.runtime)?.topic(later.input)
    }

    /// Where what came later begins.
    fn begins(&self, later: Later, topic: &Topic, partition: u32) -> Result<Offset, Failure> {
        let log = &self.runtime.log;
        let group = self.runtime.topology.group(later.stage);
        match log.committed(&group, &topic.name, partition)? {
            Some(next) => Ok(next),
            None => Ok(log.bounds(&topic.name, partition)?.start),
        }
    }

    fn parts_of(&self, partitions: u32) -> Range<u32> {
        if partitions == self.input.partitions {
            self.partition..self.partition + 1
        } else {
            0..partitions
        }
    }
}

fn place(topic: &Topic, partition: u32, record: &Stored) -> Coordinates {
    Coordinates {
        topic: topic.name.clone(),
        partition,
        offset: record.offset,
        written_at: record.written_at,
    }
}

/// Whether a stage of a generation, which inherits, has taken over what the one before it knew, in every
/// partition. Until then nobody can take over from it: what it has not read yet would be lost.
///
/// # Errors
/// A changelog that cannot be read.
pub fn has_taken_over<L: Log>(
    log: &L,
    topology: &Topology,
    stage: &Stage,
) -> Result<bool, Failure> {
    let Some(input) = topology.topic(stage.input) else {
        return Ok(false);
    };
    let changelog = topology.changelog(stage.name, input.partitions).name;
    for partition in 0..input.partitions {
        let mut marks = Marks::default();
        read_through(
            log,
            &changelog,
            partition,
            0,
            || Ok(()),
            |record| {
                let key = record.key.unwrap_or_default();
                apply(&mut (), &mut marks, &key, record.value.as_deref())
            },
        )?;
        if marks.position.is_none() || marks.hand_over.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes over what others have left, where the partition was not opened before in its generation, or
/// goes on where that was broken off.
pub(crate) fn take_over<L: Log, W: Work<L>>(
    work: &W,
    task: &mut Task<'_, L, W::State>,
) -> Result<(), Failure> {
    if !W::INHERITS {
        return Ok(());
    }
    check_live(task.runtime(), W::NAME)?;
    let Some(mut reached) = task.hand_over() else {
        return Ok(());
    };
    let estate = task.estate();
    if !reached.has_state {
        task.state = work.heir(&estate)?;
        task.state.rebuild();
        task.set_hand_over(Some(reached.clone()));
        while task.has_changes() {
            task.transact(Outputs::default(), task.next())?;
        }
        reached.has_state = true;
    }
    if let Some(later) = W::LATER {
        catch_up(work, task, &estate, later, &mut reached)?;
    }
    task.set_hand_over(None);
    task.transact(Outputs::default(), task.next())
}

/// Takes up what came after the replay, in transactions as large as a batch of the work's own.
fn catch_up<L: Log, W: Work<L>>(
    work: &W,
    task: &mut Task<'_, L, W::State>,
    estate: &Estate<'_, L>,
    later: Later,
    reached: &mut HandOver,
) -> Result<(), Failure> {
    let Some(topic) = estate.topic(later) else {
        return Ok(());
    };
    let (log, limits) = (&task.runtime().log, Limits::default());
    for partition in estate.parts_of(topic.partitions) {
        let from = match reached.handled.get(&partition) {
            Some(next) => *next,
            None => estate.begins(later, topic, partition)?,
        };
        let (mut outputs, mut records, mut bytes) = (Outputs::default(), 0, 0);
        let go_on = || estate.go_on();
        let gone = read_through(log, &topic.name, partition, from, go_on, |record| {
            records += 1;
            bytes += record.value.as_ref().map_or(0, Vec::len);
            reached.handled.insert(partition, record.offset + 1);
            let source = place(topic, partition, &record);
            work.catch_up(task, &mut outputs, source, record)?;
            if records < limits.records && bytes < limits.bytes {
                return Ok(());
            }
            (records, bytes) = (0, 0);
            task.set_hand_over(Some(reached.clone()));
            task.transact(std::mem::take(&mut outputs), task.next())
        })?;
        if gone > 0 {
            tracing::warn!(
                stage = W::NAME,
                topic = topic.name,
                partition,
                gone,
                "retention dropped what came after the replay: the generation goes on without it"
            );
        }
        task.set_hand_over(Some(reached.clone()));
        task.transact(outputs, task.next())?;
    }
    Ok(())
}

/// Refuses to work for a generation whose fetcher is not the live one's: two of them would poll the same
/// feeds, and what the older one finds would be the newer one's loss.
fn check_live<L: Log>(runtime: &Runtime<L>, stage: &str) -> Result<(), Failure> {
    let known = Generations::read(&runtime.log, &runtime.topology)?;
    if known.known().next().is_none() {
        return Ok(());
    }
    let (live, own) = (known.live_fetcher(), runtime.topology.generation_of(stage));
    if live == own {
        return Ok(());
    }
    Err(Failure::Reopen(format!(
        "the fetcher of generation {live} is live, not that of {own}"
    )))
}
