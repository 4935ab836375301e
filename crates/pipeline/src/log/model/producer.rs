//! The transactional producer of the model, which behaves as the one over librdkafka does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::link::{Link, lock};
use super::membership::{Hold, ModelClaim};
use super::protocol::{Answer, Identity, Place, Refusal, Request, Target, Writer};
use crate::log::{Failure, Offset, Producer, Stored, ToSend};
use crate::restore::POSITION;
use crate::topics::Cleanup;

/// A transactional producer. See [`Producer`].
#[derive(Debug)]
pub struct ModelProducer {
    link: Link,
    writer: Writer,
    /// The number of the next record for each partition.
    sequences: BTreeMap<Place, u32>,
    open: Option<Open>,
    /// Why it must not be used again, where it must not.
    burned: Option<Failure>,
    /// Whether a request was repeated since the transaction began.
    trouble: bool,
    written: BTreeMap<Place, Offset>,
}

/// An open transaction.
#[derive(Debug, Default)]
struct Open {
    /// Records that were sent and not yet delivered.
    queues: BTreeMap<Place, Vec<Stored>>,
    /// What the coordinator knows to be part of it.
    added: BTreeSet<Target>,
    /// The claims whose offsets are in it.
    holds: Vec<Arc<Hold>>,
    written: BTreeMap<Place, Offset>,
    /// Whether its commit was asked for.
    is_ending: bool,
}

impl ModelProducer {
    pub(super) fn init(link: Link, id: &str) -> Result<Self, Failure> {
        let request = Request::Init { id: id.to_owned() };
        let answer = link.call(&request, &mut false)?;
        let Answer::Initialised(identity) = answer else {
            return Err(Failure::Fatal(format!("{answer:?} to {request:?}")));
        };
        Ok(Self::of(link, id, identity))
    }

    fn of(link: Link, id: &str, identity: Identity) -> Self {
        Self {
            link,
            writer: Writer {
                id: id.to_owned(),
                identity,
            },
            sequences: BTreeMap::new(),
            open: None,
            burned: None,
            trouble: false,
            written: BTreeMap::new(),
        }
    }

    fn usable(&self) -> Result<(), Failure> {
        self.burned.clone().map_or(Ok(()), Err)
    }

    fn open(&mut self) -> Result<&mut Open, Failure> {
        let id = &self.writer.id;
        self.open
            .as_mut()
            .ok_or_else(|| Failure::Fatal(format!("the producer {id} has no transaction open")))
    }

    fn call(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let answer = self.link.call(request, &mut self.trouble);
        if let Err(refusal @ (Refusal::Fenced | Refusal::NoAnswer)) = answer {
            // Fenced is for good. Without an answer nobody knows what has arrived or is still to
            // arrive, and an abort under this epoch could come before it.
            self.burned = Some(refusal.into());
        }
        answer
    }

    /// Has the coordinator take targets into the transaction.
    fn add(&mut self, targets: Vec<Target>) -> Result<(), Failure> {
        if targets.is_empty() {
            return Ok(());
        }
        let writer = self.writer.clone();
        let request = Request::Add {
            writer,
            targets: targets.clone(),
        };
        self.call(&request)?;
        self.open()?.added.extend(targets);
        Ok(())
    }

    /// Delivers some of the records of one partition, whichever chance picks. False where all are
    /// delivered.
    fn deliver(&mut self) -> Result<bool, Failure> {
        let open = self.open()?;
        let waiting: Vec<Place> = open.queues.keys().copied().collect();
        let new = waiting.iter().map(|place| Target::Partition(*place));
        let new: Vec<Target> = new.filter(|target| !open.added.contains(target)).collect();
        self.add(new)?;
        let Some((place, records)) = self.pick(&waiting)? else {
            return Ok(false);
        };
        let count = records.len() as u32;
        let sequence = self.sequences.entry(place).or_insert(0);
        let request = Request::Produce {
            writer: self.writer.clone(),
            place,
            sequence: *sequence,
            records,
        };
        *sequence += count;
        if let Answer::Appended(base) = self.call(&request)? {
            let end = base + Offset::from(count);
            self.open()?.written.insert(place, end);
        }
        Ok(true)
    }

    /// Takes the next records of some partition, as many as chance wants.
    fn pick(&mut self, waiting: &[Place]) -> Result<Option<(Place, Vec<Stored>)>, Failure> {
        if waiting.is_empty() {
            return Ok(None);
        }
        let cluster = &mut *self.link.lock();
        let place = waiting[cluster.chance.below(waiting.len())];
        let id = &self.writer.id;
        let open = self.open.as_mut();
        let queue = open.and_then(|open| open.queues.get_mut(&place));
        let Some(queue) = queue.filter(|queue| !queue.is_empty()) else {
            return Err(Failure::Fatal(format!(
                "the producer {id} has lost a queue"
            )));
        };
        let count = 1 + cluster.chance.below(queue.len());
        let rest = queue.split_off(count);
        let records = std::mem::replace(queue, rest);
        if queue.is_empty() {
            self.open.as_mut().map(|open| open.queues.remove(&place));
        }
        Ok(Some((place, records)))
    }

    /// Delivers everything, then decides the transaction.
    fn end(&mut self) -> Result<(), Failure> {
        while self.deliver()? {}
        if let Some(hold) = self.open()?.holds.iter().find(|hold| hold.is_lost()) {
            return Err(hold.lost());
        }
        let open = self.open()?;
        open.is_ending = true;
        if open.added.is_empty() {
            return Ok(());
        }
        let request = Request::End {
            writer: self.writer.clone(),
            commit: true,
        };
        match self.link.call(&request, &mut self.trouble) {
            Err(Refusal::NoAnswer) if self.link.lock().chance.per_mille(500) => {
                // Whoever waits before it asks again is not to sleep in real time.
                self.open()?.holds.iter().for_each(|hold| hold.wake());
                Err(Failure::Retry("nobody answers".into()))
            }
            Err(refusal) => {
                self.burned = Some(refusal.into());
                Err(refusal.into())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Nothing is committed by a task that began with a wrong state.
    fn judge(&self, committed: &Open) {
        let Some(process) = &self.link.process else {
            return;
        };
        let mut doubts = lock(&process.doubts);
        for hold in &committed.holds {
            if let Some(broken) = doubts.remove(&hold.partition()) {
                let wrong = &mut self.link.lock().wrong;
                wrong.get_or_insert_with(|| broken.into());
            }
        }
    }

    /// For [`super::Variant::StoreBeforeCommit`]: what a runtime does that does not wait.
    fn write_store(&self, record: &ToSend) {
        let Some(process) = &self.link.process else {
            return;
        };
        if let Some(group) = record.topic.strip_suffix(".changelog")
            && let Some(key) = &record.key
            && key != POSITION
        {
            let entry = (key.clone(), record.value.clone());
            process.stores.write(group, record.partition, &[entry]);
        }
    }
}

impl Producer for ModelProducer {
    type Claim = ModelClaim;

    fn begin(&mut self) -> Result<(), Failure> {
        self.usable()?;
        if self.open.is_some() {
            return Err(Failure::Fatal(format!(
                "the producer {} has a transaction open already",
                self.writer.id
            )));
        }
        self.trouble = false;
        self.open = Some(Open::default());
        Ok(())
    }

    fn send(&mut self, record: ToSend) -> Result<(), Failure> {
        self.usable()?;
        let goes_now = {
            let mut cluster = self.link.lock();
            let place = cluster.place(&record.topic, record.partition)?;
            let is_compacted = cluster
                .topic(&record.topic)
                .is_some_and(|topic| topic.cleanup == Cleanup::Compact);
            if is_compacted && record.key.is_none() {
                return Err(Failure::Fatal(format!(
                    "a record without a key cannot go to the compacted topic {}",
                    record.topic
                )));
            }
            if cluster.rules.writes_store_first {
                self.write_store(&record);
            }
            let stored = Stored {
                offset: 0,
                written_at: cluster.now(),
                key: record.key,
                value: record.value,
                headers: record.headers,
            };
            let goes_now = cluster.is_immediate || cluster.chance.per_mille(300);
            drop(cluster);
            self.open()?.queues.entry(place).or_default().push(stored);
            goes_now
        };
        // The client delivers in the background: any time from now on.
        if goes_now {
            self.deliver()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.usable()?;
        while self.deliver()? {}
        Ok(())
    }

    fn send_offsets(&mut self, claim: &ModelClaim, next: Offset) -> Result<(), Failure> {
        self.usable()?;
        let hold = claim.hold().clone();
        if hold.is_lost() {
            return Err(hold.lost());
        }
        let group = hold.group().to_owned();
        self.add(vec![Target::Group(group.clone())])?;
        let request = Request::Offset {
            writer: self.writer.clone(),
            group,
            // What the member is by now: a claim may outlast a generation.
            generation: hold.generation(),
            place: hold.place(),
            next,
        };
        self.call(&request)?;
        self.open()?.holds.push(hold);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.usable()?;
        self.end()?;
        let committed = self.open.take().unwrap_or_default();
        self.judge(&committed);
        self.written = committed.written;
        Ok(())
    }

    fn written(&self, topic: &str, partition: u32) -> Option<Offset> {
        let place = self.link.lock().place(topic, partition).ok()?;
        self.written.get(&place).copied()
    }

    /// An abort under the same epoch must not overtake a record that is still under way: arriving after
    /// the abort's marker it would open a transaction that nobody ends. So where any is, the transaction
    /// is left to the next producer of the id, whose epoch is higher.
    fn abort(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        if open.added.is_empty() || open.is_ending {
            return;
        }
        if self.burned.is_some() && !self.link.lock().rules.aborts_in_flight {
            return;
        }
        let writer = self.writer.clone();
        _ = self.call(&Request::End {
            writer,
            commit: false,
        });
    }

    fn is_suspect(&self) -> bool {
        let mut cluster = self.link.lock();
        cluster.report.suspects += u64::from(self.trouble);
        self.trouble && !cluster.rules.keeps_suspect
    }
}
