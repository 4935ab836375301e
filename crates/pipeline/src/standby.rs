//! Standing by: an instance that has no partition of a stage follows the stage's changelog into its own
//! stores, so that taking over reads little more than what its predecessor wrote last.

use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::board::Doing;
use crate::log::{Failure, Limits, Log, Reader};
use crate::runtime::Runtime;
use crate::store::Store;
use crate::topics::Topic;
use crate::waker::{Shutdown, Waker};
use crate::worker::spawn;

/// How long it rests where no changelog has anything new, at the most.
const IDLE: Duration = Duration::from_secs(1);
/// How long it rests after a failure.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// A thread that follows every partition of one changelog.
#[derive(Debug)]
pub(crate) struct Standby {
    thread: JoinHandle<()>,
    ended: Shutdown,
}

/// What is followed of one partition.
struct Copy<R> {
    partition: u32,
    reader: R,
    store: Store,
    /// Read and not yet saved.
    unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    saved_at: Instant,
}

impl Standby {
    /// Begins to follow `changelog`.
    ///
    /// # Errors
    /// A thread that cannot be started.
    pub(crate) fn begin<L: Log>(
        runtime: &Runtime<L>,
        stage: &'static str,
        changelog: &Topic,
    ) -> Result<Self, Failure> {
        let ended = Shutdown::default();
        let (runtime, changelog, until) = (runtime.clone(), changelog.clone(), ended.clone());
        let thread = spawn(&format!("{stage} standby"), move || {
            while !until.is_requested() {
                if let Err(failure) = follow(&runtime, stage, &changelog, &until) {
                    tracing::warn!(stage, "the state is followed again soon: {failure}");
                    until.wait(AGAIN_AFTER);
                }
            }
        })?;
        Ok(Self { thread, ended })
    }

    /// Whether it ended though nobody asked it to: a defect, and no reason not to begin again.
    pub(crate) fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends it, and waits until its stores are closed: a task may open them next.
    pub(crate) fn end(self) {
        self.ended.request();
        let _ = self.thread.join();
    }
}

/// Follows every partition of `changelog` until it is asked to end, then saves what it has.
pub(crate) fn follow<L: Log>(
    runtime: &Runtime<L>,
    stage: &'static str,
    changelog: &Topic,
    until: &Shutdown,
) -> Result<(), Failure> {
    let waker = Waker::default();
    until.rings(&waker);
    let mut copies = open(runtime, stage, changelog, &waker)?;
    let outcome = keep_up(runtime, stage, &mut copies, (until, &waker));
    // Also after a failure: whoever reads the board would take the copies for being kept up.
    for copy in &copies {
        runtime.board.remove(stage, copy.partition);
    }
    outcome?;
    copies
        .iter_mut()
        .try_for_each(|copy| copy.save(&runtime.log))
}

fn keep_up<L: Log>(
    runtime: &Runtime<L>,
    stage: &'static str,
    copies: &mut [Copy<L::Reader>],
    (until, waker): (&Shutdown, &Waker),
) -> Result<(), Failure> {
    while !until.is_requested() {
        let mut is_idle = true;
        for copy in &mut *copies {
            is_idle &= !copy.read()?;
            let next = copy.reader.position();
            runtime.board.update(stage, copy.partition, |task| {
                task.doing = Doing::StandingBy;
                task.next = next;
            });
            if runtime.stores.is_due(copy.saved_at) {
                copy.save(&runtime.log)?;
            }
        }
        if is_idle {
            waker.wait(IDLE);
        }
    }
    Ok(())
}

fn open<L: Log>(
    runtime: &Runtime<L>,
    stage: &str,
    changelog: &Topic,
    waker: &Waker,
) -> Result<Vec<Copy<L::Reader>>, Failure> {
    let group = runtime.topology.group(stage);
    let identity = runtime.log.identity();
    let mut copies = Vec::new();
    for partition in 0..changelog.partitions {
        let end = runtime.log.bounds(&changelog.name, partition)?.end;
        let Some(store) = runtime.stores.open(&group, partition, &identity, end) else {
            continue;
        };
        let from = store.position();
        copies.push(Copy {
            partition,
            reader: runtime
                .log
                .reader(&changelog.name, partition, from, waker.clone())?,
            store,
            unsaved: BTreeMap::new(),
            saved_at: Instant::now(),
        });
    }
    Ok(copies)
}

impl<R: Reader> Copy<R> {
    /// Takes up what is new. True where there was anything.
    fn read(&mut self) -> Result<bool, Failure> {
        let records = self.reader.read(Limits::default())?;
        let found = !records.is_empty();
        for record in records {
            self.unsaved
                .insert(record.key.unwrap_or_default(), record.value);
        }
        Ok(found)
    }

    fn save(&mut self, log: &impl Log) -> Result<(), Failure> {
        self.saved_at = Instant::now();
        let position = self.reader.position();
        if position == self.store.position() {
            return Ok(());
        }
        let entries: Vec<_> = std::mem::take(&mut self.unsaved).into_iter().collect();
        let saved = self.store.save(&log.identity(), &entries, position);
        saved.map_err(|error| Failure::Reopen(error.to_string()))
    }
}
