//! What a poll of a feed brought.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Bytes, Feed, Message, Route, host_of};

/// One poll that brought bytes: the source of truth from which discovery can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Polled {
    /// The feed as it was configured at the poll.
    pub feed: Feed,
    /// When the answer had been read to its end: event time.
    pub fetched_at: Timestamp,
    /// The address that answered, after redirects.
    pub final_url: String,
    /// The HTTP status.
    pub status: u16,
    /// The answer's header fields in their order, names in lower case.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The answer's body, after content decoding, otherwise as received.
    pub body: Bytes,
}

impl Message for Polled {
    const TOPIC: &'static str = "feeds.polled";
    const SCHEMA: &'static str = "feed.polled/1";

    fn key(&self) -> String {
        self.feed.url.clone()
    }

    fn route(&self) -> Route {
        Route::By(host_of(&self.feed.url))
    }
}
