//! Documents beside a feed's own: older pages, what has changed alone, and the sitemaps of an index.

use super::*;

fn link(rel: &str, url: &str) -> String {
    format!("<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='{rel}' href='{url}'/>")
}

/// A feed of five items that was read up to item 10 and now lists 26 to 30, with three older pages of which
/// the last leads back to the first.
fn archive(rel: &'static str) -> World {
    World::of_one(move |asked| {
        let page = |n: &str, items: std::ops::RangeInclusive<i64>| {
            let next = link(rel, &format!("http://a.example/archive/{n}"));
            ok(rss_with(&next, items.rev().map(|n| n * 10)))
        };
        match asked.target.as_str() {
            "/feed" if asked.at < MINUTE => page("1", 6..=10),
            "/feed" => page("1", 26..=30),
            "/archive/1" => page("2", 21..=25),
            "/archive/2" => page("3", 16..=20),
            "/archive/3" => page("1", 11..=15),
            _ => status(404),
        }
    })
}

/// Behaviour 17.
#[test]
fn a_gap_is_filled_from_the_older_pages_and_a_circle_ends() {
    for rel in ["prev-archive", "next"] {
        let mut world = archive(rel);
        world.until(HOUR);
        let targets: Vec<String> = world
            .asked()
            .into_iter()
            .map(|asked| asked.target)
            .collect();
        let expected = ["/feed", "/feed", "/archive/1", "/archive/2", "/archive/3"];
        assert_eq!(targets[..5], expected, "{rel}");
        assert!(
            !targets[5..]
                .iter()
                .any(|target| target.starts_with("/archive"))
        );
        let mut found = world.found();
        found.sort_unstable();
        assert_eq!(found, (6..=30).map(|n| n * 10).collect::<Vec<_>>());
        assert_eq!(world.feed().window.gaps, 1);
        assert_eq!(world.feed().listed, 5, "of the feed alone");
        // One after the other, with the host's pause between.
        let asked = world.asked();
        assert!(asked.windows(2).all(|pair| pair[1].at - pair[0].at >= 2));
    }
}

/// Behaviour 17: as far as something known, and no further than the cap.
#[test]
fn older_pages_are_read_in_bounds() {
    let endless = |asked: &Asked| {
        let page: i64 = asked
            .target
            .rsplit('/')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let newest = if asked.at < MINUTE { 0 } else { 10_000 };
        let next = link(
            "prev-archive",
            &format!("http://a.example/archive/{}", page + 1),
        );
        ok(rss_with(&next, (0..5).map(|n| newest - page * 5 - n)))
    };
    let mut world = World::of_one(endless);
    world.until(HOUR);
    let pages = |world: &World| {
        let asked = world.asked();
        asked.iter().filter(|asked| asked.target != "/feed").count()
    };
    assert_eq!(pages(&world), 10);
    let config = Config {
        older_pages: 0,
        older_pages_of_new: 3,
        poll_jitter_percent: 0,
        ..Config::default()
    };
    let mut world = World::with(&config, endless);
    world.add(Feed::at(FEED));
    world.until(HOUR);
    assert_eq!(pages(&world), 3, "of the new feed");
    assert_eq!(world.found().len(), 25);
}

/// Behaviour 17: a page that cannot be had holds nothing up.
#[test]
fn an_older_page_that_fails_is_left_out_and_the_feed_goes_on() {
    let mut world = World::of_one(|asked| match asked.target.as_str() {
        "/feed" if asked.at < MINUTE => ok(rss([10, 9, 8])),
        "/feed" => ok(rss_with(&link("prev-archive", "/archive"), [30, 29, 28])),
        _ => status(500),
    });
    world.until(2 * HOUR);
    let asked = world.asked();
    let tries = asked
        .iter()
        .filter(|asked| asked.target == "/archive")
        .count();
    assert_eq!(tries, 3);
    assert_eq!(world.feed().failures, 0, "the feed itself is well");
    assert!(asked.last().is_some_and(|asked| asked.target == "/feed"));
}

/// Behaviour 18.
#[test]
fn what_has_changed_alone_is_merged() {
    let mut world = World::of_one(|asked| {
        let newest = 20 + asked.at / (20 * MINUTE);
        let etag = format!("\"{newest}\"");
        let known = asked
            .header("if-none-match")
            .map(|tag| String::from_utf8_lossy(tag).into_owned());
        let Some(known) = known.filter(|_| asked.header("a-im") == Some(b"feed")) else {
            return ok(rss((newest - 9..=newest).rev())).with("etag", etag);
        };
        if known == etag {
            return status(304);
        }
        let known: i64 = known.trim_matches('"').parse().expect("one of ours");
        Reply {
            status: 226,
            ..ok(rss((known + 1..=newest).rev()))
        }
        .with("im", "feed")
        .with("etag", etag)
    });
    world.until(2 * DAY);
    let asked = world.asked();
    assert_eq!(
        asked[0].header("a-im"),
        None,
        "there is nothing to tell a change from"
    );
    assert!(
        asked[1..]
            .iter()
            .all(|asked| asked.header("a-im") == Some(b"feed"))
    );
    let mut found = world.found();
    found.sort_unstable();
    assert_eq!(
        found,
        (11..=20 + 2 * DAY / (20 * MINUTE)).collect::<Vec<_>>()[..found.len()]
    );
    assert!(found.len() > 140, "{}", found.len());
    let feed = world.feed();
    assert_eq!(feed.listed, 10, "of the last whole one");
    assert_eq!(feed.window.gaps, 0, "what is not in it is not gone");
    // Now and then the whole is asked for: it overlaps with what came in parts.
    world.until(6 * DAY);
    let asked = world.asked();
    let whole = asked.iter().filter(|asked| asked.header("a-im").is_none());
    assert!(whole.count() > 1);
    assert_eq!(world.feed().window.gaps, 0);
}

fn sitemap(urls: impl IntoIterator<Item = i64>) -> String {
    let url = |n: i64| format!("<url><loc>http://a.example/{n}</loc></url>");
    let urls: String = urls.into_iter().map(url).collect();
    format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>")
}

/// Behaviour 19.
#[test]
fn an_index_brings_the_articles_of_the_sitemaps_that_changed() {
    // A sitemap a day, of the last month; today's has an article an hour.
    let mut world = World::of_one(|asked| {
        let today = asked.at / DAY;
        if asked.target == "/feed" {
            let entry = |day: i64| {
                let date = at(day * DAY).strftime("%Y-%m-%d").to_string();
                format!(
                    "<sitemap><loc>http://a.example/day/{day}</loc><lastmod>{date}</lastmod></sitemap>"
                )
            };
            let entries: String = (today - 30..=today).map(entry).collect();
            return ok(format!(
                "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</sitemapindex>"
            ));
        }
        let day: i64 = asked
            .target
            .rsplit('/')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a day");
        let hours = if day == today {
            asked.at % DAY / HOUR
        } else {
            23
        };
        ok(sitemap((0..=hours).map(|hour| (day + 100) * 100 + hour)))
    });
    // The index says no more than the day, so it does not change while the day's sitemap does.
    world.until(DAY + 12 * HOUR);
    let of_today = world.found().iter().filter(|n| *n / 100 == 101).count();
    assert!(of_today >= 10, "{of_today}");
    world.until(2 * DAY + HOUR);
    let feed = world.feed();
    assert_eq!((feed.failures, feed.unreadable), (0, false));
    let found = world.found();
    let articles = |day: i64| found.iter().filter(|n| *n / 100 == day + 100).count();
    assert_eq!([-3, -2, -1, 0, 1].map(articles), [24, 24, 24, 24, 24]);
    assert_eq!(articles(-4), 0, "an archive is not read");
    let mut once = found.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), found.len());
    let asked = world.asked();
    let old = asked
        .iter()
        .filter(|asked| asked.target == "/day/-2")
        .count();
    assert!(old <= 2, "an old one was read {old} times");
}

/// Behaviour 19: an index that comes out of a cache tells late of what has changed.
#[test]
fn a_sitemap_that_its_index_names_late_is_read() {
    let mut world = World::of_one(|asked| {
        if asked.target != "/feed" {
            return ok(sitemap(0..=asked.at / HOUR));
        }
        // As of an hour ago, to the minute.
        let told = at((asked.at - HOUR).div_euclid(HOUR) * HOUR);
        ok(format!(
            "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap>\
             <loc>http://a.example/news.xml</loc><lastmod>{told}</lastmod></sitemap></sitemapindex>"
        ))
    });
    world.until(2 * DAY);
    let found = world.found();
    assert!(found.len() >= 44, "{found:?}");
    let asked = world.asked();
    let read = asked.iter().filter(|asked| asked.target != "/feed").count();
    assert!(read <= 50, "once for each change: {read}");
}

/// Behaviour 19: sitemaps that do not say when they changed.
#[test]
fn sitemaps_of_no_date_are_read_each_time_and_not_written_twice() {
    let mut world = World::of_one(|asked| match asked.target.as_str() {
        "/feed" => ok(
            "<sitemapindex><sitemap><loc>http://a.example/news.xml</loc></sitemap></sitemapindex>",
        )
        .with("etag", "\"1\""),
        _ => ok(sitemap((0..=asked.at / HOUR).rev())),
    });
    world.until(6 * HOUR);
    let found = world.found();
    assert!(found.len() >= 5, "{found:?}");
    let mut once = found.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), found.len());
}

/// Behaviour 19: the cap.
#[test]
fn of_a_sitemap_that_is_too_long_the_rest_is_counted() {
    let mut world = World::new(|_| ok(sitemap(0..50_010)));
    world.add(Feed::at("http://a.example/sitemap.xml"));
    let url = "http://a.example/sitemap.xml".to_owned();
    world.state.frontier.pick(at(0));
    let request = world.state.request(&url, 64 << 20).expect("it is there");
    let (mut outcome, _) = world.tokio.block_on(world.http.get(request));
    outcome.at = at(0);
    world.state.land(&world.pace, HOST_INTERVAL, &url, outcome);
    let feed = world.state.feed(&url).expect("it is known");
    assert_eq!((feed.listed, feed.capped), (50_000, 10));
}
