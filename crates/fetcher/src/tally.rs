//! What requests came to and how the feeds are, as metrics.

use pipeline::metrics::FETCHES;

use crate::ingest::FeedState;
use crate::outcome::{Kind, Outcome};

/// The outcome of a request, kept to be counted once it is known what its answer was good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    what: &'static str,
    kind: Kind,
    /// Whether the server said that it does not want to be asked.
    forbidden: bool,
}

impl Tally {
    /// Of a request for `what`, feed or page.
    pub(crate) fn of(what: &'static str, outcome: &Outcome) -> Self {
        let status = outcome.result.as_ref().map(|answer| answer.status);
        Self {
            what,
            kind: outcome.kind(),
            // Unauthorized, payment required, forbidden, unavailable for legal reasons.
            forbidden: matches!(status, Ok(401 | 402 | 403 | 451)),
        }
    }

    /// Counts it as HTTP has it.
    pub(crate) fn count(self) {
        self.count_as(self.kind);
    }

    /// Counts it as what it turned out to be: HTTP takes for new what has been sent again, and cannot tell
    /// a feed from other pages.
    pub(crate) fn count_as(self, kind: Kind) {
        let outcome = self.outcome(kind);
        metrics::counter!(FETCHES, "what" => self.what, "outcome" => outcome, "kind" => kind.as_str())
            .increment(1);
    }

    /// Counts it as what it turned out to be, where `is_known` says that its body was there before.
    pub(crate) fn count_known(self, is_known: bool) {
        match self.kind {
            Kind::Read if is_known => self.count_as(Kind::Unchanged),
            kind => self.count_as(kind),
        }
    }

    fn outcome(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Read => "new",
            Kind::NotModified | Kind::Unchanged => "not_modified",
            // By the server, or by our own rules for whom to dial and how often.
            Kind::Throttled | Kind::Refused | Kind::Offline | Kind::Crowded => "denied",
            _ if self.forbidden => "denied",
            _ => "error",
        }
    }
}

/// The states that feeds are counted by.
pub(crate) const FEED_STATES: [&str; 4] = ["new", "ok", "failing", "gone"];

/// How a feed is, in one word of [`FEED_STATES`].
pub(crate) fn state_of(feed: &FeedState) -> &'static str {
    match feed.last {
        Kind::Never => "new",
        Kind::Gone => "gone",
        _ if feed.failures > 0 => "failing",
        _ => "ok",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Answer, Trouble};
    use jiff::Timestamp;

    #[track_caller]
    fn check(result: Result<u16, Trouble>, expected: &str) {
        let outcome = Outcome {
            at: Timestamp::UNIX_EPOCH,
            host: "a.example".into(),
            result: result.map(|status| Answer {
                status,
                ..Answer::default()
            }),
        };
        let tally = Tally::of("feed", &outcome);
        assert_eq!(tally.outcome(tally.kind), expected, "{outcome:?}");
    }

    #[test]
    fn whom_we_may_not_ask_is_no_error() {
        check(Ok(200), "new");
        check(Ok(304), "not_modified");
        check(Ok(403), "denied");
        check(Ok(429), "denied");
        check(Ok(404), "error");
        check(Ok(410), "error");
        check(Ok(503), "error");
        check(Err(Trouble::Offline("a.example".into())), "denied");
        check(Err(Trouble::Refused("a private address".into())), "denied");
        check(Err(Trouble::Dns("no such name".into())), "error");
    }

    #[track_caller]
    fn check_state(last: Kind, failures: u32, expected: &str) {
        let feed = FeedState {
            failures,
            last,
            ..FeedState::default()
        };
        assert_eq!(state_of(&feed), expected);
        assert!(FEED_STATES.contains(&expected));
    }

    #[test]
    fn a_feed_is_in_one_state() {
        check_state(Kind::Never, 0, "new");
        check_state(Kind::NotModified, 0, "ok");
        check_state(Kind::Http5xx, 3, "failing");
        check_state(Kind::Gone, 1, "gone");
    }
}
