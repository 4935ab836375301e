//! Feeds: said, seen, looked for and polled.

use std::path::Path;

use serde_json::Value;

use super::site::{RSS, Running, SECRET, Site, until};
use crate::{check_fails, copydesk, folder, said};

fn listed(dir: &Path, args: &[&str]) -> Vec<Value> {
    let args = [&["feeds", "list", "--json"], args].concat();
    let lines = said(dir, &args);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn what_is_said_of_a_feed_is_changed_and_taken_back() {
    let dir = folder();
    let dir = dir.path();
    let url = "https://a.example/rss";
    said(
        dir,
        &[
            "feeds",
            "add",
            url,
            "--publisher",
            "The A",
            "--interval",
            "30m",
            "--country",
            "is",
        ],
    );
    said(dir, &["feeds", "add", "https://b.example/rss"]);
    let set = [
        "feeds",
        "set",
        url,
        "--publisher",
        "",
        "--kind",
        "agency",
        "--language",
        "fo",
    ];
    assert_eq!(said(dir, &set), format!("changed {url}\n"));
    assert_eq!(said(dir, &set), format!("so already: {url}\n"));
    let shown: Value =
        serde_json::from_str(&said(dir, &["feeds", "show", url, "--json"])).expect("JSON");
    let expected = serde_json::json!({
        "url": url, "country": "IS", "language": "fo", "kind": "agency", "interval_seconds": 1800
    });
    assert_eq!(shown, expected);
    let both = [url, "https://b.example/rss"];
    assert_eq!(
        said(dir, &[&["feeds", "pause"], &both[..]].concat()),
        "paused 2 of 2 feeds\n"
    );
    assert_eq!(listed(dir, &["--paused"]).len(), 2);
    assert_eq!(
        said(dir, &["feeds", "resume", url]),
        format!("resumed {url}\n")
    );
    assert_eq!(
        said(dir, &["feeds", "resume", url]),
        format!("resumed already: {url}\n")
    );
    let paused = listed(dir, &["--paused"]);
    assert_eq!(
        (paused.len(), &paused[0]["url"]),
        (1, &Value::from(both[1]))
    );
    // A list that says nothing of it changes nothing.
    let opml = format!(
        "<opml><body><outline xmlUrl='{}' text='B'/></body></opml>",
        both[1]
    );
    std::fs::write(dir.join("list.opml"), opml).expect("written");
    said(dir, &["feeds", "import", "list.opml"]);
    assert_eq!(listed(dir, &["--paused"])[0]["title"], "B");
    let wrong = ["feeds", "pause", url, "https://a.example/rs"];
    check_fails(dir, &wrong, 1, "did you mean https://a.example/rss?");
    assert_eq!(listed(dir, &["--paused"]).len(), 1, "all of it or nothing");
    check_fails(
        dir,
        &["feeds", "set", url, "--interval", "soon"],
        2,
        "such as 15m",
    );
    check_fails(
        dir,
        &["feeds", "set", url, "--country", "Iceland"],
        2,
        "two letters",
    );
    check_fails(
        dir,
        &["feeds", "set", "https://c.example/"],
        1,
        "there is no feed",
    );
}

#[test]
fn how_a_feed_is_asked_for_is_kept_without_its_secrets() {
    let dir = folder();
    let dir = dir.path();
    let site = Site::new(&[("/rss", "application/rss+xml", RSS)]);
    site.configure(dir);
    let url = "http://a.example/rss";
    said(dir, &["feeds", "add", url]);
    let set = [
        "feeds",
        "set",
        url,
        "--user",
        "ann",
        "--password-file",
        "password",
        "--header",
        "Accept-Language: fo",
    ];
    said(dir, &set);
    let polled = said(dir, &["feeds", "poll", url]);
    let login = site.asked().last().and_then(|(_, login)| login.clone());
    assert!(
        login.is_some_and(|login| login.starts_with("Basic ")),
        "{polled}"
    );
    let commands: [&[&str]; 6] = [
        &["feeds", "show", url],
        &["feeds", "show", url, "--json"],
        &["feeds", "list", "--json"],
        &["feeds", "export", "--with-access"],
        &["feeds", "poll", url, "--json"],
        &["tail", "feeds", "--no-follow", "--json"],
    ];
    for args in commands {
        let output = copydesk(dir, &[args, &["-vv"]].concat());
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8_lossy(&text);
            assert!(
                !text.contains(SECRET) && !text.contains("YW5uOmh1bnRlcj"),
                "{args:?}: {text}"
            );
        }
    }
    assert!(said(dir, &["feeds", "show", url]).contains("user         ann, password in password"));
    // Handed on with nothing of it, unless somebody says so; and taken over by nobody unasked.
    assert!(!said(dir, &["feeds", "export"]).contains("password"));
    let whole = said(dir, &["feeds", "export", "--with-access"]);
    assert!(whole.contains("passwordFile=\"password\""), "{whole}");
    std::fs::write(dir.join("whole.opml"), whole).expect("written");
    let taken_back = [
        "feeds",
        "set",
        url,
        "--user",
        "",
        "--header",
        "accept-language:",
    ];
    said(dir, &taken_back);
    let output = copydesk(dir, &["feeds", "import", "whole.opml"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("1 feeds of whole.opml have header fields"),
        "{errors}"
    );
    assert_eq!(listed(dir, &[])[0].get("access"), None);
    said(dir, &["feeds", "import", "whole.opml", "--with-access"]);
    assert_eq!(listed(dir, &[])[0]["access"]["login"]["user"], "ann");
    // Wrong things are refused in words that repeat no secret.
    let refused: [&[&str]; 4] = [
        &["--header", "Authorization: Bearer hunter2-and-more"],
        &["--header", "X-Api-Key: hunter2-and-more"],
        &["--proxy", "http://ann:hunter2-and-more@proxy.example"],
        &["--header", "no colon hunter2-and-more"],
    ];
    for args in refused {
        let output = copydesk(dir, &[&["feeds", "set", url], args].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{args:?}");
        let told = args[1].split(' ').next_back().unwrap_or_default();
        assert!(
            !errors.contains(told) || args[1].starts_with("no colon"),
            "{errors}"
        );
    }
}

#[test]
fn a_page_is_no_feed_and_leads_to_some() {
    let dir = folder();
    let dir = dir.path();
    let home = "<html><head><title>A</title><link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed'>\
        <link rel='alternate' type='application/rss+xml' title='News' href='/rss'></head></html>";
    let site = Site::new(&[
        ("/", "text/html", home),
        ("/rss", "text/html", RSS),
        ("/bare/", "text/html", "<html><p>nothing</html>"),
        ("/bare/feed", "application/rss+xml", RSS),
        ("/nothing", "text/html", "<html><p>nothing</html>"),
    ]);
    site.configure(dir);
    let page = "http://a.example/";
    check_fails(
        dir,
        &["feeds", "add", page],
        1,
        "it names http://a.example/rss. `copydesk feeds discover http://a.example/`",
    );
    assert_eq!(listed(dir, &[]).len(), 0);
    let lines = said(dir, &["feeds", "discover", page, "--json"]);
    let found: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(found.len(), 2, "{lines}");
    assert_eq!(found[0]["url"], "http://a.example/rss");
    assert_eq!(
        (&found[0]["dialect"], &found[0]["items"]),
        (&Value::from("rss-2.0"), &Value::from(2))
    );
    assert_eq!(
        (&found[1]["comments"], &found[1]["error"]),
        (&Value::from(true), &Value::from("status 404"))
    );
    let asked = site.asked().len();
    let text = said(dir, &["feeds", "discover", page, "--no-check"]);
    assert!(text.starts_with("not checked"), "{text}");
    assert_eq!(site.asked().len(), asked + 1);
    let itself = said(dir, &["feeds", "discover", "http://a.example/rss"]);
    assert!(
        itself.starts_with("rss-2.0, 2 items") && itself.contains("itself"),
        "{itself}"
    );
    let guessed = said(dir, &["feeds", "discover", "http://a.example/bare/"]);
    assert!(guessed.contains("http://a.example/bare/feed"), "{guessed}");
    check_fails(
        dir,
        &["feeds", "discover", "http://a.example/nothing"],
        1,
        "no feed is found",
    );
    check_fails(
        dir,
        &["feeds", "discover", "http://127.0.0.1:1/"],
        1,
        "loopback",
    );
    // What cannot be asked now is added, with a word; what is a page is, where somebody insists.
    let output = copydesk(dir, &["feeds", "add", "http://a.example/missing"]);
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("note: http://a.example/missing does not give a feed now (status 404)")
    );
    said(dir, &["feeds", "add", page, "--no-check"]);
    assert_eq!(listed(dir, &[]).len(), 2);
}

#[test]
fn a_poll_is_shown_step_by_step_and_written_nowhere() {
    let dir = folder();
    let dir = dir.path();
    let site = Site::new(&[
        ("/rss", "text/xml; charset=utf-8", RSS),
        ("/", "text/html", "<html>"),
    ]);
    site.configure(dir);
    let text = said(dir, &["feeds", "poll", "http://a.example/rss"]);
    let steps: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let expected = ["resolve", "connect", "ask", "status"];
    assert_eq!(&steps[..4], expected, "{text}");
    for step in [
        "header", "body", "decode", "dialect", "title", "items", "new", "outcome",
    ] {
        assert!(steps.contains(&step), "{step}: {text}");
    }
    assert!(
        text.contains("items    2 listed: 2 new, 0 edited, 0 known"),
        "{text}"
    );
    check_fails(dir, &["feeds", "list"], 1, "there is no log");
    check_fails(
        dir,
        &["feeds", "poll", "http://a.example/"],
        1,
        "gives no feed: not_a_feed",
    );
    check_fails(
        dir,
        &["feeds", "poll", "http://a.example/none"],
        1,
        "status 404",
    );
    check_fails(
        dir,
        &["feeds", "poll", "http://elsewhere.test/"],
        1,
        "offline",
    );
}

#[test]
fn how_feeds_are_is_listed_while_the_pipeline_runs_and_after() {
    let dir = folder();
    let dir = dir.path();
    let site = Site::new(&[("/rss", "application/rss+xml", RSS)]);
    site.configure(dir);
    let (good, bad) = ("http://a.example/rss", "http://b.example/none");
    said(dir, &["feeds", "add", good, "--title", "Good"]);
    said(dir, &["feeds", "add", bad, "--no-check"]);
    assert_eq!(
        listed(dir, &["--failing"]).len(),
        0,
        "nobody has polled yet"
    );
    let running = Running::start(dir);
    until("both are polled", || {
        listed(dir, &[]).iter().all(|feed| {
            feed["health"]["state"]
                .as_str()
                .is_some_and(|state| state != "new")
        })
    });
    let all = listed(dir, &[]);
    assert_eq!(
        (&all[0]["url"], &all[0]["health"]["state"]),
        (&Value::from(good), &Value::from("ok"))
    );
    assert_eq!(
        (&all[0]["health"]["last"], &all[0]["health"]["listed"]),
        (&Value::from("read"), &Value::from(2))
    );
    let failing = listed(dir, &["--failing"]);
    assert_eq!((failing.len(), &failing[0]["url"]), (1, &Value::from(bad)));
    // One that is wanted is polled at once; what the poll would have found is known.
    let asked = site.asked().len();
    said(dir, &["feeds", "poll", good, "--record"]);
    until("it is polled again", || site.asked().len() > asked);
    until("and that is written down", || {
        listed(dir, &[])[0]["health"]["polls"] == 2
    });
    drop(running);
    let text = said(dir, &["feeds", "show", good]);
    for line in [
        "state        ok",
        "last poll    unchanged",
        "items        2 listed, 2 discovered so far",
        "remembered   2",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let polled = said(dir, &["feeds", "poll", good]);
    assert!(polled.contains("0 new, 0 edited, 2 known"), "{polled}");
    let lines = said(dir, &["feeds", "list", "--failing"]);
    assert!(lines.starts_with("failing  http_4xx"), "{lines}");
    check_fails(
        dir,
        &["feeds", "poll", "http://c.example/", "--record"],
        1,
        "there is no feed",
    );
}
