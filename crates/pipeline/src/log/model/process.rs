//! A simulated process: the threads of a worker as coroutines, around the real task.
//!
//! What they do is what [`crate::worker`] does: one thread for the group, one for each partition.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use article::Message;

use super::ModelLog;
use super::coroutine::{Coroutine, give_way};
use super::link::{Crash, Process, lock};
use super::membership::ModelClaim;
use super::report::Wrong;
use super::tally::{Mention, NAME, PARTITIONS, Tallies, Tally, Truth};
use crate::board::Board;
use crate::invariants;
use crate::log::{Change, Claim, Failure, Log, Membership};
use crate::runtime::{Live, Provenance, Runtime, Verdict};
use crate::staged::Staged;
use crate::standby;
use crate::store::Stores;
use crate::task::Task;
use crate::topics::{Topic, Topology};
use crate::waker::{Shutdown, Waker};
use crate::worker::Work;

/// After a failure a task rests for up to so many steps.
const REST: usize = 4;

/// A simulated machine with its process.
#[derive(Debug)]
pub(super) struct Machine {
    within: Arc<Within>,
    /// The group's thread, then one for each post.
    threads: Vec<Thread>,
    /// Until this step it stands still.
    pub(super) stalled_until: u64,
}

/// What a machine's threads share.
#[derive(Debug)]
struct Within {
    process: Arc<Process>,
    log: ModelLog,
    topology: Arc<Topology>,
    truth: Arc<Truth>,
    /// The work that the group's thread has for the others: one for each partition, and one for
    /// standing by.
    posts: Vec<Post>,
    /// The request to stop of the present run.
    shutdown: Mutex<Shutdown>,
    is_over: AtomicBool,
}

#[derive(Debug, Default)]
struct Post {
    job: Mutex<Option<Job>>,
    /// From when a job was posted until it is finished.
    is_busy: AtomicBool,
}

#[derive(Debug)]
enum Job {
    /// A claim to work on.
    Claim(Runtime<ModelLog>, ModelClaim, Waker),
    /// To follow the changelog until this is requested.
    Standby(Runtime<ModelLog>, Shutdown),
}

#[derive(Debug)]
struct Thread {
    coroutine: Coroutine,
    /// `None` for the group's.
    post: Option<usize>,
}

/// The number of the post for standing by, after those of the partitions.
const STANDBY: usize = PARTITIONS as usize;

impl Machine {
    pub(super) fn new(
        log: ModelLog,
        process: Arc<Process>,
        topology: Arc<Topology>,
        truth: Arc<Truth>,
    ) -> Self {
        let within = Arc::new(Within {
            process,
            log,
            topology,
            truth,
            posts: (0..=STANDBY).map(|_| Post::default()).collect(),
            shutdown: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let all = [None].into_iter().chain((0..=STANDBY).map(Some));
        let threads = all.map(|post| Thread::new(&within, post));
        Self {
            threads: threads.collect(),
            within,
            stalled_until: 0,
        }
    }

    /// How many threads it has.
    pub(super) fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Whether a thread has anything to do.
    pub(super) fn is_busy(&self, thread: usize) -> bool {
        let post = self.threads[thread].post;
        post.is_none_or(|post| self.within.posts[post].is_busy())
    }

    /// Lets a thread go on up to its next step.
    pub(super) fn resume(&mut self, thread: usize) {
        self.threads[thread].coroutine.resume();
    }

    /// Ends the process where it stands. Its next run begins by itself.
    pub(super) fn crash(&mut self) {
        self.within.process.set_down(true);
        for thread in &mut self.threads {
            thread.coroutine.resume();
        }
        self.within.process.set_down(false);
    }

    /// Loses what the machine has stored.
    pub(super) fn forget(&self) {
        self.within.process.stores.forget();
    }

    /// Asks the process to stop in good order. Its next run begins by itself.
    pub(super) fn stop(&self) {
        lock(&self.within.shutdown).request();
    }
}

impl Drop for Machine {
    /// Brings every thread to its end.
    fn drop(&mut self) {
        self.within.is_over.store(true, Ordering::Relaxed);
        self.within.process.set_down(true);
        for thread in &mut self.threads {
            thread.coroutine.finish();
        }
    }
}

impl Thread {
    fn new(within: &Arc<Within>, post: Option<usize>) -> Self {
        let within = within.clone();
        Self {
            coroutine: Coroutine::start(move || within.live(post)),
            post,
        }
    }
}

impl Post {
    fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Relaxed)
    }

    fn put(&self, job: Job) {
        *lock(&self.job) = Some(job);
        self.is_busy.store(true, Ordering::Relaxed);
    }

    fn clear(&self) {
        lock(&self.job).take();
        self.is_busy.store(false, Ordering::Relaxed);
    }
}

impl Within {
    /// A thread's life, from crash to crash.
    fn live(&self, post: Option<usize>) {
        loop {
            give_way();
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            if self.process.is_down() {
                // It had not begun with what was posted.
                self.clear(post);
                continue;
            }
            let run = || match post {
                None => self.attend(),
                Some(post) => self.work(&self.posts[post]),
            };
            match std::panic::catch_unwind(AssertUnwindSafe(run)) {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => self.went_wrong(Wrong::Refused(failure.to_string())),
                Err(panic) if panic.is::<Crash>() => {}
                Err(panic) => {
                    let message = crate::staged::message(&*panic);
                    self.went_wrong(Wrong::Panicked(message));
                }
            }
            self.clear(post);
        }
    }

    fn clear(&self, post: Option<usize>) {
        if let Some(post) = post {
            self.posts[post].clear();
        }
    }

    /// What a new run of the process has, in which nothing is left of the last one but its stores.
    fn begin(&self) -> Runtime<ModelLog> {
        let runtime = Runtime {
            log: self.log.clone(),
            topology: self.topology.clone(),
            stores: Stores::Memory(self.process.stores.clone()),
            forebear: None,
            live: Live::new(self.topology.clone()),
            provenance: Provenance {
                version: String::new(),
                config: String::new(),
            },
            shutdown: Shutdown::default(),
            board: Board::default(),
            verdict: Verdict::default(),
        };
        *lock(&self.shutdown) = runtime.shutdown.clone();
        runtime
    }

    /// One run of the group's thread.
    fn attend(&self) -> Result<(), Failure> {
        let runtime = self.begin();
        let group = self.topology.group(NAME);
        let mut membership = self.log.join(&group, &self.input().name)?;
        let mut tasks = BTreeSet::new();
        let mut standby: Option<Shutdown> = None;
        while !runtime.shutdown.is_requested() {
            for change in membership.poll(Duration::ZERO)? {
                let (Change::Assigned(partition) | Change::Revoked(partition)) = change;
                let post = &self.posts[partition as usize];
                self.finish(post);
                tasks.remove(&partition);
                if let Change::Revoked(_) = change {
                    continue;
                }
                self.end_standby(standby.take());
                let waker = Waker::default();
                runtime.shutdown.rings(&waker);
                let claim = match membership.claim(partition, waker.clone()) {
                    Err(Failure::Fenced(_)) => continue,
                    claim => claim?,
                };
                post.put(Job::Claim(runtime.clone(), claim, waker));
                tasks.insert(partition);
            }
            if tasks.is_empty() && standby.is_none() {
                let until = Shutdown::default();
                let job = Job::Standby(runtime.clone(), until.clone());
                self.posts[STANDBY].put(job);
                standby = Some(until);
            }
        }
        self.end_standby(standby);
        for post in &self.posts {
            self.finish(post);
        }
        Ok(())
    }

    fn end_standby(&self, standby: Option<Shutdown>) {
        if let Some(until) = standby {
            until.request();
            self.finish(&self.posts[STANDBY]);
        }
    }

    /// Waits until another thread has finished its job.
    fn finish(&self, post: &Post) {
        while post.is_busy() {
            self.log.link.step();
        }
    }

    /// One run of a post's thread: job after job.
    fn work(&self, post: &Post) -> Result<(), Failure> {
        loop {
            let job = lock(&post.job).take();
            match job {
                None => {}
                Some(Job::Claim(runtime, claim, waker)) => {
                    self.keep_open(&runtime, claim, &waker)?;
                    post.clear();
                }
                Some(Job::Standby(runtime, until)) => {
                    self.stand_by(&runtime, &until);
                    post.clear();
                }
            }
            self.log.link.step();
        }
    }

    /// Opens the partition again and again for as long as the claim lasts.
    fn keep_open(
        &self,
        runtime: &Runtime<ModelLog>,
        mut claim: ModelClaim,
        waker: &Waker,
    ) -> Result<(), Failure> {
        while claim.is_current() && !runtime.shutdown.is_requested() {
            match self.run_once(runtime, &mut claim, waker) {
                Ok(()) => return Ok(()),
                Err(failure @ (Failure::Fatal(_) | Failure::Unfit(_))) => return Err(failure),
                Err(failure) => self.rest_after(&failure),
            }
        }
        Ok(())
    }

    fn run_once(
        &self,
        runtime: &Runtime<ModelLog>,
        claim: &mut ModelClaim,
        waker: &Waker,
    ) -> Result<(), Failure> {
        let mut task = Task::open(runtime, NAME, self.input(), claim, waker.clone())?;
        self.judge_restored(&task);
        Staged(Tally).run(&mut task)?;
        task.close();
        Ok(())
    }

    fn stand_by(&self, runtime: &Runtime<ModelLog>, until: &Shutdown) {
        let changelog = self.topology.changelog(NAME, PARTITIONS);
        while !until.is_requested() {
            if let Err(failure) = standby::follow(runtime, NAME, &changelog, until) {
                self.rest_after(&failure);
            }
        }
    }

    fn rest_after(&self, failure: &Failure) {
        let rest = {
            let mut cluster = self.log.link.lock();
            let number = self.process.number;
            cluster.note(|| format!("process {number} begins again: {failure}"));
            cluster.chance.below(REST)
        };
        for _ in 0..rest {
            self.log.link.step();
        }
    }

    /// Notes where the restored state is not the fold of the input up to the offset that goes with it.
    fn judge_restored(&self, task: &Task<'_, ModelLog, Tallies>) {
        let folded = self.truth.fold(task.partition(), task.next());
        let seen = task.state.seen.iter();
        let restored: Vec<_> = seen.map(|(name, seen)| (*name, *seen)).collect();
        let mut doubts = lock(&self.process.doubts);
        doubts.remove(&task.partition());
        if let Err(broken) = invariants::conserved(folded.seen, restored) {
            doubts.insert(task.partition(), broken);
        }
        let mut cluster = self.log.link.lock();
        cluster.report.opens += 1;
        let number = self.process.number;
        cluster.note(|| format!("process {number} has opened {task:?}"));
    }

    fn input(&self) -> &Topic {
        self.topology
            .topic(Mention::TOPIC)
            .expect("the topology has the topic that the stage reads")
    }

    fn went_wrong(&self, wrong: Wrong) {
        let mut cluster = self.log.link.lock();
        cluster.note(|| format!("wrong: {wrong}"));
        cluster.wrong.get_or_insert(wrong);
    }
}
