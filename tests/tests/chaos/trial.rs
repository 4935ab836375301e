//! One trial: a newsroom that publishes, a fleet that works, a nemesis, and the judge.

use std::time::{Duration, Instant};

use article::{Enriched, Message as _};
use newsroom::{Options, Pace};
use tests::{Broker, BrokerOptions, Fleet, Ledger, Place, Proxy, ProxyPort, Random, World};

use crate::nemesis::Nemesis;

/// Seconds after which a member that is not heard of counts as gone.
pub(crate) const SESSION: u64 = 6;
/// How fast the newsroom publishes, in articles a second.
const RATE: f64 = 20.0;
/// How long work may take to resume after the last fault.
const RESUMES: Duration = Duration::from_secs(30);
/// How long all the rest may take then.
const FINISHES: Duration = Duration::from_secs(180);

/// What may fail, and for how long.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    pub(crate) length: Duration,
    /// Processes are killed, or stand still past their session and go on.
    pub(crate) processes: bool,
    /// How often a broker is killed and started again.
    pub(crate) broker_kills: u32,
    /// Requests are lost, late, doubled and cut.
    pub(crate) network: bool,
    /// Three brokers rather than one.
    pub(crate) three_nodes: bool,
}

/// A broker, with a proxy before each node where the network is to fail.
struct Scene {
    broker: Broker,
    proxies: Vec<Proxy>,
    /// Where the services connect.
    servers: String,
}

impl Scene {
    fn set(trial: &Trial, seed: u64) -> Option<Self> {
        let nodes = if trial.three_nodes { 3 } else { 1 };
        let count = if trial.network { nodes } else { 0 };
        let ports: Vec<ProxyPort> = (0..count).map(|_| Proxy::bind()).collect();
        let broker = Broker::start(&BrokerOptions {
            three_nodes: trial.three_nodes,
            proxy_ports: ports.iter().map(|port| port.address().port()).collect(),
            ..BrokerOptions::default()
        })?;
        let upstreams = if ports.is_empty() {
            Vec::new()
        } else {
            broker.proxied()
        };
        let proxies: Vec<Proxy> = ports
            .into_iter()
            .zip(upstreams)
            .map(|(port, upstream)| port.serve(upstream, seed))
            .collect();
        let addresses = proxies.iter().map(|proxy| proxy.address().to_string());
        let servers = match addresses.collect::<Vec<_>>() {
            addresses if addresses.is_empty() => broker.bootstrap(),
            addresses => addresses.join(","),
        };
        Some(Self {
            broker,
            proxies,
            servers,
        })
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for proxy in &self.proxies {
                println!("{}", proxy.script());
            }
        }
    }
}

/// Runs a trial to its verdict.
pub(crate) fn trial(trial: &Trial) {
    let mut random = Random::seeded();
    let Some(scene) = Scene::set(trial, random.below(u64::MAX)) else {
        return;
    };
    // Enough that there is work left when the faults end.
    let seconds = trial.length.as_secs_f64() + RESUMES.as_secs_f64();
    let articles = (seconds * RATE) as usize;
    let mut options = Options::of(newsroom::World::Scale {
        articles,
        // Few enough an outlet that no article slides out of its feed while nobody reads it.
        outlets: articles / 30,
    });
    options.pace = Pace {
        per_second: Some(RATE),
    };
    let world = World::open(options);
    let place = Place::on_kafka(&world, &scene.servers, &scene.broker.bootstrap(), "")
        .with_session(SESSION);
    let mut fleet = Fleet::start(&place, 3);
    let ledger = place.ledger();
    ledger.await_enriched(20, FINISHES, || place.last_words());

    let mut nemesis = Nemesis::new(trial, &scene.broker, &scene.proxies, random);
    nemesis.strike(&mut fleet);
    let broker_kills = nemesis.broker_kills;
    let resumed = await_resumption(&ledger, &place);
    world.newsroom.publish_all();
    ledger.await_enriched(articles as u64, FINISHES, || place.last_words());
    let casualties = std::mem::take(&mut fleet.casualties);
    fleet.stop();
    ledger.assert_conserved(&world.newsroom.truth().articles);
    let aborted = ledger.aborted();
    assert!(
        aborted > 0,
        "no transaction was ever aborted: the faults did not bite"
    );
    println!(
        "{articles} articles exact after {casualties:?}, {broker_kills} kills of a broker, {aborted} \
         aborted records; work resumed {resumed:.1?} after the last fault"
    );
    for proxy in &scene.proxies {
        let counts = proxy.counts();
        let struck: u64 = counts
            .iter()
            .filter(|((_, what), _)| !["seen", "opened", "late", "refused"].contains(what))
            .map(|(_, count)| count)
            .sum();
        assert!(struck > 0, "the network never failed");
        println!("{struck} requests suffered: {counts:?}");
    }
}

/// How long it took until another article was enriched.
fn await_resumption(ledger: &Ledger, place: &Place) -> Duration {
    let healed = Instant::now();
    let before = ledger.count(Enriched::TOPIC);
    tests::await_that(
        RESUMES,
        || ledger.count(Enriched::TOPIC) > before,
        || format!("no article was enriched again\n{}", place.last_words()),
    );
    healed.elapsed()
}
