//! What the broker may answer, and what the log makes of it: a mock of librdkafka answers each request
//! with each class of error. It only shows decisions. As a judge of exactly once it is useless, because
//! it shows readers what was aborted.

#[path = "kafka_errors/members.rs"]
mod members;
#[path = "kafka_errors/producers.rs"]
mod producers;
#[path = "kafka_errors/questions.rs"]
mod questions;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::record;
use pipeline::log::kafka::{KafkaClaim, KafkaConfig, KafkaLog, KafkaMembership};
use pipeline::log::{Change, Failure, Log, Membership as _, Producer as _};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

const PATIENCE: Duration = Duration::from_secs(20);
/// So many errors that a client gives up before they do.
const ENDLESS: usize = 20_000;

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// It succeeded, and the producer must not be used again.
    Suspect,
    Retry,
    Reopen,
    Fenced,
    Fatal,
}

fn outcome_of<T>(result: &Result<T, Failure>) -> Outcome {
    match result {
        Ok(_) => Outcome::Fine,
        Err(Failure::Retry(_)) => Outcome::Retry,
        Err(Failure::Reopen(_)) => Outcome::Reopen,
        Err(Failure::Fenced(_)) => Outcome::Fenced,
        Err(Failure::Fatal(_) | Failure::Unfit(_)) => Outcome::Fatal,
    }
}

/// Three brokers in memory, with the topics `in` and `out`.
struct Mock {
    brokers: MockCluster<'static, DefaultProducerContext>,
    log: KafkaLog,
}

impl Mock {
    fn start() -> Self {
        Self::start_for(None)
    }

    fn start_for(instance: Option<&str>) -> Self {
        let brokers = MockCluster::new(3).expect("brokers");
        for topic in ["in", "out"] {
            brokers.create_topic(topic, 1, 1).expect("a topic");
        }
        let config = KafkaConfig {
            bootstrap_servers: brokers.bootstrap_servers(),
            // So the heart beats often. The mock lets the first member wait for three seconds.
            session_timeout_seconds: 4,
            ..KafkaConfig::default()
        };
        let log = KafkaLog::connect(&config, instance).expect("they answer");
        Self { brokers, log }
    }

    /// Joins a group, and holds the only partition.
    fn join(&self) -> (KafkaMembership, KafkaClaim) {
        let mut member = self.log.join(&name(), "in").expect("joined");
        let change = await_change(&mut member).expect("welcome");
        assert_eq!(change, Change::Assigned(0));
        let claim = member.claim(0, Waker::default()).expect("a claim");
        (member, claim)
    }

    /// One transaction under an id, and what became of it. `turn` is called before each step.
    fn transact(
        &self,
        id: &str,
        claim: Option<&KafkaClaim>,
        turn: impl Fn(Before),
    ) -> Result<Outcome, Failure> {
        turn(Before::Init);
        let mut producer = self.log.producer(id)?;
        turn(Before::Records);
        producer.begin()?;
        producer.send(record("out", 0, "key", "value"))?;
        if let Some(claim) = claim {
            turn(Before::Offsets);
            producer.send_offsets(claim, 1)?;
        }
        turn(Before::Commit);
        producer.commit()?;
        Ok(if producer.is_suspect() {
            Outcome::Suspect
        } else {
            Outcome::Fine
        })
    }
}

/// The steps of a transaction, before each of which the brokers may turn bad.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Init,
    Records,
    Offsets,
    Commit,
}

/// A name that nobody has had.
fn name() -> String {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    format!("name-{}", NAMES.fetch_add(1, Ordering::SeqCst))
}

/// The next change, or why there will be none.
fn await_change(member: &mut KafkaMembership) -> Result<Change, Failure> {
    let started = Instant::now();
    loop {
        if let Some(change) = member.poll(Duration::from_millis(20))?.first() {
            return Ok(*change);
        }
        assert!(started.elapsed() < PATIENCE, "nothing happens to a member");
    }
}
