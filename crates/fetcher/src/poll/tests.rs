//! The desk over real HTTP to a scripted server on loopback, by a virtual clock.

mod conditional;
mod day;
mod documents;
mod interval;
mod moves;
mod pushes;
mod reader;
mod refusals;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use article::{Discovered, Feed};
use axum::Router;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use pipeline::State as _;
use pipeline::log::local::LocalLog;

use super::{Poll, PollState};
use crate::config::Config;
use crate::http::Http;
use crate::ingest::FeedState;
use crate::rounds;
use crate::schedule::Pace;

const FEED: &str = "http://a.example/feed";
/// Between two requests to a host.
const HOST_INTERVAL: Duration = Duration::from_secs(2);
/// A Monday, 0 o'clock.
const MONDAY: i64 = 1_760_313_600;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A request as the server got it.
#[derive(Clone, Debug)]
struct Asked {
    /// In seconds after Monday, by the virtual clock.
    at: i64,
    host: String,
    /// Path and query.
    target: String,
    headers: HeaderMap,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&[u8]> {
        Some(self.headers.get(name)?.as_bytes())
    }

    fn is_conditional(&self) -> bool {
        self.header("if-none-match")
            .or_else(|| self.header("if-modified-since"))
            .is_some()
    }
}

#[derive(Clone, Debug, Default)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: String,
}

impl Reply {
    fn with(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, value.as_ref().to_vec()));
        self
    }
}

fn status(status: u16) -> Reply {
    Reply {
        status,
        ..Reply::default()
    }
}

fn ok(body: impl Into<String>) -> Reply {
    Reply {
        body: body.into(),
        ..status(200)
    }
}

fn redirect(code: u16, to: &str) -> Reply {
    status(code).with("location", to)
}

/// A feed of these items, `channel` beside them, each with the date of its number in minutes after Monday.
fn rss_with(channel: &str, items: impl IntoIterator<Item = i64>) -> String {
    let item = |n: i64| {
        let date = at(n * MINUTE)
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        format!(
            "<item><guid>http://a.example/{n}</guid><link>http://a.example/{n}</link>\
             <title>Item {n}</title><pubDate>{date}</pubDate></item>"
        )
    };
    let items: String = items.into_iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>T</title>{channel}{items}</channel></rss>")
}

fn rss(items: impl IntoIterator<Item = i64>) -> String {
    rss_with("", items)
}

/// So many seconds after Monday.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(MONDAY + second).expect("a moment")
}

type Script = Box<dyn FnMut(&Asked) -> Reply + Send>;

struct Server {
    now: i64,
    asked: Vec<Asked>,
    script: Script,
}

/// The fetcher's desk, a server that it asks, and a clock.
struct World {
    state: PollState,
    pace: Pace,
    http: Http,
    tokio: tokio::runtime::Runtime,
    server: Arc<Mutex<Server>>,
    discovered: Vec<Discovered>,
    now: Timestamp,
}

impl World {
    fn new(script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let config = Config {
            poll_jitter_percent: 0,
            ..Config::default()
        };
        Self::with(&config, script)
    }

    fn with(config: &Config, script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let server = Arc::new(Mutex::new(Server {
            now: 0,
            asked: Vec::new(),
            script: Box::new(script),
        }));
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&server));
        let (address, http) = tokio.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            let address: std::net::SocketAddr = listener.local_addr().expect("its address");
            tokio::spawn(async move { axum::serve(listener, router).await });
            // Its waits are by the clock on the wall; those of the desk are virtual.
            let mut config = Config {
                host_interval_ms: 0,
                retry_after_max_seconds: 0,
                offline: true,
                ..config.clone()
            };
            config.resolve.insert("*.example".into(), address.into());
            (address, Http::new(&config).expect("a client"))
        });
        assert!(address.ip().is_loopback());
        Self {
            state: PollState::default(),
            pace: Pace::new(config),
            http,
            tokio,
            server,
            discovered: Vec::new(),
            now: at(0),
        }
    }

    /// A world with one feed at [`FEED`].
    fn of_one(script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let mut world = Self::new(script);
        world.add(Feed::at(FEED));
        world
    }

    fn add(&mut self, feed: Feed) {
        self.state.add(feed, self.now);
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().expect("no panic in the server")
    }

    /// Makes every request that is due until then, one after the other.
    fn until(&mut self, second: i64) {
        let end = at(second);
        loop {
            if let Some(url) = rounds::pick::<LocalLog, Poll>(&mut self.state, self.now) {
                self.poll(&url);
                continue;
            }
            match self.state.frontier.wake_at() {
                Some(wake) if wake <= end => self.now = self.now.max(wake),
                _ => break,
            }
        }
        self.now = end;
    }

    fn poll(&mut self, url: &String) {
        self.server().now = self.now.as_second() - MONDAY;
        let request = self.state.request(url, 1 << 20).expect("it is there");
        let (mut outcome, _) = self.tokio.block_on(self.http.get(request));
        outcome.at = self.now;
        let landed = self.state.land(&self.pace, HOST_INTERVAL, url, outcome);
        if let Some(done) = landed.done {
            self.discovered.extend(done.discovered);
        }
    }

    /// As after a commit.
    fn commit(&mut self) {
        for table in self.state.tables() {
            table.keep();
        }
    }

    /// As after a crash: what was not committed has not happened, and nobody knows when a host was asked.
    fn crash(&mut self) {
        for table in self.state.tables() {
            table.undo();
        }
        self.restart();
    }

    fn restart(&mut self) {
        self.state.rebuild();
        self.state.frontier.start_at(self.now + HOST_INTERVAL);
    }

    fn feed(&self) -> &FeedState {
        self.state.feed(FEED).expect("the feed is known")
    }

    fn asked(&self) -> Vec<Asked> {
        self.server().asked.clone()
    }

    /// When it was asked, in minutes.
    fn minutes(&self) -> Vec<i64> {
        self.server()
            .asked
            .iter()
            .map(|asked| asked.at / MINUTE)
            .collect()
    }

    /// The numbers of the items that were discovered, in order of discovery.
    fn found(&self) -> Vec<i64> {
        let number = |found: &Discovered| {
            let number = found.url.rsplit('/').next().and_then(|n| n.parse().ok());
            number.expect("a number")
        };
        self.discovered.iter().map(number).collect()
    }
}

async fn answer(
    Shared(server): Shared<Arc<Mutex<Server>>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let host = host
        .and_then(|host| host.split(':').next())
        .unwrap_or_default();
    let mut server = server.lock().expect("no panic in the server");
    let asked = Asked {
        at: server.now,
        host: host.to_owned(),
        target: uri
            .path_and_query()
            .map_or_else(String::new, ToString::to_string),
        headers,
    };
    let reply = (server.script)(&asked);
    server.asked.push(asked);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("an answer")
}
