//! Feeds in, pages out: over the embedded log, once each, politely.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::{Discovered, Feed, Message, Outgoing};
use pipeline::headers::Headers;
use pipeline::log::{Log, ToSend};

use crate::world::{Asked, World, feed, page, status};

const FEED_A: &str = "http://a.example/feed";
const FEED_B: &str = "http://b.example/feed";

/// Every host was asked for one thing at a time, with the interval between.
pub(crate) fn check_politeness(asked: &[Asked], interval: Duration) {
    let mut hosts: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for asked in asked {
        hosts.entry(&asked.host).or_default().push(asked);
    }
    for (host, asked) in hosts {
        for pair in asked.windows(2) {
            let end = pair[0].answered.expect("it was answered before the next");
            let gap = pair[1].at.saturating_duration_since(end);
            assert!(pair[1].at >= end && gap >= interval, "{host}: {gap:?}");
        }
    }
}

#[test]
fn every_article_is_fetched_once_also_over_restarts() {
    let world = World::new();
    let shared = "http://c.example/shared";
    let own: Vec<String> = (0..8).map(|n| format!("http://c.example/{n}")).collect();
    let mut listed: Vec<&str> = own.iter().map(String::as_str).collect();
    listed.push(shared);
    listed.push("http://a.example/missing");
    listed.push("http://a.example/large");
    listed.push("mailto:desk@a.example");
    world.serve(FEED_A, &[feed(&listed)]);
    world.serve(FEED_B, &[feed(&[shared, "http://b.example/1"])]);
    for url in own
        .iter()
        .map(String::as_str)
        .chain([shared, "http://b.example/1"])
    {
        world.serve(url, &[page(format!("<p>{url}"))]);
    }
    world.serve("http://a.example/large", &[page(vec![b'x'; (4 << 20) + 1])]);

    let running = world.start(world.config());
    running.add_feeds(&[FEED_A, FEED_B]);
    running.send(vec![
        garbage("feeds"),
        garbage("articles.discovered"),
        running.record(Outgoing::of(&Feed::at("file:///etc/passwd"))),
    ]);
    running.until("ten pages and six dead letters", || {
        running.fetched().len() >= 10 && running.buried().len() >= 6
    });
    let expected = [
        "page too_large",
        "page undecodable",
        "page unfetchable",
        "poll undecodable",
        "poll unfetchable",
        "poll unfetchable",
    ];
    assert_eq!(running.reasons(), expected);
    let large = running
        .buried()
        .into_iter()
        .find(|dead| dead.reason == "too_large");
    let large = large.expect("it is there");
    assert_eq!(large.value.map(|value| value.len()), Some(64 << 10));
    assert_eq!(large.headers.text("http.content-type"), Some("text/html"));
    running.stop();
    let asked = world.outlets().asked.len();

    let running = world.start(world.config());
    running.add_feeds(&["http://d.example/feed"]);
    running.until("the new feed is asked for", || {
        world.asked("http://d.example/feed") == 1
    });
    let mut fetched: Vec<String> = running
        .fetched()
        .into_iter()
        .map(|f| f.discovered.url)
        .collect();
    fetched.sort();
    let mut urls = own;
    urls.extend([shared.to_owned(), "http://b.example/1".to_owned()]);
    urls.sort();
    assert_eq!(fetched, urls);
    assert_eq!(running.polled().len(), 2);
    assert_eq!(running.discovered().len(), 13, "eleven and two");
    running.stop();
    assert_eq!(world.outlets().asked.len(), asked + 1);
    check_politeness(&world.outlets().asked, Duration::from_millis(20));
}

/// The same article under the addresses that different feeds have for it.
#[test]
fn an_article_under_several_addresses_is_fetched_once() {
    let world = World::new();
    let addresses = [
        "http://www.c.example/ferry?utm_source=rss",
        "http://m.c.example/ferry/",
        "http://c.example/ferry#top",
    ];
    let feeds = [FEED_A, FEED_B, "http://d.example/feed"];
    for (address, at) in addresses.iter().zip(feeds) {
        let other = format!("http://{}/own", article::host_of(at));
        world.serve(at, &[feed(&[address, &other])]);
        world.serve(&other, &[page("<p>its own")]);
        world.serve(
            address.split(['#', '?']).next().expect("an address"),
            &[page("<p>ferry")],
        );
    }
    let running = world.start(world.config());
    running.add_feeds(&feeds);
    running.until("all is found", || running.discovered().len() == 6);
    running.until("four pages", || running.fetched().len() == 4);
    let log = &running.runtime.log;
    running.until("every offset is committed", || {
        (0..4).all(|partition| {
            let end = log
                .bounds(Discovered::TOPIC, partition)
                .expect("bounds")
                .end;
            let committed = log.committed("copydesk.page", Discovered::TOPIC, partition);
            committed.expect("an answer").unwrap_or(0) == end
        })
    });
    let ferry = |asked: &&Asked| asked.path.starts_with("/ferry");
    assert_eq!(world.outlets().asked.iter().filter(ferry).count(), 1);
    let fetched = running.fetched();
    let ferry = fetched
        .iter()
        .find(|f| f.page.as_slice() == b"<p>ferry")
        .expect("it is there");
    assert!(
        addresses.contains(&ferry.discovered.url.as_str()),
        "as given"
    );
    assert_eq!(ferry.listings[0].feed, ferry.discovered.feed.url);
    running.stop();
}

fn garbage(topic: &str) -> ToSend {
    ToSend {
        topic: topic.to_owned(),
        partition: 0,
        key: Some(b"garbage".to_vec()),
        value: Some(b"\xff not JSON".to_vec()),
        headers: Headers::new(),
    }
}

#[test]
fn a_slow_host_holds_up_no_other_and_no_offset() {
    let world = World::new();
    let slow = page("slow");
    let slow = crate::world::Reply {
        delay: Duration::from_secs(600),
        ..slow
    };
    let mut listed: Vec<String> = (0..20)
        .map(|n| format!("http://slow.example/{n}"))
        .collect();
    for url in &listed {
        world.serve(url, std::slice::from_ref(&slow));
    }
    for n in 0..20 {
        let url = format!("http://host{n}.example/1");
        world.serve(&url, &[page("quick")]);
        listed.push(url);
    }
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    world.serve(FEED_A, &[feed(&listed)]);
    let running = world.start(world.config());
    running.add_feeds(&[FEED_A]);
    running.until("the quick pages", || running.fetched().len() == 20);
    let log = &running.runtime.log;
    running.until("every offset is committed", || {
        (0..4).all(|partition| {
            let end = log
                .bounds(Discovered::TOPIC, partition)
                .expect("bounds")
                .end;
            let committed = log.committed("copydesk.page", Discovered::TOPIC, partition);
            committed.expect("an answer").unwrap_or(0) == end
        })
    });
    let slow = |asked: &&Asked| asked.host == "slow.example";
    assert_eq!(world.outlets().asked.iter().filter(slow).count(), 1);
    let started = Instant::now();
    running.stop();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn an_edit_brings_a_version_only_where_the_page_changed() {
    let world = World::new();
    let url = "http://a.example/1";
    let item = |title: &str| {
        page(format!(
            "<rss version='2.0'><channel><item><guid>1</guid><link>{url}</link>\
             <title>{title}</title></item></channel></rss>"
        ))
    };
    world.serve(FEED_A, &[item("first"), item("second"), item("third")]);
    let mut one = page("one");
    one.headers.push(("etag", "\"1\"".into()));
    world.serve(url, &[one.clone(), one, page("two")]);
    let config = fetcher::Config {
        poll_interval_seconds: 1,
        ..world.config()
    };
    let running = world.start(config);
    running.add_feeds(&[FEED_A]);
    running.until("two versions", || running.fetched().len() == 2);
    let facts: Vec<(u32, u32, Vec<u8>)> = running
        .fetched()
        .into_iter()
        .map(|f| (f.version, f.discovered.revision, f.page.0))
        .collect();
    assert_eq!(facts, [(1, 1, b"one".to_vec()), (2, 3, b"two".to_vec())]);
    let conditional: Vec<bool> = world
        .outlets()
        .asked
        .iter()
        .filter(|asked| asked.path == "/1")
        .map(|asked| asked.conditional)
        .collect();
    assert_eq!(conditional, [false, true, true]);
    running.stop();
}

#[test]
fn what_fails_is_tried_again_and_a_dead_letter_can_be_sent_back() {
    let world = World::new();
    let (passing, lasting) = ("http://a.example/passing", "http://b.example/lasting");
    world.serve(FEED_A, &[feed(&[passing, lasting])]);
    world.serve(passing, &[status(500), page("passed")]);
    world.serve(lasting, &[status(500)]);
    let running = world.start(world.config());
    running.add_feeds(&[FEED_A]);
    running.until("one page, one dead letter", || {
        running.fetched().len() == 1 && running.buried().len() == 1
    });
    assert_eq!((world.asked(passing), world.asked(lasting)), (2, 2));
    world.serve(lasting, &[page("back again")]);
    let buried = running.buried().remove(0);
    assert_eq!(buried.topic, "articles.discovered");
    running.send(buried.retry("articles.dead", 4).to_vec());
    running.until("the page that failed", || running.fetched().len() == 2);
    assert!(
        running
            .fetched()
            .iter()
            .any(|f| f.discovered.url == lasting && f.version == 1)
    );
    running.stop();
}

/// What no record takes is not read, and holds up nobody.
#[test]
fn a_feed_that_no_record_takes_is_a_failure_of_its_own() {
    let world = World::new();
    world.serve(FEED_A, &[page(vec![b'x'; 13 << 20])]);
    world.serve(FEED_B, &[feed(&["http://b.example/1"])]);
    world.serve("http://b.example/1", &[page("<p>x")]);
    let running = world.start(world.config());
    running.add_feeds(&[FEED_A]);
    running.until("it is asked for", || world.asked(FEED_A) == 1);
    running.add_feeds(&[FEED_B]);
    running.until("the other feed's page", || running.fetched().len() == 1);
    assert_eq!(running.polled().len(), 1);
    assert!(running.buried().is_empty());
    running.stop();
}

#[test]
fn a_feed_with_credentials_is_a_dead_letter_that_repeats_none() {
    let world = World::new();
    let running = world.start(world.config());
    running.add_feeds(&["http://user:sesame@a.example/feed"]);
    running.until("a dead letter", || running.buried().len() == 1);
    let buried = running.buried().remove(0);
    assert_eq!(buried.reason, "unfetchable");
    assert!(!buried.detail.contains("sesame"), "{}", buried.detail);
    running.stop();
    assert_eq!(world.outlets().asked.len(), 0);
}

#[test]
fn a_feed_that_is_removed_is_asked_no_more() {
    let world = World::new();
    world.serve(FEED_A, &[feed(&[])]);
    world.serve(FEED_B, &[feed(&[])]);
    let config = fetcher::Config {
        poll_interval_seconds: 0,
        ..world.config()
    };
    let running = world.start(config);
    running.add_feeds(&[FEED_A, FEED_B]);
    running.until("both are polled", || {
        world.asked(FEED_A) > 2 && world.asked(FEED_B) > 2
    });
    let removal = Outgoing::tombstone(&Feed::at(FEED_A));
    running.send(vec![running.record(removal)]);
    // Long after: the other feed was polled ten times while this one was left alone.
    running.until("the feed is left alone", || {
        let before = world.asked(FEED_A);
        let other = world.asked(FEED_B);
        running.until("ten polls", || world.asked(FEED_B) > other + 10);
        world.asked(FEED_A) == before
    });
    running.stop();
}
