//! Pages: robots.txt, looking again, full texts of feeds, fairness, and restarts in the middle.

use std::time::{Duration, Instant};

use article::{Feed, Outgoing, Wall};

use crate::flow::check_politeness;
use crate::world::{Asked, Reply, World, feed, page, status};

const FEED: &str = "http://feeds.example/feed";

fn rss(items: &str) -> Reply {
    page(format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
         <channel><title>T</title>{items}</channel></rss>"
    ))
}

#[test]
fn what_robots_txt_disallows_is_a_dead_letter_and_the_file_is_kept_over_restarts() {
    let world = World::new();
    let (public, private) = ("http://a.example/news/1", "http://a.example/private/1");
    let (robots, later) = ("http://a.example/robots.txt", "http://a.example/private/2");
    world.serve(
        robots,
        &[page("User-agent: copydesk\nDisallow: /private/\n")],
    );
    world.serve(
        FEED,
        &[feed(&[public, private]), feed(&[public, private, later])],
    );
    for url in [public, private, later] {
        let paid = "<script type=application/ld+json>{\"isAccessibleForFree\":false}</script>";
        world.serve(
            url,
            &[page(format!("{paid}<link rel=canonical href=/1><p>x"))],
        );
    }
    let config = fetcher::Config {
        robots: true,
        poll_interval_seconds: 3,
        ..world.config()
    };
    let running = world.start(config.clone());
    running.add_feeds(&[FEED]);
    running.until("a page and a dead letter", || {
        running.fetched().len() == 1 && running.buried().len() == 1
    });
    let dead = running.buried().remove(0);
    assert_eq!(
        (dead.stage.as_str(), dead.reason.as_str()),
        ("page", "unfetchable")
    );
    let why = format!("{private}: robots.txt disallows {private} at attempt 1");
    assert_eq!(dead.detail, why);
    let marks = running.fetched().remove(0).marks;
    assert_eq!(marks.wall, Some(Wall::Paywall));
    assert_eq!(marks.canonical.as_deref(), Some("http://a.example/1"));
    running.stop();

    let running = world.start(config);
    running.until("the later article's dead letter", || {
        running.buried().len() == 2
    });
    running.stop();
    assert_eq!((world.asked(private), world.asked(later)), (0, 0));
    assert_eq!(world.asked(robots), 1);
    assert_eq!(
        world.asked("http://feeds.example/robots.txt"),
        0,
        "feeds are asked for by name"
    );
}

#[test]
fn a_page_is_looked_at_again_and_only_a_change_is_a_version() {
    let world = World::new();
    let url = "http://a.example/1";
    let version = |tag: &str, text: &str| {
        let mut reply = page(format!("<p>{text}</p><script>{tag}</script>"));
        reply.headers.push(("etag", format!("\"{tag}\"")));
        reply
    };
    world.serve(FEED, &[feed(&[url])]);
    // Unchanged by its tag, changed where nobody sees it, and changed.
    let replies = [("1", "late"), ("1", "late"), ("2", "late"), ("3", "later")];
    world.serve(url, &replies.map(|(tag, text)| version(tag, text)));
    let config = fetcher::Config {
        revisit_seconds: vec![1, 2, 3],
        ..world.config()
    };
    let running = world.start(config);
    running.add_feeds(&[FEED]);
    running.until("two versions", || running.fetched().len() == 2);
    let facts: Vec<(u32, Vec<u8>)> = running
        .fetched()
        .into_iter()
        .map(|f| (f.version, f.page.0))
        .collect();
    assert_eq!(facts[0].0, 1);
    assert_eq!(facts[1], (2, b"<p>later</p><script>3</script>".to_vec()));
    // Nothing is left to look at.
    std::thread::sleep(Duration::from_millis(1_500));
    running.stop();
    let outlets = world.outlets();
    let looks = outlets.asked.iter().filter(|asked| asked.path == "/1");
    let conditional: Vec<bool> = looks.map(|asked| asked.conditional).collect();
    assert_eq!(conditional, [false, true, true, true]);
}

#[test]
fn a_feed_of_full_texts_needs_no_pages() {
    let world = World::new();
    let (whole, short) = ("http://a.example/whole", "http://a.example/short");
    let item = |edit: &str| {
        rss(&format!(
            "<item><guid>1</guid><title>A &amp; B</title><link>{whole}</link>\
             <content:encoded>&lt;p&gt;The ferry is late{edit}.</content:encoded></item>\
             <item><guid>2</guid><title>C</title><link>{short}</link></item>"
        ))
    };
    world.serve(FEED, &[item(""), item(", again")]);
    world.serve(whole, &[page("<p>never asked for")]);
    world.serve(short, &[page("<p>fetched")]);
    let config = fetcher::Config {
        poll_interval_seconds: 1,
        ..world.config()
    };
    let running = world.start(config);
    let mut told = Feed::at(FEED);
    told.full_text = true;
    running.send(vec![running.record(Outgoing::of(&told))]);
    running.until("three records", || running.fetched().len() == 3);
    let mut given: Vec<_> = running.fetched();
    given.retain(|fetched| fetched.marks.from_feed);
    let versions: Vec<u32> = given.iter().map(|fetched| fetched.version).collect();
    assert_eq!(versions, [1, 2]);
    let first = String::from_utf8_lossy(given[0].page.as_slice()).into_owned();
    assert!(
        first.contains("<h1>A &amp; B</h1>\n<p>The ferry is late."),
        "{first}"
    );
    assert_eq!(given[0].fetched_at, given[0].discovered.polled_at);
    assert_eq!(given[0].final_url, whole);
    running.stop();
    assert_eq!((world.asked(whole), world.asked(short)), (0, 1));
}

/// A page that was under way when the fetcher ended may have been answered: it has its back-off before it
/// is asked for again. The others of its host go first.
#[test]
fn what_was_under_way_at_the_end_waits_out_its_back_off() {
    let world = World::new();
    let (slow, other) = ("http://a.example/slow", "http://a.example/zother");
    let late = Reply {
        delay: Duration::from_secs(60),
        ..page("<p>late")
    };
    world.serve(slow, &[late, page("<p>x")]);
    world.serve(other, &[page("<p>y")]);
    world.serve(FEED, &[feed(&[slow]), feed(&[slow, other])]);
    let config = fetcher::Config {
        retry_seconds: 3,
        poll_interval_seconds: 1,
        ..world.config()
    };
    let running = world.start(config.clone());
    running.add_feeds(&[FEED]);
    running.until("the slow page is asked for", || world.asked(slow) == 1);
    running.until("the other is found", || running.discovered().len() == 2);
    running.stop();
    assert_eq!(world.asked(slow), 1);
    let started = Instant::now();
    let running = world.start(config);
    running.until("both pages", || running.fetched().len() == 2);
    running.stop();
    let outlets = world.outlets();
    let of = |url: &str| {
        let asked = outlets.asked.iter().rev();
        let mut found = asked.filter(|asked| url.ends_with(&asked.path));
        found.next().expect("it was asked for").at
    };
    assert!(of(slow) - started >= Duration::from_secs(3));
    assert!(of(other) < of(slow));
}

/// How many requests were under way at once at the most.
fn most_at_once(asked: &[Asked]) -> usize {
    let ends = asked.iter().filter_map(|asked| Some((asked.answered?, -1)));
    let mut turns: Vec<(Instant, i32)> = asked.iter().map(|a| (a.at, 1)).chain(ends).collect();
    turns.sort();
    let mut now = 0;
    let counts = turns.into_iter().map(|(_, change)| {
        now += change;
        now
    });
    counts.max().unwrap_or(0).try_into().unwrap_or(0)
}

#[test]
fn a_thousand_articles_on_ten_hosts_starve_no_other() {
    let world = World::new();
    let reply = Reply {
        delay: Duration::from_millis(3),
        ..page("<p>x")
    };
    let crowded = (0..1_000).map(|n| format!("http://crowd{}.example/{n}", n % 10));
    let others = (0..100).map(|n| format!("http://other{n}.example/1"));
    let listed: Vec<String> = crowded.chain(others).collect();
    for url in &listed {
        world.serve(url, std::slice::from_ref(&reply));
    }
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    world.serve(FEED, &[feed(&listed)]);
    let mut config = world.config();
    config.max_in_flight.pages = 8;
    let running = world.start(config);
    running.add_feeds(&[FEED]);
    running.until("every page", || running.fetched().len() == listed.len());
    running.stop();
    let outlets = world.outlets();
    let pages: Vec<Asked> = outlets.asked.iter().skip(1).cloned().collect();
    assert_eq!(pages.len(), listed.len(), "each once");
    check_politeness(&pages, Duration::from_millis(20));
    let most = most_at_once(&pages);
    assert!((2..=8).contains(&most), "{most} at once");
    let last = pages
        .iter()
        .rposition(|asked| asked.host.starts_with("other"));
    let before = last.expect("they were asked for");
    assert!(before < 600, "the last of the others was the {before}th");
}

#[test]
fn a_site_whose_robots_txt_fails_is_asked_for_nothing() {
    let world = World::new();
    let url = "http://a.example/1";
    world.serve(FEED, &[feed(&[url])]);
    world.serve("http://a.example/robots.txt", &[status(503)]);
    world.serve(url, &[page("<p>x")]);
    let config = fetcher::Config {
        robots: true,
        attempts: 1,
        ..world.config()
    };
    let running = world.start(config);
    running.add_feeds(&[FEED]);
    running.until("a dead letter", || running.buried().len() == 1);
    let dead = running.buried().remove(0);
    assert!(
        dead.detail
            .contains("robots.txt of a.example cannot be read"),
        "{}",
        dead.detail
    );
    running.stop();
    assert_eq!(world.asked(url), 0);
}
