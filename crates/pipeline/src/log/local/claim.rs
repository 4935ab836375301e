//! Groups, memberships and claims. One process at a time has a group, and in it the newest member has
//! every partition; an older one gets them back when the newest leaves, and another process when the last
//! one does.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::catalog::{self, Partition, TopicState};
use super::handle::Handle;
use super::lock::{self, GroupLock};
use super::read::PartitionReader;
use crate::log::{Change, Claim, Failure, Limits, Membership, Offset, Stored};
use crate::waker::{Waker, WeakWaker};

/// Every group that has a member in this process.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: Mutex<HashMap<(String, String), Group>>,
    changed: Condvar,
}

/// The members of one group for one topic.
#[derive(Debug, Default)]
struct Group {
    /// Oldest first. The last one has the partitions.
    members: Vec<u64>,
    /// Raised whenever the partitions change hands or every claim is lost.
    epoch: u64,
    next_member: u64,
    /// Held while there are members, once no other process holds it.
    lock: Option<GroupLock>,
    holds: HashMap<u32, Arc<Hold>>,
}

/// One claim for one epoch. Goes out once and stays out.
#[derive(Debug)]
pub(super) struct Hold {
    current: AtomicBool,
    waker: WeakWaker,
}

impl Hold {
    pub(super) fn is_current(&self) -> bool {
        self.current.load(Ordering::SeqCst)
    }

    fn end(&self) {
        self.current.store(false, Ordering::SeqCst);
        self.waker.wake();
    }
}

impl Group {
    fn raise_epoch(&mut self) {
        self.epoch += 1;
        for (_, hold) in self.holds.drain() {
            hold.end();
        }
    }

    fn is_owner(&self, member: u64) -> bool {
        self.members.last() == Some(&member)
    }

    /// Whether this process has the group: takes it where nobody does.
    fn take(&mut self, dir: &Path, (name, topic): &(String, String)) -> Result<bool, Failure> {
        if self.lock.is_none() {
            self.lock = lock::group(dir, name, topic).map_err(|error| {
                let dir = dir.display();
                Failure::Fatal(format!("group {name} cannot be joined in {dir}: {error}"))
            })?;
        }
        Ok(self.lock.is_some())
    }
}

impl Groups {
    /// The groups that have a member for `topic`.
    pub(super) fn joined(&self, topic: &str) -> Vec<String> {
        catalog::lock(&self.groups)
            .iter()
            .filter(|((_, joined), group)| joined == topic && !group.members.is_empty())
            .map(|((group, _), _)| group.clone())
            .collect()
    }

    /// Whether a group has a member in this process.
    pub(super) fn has_member(&self, group: &str) -> bool {
        catalog::lock(&self.groups)
            .iter()
            .any(|((known, _), state)| known == group && !state.members.is_empty())
    }

    /// Whether any group has ever had a member in this process.
    pub(super) fn has_begun(&self) -> bool {
        !catalog::lock(&self.groups).is_empty()
    }

    /// Ends every claim: what they were made on was undone. Their members get the partitions anew.
    pub(super) fn lose_all(&self) {
        for group in catalog::lock(&self.groups).values_mut() {
            group.raise_epoch();
        }
        self.changed.notify_all();
    }
}

/// A member of a group. See [`Membership`].
#[derive(Debug)]
pub struct LocalMembership {
    log: Arc<Handle>,
    topic: Arc<TopicState>,
    key: (String, String),
    member: u64,
    /// The epoch that the last poll told of; `None` where the partitions are another's.
    told: Option<u64>,
    /// Whether it is known which partitions are this member's: not while another process has the group.
    settled: bool,
}

impl LocalMembership {
    pub(super) fn join(log: Arc<Handle>, group: &str, topic: Arc<TopicState>) -> Self {
        let key = (group.to_owned(), topic.topic.name.clone());
        let member = {
            let mut groups = catalog::lock(&log.shared.groups.groups);
            let group = groups.entry(key.clone()).or_default();
            group.next_member += 1;
            group.members.push(group.next_member);
            group.raise_epoch();
            group.next_member
        };
        log.shared.groups.changed.notify_all();
        Self {
            log,
            topic,
            key,
            member,
            told: None,
            settled: false,
        }
    }

    fn news(&mut self, group: &Group) -> Option<Vec<Change>> {
        let partitions = 0..self.topic.topic.partitions;
        if group.is_owner(self.member) {
            if self.told == Some(group.epoch) {
                return None;
            }
            self.told = Some(group.epoch);
            Some(partitions.map(Change::Assigned).collect())
        } else {
            self.told.take()?;
            Some(partitions.map(Change::Revoked).collect())
        }
    }
}

impl Membership for LocalMembership {
    type Claim = LocalClaim;

    fn poll(&mut self, wait: Duration) -> Result<Vec<Change>, Failure> {
        let deadline = Instant::now() + wait;
        let log = self.log.clone();
        let dir = &log.shared.config.dir;
        let mut groups = catalog::lock(&log.shared.groups.groups);
        loop {
            if let Some(group) = groups.get_mut(&self.key) {
                self.settled = group.take(dir, &self.key)?;
            }
            if !self.settled {
                drop(groups);
                // Whoever has the group is another process, which rings nobody here.
                std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
                return Ok(Vec::new());
            }
            let news = groups.get(&self.key).and_then(|group| self.news(group));
            if let Some(news) = news {
                return Ok(news);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Vec::new());
            }
            groups = log
                .shared
                .groups
                .changed
                .wait_timeout(groups, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn is_settled(&self) -> bool {
        self.settled
    }

    fn claim(&mut self, partition: u32, waker: Waker) -> Result<LocalClaim, Failure> {
        let Some(state) = self.topic.partitions.get(partition as usize) else {
            return Err(Failure::Fatal(format!(
                "topic {} has no partition {partition}: it has {}, numbered from 0",
                self.key.1, self.topic.topic.partitions
            )));
        };
        let hold = Arc::new(Hold {
            current: AtomicBool::new(true),
            waker: waker.downgrade(),
        });
        let mut groups = catalog::lock(&self.log.shared.groups.groups);
        let group = groups
            .get_mut(&self.key)
            .filter(|group| group.is_owner(self.member) && self.told == Some(group.epoch));
        let Some(group) = group else {
            return Err(Failure::Fenced(format!(
                "partition {partition} of {} is no longer this member's in group {}",
                self.key.1, self.key.0
            )));
        };
        if let Some(older) = group.holds.insert(partition, hold.clone()) {
            older.end();
        }
        drop(groups);
        Ok(LocalClaim {
            group: Arc::from(self.key.0.as_str()),
            hold,
            reader: PartitionReader::new(self.log.clone(), state.clone(), 0, waker),
        })
    }
}

impl Drop for LocalMembership {
    fn drop(&mut self) {
        let mut groups = catalog::lock(&self.log.shared.groups.groups);
        if let Some(group) = groups.get_mut(&self.key) {
            let owner = group.is_owner(self.member);
            group.members.retain(|member| *member != self.member);
            if owner {
                group.raise_epoch();
            }
            if group.members.is_empty() {
                group.lock = None;
            }
        }
        drop(groups);
        self.log.shared.groups.changed.notify_all();
    }
}

/// The hold on one partition. See [`Claim`].
#[derive(Debug)]
pub struct LocalClaim {
    group: Arc<str>,
    hold: Arc<Hold>,
    reader: PartitionReader,
}

impl LocalClaim {
    pub(super) fn group(&self) -> &Arc<str> {
        &self.group
    }

    pub(super) fn hold(&self) -> &Arc<Hold> {
        &self.hold
    }

    pub(super) fn state(&self) -> &Arc<Partition> {
        self.reader.partition()
    }

    pub(super) fn lost(&self) -> Failure {
        let state = self.state();
        Failure::Fenced(format!(
            "partition {} of {} was taken over in group {}",
            state.number, state.topic, self.group
        ))
    }
}

impl Claim for LocalClaim {
    fn partition(&self) -> u32 {
        self.state().number
    }

    fn is_current(&self) -> bool {
        self.hold.is_current()
    }

    fn seek(&mut self, offset: Offset) -> Result<(), Failure> {
        self.reader.seek(offset)?;
        let state = self.state();
        let oldest = state.bounds().start;
        if offset < oldest {
            tracing::warn!(
                group = %self.group,
                topic = %state.topic,
                partition = state.number,
                gone = oldest - offset,
                "retention dropped records that the group has not read: it goes on at the oldest; keep \
                 the topic longer, or run the group more often"
            );
        }
        Ok(())
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        if !self.is_current() {
            return Err(self.lost());
        }
        self.reader.fetch(limits)
    }
}
