//! The whole pipeline: the real binary in processes of its own, fed by a newsroom in this one. On the
//! embedded log one process runs everything; on Kafka each service has its own.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::{ArticleId, Enriched, Message as _};
use jiff::Timestamp;
use newsroom::{Options, Pace};
use tests::{Broker, Place, Service, World};

use crate::process::{cpu_seconds, peak_mb};

const ARTICLES: usize = 20_000;
const OUTLETS: usize = 500;
/// Ten minutes: far beyond any figure worth printing.
const PATIENCE: Duration = Duration::from_secs(600);

/// A pipeline at work.
struct Scene {
    world: World,
    place: Place,
    services: Vec<(&'static str, Service)>,
    /// What is hoped for on this log.
    aims: Aims,
}

struct Aims {
    log: &'static str,
    articles: &'static str,
    p99: &'static str,
    memory: &'static str,
}

impl Scene {
    fn open(
        broker: Option<&Broker>,
        articles: usize,
        outlets: usize,
        pace: Option<f64>,
        interval: u64,
    ) -> Self {
        let mut options = Options::of(newsroom::World::Scale { articles, outlets });
        let is_paced = pace.is_some();
        options.pace = Pace {
            per_second: is_paced.then_some(0.0),
        };
        let world = World::open(options);
        let place = match broker {
            Some(broker) => Place::on_kafka(&world, &broker.bootstrap(), &broker.bootstrap(), ""),
            None => Place::for_world(&world, ""),
        };
        world.write_opml(&place.file("feeds.opml"), interval);
        let (names, aims): (&[&'static str], _) = match broker {
            None => (&["run"], LOCAL),
            // The fetcher last: what is ready waits for it.
            Some(_) => (&["enricher", "cleaner", "fetcher"], KAFKA),
        };
        let start = |name: &&'static str| match *name {
            "run" => ("run", place.start()),
            service => (service, place.start_service(service)),
        };
        let services = names.iter().map(start).collect();
        if is_paced {
            place.await_running();
            world.newsroom.begin(Pace { per_second: pace });
        }
        Self {
            world,
            place,
            services,
            aims,
        }
    }

    /// What each process took, printed; then all are stopped.
    fn close(self) {
        for (name, service) in &self.services {
            let (cpu, peak) = (cpu_seconds(service.pid()), peak_mb(service.pid()));
            println!(
                "  {name:<10} peak memory {peak:>7.0} MB   {}",
                self.aims.memory
            );
            println!("  {name:<10} CPU         {cpu:>7.1} s");
        }
        for (name, service) in self.services {
            assert!(service.stop().success(), "{name} ends well");
        }
    }
}

const LOCAL: Aims = Aims {
    log: "embedded log, one process",
    articles: "aim >= 600",
    p99: "aim < 500",
    memory: "aim < 400",
};

const KAFKA: Aims = Aims {
    log: "Kafka, a process a service, the broker on the same cores",
    articles: "aim >= 400",
    p99: "aim < 1000",
    memory: "",
};

/// 20,000 articles of 500 outlets that are all there from the start: articles a second from the first
/// poll to the last enriched record, newsroom included in the two cores.
pub(crate) fn throughput(broker: Option<&Broker>) {
    let scene = Scene::open(broker, ARTICLES, OUTLETS, None, 3600);
    println!(
        "pipeline: {ARTICLES} articles of {OUTLETS} outlets, host interval 0; {}",
        scene.aims.log
    );
    let ledger = scene.place.ledger();
    crate::process::await_first(&ledger);
    let started = Instant::now();
    ledger.await_enriched(ARTICLES as u64, PATIENCE, || scene.place.last_words());
    let elapsed = started.elapsed().as_secs_f64();
    ledger.assert_conserved(&scene.world.newsroom.truth().articles);
    println!(
        "  articles/s            {:>10.0}   {}",
        ARTICLES as f64 / elapsed,
        scene.aims.articles
    );
    println!("  exact                        yes   every article once in every topic");
    if broker.is_none() {
        replay(&scene.place);
    }
    scene.close();
    println!();
}

/// All of them enriched anew beside the running pipeline.
fn replay(place: &Place) {
    let started = Instant::now();
    place.ok(&["replay", "enricher", "--generation", "2"]);
    let elapsed = started.elapsed().as_secs_f64();
    println!(
        "  enricher replayed     {:>10.0}   articles/s, aim >= 2000",
        ARTICLES as f64 / elapsed
    );
}

/// 100 articles a second for half a minute: from the feed answer that first lists an article to its
/// enriched record.
pub(crate) fn latency(broker: Option<&Broker>) {
    let (rate, articles, outlets) = (100.0, 3_000, 100);
    let scene = Scene::open(broker, articles, outlets, Some(rate), 1);
    println!(
        "latency: {articles} articles at {rate}/s, {outlets} feeds polled every second; {}",
        scene.aims.log
    );
    let ledger = scene.place.ledger();
    ledger.await_enriched(articles as u64, PATIENCE, || scene.place.last_words());
    let written: BTreeMap<ArticleId, Timestamp> = ledger
        .read::<Enriched>()
        .into_iter()
        .map(|entry| (entry.value.article.id, entry.stored.written_at))
        .collect();
    let mut waits: Vec<f64> = Vec::new();
    for article in scene.world.newsroom.truth().articles {
        let listed = scene.world.newsroom.first_listed(&article.url);
        let listed = listed.expect("every article was listed");
        let wait = written[&article.id].duration_since(listed);
        waits.push(wait.as_secs_f64() * 1e3);
    }
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!("  p50                   {:>10.0} ms", at(0.5));
    println!(
        "  p99                   {:>10.0} ms   {}",
        at(0.99),
        scene.aims.p99
    );
    println!("  worst                 {:>10.0} ms", at(1.0));
    println!(
        "  records               {:>10}",
        ledger.count(Enriched::TOPIC)
    );
    scene.close();
    println!();
}
