//! What a reader is scored by.

use super::*;

/// Behaviour 13: 48 hours with three restarts.
#[test]
fn a_polite_reader_for_two_days() {
    let mut world = World::of_one(|asked| {
        // An item every two hours.
        let newest = asked.at / (2 * HOUR);
        let etag = format!("W/\"{newest}\"");
        let reply = if asked.header("if-none-match") == Some(etag.as_bytes()) {
            status(304)
        } else {
            ok(rss((newest - 12..=newest).rev().map(|n| n * 120)))
        };
        reply
            .with("etag", etag)
            .with("last-modified", at(newest * 2 * HOUR).to_string())
            .with("cache-control", "max-age=1200")
            .with("set-cookie", "reader=7; Path=/")
    });
    for hours in [1, 13, 30, 48] {
        world.until(hours * HOUR);
        world.restart();
    }
    let asked = world.asked();
    assert!(asked.len() > 20);
    for (n, pair) in asked.windows(2).enumerate() {
        assert!(pair[1].is_conditional(), "request {}", n + 1);
        let waited = pair[1].at - pair[0].at;
        assert!(waited >= 1_200, "request {} after {waited} s", n + 1);
    }
    for asked in &asked {
        assert_eq!(asked.target, "/feed");
        for name in [
            "cookie",
            "referer",
            "authorization",
            "from",
            "cache-control",
            "pragma",
        ] {
            assert_eq!(asked.header(name), None, "{name}");
        }
        let agent = asked.header("user-agent").map(String::from_utf8_lossy);
        assert!(agent.is_some_and(|agent| agent.starts_with("copydesk/")));
        assert!(asked.header("accept-encoding").is_some());
    }
    let found = world.found();
    assert!((0..=23).all(|n| found.contains(&(n * 120))), "{found:?}");
}

/// What was under way at the end may have been answered; the next of its host and other hosts go on.
#[test]
fn the_feed_that_may_have_been_under_way_rests_and_no_other() {
    let (first, second) = ("http://a.example/1", "http://a.example/2");
    let (other, later) = ("http://b.example/1", "http://c.example/1");
    let mut state = PollState::default();
    for (url, second) in [(first, 1), (second, 2), (other, 3), (later, 50)] {
        state.add(Feed::at(url), at(second));
    }
    state.rebuild();
    state.rest(at(10), at(40));
    assert_eq!(state.frontier.pick(at(10)).as_deref(), Some(second));
    assert_eq!(state.frontier.pick(at(39)), None);
    assert_eq!(state.frontier.pick(at(40)).as_deref(), Some(other));
    state.frontier.finish(&second.to_owned(), at(40));
    assert_eq!(state.frontier.pick(at(40)).as_deref(), Some(first));
    assert_eq!(state.frontier.pick(at(50)).as_deref(), Some(later));
}
