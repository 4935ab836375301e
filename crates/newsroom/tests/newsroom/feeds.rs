//! Feeds: well-formed in every dialect, in step with publication, conditional.

use newsroom::{Newsroom, World};
use quick_xml::events::Event;
use tokio::net::TcpStream;

use crate::client::{Reply, get, get_with, paced, room};

/// The addresses that a feed lists.
fn links(reply: &Reply, base: &str) -> Vec<String> {
    let kind = reply.header("content-type").expect("a type").to_owned();
    if kind.starts_with("application/feed+json") {
        let feed: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        let items = feed["items"].as_array().expect("items");
        let links = items
            .iter()
            .map(|item| item["url"].as_str().expect("a url"));
        return links.map(str::to_owned).collect();
    }
    // The charsets of the world agree on ASCII, which is all that addresses hold.
    let text: String = reply.body.iter().map(|byte| char::from(*byte)).collect();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut links, mut open, mut inside) = (Vec::new(), Vec::new(), false);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                open.push(start.name().as_ref().to_vec());
                inside |= matches!(start.name().as_ref(), b"item" | b"entry");
            }
            Event::Empty(start) if inside && start.name().as_ref() == b"link" => {
                let href = start.try_get_attribute("href").expect("attributes");
                let href = href.expect("an address").unescape_value().expect("text");
                links.push(href.into_owned());
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(link) if inside && open.last().is_some_and(|it| it == b"link") => {
                links.push(link.decode().expect("text").into_owned());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let absolute = |link: String| match link.strip_prefix('/') {
        Some(path) => format!("{base}/{path}"),
        None => link,
    };
    links.into_iter().map(absolute).collect()
}

fn base(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

async fn listed(room: &Newsroom) -> Vec<String> {
    let mut all = Vec::new();
    for feed in room.feeds() {
        let reply = get(room.address(), &feed.url).await;
        assert_eq!(reply.status, 200, "{}", feed.url);
        all.extend(links(&reply, &base(&feed.url)));
    }
    all.sort();
    all
}

fn published(room: &Newsroom) -> Vec<String> {
    let truth = room.truth().articles.into_iter();
    let mut urls: Vec<String> = truth.map(|it| it.url).take(room.published()).collect();
    urls.sort();
    urls
}

#[tokio::test]
async fn feeds_of_every_dialect_list_what_is_published() {
    let room = room(World::Bundled).await;
    assert_eq!(listed(&room).await, published(&room));
    let types: std::collections::BTreeSet<String> = {
        let mut types = std::collections::BTreeSet::new();
        for feed in room.feeds() {
            let reply = get(room.address(), &feed.url).await;
            let kind = reply.header("content-type").expect("a type");
            types.insert(kind.split(';').next().expect("a type").to_owned());
        }
        types
    };
    assert_eq!(types.len(), 4, "{types:?}");
}

#[tokio::test]
async fn nothing_is_listed_or_served_before_it_is_published() {
    let room = paced(World::Bundled, 0.0).await;
    let last = room.truth().articles.pop().expect("an article").url;
    assert_eq!((room.published(), listed(&room).await), (0, Vec::new()));
    assert_eq!(get(room.address(), &last).await.status, 404);
    assert_eq!(room.first_listed(&last), None);
    room.publish_all();
    assert_eq!(room.published(), room.total());
    assert_eq!(listed(&room).await, published(&room));
    assert_eq!(get(room.address(), &last).await.status, 200);
}

#[tokio::test]
async fn articles_appear_one_by_one() {
    let room = paced(World::Bundled, 50.0).await;
    let mut counts = Vec::new();
    while room.published() < room.total() {
        let before = room.published();
        let seen = listed(&room).await.len();
        assert!((before..=room.published()).contains(&seen));
        counts.push(seen);
    }
    counts.dedup();
    assert!(counts.len() > 2, "{counts:?}");
}

#[tokio::test]
async fn the_moment_of_the_first_listing_is_kept() {
    let room = room(World::Bundled).await;
    let feed = &room.feeds()[0].url;
    let before = jiff::Timestamp::now();
    let first = links(&get(room.address(), feed).await, &base(feed)).remove(0);
    let at = room.first_listed(&first).expect("listed");
    // Microseconds are kept, so that the instant may lie under one before.
    assert!(at.as_microsecond() >= before.as_microsecond());
    get(room.address(), feed).await;
    assert_eq!(room.first_listed(&first), Some(at));
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let room = room(World::Bundled).await;
    let address = room.address();
    let page = room.truth().articles[0].url.clone();
    for url in room.feeds().into_iter().map(|feed| feed.url).chain([page]) {
        let full = get(address, &url).await;
        let etag = full.header("etag").expect("a tag");
        let modified = full.header("last-modified").expect("a date");
        assert_eq!(full.header("cache-control"), None);
        for (name, value, status) in [
            ("If-None-Match", etag, 304),
            ("If-None-Match", "\"other\"", 200),
            ("If-Modified-Since", modified, 304),
            ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ] {
            let reply = get_with(address, &url, &[(name, value)]).await;
            assert_eq!(reply.status, status, "{url} {name}: {value}");
            assert_eq!(reply.body.is_empty(), status == 304);
            assert_eq!(reply.header("etag"), Some(etag));
        }
    }
}

#[tokio::test]
async fn a_new_article_changes_the_feed() {
    let room = paced(World::Bundled, 0.0).await;
    let feed = &room.feeds()[0].url;
    let empty = get(room.address(), feed).await;
    room.publish_all();
    let tag = empty.header("etag").expect("a tag");
    let full = get_with(room.address(), feed, &[("If-None-Match", tag)]).await;
    assert_eq!(full.status, 200);
}

#[tokio::test]
async fn the_newsroom_itself_lists_feeds_and_truth() {
    let room = room(World::Bundled).await;
    let opml = get(room.address(), "http://newsroom.example/feeds.opml")
        .await
        .text();
    for feed in room.feeds() {
        assert!(
            opml.contains(&format!("xmlUrl=\"{}\"", feed.url)),
            "{}",
            feed.url
        );
    }
    let bare = format!("http://{}/truth.json", room.address());
    let truth = get(room.address(), &bare).await;
    let truth: newsroom::Truth = serde_json::from_slice(&truth.body).expect("the truth");
    assert_eq!(truth, room.truth());
    let robots = get(room.address(), "http://harbour.example/robots.txt")
        .await
        .text();
    assert_eq!(robots, "User-agent: *\nDisallow:\n");
    let front = get(room.address(), "http://harbour.example/").await.text();
    assert!(front.contains("http://harbour.example/news/saint-corwin-towed-in"));
    let nobody = get(room.address(), "http://nobody.example/").await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn requests_are_written_down() {
    let room = room(World::Bundled).await;
    get(room.address(), "http://harbour.example/feed.xml").await;
    get_with(
        room.address(),
        "http://mpa.example/x?y",
        &[("If-None-Match", "\"a\"")],
    )
    .await;
    let log = room.log();
    assert_eq!((log.count(), log.forgotten), (2, 0));
    let seen = log.to("mpa.example").next().expect("a request");
    assert_eq!((seen.path.as_str(), seen.status), ("/x?y", 404));
    assert!(seen.conditional && seen.in_flight == 1);
    assert!(log.requests[0].at <= seen.at);
}

#[tokio::test]
async fn it_stops_listening_when_closed() {
    let room = room(World::Bundled).await;
    let address = room.address();
    room.serve(std::future::ready(())).await;
    assert!(TcpStream::connect(address).await.is_err());
}
