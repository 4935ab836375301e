use proptest::prelude::*;

use super::*;

const PAGE: &str = "https://www.a.example/news/today.html?x=1";

fn of(page: &str) -> Vec<Candidate> {
    candidates(page.as_bytes(), &[], PAGE)
}

#[track_caller]
fn check(page: &str, expected: &[(&str, Found)]) {
    let found = of(page);
    let found: Vec<_> = found
        .iter()
        .map(|candidate| (candidate.url.as_str(), candidate.found))
        .collect();
    assert_eq!(found, expected, "{page}");
}

#[track_caller]
fn check_none(page: &str) {
    check(page, &[]);
}

#[test]
fn what_a_page_declares_is_found_in_every_spelling() {
    let rss = "https://www.a.example/rss";
    for link in [
        "<link rel='alternate' type='application/rss+xml' href='/rss'>",
        "<LINK TYPE=application/rss+xml HREF=/rss REL=ALTERNATE>",
        "<link rel='alternate home' type='application/rss+xml; charset=utf-8' href=' /rss '/>",
        "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"//www.a.example/rss#top\">",
        "<link rel=alternate type=application/feed+json href='../rss'>",
        "<link rel=alternate type='APPLICATION/RDF+XML' href='https://www.a.example/rss'>",
        "<link rel=feed href=/rss>",
        "<link rel=alternate type=application/rss+xml href='feed://www.a.example/rss'>",
        "<link rel=alternate type=application/rss+xml href='feed:https://www.a.example/rss'>",
        "<body><p><link rel=alternate type=application/rss+xml href=/rss><p>",
    ] {
        check(link, &[(rss, Found::Declared)]);
    }
    let based =
        "<base href='https://b.example/x/'><link rel=alternate type=application/rss+xml href=rss>";
    check(based, &[("https://b.example/x/rss", Found::Declared)]);
    let said = "<link rel=alternate type=application/rss+xml title='A &amp; B' href=/rss>";
    assert_eq!(of(said)[0].title.as_deref(), Some("A & B"));
}

#[test]
fn what_is_declared_otherwise_is_no_feed() {
    check_none("<link rel=stylesheet type=text/css href=/feed.css>");
    check_none("<link rel='alternate stylesheet' type=text/css href=/rss>");
    check_none("<link rel=alternate hreflang=fo href=/fo/>");
    check_none("<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/7>");
    check_none("<link rel=alternate type=application/json+oembed href=/oembed?url=feed>");
    check_none("<link rel=alternate type=text/html href=/rss>");
    check_none("<link rel=alternate type=application/rss+xml href=>");
    check_none("<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>");
    check_none("<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>");
    check_none(
        "<link rel=alternate type=application/rss+xml href='https://ann:hunter2@a.example/'>",
    );
    check_none("<!-- <link rel=alternate type=application/rss+xml href=/rss> -->");
    // The page itself, which is none.
    check_none("<link rel=alternate type=application/rss+xml href='?x=1'>");
    let json = "<link rel=alternate type=application/json href=/feed.json>";
    check(
        json,
        &[("https://www.a.example/feed.json", Found::Alternate)],
    );
    let bare = "<link rel=alternate href=/feed>";
    check(bare, &[("https://www.a.example/feed", Found::Alternate)]);
}

#[test]
fn anchors_that_look_like_feeds_come_after() {
    check(
        "<a href=/rss>x</a><a href=/feeds/world.xml>y</a><a href='https://feeds.other.test/a'>z</a>\
         <a href='/?feed=rss2'>q</a><a href=/x.php title=RSS>w</a><a href=/about/>RSS</a>\
         <a href=http://feeds.a.example/top>t</a>\
         <link rel=alternate type=application/atom+xml href=/atom>",
        &[
            ("https://www.a.example/atom", Found::Declared),
            ("https://www.a.example/rss", Found::Anchor),
            ("https://www.a.example/feeds/world.xml", Found::Anchor),
            ("https://www.a.example/?feed=rss2", Found::Anchor),
            ("https://www.a.example/x.php", Found::Anchor),
            ("https://www.a.example/about/", Found::Anchor),
            ("http://feeds.a.example/top", Found::Anchor),
            ("https://feeds.other.test/a", Found::Elsewhere),
        ],
    );
    check_none(
        "<a href=/feedback>x</a><a href=/press>x</a><a href=/rss.html>x</a><a href=/rss.png>x</a>",
    );
    check_none(
        "<a href=/crossroads>x</a><a href='/?feed=0'>x</a><a href=https://feeds.b.test/>x</a>",
    );
}

#[test]
fn comments_come_last_and_nothing_comes_twice() {
    let page = "<link rel=alternate type=application/rss+xml title='A: Comments' href=/c>\
        <link rel=alternate type=application/rss+xml href=/comments/feed/>\
        <link rel=alternate type=application/rss+xml title=A href=/feed/>\
        <link rel=alternate type=application/rss+xml href=/feed/>\
        <a href=/rss>x</a>";
    let found: Vec<_> = of(page)
        .into_iter()
        .map(|candidate| (candidate.url, candidate.comments))
        .collect();
    let expected = [
        ("feed/", false),
        ("rss", false),
        ("c", true),
        ("comments/feed/", true),
    ];
    let expected =
        expected.map(|(path, comments)| (format!("https://www.a.example/{path}"), comments));
    assert_eq!(found, expected);
}

#[test]
fn the_header_tells_too() {
    let link = "<rss>; rel=\"alternate\"; type=\"application/rss+xml\"; title=T, <x>; rel=next";
    let headers = [("link".to_owned(), link.to_owned())];
    let found = candidates(b"no markup at all", &headers, PAGE);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].url, "https://www.a.example/news/rss");
    assert_eq!(found[0].title.as_deref(), Some("T"));
    // Whatever the base of the page, the header's is the address that answered.
    let found = candidates(b"<base href='https://b.example/'>", &headers, PAGE);
    assert_eq!(found[0].url, "https://www.a.example/news/rss");
}

#[test]
fn a_feed_is_found_where_it_is_asked_for() {
    let feed = b"<rss version='2.0'><channel><title>T</title><item><title>x</title></item></channel></rss>";
    let Answered::Feed(feed) = discover(feed, &[], PAGE) else {
        panic!("it is a feed, whatever its media type");
    };
    assert_eq!(feed.items.len(), 1);
    assert_eq!(
        discover(b"<html><p>x</html>", &[], PAGE),
        Answered::Page(Vec::new())
    );
}

#[test]
fn common_paths_lie_beside_the_page_and_at_the_root() {
    let paths = |url: &str| -> Vec<String> {
        common_paths(url)
            .into_iter()
            .map(|candidate| candidate.url)
            .collect()
    };
    let found = paths("https://a.example/blog?x=1");
    assert_eq!(found[0], "https://a.example/blog/feed");
    assert!(
        found.contains(&"https://a.example/rss.xml".to_owned()),
        "{found:?}"
    );
    assert_eq!(
        paths("https://a.example/feed").len(),
        13,
        "never the page itself"
    );
    assert_eq!(paths("https://a.example").len(), 7);
    assert!(paths("a.example").is_empty());
}

proptest! {
    /// Whatever a page says, what is found can be polled.
    #[test]
    fn nothing_that_a_page_says_stops_it(page in "(<(a|link|base) (rel=alternate |href=|type=application/rss.xml |['\"/>:]|rss|https?:|[a-z&;# ]){0,6}>?){0,8}") {
        for candidate in of(&page) {
            prop_assert_eq!(crate::ingest::unfetchable(&candidate.url), None);
        }
    }
}
