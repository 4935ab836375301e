//! How a feed is: what is shown of it.

use std::collections::BTreeMap;

use article::FeedId;
use jiff::Timestamp;
use serde::Serialize;

use crate::ingest::FeedState;
use crate::outcome::Kind;
use crate::schedule::By;
use crate::tally::state_of;

/// An entry of the state of polling that does not decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is known of a feed does not decode: {0}")]
pub struct CorruptFeed(String);

/// How a feed is, for people and for programs: what `feeds list` and `feeds show` print.
///
/// A view of the [`FeedState`] that polling keeps in its state, table [`FeedHealth::TABLE`]: whoever has an
/// entry's value has the health, see [`FeedHealth::read`]. Fields are only ever added.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeedHealth {
    /// The feed's name.
    pub id: FeedId,
    /// The address that it was added under.
    pub url: String,
    /// The address that is polled, where it has moved for good.
    pub moved_to: Option<String>,
    /// In one word: `new`, `ok`, `failing`, `gone` or `paused`.
    pub state: &'static str,
    /// What the last poll came to, by its stable name.
    pub last: &'static str,
    /// The HTTP status of the last poll; `None` where nothing answered.
    pub status: Option<u16>,
    /// What went wrong at the last poll, in a sentence; `None` where nothing did.
    pub detail: Option<String>,
    /// When the last poll ended.
    pub polled_at: Option<Timestamp>,
    /// When the last one ended that brought the feed, or that it has not changed.
    pub answered_at: Option<Timestamp>,
    /// When it is polled next.
    pub next_due: Timestamp,
    /// Seconds between polls, as decided at the last one that was answered.
    pub interval_seconds: u32,
    /// What decided that: `usual`, `feed`, `rhythm`, `publisher` or `window`.
    pub interval_by: &'static str,
    /// Polls that failed, one after the other, up to the last.
    pub failures: u32,
    /// When the first of these was.
    pub failing_since: Option<Timestamp>,
    /// All polls that failed, by what they came to.
    pub errors: BTreeMap<&'static str, u32>,
    /// Polls that were answered.
    pub polls: u64,
    /// Items that the last body listed.
    pub listed: u32,
    /// Which share of these the listing before had already, from 0 to 1; `None` where there is nothing
    /// listed. Near 0, items are missed.
    pub overlap: Option<f64>,
    /// How often a listing had none of the newest of the one before: items may have been missed.
    pub gaps: u32,
    /// When that was the last time.
    pub gap_at: Option<Timestamp>,
    /// Items a day, as far as that has shown.
    pub items_a_day: Option<f64>,
    /// Items discovered so far.
    pub discovered: u64,
    /// Items so far that name no address to fetch.
    pub unfetchable: u64,
    /// Items so far beyond the cap of a document.
    pub capped: u64,
    /// What the last body lost on its way to items, such as one that broke off.
    pub lost: u64,
    /// How often the server said "not modified" of what had changed.
    pub lies: u32,
    /// Documents beside the feed's own that are being read before its next poll: older pages, or the
    /// sitemaps that it lists.
    pub is_walking: bool,
}

impl FeedHealth {
    /// The table of the state of polling that holds it.
    pub const TABLE: &'static str = "feeds";

    /// How the feed is whose entry in the state has this value.
    ///
    /// # Errors
    /// Bytes that are no such entry.
    pub fn read(value: &[u8]) -> Result<Self, CorruptFeed> {
        let state: FeedState =
            rmp_serde::from_slice(value).map_err(|cause| CorruptFeed(cause.to_string()))?;
        Ok(Self::of(&state))
    }

    /// How a feed is of which this is known.
    pub fn of(state: &FeedState) -> Self {
        let window = &state.window;
        let overlap = (state.readings > 1 && window.listed > 0)
            .then(|| 1.0 - f64::from(window.fresh) / f64::from(window.listed));
        let errors = state.errors.iter();
        Self {
            id: state.feed.id(),
            url: state.feed.url.clone(),
            moved_to: (state.address() != state.feed.url).then(|| state.address().to_owned()),
            state: state_of(state),
            last: state.last.as_str(),
            status: state.status,
            detail: state.detail.clone(),
            polled_at: state.polled_at,
            answered_at: state.answered_at,
            next_due: state.next_due,
            interval_seconds: state.interval.seconds,
            interval_by: match state.last {
                Kind::Never => By::Usual.as_str(),
                _ => state.interval.by.as_str(),
            },
            failures: state.failures,
            failing_since: state.failing_since,
            errors: errors
                .map(|(kind, count)| (kind.as_str(), *count))
                .collect(),
            polls: state.polls,
            listed: state.listed,
            overlap,
            gaps: window.gaps,
            gap_at: window.gap_at,
            items_a_day: state.rhythm.items_a_day(),
            discovered: state.discovered,
            unfetchable: state.unfetchable,
            capped: state.capped,
            lost: state.lost,
            lies: state.lies,
            is_walking: state.walk.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use article::Feed;

    use super::*;
    use crate::outcome::Kind;

    #[test]
    fn an_entry_of_the_state_is_a_feeds_health() {
        let state = FeedState {
            feed: Feed::at("https://a.example/feed"),
            last: Kind::Http5xx,
            status: Some(502),
            failures: 3,
            errors: BTreeMap::from([(Kind::Http5xx, 2), (Kind::Dns, 1)]),
            ..FeedState::default()
        };
        let value = rmp_serde::to_vec_named(&state).expect("it serialises");
        let health = FeedHealth::read(&value).expect("it is an entry");
        assert_eq!(health, FeedHealth::of(&state));
        let shown = serde_json::to_value(&health).expect("it is JSON");
        assert_eq!(shown["state"], "failing");
        assert_eq!(shown["last"], "http_5xx");
        assert_eq!(
            shown["errors"],
            serde_json::json!({"dns": 1, "http_5xx": 2})
        );
        assert_eq!(shown["overlap"], serde_json::Value::Null);
        assert!(FeedHealth::read(b"no entry").is_err());
    }

    /// A state that was written before any of this was known.
    #[test]
    fn an_older_entry_is_read() {
        let older = serde_json::json!({"feed": {"url": "https://a.example/feed"}, "listed": 7});
        let value = rmp_serde::to_vec_named(&older).expect("it serialises");
        let health = FeedHealth::read(&value).expect("it is an entry");
        assert_eq!((health.listed, health.state, health.gaps), (7, "new", 0));
    }
}
