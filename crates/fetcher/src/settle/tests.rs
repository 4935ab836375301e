use std::time::Duration;

use article::Feed;
use pipeline::dead::Coordinates;
use pipeline::telemetry::Context;

use super::*;
use crate::config::Config;

const URL: &str = "https://a.example/1";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds")
}

fn rules() -> Persistence {
    let config = Config {
        attempts: 3,
        poll_jitter_percent: 0,
        ..Config::default()
    };
    Persistence {
        pace: Pace::new(&config),
        attempts: config.attempts,
    }
}

fn found(feed: &str, revision: u32, polled_at: i64) -> Discovered {
    Discovered {
        identity: "1".into(),
        revision,
        title: Some(format!("revision {revision}")),
        ..Discovered::at(URL, Feed::at(feed), at(polled_at))
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        final_url: URL.into(),
        status,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    }
}

/// What an outcome leads to where it pauses no host.
fn settle(rules: &Persistence, waiting: Waiting, outcome: Outcome) -> Settled {
    super::settle(rules, waiting, outcome, None)
}

fn outcome(second: i64, result: Result<Answer, Trouble>) -> Outcome {
    Outcome {
        at: at(second),
        host: "a.example".into(),
        result,
    }
}

#[track_caller]
fn waiting(known: Option<Known>) -> Waiting {
    match known {
        Some(Known::Waiting(waiting)) => *waiting,
        other => panic!("not waiting but {other:?}"),
    }
}

/// A page found at 100 and fetched at 200.
fn fetched_once() -> Known {
    let first = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let settled = settle(&rules(), first, outcome(200, Ok(answer(200, "one"))));
    let Effect::Fetched(fetched) = &settled.effect else {
        panic!("{settled:?}");
    };
    assert_eq!((fetched.version, fetched.fetched_at), (1, at(200)));
    assert_eq!(fetched.page.as_slice(), b"one");
    settled.known
}

/// The feeds that list a page, as far as is known.
fn feeds(known: &Known) -> Vec<&str> {
    let listings = match known {
        Known::Waiting(waiting) => &waiting.listings,
        Known::Done(done) => &done.listings,
        Known::Failed(failed) => &failed.listings,
    };
    listings.iter().map(|l| l.feed.as_str()).collect()
}

#[test]
fn an_article_of_several_feeds_is_fetched_once_and_keeps_them_all() {
    let first = accept(None, found("f", 1, 100), None, at(100));
    let both = accept(first.as_ref(), found("g", 1, 110), None, at(110)).expect("g is new");
    assert_eq!(accept(Some(&both), found("g", 1, 120), None, at(120)), None);
    let waiting = waiting(Some(both));
    assert_eq!((waiting.due, &*waiting.discovered.feed.url), (at(100), "f"));
    let settled = settle(&rules(), waiting, outcome(200, Ok(answer(200, "one"))));
    let Effect::Fetched(fetched) = &settled.effect else {
        panic!("{settled:?}");
    };
    let told: Vec<(&str, Timestamp)> = fetched
        .listings
        .iter()
        .map(|listing| (listing.feed.as_str(), listing.polled_at))
        .collect();
    assert_eq!(told, [("f", at(100)), ("g", at(110))]);
    assert_eq!(feeds(&settled.known), ["f", "g"]);
}

#[test]
fn a_feed_that_lists_a_fetched_article_costs_no_fetch_and_is_kept() {
    let done = fetched_once();
    let known = accept(Some(&done), found("g", 1, 300), None, at(300)).expect("g is new");
    assert!(matches!(known, Known::Done(_)));
    assert_eq!(feeds(&known), ["f", "g"]);
    assert_eq!(known.settled_at(), Some(at(300)));
    assert_eq!(
        accept(Some(&known), found("g", 1, 310), None, at(310)),
        None
    );
    // The page's next version tells of it, whatever it takes to get it.
    let again = waiting(accept(Some(&known), found("f", 2, 400), None, at(400)));
    let dead = settle(&rules(), again, outcome(410, Ok(answer(404, ""))));
    assert_eq!(feeds(&dead.known), ["f", "g"]);
    let again = waiting(accept(Some(&dead.known), found("h", 1, 500), None, at(500)));
    let not_modified = settle(&rules(), again.clone(), outcome(510, Ok(answer(304, ""))));
    assert_eq!(feeds(&not_modified.known), ["f", "g", "h"]);
    let changed = settle(&rules(), again, outcome(510, Ok(answer(200, "two"))));
    let Effect::Fetched(fetched) = changed.effect else {
        panic!("{changed:?}");
    };
    assert_eq!((fetched.version, fetched.listings.len()), (2, 3));
}

/// State of a version that kept no listings.
#[test]
fn what_waits_without_listings_tells_of_its_own_feed() {
    let mut old = waiting(accept(None, found("f", 1, 100), None, at(100)));
    old.listings.clear();
    let settled = settle(&rules(), old, outcome(200, Ok(answer(200, "one"))));
    assert_eq!(feeds(&settled.known), ["f"]);
}

#[test]
fn an_edit_before_the_fetch_needs_no_second_one() {
    let first = accept(None, found("f", 1, 100), None, at(100));
    let edited = waiting(accept(first.as_ref(), found("f", 2, 150), None, at(150)));
    assert_eq!((edited.discovered.revision, edited.due), (2, at(100)));
    let done = fetched_once();
    assert_eq!(accept(Some(&done), found("f", 2, 150), None, at(210)), None);
}

/// Where a discovery stands that the generation `topic` tells of.
fn stands_in(topic: &str) -> Found {
    let source = Coordinates {
        topic: topic.into(),
        partition: 0,
        offset: 1,
        written_at: at(1),
    };
    Found::at(&source, &Context::none())
}

#[test]
fn a_page_that_waits_is_told_in_the_words_of_the_generation_that_fetches_it() {
    let (old, new) = ("articles.discovered", "articles.discovered.g2");
    let mut first = waiting(accept(
        None,
        found("f", 2, 100),
        Some(stands_in(old)),
        at(100),
    ));
    first.attempts = 1;
    let known = Some(Known::Waiting(Box::new(first)));
    // Not those of another feed of the same generation.
    let other = accept(
        known.as_ref(),
        found("g", 2, 110),
        Some(stands_in(old)),
        at(110),
    );
    let other = waiting(other);
    assert_eq!(
        (other.discovered, other.found),
        (found("f", 2, 100), Some(stands_in(old)))
    );
    let told = accept(
        known.as_ref(),
        found("g", 1, 90),
        Some(stands_in(new)),
        at(500),
    );
    let told = waiting(told);
    assert_eq!(
        (told.due, told.attempts),
        (at(100), 1),
        "nothing is asked early or oftener"
    );
    assert_eq!(
        (told.discovered, told.found),
        (found("g", 1, 90), Some(stands_in(new)))
    );
}

#[test]
fn an_edit_is_fetched_and_written_when_the_bytes_changed() {
    let done = fetched_once();
    let again = waiting(accept(Some(&done), found("f", 2, 300), None, at(300)));
    assert_eq!(
        again.previous.as_ref().map(|version| version.number),
        Some(1)
    );
    let same = settle(
        &rules(),
        again.clone(),
        outcome(310, Ok(answer(200, "one"))),
    );
    assert_eq!(same.effect, Effect::Nothing);
    let not_modified = settle(&rules(), again.clone(), outcome(310, Ok(answer(304, ""))));
    assert_eq!(not_modified.effect, Effect::Nothing);
    assert_eq!(not_modified.known, same.known);
    let changed = settle(&rules(), again, outcome(310, Ok(answer(200, "two"))));
    let Effect::Fetched(fetched) = changed.effect else {
        panic!("{changed:?}");
    };
    assert_eq!((fetched.version, fetched.discovered.revision), (2, 2));
}

#[track_caller]
fn check_final(result: Result<Answer, Trouble>) {
    let first = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let settled = settle(&rules(), first, outcome(200, result));
    assert!(
        matches!(settled.effect, Effect::Unfetchable(..)),
        "{settled:?}"
    );
    assert!(matches!(settled.known, Known::Failed(_)));
}

#[test]
fn a_refusal_is_final() {
    for status in [400, 401, 403, 410, 451] {
        check_final(Ok(answer(status, "")));
    }
    check_final(Err(Trouble::Redirect("in a circle".into())));
    check_final(Err(Trouble::Refused("127.0.0.1 is loopback".into())));
}

#[track_caller]
fn check_persistence(result: &Result<Answer, Trouble>, requests: usize) {
    let mut page = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let mut now = 200;
    for request in 1.. {
        let settled = settle(&rules(), page, outcome(now, result.clone()));
        match settled.known {
            Known::Waiting(again) => {
                assert_eq!(settled.effect, Effect::Nothing);
                assert!(again.due >= at(now) + Duration::from_secs(30));
                now = again.due.as_second();
                page = *again;
            }
            known => {
                assert!(matches!(settled.effect, Effect::Unfetchable(..)));
                assert!(matches!(known, Known::Failed(_)));
                assert_eq!(request, requests, "{result:?}");
                return;
            }
        }
    }
}

#[test]
fn what_may_pass_is_tried_again() {
    check_persistence(&Ok(answer(500, "")), 3);
    check_persistence(&Ok(answer(408, "")), 3);
    check_persistence(&Ok(answer(304, "")), 3);
    check_persistence(&Err(Trouble::Timeout("header")), 3);
    check_persistence(&Err(Trouble::Connect("refused".into())), 3);
    check_persistence(&Err(Trouble::Broken("cut off".into())), 3);
    check_persistence(&Ok(answer(429, "")), 12);
}

#[test]
fn a_page_that_was_just_listed_may_come_yet() {
    check_persistence(&Ok(answer(404, "")), 3);
    // Then it is there.
    let first = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let early = settle(&rules(), first, outcome(200, Ok(answer(404, ""))));
    let again = waiting(Some(early.known));
    let settled = settle(&rules(), again, outcome(230, Ok(answer(200, "one"))));
    assert!(matches!(settled.effect, Effect::Fetched(_)), "{settled:?}");
    // Listed long ago, it will not; nor where it was there.
    let late = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let gone = settle(&rules(), late, outcome(3_700, Ok(answer(404, ""))));
    assert!(matches!(gone.known, Known::Failed(_)), "{gone:?}");
    let edited = accept(Some(&fetched_once()), found("f", 2, 300), None, at(300));
    let gone = settle(&rules(), waiting(edited), outcome(310, Ok(answer(404, ""))));
    assert!(matches!(gone.known, Known::Failed(_)), "{gone:?}");
}

#[track_caller]
fn check_due(result: Result<Answer, Trouble>, pause: i64, expected: i64) {
    let first = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let outcome = outcome(200, result);
    let settled = super::settle(&rules(), first, outcome, Some(at(pause)));
    assert_eq!(waiting(Some(settled.known)).due, at(expected));
}

#[test]
fn a_page_waits_for_its_host() {
    check_due(Ok(answer(429, "")), 207, 207);
    check_due(Ok(answer(429, "")), 900, 900);
    check_due(Ok(answer(503, "")), 207, 230);
    check_due(Err(Trouble::Timeout("header")), 900, 900);
}

#[test]
fn what_is_too_large_is_told_once_and_may_be_sent_again() {
    let trouble = Trouble::TooBig {
        limit: 3,
        answer: Box::new(answer(200, "four")),
    };
    let first = waiting(accept(None, found("f", 1, 100), None, at(100)));
    let settled = settle(&rules(), first, outcome(200, Err(trouble)));
    assert!(
        matches!(settled.effect, Effect::TooLarge(_, _, 3)),
        "{settled:?}"
    );
    let again = waiting(accept(
        Some(&settled.known),
        found("f", 1, 100),
        None,
        at(400),
    ));
    assert_eq!((again.attempts, again.due), (0, at(400)));
}

#[test]
fn a_failed_edit_keeps_the_count_of_versions() {
    let done = fetched_once();
    let again = waiting(accept(Some(&done), found("f", 2, 300), None, at(300)));
    let gone = settle(&rules(), again, outcome(310, Ok(answer(404, ""))));
    let retried = waiting(accept(Some(&gone.known), found("f", 2, 300), None, at(500)));
    let settled = settle(&rules(), retried, outcome(510, Ok(answer(200, "two"))));
    let Effect::Fetched(fetched) = settled.effect else {
        panic!("{settled:?}");
    };
    assert_eq!(fetched.version, 2);
}
