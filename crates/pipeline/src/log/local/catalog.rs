//! What is published, in memory: the topics, where their partitions begin and end, and where the
//! newest blocks lie, so that readers near the end ask no database.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, Row};

use super::index::{self, BlockAt};
use crate::log::{Failure, Offset};
use crate::topics::{Cleanup, Topic};
use crate::waker::{Waker, WeakWaker};

/// How many of a partition's newest blocks are remembered: some 64 KiB of memory.
const RECENT: usize = 1024;

/// One partition.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) id: i64,
    pub(super) topic: Arc<str>,
    pub(super) number: u32,
    pub(super) compacted: bool,
    /// Whether its topic is no longer in the log. Once true, never false again: a topic that is made
    /// under the same name has partitions of its own.
    removed: AtomicBool,
    gate: Arc<RwLock<()>>,
    tail: Mutex<Tail>,
    watchers: Mutex<Watchers>,
}

/// Who is rung, by a number of their own.
#[derive(Debug, Default)]
struct Watchers {
    wakers: BTreeMap<u64, WeakWaker>,
    next: u64,
}

/// What is published of a partition.
#[derive(Debug)]
struct Tail {
    start: Offset,
    next: Offset,
    /// The newest blocks without a gap up to `next`; empty where they are not known.
    blocks: VecDeque<BlockAt>,
    /// Where the end went back to, by the log's incarnation from then on.
    cuts: Vec<(u64, Offset)>,
}

/// One topic.
#[derive(Debug)]
pub(super) struct TopicState {
    pub(super) id: i64,
    pub(super) topic: Topic,
    pub(super) partitions: Vec<Arc<Partition>>,
}

/// All topics by name.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    topics: RwLock<BTreeMap<String, Arc<TopicState>>>,
    /// Held while a commit becomes visible: who sees it in one partition sees it in every other.
    gate: Arc<RwLock<()>>,
}

/// A partition, its start and its end.
type Bounds = (Arc<Partition>, Offset, Offset);

impl Partition {
    /// The published offsets. Of a compacted partition the start is 0, whatever is compacted.
    pub(super) fn bounds(&self) -> Range<Offset> {
        let _gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let tail = self.tail();
        tail.start..tail.next
    }

    /// # Errors
    /// [`Failure::Fatal`] where the topic was removed: nothing that is asked of it will ever be there.
    pub(super) fn check_there(&self) -> Result<(), Failure> {
        if self.is_removed() {
            return Err(Failure::Fatal(format!(
                "topic {} was removed from the log: whoever reads it or writes to it has to end",
                self.topic
            )));
        }
        Ok(())
    }

    pub(super) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::SeqCst)
    }

    /// Rings `waker` from now on whenever something is published, until [`Partition::unwatch`].
    pub(super) fn watch(&self, waker: &Waker) -> u64 {
        let mut watchers = lock(&self.watchers);
        let number = watchers.next;
        watchers.next += 1;
        watchers.wakers.insert(number, waker.downgrade());
        number
    }

    /// Ends the watch of that number. A partition without traffic would otherwise collect the wakers
    /// of everybody who ever looked at it.
    pub(super) fn unwatch(&self, number: u64) {
        lock(&self.watchers).wakers.remove(&number);
    }

    /// Makes records visible: `blocks` (none of a compacted partition) up to `next`.
    fn publish(&self, blocks: &[BlockAt], next: Offset) {
        let mut tail = self.tail();
        tail.next = next;
        tail.blocks.extend(blocks);
        let surplus = tail.blocks.len().saturating_sub(RECENT);
        tail.blocks.drain(..surplus);
    }

    /// The first offset that was undone after `incarnation`; a reader that is ahead goes back to it.
    pub(super) fn cut_since(&self, incarnation: u64) -> Offset {
        let tail = self.tail();
        let later = tail.cuts.iter().filter(|(since, _)| *since > incarnation);
        later.map(|(_, next)| *next).min().unwrap_or(Offset::MAX)
    }

    /// Forgets what retention has dropped.
    pub(super) fn raise_start(&self, start: Offset) {
        let mut tail = self.tail();
        tail.start = start;
        while tail.blocks.front().is_some_and(|block| block.last < start) {
            tail.blocks.pop_front();
        }
    }

    /// The blocks from the one that holds `from` on; `None` where memory does not reach back so far.
    pub(super) fn recent(&self, from: Offset, count: usize) -> Option<VecDeque<BlockAt>> {
        let tail = self.tail();
        if tail.blocks.front()?.first > from {
            return None;
        }
        let begin = tail.blocks.partition_point(|block| block.last < from);
        Some(tail.blocks.range(begin..).take(count).copied().collect())
    }

    /// Takes over what the index says. What another process wrote is not in memory, so the newest
    /// blocks are forgotten.
    fn set(&self, start: Offset, next: Offset, incarnation: u64) {
        let mut tail = self.tail();
        if next < tail.next {
            tail.cuts.push((incarnation, next));
        }
        if tail.next != next {
            tail.blocks.clear();
            tail.next = next;
        }
        tail.start = start;
    }

    fn ring(&self) {
        lock(&self.watchers).wakers.retain(|_, waker| waker.wake());
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        lock(&self.tail)
    }
}

impl Catalog {
    pub(super) fn topic(&self, name: &str) -> Option<Arc<TopicState>> {
        self.topics
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<TopicState>> {
        self.topics
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Makes a commit visible: for each partition its new blocks and where it now ends.
    pub(super) fn publish<'a>(
        &self,
        written: impl Iterator<Item = (&'a Arc<Partition>, &'a [BlockAt], Offset)> + Clone,
    ) {
        {
            let _gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            for (partition, blocks, next) in written.clone() {
                partition.publish(blocks, next);
            }
        }
        for (partition, _, _) in written {
            partition.ring();
        }
    }

    /// Takes over what the index says and rings where there is more. A topic that is no longer in the
    /// index (it was removed, or its creation undone) goes.
    pub(super) fn refresh(
        &self,
        connection: &Connection,
        incarnation: u64,
    ) -> rusqlite::Result<()> {
        let (fresh, bounds) = self.read(connection)?;
        {
            let _gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            for (partition, start, next) in &bounds {
                partition.set(*start, *next, incarnation);
            }
        }
        let fresh = fresh
            .into_iter()
            .map(|(name, state)| (name, Arc::new(state)))
            .collect();
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *topics, fresh);
        drop(topics);
        self.tell_removed(&before);
        for (partition, _, _) in &bounds {
            partition.ring();
        }
        Ok(())
    }

    /// Lets everybody know who holds a partition that was there `before` and is no more.
    fn tell_removed(&self, before: &BTreeMap<String, Arc<TopicState>>) {
        for partition in before.values().flat_map(|state| &state.partitions) {
            let known = self.partition(&partition.topic, partition.number, partition.id);
            if known.is_none() {
                partition.removed.store(true, Ordering::SeqCst);
                partition.ring();
            }
        }
    }

    /// Whether a partition of that id is in the log.
    pub(super) fn has_partition(&self, id: i64) -> bool {
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        let mut partitions = topics.values().flat_map(|state| &state.partitions);
        partitions.any(|partition| partition.id == id)
    }

    /// The topics as the index has them, and where their partitions begin and end. A partition that is
    /// known stays the same one: readers watch it.
    fn read(
        &self,
        connection: &Connection,
    ) -> rusqlite::Result<(BTreeMap<String, TopicState>, Vec<Bounds>)> {
        // One statement, so one snapshot.
        let mut statement = connection.prepare_cached(
            "SELECT t.id, t.name, t.compacted, t.retention_ms, t.retention_bytes,
                    p.id, p.number, p.start, p.next
             FROM topics t JOIN partitions p ON p.topic = t.id ORDER BY t.id, p.number",
        )?;
        let mut rows = statement.query([])?;
        let mut fresh: BTreeMap<String, TopicState> = BTreeMap::new();
        let mut bounds = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            let (start, next) = (index::number(row, 7)?, index::number(row, 8)?);
            let known = self.partition(&name, row.get(6)?, row.get(5)?);
            let partition = match known {
                Some(partition) => partition,
                None => self.new_partition(&name, row)?,
            };
            bounds.push((partition.clone(), start, next));
            let state = match fresh.get_mut(&name) {
                Some(state) => state,
                None => fresh.entry(name.clone()).or_insert(TopicState {
                    id: row.get(0)?,
                    topic: topic(name, row)?,
                    partitions: Vec::new(),
                }),
            };
            state.topic.partitions += 1;
            state.partitions.push(partition);
        }
        Ok((fresh, bounds))
    }

    fn new_partition(&self, topic: &str, row: &Row<'_>) -> rusqlite::Result<Arc<Partition>> {
        Ok(Arc::new(Partition {
            id: row.get(5)?,
            topic: Arc::from(topic),
            number: row.get(6)?,
            compacted: row.get(2)?,
            removed: AtomicBool::new(false),
            gate: self.gate.clone(),
            tail: Mutex::new(Tail {
                start: index::number(row, 7)?,
                next: index::number(row, 8)?,
                blocks: VecDeque::new(),
                cuts: Vec::new(),
            }),
            watchers: Mutex::default(),
        }))
    }

    fn partition(&self, topic: &str, number: u32, id: i64) -> Option<Arc<Partition>> {
        let topic = self.topic(topic)?;
        let partition = topic.partitions.get(number as usize)?;
        (partition.id == id).then(|| partition.clone())
    }
}

/// A topic without its partitions, which are counted row by row.
fn topic(name: String, row: &Row<'_>) -> rusqlite::Result<Topic> {
    let positive = |number: i64| number.max(0) as u64;
    let retention_ms: Option<i64> = row.get(3)?;
    let retention_bytes: Option<i64> = row.get(4)?;
    Ok(Topic {
        name,
        partitions: 0,
        cleanup: if row.get(2)? {
            Cleanup::Compact
        } else {
            Cleanup::Delete
        },
        retention: retention_ms.map(|ms| Duration::from_millis(positive(ms))),
        retention_bytes: retention_bytes.map(positive),
    })
}

/// These plain values are whole whenever the lock is free, so a panic elsewhere does not spoil them.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
