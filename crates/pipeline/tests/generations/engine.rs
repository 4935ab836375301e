//! A replay over the model log: whatever its batches and wherever it dies, what it writes is what one
//! sequence of its input comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use article::{Message, Outgoing, Route};
use jiff::Timestamp;
use pipeline::dead::{Buried, Grave};
use pipeline::generations::Span;
use pipeline::headers::Headers;
use pipeline::log::model::ModelLog;
use pipeline::log::{Limits, Log, Offset, Producer, Reader, Stored, ToSend};
use pipeline::replay::{self, Ended, Reads};
use pipeline::state::Journalled;
use pipeline::topics::{TopicConfig, Topology};
use pipeline::{
    Board, Live, MemoryStores, Provenance, Reason, Record, Reject, Runtime, Shutdown, Stage,
    Staged, State, Stores, Table, Verdict, Waker,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::rough::Rough;

pub(crate) const PARTITIONS: u32 = 3;

/// A word that was heard at some time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Heard {
    word: u8,
    /// Left out where nobody has looked at the clock: then it goes with the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched_at: Option<Timestamp>,
}

impl Message for Heard {
    const TOPIC: &'static str = "articles.fetched";
    const SCHEMA: &'static str = "heard/1";
    fn key(&self) -> String {
        self.word.to_string()
    }
    fn route(&self) -> Route {
        Route::AsInput
    }
}

/// A word with how often it had been heard in its partition by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted(u8, u32);

impl Message for Counted {
    const TOPIC: &'static str = "articles.cleaned";
    const SCHEMA: &'static str = "counted/1";
    fn key(&self) -> String {
        self.0.to_string()
    }
    fn route(&self) -> Route {
        Route::AsInput
    }
}

#[derive(Debug)]
pub(crate) struct Counts(Table<u8, u32>);

impl Default for Counts {
    fn default() -> Self {
        Self(Table::named("counts"))
    }
}

impl State for Counts {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.0]
    }
}

pub(crate) struct Count;

/// The word that is refused when it is decided on, after the state has changed.
const REFUSED: u8 = 0;
/// The word that is refused when it is read.
const UNREADABLE: u8 = 1;
/// The word that brings the reading down.
const FATAL: u8 = 2;

impl Stage for Count {
    const NAME: &'static str = "clean";
    type In = Heard;
    type Read = Record<Heard>;
    type Out = Counted;
    type State = Counts;

    fn read(&self, record: Record<Heard>) -> Result<Record<Heard>, Reject> {
        match record.value.word {
            UNREADABLE => Err(Reject::new(Reason::Unprocessable, "cannot be read")),
            // Without the panic's own message.
            FATAL => std::panic::resume_unwind(Box::new("brings the reading down")),
            _ => Ok(record),
        }
    }

    fn decide(&self, record: Record<Heard>, state: &mut Counts) -> Result<Vec<Counted>, Reject> {
        let word = record.value.word;
        let count = state.0.get(&word).copied().unwrap_or(0) + 1;
        state.0.insert(word, count);
        if word == REFUSED {
            return Err(Reject::new(Reason::Unprocessable, "a word that is refused"));
        }
        Ok(vec![Counted(word, count)])
    }
}

fn parted(name: &str) -> Option<&'static TopicConfig> {
    static PARTED: TopicConfig = TopicConfig {
        partitions: Some(PARTITIONS),
        retention_hours: Some(1),
        retention_mib: None,
    };
    (name == Heard::TOPIC).then_some(&PARTED)
}

/// Those of generation 1, and of generation 2, whose cleaner reads them.
pub(crate) fn topologies() -> (Topology, Topology) {
    let ground = Topology::new(1, parted);
    let topology = ground.branch("cleaner", 2, parted).expect("a service");
    (ground, topology)
}

/// Makes the topics of both.
pub(crate) fn open(log: &ModelLog) -> (Topology, Topology) {
    let (ground, topology) = topologies();
    log.create(&ground.all()).expect("topics");
    log.create(&topology.all()).expect("topics");
    // The pipeline's own `clean` remembers nothing; this one does.
    log.create(&[topology.changelog(Count::NAME, PARTITIONS)])
        .expect("a changelog");
    (ground, topology)
}

pub(crate) fn runtime<L: Log>(
    log: L,
    (ground, topology): (Topology, Topology),
    stores: MemoryStores,
) -> Runtime<L> {
    let topology = Arc::new(topology);
    Runtime {
        log,
        topology: topology.clone(),
        stores: Stores::Memory(stores),
        forebear: Some(Arc::new(ground)),
        live: Live::new(topology),
        provenance: Provenance {
            version: "0".into(),
            config: "0".into(),
        },
        shutdown: Shutdown::default(),
        board: Board::default(),
        verdict: Verdict::default(),
    }
}

/// A word heard in a partition, and at which second, where that is known.
pub(crate) type Input = (u32, u8, Option<u8>);

pub(crate) fn append(log: &ModelLog, input: &[Input]) {
    let mut producer = log.producer("world").expect("a producer");
    producer.begin().expect("begins");
    for (partition, word, second) in input {
        let second = second.map(|second| Timestamp::from_second(second.into()).expect("a moment"));
        let heard = Heard {
            word: *word,
            fetched_at: second,
        };
        let record = ToSend {
            topic: Heard::TOPIC.into(),
            partition: *partition,
            key: None,
            value: Outgoing::of(&heard).value,
            headers: Headers::new(),
        };
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

pub(crate) fn read(log: &ModelLog, topic: &str, partition: u32) -> Vec<Stored> {
    let mut reader = log
        .reader(topic, partition, 0, Waker::default())
        .expect("a reader");
    let mut all = Vec::new();
    loop {
        let records = reader.read(Limits::default()).expect("records");
        if records.is_empty() {
            return all;
        }
        all.extend(records);
    }
}

/// What is to come of the input: a plain merge of the partitions' heads by time and number, and a plain
/// count. With the offsets of what is refused.
fn expected(input: &[Input], spans: &[Span]) -> (Vec<Counted>, Vec<(u32, Offset)>) {
    let mut parts: Vec<Vec<(i16, u8)>> = vec![Vec::new(); PARTITIONS as usize];
    for (partition, word, second) in input {
        let part = &mut parts[*partition as usize];
        // Before the first that tells its time is before all others.
        let before = part.last().map_or(-1, |(second, _)| *second);
        part.push((second.map_or(before, i16::from), *word));
    }
    let mut at = [0; PARTITIONS as usize];
    let mut counts: BTreeMap<(usize, u8), u32> = BTreeMap::new();
    let (mut counted, mut refused) = (Vec::new(), Vec::new());
    loop {
        let heads = (0..parts.len()).filter_map(|part| Some((parts[part].get(at[part])?.0, part)));
        let Some((_, part)) = heads.min() else {
            return (counted, refused);
        };
        let offset = at[part] as Offset;
        let (_, word) = parts[part][at[part]];
        at[part] += 1;
        let is_written = offset >= spans[part].from;
        if [REFUSED, UNREADABLE, FATAL].contains(&word) {
            if is_written {
                refused.push((part as u32, offset));
            }
            continue;
        }
        let count = counts.entry((part, word)).or_default();
        *count += 1;
        if is_written {
            counted.push(Counted(word, *count));
        }
    }
}

/// Some of the input is only folded.
fn spans(log: &ModelLog, skipped: u64) -> Vec<Span> {
    let of = |partition| {
        let end = log.bounds(Heard::TOPIC, partition).expect("bounds").end;
        Span {
            fold: 0,
            from: skipped.min(end),
            to: end,
        }
    };
    (0..PARTITIONS).map(of).collect()
}

/// A life of the replay's process: the seed of what its readers find, the call at which it dies, and
/// whether its disk is a new one.
type Life = (u64, u64, bool);

#[track_caller]
fn check(input: &[Input], skipped: u64, lives: &[Life]) {
    check_on(&ModelLog::calm(), input, skipped, lives);
}

#[track_caller]
fn check_on(log: &ModelLog, input: &[Input], skipped: u64, lives: &[Life]) {
    let topologies = open(log);
    append(log, input);
    let spans = spans(log, skipped);
    let stores = MemoryStores::new(7, 40);
    let last = (11, 0, false);
    for (number, (seed, dies_at, is_new)) in lives.iter().copied().chain([last]).enumerate() {
        if is_new {
            stores.forget();
        }
        let rough = Rough::dying(log.clone(), seed, dies_at);
        let runtime = runtime(rough, topologies.clone(), stores.clone());
        let ended = replay::run(&runtime, &Staged(Count), &spans, Reads::Another, |_| {});
        match ended {
            Ok(ended) => assert_eq!(ended, Ended::Done),
            Err(failure) => assert!(number < lives.len(), "{failure}"),
        }
    }
    let (counted, refused) = expected(input, &spans);
    let (_, topology) = topologies;
    let cleaned = read(log, "articles.cleaned.g2", 0);
    let found: Vec<Option<Vec<u8>>> = cleaned.into_iter().map(|record| record.value).collect();
    let wanted: Vec<_> = counted.iter().map(|c| Outgoing::of(c).value).collect();
    assert_eq!(found, wanted, "the same bytes in the same order");
    let dead = read(log, "articles.dead.g2", 0).into_iter();
    let letter = |record| match Grave::read(0, record) {
        Some(Grave::Letter(letter)) => *letter,
        other => panic!("a dead letter, not {other:?}"),
    };
    let place = |letter: Buried| letter.source.expect("it was read somewhere");
    assert_eq!(dead.map(letter).map(place).collect::<Vec<_>>(), refused);
    for (partition, span) in (0..).zip(&spans) {
        let group = topology.group(Count::NAME);
        let committed = log.committed(&group, Heard::TOPIC, partition);
        assert_eq!(committed.expect("an offset"), Some(span.to));
    }
}

fn input() -> impl Strategy<Value = Input> {
    let second = prop_oneof![4 => (0..20u8).prop_map(Some), 1 => Just(None)];
    (0..PARTITIONS, 0..7u8, second)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn batches_and_crashes_change_no_byte(
        input in prop::collection::vec(input(), 0..60),
        skipped in prop_oneof![Just(0), 0..20u64],
        lives in prop::collection::vec((any::<u64>(), 1..60u64, any::<bool>()), 0..6),
    ) {
        check(&input, skipped, &lives);
    }
}

/// More than is read ahead at a time, on every number of threads.
#[test]
fn what_is_read_ahead_is_handled_in_its_order() {
    let input: Vec<Input> = (0..500_u32)
        .map(|n| (n % PARTITIONS, (n % 7) as u8, Some((n * 5 % 250) as u8)))
        .collect();
    check(&input, 20, &[]);
    check(&input, 0, &[(3, 9, false), (5, 14, true)]);
}

#[test]
fn a_life_may_end_at_any_call() {
    let input: Vec<Input> = (0..12)
        .map(|n| (n % PARTITIONS, (n % 6) as u8, Some((n * 7 % 11) as u8)))
        .collect();
    for dies_at in 1..40_u64 {
        check(&input, 1, &[(dies_at + 3, dies_at, false)]);
    }
}

/// What a life left open in some partition that got no marker is not committed by the next.
#[test]
fn nothing_of_a_transaction_that_was_never_ended_comes_out() {
    let input: Vec<Input> = (0..12)
        .map(|n| (n % PARTITIONS, (n % 6) as u8, Some((n * 7 % 11) as u8)))
        .collect();
    for dies_at in 1..60_u64 {
        let log = ModelLog::missing_markers();
        check_on(&log, &input, 1, &[(dies_at + 3, dies_at, false)]);
    }
}
