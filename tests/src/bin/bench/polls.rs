//! What polling costs: conditional requests for each second of this process's CPU time, beside bare reqwest;
//! memory of requests that wait for their answers; and 200,000 feeds in state.

mod server;
mod state;

use std::time::{Duration, Instant};

use article::Feed;
use fetcher::outcome::{Kind, Outcome, Validators};
use fetcher::visit::Visitor;
use futures_util::StreamExt as _;
use reqwest::Client;
use reqwest::header::IF_NONE_MATCH;

use crate::median;
use crate::process::{cpu_seconds, resident_mb};
pub(crate) use server::serve;
use server::{ETAG, Server, Site};

/// As many hosts: one is asked for one thing at a time.
const HOSTS: usize = 512;
const AT_ONCE: usize = 256;
const ROUND: Duration = Duration::from_secs(3);
/// The clients take turns, so that a slower spell of the machine strikes both.
const ROUNDS: usize = 5;
/// So many requests wait at once for a server that takes its time.
const WAITING: usize = 2_000;

pub(crate) fn bench() {
    let server = Server::start();
    println!(
        "polls: conditional requests answered 304, {AT_ONCE} in flight at {HOSTS} hosts of one loopback server; \
         requests for each CPU second of the client, the median of {ROUNDS} rounds"
    );
    for site in Site::ALL {
        let (visitor, bare) = (server.visitor(site, AT_ONCE), server.bare(site));
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(rate(|urls| ask(&visitor, urls), site));
            theirs.push(rate(|urls| ask_bare(&bare, urls), site));
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let aim = if site == Site::Pooled {
            "   aim >= 15,000"
        } else {
            ""
        };
        println!(
            "  {:<22} copydesk {ours:>7.0}   reqwest {theirs:>7.0}   {:.2} of it{aim}",
            site.name(),
            ours / theirs
        );
    }
    waiting(&server);
    state::bench(server.address(Site::Fresh));
    println!();
}

/// The addresses of one go over all hosts.
fn urls(site: Site) -> Vec<String> {
    let scheme = if site.is_secure() { "https" } else { "http" };
    let url = |n| format!("{scheme}://outlet{n}.outlets.example/feed");
    (0..HOSTS).map(url).collect()
}

fn validators() -> Validators {
    Validators {
        etag: Some(ETAG.as_bytes().to_vec().into()),
        ..Validators::default()
    }
}

/// Requests in a second of this process's CPU time.
fn rate(ask: impl Fn(&[String]), site: Site) -> f64 {
    let this = std::process::id();
    let urls = urls(site);
    let (before, started, mut count) = (cpu_seconds(this), Instant::now(), 0);
    while started.elapsed() < ROUND {
        ask(&urls);
        count += urls.len();
    }
    count as f64 / (cpu_seconds(this) - before)
}

/// As polling asks, with everything that it does: turns of hosts, checked addresses, limits.
fn ask(visitor: &Visitor, urls: &[String]) {
    let polls = urls
        .iter()
        .map(|url| (Feed::at(url.as_str()), validators()));
    visitor.poll_all(polls, |outcome: Outcome| {
        assert_eq!(outcome.kind(), Kind::NotModified, "{}", outcome.detail());
    });
}

/// The least that can be done with the same library: the status, and the body to its end.
fn ask_bare((client, tokio): &(Client, tokio::runtime::Runtime), urls: &[String]) {
    let requests = futures_util::stream::iter(urls).map(|url| async move {
        let request = client.get(url).header(IF_NONE_MATCH, ETAG);
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status(), 304);
        answer.bytes().await.expect("a body")
    });
    tokio.block_on(requests.buffer_unordered(AT_ONCE).for_each(|_| async {}));
}

/// Memory of requests whose answers take long.
fn waiting(server: &Server) {
    let visitor = server.visitor(Site::Slow, WAITING);
    let this = std::process::id();
    let urls: Vec<String> = (0..WAITING)
        .map(|n| format!("http://slow{n}.outlets.example/feed"))
        .collect();
    let before = resident_mb(this);
    let during = std::thread::scope(|scope| {
        let asking = scope.spawn(|| ask(&visitor, &urls));
        let mut most = before;
        while !asking.is_finished() {
            most = f64::max(most, resident_mb(this));
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    });
    println!(
        "  {WAITING} in flight at hosts that take {} s: {:.0} KB of memory each",
        server::DELAY.as_secs(),
        (during - before) * 1024.0 / WAITING as f64
    );
}
