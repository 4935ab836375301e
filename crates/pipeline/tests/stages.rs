//! A stage on the embedded log: whatever the batches, restarts and bad records, the output is the fold
//! of the input.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use article::{Message, Outgoing, Route};
use pipeline::board::Doing;
use pipeline::dead::Grave;
use pipeline::headers::Headers;
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Producer, Reader, Stored, ToSend};
use pipeline::state::Journalled;
use pipeline::topics::{TopicConfig, Topology};
use pipeline::{
    Board, Provenance, Reason, Record, Reject, Runtime, Shutdown, Stage, Staged, State, Table,
    Verdict, Waker,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Word(String);

impl Message for Word {
    const TOPIC: &'static str = "articles.fetched";
    const SCHEMA: &'static str = "word/1";
    fn key(&self) -> String {
        self.0.clone()
    }
    fn route(&self) -> Route {
        Route::AsInput
    }
}

/// A word with how often it had come by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counted(String, u32);

impl Message for Counted {
    const TOPIC: &'static str = "articles.cleaned";
    const SCHEMA: &'static str = "counted/1";
    fn key(&self) -> String {
        self.0.clone()
    }
    fn route(&self) -> Route {
        Route::AsInput
    }
}

#[derive(Debug)]
struct Counts {
    counts: Table<String, u32>,
    /// Derived: the sum of all counts.
    total: u32,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            counts: Table::named("counts"),
            total: 0,
        }
    }
}

impl State for Counts {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.counts]
    }
    fn rebuild(&mut self) {
        self.total = self.counts.iter().map(|(_, count)| count).sum();
    }
}

/// Counts words. Some words bring it down after it has changed the state.
struct Count;

impl Stage for Count {
    const NAME: &'static str = "clean";
    type In = Word;
    type Read = Record<Word>;
    type Out = Outgoing;
    type State = Counts;

    fn read(&self, record: Record<Word>) -> Result<Record<Word>, Reject> {
        Ok(record)
    }

    fn decide(&self, record: Record<Word>, state: &mut Counts) -> Result<Vec<Outgoing>, Reject> {
        let word = record.value.0;
        let count = state.counts.get(&word).copied().unwrap_or(0) + 1;
        state.counts.insert(word.clone(), count);
        state.total += 1;
        let sum: u32 = state.counts.iter().map(|(_, count)| count).sum();
        assert_eq!(state.total, sum, "what is derived agrees with the table");
        match word.as_str() {
            "reject" => Err(Reject::new(Reason::Unprocessable, "a word that is refused")),
            "panic" => panic!("a word that brings the stage down"),
            "huge" => {
                let huge = Counted("x".repeat(pipeline::MAX_RECORD + 1), count);
                Ok(vec![Outgoing::of(&huge)])
            }
            _ => Ok(vec![Outgoing::of(&Counted(word, count))]),
        }
    }
}

fn open(dir: &Path) -> Runtime<LocalLog> {
    open_with(dir, 0)
}

fn open_with(dir: &Path, min_free_bytes: u64) -> Runtime<LocalLog> {
    let log = LocalLog::open(LocalConfig {
        dir: dir.to_owned(),
        fsync: Fsync::Always,
        segment_bytes: 1 << 20,
        min_free_bytes,
    })
    .expect("the log opens");
    let one = TopicConfig {
        partitions: Some(1),
        ..TopicConfig::default()
    };
    let topology = Arc::new(Topology::new(1, |_| Some(&one)));
    log.create(topology.topics()).expect("topics");
    // The pipeline's own `clean` remembers nothing; this one does.
    let changelog = topology.changelog(Count::NAME, 1);
    log.create(&[changelog]).expect("a changelog");
    Runtime {
        log,
        topology: topology.clone(),
        stores: pipeline::Stores::Disk(dir.join("state")),
        forebear: None,
        live: pipeline::Live::new(topology),
        provenance: Provenance {
            version: "0".into(),
            config: "0".into(),
        },
        shutdown: Shutdown::default(),
        board: Board::default(),
        verdict: Verdict::default(),
    }
}

fn append(log: &LocalLog, values: &[Vec<u8>]) {
    let mut producer = log.producer("words").expect("a producer");
    producer.begin().expect("begins");
    for value in values {
        let record = ToSend {
            topic: Word::TOPIC.into(),
            partition: 0,
            key: None,
            value: Some(value.clone()),
            headers: Headers::new(),
        };
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

fn word(word: &str) -> Vec<u8> {
    serde_json::to_vec(&Word(word.into())).expect("a word serialises")
}

fn read(log: &LocalLog, topic: &str) -> Vec<Stored> {
    let mut reader = log.reader(topic, 0, 0, Waker::default()).expect("a reader");
    let mut all = Vec::new();
    loop {
        let records = reader.read(Limits::default()).expect("records");
        if records.is_empty() {
            return all;
        }
        all.extend(records);
    }
}

/// Runs the stage until it has read everything, then stops it.
fn run_to_end(runtime: &Runtime<LocalLog>) {
    let worker = pipeline::start(runtime, Arc::new(Staged(Count))).expect("starts");
    let end = runtime.log.bounds(Word::TOPIC, 0).expect("bounds").end;
    let deadline = Instant::now() + Duration::from_secs(30);
    let group = runtime.topology.group(Count::NAME);
    while runtime
        .log
        .committed(&group, Word::TOPIC, 0)
        .expect("an offset")
        != Some(end)
    {
        assert!(
            Instant::now() < deadline,
            "{:?} {:?}",
            runtime.board.tasks(),
            runtime.verdict.error()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    runtime.shutdown.request();
    worker.join().expect("the worker ends");
    assert_eq!(runtime.verdict.error(), None);
}

fn fold(words: &[&str]) -> Vec<Counted> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut out = Vec::new();
    for word in words {
        if !matches!(*word, "reject" | "panic" | "huge") {
            *counts.entry(word).or_default() += 1;
            out.push(Counted((*word).into(), counts[word]));
        }
    }
    out
}

fn counted(log: &LocalLog) -> Vec<Counted> {
    let records = read(log, Counted::TOPIC);
    records
        .iter()
        .map(|record| pipeline::staged::decode(record).expect("a count"))
        .collect()
}

const WORDS: [&str; 12] = [
    "a", "b", "a", "reject", "a", "panic", "c", "reject", "b", "huge", "a", "c",
];

#[test]
fn bad_records_are_buried_and_leave_no_trace_in_the_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = open(folder.path());
    let mut values: Vec<Vec<u8>> = WORDS.iter().map(|text| word(text)).collect();
    values.push(b"\xff\x00 no JSON".to_vec());
    append(&runtime.log, &values);
    run_to_end(&runtime);
    assert_eq!(counted(&runtime.log), fold(&WORDS));

    let letters: Vec<_> = read(&runtime.log, "articles.dead")
        .into_iter()
        .map(|record| match Grave::read(0, record) {
            Some(Grave::Letter(letter)) => letter,
            other => panic!("a dead letter, not {other:?}"),
        })
        .collect();
    let told: Vec<_> = letters
        .iter()
        .map(|l| (l.reason.as_str(), l.source.map(|(_, offset)| offset)))
        .collect();
    assert_eq!(
        told,
        [
            ("unprocessable", Some(3)),
            ("panic", Some(5)),
            ("unprocessable", Some(7)),
            ("too_large", None),
            ("undecodable", Some(12)),
        ]
    );
    assert_eq!(letters[4].value.as_deref(), Some(&b"\xff\x00 no JSON"[..]));
    assert!(
        letters[1].detail.contains("brings the stage down"),
        "{}",
        letters[1].detail
    );
}

/// A parser's message may repeat, escaped, all of what it could not read.
#[test]
fn a_huge_garbage_record_is_buried_with_a_short_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = open(folder.path());
    let garbage = format!("{{\"\":\"{}\"}}", "\u{7f}".repeat(7 << 20));
    append(&runtime.log, &[garbage.clone().into_bytes(), word("a")]);
    run_to_end(&runtime);
    assert_eq!(counted(&runtime.log), fold(&["a"]));
    let dead = read(&runtime.log, "articles.dead");
    assert_eq!(dead.len(), 1);
    let headers: usize = dead[0].headers.0.iter().map(|(_, value)| value.len()).sum();
    assert!(headers < 2_000, "{headers} bytes of headers");
    assert_eq!(dead[0].value.as_deref(), Some(garbage.as_bytes()));
}

#[test]
fn restarts_and_lost_stores_change_no_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = Vec::new();
    for (round, words) in [&WORDS[..], &WORDS[3..], &WORDS[1..9], &WORDS[..2]]
        .iter()
        .enumerate()
    {
        let runtime = open(folder.path());
        append(
            &runtime.log,
            &words.iter().map(|text| word(text)).collect::<Vec<_>>(),
        );
        all.extend_from_slice(words);
        run_to_end(&runtime);
        assert_eq!(counted(&runtime.log), fold(&all), "after round {round}");
        drop(runtime);
        match round {
            1 => std::fs::remove_dir_all(folder.path().join("state")).expect("the stores go"),
            2 => {
                let store = folder.path().join("state/copydesk.clean/0.redb");
                std::fs::write(store, b"no store at all").expect("the store is damaged");
            }
            _ => {}
        }
    }
}

#[test]
fn moved_offsets_are_refused_not_guessed_around() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = open(folder.path());
    append(&runtime.log, &[word("a"), word("b")]);
    run_to_end(&runtime);
    drop(runtime);
    let database = rusqlite::Connection::open(folder.path().join("log.sqlite")).expect("the index");
    let moved = database
        .execute("UPDATE offsets SET next = 1", [])
        .expect("moved");
    assert_eq!(moved, 1);
    drop(database);

    let runtime = open(folder.path());
    let worker = pipeline::start(&runtime, Arc::new(Staged(Count))).expect("starts");
    assert!(
        runtime.shutdown.wait(Duration::from_secs(30)),
        "the stage refuses"
    );
    worker.join().expect("the worker ends");
    let ending = runtime.verdict.ending().expect("says why");
    assert!(ending.is_for_good, "a restart would end the same way");
    let error = ending.error;
    let named = "state and offset of copydesk.clean.changelog/0 disagree";
    assert!(error.contains(named), "{error}");
}

/// Hangs on a word until it is let go.
struct Hang(Arc<AtomicBool>);

impl Stage for Hang {
    const NAME: &'static str = "clean";
    type In = Word;
    type Read = Record<Word>;
    type Out = Outgoing;
    type State = Counts;

    fn read(&self, record: Record<Word>) -> Result<Record<Word>, Reject> {
        Ok(record)
    }

    fn decide(&self, record: Record<Word>, _state: &mut Counts) -> Result<Vec<Outgoing>, Reject> {
        let is_let_go = || self.0.load(Ordering::SeqCst);
        while record.value.0 == "hang" && !is_let_go() {
            std::thread::sleep(Duration::from_millis(5));
        }
        // Slow, but on its way.
        std::thread::sleep(Duration::from_millis(100));
        Ok(Vec::new())
    }
}

/// Longer than an idle task sleeps, and than a record takes.
const PATIENCE: Duration = Duration::from_millis(1_500);

fn stuck(runtime: &Runtime<LocalLog>) -> Vec<(&'static str, u32)> {
    let stuck = runtime.board.stuck(PATIENCE).into_iter();
    stuck
        .map(|(stage, partition, _)| (stage, partition))
        .collect()
}

/// That nobody is stuck while so much time passes.
#[track_caller]
fn check_alive(runtime: &Runtime<LocalLog>, time: Duration) {
    let deadline = Instant::now() + time;
    while Instant::now() < deadline {
        assert_eq!(stuck(runtime), [], "{:?}", runtime.board.tasks());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_hangs_in_a_record_is_stuck_and_who_is_idle_or_slow_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = open(folder.path());
    let go = Arc::new(AtomicBool::new(false));
    let worker = pipeline::start(&runtime, Arc::new(Staged(Hang(go.clone())))).expect("starts");
    check_alive(&runtime, PATIENCE * 2);
    // A batch of three seconds.
    append(&runtime.log, &vec![word("slow"); 30]);
    check_alive(&runtime, PATIENCE * 2);

    append(&runtime.log, &[word("hang")]);
    let deadline = Instant::now() + Duration::from_secs(30);
    while stuck(&runtime) != [("clean", 0)] {
        assert!(Instant::now() < deadline, "{:?}", runtime.board.tasks());
        std::thread::sleep(Duration::from_millis(20));
    }
    go.store(true, Ordering::SeqCst);
    while !stuck(&runtime).is_empty() {
        assert!(Instant::now() < deadline, "{:?}", runtime.board.tasks());
        std::thread::sleep(Duration::from_millis(20));
    }
    runtime.shutdown.request();
    worker.join().expect("the worker ends");
}

#[test]
fn who_waits_for_a_log_that_takes_nothing_is_not_stuck() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = open(folder.path());
    append(&before.log, &[word("a")]);
    drop(before);
    // More room than any disk has.
    let runtime = open_with(folder.path(), u64::MAX);
    let worker = pipeline::start(&runtime, Arc::new(Staged(Count))).expect("starts");
    let waits = || {
        let tasks = runtime.board.tasks();
        let mut doing = tasks.iter().map(|task| &task.doing);
        doing.any(|doing| matches!(doing, Doing::Waiting(_)))
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while !waits() {
        assert!(Instant::now() < deadline, "{:?}", runtime.board.tasks());
        std::thread::sleep(Duration::from_millis(5));
    }
    check_alive(&runtime, PATIENCE * 2);
    assert!(waits(), "{:?}", runtime.board.tasks());
    runtime.shutdown.request();
    worker.join().expect("the worker ends");
}
