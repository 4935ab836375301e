//! What is sent back to a server of what it sent, and what is believed of its "not modified".

use super::*;

/// Behaviour 1.
#[test]
fn odd_validators_come_back_to_the_byte() {
    let tags: [&[u8]; 10] = [
        b"\"plain\"",
        b"W/\"weak\"",
        b"w/\"small\"",
        b"unquoted",
        b"\"\"",
        b"\"half",
        b"\"with space, and comma\"",
        b"\"latin \xe9\"",
        "\"utf-8 é\"".as_bytes(),
        b"W/\"a\", \"b\"",
    ];
    let dates: [&[u8]; 10] = [
        b"Mon, 13 Oct 2025 00:00:00 GMT",
        b"Monday, 13-Oct-25 00:00:00 GMT",
        b"Mon Oct 13 00:00:00 2025",
        b"Mon, 13 Oct 2025 02:00:00 +0200",
        b"2025-10-13T00:00:00Z",
        b"1760313600",
        b"Thu, 01 Jan 1970 00:00:00 GMT",
        b"Wed, 31 Feb 2099 25:61:61 GMT",
        b"lundi 13 octobre",
        b"0",
    ];
    for (tag, date) in tags.into_iter().zip(dates) {
        let mut world = World::of_one(move |asked| {
            let reply = if asked.is_conditional() {
                status(304)
            } else {
                ok(rss([1]))
            };
            reply.with("etag", tag).with("last-modified", date)
        });
        world.until(HOUR);
        let asked = world.asked();
        assert!(asked.len() > 1 && !asked[0].is_conditional());
        for asked in &asked[1..] {
            assert_eq!(asked.header("if-none-match"), Some(tag));
            assert_eq!(asked.header("if-modified-since"), Some(date));
        }
    }
}

/// Behaviour 2.
#[test]
fn a_304_renews_validators_and_a_200_replaces_both() {
    let mut polls = 0;
    let mut world = World::of_one(move |_| {
        polls += 1;
        match polls {
            1 => ok(rss([1]))
                .with("etag", "\"1\"")
                .with("last-modified", "one"),
            2 => status(304).with("last-modified", "two"),
            3 => status(304).with("etag", "W/\"3\""),
            4 => ok(rss([2, 1])).with("last-modified", "four"),
            5 => ok(rss([3, 2, 1])),
            _ => status(304).with("etag", "\"unasked\""),
        }
    });
    world.until(DAY);
    let sent = |asked: &Asked| {
        let text = |name| {
            asked
                .header(name)
                .map(|value| String::from_utf8_lossy(value).into_owned())
        };
        (text("if-none-match"), text("if-modified-since"))
    };
    let some = |text: &str| Some(text.to_owned());
    let sent: Vec<_> = world.asked().iter().take(7).map(sent).collect();
    let expected = [
        (None, None),
        (some("\"1\""), some("one")),
        (some("\"1\""), some("two")),
        (some("W/\"3\""), some("two")),
        (None, some("four")),
        (None, None),
        (None, None),
    ];
    assert_eq!(sent, expected);
}

/// Behaviour 3.
#[test]
fn a_crash_before_the_items_are_written_takes_the_validators_along() {
    let mut world = World::of_one(|asked| {
        let reply = if asked.is_conditional() {
            status(304)
        } else {
            ok(rss([2, 1]))
        };
        reply.with("etag", "\"1\"")
    });
    world.commit();
    world.until(MINUTE);
    assert_eq!(world.found(), [2, 1]);
    world.discovered.clear();
    world.crash();
    world.until(2 * MINUTE);
    assert!(!world.asked()[1].is_conditional());
    assert_eq!(world.found(), [2, 1], "found again");
    world.commit();
    world.crash();
    world.until(3 * HOUR);
    assert!(world.asked()[2].is_conditional());
    assert_eq!(world.found(), [2, 1]);
}

/// Behaviour 4: a busy feed.
#[test]
fn a_server_that_lies_is_found_out_when_items_are_overdue() {
    // One item every half hour; from the second day on, changes are denied.
    let mut world = World::of_one(|asked| {
        let lies = asked.at > DAY && asked.at < 6 * DAY;
        let newest = asked.at / (30 * MINUTE);
        let etag = if lies {
            "\"stuck\"".to_owned()
        } else {
            format!("\"{newest}\"")
        };
        if asked.header("if-none-match") == Some(etag.as_bytes()) {
            return status(304).with("etag", etag);
        }
        ok(rss((newest - 20..=newest).rev().map(|n| n * 30))).with("etag", etag)
    });
    world.until(DAY);
    assert_eq!(world.feed().lies, 0);
    let asked = world.asked().len();
    world.until(DAY + 10 * HOUR);
    let after = world.asked()[asked..].to_vec();
    let polls = after.iter().position(|asked| !asked.is_conditional());
    let polls = polls.expect("it was doubted");
    assert!(polls < 40, "found out after {polls} polls");
    assert!(world.feed().lies > 0);
    // From then on nothing is believed, and nothing missed.
    assert!(after[polls..].iter().all(|asked| !asked.is_conditional()));
    world.until(5 * DAY);
    let newest = world.found().into_iter().max();
    assert!(newest >= Some((5 * DAY - 2 * HOUR) / MINUTE), "{newest:?}");
    // In the end it is trusted again.
    world.until(25 * DAY);
    let asked = world.asked();
    assert!(asked[asked.len() - 3].is_conditional());
}

/// Behaviour 4: a quiet one.
#[test]
fn after_days_of_304_the_whole_is_asked_for_once() {
    let mut world = World::of_one(|asked| {
        if asked.is_conditional() {
            return status(304);
        }
        let newest = if asked.at > DAY { 1_500 } else { 0 };
        ok(rss([newest, -900, -20_000])).with("etag", "\"constant\"")
    });
    world.until(5 * DAY);
    assert_eq!(world.found(), [0, -900, -20_000, 1_500]);
    let asked = world.asked();
    let whole: Vec<i64> = asked
        .iter()
        .filter(|asked| !asked.is_conditional())
        .map(|asked| asked.at / DAY)
        .collect();
    assert_eq!(whole[0], 0);
    assert!((3..=4).contains(&whole[1]), "{whole:?}");
    assert!(world.feed().lies == 1);
}
