//! Feeds that have moved for good, as far as that is to be believed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FeedState;
use crate::outcome::{Answer, Kind};

/// How many polls in a row must have been led to the same address, over how long, until it is adopted. A
/// mistake of an afternoon, and a wall that all of a site is led to for a while, are undone by then.
const TIMES: u32 = 10;
const SECONDS: i64 = 3 * 24 * 60 * 60;
/// After how many failures in a row at its new address a feed is asked for at its own again.
const FAILURES: u32 = 5;

/// Where a feed has moved to. Its name stays the address that it was added under: records, items and
/// settings hang on that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moved {
    /// The address that it is asked for at, where one was adopted.
    pub adopted: Option<String>,
    /// Where polls of that address, or of its own, are led to.
    pub led: Option<Led>,
}

/// An address that polls are led to, and that is not adopted yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Led {
    /// The address.
    pub to: String,
    /// When one was first led there.
    pub since: Timestamp,
    /// How many polls in a row were, that brought a feed or 304.
    pub times: u32,
}

/// Takes up where a poll was led that found the feed at its end.
pub(super) fn note(state: &mut FeedState, answer: &Answer, at: Timestamp) {
    let before = state.moved.take().map(|moved| *moved);
    if answer.moved.as_ref() == Some(&state.feed.url) {
        // Led back to its own address: nothing has moved any more.
        return;
    }
    let Moved { adopted, led } = before.unwrap_or_default();
    let mut moved = Moved { adopted, led: None };
    if let Some(to) = answer.moved.as_ref().filter(|to| is_acceptable(state, to)) {
        let mut led = led.filter(|led| led.to == *to).unwrap_or_else(|| Led {
            to: to.clone(),
            since: at,
            times: 0,
        });
        led.times = led.times.saturating_add(1);
        let is_lasting = at.duration_since(led.since).as_secs() >= SECONDS;
        if led.times >= TIMES && is_lasting {
            moved.adopted = Some(led.to);
        } else {
            // Who has moved once may move on: until that is believed it is asked for where it is.
            moved.led = Some(led);
        }
    }
    state.moved = (moved != Moved::default()).then(|| Box::new(moved));
}

/// Takes up that a poll failed: what is not there either was no move.
pub(super) fn failed(state: &mut FeedState) {
    let is_lost = state.failures >= FAILURES || state.last == Kind::Gone;
    let moved = state.moved.take().map(|moved| *moved);
    let adopted = moved.and_then(|moved| moved.adopted).filter(|_| !is_lost);
    state.moved = adopted.map(|adopted| {
        Box::new(Moved {
            adopted: Some(adopted),
            led: None,
        })
    });
}

/// Whether an address may be adopted: no way back to plain HTTP, and nothing that nobody may ask for.
fn is_acceptable(state: &FeedState, to: &str) -> bool {
    let is_downgrade = state.feed.url.starts_with("https:") && to.starts_with("http:");
    !is_downgrade && super::unfetchable(to).is_none()
}
