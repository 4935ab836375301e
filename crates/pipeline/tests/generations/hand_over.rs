//! What a partition begins with in a generation that was derived: as many transactions as it takes, each
//! bounded, and each record once wherever it is broken off.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use article::{Message, Outgoing, Route};
use jiff::Timestamp;
use pipeline::dead::Coordinates;
use pipeline::generations::{self, Change, Generation, Standing};
use pipeline::headers::Headers;
use pipeline::heritage::has_taken_over;
use pipeline::log::model::ModelLog;
use pipeline::log::{Failure, Log, Producer, Stored, ToSend};
use pipeline::state::Journalled;
use pipeline::topics::{STAGES, TopicConfig, Topology};
use pipeline::{Estate, Later, MemoryStores, Outputs, State, Table, Task, Whose, Work};
use serde::{Deserialize, Serialize};

use super::engine::{read, runtime};
use super::rough::Rough;

/// What the forebear remembers: more than one transaction takes.
const NAMES: u32 = 30_000;
/// What came after the replay: more than two transactions take.
const LATER: u32 = 1_100;

#[derive(Debug, Serialize, Deserialize)]
struct Name(u32);

impl Message for Name {
    const TOPIC: &'static str = "feeds";
    const SCHEMA: &'static str = "name/1";
    fn key(&self) -> String {
        self.0.to_string()
    }
    fn route(&self) -> Route {
        Route::AsInput
    }
}

#[derive(Debug)]
struct Names(Table<u32, u32>);

impl Default for Names {
    fn default() -> Self {
        Self(Table::named("names"))
    }
}

impl State for Names {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.0]
    }
}

/// Takes names over, and notes each that came later with its number among them.
#[derive(Debug, Default)]
struct Adopt {
    is_at_work: AtomicBool,
}

impl<L: Log> Work<L> for Adopt {
    const NAME: &'static str = "poll";
    type In = Name;
    type State = Names;
    const INHERITS: bool = true;
    const LATER: Option<Later> = Some(Later {
        stage: "ingest",
        input: "feeds.polled",
        of: Whose::Own,
    });

    fn heir(&self, estate: &Estate<'_, L>) -> Result<Names, Failure> {
        let before: Names = estate.state("poll", "feeds", Whose::Forebear)?;
        let mut heir = Names::default();
        heir.0.adopt(before.0);
        Ok(heir)
    }

    fn catch_up(
        &self,
        task: &mut Task<'_, L, Names>,
        outputs: &mut Outputs,
        source: Coordinates,
        record: Stored,
    ) -> Result<(), Failure> {
        let number = task.state.0.len() as u32;
        task.state.0.insert(number, source.offset as u32);
        let outgoing = Outgoing {
            topic: "articles.discovered",
            schema: "number/1",
            key: number.to_string(),
            route: Route::AsInput,
            value: record.value,
        };
        task.emit(outputs, outgoing, Some(&source));
        Ok(())
    }

    fn run(&self, task: &mut Task<'_, L, Names>) -> Result<(), Failure> {
        self.is_at_work.store(true, Ordering::SeqCst);
        while !task.should_end() {
            task.waker().wait(Duration::from_secs(1));
        }
        Ok(())
    }
}

static ONE: TopicConfig = TopicConfig {
    partitions: Some(1),
    retention_hours: None,
    retention_mib: None,
};

fn generation() -> Generation {
    Generation {
        number: 2,
        reads: 1,
        service: "fetcher".into(),
        through: "fetcher".into(),
        standing: Standing::Replayed,
        lived: true,
        made_at: Timestamp::UNIX_EPOCH,
        version: "0".into(),
        config: "0".into(),
        asked: String::new(),
        steps: Vec::new(),
    }
}

fn write(log: &ModelLog, topic: &str, records: impl Iterator<Item = (Vec<u8>, Vec<u8>)>) {
    let mut producer = log.producer("world").expect("a producer");
    producer.begin().expect("begins");
    for (key, value) in records {
        let record = ToSend {
            topic: topic.to_owned(),
            partition: 0,
            key: Some(key),
            value: Some(value),
            headers: Headers::new(),
        };
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

/// A log on which generation 2 has just gone live.
fn switched() -> (ModelLog, (Topology, Topology)) {
    let log = ModelLog::calm();
    let ground = Topology::new(1, |_| Some(&ONE));
    let topology = ground.branch("fetcher", 2, |_| Some(&ONE));
    let topology = topology.expect("a service");
    log.create(&ground.all()).expect("topics");
    log.create(&topology.all()).expect("topics");
    let entry = |name: u32| {
        let mut key = b"names\0".to_vec();
        key.extend(rmp_serde::to_vec_named(&name).expect("a number"));
        (key, rmp_serde::to_vec_named(&name).expect("a number"))
    };
    write(&log, "copydesk.poll.changelog", (0..NAMES).map(entry));
    let later = (0..LATER).map(|number| (Vec::new(), number.to_string().into_bytes()));
    write(&log, "feeds.polled", later);
    generations::change(&log, &ground, "0", |_| {
        let changes = vec![Change::Known(Box::new(generation())), Change::Live(2)];
        Ok((changes, ()))
    })
    .expect("it is live");
    (log, (ground, topology))
}

/// Hands over, with a failure at one call of the producers, and again once it is done.
#[track_caller]
fn check(fails_at: u64) {
    let (log, topologies) = switched();
    let has_taken_over = || {
        let poll = STAGES.iter().find(|stage| stage.name == "poll");
        let poll = poll.expect("it is a stage");
        has_taken_over(&log, &topologies.1, poll).expect("a changelog")
    };
    assert!(!has_taken_over());
    let stores = MemoryStores::new(3, 50);
    let mut commits = 0;
    for life in 0..2 {
        let rough = Rough::failing(log.clone(), if life == 0 { fails_at } else { 0 });
        let runtime = runtime(rough.clone(), topologies.clone(), stores.clone());
        let adopt = Arc::new(Adopt::default());
        let worker = pipeline::start(&runtime, adopt.clone()).expect("it starts");
        let deadline = Instant::now() + Duration::from_secs(60);
        while !adopt.is_at_work.load(Ordering::SeqCst) {
            assert!(Instant::now() < deadline, "{:?}", runtime.board.tasks());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            rough.has_failed(),
            "the failure at call {fails_at} has come"
        );
        runtime.shutdown.request();
        worker.join().expect("it ends");
        assert_eq!(runtime.verdict.error(), None);
        if life == 0 {
            commits = rough.commits();
        } else {
            assert_eq!(rough.commits(), 0, "what is handed over stays so");
        }
    }
    assert!(commits >= 5, "it was {commits} transactions");
    check_books(&log);
    assert!(has_taken_over());
}

#[track_caller]
fn check_books(log: &ModelLog) {
    let found = read(log, "articles.discovered.g2", 0);
    let values: Vec<_> = found.into_iter().map(|record| record.value).collect();
    let expected: Vec<_> = (0..LATER)
        .map(|n| Some(n.to_string().into_bytes()))
        .collect();
    assert!(values == expected, "each once, in order: {}", values.len());
    let mut last: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
    for record in read(log, "copydesk.poll.g2.changelog", 0) {
        last.insert(record.key.unwrap_or_default(), record.value);
    }
    assert_eq!(last.remove(&b"@hand-over"[..]), Some(None), "it is over");
    assert_eq!(last.remove(&b"@position"[..]), Some(Some(b"0".to_vec())));
    assert_eq!(last.len() as u32, NAMES + LATER);
}

#[test]
fn a_hand_over_is_many_transactions_and_each_record_once() {
    check(0);
}

#[test]
fn a_hand_over_that_is_broken_off_goes_on() {
    // In the first part of the state, around its commit, in the second one; then in what came later:
    // before the commit of its first transaction, after it, and in the last.
    let part = 20_000;
    for fails_at in [
        1,
        part + 2,
        part + 6,
        part + 7,
        30_500,
        31_009,
        31_514,
        32_020,
    ] {
        check(fails_at);
    }
}
