//! Following a topic of a log that cannot be read for a while.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use copydesk::follow::{self, Following};
use copydesk::scan::Start;
use copydesk::select::Select;
use jiff::Timestamp;
use pipeline::log::local::LocalLog;
use pipeline::log::{Failure, Limits, Log, Offset, Reader, Stored};
use pipeline::topics::Topic;
use pipeline::{Shutdown, Waker};

use super::samples::{self, record};
use crate::Desk;

/// A log whose readers meet these failures first, and to whom a reader that failed for good reads no more.
#[derive(Clone)]
struct Troubled {
    log: LocalLog,
    troubles: Arc<Mutex<VecDeque<Failure>>>,
}

struct TroubledReader {
    reader: <LocalLog as Log>::Reader,
    troubles: Arc<Mutex<VecDeque<Failure>>>,
    is_broken: bool,
}

impl Log for Troubled {
    type Producer = <LocalLog as Log>::Producer;
    type Membership = <LocalLog as Log>::Membership;
    type Claim = <LocalLog as Log>::Claim;
    type Reader = TroubledReader;

    fn create(&self, topics: &[Topic]) -> Result<(), Failure> {
        self.log.create(topics)
    }

    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        self.log.remove(topics, groups)
    }

    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure> {
        self.log.partitions(topic)
    }

    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure> {
        self.log.topic(name)
    }

    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure> {
        self.log.bounds(topic, partition)
    }

    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure> {
        self.log.since(topic, partition, moment)
    }

    fn committed(&self, group: &str, topic: &str, of: u32) -> Result<Option<Offset>, Failure> {
        self.log.committed(group, topic, of)
    }

    fn join(&self, group: &str, topic: &str) -> Result<Self::Membership, Failure> {
        self.log.join(group, topic)
    }

    fn producer(&self, transactional_id: &str) -> Result<Self::Producer, Failure> {
        self.log.producer(transactional_id)
    }

    fn reader(
        &self,
        topic: &str,
        of: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<TroubledReader, Failure> {
        Ok(TroubledReader {
            reader: self.log.reader(topic, of, from, waker)?,
            troubles: self.troubles.clone(),
            is_broken: false,
        })
    }

    fn identity(&self) -> String {
        self.log.identity()
    }
}

impl Reader for TroubledReader {
    fn position(&self) -> Offset {
        self.reader.position()
    }

    fn read(&mut self, _limits: Limits) -> Result<Vec<Stored>, Failure> {
        if self.is_broken {
            return Err(Failure::Retry("this reader reads no more".to_owned()));
        }
        // One at a time, so that some are read before the trouble and some after it.
        let one = Limits {
            records: 1,
            bytes: 1,
        };
        if self.reader.position() > 0
            && let Some(trouble) = self.troubles.lock().expect("no panic").pop_front()
        {
            self.is_broken = matches!(trouble, Failure::Reopen(_));
            return Err(trouble);
        }
        self.reader.read(one)
    }
}

/// What following prints of three records through these troubles.
fn printed(troubles: &[Failure]) -> (Vec<String>, anyhow::Result<()>) {
    let desk = Desk::open();
    let [article, _] = samples::cleaned();
    for version in 1..=3 {
        desk.write(vec![record(&article::Cleaned {
            title: format!("number {version}"),
            ..article.clone()
        })]);
    }
    let log = Troubled {
        log: desk.log.clone(),
        troubles: Arc::new(Mutex::new(troubles.iter().cloned().collect())),
    };
    let following = Following {
        topic: "articles.cleaned".to_owned(),
        start: Start::Beginning,
        select: Select::default(),
        follow: true,
        json: false,
        limit: Some(3),
    };
    let mut out = Vec::new();
    let mut lines = follow::lines_for_stdout();
    // One that never reads again is told to stop, and says why it could not.
    let shutdown = Shutdown::default();
    let (_done, waits) = mpsc::channel::<()>();
    let asking = shutdown.clone();
    std::thread::spawn(move || {
        if let Err(RecvTimeoutError::Timeout) = waits.recv_timeout(Duration::from_secs(10)) {
            asking.request();
        }
    });
    let ended = follow::print(&log, &following, &mut out, &mut lines, &shutdown);
    let text = String::from_utf8(out).expect("lines are UTF-8");
    let titles = text.lines().map(|line| line[line.len() - 8..].to_owned());
    (titles.collect(), ended)
}

#[test]
fn who_follows_outlives_an_outage() {
    let troubles = [
        Failure::Retry("no answer".to_owned()),
        Failure::Reopen("nothing is known for sure".to_owned()),
    ];
    let (lines, ended) = printed(&troubles);
    ended.expect("it went on");
    assert_eq!(lines, ["number 1", "number 2", "number 3"]);
}

#[test]
fn what_no_waiting_mends_ends_it() {
    let (_, ended) = printed(&[Failure::Fatal("not allowed".to_owned())]);
    assert_eq!(ended.expect_err("fatal").to_string(), "not allowed");
}
