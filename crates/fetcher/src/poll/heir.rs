//! What polling goes on with in a generation that was derived.

use std::collections::{BTreeMap, BTreeSet};

use xxhash_rust::xxh3::xxh3_64;

use super::PollState;
use crate::ingest::Seen;
use crate::outcome::Validators;
use crate::replay::IngestState;

impl PollState {
    /// The feeds as the one before knew them, and the items as the replay found them. `later` is how often each feed was polled since.
    ///
    /// Of an item that the log no longer has a poll of, only the one before knows: as long as it does, it
    /// is not new. What it noted since the first poll that the log has is left out, for that is found
    /// again. Every poll is counted, readable or not: better found twice than lost.
    pub(super) fn heir(
        forebear: Self,
        replayed: IngestState,
        later: &BTreeMap<String, u64>,
    ) -> Self {
        let mut heir = Self::default();
        heir.hosts.adopt(forebear.hosts);
        heir.seen.adopt(replayed.seen);
        let mut known: BTreeSet<u64> = later.keys().map(|url| xxh3_64(url.as_bytes())).collect();
        for (url, state) in forebear.feeds.iter() {
            let feed = xxh3_64(url.as_bytes());
            known.insert(feed);
            let reading = replayed.readings.get(url).copied().unwrap_or_default();
            let later = later.get(url).copied().unwrap_or(0);
            let before = state.readings.saturating_sub(reading.polls + later);
            let entries = forebear.seen.range((feed, [0; 2])..=(feed, [u64::MAX; 2]));
            for (key, seen) in entries {
                if seen.listed > before || heir.seen.contains(key) {
                    continue;
                }
                // Of a feed that the replay counts anew it is the item that was listed the longest ago.
                let listed = if reading.polls > 0 { 0 } else { seen.listed };
                heir.seen.insert(*key, Seen { listed, ..*seen });
            }
            let mut state = state.clone();
            if reading.polls > 0 {
                state.readings = reading.readings;
                state.unreadable = reading.unreadable;
                state.naming = reading.naming;
            } else if later > 0 {
                state.readings = before;
                state.unreadable = false;
            }
            if state.unreadable {
                // As after a poll that cannot be read.
                state.validators = Validators::default();
            }
            heir.feeds.insert(url.clone(), state);
        }
        // Feeds that nobody polls any more.
        let gone = heir.seen.iter().map(|(key, _)| *key);
        let gone: Vec<_> = gone.filter(|(feed, _)| !known.contains(feed)).collect();
        for key in &gone {
            heir.seen.remove(key);
        }
        heir
    }
}

#[cfg(test)]
mod tests {
    use article::Feed;
    use jiff::Timestamp;

    use super::*;
    use crate::ingest::{FeedState, identity_key};
    use crate::replay::Reading;

    const QUIET: &str = "http://quiet.example/feed";
    const BUSY: &str = "http://busy.example/feed";

    fn key(url: &str, identity: &str) -> (u64, [u64; 2]) {
        (xxh3_64(url.as_bytes()), identity_key(identity))
    }

    fn seen(listed: u64) -> Seen {
        Seen {
            fingerprint: 7,
            revision: 1,
            listed,
            ..Seen::default()
        }
    }

    /// Two feeds that were read a hundred times: the log has no poll of the quiet one any more, and the
    /// last ten of the busy one. Items are named by the reading that noted them last.
    fn forebear() -> PollState {
        let mut state = PollState::default();
        for url in [QUIET, BUSY] {
            let feed = FeedState {
                feed: Feed::at(url),
                readings: 100,
                next_due: Timestamp::from_second(9).expect("a moment"),
                ..FeedState::default()
            };
            state.feeds.insert(url.to_owned(), feed);
            for listed in [50, 90, 91, 100] {
                let key = key(url, &listed.to_string());
                state.seen.insert(key, seen(listed));
            }
        }
        state
    }

    fn replayed() -> IngestState {
        let mut state = IngestState::default();
        let reading = Reading {
            polls: 10,
            readings: 9,
            unreadable: true,
            ..Reading::default()
        };
        state.readings.insert(BUSY.to_owned(), reading);
        state.seen.insert(key(BUSY, "91"), seen(1));
        state
            .seen
            .insert(key("http://removed.example/feed", "1"), seen(1));
        state
    }

    #[track_caller]
    fn check(heir: &PollState, url: &str, expected: &[(&str, u64)]) {
        let listing = heir.listing(url);
        let expected = expected.iter();
        let expected = expected.map(|(name, listed)| (identity_key(name), seen(*listed)));
        assert_eq!(listing, expected.collect(), "{url}");
    }

    #[test]
    fn what_the_log_no_longer_has_is_known_from_before() {
        let heir = PollState::heir(forebear(), replayed(), &BTreeMap::new());
        let all = [("50", 50), ("90", 90), ("91", 91), ("100", 100)];
        check(&heir, QUIET, &all);
        // What was noted in the polls that the log has is only known where the replay found it.
        check(&heir, BUSY, &[("50", 0), ("90", 0), ("91", 1)]);
        assert_eq!(
            heir.seen.len(),
            7,
            "a feed that is polled no more is forgotten"
        );
        let feed = |url: &str| heir.feeds.get(&url.to_owned()).expect("it is known");
        assert_eq!((feed(QUIET).readings, feed(QUIET).unreadable), (100, false));
        assert_eq!((feed(BUSY).readings, feed(BUSY).unreadable), (9, true));
        assert_eq!(
            feed(BUSY).next_due.as_second(),
            9,
            "nothing is polled early"
        );
    }

    #[test]
    fn what_was_polled_since_is_found_again() {
        let later = BTreeMap::from([(QUIET.to_owned(), 1), (BUSY.to_owned(), 2)]);
        let heir = PollState::heir(forebear(), replayed(), &later);
        check(&heir, QUIET, &[("50", 50), ("90", 90), ("91", 91)]);
        check(&heir, BUSY, &[("50", 0), ("91", 1)]);
        let feed = heir.feeds.get(&QUIET.to_owned()).expect("it is known");
        assert_eq!(feed.readings, 99, "the poll since counts when it is read");
    }
}
