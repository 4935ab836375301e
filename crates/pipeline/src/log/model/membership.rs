//! Memberships and claims of the model.
//!
//! A member learns only in its poll what the group has decided, so it may believe for a long time that
//! a partition is its own.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::group::{Member, Owner};
use super::link::{Link, lock};
use super::protocol::Place;
use crate::log::{Change, Claim, Failure, Limits, Membership, Offset, Stored};
use crate::waker::{Waker, WeakWaker};

/// A simulated claim reads so many records at once at the most, so that there are many transactions.
const BATCH: usize = 3;

/// The hold of a member on one partition, for one epoch, as far as the member knows.
#[derive(Debug)]
pub(super) struct Hold {
    group: String,
    topic: String,
    partition: u32,
    place: Place,
    /// The generation of the member, which may be younger than the hold.
    generation: Arc<AtomicU64>,
    /// Whether work may go on.
    current: AtomicBool,
    /// Whether nothing may be committed any more.
    lost: AtomicBool,
    /// Whether nothing is fetched: so it is after each assignment, until the claim is sought.
    paused: AtomicBool,
    waker: Mutex<Option<WeakWaker>>,
}

impl Hold {
    pub(super) fn group(&self) -> &str {
        &self.group
    }

    pub(super) fn partition(&self) -> u32 {
        self.partition
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn lost(&self) -> Failure {
        Failure::Fenced(format!(
            "partition {} of {} is no longer this member's in group {}",
            self.partition, self.topic, self.group
        ))
    }

    /// Rings the bell of the task that works on it.
    pub(super) fn wake(&self) {
        if let Some(waker) = &*lock(&self.waker) {
            waker.wake();
        }
    }

    /// Asks the task to finish its batch and to let go.
    fn end(&self) {
        self.current.store(false, Ordering::Relaxed);
        self.wake();
    }

    fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
        self.end();
    }
}

/// A member of a group. See [`Membership`].
#[derive(Debug)]
pub struct ModelMembership {
    link: Link,
    group: String,
    topic: String,
    places: Range<Place>,
    member: Member,
    generation: Arc<AtomicU64>,
    /// What the last poll told, with the epoch of each ownership.
    holds: BTreeMap<Place, (u64, Arc<Hold>)>,
    has_polled: bool,
    /// Rung when the group has news.
    waker: Waker,
}

impl ModelMembership {
    pub(super) fn join(link: Link, group: &str, topic: &str) -> Result<Self, Failure> {
        let waker = Waker::default();
        let (places, member) = {
            let mut cluster = link.after_step();
            let places = cluster.places(topic)?;
            let joined = cluster.group(group);
            // A simulated process has a name of its own in its groups, and so keeps its partitions over
            // a crash: static membership.
            let process = link.process.as_ref().map(|process| process.number);
            let member = process.unwrap_or_else(|| joined.next_member());
            joined.join(member, waker.downgrade());
            if link.process.is_none() {
                let places: Vec<Place> = places.clone().collect();
                joined.spread(&places);
            }
            (places, member)
        };
        Ok(Self {
            link,
            group: group.to_owned(),
            topic: topic.to_owned(),
            places,
            member,
            generation: Arc::default(),
            holds: BTreeMap::new(),
            has_polled: false,
            waker,
        })
    }

    /// Learns what the group has decided.
    fn learn(&mut self) -> Vec<Change> {
        self.has_polled = true;
        let mut changes = Vec::new();
        let link = self.link.clone();
        let mut cluster = link.after_step();
        let owns_by_flag = cluster.rules.owns_by_flag;
        let group = cluster.group(&self.group);
        for place in self.places.clone() {
            let mine = group
                .owner(place)
                .filter(|owner| owner.member == self.member);
            // Asked at the last poll, and the task has ended since.
            let has_let_go = self.holds.get(&place).is_some_and(|(epoch, hold)| {
                mine.is_some_and(|owner| owner.heir.is_some() && owner.epoch == *epoch)
                    && !hold.current.load(Ordering::Relaxed)
            });
            if has_let_go && let Some(heir) = mine.and_then(|owner| owner.heir) {
                group.give(place, heir);
                group.raise_generation();
                self.lose(place);
                continue;
            }
            changes.extend(self.learn_of(place, mine, owns_by_flag));
        }
        self.generation.store(group.generation(), Ordering::Relaxed);
        changes
    }

    /// What is new of one partition, which is this member's now or not.
    fn learn_of(&mut self, place: Place, mine: Option<Owner>, by_flag: bool) -> Option<Change> {
        let partition = (place - self.places.start) as u32;
        let Some(owner) = mine else {
            return self.lose(place).then_some(Change::Revoked(partition));
        };
        if let Some((epoch, hold)) = self.holds.get_mut(&place) {
            if *epoch == owner.epoch {
                let must_end = owner.heir.is_some() && hold.current.load(Ordering::Relaxed);
                if must_end {
                    hold.end();
                }
                return must_end.then_some(Change::Revoked(partition));
            }
            if by_flag {
                // It was the member's and it is: nothing seems to have happened. Yet the assignment
                // was a new one, and so its fetching is paused.
                *epoch = owner.epoch;
                hold.paused.store(true, Ordering::Relaxed);
                return None;
            }
        }
        self.lose(place);
        let hold = Arc::new(Hold {
            group: self.group.clone(),
            topic: self.topic.clone(),
            partition,
            place,
            generation: self.generation.clone(),
            current: AtomicBool::new(true),
            lost: AtomicBool::new(false),
            paused: AtomicBool::new(true),
            waker: Mutex::default(),
        });
        self.holds.insert(place, (owner.epoch, hold));
        Some(Change::Assigned(partition))
    }

    /// True where there was anything to lose.
    fn lose(&mut self, place: Place) -> bool {
        let held = self.holds.remove(&place);
        held.is_some_and(|(_, hold)| {
            hold.lose();
            true
        })
    }
}

impl Membership for ModelMembership {
    type Claim = ModelClaim;

    fn poll(&mut self, wait: Duration) -> Result<Vec<Change>, Failure> {
        let deadline = Instant::now() + wait;
        loop {
            let changes = self.learn();
            let left = deadline.saturating_duration_since(Instant::now());
            if !changes.is_empty() || left.is_zero() || self.link.process.is_some() {
                return Ok(changes);
            }
            self.waker.wait(left);
        }
    }

    fn claim(&mut self, partition: u32, waker: Waker) -> Result<ModelClaim, Failure> {
        let place = self.link.lock().place(&self.topic, partition)?;
        let Some((_, hold)) = self.holds.get(&place) else {
            return Err(Failure::Fenced(format!(
                "partition {partition} of {} is no longer this member's in group {}",
                self.topic, self.group
            )));
        };
        *lock(&hold.waker) = Some(waker.downgrade());
        if self.link.process.is_none() {
            let mut cluster = self.link.lock();
            cluster.partition_mut(place).follow(waker.downgrade());
        }
        Ok(ModelClaim {
            link: self.link.clone(),
            hold: hold.clone(),
            position: 0,
            waker,
        })
    }

    fn is_settled(&self) -> bool {
        self.has_polled
    }
}

impl Drop for ModelMembership {
    fn drop(&mut self) {
        for place in self.places.clone() {
            self.lose(place);
        }
        if self.link.process.is_none() {
            let places: Vec<Place> = self.places.clone().collect();
            let mut cluster = self.link.lock();
            let group = cluster.group(&self.group);
            group.leave(self.member);
            group.spread(&places);
        }
    }
}

/// The hold on one partition. See [`Claim`].
#[derive(Debug)]
pub struct ModelClaim {
    link: Link,
    hold: Arc<Hold>,
    position: Offset,
    waker: Waker,
}

impl ModelClaim {
    pub(super) fn hold(&self) -> &Arc<Hold> {
        &self.hold
    }
}

impl Claim for ModelClaim {
    fn partition(&self) -> u32 {
        self.hold.partition
    }

    fn is_current(&self) -> bool {
        self.hold.current.load(Ordering::Relaxed)
    }

    fn seek(&mut self, offset: Offset) -> Result<(), Failure> {
        self.position = offset;
        self.hold.paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let mut cluster = self.link.after_step();
        if !self.is_current() {
            return Err(self.hold.lost());
        }
        let mut limits = limits;
        if self.link.process.is_some() {
            limits.records = limits.records.min(1 + cluster.chance.below(BATCH));
            // Whoever waits for more is not to sleep in real time: each look is a step.
            self.waker.wake();
        }
        if self.hold.paused.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        let (records, next) = cluster
            .readable(self.hold.place)?
            .read(self.position, limits);
        self.position = next;
        Ok(records)
    }
}
