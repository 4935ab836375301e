//! What a hub sends between the polls.

use super::*;
use crate::outcome::{Answer, Kind};
use crate::poll::push::read_content;

impl World {
    /// Has a hub send the feed with these items.
    fn push(&mut self, items: impl IntoIterator<Item = i64>) {
        let answer = Answer {
            final_url: FEED.into(),
            status: 200,
            body: rss(items).into_bytes(),
            ..Answer::default()
        };
        let before = self.feed().clone();
        let seen = self.state.listing(FEED);
        let mut done = read_content(&self.pace, before, &seen, answer, self.now);
        self.state.note_seen(FEED, std::mem::take(&mut done.seen));
        self.state.keep(done.state);
        self.discovered.extend(done.discovered);
    }
}

/// A hub that tells something every minute must not keep the feed from being asked itself: a push that
/// took the place of a poll would move the next one on, for ever.
#[test]
fn a_hub_that_tells_all_the_time_puts_no_poll_off() {
    // One item the hub keeps to itself: the feed alone lists it.
    let feed = |asked: &Asked| {
        ok(rss([-1].into_iter().chain(0..=asked.at / MINUTE))).with("etag", "\"1\"")
    };
    let mut told = World::of_one(feed);
    let mut untold = World::of_one(feed);
    for minute in 0..60 {
        told.until(minute * MINUTE);
        told.push(0..=minute);
        untold.until(minute * MINUTE);
    }
    // Knowing more of its rhythm may have it asked sooner, never later.
    let (told_at, untold_at) = (told.minutes(), untold.minutes());
    assert!(untold_at.len() > 2 && told_at.len() >= untold_at.len());
    let mut pairs = told_at.iter().zip(&untold_at);
    assert!(
        pairs.all(|(told, untold)| told <= untold),
        "{told_at:?} against {untold_at:?}"
    );
    let mut found = told.found();
    found.sort_unstable();
    assert_eq!(found, (-1..60).collect::<Vec<_>>(), "each item once");
}

/// What is known of the server is what it answered itself.
#[test]
fn a_push_heals_no_feed_and_changes_no_validator() {
    let mut world = World::of_one(|asked| match asked.at {
        0 => ok(rss([1])).with("etag", "\"poll\""),
        _ => status(500),
    });
    world.until(20 * MINUTE);
    let before = world.feed().clone();
    assert!(before.failures > 0);
    world.push([1, 2]);
    let after = world.feed();
    assert_eq!(world.found(), [1, 2]);
    assert_eq!(
        (
            after.failures,
            after.last,
            after.next_due,
            &after.validators
        ),
        (
            before.failures,
            before.last,
            before.next_due,
            &before.validators
        )
    );
    assert_ne!(after.last, Kind::Read);
}
