//! The transaction coordinator: which producer an id has, what its transaction touches, and how it
//! ends. Ending takes time: each partition gets its marker by itself, in any order.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::Chance;
use super::protocol::{Identity, ProducerId, Refusal, Target, Writer};

/// Every transactional id that was ever used.
#[derive(Debug, Default)]
pub(super) struct Coordinator {
    ids: BTreeMap<String, Transaction>,
    next_producer: ProducerId,
    /// How many transactions were committed and aborted.
    pub(super) committed: u64,
    pub(super) aborted: u64,
}

/// The last transaction of an id.
#[derive(Debug)]
struct Transaction {
    identity: Identity,
    stage: Stage,
    targets: BTreeSet<Target>,
    /// Since which step it is open.
    since: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// None is open; how the last one ended, where there was one.
    Over(Option<bool>),
    Open,
    /// It is decided; these targets have no marker yet.
    Ending {
        commit: bool,
        left: Vec<Target>,
        /// Whether the coordinator decided so by itself.
        by_force: bool,
    },
}

/// A marker on its way to one target.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) identity: Identity,
    pub(super) target: Target,
    pub(super) commit: bool,
    /// Whether the coordinator aborted the transaction by itself.
    pub(super) by_force: bool,
}

impl Coordinator {
    /// The producer of an id in a new epoch. Ends what the id has open first: then the client is to
    /// ask again until that is done.
    pub(super) fn init(&mut self, id: &str) -> Result<Identity, Refusal> {
        let Some(transaction) = self.ids.get_mut(id) else {
            let identity = self.next_identity();
            let transaction = Transaction {
                identity,
                stage: Stage::Over(None),
                targets: BTreeSet::new(),
                since: 0,
            };
            self.ids.insert(id.to_owned(), transaction);
            return Ok(identity);
        };
        match transaction.stage {
            Stage::Ending { .. } => Err(Refusal::Busy),
            Stage::Over(_) => {
                transaction.identity.epoch += 1;
                Ok(transaction.identity)
            }
            Stage::Open => {
                transaction.abort_by_force();
                Err(Refusal::Busy)
            }
        }
    }

    /// A producer that nobody has.
    pub(super) fn next_identity(&mut self) -> Identity {
        self.next_producer += 1;
        Identity {
            producer: self.next_producer,
            epoch: 0,
        }
    }

    /// Takes targets into the transaction, and opens one where none is.
    pub(super) fn add(
        &mut self,
        writer: &Writer,
        targets: &[Target],
        now: u64,
    ) -> Result<(), Refusal> {
        let transaction = self.of(writer)?;
        match transaction.stage {
            Stage::Ending { .. } => return Err(Refusal::Busy),
            Stage::Over(_) => {
                transaction.stage = Stage::Open;
                transaction.targets.clear();
                transaction.since = now;
            }
            Stage::Open => {}
        }
        transaction.targets.extend(targets.iter().cloned());
        Ok(())
    }

    /// Whether the writer's open transaction has taken the target in.
    pub(super) fn covers(&self, writer: &Writer, target: &Target) -> bool {
        self.ids.get(&writer.id).is_some_and(|transaction| {
            transaction.identity == writer.identity
                && transaction.stage == Stage::Open
                && transaction.targets.contains(target)
        })
    }

    /// Decides the transaction.
    pub(super) fn end(&mut self, writer: &Writer, commit: bool) -> Result<(), Refusal> {
        let transaction = self.of(writer)?;
        match transaction.stage {
            Stage::Open => {
                transaction.decide(commit, false);
                Ok(())
            }
            Stage::Ending {
                commit: decided, ..
            } if decided == commit => Err(Refusal::Busy),
            // The same request once more: its first answer may have been lost.
            Stage::Over(Some(decided)) if decided == commit => Ok(()),
            Stage::Ending { .. } | Stage::Over(_) => Err(Refusal::NoTransaction),
        }
    }

    /// Aborts a transaction that has been open since before `step`, whichever chance picks. False where
    /// there is none.
    pub(super) fn time_out(&mut self, step: u64, chance: &mut Chance) -> bool {
        let is_due = |transaction: &&mut Transaction| {
            transaction.stage == Stage::Open && transaction.since <= step
        };
        let mut due: Vec<_> = self.ids.values_mut().filter(is_due).collect();
        if due.is_empty() {
            return false;
        }
        let picked = chance.below(due.len());
        due[picked].abort_by_force();
        true
    }

    /// The next marker to write, whichever chance picks of all that are due.
    pub(super) fn next_marker(&mut self, chance: &mut Chance) -> Option<Marker> {
        let is_ending =
            |transaction: &&mut Transaction| matches!(transaction.stage, Stage::Ending { .. });
        let mut ending: Vec<_> = self.ids.values_mut().filter(is_ending).collect();
        if ending.is_empty() {
            return None;
        }
        let picked = chance.below(ending.len());
        let transaction = &mut *ending[picked];
        let Stage::Ending {
            commit,
            left,
            by_force,
        } = &mut transaction.stage
        else {
            return None;
        };
        let marker = Marker {
            identity: transaction.identity,
            target: left.swap_remove(chance.below(left.len())),
            commit: *commit,
            by_force: *by_force,
        };
        if left.is_empty() {
            transaction.stage = Stage::Over(Some(*commit));
            self.committed += u64::from(marker.commit);
            self.aborted += u64::from(!marker.commit);
        }
        Some(marker)
    }

    /// Whether no transaction is open or being ended.
    pub(super) fn is_quiet(&self) -> bool {
        let mut all = self.ids.values();
        all.all(|transaction| matches!(transaction.stage, Stage::Over(_)))
    }

    fn of(&mut self, writer: &Writer) -> Result<&mut Transaction, Refusal> {
        let transaction = self.ids.get_mut(&writer.id).ok_or(Refusal::Fenced)?;
        if transaction.identity != writer.identity {
            return Err(Refusal::Fenced);
        }
        Ok(transaction)
    }
}

impl Transaction {
    fn decide(&mut self, commit: bool, by_force: bool) {
        let left: Vec<Target> = self.targets.iter().cloned().collect();
        self.stage = if left.is_empty() {
            Stage::Over(Some(commit))
        } else {
            Stage::Ending {
                commit,
                left,
                by_force,
            }
        };
    }

    /// Aborts under a new epoch, which the markers carry: whatever its producer still has under way is
    /// fenced wherever a marker arrived.
    fn abort_by_force(&mut self) {
        self.identity.epoch += 1;
        self.decide(false, true);
    }
}
