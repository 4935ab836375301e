//! That a feed lists an article.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Discovered;

/// One feed's word that it lists an article. An article that several feeds list is fetched once and
/// keeps all of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Listing {
    /// The feed's address, as it stands in the topic `feeds`.
    pub feed: String,
    /// What the feed calls the item.
    pub identity: String,
    /// When the poll that found it there was answered.
    pub polled_at: Timestamp,
}

impl Listing {
    /// What a discovery says of its feed.
    pub fn of(discovered: &Discovered) -> Self {
        Self {
            feed: discovered.feed.url.clone(),
            identity: discovered.identity.clone(),
            polled_at: discovered.polled_at,
        }
    }
}
