//! What goes wrong on request does, and nothing else.

use std::time::{Duration, Instant};

use newsroom::{Newsroom, Options, World, open};

use crate::client::{follow, get, get_with, room};

const FEED: &str = "http://harbour.example/feed.xml";

async fn with(rules: &[&str]) -> Newsroom {
    let parsed = rules.iter().map(|rule| rule.parse().expect("a rule"));
    let options = Options {
        misbehaviour: parsed.collect(),
        ..Options::of(World::Bundled)
    };
    open(options).await.expect("opens")
}

#[tokio::test]
async fn errors_come_where_and_as_often_as_asked() {
    let room = with(&[
        "harbour.example/feed:429=7,times=1",
        "harbour.example/feed:503,times=2",
    ])
    .await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let reply = get(room.address(), FEED).await;
        seen.push((reply.status, reply.header("retry-after").map(str::to_owned)));
    }
    let expected = [
        (429, Some("7".to_owned())),
        (503, None),
        (503, None),
        (200, None),
    ];
    assert_eq!(seen, expected);
    let page = "http://harbour.example/news/saint-corwin-towed-in";
    assert_eq!(get(room.address(), page).await.status, 200);
}

#[tokio::test]
async fn the_newsroom_itself_never_misbehaves() {
    let room = with(&["*:gone"]).await;
    assert_eq!(get(room.address(), FEED).await.status, 410);
    let opml = get(room.address(), "http://newsroom.example/feeds.opml").await;
    assert_eq!(opml.status, 200);
}

#[tokio::test]
async fn redirects_end_at_the_document() {
    let room = with(&["harbour.example:308=3"]).await;
    let first = get(room.address(), FEED).await;
    assert_eq!(first.status, 308);
    let (last, hops) = follow(room.address(), FEED).await;
    assert_eq!((last.status, hops), (200, 3));
    assert!(last.text().ends_with("</rss>\n"));
}

#[tokio::test]
async fn not_modified_comes_unasked() {
    let room = with(&["harbour.example:304"]).await;
    let reply = get(room.address(), FEED).await;
    assert_eq!((reply.status, reply.body.len()), (304, 0));
}

#[tokio::test]
async fn slow_answers_are_slow_and_whole() {
    let good = room(World::Bundled).await;
    let length = get(good.address(), FEED).await.body.len();
    let rate = length * 5;
    let room = with(&[
        &format!("harbour.example/feed:slow={rate}"),
        "harbour.example/news:delay=0.2",
    ])
    .await;
    let began = Instant::now();
    let reply = get(room.address(), FEED).await;
    assert!(reply.is_complete());
    assert!(
        began.elapsed() >= Duration::from_millis(180),
        "{:?}",
        began.elapsed()
    );
    let began = Instant::now();
    get(
        room.address(),
        "http://harbour.example/news/saint-corwin-towed-in",
    )
    .await;
    assert!(began.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn truncated_answers_break_off() {
    let room = with(&["harbour.example:truncate"]).await;
    let reply = get(room.address(), FEED).await;
    assert_eq!(reply.status, 200);
    assert!(!reply.is_complete() && !reply.body.is_empty());
}

/// A client must not come back with a validator of spoilt bytes, or it would never see good ones.
#[tokio::test]
async fn broken_xml_is_broken_and_has_no_validator() {
    let room = with(&["harbour.example:broken-xml,times=1"]).await;
    let broken = get_with(room.address(), FEED, &[("If-None-Match", "*")]).await;
    assert_eq!(broken.status, 200);
    assert_eq!(broken.header("etag"), None);
    let text = broken.text();
    let mut reader = quick_xml::Reader::from_str(&text);
    let failed = loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break false,
            Ok(_) => {}
            Err(_) => break true,
        }
    };
    assert!(failed);
    assert_eq!(
        get_with(room.address(), FEED, &[("If-None-Match", "*")])
            .await
            .status,
        304
    );
}

#[tokio::test]
async fn the_declared_charset_can_be_wrong() {
    let room = with(&["mpa.example:wrong-encoding"]).await;
    let reply = get(room.address(), "http://mpa.example/wire.xml").await;
    let kind = reply.header("content-type").expect("a type");
    assert!(kind.ends_with("charset=utf-8"), "{kind}");
    assert!(std::str::from_utf8(&reply.body).is_err());
}

#[tokio::test]
async fn requests_under_way_are_counted() {
    let room = with(&["harbour.example:delay=0.3"]).await;
    let address = room.address();
    tokio::join!(
        get(address, FEED),
        get(address, FEED),
        get(address, "http://mpa.example/")
    );
    let mut in_flight: Vec<u32> = room
        .log()
        .to("harbour.example")
        .map(|it| it.in_flight)
        .collect();
    in_flight.sort_unstable();
    assert_eq!(in_flight, [1, 2]);
    get(address, FEED).await;
    let last = room.log().requests.pop().expect("a request");
    assert_eq!(last.in_flight, 1);
}
