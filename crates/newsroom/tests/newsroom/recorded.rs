//! Worlds from files: documents, recorded pages, recorded polls.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use newsroom::{OpenError, Options, World, open};
use serde_json::json;

use crate::client::{get, get_with, room};

fn write(path: &Path, bytes: &[u8]) {
    if path.extension().is_some_and(|extension| extension == "gz") {
        let file = std::fs::File::create(path).expect("a file");
        let mut zip = GzEncoder::new(file, Compression::fast());
        zip.write_all(bytes).expect("writes");
        zip.finish().expect("finishes");
    } else {
        std::fs::write(path, bytes).expect("writes");
    }
}

fn write_lines(path: &Path, rows: &[serde_json::Value]) {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    write(path, lines.join("\n").as_bytes());
}

/// The paragraphs of a page of documents.
fn paragraphs(html: &str) -> Vec<String> {
    let unescape = |text: &str| {
        let text = text
            .replace("<br>\n", "\n")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    };
    html.split("<p>")
        .skip(1)
        .map(|rest| unescape(rest.split("</p>").next().unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn documents_come_back_as_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("docs.jsonl");
    let texts = [
        "One & <two>.\nStill one.\n\nThree “four”.",
        "Новости дня.\n \nВторой абзац.",
    ];
    write_lines(
        &path,
        &[
            json!({"id": "a", "text": texts[0], "title": "A \"title\"", "source": "The Post", "lang": "en", "date": "2020-02-03"}),
            json!({"id": "b", "text": texts[1], "title": "", "source": null, "url": "https://x.example/"}),
        ],
    );
    let room = room(World::Docs(path)).await;
    let truth = room.truth().articles;
    assert_eq!(truth.len(), 2);
    for (article, text) in truth.iter().zip(texts) {
        let html = get(room.address(), &article.url).await.text();
        let expected: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
        let expected = match expected.as_slice() {
            [one] => one.split("\n \n").map(str::to_owned).collect(),
            _ => expected,
        };
        assert_eq!(paragraphs(&html), expected);
        assert_eq!(html.contains("<h1>"), article.key.as_deref() == Some("a"));
    }
    assert_eq!(truth[0].outlet, "The Post");
    assert_ne!(truth[0].outlet, truth[1].outlet);
    let feeds = room.feeds();
    assert_eq!(feeds[1].publisher, None);
    let feed = get(room.address(), &feeds[0].url).await.text();
    assert!(feed.contains("Mon, 03 Feb 2020 00:00:00 GMT") && feed.contains("A &quot;title&quot;"));
}

#[tokio::test]
async fn recorded_pages_are_served_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = folder.path().join("pages.jsonl");
    let bytes: [&[u8]; 3] = [b"<p>\xe9t\xe9", b"second", b"<html>third"];
    write(&folder.path().join("1.html.gz"), bytes[0]);
    write(&folder.path().join("2.html"), bytes[1]);
    write(&folder.path().join("3.html"), bytes[2]);
    write_lines(
        &manifest,
        &[
            json!({"url": "https://www.a.example/x?id=1", "file": "1.html.gz", "dataset": "d"}),
            json!({"url": "http://www.a.example/x?id=1", "file": "2.html"}),
            json!({"url": "https://www.a.example/feed.xml", "file": "2.html"}),
            json!({"file": "3.html"}),
        ],
    );
    let room = room(World::Pages(manifest)).await;
    let truth = room.truth().articles;
    let served: Vec<_> = truth
        .iter()
        .map(|it| (it.url.as_str(), it.key.as_deref()))
        .collect();
    let expected = [
        ("http://www.a.example/x?id=1", Some("1.html.gz")),
        ("http://www.a.example/feed.xml", Some("2.html")),
        ("http://page-4.example/page.html", Some("3.html")),
    ];
    assert_eq!(served, expected);
    for (article, bytes) in truth.iter().zip(bytes) {
        let page = get(room.address(), &article.url).await;
        assert_eq!(page.body, bytes);
        assert_eq!(page.header("content-type"), Some("text/html"));
    }
    let feeds = room.feeds();
    assert_eq!(feeds.len(), 2);
    let feed = get(room.address(), &feeds[0].url).await.text();
    assert_eq!(feed.matches("<item>").count(), 2, "{feed}");
    assert!(!feed.contains("pubDate"));
}

#[tokio::test]
async fn a_page_that_is_missing_is_named_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = folder.path().join("pages.jsonl");
    write_lines(
        &manifest,
        &[json!({"url": "http://a.example/", "file": "no.html"})],
    );
    let error = open(Options::of(World::Pages(manifest)))
        .await
        .expect_err("no page");
    assert!(matches!(error, OpenError::Read { .. }));
    assert!(error.to_string().contains("no.html"), "{error}");
}

fn rss(items: &[u32]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "<item><title>Title {item}</title><link>https://real.example/{item}</link>\
                 <description>Text {item}</description></item>"
            )
        })
        .collect();
    format!(
        "<rss><channel><title>A feed</title>{}</channel></rss>",
        items.concat()
    )
}

#[tokio::test]
async fn recorded_polls_come_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tape.jsonl.gz");
    let bodies = [rss(&[1, 2]), rss(&[2, 3]), rss(&[2, 3]), rss(&[3])];
    let rows: Vec<_> = bodies
        .iter()
        .map(|body| json!({"fetched_at": "2021-01-01T00:00:00Z", "bytes": 1, "body": body}))
        .collect();
    write_lines(&path, &rows);
    let options = Options {
        misbehaviour: vec!["tape-history.example:503,times=1".parse().expect("a rule")],
        ..Options::of(World::History(vec![path]))
    };
    let room = open(options).await.expect("opens");
    let feed = room.feeds().remove(0);
    assert_eq!(feed.url, "http://tape-history.example/feed.xml");
    assert_eq!(feed.publisher.as_deref(), Some("A feed"));
    assert_eq!((room.published(), room.total()), (0, 3));
    // An error is no poll; a poll is given even to a reader that has its bytes already.
    assert_eq!(get(room.address(), &feed.url).await.status, 503);
    let mut published = Vec::new();
    let mut tag = "\"none\"".to_owned();
    for body in &bodies {
        let reply = get_with(room.address(), &feed.url, &[("If-None-Match", &tag)]).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, body.as_str()));
        published.push(room.published());
        tag = reply.header("etag").expect("a tag").to_owned();
    }
    assert_eq!(published, [2, 3, 3, 3]);
    let known = get_with(room.address(), &feed.url, &[("If-None-Match", &tag)]).await;
    assert_eq!(known.status, 304);
    assert_eq!(get(room.address(), &feed.url).await.text(), bodies[3]);
    assert!(room.first_listed("https://real.example/3").is_some());
    let page = get(room.address(), "http://real.example/2?utm_source=rss")
        .await
        .text();
    assert!(
        page.contains("<h1>Title 2</h1>") && page.contains("<p>Text 2</p>"),
        "{page}"
    );
    assert_eq!(
        get(room.address(), "http://real.example/4").await.status,
        404
    );
}

/// The recordings beside the workspace, where they are.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {}", path.display());
    None
}

#[tokio::test]
async fn real_recordings_play_to_their_end() {
    let Some(folder) = shared("feeds/history") else {
        return;
    };
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = files.map(|it| it.expect("an entry").path()).collect();
    files.sort();
    let room = room(World::History(files)).await;
    for feed in room.feeds() {
        let mut last = Vec::new();
        loop {
            let reply = get(room.address(), &feed.url).await;
            if reply.body == last {
                break;
            }
            last = reply.body;
        }
    }
    assert_eq!(room.published(), room.total());
    for article in room.truth().articles.iter().step_by(50) {
        assert!(!article.title.is_empty(), "{}", article.url);
        let url = article.url.replace("https://", "http://");
        assert_eq!(get(room.address(), &url).await.status, 200, "{url}");
    }
}

#[tokio::test]
async fn real_pages_are_found_under_the_addresses_that_feeds_list() {
    let Some(manifest) = shared("extraction/trafilatura.jsonl") else {
        return;
    };
    let room = room(World::Pages(manifest)).await;
    for article in room.truth().articles.iter().step_by(10) {
        let page = get(room.address(), &article.url).await;
        assert_eq!(page.status, 200, "{}", article.url);
        assert!(page.is_complete());
    }
}
