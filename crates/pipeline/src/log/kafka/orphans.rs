//! Partitions that a group has given to nobody.
//!
//! A cooperative rebalance that moves a partition takes two steps: its owner gives it back, then everybody
//! joins again and somebody gets it. Where the owner is killed between the two and comes back under its
//! name, the broker takes it for who it was and leaves the group as it is: stable, and the partition nobody's
//! for ever (seen once in two trials of two minutes with a kill every second and a broker that is killed,
//! too). So each member that has a name looks now and then.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::groups::{GroupInfo, GroupMemberInfo};

use super::assignments::Assignments;

/// How often to look. A rebalance that is under way takes less.
const EVERY: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(3);

/// The watch of one member.
#[derive(Debug)]
pub(super) struct Orphans {
    looked: Instant,
    /// What was nobody's at the last look.
    before: Vec<i32>,
}

impl Orphans {
    pub(super) fn watch() -> Self {
        Self {
            looked: Instant::now(),
            before: Vec::new(),
        }
    }

    /// The partitions of `topic` that were nobody's at this look and at the one before, where it is the
    /// turn of `instance` to see to that.
    pub(super) fn found(
        &mut self,
        consumer: &BaseConsumer<Assignments>,
        (group, topic): (&str, &str),
        instance: &str,
    ) -> Vec<i32> {
        if self.looked.elapsed() < EVERY {
            return Vec::new();
        }
        self.looked = Instant::now();
        // What cannot be asked now is asked next time.
        let Ok(groups) = consumer.fetch_group_list(Some(group), ANSWER) else {
            return Vec::new();
        };
        let Some(group) = groups.groups().iter().find(|found| found.name() == group) else {
            return Vec::new();
        };
        let Ok(metadata) = consumer.fetch_metadata(Some(topic), ANSWER) else {
            return Vec::new();
        };
        let there = metadata.topics().iter().find(|found| found.name() == topic);
        let all = there.map_or(0, |topic| topic.partitions().len());
        let now = unowned(group, topic, all);
        let lasting: Vec<i32> = now
            .iter()
            .copied()
            .filter(|partition| self.before.contains(partition))
            .collect();
        self.before = now;
        if is_first(group, instance) {
            lasting
        } else {
            Vec::new()
        }
    }
}

/// What nobody has, of a group at rest.
fn unowned(group: &GroupInfo, topic: &str, partitions: usize) -> Vec<i32> {
    if group.state() != "Stable" {
        return Vec::new();
    }
    let members = group.members().iter();
    let mut owned = Vec::new();
    for assignment in members.filter_map(GroupMemberInfo::assignment) {
        match Bytes(assignment).partitions_of(topic) {
            Some(partitions) => owned.extend(partitions),
            // Of a form that is not known: better no verdict than a wrong one.
            None => return Vec::new(),
        }
    }
    let all = 0..i32::try_from(partitions).unwrap_or(i32::MAX);
    all.filter(|partition| !owned.contains(partition)).collect()
}

/// Whether `instance` is the first of the members by name: one is enough to begin a rebalance.
fn is_first(group: &GroupInfo, instance: &str) -> bool {
    let first = group.members().iter().map(GroupMemberInfo::id).min();
    // A member's id is its instance's name with a part of the broker's own.
    first.is_some_and(|first| first.starts_with(&format!("{instance}-")))
}

/// An assignment as the consumers' protocol writes it: a version, then for each topic its name and its
/// partitions, numbers in network order.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn number(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn partitions_of(mut self, topic: &str) -> Option<Vec<i32>> {
        // Of a member that has nothing.
        if self.0.is_empty() {
            return Some(Vec::new());
        }
        let _version = self.short()?;
        let mut found = Vec::new();
        for _ in 0..self.number()? {
            let length = usize::try_from(self.short()?).ok()?;
            let is_asked = self.take(length)? == topic.as_bytes();
            for _ in 0..self.number()? {
                let partition = self.number()?;
                if is_asked {
                    found.push(partition);
                }
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&[i32]>) {
        assert_eq!(Bytes(bytes).partitions_of("ab").as_deref(), expected);
    }

    #[test]
    fn an_assignment_is_read() {
        check(b"", Some(&[]));
        let of_ab = b"\0\x03\0\0\0\x01\0\x02ab\0\0\0\x02\0\0\0\0\0\0\0\x07\xff\xff\xff\xff";
        check(of_ab, Some(&[0, 7]));
        let of_another = b"\0\0\0\0\0\x01\0\x01a\0\0\0\x01\0\0\0\x05";
        check(of_another, Some(&[]));
        check(&of_ab[..of_ab.len() - 6], None);
        check(b"\0\0\xff", None);
    }
}
