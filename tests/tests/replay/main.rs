//! Replays by the real binary, on both logs: what is derived again is the same to the byte, whatever
//! runs beside it and however often it is killed; and a generation that goes live is gone on with.

mod bytes;
mod drops;
mod fetcher;
mod fleet;
mod follow;
mod kills;
mod live;

use std::time::Duration;

use newsroom::{Options, Pace};
use tests::{Broker, BrokerOptions, Ledger, Place, World};

/// How long anything may take that comes by itself.
const MINUTE: Duration = Duration::from_secs(60);

/// A pipeline with a world to read, and the books beside it.
struct Desk {
    place: Place,
    world: World,
    articles: u64,
    // Its data goes with it, so it is the last to go.
    _broker: Option<Broker>,
}

impl Desk {
    /// On the embedded log.
    fn local(world: World) -> Self {
        Self {
            place: Place::for_world(&world, ""),
            articles: world.newsroom.total() as u64,
            world,
            _broker: None,
        }
    }

    /// On a broker of its own; `None` where there can be none.
    fn on_kafka(world: World) -> Option<Self> {
        let broker = Broker::start(&BrokerOptions::default())?;
        let servers = broker.bootstrap();
        Some(Self {
            place: Place::on_kafka(&world, &servers, &servers, ""),
            articles: world.newsroom.total() as u64,
            world,
            _broker: Some(broker),
        })
    }

    #[track_caller]
    fn ledger(&self) -> Ledger {
        self.place.ledger()
    }

    /// Waits until so many articles stand in a topic.
    #[track_caller]
    fn await_count(&self, ledger: &Ledger, topic: &str, count: u64) {
        tests::await_that(
            MINUTE,
            || ledger.count(topic) >= count,
            || {
                let there = ledger.count(topic);
                format!(
                    "{count} records in {topic}: {there}\n{}",
                    self.place.last_words()
                )
            },
        );
    }

    /// Replays, and returns what was said on standard error.
    #[track_caller]
    fn replay(&self, arguments: &[&str]) -> String {
        let output = self.place.run(&[&["replay"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "replay {arguments:?}: {said}");
        said
    }

    /// What a replay command that is refused says.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.place.run(&[&["replay"], arguments].concat());
        assert!(!output.status.success(), "replay {arguments:?} is refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// What `replay diff` prints, and whether it found nothing.
    fn diff(&self, topic: &str, from: &str, to: &str) -> (bool, String) {
        let output = self
            .place
            .run(&["replay", "diff", topic, "--from", from, "--to", to]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    }
}

/// Generated articles, so many a second, or all at once.
fn generated(articles: usize, per_second: Option<f64>) -> World {
    let mut options = Options::of(newsroom::World::Scale {
        articles,
        outlets: (articles / 30).max(6),
    });
    options.pace = Pace { per_second };
    World::open(options)
}

/// The bundled outlets, who retell and update each other's reports.
fn bundled(per_second: f64) -> World {
    let mut options = Options::of(newsroom::World::Bundled);
    options.pace = Pace {
        per_second: Some(per_second),
    };
    World::open(options)
}

/// A record's partition, key and value.
type Content = (u32, Option<Vec<u8>>, Option<Vec<u8>>);

/// Key and value of each record of a topic, in their places.
fn contents(ledger: &Ledger, topic: &str) -> Vec<Content> {
    let records = ledger.stored(topic).into_iter();
    records
        .map(|(partition, record)| (partition, record.key, record.value))
        .collect()
}

/// Two topics hold the same bytes in the same order.
#[track_caller]
fn check_same(ledger: &Ledger, one: &str, other: &str) {
    // Whoever reads beside sees what another process wrote a moment later.
    tests::await_that(
        Duration::from_secs(10),
        || ledger.count(one) == ledger.count(other),
        || {
            format!(
                "{} in {one}, {} in {other}",
                ledger.count(one),
                ledger.count(other)
            )
        },
    );
    let (first, second) = (contents(ledger, one), contents(ledger, other));
    assert_eq!(first.len(), second.len(), "as many in {one} as in {other}");
    for (number, (first, second)) in first.iter().zip(&second).enumerate() {
        let text = |value: &Option<Vec<u8>>| {
            String::from_utf8_lossy(value.as_deref().unwrap_or_default()).into_owned()
        };
        assert!(
            first == second,
            "record {number} of {one} and {other}:\n{}\n{}",
            text(&first.2),
            text(&second.2)
        );
    }
}
