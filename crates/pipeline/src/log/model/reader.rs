//! Readers of the model.

use super::link::Link;
use super::protocol::Place;
use crate::log::{Failure, Limits, Offset, Reader, Stored};
use crate::waker::Waker;

/// A reader outside any group. See [`Reader`].
#[derive(Debug)]
pub struct ModelReader {
    link: Link,
    place: Place,
    position: Offset,
    waker: Waker,
}

impl ModelReader {
    pub(super) fn new(link: Link, place: Place, from: Offset, waker: Waker) -> Self {
        if link.process.is_none() {
            let mut cluster = link.lock();
            cluster.partition_mut(place).follow(waker.downgrade());
        }
        Self {
            link,
            place,
            position: from,
            waker,
        }
    }
}

impl Reader for ModelReader {
    fn position(&self) -> Offset {
        self.position
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let cluster = self.link.after_step();
        if self.link.process.is_some() {
            // Whoever waits for more is not to sleep in real time: each look is a step.
            self.waker.wake();
        }
        let (records, next) = cluster.readable(self.place)?.read(self.position, limits);
        self.position = next;
        Ok(records)
    }
}
