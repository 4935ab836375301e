//! Seeing generations come and go live.

use std::time::Instant;

use super::{AGAIN_AFTER, Generations, PATIENCE};
use crate::log::{Failure, Limits, Log, Reader};
use crate::topics::Topology;
use crate::waker::Waker;

/// Follows the topic of generations.
pub struct Watch<L: Log> {
    log: L,
    topic: String,
    /// None until the topic is there, and after a failure.
    reader: Option<L::Reader>,
    known: Generations,
    /// Whether something was taken up that nobody was told of yet.
    is_new: bool,
}

impl<L: Log> std::fmt::Debug for Watch<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch")
            .field("topic", &self.topic)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

impl<L: Log> Watch<L> {
    /// Begins with what is known already.
    #[must_use]
    pub fn new(log: &L, ground: &Topology, known: Generations) -> Self {
        Self {
            log: log.clone(),
            topic: ground.generations().name,
            reader: None,
            known,
            is_new: false,
        }
    }

    /// What is known now, where that is more than at the last call.
    ///
    /// # Errors
    /// A log that cannot be read; the next call tries again.
    pub fn news(&mut self) -> Result<Option<&Generations>, Failure> {
        let is_whole = self.attempt()?;
        let is_new = is_whole && std::mem::take(&mut self.is_new);
        Ok(is_new.then_some(&self.known))
    }

    /// What is known now: everything that was written before the call.
    ///
    /// # Errors
    /// As [`Watch::news`], and what was written and cannot be read yet for half a minute.
    pub fn now(&mut self) -> Result<&Generations, Failure> {
        let started = Instant::now();
        while !self.attempt()? {
            if started.elapsed() > PATIENCE {
                let topic = &self.topic;
                return Err(Failure::Retry(format!(
                    "{topic} has had records for {PATIENCE:?} that cannot be read"
                )));
            }
            std::thread::sleep(AGAIN_AFTER);
        }
        Ok(&self.known)
    }

    /// After a failure the topic is read from its beginning again.
    fn attempt(&mut self) -> Result<bool, Failure> {
        let outcome = self.read();
        if outcome.is_err() {
            self.reader = None;
        }
        outcome
    }

    /// Reads on. True at the end: on Kafka what came before stands there too, and is not what holds.
    fn read(&mut self) -> Result<bool, Failure> {
        if self.reader.is_none() {
            if self.log.partitions(&self.topic)?.is_none() {
                return Ok(true);
            }
            let reader = self.log.reader(&self.topic, 0, 0, Waker::default())?;
            self.reader = Some(reader);
        }
        let Some(reader) = &mut self.reader else {
            return Ok(true);
        };
        let end = self.log.bounds(&self.topic, 0)?.end;
        while reader.position() < end {
            let records = reader.read(Limits::default())?;
            if records.is_empty() && reader.position() < end {
                return Ok(false);
            }
            for record in records {
                if let Some(value) = record.value {
                    self.known.take(&record.key.unwrap_or_default(), &value)?;
                    self.is_new = true;
                }
            }
        }
        Ok(true)
    }
}
