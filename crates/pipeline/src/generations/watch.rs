//! Seeing generations come and go live.

use super::Generations;
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
        match self.read() {
            Ok(true) => Ok(Some(&self.known)),
            Ok(false) => Ok(None),
            Err(failure) => {
                self.reader = None;
                Err(failure)
            }
        }
    }

    fn read(&mut self) -> Result<bool, Failure> {
        if self.reader.is_none() {
            if self.log.partitions(&self.topic)?.is_none() {
                return Ok(false);
            }
            let reader = self.log.reader(&self.topic, 0, 0, Waker::default())?;
            self.reader = Some(reader);
        }
        let Some(reader) = &mut self.reader else {
            return Ok(false);
        };
        // To the end: on Kafka what came before stands there too, and is not what holds.
        let end = self.log.bounds(&self.topic, 0)?.end;
        while reader.position() < end {
            let records = reader.read(Limits::default())?;
            if records.is_empty() {
                // The rest is told of when it can be read.
                return Ok(false);
            }
            for record in records {
                if let Some(value) = record.value {
                    self.known.take(&record.key.unwrap_or_default(), &value)?;
                    self.is_new = true;
                }
            }
        }
        Ok(std::mem::take(&mut self.is_new))
    }
}
