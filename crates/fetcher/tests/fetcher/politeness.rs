//! One request at a time a host and an interval between, whatever leads to it.

use std::time::{Duration, Instant};

use article::{Discovered, Feed, Outgoing};
use jiff::Timestamp;

use crate::flow::check_politeness;
use crate::world::{Reply, World, feed, page, status};

const FEED: &str = "http://a.example/feed";
const INTERVAL: Duration = Duration::from_millis(20);

fn slow(reply: Reply) -> Reply {
    Reply {
        delay: Duration::from_millis(8),
        ..reply
    }
}

fn redirect(url: &str) -> Reply {
    let mut reply = slow(status(302));
    reply.headers = vec![("location", url.to_owned())];
    reply
}

#[test]
fn polls_and_pages_of_a_host_take_turns() {
    let world = World::new();
    let listed: Vec<String> = (0..20).map(|n| format!("http://a.example/{n}")).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    for url in &listed {
        world.serve(url, &[slow(page("<p>x"))]);
    }
    world.serve(FEED, &[slow(feed(&listed))]);
    let config = fetcher::Config {
        poll_interval_seconds: 0,
        ..world.config()
    };
    let running = world.start(config);
    running.add_feeds(&[FEED]);
    running.until("every page", || running.fetched().len() == listed.len());
    assert!(world.asked(FEED) > 5, "the feed had its turns as well");
    running.stop();
    check_politeness(&world.outlets().asked, INTERVAL);
}

#[test]
fn redirects_to_one_host_take_turns() {
    let world = World::new();
    let listed: Vec<String> = (0..20)
        .map(|n| format!("http://a{n}.example/{n}"))
        .collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    for (n, url) in listed.iter().enumerate() {
        let target = format!("http://shared.example/{n}");
        world.serve(url, &[redirect(&target)]);
        world.serve(&target, &[slow(page(format!("<p>{n}")))]);
    }
    world.serve(FEED, &[feed(&listed)]);
    let running = world.start(world.config());
    running.add_feeds(&[FEED]);
    running.until("every page", || running.fetched().len() == listed.len());
    running.stop();
    let outlets = world.outlets();
    assert_eq!(outlets.asked.len(), 1 + 2 * listed.len());
    check_politeness(&outlets.asked, INTERVAL);
}

#[test]
fn the_host_that_answered_is_the_one_that_is_left_alone() {
    let world = World::new();
    let listed: Vec<String> = (0..5).map(|n| format!("http://a.example/{n}")).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    let busy = "http://busy.example/";
    let mut refusal = status(429);
    refusal.headers = vec![("retry-after", "3600".into())];
    world.serve(busy, &[refusal]);
    for url in &listed {
        world.serve(url, &[redirect(busy)]);
    }
    world.serve(FEED, &[feed(&listed)]);
    let all = |times: usize| listed.iter().map(|url| world.asked(url)).sum::<usize>() == times;

    let running = world.start(world.config());
    running.add_feeds(&[FEED]);
    running.until("every address is asked for", || all(5));
    running.stop();
    assert_eq!(world.asked(busy), 1);

    let running = world.start(world.config());
    running.until("all but the one that was refused are tried again", || {
        all(9)
    });
    running.stop();
    assert_eq!(world.asked(busy), 1, "the pause outlives a restart");
}

#[test]
fn after_a_restart_a_host_rests_for_which_nothing_waits() {
    let interval = Duration::from_millis(1_500);
    let world = World::new();
    let config = || fetcher::Config {
        host_interval_ms: 1_500,
        ..world.config()
    };
    let found =
        |url: &str| Outgoing::of(&Discovered::at(url, Feed::at(FEED), Timestamp::UNIX_EPOCH));
    let (before, after) = ("http://a.example/1", "http://a.example/2");
    for url in [before, after] {
        world.serve(url, &[page("<p>x")]);
    }
    let running = world.start(config());
    running.send(vec![running.record(found(before))]);
    running.until("the first page", || running.fetched().len() == 1);
    running.stop();

    let started = Instant::now();
    let running = world.start(config());
    running.send(vec![running.record(found(after))]);
    running.until("the second page", || running.fetched().len() == 2);
    running.stop();
    let asked = world.outlets().asked[1].at;
    assert!(asked.duration_since(started) >= interval);
}
