//! What to poll.

use serde::{Deserialize, Serialize};

use crate::{FeedId, Message, Route, host_of};

/// A feed that somebody asked to be polled, with what they said of it. Compacted: the last record of
/// an address holds, a tombstone removes the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Feed {
    /// The address to poll, as given.
    pub url: String,
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who publishes it: the outlet's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// ISO 3166-1 alpha-2 code of the outlet's country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// BCP 47 tag of the language that the feed is expected in: a prior, never a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What kind of outlet: `agency`, `newspaper`, `broadcaster`, `magazine`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Seconds between polls, where it shall differ from the configured interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u64>,
    /// Nobody has checked yet that the address works and is what its title says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
}

impl Feed {
    /// A feed of which only the address is known.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    /// The feed's name.
    pub fn id(&self) -> FeedId {
        FeedId::of_url(&self.url)
    }
}

impl Message for Feed {
    const TOPIC: &'static str = "feeds";
    const SCHEMA: &'static str = "feed/1";

    fn key(&self) -> String {
        self.url.clone()
    }

    fn route(&self) -> Route {
        Route::By(host_of(&self.url))
    }
}
