//! Changing what is known of generations.

use std::time::{Duration, Instant};

use super::{AGAIN_AFTER, Change, GenerationError, Generations, PATIENCE, Watch};
use crate::headers::{self, Headers};
use crate::leftovers;
use crate::log::{Failure, Log, Producer, ToSend};
use crate::topics::Topology;

const SCHEMA: &str = "generation/1";
/// One id for all who change the topic: a second one fences the first.
const PRODUCER: &str = "copydesk.generations";
/// About what a change takes on the embedded log.
const TURN: Duration = Duration::from_millis(10);

/// The topic of generations, read and written by one who does so again and again: it reads on from
/// where it was, and keeps its producer.
pub struct Register<L: Log> {
    log: L,
    version: String,
    watch: Watch<L>,
    /// None until something is written, and after a failure.
    producer: Option<L::Producer>,
    topic: String,
}

impl<L: Log> std::fmt::Debug for Register<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register")
            .field("watch", &self.watch)
            .finish_non_exhaustive()
    }
}

impl<L: Log> Register<L> {
    /// Nothing is read or written yet. `version` is that of copydesk.
    pub fn new(log: &L, ground: &Topology, version: &str) -> Self {
        Self {
            log: log.clone(),
            version: version.to_owned(),
            watch: Watch::new(log, ground, Generations::default()),
            producer: None,
            topic: ground.generations().name,
        }
    }

    /// What is known now.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn known(&mut self) -> Result<&Generations, Failure> {
        self.watch.now()
    }

    /// Writes what `change` makes of a generation, or of which one is live: reads, decides and writes
    /// under one transactional id, so that nobody else's change can get in between. Where one did, it is
    /// decided again on what is known then: of several who change at the same time each comes to its turn.
    ///
    /// # Errors
    /// What `change` refuses, or a log that cannot be written.
    pub fn change<T>(
        &mut self,
        change: impl Fn(&Generations) -> Result<(Vec<Change>, T), GenerationError>,
    ) -> Result<T, GenerationError> {
        let started = Instant::now();
        loop {
            let is_kept = self.producer.is_some();
            match self.try_to_change(&change) {
                // What was kept may have grown old.
                Err(GenerationError::Log(Failure::Reopen(_))) if is_kept => {}
                // Somebody else writes. Whoever comes second is the one who goes on, so that each waits for as
                // long as a change takes, and a little differently.
                Err(GenerationError::Log(Failure::Fenced(_))) if started.elapsed() < PATIENCE => {
                    std::thread::sleep(TURN + TURN * (std::process::id() % 16));
                }
                ended => return ended,
            }
        }
    }

    fn try_to_change<T>(
        &mut self,
        change: impl Fn(&Generations) -> Result<(Vec<Change>, T), GenerationError>,
    ) -> Result<T, GenerationError> {
        // The producer comes first: once it is there nobody else's change can get in between.
        let mut producer = match self.producer.take() {
            Some(producer) => producer,
            None => self.producer()?,
        };
        let (changes, outcome) = change(self.watch.now()?)?;
        self.write(&mut producer, changes)?;
        self.producer = Some(producer).filter(|producer| !producer.is_suspect());
        Ok(outcome)
    }

    fn producer(&self) -> Result<L::Producer, Failure> {
        let mut producer = self.log.producer(PRODUCER)?;
        leftovers::settle_topic(&self.log, &mut producer, &self.topic)?;
        Ok(producer)
    }

    fn write(&self, producer: &mut L::Producer, changes: Vec<Change>) -> Result<(), Failure> {
        producer.begin()?;
        for change in changes {
            let (key, value) = change.entry();
            producer.send(ToSend {
                topic: self.topic.clone(),
                partition: 0,
                key: Some(key.into_bytes()),
                value: Some(value),
                headers: Headers::new()
                    .with(headers::SCHEMA, SCHEMA)
                    .with(headers::VERSION, self.version.as_str()),
            })?;
        }
        let started = Instant::now();
        while let Err(failure) = producer.commit() {
            // Whoever hears of a failure must be able to believe it, so a definite answer is waited for.
            let Failure::Retry(why) = failure else {
                return Err(failure);
            };
            if started.elapsed() > PATIENCE {
                return Err(Failure::Retry(format!(
                    "{why}; it may have been done all the same: `copydesk replay list` tells"
                )));
            }
            std::thread::sleep(AGAIN_AFTER);
        }
        Ok(())
    }
}

/// One change: see [`Register::change`].
///
/// # Errors
/// As there.
pub fn change<L: Log, T>(
    log: &L,
    ground: &Topology,
    version: &str,
    change: impl Fn(&Generations) -> Result<(Vec<Change>, T), GenerationError>,
) -> Result<T, GenerationError> {
    Register::new(log, ground, version).change(change)
}
