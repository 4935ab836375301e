//! How often a feed is polled.

use super::*;

/// The minutes between the polls of a feed in its first `hours`.
#[track_caller]
fn check(hours: i64, reply: impl Fn(&Asked) -> Reply + Send + 'static, expected: &[i64]) {
    let mut world = World::of_one(reply);
    world.until(hours * HOUR);
    let minutes = world.minutes();
    let waits: Vec<i64> = minutes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(&waits[..expected.len()], expected, "{waits:?}");
}

/// A feed of an item every two minutes, that lists those of ten hours.
fn busy(asked: &Asked) -> String {
    let newest = asked.at / MINUTE / 2;
    rss((0..300).map(|n| 2 * (newest - n)))
}

/// Behaviour 5.
#[test]
fn what_the_publisher_asks_for_is_obeyed_in_bounds() {
    check(2, |asked| ok(busy(asked)), &[15, 15]);
    let say = |name, value: &'static str| move |asked: &Asked| ok(busy(asked)).with(name, value);
    check(4, say("cache-control", "max-age=3600"), &[60, 60]);
    check(4, say("cache-control", "max-age=60"), &[15, 15]);
    check(14, say("cache-control", "max-age=31536000"), &[360, 360]);
    check(2, say("expires", "0"), &[15, 15]);
    check(
        2,
        say("expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
        &[15, 15],
    );
    let expires = |asked: &Asked| {
        let expires = at(asked.at + HOUR)
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let date = at(asked.at)
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        ok(busy(asked)).with("expires", expires).with("date", date)
    };
    check(4, expires, &[60, 60]);
}

/// Behaviour 5: what stands in the document, which holds for its 304 as well.
#[test]
fn ttl_and_period_of_a_document_are_obeyed() {
    let quiet = |channel: &'static str| {
        move |asked: &Asked| {
            if asked.is_conditional() {
                return status(304);
            }
            ok(rss_with(channel, (0..30).map(|n| -60 * n))).with("etag", "\"1\"")
        }
    };
    check(8, quiet("<ttl>120</ttl>"), &[120, 120, 120]);
    let sy = "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod>\
              <sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>12</sy:updateFrequency>";
    check(8, quiet(sy), &[120, 120, 120]);
    check(14, quiet("<ttl>10080</ttl>"), &[360, 360]);
}

/// Behaviour 6: a virtual week.
#[test]
fn nobody_asks_in_hours_and_on_days_that_are_skipped() {
    let channel = "<skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>13</hour></skipHours>\
                   <skipDays><day>Saturday</day><day>Sunday</day></skipDays>";
    let mut world =
        World::of_one(move |asked| ok(rss_with(channel, (0..30).map(|n| asked.at / MINUTE - n))));
    world.until(14 * DAY);
    let asked = world.asked();
    // The first poll cannot know.
    for asked in &asked[1..] {
        let (day, hour) = (asked.at / DAY % 7, asked.at % DAY / HOUR);
        assert!(
            day < 5 && ![0, 1, 2, 13].contains(&hour),
            "day {day}, {hour} o'clock"
        );
    }
    let days: std::collections::BTreeSet<i64> = asked.iter().map(|asked| asked.at / DAY).collect();
    assert_eq!(days.len(), 10, "on all others");
}

#[test]
fn an_interval_of_its_own_is_exact_and_holds_from_now_on() {
    let reply = |asked: &Asked| {
        ok(rss_with(
            "<ttl>600</ttl>",
            (0..3).map(|n| asked.at / MINUTE - n),
        ))
        .with("cache-control", "max-age=7200")
    };
    let mut world = World::new(reply);
    world.add(Feed {
        interval_seconds: Some(300),
        ..Feed::at(FEED)
    });
    world.until(20 * MINUTE);
    assert_eq!(world.minutes(), [0, 5, 10, 15, 20]);
    world.add(Feed {
        interval_seconds: Some(60),
        ..Feed::at(FEED)
    });
    world.until(22 * MINUTE);
    assert_eq!(world.minutes()[5..], [21, 22]);
}

/// Behaviour 12: the rhythm. Nothing but the dates is known at first.
#[test]
fn a_feed_is_polled_by_its_rhythm() {
    // Four items a day, in the morning.
    let newest = |second: i64| {
        let (day, hour) = (second.div_euclid(DAY), second.rem_euclid(DAY) / HOUR);
        day * 4 + (hour - 5).clamp(0, 4)
    };
    let date = |n: i64| (n - 1).div_euclid(4) * 1_440 + (6 + (n - 1).rem_euclid(4)) * 60;
    let mut world = World::of_one(move |asked| {
        let newest = newest(asked.at);
        let etag = format!("\"{newest}\"");
        if asked.header("if-none-match") == Some(etag.as_bytes()) {
            return status(304);
        }
        ok(rss((newest - 9..=newest).rev().map(date))).with("etag", etag)
    });
    world.until(28 * DAY);
    let last: Vec<i64> = world
        .minutes()
        .into_iter()
        .filter(|minute| *minute >= 27 * 1_440)
        .collect();
    assert!((6..=14).contains(&last.len()), "{last:?}");
    let waits = last
        .windows(2)
        .map(|pair| (pair[1] - pair[0], pair[0] % 1_440 / 60));
    let (shortest, hour) = waits.clone().min().expect("there are some");
    assert!((6..11).contains(&hour), "at {hour} o'clock: {last:?}");
    assert!(waits.max() >= Some((2 * shortest, 0)), "{last:?}");
    let found = world.found();
    let expected: Vec<i64> = (1..=27 * 4).map(date).collect();
    assert!(expected.iter().all(|n| found.contains(n)));
}

/// Behaviour 12: the overlap, of a feed whose dates tell.
#[test]
fn a_feed_whose_listing_slides_fast_is_polled_sooner() {
    // An item every two minutes, ten are listed, and the publisher asks for two hours.
    let mut world = World::of_one(|asked| {
        let newest = asked.at / MINUTE / 2 * 2;
        ok(rss_with("<ttl>120</ttl>", (0..10).map(|n| newest - 2 * n)))
    });
    world.until(6 * HOUR);
    let feed = world.feed();
    assert_eq!((feed.window.gaps, feed.window.gap_at), (0, None));
    assert_eq!(feed.interval.by, crate::schedule::By::Window);
    let minutes = world.minutes();
    let waits = minutes.windows(2).map(|pair| pair[1] - pair[0]);
    let waits: Vec<i64> = waits.collect();
    assert!(waits.iter().all(|wait| (5..20).contains(wait)), "{waits:?}");
    let found = world.found();
    let mut expected = (0..minutes[minutes.len() - 1] / 2).map(|n| 2 * n);
    assert!(expected.all(|n| found.contains(&n)));
}

/// Behaviour 12: the overlap, of a feed without dates. What was missed is told.
#[test]
fn a_gap_is_counted_and_the_feed_polled_sooner() {
    let mut world = World::of_one(|asked| {
        let newest = asked.at / MINUTE / 2;
        let item = |n: i64| format!("<item><link>http://a.example/{n}</link></item>");
        let items: String = (0..10).map(|n| item(newest - n)).collect();
        ok(format!(
            "<rss version='2.0'><channel><ttl>120</ttl>{items}</channel></rss>"
        ))
    });
    world.until(8 * HOUR);
    let feed = world.feed();
    assert!((1..=2).contains(&feed.window.gaps), "{}", feed.window.gaps);
    let health = crate::FeedHealth::of(feed);
    assert_eq!(health.gaps, feed.window.gaps);
    assert!(health.gap_at.is_some() && health.overlap.is_some_and(|overlap| overlap > 0.3));
    let late = world
        .minutes()
        .into_iter()
        .filter(|minute| *minute > 4 * 60);
    let late: Vec<i64> = late.collect();
    assert!(
        late.windows(2).all(|pair| pair[1] - pair[0] < 20),
        "{late:?}"
    );
}
