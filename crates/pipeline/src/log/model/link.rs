//! How a client reaches the simulated broker, and gives way to everybody else before each step.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cluster::Cluster;
use super::coroutine::give_way;
use super::protocol::{Answer, Refusal, Request};
use crate::invariants::Broken;
use crate::log::Offset;
use crate::store::MemoryStores;

/// A client's connection. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    cluster: Arc<Mutex<Cluster>>,
    /// The simulated process that it belongs to; none outside of a simulation.
    pub(super) process: Option<Arc<Process>>,
}

/// What a simulated process and the simulation know of each other.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) number: usize,
    /// What its machine keeps over a crash.
    pub(super) stores: MemoryStores,
    is_down: AtomicBool,
    /// For [`super::Variant::OffsetsBeforeInitWithoutGroupFencing`]: what was read before the
    /// producer was initialised, by partition.
    pub(super) read_first: Mutex<BTreeMap<u32, Option<Offset>>>,
    /// By partition, what is wrong with the state that a task began with. One that has lost its
    /// partition may have seen half of its successor's work; it must never commit any of its own.
    pub(super) doubts: Mutex<BTreeMap<u32, Broken>>,
}

/// What unwinds a simulated thread whose process crashes.
pub(super) struct Crash;

impl Process {
    pub(super) fn new(number: usize, stores: MemoryStores) -> Self {
        Self {
            number,
            stores,
            is_down: AtomicBool::new(false),
            read_first: Mutex::default(),
            doubts: Mutex::default(),
        }
    }

    /// Makes each of its threads unwind at its next step, or lets them begin anew.
    pub(super) fn set_down(&self, down: bool) {
        self.is_down.store(down, Ordering::Relaxed);
    }

    pub(super) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }
}

impl Link {
    pub(super) fn new(cluster: Arc<Mutex<Cluster>>, process: Option<Arc<Process>>) -> Self {
        Self { cluster, process }
    }

    /// The cluster, in between two steps.
    pub(super) fn lock(&self) -> MutexGuard<'_, Cluster> {
        lock(&self.cluster)
    }

    /// In a simulation: lets everything else happen that chance wants to happen before the caller goes
    /// on, if it ever does.
    pub(super) fn step(&self) {
        let Some(process) = &self.process else {
            return;
        };
        give_way();
        if process.is_down() {
            // Unlike a panic this tells no hook, and runs the destructors that a crash would not:
            // those of the model do nothing.
            std::panic::resume_unwind(Box::new(Crash));
        }
    }

    /// A step, after which the cluster is the caller's.
    pub(super) fn after_step(&self) -> MutexGuard<'_, Cluster> {
        self.step();
        self.lock()
    }

    /// Makes a request until it is answered, as librdkafka does, or until the client loses patience:
    /// [`Refusal::NoAnswer`]. `trouble` becomes true where a request had to be repeated.
    pub(super) fn call(&self, request: &Request, trouble: &mut bool) -> Result<Answer, Refusal> {
        loop {
            let mut cluster = self.after_step();
            match cluster.carry(request) {
                Some(Err(Refusal::Busy)) => {}
                Some(answer) => return answer,
                None => {
                    *trouble = true;
                    if cluster.chance.per_mille(250) {
                        return Err(Refusal::NoAnswer);
                    }
                }
            }
        }
    }
}

/// A panic elsewhere leaves plain values whole, so a poisoned lock is taken all the same.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
