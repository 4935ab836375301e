//! The second pass: the records themselves, of the places that differ.

use std::collections::{BTreeMap, VecDeque};

use pipeline::Waker;
use pipeline::log::{Limits, Log, Offset, Stored};

use crate::patience::patiently;

/// So many bytes of values of one side are held at once, and one record more.
pub(super) const CHUNK_BYTES: usize = 16 << 20;
/// A reader goes on over so many records; over more it is cheaper to open another one.
const GAP: Offset = 2_000;

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) partition: u16,
    pub(super) offset: Offset,
}

/// Reads single records of a topic, cheaply where they follow each other.
pub(super) struct Values<'a, L: Log> {
    log: &'a L,
    topic: &'a str,
    readers: BTreeMap<u16, Part<L::Reader>>,
}

struct Part<R> {
    reader: R,
    /// The offset from which on nothing was passed over.
    from: Offset,
    ready: VecDeque<Stored>,
}

impl<'a, L: Log> Values<'a, L> {
    pub(super) fn new(log: &'a L, topic: &'a str) -> Self {
        Self {
            log,
            topic,
            readers: BTreeMap::new(),
        }
    }

    /// The records at `places`, in their order; `None` where there is no place, and where the record has
    /// gone meanwhile. Fewer than the places where they take more than `most` bytes.
    pub(super) fn read(
        &mut self,
        places: &[Option<Place>],
        most: usize,
    ) -> anyhow::Result<Vec<Option<Stored>>> {
        // In the order of offsets, so that each reader goes forward only.
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|index| places[*index]);
        let mut records: Vec<Option<Stored>> = vec![None; places.len()];
        let mut bytes = 0;
        let mut whole = places.len();
        for index in order {
            let Some(place) = places[index] else {
                continue;
            };
            // What comes behind an item that is left out is left out too.
            if index >= whole {
                continue;
            }
            if bytes > most && index > 0 {
                whole = index;
                continue;
            }
            let record = self.at(place)?;
            bytes += record.as_ref().map_or(0, size);
            records[index] = record;
        }
        records.truncate(whole);
        Ok(records)
    }

    fn at(&mut self, place: Place) -> anyhow::Result<Option<Stored>> {
        let Place { partition, offset } = place;
        let is_near = self
            .readers
            .get(&partition)
            .is_some_and(|part| part.from <= offset && offset - part.from < GAP);
        if !is_near {
            let reader = patiently(|| {
                self.log
                    .reader(self.topic, u32::from(partition), offset, Waker::default())
            })?;
            let part = Part {
                reader,
                from: offset,
                ready: VecDeque::new(),
            };
            self.readers.insert(partition, part);
        }
        let part = self
            .readers
            .get_mut(&partition)
            .expect("it was put there where it was missing");
        part.at(offset)
    }
}

impl<R: pipeline::log::Reader> Part<R> {
    fn at(&mut self, offset: Offset) -> anyhow::Result<Option<Stored>> {
        loop {
            while let Some(record) = self.ready.front() {
                if record.offset > offset {
                    return Ok(None);
                }
                let record = self.ready.pop_front();
                self.from = record.as_ref().map_or(0, |record| record.offset + 1);
                if self.from == offset + 1 {
                    return Ok(record);
                }
            }
            let records = patiently(|| self.reader.read(Limits::default()))?;
            if records.is_empty() {
                return Ok(None);
            }
            self.ready.extend(records);
        }
    }
}

fn size(record: &Stored) -> usize {
    let bytes = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    bytes(&record.key) + bytes(&record.value)
}
