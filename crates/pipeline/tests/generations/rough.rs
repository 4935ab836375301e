//! A log with rough edges: readers that find less than there is, and a process that dies at a given call.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use pipeline::Waker;
use pipeline::log::{Failure, Limits, Log, Offset, Producer, Reader, Stored, ToSend};
use pipeline::topics::Topic;

/// Another log, used roughly. Clones share the edges.
#[derive(Clone, Debug)]
pub(crate) struct Rough<L> {
    pub(crate) inner: L,
    edges: Arc<Edges>,
}

#[derive(Debug)]
struct Edges {
    chance: Mutex<u64>,
    /// How many calls of producers are left until one fails; 0 where none does.
    left: AtomicU64,
    /// Whether they fail for good then, as a process that is gone does, and readers find less than there
    /// is; else the next call succeeds, and so does every reader.
    is_fatal: bool,
    commits: AtomicU64,
}

impl<L> Rough<L> {
    /// Reads by `seed`; dies at the call `dies_at` of its producers, where that is not 0.
    pub(crate) fn dying(inner: L, seed: u64, dies_at: u64) -> Self {
        Self::new(inner, seed, dies_at, true)
    }

    /// Fails once, at the call `fails_at` of its producers.
    pub(crate) fn failing(inner: L, fails_at: u64) -> Self {
        Self::new(inner, 0, fails_at, false)
    }

    fn new(inner: L, seed: u64, left: u64, is_fatal: bool) -> Self {
        let edges = Edges {
            chance: Mutex::new(seed | 1),
            left: AtomicU64::new(left),
            is_fatal,
            commits: AtomicU64::new(0),
        };
        Self {
            inner,
            edges: Arc::new(edges),
        }
    }

    /// Whether the failure that was asked for has come.
    pub(crate) fn has_failed(&self) -> bool {
        self.edges.left.load(Ordering::SeqCst) == 0
    }

    /// Transactions that were committed.
    pub(crate) fn commits(&self) -> u64 {
        self.edges.commits.load(Ordering::SeqCst)
    }
}

impl Edges {
    fn below(&self, end: u64) -> u64 {
        let mut state = self.chance.lock().expect("nobody panics with it");
        // xorshift64
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % end
    }

    fn is_dead(&self) -> bool {
        self.is_fatal && self.left.load(Ordering::SeqCst) == 1
    }

    /// A call of a producer.
    fn pass(&self) -> Result<(), Failure> {
        match self.left.load(Ordering::SeqCst) {
            0 => return Ok(()),
            1 if self.is_fatal => return Err(Failure::Fatal("it is dead".into())),
            _ => {}
        }
        if self.left.fetch_sub(1, Ordering::SeqCst) > 1 {
            return Ok(());
        }
        Err(Failure::Reopen("it failed".into()))
    }
}

impl<L: Log> Log for Rough<L> {
    type Producer = RoughProducer<L>;
    type Membership = L::Membership;
    type Claim = L::Claim;
    type Reader = RoughReader<L>;

    fn create(&self, topics: &[Topic]) -> Result<(), Failure> {
        self.inner.create(topics)
    }

    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        self.inner.remove(topics, groups)
    }

    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure> {
        self.inner.partitions(topic)
    }

    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure> {
        self.inner.topic(name)
    }

    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure> {
        self.inner.bounds(topic, partition)
    }

    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure> {
        self.inner.since(topic, partition, moment)
    }

    fn committed(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure> {
        self.inner.committed(group, topic, partition)
    }

    fn join(&self, group: &str, topic: &str) -> Result<L::Membership, Failure> {
        self.inner.join(group, topic)
    }

    fn producer(&self, transactional_id: &str) -> Result<RoughProducer<L>, Failure> {
        Ok(RoughProducer {
            inner: self.inner.producer(transactional_id)?,
            edges: self.edges.clone(),
        })
    }

    fn reader(
        &self,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<RoughReader<L>, Failure> {
        Ok(RoughReader {
            inner: self.inner.reader(topic, partition, from, waker.clone())?,
            edges: self.edges.clone(),
            waker,
        })
    }

    fn identity(&self) -> String {
        self.inner.identity()
    }

    fn has_markers(&self) -> bool {
        self.inner.has_markers()
    }
}

pub(crate) struct RoughReader<L: Log> {
    inner: L::Reader,
    edges: Arc<Edges>,
    waker: Waker,
}

impl<L: Log> Reader for RoughReader<L> {
    fn position(&self) -> Offset {
        self.inner.position()
    }

    /// As before an open transaction: nothing, though there is more; or a few.
    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        if !self.edges.is_fatal {
            return self.inner.read(limits);
        }
        if self.edges.below(3) == 0 {
            self.waker.wake();
            return Ok(Vec::new());
        }
        let records = limits.records.min(1 + self.edges.below(7) as usize);
        self.inner.read(Limits { records, ..limits })
    }
}

pub(crate) struct RoughProducer<L: Log> {
    inner: L::Producer,
    edges: Arc<Edges>,
}

impl<L: Log> Producer for RoughProducer<L> {
    type Claim = L::Claim;

    fn begin(&mut self) -> Result<(), Failure> {
        self.edges.pass()?;
        self.inner.begin()
    }

    fn send(&mut self, record: ToSend) -> Result<(), Failure> {
        self.edges.pass()?;
        self.inner.send(record)
    }

    fn send_offsets(&mut self, claim: &L::Claim, next: Offset) -> Result<(), Failure> {
        self.edges.pass()?;
        self.inner.send_offsets(claim, next)
    }

    /// It may die before the commit, and after it before anybody hears of it.
    fn commit(&mut self) -> Result<(), Failure> {
        self.edges.pass()?;
        self.inner.commit()?;
        self.edges.commits.fetch_add(1, Ordering::SeqCst);
        self.edges.pass()
    }

    fn written(&self, topic: &str, partition: u32) -> Option<Offset> {
        self.inner.written(topic, partition)
    }

    fn abort(&mut self) {
        // Whoever is dead aborts nothing.
        if !self.edges.is_dead() {
            self.inner.abort();
        }
    }

    fn is_suspect(&self) -> bool {
        self.inner.is_suspect()
    }
}
