//! What is known of a feed.

use std::collections::BTreeMap;

use article::Feed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Moved, Naming, Sitemap, Walk};
use crate::outcome::{Kind, Validators};
use crate::schedule::{Interval, Rhythm, Window, Wishes};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// How many items must be overdue until a server that says "not modified" is doubted. By chance that many
/// are one time in four hundred.
const OVERDUE: f64 = 6.0;
/// How many seconds a whole document is believed at the least, whatever is overdue.
const BELIEVED: i64 = 6 * HOUR;
/// After how many seconds without a whole document one is asked for, whatever the server says.
const WHOLE_AFTER: i64 = 3 * DAY;
/// For how many seconds a server that was found to lie is believed no "not modified".
const DISTRUSTED: i64 = 14 * DAY;

/// What is known of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// The feed as configured.
    pub feed: Feed,
    /// What to send with the next poll. Stored only together with the items that came with it.
    pub validators: Validators,
    /// When to poll next. Kept, so that a restart never polls early.
    pub next_due: Timestamp,
    /// Polls that failed since the last that did not.
    pub failures: u32,
    /// What the last poll came to.
    pub last: Kind,
    /// What went wrong at the last poll, where something did.
    pub detail: Option<String>,
    /// The HTTP status of the last poll; `None` where nothing answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When the last poll ended.
    pub polled_at: Option<Timestamp>,
    /// When the last one ended that was answered with a success or 304.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When the first of the failures since was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// The hash of the last body.
    pub body_hash: Option<String>,
    /// When the last whole body came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_at: Option<Timestamp>,
    /// When the last body came, whole or a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_at: Option<Timestamp>,
    /// Whether the last body could not be read as a feed.
    pub unreadable: bool,
    /// Whether the last body ended before its root did. Then nothing is asked for conditionally: a 304 would
    /// hide what it lacks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Polls that were answered with a success or 304.
    pub polls: u64,
    /// Bodies that were read as a feed.
    pub readings: u64,
    /// Items that the last body listed.
    pub listed: u32,
    /// Items discovered so far, edits apart.
    pub discovered: u64,
    /// Items so far that name no address to fetch.
    pub unfetchable: u64,
    /// Items so far beyond the cap of a document.
    #[serde(skip_serializing_if = "is_zero")]
    pub capped: u64,
    /// What the last body lost on its way to items, such as one that broke off: `copydesk feeds poll` names it.
    #[serde(skip_serializing_if = "is_zero")]
    pub lost: u64,
    /// How it names its items.
    pub naming: Naming,
    /// How long to wait between polls, and why.
    pub interval: Interval,
    /// When its items appear.
    pub rhythm: Rhythm,
    /// How its listing slides.
    pub window: Window,
    /// What its publisher asks for.
    pub wishes: Wishes,
    /// Polls that failed so far, by what they came to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<Kind, u32>,
    /// How often a "not modified" was found to be none.
    #[serde(skip_serializing_if = "is_none")]
    pub lies: u32,
    /// When that was the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lied_at: Option<Timestamp>,
    /// Where it has moved to, as far as that has shown. Boxed, because few of many feeds move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Box<Moved>>,
    /// The documents that are to be read before the feed is polled again: older pages of it, or the sitemaps
    /// that it lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub walk: Option<Box<Walk>>,
    /// The sitemaps that it lists, as they were read last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sitemaps: Vec<Sitemap>,
    /// Whether it lists sitemaps that may change without a word in it: of no date, or of a day that is not
    /// over. Then they are read each time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sitemaps_may_change: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl FeedState {
    /// The address that is polled: the feed's own, or where it has moved to for good.
    pub fn address(&self) -> &str {
        let adopted = self.moved.as_ref().and_then(|moved| moved.adopted.as_ref());
        adopted.unwrap_or(&self.feed.url)
    }

    /// The address that is asked for next: of the feed, or of a document that belongs to it.
    pub(crate) fn asks_for(&self) -> &str {
        match &self.walk {
            Some(walk) => walk.next(),
            None => self.address(),
        }
    }

    /// Whether the next poll asks for the whole document although validators are known: because the server
    /// was found to lie, because more items are overdue than chance allows, or because it has been days.
    ///
    /// Decided by what is known before the poll, so that whoever reads its answer knows how it was asked.
    pub(crate) fn doubts(&self) -> bool {
        let Some(whole_at) = self.whole_at.filter(|_| self.validators.any()) else {
            return false;
        };
        let since = |then: Timestamp| self.next_due.duration_since(then).as_secs();
        if self.lied_at.is_some_and(|at| since(at) < DISTRUSTED) {
            return true;
        }
        // Not all feeds in the same hour.
        let share = (xxh3_64(self.feed.url.as_bytes()) % (DAY as u64)) as i64;
        let body_at = self.body_at.unwrap_or(whole_at);
        since(whole_at) >= WHOLE_AFTER + share
            || (since(body_at) >= BELIEVED
                && self.rhythm.expected(body_at, self.next_due) >= OVERDUE)
    }

    /// What to send with the next poll.
    pub fn conditions(&self) -> Validators {
        if self.walk.is_some() || self.sitemaps_may_change || self.doubts() {
            return Validators::default();
        }
        self.validators.clone()
    }
}
