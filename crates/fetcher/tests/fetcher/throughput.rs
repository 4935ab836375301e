//! How fast pages come in. A measurement, so not part of the ordinary run:
//! `cargo test --release -p fetcher --test fetcher throughput -- --ignored --nocapture`.

use std::time::Instant;

use article::{Discovered, Feed, Outgoing};
use axum::body::Bytes;
use jiff::Timestamp;
use pipeline::log::Log;

use crate::world::{World, page};

const HOSTS: usize = 500;
const PAGES: usize = 20_000;
const PAGE_BYTES: usize = 40_000;

fn discovered(url: String) -> Discovered {
    let feed = Feed::at("http://host0.example/feed");
    Discovered {
        title: Some("A report".into()),
        summary: Some("What it says. ".repeat(20)),
        ..Discovered::at(url, feed, Timestamp::UNIX_EPOCH)
    }
}

#[test]
#[ignore = "a measurement of some seconds"]
fn pages_a_second() {
    let world = World::new();
    let body = Bytes::from("<p>All the news that fits. ".repeat(PAGE_BYTES / 27));
    for n in 0..PAGES {
        let url = format!("http://host{}.example/{n}", n % HOSTS);
        world.serve(&url, &[page(body.clone())]);
    }
    let config = fetcher::Config {
        host_interval_ms: 0,
        ..world.config()
    };
    let running = world.start(config);
    let records = (0..PAGES).map(|n| {
        let url = format!("http://host{}.example/{n}", n % HOSTS);
        running.record(Outgoing::of(&discovered(url)))
    });
    let records: Vec<_> = records.collect();
    let log = running.runtime.log.clone();
    let fetched = || -> u64 {
        let end = |partition| {
            log.bounds("articles.fetched", partition)
                .expect("bounds")
                .end
        };
        (0..4).map(end).sum()
    };
    let started = Instant::now();
    running.send(records);
    running.until("all pages", || fetched() == PAGES as u64);
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{PAGES} pages of {} bytes from {HOSTS} hosts in {seconds:.2} s: {:.0} pages/s, server and log included",
        body.len(),
        PAGES as f64 / seconds
    );
    running.stop();
}
