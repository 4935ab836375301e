//! Waiting for whatever comes first, and the request to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// A bell that several parties may ring and one thread waits for: new records, a finished fetch, the
/// request to stop. A ring between two waits is not lost.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<Bell>);

#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<bool>,
    condition: Condvar,
}

impl Waker {
    /// Ends the current wait, or the next one at once.
    pub fn wake(&self) {
        *lock(&self.0.rung) = true;
        self.0.condition.notify_all();
    }

    /// Waits for a ring, at most `timeout`. True where it rang.
    pub fn wait(&self, timeout: Duration) -> bool {
        let rung = lock(&self.0.rung);
        let (mut rung, _) = self
            .0
            .condition
            .wait_timeout_while(rung, timeout, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *rung)
    }

    /// The same bell without keeping it alive.
    pub fn downgrade(&self) -> WeakWaker {
        WeakWaker(Arc::downgrade(&self.0))
    }
}

/// A [`Waker`] that whoever rings it does not keep alive.
#[derive(Clone, Debug)]
pub struct WeakWaker(Weak<Bell>);

impl WeakWaker {
    /// Rings; false where nobody waits any more, and none ever will.
    pub fn wake(&self) -> bool {
        match self.0.upgrade() {
            Some(bell) => {
                Waker(bell).wake();
                true
            }
            None => false,
        }
    }
}

/// The request to stop, shared by everything that runs. Once made, it stands.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<Request>);

#[derive(Debug, Default)]
struct Request {
    requested: AtomicBool,
    wakers: Mutex<Vec<WeakWaker>>,
    whole: Option<Shutdown>,
}

impl Shutdown {
    /// The request to stop a part of what runs: a request to stop the whole stops the part too, and one
    /// made in the part is for the whole. [`Shutdown::end`] ends the part alone.
    #[must_use]
    pub fn part(&self) -> Self {
        Self(Arc::new(Request {
            whole: Some(self.clone()),
            ..Request::default()
        }))
    }

    /// Asks everything to finish what it has begun and to stop.
    pub fn request(&self) {
        self.end();
        if let Some(whole) = &self.0.whole {
            whole.request();
        }
    }

    /// Asks this part to finish what it has begun and to stop; the others go on.
    pub fn end(&self) {
        self.0.requested.store(true, Ordering::SeqCst);
        for waker in lock(&self.0.wakers).iter() {
            waker.wake();
        }
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        let whole = self.0.whole.as_ref();
        self.0.requested.load(Ordering::SeqCst) || whole.is_some_and(Self::is_requested)
    }

    /// Has `waker` rung when the stop is asked for.
    pub fn rings(&self, waker: &Waker) {
        if let Some(whole) = &self.0.whole {
            whole.rings(waker);
        }
        let mut wakers = lock(&self.0.wakers);
        wakers.retain(|waker| waker.0.strong_count() > 0);
        wakers.push(waker.downgrade());
        drop(wakers);
        if self.is_requested() {
            waker.wake();
        }
    }

    /// Waits for the request, at most `timeout`. True where it was made.
    pub fn wait(&self, timeout: Duration) -> bool {
        let waker = Waker::default();
        self.rings(&waker);
        if !self.is_requested() {
            waker.wait(timeout);
        }
        self.is_requested()
    }
}

/// A panic elsewhere leaves these plain values whole, so a poisoned lock is taken all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_before_the_wait_is_not_lost() {
        let waker = Waker::default();
        waker.wake();
        assert!(waker.wait(Duration::ZERO));
        assert!(!waker.wait(Duration::ZERO), "one ring ends one wait");
    }

    #[test]
    fn a_part_stops_alone_or_with_the_whole() {
        let whole = Shutdown::default();
        let (one, other) = (whole.part(), whole.part());
        let bell = Waker::default();
        one.rings(&bell);
        one.end();
        assert!(bell.wait(Duration::ZERO));
        assert!(one.is_requested() && !other.is_requested() && !whole.is_requested());
        let bell = Waker::default();
        other.rings(&bell);
        whole.request();
        assert!(bell.wait(Duration::ZERO) && other.is_requested());
        let whole = Shutdown::default();
        whole.part().request();
        assert!(whole.is_requested(), "what fails in a part ends the whole");
    }

    #[test]
    fn a_request_to_stop_wakes_those_who_wait_and_those_who_will() {
        let shutdown = Shutdown::default();
        let early = Waker::default();
        shutdown.rings(&early);
        shutdown.request();
        assert!(early.wait(Duration::ZERO));
        let late = Waker::default();
        shutdown.rings(&late);
        assert!(late.wait(Duration::ZERO));
        assert!(shutdown.wait(Duration::from_secs(60)));
    }
}
