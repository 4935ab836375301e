//! What is remembered of one site's robots.txt, and what a look at it changes. Pure: the moment is an
//! argument.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::outcome::{Outcome, Trouble};

/// How long a file is good for (RFC 9309, section 2.4).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a site whose file cannot be reached forbids everything (section 2.3.1.4).
const UNREACHABLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The pause after the first look that failed, and the longest.
const AGAIN: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(60 * 60));

/// The robots.txt of one site, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cached {
    /// What it said last; `None` where that was never heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<Rules>,
    /// When it was looked at last.
    pub(crate) looked_at: Timestamp,
    /// Not looked at again before this.
    next_look: Timestamp,
    /// Since when it cannot be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unreachable_since: Option<Timestamp>,
    /// How many looks in a row failed.
    #[serde(default)]
    failures: u32,
    /// Why the last one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// What holds for a site now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ruling<'a> {
    /// These rules.
    By(&'a Rules),
    /// Nobody knows: the file is to be looked at.
    Look,
    /// The file cannot be reached, which forbids everything; the next look is not before this.
    Unreachable(Timestamp, &'a str),
}

/// What a look at the file came to.
enum Look {
    Rules(Rules),
    /// There is none, which allows everything (section 2.3.1.3).
    Unavailable,
    Unreachable(String),
}

impl Cached {
    /// What is known after a look at the file that came to `outcome`. `token` names us.
    pub(crate) fn after(before: Option<&Self>, outcome: &Outcome, token: &str) -> Self {
        let at = outcome.at;
        let why = match look(outcome, token) {
            Look::Rules(rules) => return Self::heard(rules, at),
            Look::Unavailable => return Self::heard(Rules::default(), at),
            Look::Unreachable(why) => why,
        };
        let failures = before.map_or(0, |before| before.failures);
        let (first, longest) = AGAIN;
        let wait = first.saturating_mul(1 << failures.min(16)).min(longest);
        let rules = before.and_then(|before| before.rules.clone());
        let asked = outcome.asks_for(longest);
        Self {
            rules,
            looked_at: at,
            next_look: at + asked.unwrap_or_default().max(wait),
            unreachable_since: before
                .and_then(|before| before.unreachable_since)
                .or(Some(at)),
            failures: failures + 1,
            why: Some(why),
        }
    }

    fn heard(rules: Rules, at: Timestamp) -> Self {
        Self {
            rules: Some(rules),
            looked_at: at,
            next_look: at + FRESH,
            unreachable_since: None,
            failures: 0,
            why: None,
        }
    }

    /// What holds at `now`.
    pub(crate) fn ruling(&self, now: Timestamp) -> Ruling<'_> {
        if now >= self.next_look {
            return Ruling::Look;
        }
        self.standing(now)
    }

    /// What holds at `now` without another look. A copy goes on to hold while the file cannot be reached.
    pub(crate) fn standing(&self, now: Timestamp) -> Ruling<'_> {
        const NONE: &Rules = &Rules {
            rules: Vec::new(),
            crawl_delay_ms: None,
        };
        let is_long = |since: Timestamp| since + UNREACHABLE <= now;
        match (&self.rules, self.unreachable_since) {
            (Some(rules), _) => Ruling::By(rules),
            (None, Some(since)) if is_long(since) => Ruling::By(NONE),
            (None, _) => {
                let why = self.why.as_deref().unwrap_or_default();
                Ruling::Unreachable(self.next_look, why)
            }
        }
    }

    /// What it said last, fresh or not.
    pub(crate) fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }

    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        128 + self.rules.as_ref().map_or(0, Rules::weight)
    }
}

fn look(outcome: &Outcome, token: &str) -> Look {
    match &outcome.result {
        Ok(answer) => match answer.status {
            200..=299 => Look::Rules(Rules::read(&answer.body, token)),
            // "Too many requests" is no word on the file: as others do, taken for a failure.
            429 | 500.. => Look::Unreachable(outcome.detail()),
            _ => Look::Unavailable,
        },
        Err(Trouble::TooBig { answer, .. }) => Look::Rules(Rules::read(&answer.body, token)),
        // Too many of them, or to nowhere (section 2.3.1.2).
        Err(Trouble::Redirect(_)) => Look::Unavailable,
        Err(trouble) => Look::Unreachable(trouble.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Answer;
    use url::Url;

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number of seconds")
    }

    fn outcome(second: i64, result: Result<Answer, Trouble>) -> Outcome {
        Outcome {
            at: at(second),
            host: "a.example".into(),
            result,
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "as requests have it")]
    fn status(status: u16) -> Result<Answer, Trouble> {
        Ok(Answer {
            status,
            body: b"User-agent: *\nDisallow: /private\n".to_vec(),
            ..Answer::default()
        })
    }

    /// `Some` where everything or nothing may be asked for, as the case is; `None`: only what is not
    /// private.
    #[derive(Debug, PartialEq)]
    enum May {
        All,
        Public,
        Nothing,
        Look,
    }

    fn may(cached: &Cached, second: i64) -> May {
        let rules = match cached.ruling(at(second)) {
            Ruling::Look => return May::Look,
            Ruling::Unreachable(..) => return May::Nothing,
            Ruling::By(rules) => rules,
        };
        let private = Url::parse("http://a.example/private").expect("an address");
        if rules.allow(&private) {
            May::All
        } else {
            May::Public
        }
    }

    #[track_caller]
    #[allow(clippy::needless_pass_by_value, reason = "a value at every call")]
    fn check(result: Result<Answer, Trouble>, expected: May) {
        let cached = Cached::after(None, &outcome(0, result), "copydesk");
        assert_eq!(may(&cached, 30), expected);
    }

    #[test]
    fn what_a_look_means() {
        check(status(200), May::Public);
        for unavailable in [304, 400, 401, 403, 404, 410, 451] {
            check(status(unavailable), May::All);
        }
        for unreachable in [429, 500, 502, 503, 504, 599] {
            check(status(unreachable), May::Nothing);
        }
        check(Err(Trouble::Redirect("more than 5 times".into())), May::All);
        let answer = Box::new(status(200).expect("an answer"));
        check(Err(Trouble::TooBig { limit: 1, answer }), May::Public);
    }

    #[test]
    fn a_file_that_does_not_come_is_looked_at_after_a_minute_and_less_and_less_often() {
        for trouble in [
            Trouble::Timeout("header"),
            Trouble::Broken("cut off".into()),
            Trouble::Connect("refused".into()),
        ] {
            let mut cached = Cached::after(None, &outcome(0, Err(trouble.clone())), "copydesk");
            for next in [60, 180, 420] {
                assert_eq!(may(&cached, next - 1), May::Nothing, "{trouble}");
                assert_eq!(may(&cached, next), May::Look, "{trouble}");
                let again = outcome(next, Err(trouble.clone()));
                cached = Cached::after(Some(&cached), &again, "copydesk");
            }
        }
        // With a copy that holds meanwhile.
        let silent = outcome(0, Err(Trouble::Timeout("header")));
        let first = Cached::after(None, &outcome(0, status(200)), "copydesk");
        let cached = Cached::after(Some(&first), &silent, "copydesk");
        assert_eq!(may(&cached, 59), May::Public);
    }

    #[test]
    fn a_file_is_good_for_a_day_and_longer_while_it_cannot_be_reached() {
        let first = Cached::after(None, &outcome(0, status(200)), "copydesk");
        assert_eq!(may(&first, DAY - 1), May::Public);
        assert_eq!(may(&first, DAY), May::Look);
        let second = Cached::after(Some(&first), &outcome(DAY, status(503)), "copydesk");
        assert_eq!(may(&second, DAY + 59), May::Public);
        assert_eq!(may(&second, DAY + 60), May::Look);
        let third = Cached::after(Some(&second), &outcome(DAY + 60, status(404)), "copydesk");
        assert_eq!(may(&third, 2 * DAY), May::All);
    }

    #[test]
    fn a_site_that_cannot_be_reached_forbids_everything_for_thirty_days() {
        let mut cached = Cached::after(None, &outcome(0, status(500)), "copydesk");
        let mut looks = 1;
        let mut now = 0;
        while now < 30 * DAY {
            assert_eq!(may(&cached, now), May::Nothing, "at {now}");
            now = cached.next_look.as_second();
            assert_eq!(may(&cached, now), May::Look);
            cached = Cached::after(Some(&cached), &outcome(now, status(500)), "copydesk");
            looks += 1;
        }
        assert_eq!(may(&cached, now), May::All);
        assert!((700..740).contains(&looks), "about once an hour: {looks}");
    }

    #[test]
    fn what_is_remembered_reads_back() {
        for result in [status(200), status(500)] {
            let cached = Cached::after(None, &outcome(7, result), "copydesk");
            let text = serde_json::to_string(&cached).expect("it can be written");
            let read: Cached = serde_json::from_str(&text).expect("it reads back");
            assert_eq!(read, cached);
        }
    }
}
