//! What the admin ports of several processes tell: how far each is behind, and how all are while the
//! broker is away.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tests::{Broker, Place, Scrape, ask, await_that};

use crate::MINUTE;

/// An answer with the tasks alone may take so long: two seconds are the log's.
const SOON: Duration = Duration::from_secs(4);

fn address(place: &Place, service: &str) -> SocketAddr {
    let file = place.data().join("services").join(service).join("admin");
    let text = std::fs::read_to_string(file).expect("a service that runs says where");
    text.trim().parse().expect("an address")
}

/// The lags that a service tells, in records and in seconds, one of each for each of its partitions.
fn lags(scrape: &Scrape) -> Vec<(f64, f64)> {
    let records = scrape.values("copydesk_input_lag_records", &[]);
    let seconds = scrape.values("copydesk_input_lag_seconds", &[]);
    records.into_iter().zip(seconds).collect()
}

/// Idle services are nowhere behind, though the ends of transactions lie ahead of each; of two enrichers for
/// one partition, one stands by and has none to be behind on.
#[track_caller]
pub(super) fn at_rest(place: &Place) {
    let partitions: [(&[&str], usize); 3] = [
        (&["fetcher.0"], 8),
        (&["cleaner.0"], 4),
        (&["enricher.0", "enricher.1"], 1),
    ];
    for (services, count) in partitions {
        let addresses: Vec<_> = services.iter().map(|name| address(place, name)).collect();
        let mut last = Vec::new();
        await_that(
            MINUTE,
            || {
                let scrapes = addresses.iter().map(|&address| Scrape::of(address));
                last = scrapes
                    .map(|scrape| {
                        let assigned = scrape.sum("copydesk_assigned_partitions", &[]);
                        (lags(&scrape), assigned)
                    })
                    .collect();
                let assigned: f64 = last.iter().filter_map(|(_, assigned)| *assigned).sum();
                let lags: Vec<_> = last.iter().flat_map(|(lags, _)| lags.clone()).collect();
                assigned as usize == count && lags == vec![(0.0, 0.0); count]
            },
            || format!("{services:?} are behind"),
        );
        assert!(
            last.iter().all(|(_, assigned)| assigned.is_some()),
            "each of {services:?} says what it has: {last:?}"
        );
    }
}

/// The tasks are told of while the broker does not answer.
#[track_caller]
pub(super) fn without_a_broker(place: &Place, broker: &Broker) {
    let address = address(place, "cleaner.0");
    // It has just been frozen: its partitions may still be on their way back to it.
    let is_at_work = || {
        let answer = ask(address, "/status?format=text");
        answer.is_some_and(|(_, body)| body.matches("  running,").count() == 4)
    };
    let mut body = String::new();
    let mut are_told = || {
        await_that(MINUTE, is_at_work, || place.last_words());
        broker.freeze(1);
        let asked = Instant::now();
        let answer = ask(address, "/status?format=text");
        let took = asked.elapsed();
        broker.thaw(1);
        let (head, told) = answer.expect("the admin port answers");
        assert!(took < SOON, "{took:?}");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        body = told;
        body.contains("\n  clean     0  ")
    };
    // Not where the group has just taken them away to give them anew.
    assert!((0..5).any(|_| are_told()), "{body}");
    assert!(body.contains("\noverview unavailable: "), "{body}");
    await_that(
        MINUTE,
        || ask(address, "/status").is_some_and(|(_, body)| body.contains("\"stages\"")),
        || place.last_words(),
    );
}
