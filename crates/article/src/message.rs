//! How a hop becomes a record: its topic, its schema, its key and its partition.

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

/// What can be read from and written to a topic.
///
/// Values are JSON. Their version stands in the `schema` header as `name/version`; evolution is
/// additive, so a reader of version N reads every version up to N and ignores fields it lacks.
pub trait Message: Serialize + DeserializeOwned + Send + 'static {
    /// The topic's name in generation 1.
    const TOPIC: &'static str;
    /// Name and version of the value's form, for example `article.cleaned/1`.
    const SCHEMA: &'static str;

    /// What the record is about. In a compacted topic the last record of a key is the one that holds.
    fn key(&self) -> String;

    /// What decides the record's partition.
    fn route(&self) -> Route;
}

/// What decides a record's partition. Explicit and our own, because clients' default partitioners
/// differ between languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Everything that belongs to this name, often a host, goes to one partition.
    By(String),
    /// The partition of the record that it was made from, modulo the count.
    AsInput,
}

impl Route {
    /// The partition, below `partitions`, of a record made from one of partition `input`.
    pub fn partition(&self, partitions: u32, input: u32) -> u32 {
        let partitions = partitions.max(1);
        match self {
            Self::By(name) => (xxh3_64(name.as_bytes()) % u64::from(partitions)) as u32,
            Self::AsInput => input % partitions,
        }
    }
}

/// A record on its way out of a stage: a [`Message`] of any topic, encoded.
///
/// A stage whose output goes to several topics returns an enum of its own that turns into this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The topic's name in generation 1; the runtime adds the generation.
    pub topic: &'static str,
    /// Name and version of the value's form.
    pub schema: &'static str,
    /// The record's key.
    pub key: String,
    /// What decides the partition.
    pub route: Route,
    /// The JSON value; `None` is a tombstone, which deletes the key from a compacted topic.
    pub value: Option<Vec<u8>>,
}

impl Outgoing {
    /// Encodes a message.
    pub fn of<M: Message>(message: &M) -> Self {
        // Serialising fails only for maps whose keys are no strings, which no hop has.
        let value = serde_json::to_vec(message).expect("every hop serialises to JSON");
        Self {
            topic: M::TOPIC,
            schema: M::SCHEMA,
            key: message.key(),
            route: message.route(),
            value: Some(value),
        }
    }

    /// Deletes what a compacted topic holds under the message's key.
    pub fn tombstone<M: Message>(message: &M) -> Self {
        Self {
            value: None,
            ..Self::of(message)
        }
    }
}

impl<M: Message> From<M> for Outgoing {
    fn from(message: M) -> Self {
        Self::of(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_partition_whatever_the_record() {
        let route = Route::By("a.example".into());
        assert_eq!(route.partition(8, 0), route.partition(8, 7));
        assert!(route.partition(8, 0) < 8);
        assert_eq!(Route::AsInput.partition(4, 7), 3);
        assert_eq!(Route::By("x".into()).partition(0, 0), 0);
    }
}
