//! A consumer group: who owns which partition, under which epoch, and how far the group has read.

use std::collections::BTreeMap;

use super::protocol::{Epoch, Identity, Place, ProducerId, Refusal};
use crate::invariants::{self, Broken};
use crate::log::Offset;
use crate::waker::WeakWaker;

/// A member, by its number in the group.
pub(super) type Member = usize;

/// A consumer group.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Raised by every rebalance.
    generation: u64,
    /// The epoch of the youngest ownership.
    epoch: u64,
    owners: BTreeMap<Place, Owner>,
    members: BTreeMap<Member, WeakWaker>,
    committed: BTreeMap<Place, Offset>,
    /// Offsets of transactions whose marker is not here yet.
    pending: BTreeMap<ProducerId, BTreeMap<Place, Offset>>,
    producers: BTreeMap<ProducerId, Epoch>,
}

/// Whose a partition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) member: Member,
    pub(super) epoch: u64,
    /// To whom it goes as soon as the owner has let go: a rebalance in which all are awake.
    pub(super) heir: Option<Member>,
}

impl Group {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    pub(super) fn owner(&self, place: Place) -> Option<Owner> {
        self.owners.get(&place).copied()
    }

    /// Takes a member in. One whose number is known comes back, and what it had is given to it anew.
    pub(super) fn join(&mut self, member: Member, waker: WeakWaker) {
        self.members.insert(member, waker);
        let places: Vec<Place> = self.places_of(member);
        for place in places {
            self.give(place, member);
        }
    }

    /// The number of a member that was never here.
    pub(super) fn next_member(&self) -> Member {
        self.members.keys().last().map_or(0, |last| last + 1)
    }

    pub(super) fn leave(&mut self, member: Member) {
        self.members.remove(&member);
        for place in self.places_of(member) {
            self.owners.remove(&place);
        }
        self.generation += 1;
    }

    /// Spreads partitions over the members. An ownership that need not end goes on.
    pub(super) fn spread(&mut self, places: &[Place]) {
        let members: Vec<Member> = self.members.keys().copied().collect();
        self.generation += 1;
        for (index, place) in places.iter().enumerate() {
            let Some(member) = members.get(index % members.len().max(1)) else {
                return;
            };
            if self.owners.get(place).map(|owner| owner.member) != Some(*member) {
                self.give(*place, *member);
            }
        }
        self.members.retain(|_, waker| waker.wake());
    }

    /// Gives a partition to a member at once: its owner, perhaps the same, learns of it later.
    pub(super) fn give(&mut self, place: Place, member: Member) {
        self.epoch += 1;
        let owner = Owner {
            member,
            epoch: self.epoch,
            heir: None,
        };
        self.owners.insert(place, owner);
    }

    /// Gives everything that a member has to another. Returns how many partitions that were.
    pub(super) fn give_all(&mut self, from: Member, to: Member) -> usize {
        let places = self.places_of(from);
        for place in &places {
            self.give(*place, to);
        }
        places.len()
    }

    /// Asks a partition's owner to let go of it for `heir`.
    pub(super) fn hand_over(&mut self, place: Place, heir: Member) {
        if let Some(owner) = self.owners.get_mut(&place) {
            owner.heir = Some(heir);
        }
    }

    /// Refuses older generations' offsets from now on.
    pub(super) fn raise_generation(&mut self) {
        self.generation += 1;
    }

    /// Where the group goes on. [`Refusal::Busy`] while a transaction that would move it is not ended.
    pub(super) fn committed(&self, place: Place) -> Result<Option<Offset>, Refusal> {
        let mut pending = self.pending.values();
        if pending.any(|offsets| offsets.contains_key(&place)) {
            return Err(Refusal::Busy);
        }
        Ok(self.committed.get(&place).copied())
    }

    /// Notes an offset that counts when its transaction commits.
    pub(super) fn note(
        &mut self,
        writer: Identity,
        place: Place,
        next: Offset,
    ) -> Result<(), Refusal> {
        let seen = self.producers.entry(writer.producer).or_insert(0);
        if writer.epoch < *seen {
            return Err(Refusal::Fenced);
        }
        *seen = writer.epoch;
        let offsets = self.pending.entry(writer.producer).or_default();
        offsets.insert(place, next);
        Ok(())
    }

    /// Ends the producer's transaction here.
    ///
    /// # Errors
    /// [`Broken::OffsetWentBack`], which no marker may bring about.
    pub(super) fn mark(&mut self, writer: Identity, commit: bool) -> Result<(), Broken> {
        let seen = self.producers.entry(writer.producer).or_insert(0);
        *seen = writer.epoch.max(*seen);
        let offsets = self.pending.remove(&writer.producer).unwrap_or_default();
        if !commit {
            return Ok(());
        }
        for (place, next) in offsets {
            let before = self.committed.insert(place, next);
            invariants::offset_moves_on(before.unwrap_or(0), next)?;
        }
        Ok(())
    }

    /// The oldest offset of a partition that the group still needs; `None` where it has no member for
    /// it.
    pub(super) fn needs(&self, place: Place) -> Option<Offset> {
        self.owners.get(&place)?;
        Some(self.committed.get(&place).copied().unwrap_or(0))
    }

    fn places_of(&self, member: Member) -> Vec<Place> {
        let owned = self
            .owners
            .iter()
            .filter(|(_, owner)| owner.member == member);
        owned.map(|(place, _)| *place).collect()
    }
}
