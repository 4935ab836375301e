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
    /// The address.
    pub to: String,
    /// When it was first led there.
    pub since: Timestamp,
    /// How many polls in a row were, that brought a feed or 304.
    pub times: u32,
    /// Whether it is asked for there.
    pub is_adopted: bool,
}

/// Takes up where a poll was led that found the feed at its end.
pub(super) fn note(state: &mut FeedState, answer: &Answer, at: Timestamp) {
    let mut moved = state.moved.take().map(|moved| *moved);
    let is_adopted = moved.as_ref().is_some_and(|moved| moved.is_adopted);
    // Who has moved once may move on: then that is counted anew, and meanwhile it is asked for where it is.
    if answer.moved.as_ref() == Some(&state.feed.url) {
        return;
    }
    let led = answer.moved.as_ref().filter(|to| is_acceptable(state, to));
    match (led, &mut moved) {
        (None, Some(_)) if is_adopted => {}
        (None, _) => moved = None,
        (Some(to), Some(moved)) if moved.to == *to => {
            moved.times = moved.times.saturating_add(1);
            let is_lasting = at.duration_since(moved.since).as_secs() >= SECONDS;
            moved.is_adopted |= moved.times >= TIMES && is_lasting;
        }
        (Some(to), _) => {
            moved = Some(Moved {
                to: to.clone(),
                since: at,
                times: 1,
                is_adopted: false,
            });
        }
    }
    state.moved = moved.map(Box::new);
}

/// Takes up that a poll failed: what is not there either was no move.
pub(super) fn failed(state: &mut FeedState) {
    let is_adopted = state.moved.as_ref().is_some_and(|moved| moved.is_adopted);
    let is_lost = state.failures >= FAILURES || state.last == Kind::Gone;
    if !is_adopted || is_lost {
        state.moved = None;
    }
}

/// Whether an address may be adopted: no way back to plain HTTP, and nothing that nobody may ask for.
fn is_acceptable(state: &FeedState, to: &str) -> bool {
    let is_downgrade = state.feed.url.starts_with("https:") && to.starts_with("http:");
    !is_downgrade && super::unfetchable(to).is_none()
}
