//! What was requested: the witness of politeness tests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The host it named.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// When it came, since the newsroom opened.
    pub at: Duration,
    /// The status of the answer.
    pub status: u16,
    /// How many requests of this host were unanswered when it came, itself included.
    pub in_flight: u32,
    /// Whether it carried a validator.
    pub conditional: bool,
}

/// The requests so far, in order of arrival.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// The latest ones, up to 50,000.
    pub requests: Vec<Request>,
    /// How many earlier ones are forgotten, so that memory does not grow with time.
    pub forgotten: u64,
}

impl Requests {
    /// The requests of one host.
    pub fn to<'a>(&'a self, host: &'a str) -> impl Iterator<Item = &'a Request> {
        self.requests.iter().filter(move |seen| seen.host == host)
    }

    /// How many there were in all.
    pub fn count(&self) -> u64 {
        self.forgotten + self.requests.len() as u64
    }
}

const KEPT: usize = 50_000;

#[derive(Debug, Default)]
struct Book {
    kept: VecDeque<Request>,
    forgotten: u64,
    in_flight: BTreeMap<String, u32>,
}

/// Where requests are written down.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    book: Mutex<Book>,
}

impl RequestLog {
    /// A panic while the lock was held leaves counts, not broken structure.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request down; its status follows with [`Underway::answered`].
    pub(crate) fn arrive(self: &Arc<Self>, mut request: Request) -> Underway {
        let host = request.host.clone();
        let mut book = self.book();
        let in_flight = book.in_flight.entry(host.clone()).or_insert(0);
        *in_flight += 1;
        request.in_flight = *in_flight;
        if book.kept.len() == KEPT {
            book.kept.pop_front();
            book.forgotten += 1;
        }
        let number = book.forgotten + book.kept.len() as u64;
        book.kept.push_back(request);
        drop(book);
        Underway {
            log: Arc::clone(self),
            host,
            number,
        }
    }

    pub(crate) fn snapshot(&self) -> Requests {
        let book = self.book();
        Requests {
            requests: book.kept.iter().cloned().collect(),
            forgotten: book.forgotten,
        }
    }
}

/// A request that is not answered to its end yet.
#[derive(Debug)]
pub(crate) struct Underway {
    log: Arc<RequestLog>,
    host: String,
    number: u64,
}

impl Underway {
    pub(crate) fn answered(&self, status: u16) {
        let mut book = self.log.book();
        let place = self.number.checked_sub(book.forgotten);
        if let Some(place) = place
            && let Some(request) = book.kept.get_mut(place as usize)
        {
            request.status = status;
        }
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let mut book = self.log.book();
        if let Some(in_flight) = book.in_flight.get_mut(&self.host) {
            *in_flight -= 1;
            if *in_flight == 0 {
                book.in_flight.remove(&self.host);
            }
        }
    }
}
