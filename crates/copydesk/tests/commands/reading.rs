//! `copydesk parse`: feeds, dates and addresses as the fetcher reads them.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::{check_fails, command, folder, said};

const FEED: &str = r#"<rss version="2.0"><channel><title>Harbour & Quay</title><link>/</link><language>en</language>
<managingEditor>desk@a.example (Ada Finch)</managingEditor><ttl>60</ttl><pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate>
<item><title>Ferries <b>resume</b></title><guid isPermaLink="false">f-1</guid><link>/ferries</link>
<pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate><category>Sea</category><enclosure url="/f.mp3" type="audio/mpeg" length="9"/>
<description>&lt;p&gt;They &lt;a href="/sail"&gt;sail&lt;/a&gt;&lt;script&gt;x()&lt;/script&gt;.&lt;/p&gt;</description></item>
<item><title>Tides</title><pubDate>soon</pubDate></item></channel></rss>"#;

#[track_caller]
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

#[test]
fn a_feed_as_json() {
    let dir = folder();
    std::fs::write(dir.path().join("news.xml"), FEED).expect("written");
    let text = said(
        dir.path(),
        &[
            "parse",
            "news.xml",
            "--url",
            "https://a.example/feeds/news.xml",
        ],
    );
    let expected = json!([{
        "file": "news.xml",
        "dialect": "rss-2.0",
        "feed": {
            "title": "Harbour & Quay", "link": "https://a.example/", "id": null,
            "author": "Ada Finch (desk@a.example)", "author_name": "Ada Finch", "author_email": "desk@a.example",
            "subtitle": null, "rights": null, "language": "en", "updated": null,
            "published": "2026-10-05T08:00:00Z", "generator": null, "ttl": 60,
        },
        "entries": [
            {
                "id": "f-1", "identity": "f-1", "title": "Ferries <b>resume</b>", "link": "https://a.example/ferries",
                "author": null, "author_name": null, "author_email": null,
                "published": "2026-10-05T08:00:00Z", "updated": null, "created": null,
                "summary": "<p>They <a href=\"https://a.example/sail\">sail</a>.</p>", "content": null,
                "categories": ["Sea"],
                "enclosures": [{ "url": "https://a.example/f.mp3", "type": "audio/mpeg", "length": "9" }],
                "comments": null,
            },
            {
                "id": null, "identity": lines(&text)[0]["entries"][1]["identity"], "title": "Tides", "link": null,
                "author": null, "author_name": null, "author_email": null,
                "published": null, "updated": null, "created": null, "summary": null, "content": null,
                "categories": [], "enclosures": [], "comments": null,
            },
        ],
        "repairs": [{ "repair": "bare_ampersand", "count": 1 }, { "repair": "naked_markup", "count": 1 }],
        "losses": [{ "loss": "date", "count": 1, "example": "soon" }],
        "error": null,
    }]);
    assert_eq!(Value::from(lines(&text)), expected);
}

#[test]
fn a_manifest_gives_a_line_for_each_file() {
    let dir = folder();
    let koi8 =
        b"<rss version='2.0'><channel><title>\xce\xcf\xd7\xcf\xd3\xd4\xc9</title></channel></rss>";
    std::fs::write(dir.path().join("koi8.xml"), koi8).expect("written");
    std::fs::write(dir.path().join("page.html"), "<!DOCTYPE html><html></html>").expect("written");
    let absolute = dir.path().join("koi8.xml");
    let manifest = [
        json!({ "file": "koi8.xml", "headers": { "Content-Type": "text/xml; charset=koi8-r" } }),
        json!({ "file": "page.html", "headers": null, "url": null, "more": 1 }),
        json!({ "file": "none.xml" }),
        json!({ "file": absolute, "url": "https://a.example/" }),
    ];
    let manifest: Vec<String> = manifest.iter().map(Value::to_string).collect();
    std::fs::write(dir.path().join("m.jsonl"), manifest.join("\n")).expect("written");
    let read = lines(&said(dir.path(), &["parse", "--manifest", "m.jsonl"]));
    let files: Vec<&Value> = read.iter().map(|line| &line["file"]).collect();
    assert_eq!(
        files,
        [
            "koi8.xml",
            "page.html",
            "none.xml",
            &absolute.to_string_lossy()
        ]
    );
    assert_eq!(read[0]["feed"]["title"], "новости");
    assert_eq!(read[1]["error"], "an HTML page where a feed was expected");
    assert_eq!(read[1]["entries"], json!([]));
    let error = read[2]["error"].as_str().unwrap_or_default();
    assert!(
        error.starts_with("it cannot be read: No such file"),
        "{error}"
    );
    assert_eq!(read[3]["error"], Value::Null);
}

/// Servers hand out packed files as they are, and editors begin a file with a mark of its encoding.
#[test]
fn a_packed_file_is_read_and_a_marked_manifest_too() {
    let dir = folder();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed
        .write_all(b"<rss version='2.0'><channel><title>Packed</title></channel></rss>")
        .expect("written");
    let packed = packed.finish().expect("written");
    std::fs::write(dir.path().join("feed.xml.gz"), &packed).expect("written");
    let broken = &packed[..packed.len() / 2];
    std::fs::write(dir.path().join("broken.gz"), broken).expect("written");
    let manifest = "\u{feff}{\"file\": \"feed.xml.gz\"}\n{\"file\": \"broken.gz\"}\n";
    std::fs::write(dir.path().join("m.jsonl"), manifest).expect("written");
    let read = lines(&said(dir.path(), &["parse", "--manifest", "m.jsonl"]));
    assert_eq!(read[0]["feed"]["title"], "Packed");
    let error = read[1]["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("gzip breaks off"), "{error}");
}

/// What a command answers to its standard input.
#[track_caller]
fn answered(dir: &Path, args: &[&str], input: &str) -> String {
    let mut child = command(dir, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a standard input");
    stdin.write_all(input.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

#[test]
fn dates_and_addresses_line_by_line() {
    let dir = folder();
    let dates = "Mon, 05 Oct 2026 10:00:00 +0200\nnever\n\n2026-10-05";
    let expected = "2026-10-05T08:00:00Z\n\n\n2026-10-05T00:00:00Z\n";
    assert_eq!(answered(dir.path(), &["parse", "--dates"], dates), expected);
    let addresses = "https://www.a.example/x?utm_source=y\nhttps://a.example/\n";
    let expected = "http://a.example/x\nhttp://a.example\thomepage\n";
    assert_eq!(
        answered(dir.path(), &["parse", "--canonical"], addresses),
        expected
    );
    let read = lines(&answered(dir.path(), &["parse", "-"], FEED));
    assert_eq!(read[0]["entries"][0]["link"], "/ferries");
}

#[test]
fn what_is_read_must_be_said() {
    let dir = folder();
    check_fails(dir.path(), &["parse"], 2, "FILE");
    check_fails(
        dir.path(),
        &["parse", "--dates", "--canonical"],
        2,
        "cannot be used with",
    );
    check_fails(
        dir.path(),
        &["parse", "x", "--header", "colonless"],
        2,
        "colon",
    );
    check_fails(
        dir.path(),
        &["parse", "--manifest", "none.jsonl"],
        1,
        "none.jsonl cannot be opened",
    );
    std::fs::write(dir.path().join("feed.xml"), "<rss/>").expect("written");
    let lines = b"[]\n\xff\n{\"file\": \"feed.xml\"}\n";
    std::fs::write(dir.path().join("m.jsonl"), lines).expect("written");
    check_fails(
        dir.path(),
        &["parse", "--manifest", "m.jsonl"],
        1,
        "2 lines of m.jsonl",
    );
    check_fails(
        dir.path(),
        &["parse", "--manifest", "m.jsonl"],
        1,
        "line 1 of m.jsonl",
    );
}
