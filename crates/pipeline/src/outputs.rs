//! What a transaction writes besides state and offset.

use crate::log::ToSend;
use crate::metrics::Observed;
use crate::telemetry::{self, Context, Span};

/// What a transaction writes besides state and offset.
#[derive(Debug, Default)]
pub struct Outputs {
    pub(crate) records: Vec<ToSend>,
    pub(crate) observed: Vec<Observed>,
    /// The records on their way: ended with the commit that makes them visible, given up without.
    pub(crate) spans: Vec<Span>,
    context: Context,
}

impl Outputs {
    /// What is added from now on follows from the work at this place of a trace.
    pub fn within(&mut self, context: &Context) {
        self.context = context.clone();
    }

    /// The work that what is added follows from.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Notes what an output makes available, to be counted when it has been committed.
    pub(crate) fn observe(&mut self, observed: Option<Observed>) {
        self.observed.extend(observed);
    }

    /// Adds a record, and the context in which it is sent to its headers.
    pub(crate) fn send(&mut self, mut record: ToSend) {
        let span = telemetry::send(&self.context, &record);
        record.headers = span.context().stamp(record.headers);
        self.records.push(record);
        if span.is_told() {
            self.spans.push(span);
        }
    }

    /// Adds a dead letter: its headers are those of the record that died.
    pub(crate) fn bury(&mut self, letter: ToSend) {
        self.records.push(letter);
    }
}
