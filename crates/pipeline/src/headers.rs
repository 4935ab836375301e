//! Record headers: their names in one place, and how they are read.

/// A record's headers in their order. Names may repeat; the last one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, Vec<u8>)>);

/// Name and version of the value's form.
pub const SCHEMA: &str = "schema";
/// `topic/partition/offset` of the record that this one was made from.
pub const SOURCE: &str = "source";
/// The version of copydesk that wrote the record.
pub const VERSION: &str = "version";
/// The hash of the configuration that it ran with.
pub const CONFIG: &str = "config";
/// The trace that the record was written in: W3C Trace Context.
pub const TRACEPARENT: &str = "traceparent";
/// What other systems add to the trace, in the form of the same standard.
pub const TRACESTATE: &str = "tracestate";

impl Headers {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The last header of that name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0
            .iter()
            .rev()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_slice())
    }

    /// The last header of that name, where it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.get(name)?).ok()
    }

    /// How many bytes names and values take.
    pub fn bytes(&self) -> usize {
        let headers = self.0.iter();
        headers.map(|(name, value)| name.len() + value.len()).sum()
    }
}
