//! What the clones of a log share, and the one thread that writes.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::catalog::{Catalog, lock};
use super::claim::Groups;
use super::lock::FolderLock;
use super::producer::Transaction;
use super::writer::Writer;
use super::{LocalConfig, full};
use crate::log::Failure;

/// One group commit takes up to this many bytes, so that its transactions do not wait for each other
/// for long.
const GROUP_BYTES: usize = 32 << 20;
/// So many requests are served in a row: what is due meanwhile must not wait for a pause between them.
pub(super) const IN_A_ROW: usize = 1000;

/// What callers and the writing thread both see.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: LocalConfig,
    pub(super) identity: String,
    /// Whether this process runs the log; another one is beside it.
    pub(super) runs: bool,
    pub(super) catalog: Catalog,
    pub(super) groups: Groups,
    /// The current epoch of each transactional id that this process has used.
    pub(super) epochs: Mutex<HashMap<String, Arc<AtomicU64>>>,
    /// Raised when acknowledged commits were undone, which only a flush that failed can do: everything
    /// that was made before is then invalid.
    pub(super) incarnation: AtomicU64,
    /// For reads beside the writing thread.
    reading: Mutex<Connection>,
}

impl Shared {
    pub(super) fn new(
        config: LocalConfig,
        identity: String,
        runs: bool,
        catalog: Catalog,
        reading: Connection,
    ) -> Self {
        Self {
            config,
            identity,
            runs,
            catalog,
            groups: Groups::default(),
            epochs: Mutex::default(),
            incarnation: AtomicU64::new(0),
            reading: Mutex::new(reading),
        }
    }

    /// Whether commits wait for the next flush. A process beside the log always flushes: it may end
    /// at any time.
    pub(super) fn flushes_later(&self) -> bool {
        self.runs && self.config.fsync.interval().is_some()
    }
}

/// Work for the writing thread.
pub(super) enum Request {
    Commit(Box<Transaction>, SyncSender<Outcome>),
    Call(Box<dyn FnOnce(&mut Writer) + Send>),
}

/// How a commit went. The transaction comes back, so that it can be tried again.
pub(super) type Outcome = (Result<(), Failure>, Box<Transaction>);

/// A transaction that waits for its commit.
pub(super) struct Pending {
    pub(super) transaction: Box<Transaction>,
    pub(super) reply: SyncSender<Outcome>,
}

/// The log as its clones, claims, readers and producers hold it. The last one to go ends the writing
/// thread and, after that, the lock on the folder.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) shared: Arc<Shared>,
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    _lock: Option<FolderLock>,
}

impl Handle {
    pub(super) fn start(
        shared: Arc<Shared>,
        writer: Writer,
        lock: Option<FolderLock>,
    ) -> std::io::Result<Self> {
        let (requests, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || run(writer, &queue))?;
        Ok(Self {
            shared,
            requests: Some(requests),
            thread: Some(thread),
            _lock: lock,
        })
    }

    /// Commits a transaction: waits until it is decided.
    pub(super) fn commit(&self, transaction: Box<Transaction>) -> Result<Outcome, Failure> {
        let (reply, outcome) = mpsc::sync_channel(1);
        self.send(Request::Commit(transaction, reply))?;
        outcome.recv().map_err(|_| stopped())
    }

    /// Runs `work` on the writing thread, after every commit that was asked for before.
    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.send(Request::Call(Box::new(move |writer| {
            let _ = reply.send(work(writer));
        })))?;
        answer.recv().map_err(|_| stopped())?
    }

    /// Reads the index. Where commits wait for the next flush only the writing thread sees all of it.
    pub(super) fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        if self.shared.flushes_later() {
            return self.call(move |writer| writer.query(read));
        }
        read(&lock(&self.shared.reading))
            .map_err(|error| full::of_index(&self.shared.config, &error))
    }

    /// Takes over at once what other processes wrote, which is otherwise noticed within 25 ms.
    pub(super) fn resync(&self) -> Result<(), Failure> {
        self.call(Writer::resync)
    }

    fn send(&self, request: Request) -> Result<(), Failure> {
        let requests = self.requests.as_ref().ok_or_else(stopped)?;
        requests.send(request).map_err(|_| stopped())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn stopped() -> Failure {
    Failure::Fatal(
        "the log's writing thread has ended, after a fault that stands above: start the process again"
            .into(),
    )
}

/// The writing thread: everything that writes happens here, one after the other.
fn run(mut writer: Writer, requests: &Receiver<Request>) {
    loop {
        match requests.recv_timeout(writer.patience()) {
            Ok(first) => serve(&mut writer, first, requests),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        writer.tick();
    }
    writer.close();
}

/// Serves what has come in, commits together as far as they stand together.
pub(super) fn serve(writer: &mut Writer, first: Request, requests: &Receiver<Request>) {
    let mut group = Vec::new();
    let mut bytes = 0;
    let mut served = 0;
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Commit(transaction, reply) => {
                bytes += transaction.bytes();
                group.push(Pending { transaction, reply });
            }
            Request::Call(work) => {
                writer.commit(std::mem::take(&mut group));
                work(writer);
            }
        }
        served += 1;
        next = if bytes < GROUP_BYTES && served < IN_A_ROW && !writer.is_flush_due() {
            requests.try_recv().ok()
        } else {
            None
        };
    }
    writer.commit(group);
}
