//! Feeds that move, and feeds that are gone.

use super::*;

const THERE: &str = "http://b.example/feed";

/// A feed that is led to [`THERE`] by these, and on, one a poll, the last one for ever.
fn led(code: u16) -> World {
    World::of_one(move |asked| match asked.host.as_str() {
        "a.example" => redirect(code, THERE),
        _ => ok(rss((0..20).map(|n| asked.at / MINUTE - n))),
    })
}

/// Behaviour 9.
#[test]
fn a_permanent_move_that_lasts_is_adopted_and_others_are_not() {
    for (code, is_adopted) in [
        (301, true),
        (308, true),
        (302, false),
        (303, false),
        (307, false),
    ] {
        let mut world = led(code);
        world.until(2 * DAY);
        assert_eq!(world.feed().address(), FEED, "{code}: too early");
        world.until(4 * DAY);
        let expected = if is_adopted { THERE } else { FEED };
        assert_eq!(world.feed().address(), expected, "{code}");
        let before = world.asked().len();
        world.until(5 * DAY);
        let old = world.asked()[before..]
            .iter()
            .filter(|asked| asked.host == "a.example")
            .count();
        assert_eq!(
            old == 0,
            is_adopted,
            "{code}: the old address was asked {old} times"
        );
        // Its name stays, and so do its items.
        let found = world.found();
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), found.len());
        assert_eq!(
            world.discovered.last().map(|found| found.feed.url.as_str()),
            Some(FEED)
        );
    }
}

#[test]
fn a_move_to_and_fro_is_not_adopted() {
    let mut polls = 0;
    let mut world = World::of_one(move |asked| {
        if asked.host == "a.example" {
            polls += 1;
            if polls % 5 != 0 {
                return redirect(301, THERE);
            }
        }
        ok(rss((0..20).map(|n| asked.at / MINUTE - n)))
    });
    world.until(10 * DAY);
    assert_eq!(world.feed().address(), FEED);
}

#[test]
fn a_move_to_what_is_no_feed_is_not_adopted() {
    let mut world = World::of_one(|asked| match asked.host.as_str() {
        "a.example" => redirect(301, "http://login.example/?next=feed"),
        _ => ok("<html><form>Who are you?</form></html>"),
    });
    world.until(40 * DAY);
    assert_eq!(world.feed().address(), FEED);
    assert!(world.feed().moved.is_none());
}

#[test]
fn who_has_moved_and_is_not_there_is_looked_for_where_it_was() {
    let mut world = World::of_one(|asked| match asked.host.as_str() {
        "a.example" if asked.at < 6 * DAY => redirect(301, THERE),
        "b.example" if asked.at >= 6 * DAY => status(404),
        _ => ok(rss((0..20).map(|n| asked.at / MINUTE - n))),
    });
    world.until(5 * DAY);
    assert_eq!(world.feed().address(), THERE);
    world.until(8 * DAY);
    assert_eq!(world.feed().address(), FEED);
    assert_eq!(world.feed().failures, 0);
}

/// Behaviour 9: who has moved moves on, and where it was first nobody is any more.
#[test]
fn who_has_moved_may_move_on() {
    const ON: &str = "http://c.example/feed";
    let mut world = World::of_one(|asked| match asked.host.as_str() {
        "a.example" if asked.at < 5 * DAY => redirect(301, THERE),
        "a.example" => status(404),
        "b.example" if asked.at >= 6 * DAY => redirect(301, ON),
        _ => ok(rss((0..20).map(|n| asked.at / MINUTE - n))),
    });
    world.until(6 * DAY);
    assert_eq!(world.feed().address(), THERE);
    world.until(7 * DAY);
    assert_eq!((world.feed().address(), world.feed().failures), (THERE, 0));
    world.until(12 * DAY);
    assert_eq!((world.feed().address(), world.feed().failures), (ON, 0));
}

/// Behaviour 10.
#[test]
fn a_feed_that_is_gone_is_left_alone_but_for_a_rare_look() {
    let mut world = World::of_one(|asked| {
        if asked.at < 40 * DAY {
            status(410)
        } else {
            ok(rss([1]))
        }
    });
    world.until(39 * DAY);
    let days: Vec<i64> = world.asked().iter().map(|asked| asked.at / DAY).collect();
    assert_eq!(days, [0, 1, 8, 38]);
    assert_eq!(crate::FeedHealth::of(world.feed()).state, "gone");
    world.until(69 * DAY);
    assert_eq!(world.found(), [1]);
    assert_eq!(crate::FeedHealth::of(world.feed()).state, "ok");
    // Polled as any other again.
    world.until(70 * DAY);
    assert!(world.asked().len() > 6);
}

#[test]
fn a_feed_that_is_not_found_backs_off_and_comes_back() {
    let mut world = World::of_one(|asked| {
        if asked.at < DAY {
            status(404)
        } else {
            ok(rss([1]))
        }
    });
    world.until(3 * DAY);
    assert_eq!(world.found(), [1]);
    assert_eq!(world.feed().failures, 0);
}
