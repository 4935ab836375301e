//! Servers that want to be left alone, and what fails.

use super::*;
use crate::outcome::Kind;

/// Behaviour 7.
#[track_caller]
fn check_retry_after(code: u16, value: &str, minutes: i64) {
    let value = value.to_owned();
    let mut polls = 0;
    let mut world = World::of_one(move |_| {
        polls += 1;
        if polls > 1 {
            return ok(rss([1]));
        }
        status(code).with("retry-after", &value)
    });
    world.until(8 * DAY);
    assert_eq!(world.minutes()[1], minutes);
}

#[test]
fn retry_after_is_obeyed_in_both_forms_and_in_bounds() {
    for code in [429, 503] {
        check_retry_after(code, "7200", 120);
        check_retry_after(code, "Mon, 13 Oct 2025 03:00:00 GMT", 180);
        check_retry_after(code, "Monday, 13-Oct-25 03:00:00 GMT", 180);
        // 88 hours.
        check_retry_after(code, "316800", 1_440);
        check_retry_after(code, "Sat, 13 Oct 2035 00:00:00 GMT", 1_440);
        // Nothing that is to be obeyed: as after any failure.
        for value in ["-5", "0", "soon", "Mon, 13 Oct 2014 00:00:00 GMT"] {
            check_retry_after(code, value, 15);
        }
    }
    // No other status has a say in it.
    check_retry_after(500, "7200", 15);
}

/// Behaviour 8.
#[test]
fn a_host_that_says_too_many_is_left_alone_and_others_are_not() {
    // A request in 10 seconds at the most, or all are refused for ten minutes.
    let mut last = -100;
    let mut until = -100;
    let mut world = World::new(move |asked| {
        if asked.host != "busy.example" {
            return ok(rss([1]));
        }
        let is_refused = asked.at < until || asked.at - last < 10;
        last = asked.at;
        if is_refused {
            until = until.max(asked.at + 10 * MINUTE);
            let wait = (until - asked.at).to_string();
            return status(429).with("retry-after", wait);
        }
        ok(rss([1]))
    });
    for n in 0..50 {
        world.add(Feed::at(format!("http://busy.example/{n}")));
        world.add(Feed::at(format!("http://calm{n}.example/feed")));
    }
    world.until(HOUR);
    let asked = world.asked();
    let busy: Vec<&Asked> = asked
        .iter()
        .filter(|asked| asked.host == "busy.example")
        .collect();
    for pair in busy.windows(2) {
        assert!(
            pair[1].at - pair[0].at >= 2,
            "{} and {}",
            pair[0].at,
            pair[1].at
        );
    }
    // Two requests until it refuses, then ten minutes of rest.
    assert!(busy.len() <= 14, "{} requests", busy.len());
    for n in 0..50 {
        let host = format!("calm{n}.example");
        let times = asked.iter().filter(|asked| asked.host == host);
        assert!(times.count() >= 2, "{host}");
    }
}

/// Behaviour 8: one bad route of a gateway.
#[test]
fn one_address_that_is_refused_stalls_no_other_of_its_host() {
    let mut world = World::new(|asked| match asked.target.as_str() {
        "/bad" => status(429).with("retry-after", "3600"),
        _ => ok(rss([1])),
    });
    for name in ["bad", "one", "two"] {
        world.add(Feed {
            interval_seconds: Some(900),
            ..Feed::at(format!("http://gateway.example/{name}"))
        });
    }
    world.until(DAY);
    let asked = world.asked();
    let times = |target: &str| -> Vec<i64> {
        let of = asked.iter().filter(|asked| asked.target == target);
        of.map(|asked| asked.at / MINUTE).collect()
    };
    let bad = times("/bad");
    assert!(
        bad.windows(2).all(|pair| pair[1] - pair[0] >= 60),
        "{bad:?}"
    );
    // Held up until it was clear whose limit it is.
    for other in ["/one", "/two"] {
        let times = times(other);
        let late = times.windows(2).filter(|pair| pair[1] - pair[0] > 16);
        assert!(late.count() <= 3, "{other}: {times:?}");
    }
}

/// Behaviour 8: hosts that share a limit.
#[test]
fn hosts_of_a_site_that_refuse_one_after_the_other_are_left_alone_together() {
    let mut world = World::new(|asked| {
        if asked.at < 2 * HOUR {
            return status(429).with("retry-after", "3600");
        }
        ok(rss([1]))
    });
    for n in 0..40 {
        world.add(Feed::at(format!("http://blog{n}.tumbler.example/rss")));
    }
    world.until(HOUR - MINUTE);
    assert_eq!(world.asked().len(), 3);
    world.until(DAY);
    let hosts: std::collections::BTreeSet<String> =
        world.asked().into_iter().map(|asked| asked.host).collect();
    assert_eq!(hosts.len(), 40, "in the end all are asked");
}

/// What a feed that always fails so is backed off to, and how it is told.
#[track_caller]
fn check_failure(reply: impl Fn(&Asked) -> Reply + Send + 'static, kind: Kind, waits: &[i64]) {
    let mut world = World::of_one(reply);
    world.until(4 * DAY);
    let minutes = world.minutes();
    let found: Vec<i64> = minutes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(&found[..waits.len()], waits, "{kind:?}");
    let feed = world.feed();
    assert_eq!(feed.last, kind);
    assert_eq!(feed.errors[&kind], feed.failures);
    assert_eq!(feed.failing_since, Some(at(0)));
}

#[test]
fn each_failure_has_its_back_off() {
    let brief = [15, 30, 60, 120, 240, 360, 360];
    let steady = [15, 30, 60, 120, 240, 480, 960, 1_440];
    check_failure(|_| status(500), Kind::Http5xx, &brief);
    check_failure(|_| status(404), Kind::Http4xx, &steady);
    check_failure(|_| status(403), Kind::Blocked, &[15, 60, 240, 960]);
    let challenge = |_: &Asked| status(503).with("cf-mitigated", "challenge");
    check_failure(challenge, Kind::Blocked, &[15, 60, 240, 960]);
    check_failure(
        |_| ok("<html><p>log in</p></html>"),
        Kind::NotAFeed,
        &steady,
    );
    check_failure(
        |_| ok("{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [}"),
        Kind::Parse,
        &steady,
    );
    check_failure(|_| ok("x".repeat(2 << 20)), Kind::TooBig, &steady);
    check_failure(|_| redirect(302, FEED), Kind::Redirect, &steady);
    let inward = |_: &Asked| redirect(302, "http://127.0.0.1/feed");
    check_failure(inward, Kind::Refused, &[15, 60, 240, 960]);
}

/// A feed that was dead for long comes back by itself.
#[test]
fn a_dead_feed_is_asked_once_a_week_and_comes_back() {
    let mut world = World::of_one(|asked| {
        if asked.at < 90 * DAY {
            status(404)
        } else {
            ok(rss([1]))
        }
    });
    world.until(89 * DAY);
    let late: Vec<i64> = world
        .minutes()
        .into_iter()
        .filter(|minute| *minute > 40 * 1_440)
        .collect();
    assert!(
        late.windows(2).all(|pair| pair[1] - pair[0] == 7 * 1_440),
        "{late:?}"
    );
    world.until(98 * DAY);
    assert_eq!(world.found(), [1]);
    assert_eq!(
        (world.feed().failures, world.feed().failing_since),
        (0, None)
    );
}
