//! What goes with the requests for a feed, to whom it goes, and where it is never seen.

use std::collections::BTreeMap;
use std::fs;

use article::{Access, Feed, HeaderField, Login, Outgoing, Proxy};

use crate::world::{Asked, Running, World, feed, page, status};

const FEED: &str = "http://a.example/feed";
const PASSWORD: &str = "hunter2-of-the-feed";
const KEY: &str = "hunter2-of-the-header";
const PROXYS: &str = "hunter2-of-the-proxy";

fn header(name: &str, value: Option<&str>, file: Option<&str>) -> HeaderField {
    HeaderField {
        name: name.into(),
        value: value.map(str::to_owned),
        value_file: file.map(str::to_owned),
    }
}

fn login(user: &str, file: &str) -> Login {
    Login {
        user: user.into(),
        password_file: file.into(),
    }
}

/// A feed with everything but a proxy.
fn guarded() -> Feed {
    let access = Access {
        headers: vec![
            header("accept-language", Some("fo"), None),
            header("x-api-key", None, Some("key")),
        ],
        login: Some(login("ann", "password")),
        proxy: None,
    };
    Feed {
        access: Some(Box::new(access)),
        ..Feed::at(FEED)
    }
}

fn config(world: &World) -> fetcher::Config {
    let folder = world.dir.path().join("credentials");
    fs::create_dir_all(&folder).expect("a folder");
    for (file, secret) in [("password", PASSWORD), ("key", KEY), ("proxy", PROXYS)] {
        fs::write(folder.join(file), format!("{secret}\n")).expect("written");
    }
    fetcher::Config {
        credentials_dir: folder,
        ..world.config()
    }
}

fn add(running: &Running, feed: &Feed) {
    running.send(vec![running.record(Outgoing::of(feed))]);
}

fn asked_of(world: &World, host: &str) -> Vec<Asked> {
    let outlets = world.outlets();
    let asked = outlets.asked.iter().filter(|asked| asked.host == host);
    asked.cloned().collect()
}

fn sent(asked: &Asked, name: &str) -> Option<String> {
    let value = asked.headers.get(name)?;
    Some(value.to_str().expect("text").to_owned())
}

/// Everything that was written to the log, changelogs too.
#[track_caller]
fn check_written_nowhere(running: &Running) {
    let topology = &running.runtime.topology;
    let mut seen = 0;
    for topic in topology.all() {
        for record in running.records(&topic.name) {
            let parts = [
                record.key.unwrap_or_default(),
                record.value.unwrap_or_default(),
            ];
            let headers = record.headers.0.iter().map(|(_, value)| value.clone());
            for bytes in parts.into_iter().chain(headers) {
                seen += 1;
                let text = String::from_utf8_lossy(&bytes);
                for secret in [PASSWORD, KEY, PROXYS, "aHVudGVy", "YW5uOmh1bnRlcj"] {
                    assert!(!text.contains(secret), "{}: {text}", topic.name);
                }
            }
        }
    }
    assert!(seen > 10, "there was something to look at");
}

#[test]
fn a_feed_is_asked_for_with_its_own_fields_and_nobody_else_gets_them() {
    let world = World::new();
    let mut moved = status(302);
    moved.headers = vec![("location", "http://b.example/feed".into())];
    world.serve(FEED, &[feed(&["http://a.example/1"]), moved]);
    world.serve("http://b.example/feed", &[feed(&["http://a.example/2"])]);
    world.serve("http://a.example/1", &[page("<p>x")]);
    let running = world.start(fetcher::Config {
        poll_interval_seconds: 1,
        pages: true,
        ..config(&world)
    });
    add(&running, &guarded());
    running.until("both are asked", || {
        !asked_of(&world, "b.example").is_empty()
    });
    running.until("the page is fetched", || !running.fetched().is_empty());
    let polled = running.polled();
    let found = running.discovered();
    check_written_nowhere(&running);
    running.stop();

    let own = asked_of(&world, "a.example");
    let poll = own
        .iter()
        .find(|asked| asked.path == "/feed")
        .expect("it is polled");
    assert_eq!(sent(poll, "x-api-key").as_deref(), Some(KEY));
    assert_eq!(sent(poll, "accept-language").as_deref(), Some("fo"));
    let basic = sent(poll, "authorization").expect("a login");
    assert!(basic.starts_with("Basic "), "{basic}");
    let elsewhere = asked_of(&world, "b.example");
    let pages = own.iter().filter(|asked| asked.path != "/feed");
    for asked in elsewhere.iter().chain(pages) {
        for name in ["x-api-key", "authorization", "accept-language"] {
            assert_eq!(sent(asked, name), None, "{} {}", asked.host, asked.path);
        }
    }
    // What is made from it does not tell how it is asked for.
    let source = guarded().source();
    assert!(polled.iter().all(|polled| polled.feed == source));
    assert!(found.iter().all(|found| found.feed == source) && !found.is_empty());
}

#[test]
fn a_secret_that_is_missing_is_a_failure_of_the_feed_until_it_is_there() {
    let world = World::new();
    world.serve(FEED, &[feed(&["http://a.example/1"])]);
    let config = fetcher::Config {
        pages: false,
        retry_max_seconds: 1,
        poll_interval_seconds: 0,
        ..config(&world)
    };
    let file = config.credentials_dir.join("password");
    fs::remove_file(&file).expect("removed");
    let running = world.start(config);
    add(&running, &guarded());
    let state = || {
        let changelog = running.runtime.topology.changelog("poll", 4).name;
        let records = running.records(&changelog).into_iter();
        let mut states = records.filter_map(|record| {
            let key = record.key?;
            match fetcher::known::read(&key, record.value.as_deref(), false)? {
                fetcher::known::Entry::Feed(_, state) => state,
                _ => None,
            }
        });
        states.next_back()
    };
    running.until("it fails", || {
        state().is_some_and(|state| state.failures > 0)
    });
    let failed = state().expect("it is known");
    assert_eq!(failed.last.as_str(), "access");
    let detail = failed.detail.expect("a reason");
    assert!(
        detail.contains("\"password\" cannot be read: No such file"),
        "{detail}"
    );
    assert_eq!(world.outlets().asked.len(), 0, "nobody is asked without it");
    fs::write(&file, PASSWORD).expect("written");
    running.until("it is polled", || !running.polled().is_empty());
    check_written_nowhere(&running);
    running.stop();
}

#[test]
fn a_proxy_is_asked_for_its_feeds_alone() {
    let world = World::new();
    let mut moved = status(302);
    moved.headers = vec![("location", "http://inside.test/feed".into())];
    world.serve(FEED, &[feed(&["http://b.example/1"])]);
    world.serve("http://b.example/feed", &[moved]);
    let mut config = config(&world);
    config.pages = false;
    let target = config.resolve["*.example"];
    // The feeds' own hosts lead nowhere, so whoever reaches them has asked the proxy.
    config.resolve = BTreeMap::from([("proxy.test".to_owned(), target)]);
    let through = |url: &str, proxy: &str| Feed {
        access: Some(Box::new(Access {
            proxy: Some(Proxy {
                url: proxy.into(),
                login: Some(login("copydesk", "proxy")),
            }),
            ..Access::default()
        })),
        ..Feed::at(url)
    };
    let running = world.start(config);
    add(&running, &through(FEED, "http://proxy.test:3128"));
    running.until("it is polled", || !running.polled().is_empty());
    add(
        &running,
        &through("http://b.example/feed", "http://proxy.test:3128"),
    );
    add(
        &running,
        &through("http://c.example/feed", "http://169.254.169.254:80"),
    );
    let failed = |url: &str| {
        let changelog = running.runtime.topology.changelog("poll", 4).name;
        let records = running.records(&changelog).into_iter();
        let mut details = records.filter_map(|record| {
            match fetcher::known::read(&record.key?, record.value.as_deref(), false)? {
                fetcher::known::Entry::Feed(of, Some(state)) if of == url => state.detail,
                _ => None,
            }
        });
        details.next_back()
    };
    running.until("both fail", || {
        failed("http://b.example/feed").is_some() && failed("http://c.example/feed").is_some()
    });
    let redirected = failed("http://b.example/feed").expect("a reason");
    assert!(
        redirected.contains("not asked for by way of the feed's proxy"),
        "{redirected}"
    );
    let metadata = failed("http://c.example/feed").expect("a reason");
    assert!(metadata.contains("link-local"), "{metadata}");
    check_written_nowhere(&running);
    running.stop();
    let asked = asked_of(&world, "a.example");
    let basic = sent(&asked[0], "proxy-authorization").expect("a login");
    assert!(basic.starts_with("Basic "), "{basic}");
    assert_eq!(asked_of(&world, "inside.test").len(), 0);
}
