//! One partition of a simulated topic: records of open, committed and aborted transactions, and the
//! markers that tell which is which.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::protocol::{Epoch, Identity, ProducerId, Refusal};
use crate::log::{Limits, Offset, Stored};
use crate::topics::{Cleanup, Topic};
use crate::waker::WeakWaker;

/// A compacted topic shows its tombstones for so long.
const TOMBSTONES: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What lies at an offset.
#[derive(Debug)]
enum Entry {
    Data(ProducerId, Stored),
    /// A commit or abort marker: it takes an offset and is never shown.
    Marker,
    /// An aborted record, or one that compaction or retention took.
    Gone,
}

/// What the partition knows of a producer.
#[derive(Debug)]
struct Seen {
    epoch: Epoch,
    /// The number that its next record must carry.
    next: u32,
    /// The number and the offset of the first record of each of its requests in this epoch.
    requests: Vec<(u32, Offset)>,
}

/// A partition. Its index of an entry is the entry's offset.
#[derive(Debug, Default)]
pub(super) struct Partition {
    entries: Vec<Entry>,
    /// The oldest offset that retention left.
    start: Offset,
    /// The first record of each transaction whose marker is not here yet.
    open: BTreeMap<ProducerId, Offset>,
    producers: BTreeMap<ProducerId, Seen>,
    followers: Vec<WeakWaker>,
    /// Whether its topic was removed.
    removed: bool,
}

impl Partition {
    /// Drops everything, and lets those know who wait for more.
    pub(super) fn remove(&mut self) {
        let followers = std::mem::take(&mut self.followers);
        *self = Self {
            removed: true,
            ..Self::default()
        };
        for follower in followers {
            follower.wake();
        }
    }

    pub(super) fn is_removed(&self) -> bool {
        self.removed
    }

    pub(super) fn start(&self) -> Offset {
        self.start
    }

    /// The high watermark: what lies before it is there, committed or not.
    pub(super) fn end(&self) -> Offset {
        self.entries.len() as Offset
    }

    /// The last stable offset: before it every transaction has its marker.
    pub(super) fn stable_end(&self) -> Offset {
        let first = self.open.values().copied().min();
        first.unwrap_or_else(|| self.end())
    }

    pub(super) fn is_open_for(&self, producer: ProducerId) -> bool {
        self.open.contains_key(&producer)
    }

    /// Appends records, the first of which is the producer's number `sequence` here. A request that
    /// comes again is acknowledged again and changes nothing.
    pub(super) fn append(
        &mut self,
        writer: Identity,
        sequence: u32,
        records: Vec<Stored>,
    ) -> Result<Offset, Refusal> {
        let end = self.end();
        let seen = self.producers.entry(writer.producer).or_insert(Seen {
            epoch: writer.epoch,
            next: 0,
            requests: Vec::new(),
        });
        if writer.epoch < seen.epoch {
            return Err(Refusal::Fenced);
        }
        if writer.epoch > seen.epoch {
            seen.begin(writer.epoch);
        }
        if sequence < seen.next {
            let known = seen.requests.iter().find(|(first, _)| *first == sequence);
            return known.map_or(Err(Refusal::OutOfOrder), |(_, base)| Ok(*base));
        }
        if sequence > seen.next {
            return Err(Refusal::OutOfOrder);
        }
        seen.next += records.len() as u32;
        seen.requests.push((sequence, end));
        self.open.entry(writer.producer).or_insert(end);
        for (offset, record) in (end..).zip(records) {
            let stored = Stored { offset, ..record };
            self.entries.push(Entry::Data(writer.producer, stored));
        }
        Ok(end)
    }

    /// Ends the producer's transaction here. Its epoch may be newer than the records': then whatever
    /// of the older one is still under way is fenced from now on.
    pub(super) fn mark(&mut self, writer: Identity, commit: bool) {
        if let Some(first) = self.open.remove(&writer.producer)
            && !commit
        {
            for entry in &mut self.entries[first as usize..] {
                if matches!(entry, Entry::Data(producer, _) if *producer == writer.producer) {
                    *entry = Entry::Gone;
                }
            }
        }
        self.entries.push(Entry::Marker);
        let seen = self.producers.entry(writer.producer).or_insert(Seen {
            epoch: writer.epoch,
            next: 0,
            requests: Vec::new(),
        });
        if writer.epoch > seen.epoch {
            seen.begin(writer.epoch);
        }
        self.followers.retain(WeakWaker::wake);
    }

    /// Committed records from `position` on, and the offset to go on from.
    pub(super) fn read(&self, position: Offset, limits: Limits) -> (Vec<Stored>, Offset) {
        let mut records = Vec::new();
        let mut bytes = 0;
        let position = position.max(self.start);
        let end = self.stable_end().max(position);
        for offset in position..end {
            let Entry::Data(_, stored) = &self.entries[offset as usize] else {
                continue;
            };
            bytes += size(stored);
            if records.len() >= limits.records || (bytes > limits.bytes && !records.is_empty()) {
                return (records, offset);
            }
            records.push(stored.clone());
        }
        (records, end)
    }

    /// Has `waker` rung whenever there may be more to read.
    pub(super) fn follow(&mut self, waker: WeakWaker) {
        self.followers.push(waker);
    }

    /// The first offset from which on records may have been written at `moment` or later.
    pub(super) fn since(&self, moment: Timestamp) -> Offset {
        let mut entries = (0..).zip(&self.entries).skip(self.start as usize);
        let found = entries.find(|(_, entry)| match entry {
            Entry::Data(_, stored) => stored.written_at >= moment,
            Entry::Marker | Entry::Gone => false,
        });
        found.map_or_else(|| self.end(), |(offset, _)| offset)
    }

    /// Lets only the last record of each key stay, as far as the partition is stable, and no tombstone
    /// that is older than a day at `now`.
    pub(super) fn compact(&mut self, now: Timestamp) {
        let mut later = BTreeSet::new();
        let stable = self.stable_end() as usize;
        for entry in self.entries[..stable].iter_mut().rev() {
            let Entry::Data(_, stored) = entry else {
                continue;
            };
            let is_old = now.duration_since(stored.written_at) > TOMBSTONES;
            let is_last = later.insert(stored.key.clone());
            if !is_last || (is_old && stored.value.is_none()) {
                *entry = Entry::Gone;
            }
        }
    }

    /// Drops what the topic's bounds do not let stay at `now`, oldest first and nothing from `needed`
    /// on. `share` is how many bytes this partition may keep.
    pub(super) fn retain(
        &mut self,
        topic: &Topic,
        share: Option<u64>,
        needed: Offset,
        now: Timestamp,
    ) {
        let is_old = |stored: &Stored| {
            let kept = topic.retention.unwrap_or(std::time::Duration::MAX);
            now.duration_since(stored.written_at).unsigned_abs() > kept
        };
        if topic.cleanup == Cleanup::Compact {
            for entry in &mut self.entries {
                if matches!(entry, Entry::Data(_, stored) if is_old(stored)) {
                    *entry = Entry::Gone;
                }
            }
            return;
        }
        let mut bytes: usize = self.entries.iter().map(Entry::size).sum();
        let limit = needed.min(self.stable_end());
        while self.start < limit {
            let entry = &mut self.entries[self.start as usize];
            let goes = match entry {
                Entry::Data(_, stored) => {
                    is_old(stored) || share.is_some_and(|share| bytes as u64 > share)
                }
                Entry::Marker | Entry::Gone => true,
            };
            if !goes {
                return;
            }
            bytes -= entry.size();
            *entry = Entry::Gone;
            self.start += 1;
        }
    }
}

impl Seen {
    /// Numbers begin anew with each epoch.
    fn begin(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.next = 0;
        self.requests.clear();
    }
}

impl Entry {
    fn size(&self) -> usize {
        match self {
            Self::Data(_, stored) => size(stored),
            Self::Marker | Self::Gone => 0,
        }
    }
}

fn size(stored: &Stored) -> usize {
    let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    length(&stored.key) + length(&stored.value)
}
