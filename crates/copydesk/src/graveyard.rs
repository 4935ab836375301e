//! The dead letters that nobody has sent back, and sending them back.

mod readers;

use std::collections::BTreeSet;

use pipeline::dead::{Buried, Grave};
use pipeline::leftovers::settle_topic;
use pipeline::log::{Failure, Log, Offset, Producer as _};

use crate::patience::patiently;
use crate::scan::{Scan, Start};

pub use self::readers::Readers;

/// One id for all who send back: a second one fences the first, so that no letter goes twice.
const PRODUCER: &str = "copydesk.cli.dead";
/// How much goes into one transaction.
const BATCH_LETTERS: usize = 100;
const BATCH_BYTES: usize = 4 << 20;

/// The dead-letter topic, read as its letters.
#[derive(Debug)]
pub struct Graveyard<R> {
    scan: Scan<R>,
    retried: BTreeSet<(u32, Offset)>,
}

impl<R: pipeline::log::Reader> Graveyard<R> {
    /// The letters that are there now. Reads the topic once for the markers; [`Graveyard::next_letter`] reads
    /// it again for the letters, so that memory does not grow with their values.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn open<L: Log<Reader = R>>(log: &L, topic: &str) -> Result<Self, Failure> {
        let mut retried = BTreeSet::new();
        let mut markers = Scan::bounded(log, topic, Start::Beginning)?;
        while let Some((partition, record)) = markers.next_record()? {
            if let Some(Grave::Retried(partition, offset)) = Grave::read(partition, record) {
                retried.insert((partition, offset));
            }
        }
        let scan = Scan::bounded(log, topic, Start::Beginning)?;
        Ok(Self { scan, retried })
    }

    /// The next letter that was not sent back, oldest first.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn next_letter(&mut self) -> Result<Option<Buried>, Failure> {
        while let Some((partition, record)) = self.scan.next_record()? {
            if let Some(Grave::Letter(letter)) = Grave::read(partition, record)
                && !self.retried.contains(&letter.at)
            {
                return Ok(Some(*letter));
            }
        }
        Ok(None)
    }

    /// Whether the letter at this place was sent back.
    pub fn is_retried(&self, at: (u32, Offset)) -> bool {
        self.retried.contains(&at)
    }
}

/// What sending back did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retried {
    /// The places of the letters that went back to their topics.
    pub sent: Vec<(u32, Offset)>,
    /// Those that cannot help, with why.
    pub kept: Vec<((u32, Offset), String)>,
}

/// Sends back the letters of `topic` that are `wanted`, but for those that none of the `readers` needs,
/// each with its marker in one transaction, and tells `progress` how many have gone.
///
/// # Errors
/// A log that cannot be read or written, or somebody else who sends back at the same time.
pub fn retry<L: Log>(
    log: &L,
    readers: Readers<'_>,
    topic: &str,
    wanted: impl Fn(&Buried) -> bool,
    mut progress: impl FnMut(usize),
) -> Result<Retried, Failure> {
    // The producer comes first: once it is there nobody else's markers can appear.
    let mut producer = producer(log, topic)?;
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut outcome = Retried::default();
    let mut settled = BTreeSet::from([topic.to_owned()]);
    loop {
        if producer.is_suspect() {
            // Committed, but the next transaction of this producer could be ended by what is still under
            // way. Somebody else may send back before the new one is there, so look again.
            producer = self::producer(log, topic)?;
            graveyard = Graveyard::open(log, topic)?;
            outcome.kept.clear();
            settled = BTreeSet::from([topic.to_owned()]);
        }
        let batch = batch(log, readers, topic, &mut graveyard, &wanted, &mut outcome)?;
        if batch.is_empty() {
            return Ok(outcome);
        }
        for record in batch.iter().flat_map(|(_, records)| records) {
            if settled.insert(record.topic.clone()) {
                patiently(|| settle_topic(log, &mut producer, &record.topic))?;
            }
        }
        producer.begin()?;
        let mut places = Vec::new();
        for (place, records) in batch {
            places.push(place);
            for record in records {
                producer.send(record)?;
            }
        }
        patiently(|| producer.commit())?;
        outcome.sent.extend(places);
        progress(outcome.sent.len());
    }
}

fn producer<L: Log>(log: &L, topic: &str) -> Result<L::Producer, Failure> {
    let mut producer = patiently(|| log.producer(PRODUCER))?;
    // Before anything is read: what lies open would hide the markers after it.
    patiently(|| settle_topic(log, &mut producer, topic))?;
    Ok(producer)
}

type Batch = Vec<((u32, Offset), [pipeline::log::ToSend; 2])>;

fn batch<L: Log>(
    log: &L,
    readers: Readers<'_>,
    topic: &str,
    graveyard: &mut Graveyard<L::Reader>,
    wanted: &impl Fn(&Buried) -> bool,
    outcome: &mut Retried,
) -> Result<Batch, Failure> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < BATCH_LETTERS && bytes < BATCH_BYTES {
        let Some(letter) = graveyard.next_letter()? else {
            break;
        };
        if !wanted(&letter) {
            continue;
        }
        if let Some(why) = readers.refusal(topic, &letter) {
            outcome.kept.push((letter.at, why));
            continue;
        }
        let Some(partitions) = patiently(|| log.partitions(&letter.topic))? else {
            let why = format!("its topic {} is gone", letter.topic);
            outcome.kept.push((letter.at, why));
            continue;
        };
        bytes += letter.value.as_ref().map_or(0, Vec::len);
        batch.push((letter.at, letter.retry(topic, partitions)));
    }
    Ok(batch)
}
