//! `kill -9` during polls and page fetches: what is kept of a feed's validators, the log has the items of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use article::{Discovered, Fetched};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use tests::{Ledger, Place, Random, is_long};

/// As many outlets, each with a feed of its own.
const OUTLETS: u64 = 6;
/// How often each has a new item.
const PERIOD: Duration = Duration::from_millis(150);
/// How many are listed: nothing slides out while nobody reads.
const LISTED: u64 = 400;

/// Outlets whose feeds carry the number of their newest item as their ETag.
#[derive(Debug)]
struct Outlets {
    opened: Instant,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What each feed was told to be known by the first request of a process, where anything was. Later ones
    /// may be on their way before the transaction that they rest on is committed; if it never is, they and
    /// their answers are forgotten with it.
    first: BTreeMap<String, Option<u64>>,
    /// How many requests were conditional.
    conditional: u64,
    /// How often each page was asked for.
    pages: BTreeMap<String, u32>,
}

impl Outlets {
    fn newest(&self) -> u64 {
        (self.opened.elapsed().as_millis() / PERIOD.as_millis()) as u64
    }
}

async fn answer(State(outlets): State<Arc<Outlets>>, headers: HeaderMap, uri: Uri) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host")
        .and_then(|host| host.split(':').next())
        .unwrap_or_default();
    let mut seen = outlets.seen.lock().expect("no panic in the outlets");
    if uri.path() != "/feed" {
        let url = format!("http://{host}{}", uri.path());
        *seen.pages.entry(url).or_default() += 1;
        let page = format!(
            "<p>What happened at {host} is told at {} and nowhere else.</p>",
            uri.path()
        );
        return ([("content-type", "text/html")], page).into_response();
    }
    let newest = outlets.newest();
    let known =
        text("if-none-match").map(|tag| tag.trim_matches('"').parse().expect("one of ours"));
    seen.first.entry(host.to_owned()).or_insert(known);
    seen.conditional += u64::from(known.is_some());
    if known == Some(newest) {
        return axum::http::StatusCode::NOT_MODIFIED.into_response();
    }
    let mut items = String::new();
    for n in (newest.saturating_sub(LISTED)..=newest).rev() {
        let _ = write!(
            items,
            "<item><title>Number {n}</title><link>http://{host}/{n}</link></item>"
        );
    }
    let feed = format!("<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>");
    let headers = [
        ("content-type", "application/rss+xml".to_owned()),
        ("etag", format!("\"{newest}\"")),
    ];
    (headers, feed).into_response()
}

fn open(runtime: &tokio::runtime::Runtime) -> (Arc<Outlets>, SocketAddr) {
    let outlets = Arc::new(Outlets {
        opened: Instant::now(),
        seen: Mutex::default(),
    });
    let router = Router::new()
        .fallback(answer)
        .with_state(Arc::clone(&outlets));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("its address");
    runtime.spawn(async move { axum::serve(listener, router).await });
    (outlets, address)
}

fn place(address: SocketAddr) -> Place {
    let place = Place::for_server(address, "");
    let mut opml = String::from("<opml version=\"2.0\"><head/><body>\n");
    for n in 0..OUTLETS {
        let _ = writeln!(
            opml,
            "<outline type=\"rss\" xmlUrl=\"http://outlet{n}.example/feed\" intervalSeconds=\"0\"/>"
        );
    }
    opml.push_str("</body></opml>\n");
    std::fs::write(place.file("feeds.opml"), opml).expect("the feed list is written");
    place
}

/// The numbers that were discovered of each host, each once.
fn discovered(ledger: &Ledger) -> BTreeMap<String, BTreeSet<u64>> {
    let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for entry in ledger.read::<Discovered>() {
        let (host, number) = entry.value.url["http://".len()..]
            .split_once('/')
            .expect("one of ours");
        let is_new = found
            .entry(host.to_owned())
            .or_default()
            .insert(number.parse().expect("a number"));
        assert!(is_new, "{} is discovered twice", entry.value.url);
    }
    found
}

#[test]
fn validators_are_never_ahead_of_items_and_no_fetched_page_is_asked_for_again() {
    let length = Duration::from_secs(if is_long() { 120 } else { 15 });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let (outlets, address) = open(&runtime);
    let place = place(address);
    let mut random = Random::seeded();
    let mut kills = 0;
    // The pages that the log had at the last kill, and how often each had been asked for.
    let mut had: BTreeMap<String, u32> = BTreeMap::new();
    // The items that it had.
    let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    while outlets.opened.elapsed() < length {
        let service = place.start();
        std::thread::sleep(Duration::from_millis(400 + random.below(1_800)));
        service.kill();
        kills += 1;
        if !place.data().join("log/log.sqlite").exists() {
            continue;
        }
        let mut seen = outlets.seen.lock().expect("no panic in the outlets");
        for (host, known) in std::mem::take(&mut seen.first) {
            let Some(known) = known else { continue };
            let of_host = found
                .get(&host)
                .map_or(0, |numbers| numbers.range(0..=known).count());
            assert_eq!(
                of_host as u64,
                known + 1,
                "{host} was told of {known}; the log lacked some"
            );
        }
        let ledger = place.ledger();
        found = discovered(&ledger);
        for (url, times) in &had {
            assert_eq!(
                seen.pages[url], *times,
                "{url} was fetched, and asked for again"
            );
        }
        let fetched = ledger
            .read::<Fetched>()
            .into_iter()
            .map(|entry| entry.value.discovered.url);
        had = fetched.map(|url| (url.clone(), seen.pages[&url])).collect();
    }
    let newest = outlets.newest();
    let service = place.start();
    let ledger = place.ledger();
    let all_there = || {
        let found = discovered(&ledger);
        found.len() as u64 == OUTLETS
            && found
                .values()
                .all(|numbers| numbers.range(0..=newest).count() as u64 == newest + 1)
    };
    tests::await_that(Duration::from_secs(60), all_there, || place.last_words());
    assert!(service.stop().success());
    let seen = outlets.seen.lock().expect("no panic in the outlets");
    assert!(seen.conditional > OUTLETS, "conditional requests were made");
    println!(
        "{newest} items of {OUTLETS} feeds, {} pages, after {kills} kills",
        had.len()
    );
}
