//! Where what hubs tell meets the task that has the feed.
//!
//! The listener knows neither state nor log: it hands on what it has checked, and answers a hub only when
//! the task has written it down, so that what was acknowledged is never lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use article::{Feed, Message as _};
use jiff::Timestamp;
use pipeline::Waker;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use crate::outcome::Answer;

/// How many tellings of hubs may wait in a task: each may be as large as a feed.
const WAITING: usize = 16;

/// Something that was told of a feed.
#[derive(Debug)]
pub(crate) struct Told {
    /// The feed's address.
    pub(crate) url: String,
    pub(crate) event: Event,
}

#[derive(Debug)]
pub(crate) enum Event {
    /// A hub was asked and has taken the request, or not.
    Asked(Result<(), String>),
    /// The hub has verified.
    Verified(Duration),
    /// The hub says no.
    Denied(String),
    /// The hub sends content.
    Content {
        answer: Box<Answer>,
        at: Timestamp,
        /// Told when it is written down; dropped where it will not be.
        written: oneshot::Sender<()>,
    },
}

/// What becomes of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// The feed is another process's.
    NotHere,
    /// The task has too much to do.
    Busy,
}

/// The desks of this process's tasks, by partition. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Desks(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    /// How many partitions the feeds have.
    partitions: u32,
    desks: BTreeMap<u32, Open>,
}

#[derive(Debug)]
struct Open {
    sender: Sender<Told>,
    waker: Waker,
    /// The feeds that a hub is or was asked for, with what it calls them.
    wanted: BTreeMap<String, String>,
}

/// A task's own desk. Closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Desk {
    desks: Desks,
    partition: u32,
    sender: Sender<Told>,
    receiver: Receiver<Told>,
    waker: Waker,
    /// Who waits for the transaction that is being made.
    pub(crate) waiting: Vec<oneshot::Sender<()>>,
    /// When there is something to do for which feed.
    pub(crate) agenda: BTreeSet<(Timestamp, String)>,
}

impl Desks {
    pub(crate) fn new(partitions: u32) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            partitions,
            desks: BTreeMap::new(),
        })))
    }

    /// Opens the desk of a partition. One that a predecessor has not closed yet is closed by that.
    pub(crate) fn open(&self, partition: u32, waker: &Waker) -> Desk {
        let (sender, receiver) = channel(WAITING);
        let open = Open {
            sender: sender.clone(),
            waker: waker.clone(),
            wanted: BTreeMap::new(),
        };
        self.lock().desks.insert(partition, open);
        Desk {
            desks: self.clone(),
            partition,
            sender,
            receiver,
            waker: waker.clone(),
            waiting: Vec::new(),
            agenda: BTreeSet::new(),
        }
    }

    /// What a hub was asked for, for a feed: its own name of it. `None` where it was asked for nothing.
    pub(crate) fn wanted(&self, url: &str) -> Result<Option<String>, Elsewhere> {
        let shared = self.lock();
        let partition = Feed::at(url).route().partition(shared.partitions, 0);
        let open = shared.desks.get(&partition).ok_or(Elsewhere::NotHere)?;
        Ok(open.wanted.get(url).cloned())
    }

    /// Hands on what was told.
    pub(crate) fn tell(&self, told: Told) -> Result<(), Elsewhere> {
        let shared = self.lock();
        let partition = Feed::at(&told.url).route().partition(shared.partitions, 0);
        let open = shared.desks.get(&partition).ok_or(Elsewhere::NotHere)?;
        open.sender.try_send(told).map_err(|_| Elsewhere::Busy)?;
        open.waker.wake();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// What was told next.
    pub(crate) fn next(&mut self) -> Option<Told> {
        self.receiver.try_recv().ok()
    }

    /// Has a hub's verification of `topic` for a feed be answered; with `None`, that it ends.
    pub(crate) fn want(&self, url: &str, topic: Option<&str>) {
        let mut shared = self.desks.lock();
        let Some(open) = shared.desks.get_mut(&self.partition) else {
            return;
        };
        match topic {
            Some(topic) => _ = open.wanted.insert(url.to_owned(), topic.to_owned()),
            None => _ = open.wanted.remove(url),
        }
    }

    /// Somebody who tells this task something later.
    pub(crate) fn messenger(&self) -> Messenger {
        Messenger {
            sender: self.sender.clone(),
            waker: self.waker.clone(),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let mut shared = self.desks.lock();
        let is_own = |open: &Open| open.sender.same_channel(&self.sender);
        if shared.desks.get(&self.partition).is_some_and(is_own) {
            shared.desks.remove(&self.partition);
        }
    }
}

/// Tells a task something later.
#[derive(Clone, Debug)]
pub(crate) struct Messenger {
    sender: Sender<Told>,
    waker: Waker,
}

impl Messenger {
    /// Waits for room. Nothing where the task is gone.
    pub(crate) async fn tell(self, told: Told) {
        if self.sender.send(told).await.is_ok() {
            self.waker.wake();
        }
    }
}
