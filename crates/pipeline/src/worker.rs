//! A stage's membership in its group: one thread for the group, one for each partition.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use article::Message;

use crate::board::Doing;
use crate::cause::Cause;
use crate::dead::Coordinates;
use crate::heritage::{Estate, Later, take_over};
use crate::log::{Change, Claim, Failure, Log, Membership, Stored};
use crate::metrics::{REBALANCES, TASK_OPENS};
use crate::outputs::Outputs;
use crate::runtime::Runtime;
use crate::standby::Standby;
use crate::state::State;
use crate::task::Task;
use crate::topics::Topic;
use crate::waker::Waker;

/// How long a task may take to finish its batch when it is asked to stop.
pub const DRAIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);
const BACK_OFF: [u64; 5] = [100, 500, 1_000, 5_000, 10_000];

/// Work on one partition, from opened to asked to stop. A [`crate::Stage`] becomes one by
/// [`crate::staged::Staged`]; the fetcher's two tasks are their own.
pub trait Work<L: Log>: Send + Sync + 'static {
    /// The verb that names it.
    const NAME: &'static str;
    /// What it reads.
    type In: Message;
    /// What it remembers.
    type State: State;
    /// Whether a partition that is opened for the first time in a generation takes something over, before
    /// the work begins: see [`crate::heritage`].
    const INHERITS: bool = false;
    /// What came after the replay that made the generation, and is taken up then.
    const LATER: Option<Later> = None;

    /// What the state begins with in a generation that was derived from another. Called again from the
    /// beginning where it was broken off, and must come to the same then.
    ///
    /// # Errors
    /// As [`Work::run`].
    fn heir(&self, _estate: &Estate<'_, L>) -> Result<Self::State, Failure> {
        Ok(Self::State::default())
    }

    /// Takes up one record of [`Work::LATER`]: each exactly once, in the order of its partition.
    ///
    /// # Errors
    /// As [`Work::run`].
    fn catch_up(
        &self,
        _task: &mut Task<'_, L, Self::State>,
        _outputs: &mut Outputs,
        _source: Coordinates,
        _record: Stored,
    ) -> Result<(), Failure> {
        Ok(())
    }

    /// Works until [`Task::should_end`].
    ///
    /// # Errors
    /// A [`Failure`] drops the task; unless it is fatal the partition is opened again.
    fn run(&self, task: &mut Task<'_, L, Self::State>) -> Result<(), Failure>;
}

/// Starts `work` on every partition of its input that the group gives it. The thread ends when the
/// shutdown is requested and the tasks have drained, or with the first fatal failure, which it leaves
/// in the runtime's verdict.
///
/// # Errors
/// Topics that cannot be made, or a group that cannot be joined.
pub fn start<L: Log, W: Work<L>>(
    runtime: &Runtime<L>,
    work: Arc<W>,
) -> Result<JoinHandle<()>, Failure> {
    let input = runtime
        .topology
        .topic(W::In::TOPIC)
        .expect("every message's topic is part of the topology")
        .clone();
    let changelog = runtime.topology.changelog(W::NAME, input.partitions);
    let remembers = !W::State::default().tables().is_empty();
    if remembers && runtime.log.partitions(&changelog.name)?.is_none() {
        return Err(Failure::Fatal(format!(
            "topic {}, which keeps the state of {}, is missing: `copydesk topics apply` makes it",
            changelog.name,
            W::NAME
        )));
    }
    let membership = runtime
        .log
        .join(&runtime.topology.group(W::NAME), &input.name)?;
    let runtime = runtime.clone();
    runtime.board.joins(W::NAME);
    let name = format!("{} group", W::NAME);
    spawn(&name, move || {
        let mut worker = Worker {
            runtime,
            work,
            input,
            changelog: remembers.then_some(changelog),
            standby: None,
            tasks: BTreeMap::new(),
        };
        if let Err(failure) = worker.serve(membership) {
            worker
                .runtime
                .verdict
                .fail(format!("{}: {failure}", W::NAME));
            worker.runtime.shutdown.request();
        }
        worker.drain();
    })
}

struct Worker<L: Log, W> {
    runtime: Runtime<L>,
    work: Arc<W>,
    input: Topic,
    /// Where the state is kept, for a stage that has any.
    changelog: Option<Topic>,
    standby: Option<Standby>,
    tasks: BTreeMap<u32, JoinHandle<()>>,
}

impl<L: Log, W: Work<L>> Worker<L, W> {
    fn serve(&mut self, mut membership: L::Membership) -> Result<(), Failure> {
        while !self.runtime.shutdown.is_requested() {
            let changes = membership.poll(POLL)?;
            if !changes.is_empty() {
                metrics::counter!(REBALANCES, "stage" => W::NAME).increment(1);
            }
            for change in changes {
                match change {
                    Change::Assigned(partition) => self.open(&mut membership, partition)?,
                    Change::Revoked(partition) => self.finish(partition),
                }
            }
            if membership.is_settled() {
                self.stand_by()?;
                self.runtime.board.joined(W::NAME);
            }
        }
        // The membership lives until the tasks have drained: leaving the group would revoke them.
        self.drain();
        Ok(())
    }

    fn open(&mut self, membership: &mut L::Membership, partition: u32) -> Result<(), Failure> {
        // An older epoch's task ends by itself; two at once on one partition would share a store file.
        self.finish(partition);
        self.end_standby();
        let waker = Waker::default();
        self.runtime.shutdown.rings(&waker);
        let claim = match membership.claim(partition, waker.clone()) {
            // Gone again already: the next change says so.
            Err(Failure::Fenced(_)) => return Ok(()),
            claim => claim?,
        };
        let (runtime, work, input) = (self.runtime.clone(), self.work.clone(), self.input.clone());
        let thread = spawn(&format!("{}-{partition}", W::NAME), move || {
            keep_open(&runtime, work.as_ref(), &input, claim, &waker);
        })?;
        self.tasks.insert(partition, thread);
        Ok(())
    }

    fn finish(&mut self, partition: u32) {
        if let Some(thread) = self.tasks.remove(&partition) {
            let _ = thread.join();
        }
        self.runtime.board.remove(W::NAME, partition);
    }

    /// An instance without a partition keeps copies of the states that it may have to take over.
    fn stand_by(&mut self) -> Result<(), Failure> {
        if self.standby.as_ref().is_some_and(Standby::is_over) {
            self.end_standby();
        }
        let Some(changelog) = &self.changelog else {
            return Ok(());
        };
        if self.tasks.is_empty() && self.standby.is_none() {
            self.standby = Some(Standby::begin(&self.runtime, W::NAME, changelog)?);
        }
        Ok(())
    }

    fn end_standby(&mut self) {
        if let Some(standby) = self.standby.take() {
            standby.end();
        }
    }

    fn drain(&mut self) {
        self.end_standby();
        let deadline = Instant::now() + DRAIN;
        for (partition, thread) in std::mem::take(&mut self.tasks) {
            while !thread.is_finished() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            if thread.is_finished() {
                let _ = thread.join();
                self.runtime.board.remove(W::NAME, partition);
            } else {
                tracing::warn!(
                    stage = W::NAME,
                    partition,
                    "the task did not drain in {DRAIN:?}; its batch will be handled again"
                );
            }
        }
    }
}

/// Opens the partition again and again for as long as the claim lasts.
fn keep_open<L: Log, W: Work<L>>(
    runtime: &Runtime<L>,
    work: &W,
    input: &Topic,
    mut claim: L::Claim,
    waker: &Waker,
) {
    let partition = claim.partition();
    let mut failures = 0;
    let mut cause = Cause::Assigned;
    while claim.is_current() && !runtime.shutdown.is_requested() {
        note_opening(runtime, W::NAME, partition, input, cause);
        let opened = Instant::now();
        let failure = match run_once(runtime, work, input, &mut claim, waker) {
            Ok(()) => break,
            Err((failure, why)) => {
                cause = why;
                failure
            }
        };
        if let Failure::Fatal(_) | Failure::Unfit(_) = failure {
            let why = format!("{} {}/{partition}: {failure}", W::NAME, input.name);
            match failure {
                Failure::Unfit(_) => runtime.verdict.fail_for_good(why),
                _ => runtime.verdict.fail(why),
            }
            runtime.shutdown.request();
            break;
        }
        if opened.elapsed() > Duration::from_secs(60) {
            failures = 0;
        }
        let pause = Duration::from_millis(BACK_OFF[failures.min(BACK_OFF.len() - 1)]);
        failures += 1;
        tracing::warn!(
            stage = W::NAME,
            partition,
            "opening the partition again in {pause:?}: {failure}"
        );
        let doing = Doing::Waiting(failure.to_string());
        runtime
            .board
            .update(W::NAME, partition, |task| task.doing = doing);
        rest(runtime, &claim, waker, pause);
    }
    runtime
        .board
        .update(W::NAME, partition, |task| task.doing = Doing::Stopped);
}

fn note_opening<L: Log>(
    runtime: &Runtime<L>,
    stage: &'static str,
    partition: u32,
    input: &Topic,
    cause: Cause,
) {
    metrics::counter!(TASK_OPENS, "stage" => stage, "cause" => cause.as_str()).increment(1);
    let group = runtime.topology.group(stage);
    runtime.board.opens(stage, partition, &input.name, &group);
    runtime.board.update(stage, partition, |task| {
        task.doing = Doing::Opening;
        task.reopened += u64::from(cause != Cause::Assigned);
    });
}

/// Waits for `pause`, unless the claim ends or a stop is asked for: both wait for this task.
fn rest<L: Log>(runtime: &Runtime<L>, claim: &L::Claim, waker: &Waker, pause: Duration) {
    let deadline = Instant::now() + pause;
    while claim.is_current() && !runtime.shutdown.is_requested() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        // Records ring too, and are not what is waited for.
        waker.wait(left);
    }
}

fn run_once<L: Log, W: Work<L>>(
    runtime: &Runtime<L>,
    work: &W,
    input: &Topic,
    claim: &mut L::Claim,
    waker: &Waker,
) -> Result<(), (Failure, Cause)> {
    // A panic outside a stage is a defect, but one partition's: open it again and say so.
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut task = Task::open(runtime, W::NAME, input, claim, waker.clone())
            .map_err(|failure| (failure.clone(), Cause::of(&failure)))?;
        let ran = take_over(work, &mut task).and_then(|()| work.run(&mut task));
        if let Err(failure) = ran {
            let cause = task.cause(&failure);
            return Err((failure, cause));
        }
        task.close();
        Ok(())
    }));
    ran.unwrap_or_else(|panic| {
        let why = format!("panicked: {}", crate::staged::message(&*panic));
        Err((Failure::Reopen(why), Cause::Fatal))
    })
}

pub(crate) fn spawn(
    name: &str,
    body: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, Failure> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| Failure::Fatal(format!("thread {name} cannot be started: {error}")))
}
