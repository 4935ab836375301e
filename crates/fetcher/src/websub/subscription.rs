//! What is known of a subscription, and when there is something to do for it. Pure: moments are arguments.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::hub::Named;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// How long a hub may take to verify. Hubs queue.
const VERIFIED_WITHIN: Duration = Duration::from_secs(600);
/// How long a hub that says no is left alone.
const DENIED_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// After how many polls in a row that found what the hub did not tell of a subscription counts as lost.
/// One is what a hub's delay makes.
const MISSED: u32 = 2;
/// Bounds of what a hub may grant: less would be renewed without end, more never.
const LEASE: (Duration, Duration) = (MINUTE, Duration::from_secs(366 * 24 * 3_600));

/// A subscription at a hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// The hub's address.
    pub hub: String,
    /// The feed's address there.
    pub topic: String,
    /// The callback that the hub was given.
    pub callback: String,
    /// Where it stands.
    pub standing: Standing,
    /// When the hub was asked last.
    pub asked_at: Timestamp,
    /// Until when it lasts, where the hub has granted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether the hub has yet to say what it makes of that.
    pub is_pending: bool,
    /// When to ask again, or to give up waiting.
    pub ask_at: Timestamp,
    /// How often asking failed since it last did not.
    pub failures: u32,
    /// Why, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When the hub sent something last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// Polls in a row that found what the hub had not told of.
    pub missed: u32,
    /// Messages that were taken.
    pub messages: u64,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The hub was asked and has not verified yet, or is to be asked.
    #[default]
    Asked,
    /// The hub tells what is new.
    Active,
    /// The hub says no.
    Denied,
    /// The hub cannot be asked, or does not verify.
    Failed,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Active, Self::Denied, Self::Failed];

    /// The name in metrics and state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Active => "active",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

impl Subscription {
    /// One that is to be asked for at once.
    pub(crate) fn new(named: Named, callback: String, now: Timestamp) -> Self {
        Self {
            hub: named.hub,
            topic: named.topic,
            callback,
            ask_at: now,
            ..Self::default()
        }
    }

    /// Whether it is for this hub, address and callback.
    pub(crate) fn is_for(&self, named: &Named, callback: &str) -> bool {
        self.hub == named.hub && self.topic == named.topic && self.callback == callback
    }

    /// Whether the hub tells what is new at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until) && self.missed < MISSED
    }

    /// The hub is asked now.
    pub(crate) fn ask(&mut self, now: Timestamp) {
        self.asked_at = now;
        // Where it is being renewed it stays what it is until it ends.
        if !self.is_active(now) {
            self.standing = Standing::Asked;
        }
        self.is_pending = true;
        self.ask_at = now + VERIFIED_WITHIN;
    }

    /// The moment that was waited for has come. Whether the hub is to be asked now; else it has let the last
    /// request lie.
    pub(crate) fn is_to_be_asked(&mut self, name: &str, now: Timestamp) -> bool {
        if !self.is_pending {
            return true;
        }
        let waited = VERIFIED_WITHIN.as_secs() / 60;
        self.failed(
            format!("the hub has not verified within {waited} minutes"),
            name,
            now,
        );
        false
    }

    /// The hub has verified and grants `lease`.
    pub(crate) fn verified(&mut self, lease: Duration, name: &str, now: Timestamp) {
        let lease = lease.clamp(LEASE.0, LEASE.1);
        self.standing = Standing::Active;
        self.is_pending = false;
        self.until = Some(now + lease);
        // Well before the end, and not together with all that were granted together.
        let early = lease / 5 + share(lease / 10, name, self.asked_at);
        self.ask_at = now + lease.saturating_sub(early);
        self.failures = 0;
        self.missed = 0;
        self.detail = None;
    }

    /// The hub cannot be asked, or says that it does not work.
    pub(crate) fn failed(&mut self, why: String, name: &str, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.is_pending = false;
        self.detail = Some(why);
        let wait = HOUR
            .saturating_mul(2_u32.saturating_pow(self.failures - 1))
            .min(DAY);
        self.ask_at = now + wait + share(wait / 10, name, now);
        if !self.is_active(now) {
            self.standing = Standing::Failed;
        }
    }

    /// The hub says no, or that it is over.
    pub(crate) fn denied(&mut self, why: &str, now: Timestamp) {
        self.standing = Standing::Denied;
        self.is_pending = false;
        self.until = None;
        self.detail = Some(why.to_owned());
        self.ask_at = now + DENIED_FOR;
    }

    /// The hub has told something.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        self.heard_at = Some(now);
        self.missed = 0;
        self.messages += 1;
    }

    /// A poll has found something new. Whether the subscription proves to be lost by that: the hub should
    /// have told of it.
    pub(crate) fn found_by_poll(&mut self, now: Timestamp) -> bool {
        if !self.is_active(now) {
            return false;
        }
        self.missed += 1;
        if self.missed < MISSED {
            return false;
        }
        self.standing = Standing::Asked;
        self.is_pending = false;
        self.until = None;
        self.detail = Some(format!("{MISSED} polls found what the hub had not told of"));
        self.ask_at = now;
        true
    }
}

/// A part of `whole` that name and moment decide.
fn share(whole: Duration, name: &str, at: Timestamp) -> Duration {
    let chance = xxh3_64(format!("{name}\n{}", at.as_second()).as_bytes()) % 1_000;
    whole.mul_f64(chance as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "https://a.example/rss";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a moment")
    }

    fn asked() -> Subscription {
        let named = Named {
            hub: "https://hub.example/".into(),
            topic: FEED.into(),
        };
        let mut subscription = Subscription::new(named, "https://desk.example/x".into(), at(0));
        assert!(subscription.is_to_be_asked(FEED, at(0)));
        subscription.ask(at(0));
        subscription
    }

    fn active() -> Subscription {
        let mut subscription = asked();
        subscription.verified(10 * DAY, FEED, at(10));
        subscription
    }

    #[test]
    fn a_lease_is_renewed_well_before_its_end_and_lapses_without() {
        let mut subscription = active();
        assert!(subscription.is_active(at(11)));
        let end = 10 + 10 * 86_400;
        let renewed_at = subscription.ask_at.as_second();
        assert!(
            (7 * 86_400..=8 * 86_400 + 10).contains(&renewed_at),
            "{renewed_at}"
        );
        subscription.ask(at(renewed_at));
        assert_eq!(
            subscription.standing,
            Standing::Active,
            "it goes on meanwhile"
        );
        assert!(
            !subscription.is_to_be_asked(FEED, at(renewed_at + 600)),
            "it was not verified"
        );
        assert_eq!(
            (subscription.standing, subscription.failures),
            (Standing::Active, 1)
        );
        assert!(
            subscription.ask_at < at(end),
            "there is time for another try"
        );
        assert!(
            !subscription.is_active(at(end)),
            "nothing outlives its lease"
        );
        subscription.ask(at(end + 1));
        assert_eq!(subscription.standing, Standing::Asked);
    }

    #[test]
    fn a_hub_that_fails_is_asked_less_and_less() {
        let mut subscription = asked();
        let mut now = 0;
        for hours in [1, 2, 4, 8, 16, 24, 24] {
            subscription.failed("no connection".into(), FEED, at(now));
            let wait = subscription.ask_at.as_second() - now;
            assert!(
                (hours * 3_600..=hours * 3_960).contains(&wait),
                "{wait} for {hours} hours"
            );
            now += wait;
        }
        assert_eq!(subscription.standing, Standing::Failed);
        subscription.verified(DAY, FEED, at(now));
        assert_eq!((subscription.failures, subscription.detail), (0, None));
    }

    #[test]
    fn a_hub_that_says_no_is_left_alone() {
        let mut subscription = active();
        subscription.denied("the topic is closed", at(20));
        assert!(!subscription.is_active(at(21)));
        assert_eq!(subscription.ask_at, at(20 + 7 * 86_400));
    }

    #[test]
    fn a_subscription_that_tells_nothing_is_lost() {
        let mut subscription = active();
        assert!(!subscription.found_by_poll(at(20)));
        subscription.heard(at(21));
        assert!(!subscription.found_by_poll(at(22)), "the hub was only late");
        assert!(subscription.found_by_poll(at(23)));
        assert!(!subscription.is_active(at(24)) && subscription.ask_at <= at(24));
        assert!(subscription.is_to_be_asked(FEED, at(24)));
        assert!(!subscription.found_by_poll(at(24)), "it is known");
    }

    #[test]
    fn a_lease_has_bounds() {
        let mut subscription = asked();
        subscription.verified(Duration::ZERO, FEED, at(0));
        assert_eq!(subscription.until, Some(at(60)));
        subscription.verified(Duration::MAX, FEED, at(0));
        assert_eq!(subscription.until, Some(at(366 * 86_400)));
    }
}
