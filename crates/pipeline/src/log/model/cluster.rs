//! The simulated broker: topics, groups and the coordinator, and the network before it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use super::chance::Chance;
use super::coordinator::{Coordinator, Marker};
use super::group::Group;
use super::partition::Partition;
use super::protocol::{Answer, Identity, Place, Refusal, Request, Target};
use super::report::{Report, Wrong};
use super::variant::Rules;
use crate::log::{Failure, Offset, Stored};
use crate::topics::{Cleanup, Topic};

/// Everything that the broker remembers and everything on its way to it.
#[derive(Debug)]
pub(super) struct Cluster {
    topics: BTreeMap<String, Listed>,
    partitions: Vec<Partition>,
    pub(super) coordinator: Coordinator,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) rules: Rules,
    pub(super) chance: Chance,
    pub(super) faults: Faults,
    /// Whether there is no simulation around: every request is done at once, markers and all.
    pub(super) is_immediate: bool,
    /// Requests whose client has given up waiting, and which arrive all the same.
    pub(super) under_way: Vec<Request>,
    /// What went wrong first.
    pub(super) wrong: Option<Wrong>,
    pub(super) report: Report,
    /// What happened, one line each, where somebody wants to read it.
    pub(super) trace: Option<Vec<String>>,
    /// How far the clock was put forward.
    hurried: Duration,
}

#[derive(Debug)]
struct Listed {
    topic: Topic,
    first: Place,
}

/// How many of a thousand requests meet which fate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    /// The request is lost.
    pub(super) lost: usize,
    /// The request arrives after its client has asked again or has given up.
    pub(super) delayed: usize,
    /// The request is done and its answer is lost.
    pub(super) unanswered: usize,
    /// The request arrives twice in a row.
    pub(super) doubled: usize,
    /// The marker of a transaction that the coordinator aborts by itself is not written to a partition, as
    /// where the partition has no leader just then, and the transaction counts as ended all the same.
    pub(super) unmarked: usize,
}

impl Cluster {
    pub(super) fn new(rules: Rules, chance: Chance) -> Self {
        Self {
            topics: BTreeMap::new(),
            partitions: Vec::new(),
            coordinator: Coordinator::default(),
            groups: BTreeMap::new(),
            rules,
            chance,
            faults: Faults::default(),
            is_immediate: false,
            under_way: Vec::new(),
            wrong: None,
            report: Report::default(),
            trace: None,
            hurried: Duration::ZERO,
        }
    }

    pub(super) fn create(&mut self, topics: &[Topic]) -> Result<(), Failure> {
        for topic in topics {
            if let Some(there) = self.topics.get_mut(&topic.name) {
                if there.topic.partitions != topic.partitions {
                    return Err(Failure::Fatal(format!(
                        "topic {} has {} partitions and cannot be given {}",
                        topic.name, there.topic.partitions, topic.partitions
                    )));
                }
                there.topic = topic.clone();
                continue;
            }
            let first = self.partitions.len();
            let partitions = std::iter::repeat_with(Partition::default);
            self.partitions
                .extend(partitions.take(topic.partitions as usize));
            let topic = topic.clone();
            self.topics
                .insert(topic.name.clone(), Listed { topic, first });
        }
        Ok(())
    }

    /// Forgets topics and groups. The places of a removed topic are never another's.
    pub(super) fn remove(&mut self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        for name in groups {
            if self.groups.get(name).is_some_and(Group::has_members) {
                return Err(Failure::Fatal(format!(
                    "group {name} still has a member: end it before its topics are removed"
                )));
            }
        }
        for name in groups {
            self.groups.remove(name);
        }
        for name in topics {
            let Some(Listed { topic, first }) = self.topics.remove(name) else {
                continue;
            };
            for place in first..first + topic.partitions as usize {
                self.partitions[place].remove();
            }
        }
        Ok(())
    }

    pub(super) fn topic(&self, name: &str) -> Option<&Topic> {
        Some(&self.topics.get(name)?.topic)
    }

    pub(super) fn place(&self, topic: &str, partition: u32) -> Result<Place, Failure> {
        let places = self.places(topic)?;
        let place = places.start + partition as usize;
        if !places.contains(&place) {
            return Err(Failure::Fatal(format!(
                "topic {topic} has no partition {partition}: it has {}, numbered from 0",
                places.len()
            )));
        }
        Ok(place)
    }

    pub(super) fn places(&self, topic: &str) -> Result<Range<Place>, Failure> {
        let listed = self
            .topics
            .get(topic)
            .ok_or_else(|| Failure::Fatal(format!("there is no topic {topic}: create it first")))?;
        Ok(listed.first..listed.first + listed.topic.partitions as usize)
    }

    pub(super) fn partition(&self, place: Place) -> &Partition {
        &self.partitions[place]
    }

    /// The partition, for whoever holds its place already.
    pub(super) fn readable(&self, place: Place) -> Result<&Partition, Failure> {
        let partition = self.partition(place);
        if partition.is_removed() {
            return Err(Failure::Fatal("the topic was removed from the log".into()));
        }
        Ok(partition)
    }

    pub(super) fn partition_mut(&mut self, place: Place) -> &mut Partition {
        &mut self.partitions[place]
    }

    pub(super) fn group(&mut self, name: &str) -> &mut Group {
        self.groups.entry(name.to_owned()).or_default()
    }

    /// A moment: of the machine's clock, or of the simulation's, where a step is a second.
    pub(super) fn now(&self) -> Timestamp {
        if self.is_immediate {
            return Timestamp::now() + self.hurried;
        }
        Timestamp::UNIX_EPOCH + Duration::from_secs(self.report.steps)
    }

    /// Takes a line of trace.
    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        let step = self.report.steps;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{step:>5} {}", line()));
        }
    }

    /// Brings a request to the broker, or not, or late, or twice. `None` is silence.
    pub(super) fn carry(&mut self, request: &Request) -> Option<Result<Answer, Refusal>> {
        let Faults {
            lost,
            delayed,
            unanswered,
            doubled,
            unmarked: _,
        } = self.faults;
        if self.chance.per_mille(lost) {
            self.report.lost += 1;
            self.note(|| format!("lost: {request}"));
            return None;
        }
        if self.chance.per_mille(delayed) {
            self.report.delayed += 1;
            self.note(|| format!("delayed: {request}"));
            self.under_way.push(request.clone());
            return None;
        }
        let answer = self.handle(request);
        if self.chance.per_mille(unanswered) {
            self.report.lost += 1;
            self.note(|| format!("answer lost: {request}"));
            return None;
        }
        if self.chance.per_mille(doubled) {
            self.report.doubled += 1;
            _ = self.handle(request);
        }
        Some(answer)
    }

    /// Lets a request arrive that its client no longer waits for, whichever chance picks.
    pub(super) fn arrive(&mut self) -> bool {
        if self.under_way.is_empty() {
            return false;
        }
        let picked = self.chance.below(self.under_way.len());
        let request = self.under_way.swap_remove(picked);
        self.report.late += 1;
        self.note(|| format!("late: {request}"));
        _ = self.handle(&request);
        true
    }

    fn handle(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let answer = match request {
            Request::Init { id } => self.initialise(id),
            Request::Add { writer, targets } => {
                let now = self.report.steps;
                let added = self.coordinator.add(writer, targets, now);
                added.map(|()| Answer::Done)
            }
            Request::Produce { .. } => self.produce(request),
            Request::Offset { .. } => self.note_offset(request),
            Request::End { writer, commit } => {
                let ended = self.coordinator.end(writer, *commit);
                self.settle();
                ended.map(|()| Answer::Done)
            }
        };
        self.note(|| format!("{request}: {answer:?}"));
        answer
    }

    fn initialise(&mut self, id: &str) -> Result<Answer, Refusal> {
        let mut identity = self.coordinator.init(id);
        if self.is_immediate && identity == Err(Refusal::Busy) {
            self.settle();
            identity = self.coordinator.init(id);
        }
        identity.map(Answer::Initialised)
    }

    fn produce(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let Request::Produce {
            writer,
            place,
            sequence,
            records,
        } = request
        else {
            return Err(Refusal::NoTransaction);
        };
        let partition = &mut self.partitions[*place];
        if self.rules.verification
            && !partition.is_open_for(writer.identity.producer)
            && !self.coordinator.covers(writer, &Target::Partition(*place))
        {
            return Err(Refusal::NoTransaction);
        }
        let base = partition.append(writer.identity, *sequence, records.clone());
        base.map(Answer::Appended)
    }

    fn note_offset(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let Request::Offset {
            writer,
            group,
            generation,
            place,
            next,
        } = request
        else {
            return Err(Refusal::NoTransaction);
        };
        let target = Target::Group(group.clone());
        if self.rules.verification && !self.coordinator.covers(writer, &target) {
            return Err(Refusal::NoTransaction);
        }
        let is_fencing = self.rules.group_fencing;
        let group = self.group(group);
        if is_fencing && *generation != group.generation() {
            return Err(Refusal::OldGeneration);
        }
        let noted = group.note(writer.identity, *place, *next);
        noted.map(|()| Answer::Done)
    }

    /// Writes one marker that is due. False where none is.
    pub(super) fn write_marker(&mut self) -> bool {
        let Some(marker) = self.coordinator.next_marker(&mut self.chance) else {
            return false;
        };
        self.note(|| format!("{marker:?}"));
        let Marker {
            identity,
            target,
            commit,
            by_force,
        } = marker;
        let may_miss = by_force && self.rules.misses_markers;
        match target {
            Target::Partition(_) if may_miss && self.chance.per_mille(self.faults.unmarked) => {
                self.report.unmarked += 1;
                self.note(|| "it is never written".to_owned());
            }
            Target::Partition(place) => self.partitions[place].mark(identity, commit),
            Target::Group(name) => {
                if let Err(broken) = self.group(&name).mark(identity, commit) {
                    self.wrong.get_or_insert_with(|| broken.into());
                }
            }
        }
        true
    }

    /// Appends committed or aborted records from outside of what is simulated.
    pub(super) fn append_from_outside(&mut self, place: Place, records: Vec<Stored>, commit: bool) {
        let identity: Identity = self.coordinator.next_identity();
        let partition = &mut self.partitions[place];
        partition
            .append(identity, 0, records)
            .expect("a new producer's first record is in order");
        partition.mark(identity, commit);
    }

    /// Whether no partition holds anything of a transaction that is not ended there.
    pub(super) fn is_settled(&self) -> bool {
        let mut all = self.partitions.iter();
        all.all(|partition| partition.stable_end() == partition.end())
    }

    fn settle(&mut self) {
        while self.is_immediate && self.write_marker() {}
    }

    /// Aborts everything that is open, as the coordinator does with transactions that last too long.
    pub(super) fn time_out_all(&mut self) {
        while self.coordinator.time_out(u64::MAX, &mut self.chance) {}
        while self.write_marker() {}
    }

    /// Puts the clock forward, and applies what topics keep.
    pub(super) fn pass(&mut self, time: Duration) {
        self.hurried += time;
        let now = self.now();
        for Listed { topic, first } in self.topics.values() {
            for place in *first..*first + topic.partitions as usize {
                let needs = self.groups.values().filter_map(|group| group.needs(place));
                let needed = needs.min().unwrap_or(Offset::MAX);
                let partition = &mut self.partitions[place];
                if topic.cleanup == Cleanup::Compact {
                    partition.compact(now);
                }
                let share = topic.retention_bytes;
                let share = share.map(|bytes| bytes / u64::from(topic.partitions));
                partition.retain(topic, share, needed, now);
            }
        }
    }
}
