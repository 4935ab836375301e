//! Producers and their transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::block::{self, Builder, Frame, Packer};
use super::catalog::Partition;
use super::claim::{Hold, LocalClaim};
use super::handle::{Handle, Shared};
use crate::log::{Failure, Offset, Producer, ToSend};

/// A larger record is refused. Twice what the pipeline lets a record be, so that headers and the
/// envelope of a dead letter never meet it.
const LARGEST: usize = 16 << 20;

/// A transactional producer. See [`Producer`].
#[derive(Debug)]
pub struct LocalProducer {
    log: Arc<Handle>,
    identity: Identity,
    packer: Packer,
    open: Option<Box<Transaction>>,
}

/// Who a producer is, and how it learns that it is no more.
#[derive(Clone, Debug)]
struct Identity {
    name: Arc<str>,
    epoch: u64,
    current: Arc<AtomicU64>,
    incarnation: u64,
}

/// What is written together.
#[derive(Debug)]
pub(super) struct Transaction {
    identity: Identity,
    pub(super) parts: Vec<Part>,
    pub(super) offsets: Vec<NextOffset>,
    bytes: usize,
}

/// What a transaction writes to one partition, in the order it was sent.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) partition: Arc<Partition>,
    builder: Builder,
    pub(super) frames: Vec<Frame>,
    /// Instead of blocks, where the topic is compacted.
    pub(super) entries: Vec<Keyed>,
}

/// A record of a compacted topic.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) key: Vec<u8>,
    pub(super) headers: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
}

/// A group's next offset.
#[derive(Debug)]
pub(super) struct NextOffset {
    pub(super) group: Arc<str>,
    pub(super) partition: Arc<Partition>,
    pub(super) next: Offset,
    hold: Arc<Hold>,
}

impl Identity {
    fn check(&self, shared: &Shared) -> Result<(), Failure> {
        if shared.incarnation.load(Ordering::SeqCst) != self.incarnation {
            return Err(Failure::Reopen(
                "commits that had not been flushed were undone".into(),
            ));
        }
        if self.current.load(Ordering::SeqCst) != self.epoch {
            return Err(Failure::Fenced(format!(
                "a newer producer has the transactional id {}",
                self.name
            )));
        }
        Ok(())
    }
}

impl Transaction {
    /// Whether its producer and its claims are still the current ones, and its topics are there.
    pub(super) fn check(&self, shared: &Shared) -> Result<(), Failure> {
        self.identity.check(shared)?;
        for part in &self.parts {
            part.partition.check_there()?;
        }
        for offset in &self.offsets {
            offset.partition.check_there()?;
            if !offset.hold.is_current() {
                return Err(Failure::Fenced(format!(
                    "partition {} of {} was taken over in group {}",
                    offset.partition.number, offset.partition.topic, offset.group
                )));
            }
        }
        Ok(())
    }

    /// About how many bytes its commit writes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn part(&mut self, partition: &Arc<Partition>) -> &mut Part {
        let known = self
            .parts
            .iter()
            .position(|part| part.partition.id == partition.id);
        let index = known.unwrap_or_else(|| {
            self.parts.push(Part {
                partition: partition.clone(),
                builder: Builder::default(),
                frames: Vec::new(),
                entries: Vec::new(),
            });
            self.parts.len() - 1
        });
        &mut self.parts[index]
    }

    fn seal(&mut self, packer: &mut Packer) {
        for part in &mut self.parts {
            if !part.builder.is_empty() {
                part.frames.push(part.builder.seal(packer));
            }
        }
        let frames = self.parts.iter().flat_map(|part| &part.frames);
        let entries = self.parts.iter().flat_map(|part| &part.entries);
        self.bytes =
            frames.map(Frame::len).sum::<usize>() + entries.map(Keyed::size).sum::<usize>();
    }
}

impl Keyed {
    fn size(&self) -> usize {
        self.key.len() + self.headers.len() + self.value.as_ref().map_or(0, Vec::len) + 64
    }
}

impl LocalProducer {
    pub(super) fn new(log: Arc<Handle>, name: &str, epoch: u64, current: Arc<AtomicU64>) -> Self {
        let incarnation = log.shared.incarnation.load(Ordering::SeqCst);
        Self {
            log,
            identity: Identity {
                name: Arc::from(name),
                epoch,
                current,
                incarnation,
            },
            packer: Packer::new(),
            open: None,
        }
    }

    fn transaction(&mut self) -> Result<(&mut Transaction, &mut Packer), Failure> {
        self.identity.check(&self.log.shared)?;
        match &mut self.open {
            Some(transaction) => Ok((transaction, &mut self.packer)),
            None => Err(nothing_open(&self.identity)),
        }
    }
}

impl Producer for LocalProducer {
    type Claim = LocalClaim;

    fn begin(&mut self) -> Result<(), Failure> {
        self.identity.check(&self.log.shared)?;
        if self.open.is_some() {
            return Err(Failure::Fatal(format!(
                "the producer {} has a transaction open already",
                self.identity.name
            )));
        }
        self.open = Some(Box::new(Transaction {
            identity: self.identity.clone(),
            parts: Vec::new(),
            offsets: Vec::new(),
            bytes: 0,
        }));
        Ok(())
    }

    fn send(&mut self, record: ToSend) -> Result<(), Failure> {
        let partition = self.log.partition(&record.topic, record.partition)?;
        let size = block::size(
            record.key.as_deref(),
            record.value.as_deref(),
            &record.headers,
        );
        if size > LARGEST {
            return Err(Failure::Fatal(format!(
                "a record of {size} bytes for {} is larger than the {LARGEST} bytes that the log takes",
                record.topic
            )));
        }
        let (transaction, packer) = self.transaction()?;
        let part = transaction.part(&partition);
        if partition.compacted {
            let Some(key) = record.key else {
                return Err(Failure::Fatal(format!(
                    "a record without a key cannot go to the compacted topic {}",
                    record.topic
                )));
            };
            part.entries.push(Keyed {
                key,
                headers: block::encode_headers(&record.headers),
                value: record.value,
            });
            return Ok(());
        }
        if part.builder.is_full_for(size) {
            part.frames.push(part.builder.seal(packer));
        }
        part.builder.push(
            record.key.as_deref(),
            record.value.as_deref(),
            &record.headers,
        );
        Ok(())
    }

    fn send_offsets(&mut self, claim: &LocalClaim, next: Offset) -> Result<(), Failure> {
        let (transaction, _) = self.transaction()?;
        if !claim.hold().is_current() {
            return Err(claim.lost());
        }
        transaction.offsets.push(NextOffset {
            group: claim.group().clone(),
            partition: claim.state().clone(),
            next,
            hold: claim.hold().clone(),
        });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.identity.check(&self.log.shared)?;
        let mut transaction = self
            .open
            .take()
            .ok_or_else(|| nothing_open(&self.identity))?;
        transaction.seal(&mut self.packer);
        let (result, transaction) = self.log.commit(transaction)?;
        // Only then may the same transaction be committed again.
        if let Err(Failure::Retry(_)) = result {
            self.open = Some(transaction);
        }
        result
    }

    /// The partition's end: one process runs the log, so nobody else has written there since.
    fn written(&self, topic: &str, partition: u32) -> Option<Offset> {
        let partition = self.log.partition(topic, partition).ok()?;
        Some(partition.bounds().end)
    }

    fn abort(&mut self) {
        self.open = None;
    }

    fn epoch(&self) -> Option<u64> {
        Some(self.identity.epoch)
    }

    /// Never: a commit that failed wrote nothing, and the epoch is checked inside the commit.
    fn is_suspect(&self) -> bool {
        false
    }
}

fn nothing_open(identity: &Identity) -> Failure {
    Failure::Fatal(format!(
        "the producer {} has no transaction open",
        identity.name
    ))
}
