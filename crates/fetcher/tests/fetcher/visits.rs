//! Feeds that are paused, wanted at once, looked at and looked for.

use std::time::Duration;

use article::{Feed, Outgoing};
use fetcher::discover::Found;
use fetcher::outcome::Validators;
use fetcher::visit::{Place, Visitor};
use jiff::Timestamp;

use crate::world::{World, feed, page, status};

const FEED: &str = "http://a.example/feed";

#[test]
fn a_paused_feed_is_left_alone_until_it_is_resumed() {
    let world = World::new();
    world.serve(FEED, &[feed(&["http://a.example/1"])]);
    world.serve("http://b.example/feed", &[feed(&["http://b.example/1"])]);
    let config = || fetcher::Config {
        poll_interval_seconds: 0,
        pages: false,
        ..world.config()
    };
    let put = |running: &crate::world::Running, paused| {
        let feed = Feed {
            paused,
            ..Feed::at(FEED)
        };
        running.send(vec![running.record(Outgoing::of(&feed))]);
    };
    let running = world.start(config());
    put(&running, false);
    running.add_feeds(&["http://b.example/feed"]);
    running.until("both are polled", || world.asked(FEED) > 2);
    put(&running, true);
    // One may be under way.
    let settled = |than: usize| world.asked("http://b.example/feed") > than;
    let before = world.asked("http://b.example/feed");
    running.until("the pause is heard of", || settled(before + 3));
    let asked = world.asked(FEED);
    let before = world.asked("http://b.example/feed");
    running.until("the other goes on", || settled(before + 5));
    assert_eq!(world.asked(FEED), asked);
    running.stop();

    let running = world.start(config());
    let before = world.asked("http://b.example/feed");
    running.until("the other goes on", || settled(before + 5));
    assert_eq!(world.asked(FEED), asked, "a restart resumes nothing");
    put(&running, false);
    running.until("it is polled again", || world.asked(FEED) > asked);
    let known = running.discovered().len();
    running.stop();
    assert_eq!(known, 2, "what was known of it was kept");
}

#[test]
fn a_feed_that_somebody_wants_is_polled_at_once_and_once() {
    let world = World::new();
    world.serve(FEED, &[feed(&["http://a.example/1"])]);
    let running = world.start(fetcher::Config {
        pages: false,
        ..world.config()
    });
    running.add_feeds(&[FEED]);
    running.until("it is polled", || {
        world.asked(FEED) == 1 && !running.polled().is_empty()
    });
    let wanted = Feed {
        wanted_at: Some(Timestamp::now()),
        ..Feed::at(FEED)
    };
    running.send(vec![running.record(Outgoing::of(&wanted))]);
    running.until("it is polled again", || world.asked(FEED) == 2);
    // What else is said of it does not make it wanted again.
    let titled = Feed {
        title: Some("T".into()),
        ..wanted
    };
    running.send(vec![running.record(Outgoing::of(&titled))]);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.asked(FEED), 2);
    running.stop();
}

#[test]
fn a_place_is_looked_at_as_polling_would() {
    let world = World::new();
    world.serve(FEED, &[feed(&["http://a.example/1"])]);
    let home = "<link rel=alternate type=application/rss+xml href=/feed>";
    let mut moved = status(301);
    moved.headers = vec![("location", "/".into())];
    world.serve("http://a.example/old", &[moved]);
    world.serve("http://a.example/", &[page(home)]);
    let visitor = Visitor::new(&world.config()).expect("ready");
    let Place::Feed { feed, .. } = visitor.look(&Feed::at(FEED)) else {
        panic!("a feed is one");
    };
    assert_eq!(feed.items.len(), 1);
    let Place::Page { candidates, .. } = visitor.look(&Feed::at("http://a.example/old")) else {
        panic!("a page is none");
    };
    assert_eq!(
        (candidates[0].url.as_str(), candidates[0].found),
        (FEED, Found::Declared)
    );
    let visit = visitor.poll(
        &Feed::at("http://a.example/old"),
        "http://a.example/old",
        Validators::default(),
    );
    let statuses: Vec<u16> = visit.hops.iter().map(|hop| hop.status).collect();
    assert_eq!(statuses, [301, 200]);
    assert!(
        visit
            .hops
            .iter()
            .all(|hop| hop.address.is_some_and(|at| at.ip().is_loopback()))
    );
    assert_eq!(visit.hops[0].location.as_deref(), Some("/"));
    assert_eq!(visitor.resolve(FEED).expect("it is overridden").len(), 1);
    for hostile in [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ] {
        assert!(visitor.resolve(hostile).is_err(), "{hostile}");
        let Place::Nothing(outcome) = visitor.look(&Feed::at(hostile)) else {
            panic!("{hostile} is not to be looked at");
        };
        assert!(outcome.result.is_err(), "{hostile}");
    }
}
