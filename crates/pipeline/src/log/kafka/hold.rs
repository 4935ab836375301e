//! The hold on one partition for one epoch: what a claim, the task behind it and the rebalance share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use super::lock;
use crate::log::Failure;
use crate::waker::{Waker, WeakWaker};

/// The hold of this member on one partition for one epoch.
#[derive(Debug)]
pub(super) struct Hold {
    group: Arc<str>,
    topic: Arc<str>,
    partition: i32,
    /// Whether work may go on.
    current: AtomicBool,
    /// Whether nothing may be committed any more.
    lost: AtomicBool,
    /// Whether a record of the partition was handed out where no claim reads.
    astray: AtomicBool,
    /// Whether records are there that no claim was given.
    forsaken: AtomicBool,
    claimed: Mutex<Claimed>,
    released: Condvar,
}

/// Whether a claim was made on a hold and is still there.
#[derive(Debug, Default)]
struct Claimed {
    claims: usize,
    waker: Option<WeakWaker>,
}

impl Hold {
    pub(super) fn new(group: Arc<str>, topic: Arc<str>, partition: i32) -> Self {
        Self {
            group,
            topic,
            partition,
            current: AtomicBool::new(true),
            lost: AtomicBool::new(false),
            astray: AtomicBool::new(false),
            forsaken: AtomicBool::new(false),
            claimed: Mutex::default(),
            released: Condvar::new(),
        }
    }

    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    pub(super) fn partition(&self) -> i32 {
        self.partition
    }

    pub(super) fn is_current(&self) -> bool {
        self.current.load(Ordering::SeqCst)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    pub(super) fn lost(&self) -> Failure {
        Failure::Fenced(format!(
            "partition {} of {} is no longer this member's in group {}",
            self.partition, self.topic, self.group
        ))
    }

    /// Notes that a record was handed out where no claim reads.
    pub(super) fn stray(&self) {
        self.astray.store(true, Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &lock(&self.claimed).waker {
            waker.wake();
        }
    }

    pub(super) fn is_astray(&self) -> bool {
        self.astray.load(Ordering::SeqCst)
    }

    /// Notes that records are there that no claim was given.
    pub(super) fn forsake(&self) {
        self.forsaken.store(true, Ordering::SeqCst);
    }

    /// Notes that the claim was given records after all.
    pub(super) fn given(&self) {
        self.forsaken.store(false, Ordering::SeqCst);
    }

    pub(super) fn is_forsaken(&self) -> bool {
        self.forsaken.load(Ordering::SeqCst)
    }

    /// Begins anew: everything from here on comes by the claim's own queue.
    pub(super) fn gather(&self) {
        self.astray.store(false, Ordering::SeqCst);
    }

    /// Asks the task to finish its batch and to let go.
    pub(super) fn end(&self) {
        self.current.store(false, Ordering::SeqCst);
        self.wake();
    }

    /// Lets nothing be committed any more.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
        self.end();
    }

    pub(super) fn take(&self, waker: &Waker) {
        let mut claimed = lock(&self.claimed);
        claimed.claims += 1;
        claimed.waker = Some(waker.downgrade());
    }

    pub(super) fn release(&self) {
        lock(&self.claimed).claims -= 1;
        self.released.notify_all();
    }

    /// Waits until no claim is left; false where one is after `deadline`.
    pub(super) fn is_released_by(&self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let claimed = lock(&self.claimed);
        let waited = self
            .released
            .wait_timeout_while(claimed, left, |claimed| claimed.claims > 0);
        let (claimed, _) = waited.unwrap_or_else(PoisonError::into_inner);
        claimed.claims == 0
    }
}
