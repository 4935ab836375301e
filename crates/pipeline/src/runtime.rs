//! What every task of a process shares.

use std::sync::{Arc, Mutex, PoisonError};

use article::Outgoing;

use crate::board::Board;
use crate::dead::{Coordinates, DeadLetter};
use crate::headers::{self, Headers};
use crate::log::ToSend;
use crate::store::Stores;
use crate::telemetry::Context;
use crate::topics::Topology;
use crate::waker::Shutdown;

/// The largest record that any topic takes, in bytes of its value.
pub const MAX_RECORD: usize = 8 << 20;

/// What every task of a process shares. Clones share it too.
#[derive(Clone, Debug)]
pub struct Runtime<L> {
    /// The log.
    pub log: L,
    /// The topics of this generation.
    pub topology: Arc<Topology>,
    /// The topics of the generation that this one's fetcher takes its state over from; `None` in the
    /// first.
    pub forebear: Option<Arc<Topology>>,
    /// The topics of the live generation, which may change while the process runs.
    pub live: Live,
    /// Where the state is kept beside the log.
    pub stores: Stores,
    /// What wrote the records.
    pub provenance: Provenance,
    /// The request to stop.
    pub shutdown: Shutdown,
    /// What the tasks are doing.
    pub board: Board,
    /// The first error that ends the process.
    pub verdict: Verdict,
}

/// What a record's headers say of its making. Output is a function of input records, code version and
/// configuration.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The version of copydesk.
    pub version: String,
    /// The hash of the effective configuration.
    pub config: String,
}

/// The topics of the live generation. Clones share it.
#[derive(Clone, Debug)]
pub struct Live(Arc<Mutex<(Arc<Topology>, Shutdown)>>);

impl Live {
    /// Begins with a generation.
    pub fn new(topology: Arc<Topology>) -> Self {
        Self(Arc::new(Mutex::new((topology, Shutdown::default()))))
    }

    /// The topics now.
    pub fn topology(&self) -> Arc<Topology> {
        self.now().0
    }

    /// The topics now, and what is requested as soon as they are others.
    pub fn now(&self) -> (Arc<Topology>, Shutdown) {
        let live = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        live.clone()
    }

    /// Another generation is live. Whoever waits for a change is woken also where it is the same.
    pub fn change(&self, topology: Arc<Topology>) {
        let mut live = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, before) = std::mem::replace(&mut *live, (topology, Shutdown::default()));
        before.request();
    }
}

/// The first error that ends the process, where there was one.
#[derive(Clone, Debug, Default)]
pub struct Verdict(Arc<Mutex<Option<Ending>>>);

/// Why a process ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// What is wrong.
    pub error: String,
    /// Whether a process that is started again would end the same way, until somebody has changed
    /// something.
    pub is_for_good: bool,
}

impl Verdict {
    /// Records `error` unless there is one already.
    pub fn fail(&self, error: impl Into<String>) {
        self.end(error.into(), false);
    }

    /// Records an error that no restart mends, unless there is one already.
    pub fn fail_for_good(&self, error: impl Into<String>) {
        self.end(error.into(), true);
    }

    fn end(&self, error: String, is_for_good: bool) {
        let mut verdict = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        verdict.get_or_insert(Ending { error, is_for_good });
    }

    /// The first error.
    pub fn error(&self) -> Option<String> {
        self.ending().map(|ending| ending.error)
    }

    /// The first error, and what a restart would do about it.
    pub fn ending(&self) -> Option<Ending> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl<L> Runtime<L> {
    /// The record that `outgoing` becomes. The error is the dead letter, where it is over [`MAX_RECORD`].
    pub(crate) fn address_in(
        &self,
        stage: &'static str,
        outgoing: Outgoing,
        input_partition: u32,
        source: Option<&Coordinates>,
        context: &Context,
    ) -> Result<ToSend, ToSend> {
        let topic = self
            .topology
            .topic(outgoing.topic)
            // A stage's output topics are constants of the vocabulary, and all are in the topology.
            .expect("every message's topic is part of the topology");
        let mut own = Headers::new().with(headers::SCHEMA, outgoing.schema);
        if let Some(source) = source {
            own = own.with(headers::SOURCE, source.to_string());
        }
        own = own
            .with(headers::VERSION, self.provenance.version.as_str())
            .with(headers::CONFIG, self.provenance.config.as_str());
        if let Some(value) = &outgoing.value
            && value.len() > MAX_RECORD
        {
            let key = outgoing.key.as_bytes();
            let letter = DeadLetter::too_large(stage, &topic.name, key, value, own, MAX_RECORD);
            return Err(self.bury(letter.within(context), input_partition));
        }
        Ok(ToSend {
            topic: topic.name.clone(),
            partition: outgoing.route.partition(topic.partitions, input_partition),
            key: Some(outgoing.key.into_bytes()),
            value: outgoing.value,
            headers: own,
        })
    }

    /// The record that a dead letter becomes.
    pub(crate) fn bury(&self, letter: DeadLetter, input_partition: u32) -> ToSend {
        let letter = letter.bounded(MAX_RECORD);
        tracing::warn!(
            stage = letter.stage,
            reason = letter.reject.reason.as_str(),
            topic = letter.topic,
            source = letter.source.as_ref().map(tracing::field::display),
            trace_id = letter.trace.trace_id(),
            "dead letter: {}",
            letter.reject.detail
        );
        let topic = self.topology.dead(letter.stage);
        let partition = input_partition % topic.partitions;
        letter.into_record(&topic.name, partition, &self.provenance.version)
    }
}
