//! Hubs that tell of feeds, as they are shown.

use std::io::Write as _;

use serde_json::Value;

use super::site::{Running, Site, until};
use crate::{folder, said};

const FEED: &str = "http://a.example/rss";
const HUBBED: &str = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>The A</title>\
    <atom:link rel='hub' href='http://hub.example/'/><atom:link rel='self' href='http://a.example/rss'/>\
    <item><title>Ferry adrift</title><link>http://a.example/1</link></item></channel></rss>";

#[test]
fn a_hub_is_shown_with_where_it_stands_and_without_its_callback() {
    let dir = folder();
    let dir = dir.path();
    let site = Site::new(&[("/rss", "application/rss+xml", HUBBED)]);
    site.configure(dir);
    std::fs::write(dir.join("secrets/hubs"), "nobody knows this one\n").expect("written");
    let mut config = std::fs::File::options()
        .append(true)
        .open(dir.join("copydesk.toml"))
        .expect("it opens");
    config
        .write_all(
            b"[fetcher.websub]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://desk.example/websub\"\n\
              secret_file = \"secrets/hubs\"\n",
        )
        .expect("written");
    said(dir, &["feeds", "add", FEED, "--no-check"]);
    let shown = || -> Value {
        let text = said(dir, &["feeds", "show", FEED, "--json"]);
        serde_json::from_str(&text).expect("JSON")
    };
    assert_eq!(shown()["hub"], Value::Null, "nobody has polled yet");
    let running = Running::start(dir);
    // The site has no such page, so nobody can be asked there.
    until("the hub is asked", || {
        shown()["hub"]["standing"] == "failed"
    });
    drop(running);
    let hub = &shown()["hub"];
    assert_eq!(hub["url"], "http://hub.example/");
    assert_eq!(hub["callback"], Value::Null, "{hub}");
    let text = said(dir, &["feeds", "show", FEED]);
    let line = "hub          http://hub.example/, cannot be asked, or does not verify: ";
    assert!(text.contains(line), "{text}");
}

#[test]
fn a_feed_that_is_wanted_waits_where_it_is_paused() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["feeds", "add", FEED, "--no-check"]);
    let wanted = || said(dir, &["feeds", "poll", FEED, "--record"]);
    assert!(wanted().starts_with("to be polled as soon as its host may be asked: "));
    said(dir, &["feeds", "pause", FEED]);
    assert!(wanted().starts_with("paused, to be polled as soon as it is resumed: "));
}
