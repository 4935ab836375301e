//! What traces cost: the same articles with and without, in turn.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use newsroom::Options;
use tests::{Place, World};

use crate::median;
use crate::process::{await_first, cpu_seconds};

const ARTICLES: usize = 6_000;
const OUTLETS: usize = 200;
const PAIRS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(600);

/// What one run took.
struct Taken {
    articles_a_second: f64,
    cpu_seconds: f64,
}

/// Pairs of runs, traces off and on at the default share, the first of a pair in turn. The backend takes
/// what it gets in this process, on the same cores.
pub(crate) fn bench() {
    println!("telemetry: {PAIRS} pairs of {ARTICLES} articles of {OUTLETS} outlets, embedded log");
    let runtime = tokio::runtime::Runtime::new().expect("a tokio runtime");
    let address = runtime.block_on(backend());
    let on = format!("[tracing]\notlp_endpoint = \"http://{address}\"\n");
    let mut ratios = Vec::new();
    let mut work = Vec::new();
    for pair in 0..PAIRS {
        let (off, on) = if pair % 2 == 0 {
            let off = run("");
            (off, run(&on))
        } else {
            let on = run(&on);
            (run(""), on)
        };
        println!(
            "  articles/s   off {:>7.0}   on {:>7.0}    CPU s   off {:>6.2}   on {:>6.2}",
            off.articles_a_second, on.articles_a_second, off.cpu_seconds, on.cpu_seconds
        );
        ratios.push(off.articles_a_second / on.articles_a_second);
        work.push(on.cpu_seconds / off.cpu_seconds);
    }
    println!(
        "  overhead     {:>10.1} % of articles/s, {:.1} % of CPU, medians   aim < 5 %\n",
        100.0 * (median(ratios) - 1.0),
        100.0 * (median(work) - 1.0)
    );
}

async fn backend() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let router = Router::new().route(
        "/v1/traces",
        post(|spans: Bytes| async move { drop(spans) }),
    );
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn run(tracing: &str) -> Taken {
    let world = World::open(Options::of(newsroom::World::Scale {
        articles: ARTICLES,
        outlets: OUTLETS,
    }));
    let place = Place::for_world(&world, tracing);
    world.write_opml(&place.file("feeds.opml"), 3600);
    let service = place.start();
    let ledger = place.ledger();
    await_first(&ledger);
    let started = Instant::now();
    ledger.await_enriched(ARTICLES as u64, PATIENCE, || place.last_words());
    let took = started.elapsed().as_secs_f64();
    let cpu_seconds = cpu_seconds(service.pid());
    assert!(service.stop().success(), "it ends well");
    Taken {
        articles_a_second: ARTICLES as f64 / took,
        cpu_seconds,
    }
}
