//! What a replay holds of each partition, and how it comes to it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Replayed;
use super::merge::Merge;
use super::part::{Part, Reach, Side, topic_of};
use crate::changelog::Changelog;
use crate::generations::Span;
use crate::leftovers;
use crate::log::{Change, Claim, Failure, Log, Membership, Offset};
use crate::runtime::Runtime;
use crate::state::State;
use crate::topics::Topic;
use crate::waker::Waker;

/// How long the group may take to give all partitions to the replay. A member that was killed keeps its
/// own until its session times out, usually after 15 s.
const JOIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// What is written of one partition.
pub(super) struct Lane<L: Log> {
    pub(super) claim: L::Claim,
    pub(super) span: Span,
    /// The offset that comes next.
    pub(super) next: Offset,
    /// From here on something is written: what lies before was, or is only folded.
    pub(super) writes_from: Offset,
    pub(super) changelog: Option<Changelog>,
}

/// Joins the group and waits until it has every partition.
pub(super) fn claims<L: Log>(
    runtime: &Runtime<L>,
    group: &str,
    membership: &mut L::Membership,
    count: usize,
) -> Result<Vec<L::Claim>, Failure> {
    let started = Instant::now();
    let mut assigned = BTreeSet::new();
    while assigned.len() < count {
        for change in membership.poll(POLL)? {
            match change {
                Change::Assigned(partition) => _ = assigned.insert(partition),
                Change::Revoked(partition) => _ = assigned.remove(&partition),
            }
        }
        if runtime.shutdown.is_requested() {
            return Err(Failure::Reopen("a stop is asked for".into()));
        }
        if assigned.len() < count && started.elapsed() > JOIN {
            return Err(Failure::Fatal(format!(
                "group {group} has another member: is this generation replayed by another process, or \
                 live? One that was killed counts as a member until kafka.session_timeout_seconds are over"
            )));
        }
    }
    let claims = assigned.into_iter();
    claims
        .map(|partition| membership.claim(partition, Waker::default()))
        .collect()
}

/// Ends what an earlier try may have left behind, which was killed together with its broker. All that a
/// replay writes is written under one id, so all of it is settled at once.
pub(super) fn settle<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    input: &Topic,
    claims: &[L::Claim],
    producer: &mut L::Producer,
) -> Result<(), Failure> {
    let topology = &runtime.topology;
    let group = topology.group(R::NAME);
    let mut pending = Vec::new();
    for claim in claims {
        let committed = runtime
            .log
            .committed(&group, &input.name, claim.partition());
        match committed {
            Ok(_) => {}
            Err(Failure::Retry(_)) => pending.push(claim),
            Err(failure) => return Err(failure),
        }
    }
    let changelog = keeps_changelog::<R>(&mut R::State::default())
        .then(|| topology.changelog(R::NAME, input.partitions))
        .map(|changelog| (changelog.name, 0..changelog.partitions));
    leftovers::settle_stage(
        &runtime.log,
        (topology, R::NAME),
        changelog,
        producer,
        &pending,
    )
}

fn keeps_changelog<R: Replayed>(state: &mut R::State) -> bool {
    R::BESIDE.is_none() && !state.tables().is_empty()
}

pub(super) fn lane<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    input: &Topic,
    claim: L::Claim,
    span: Span,
    state: &mut R::State,
) -> Result<Lane<L>, Failure> {
    let group = runtime.topology.group(R::NAME);
    let committed = runtime
        .log
        .committed(&group, &input.name, claim.partition())?;
    let changelog = if keeps_changelog::<R>(state) {
        Some(Changelog::open(
            runtime,
            R::NAME,
            input,
            &claim,
            committed,
            state,
        )?)
    } else {
        None
    };
    let known = changelog.as_ref().and_then(Changelog::position);
    let next = committed.or(known).unwrap_or(span.fold);
    Ok(Lane {
        claim,
        span,
        next,
        writes_from: next.max(span.from),
        changelog,
    })
}

pub(super) fn merge<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    input: &Topic,
    lanes: &[Lane<L>],
) -> Result<Merge<L>, Failure> {
    let log = &runtime.log;
    let mut parts = Vec::new();
    for lane in lanes {
        // What was kept of a state goes on; what was not is folded again.
        let from = match R::BESIDE {
            Some(_) => lane.span.fold,
            None => lane.next,
        };
        let partition = lane.claim.partition();
        let reach = Reach {
            from,
            new: lane.next,
            end: lane.span.to.max(from),
        };
        parts.push(Part::open(log, Side::Input, input, partition, reach)?);
    }
    if let Some(beside) = R::BESIDE {
        let topic = topic_of(&runtime.topology, beside);
        for partition in 0..topic.partitions {
            let there = log.bounds(&topic.name, partition)?;
            let reach = Reach {
                from: there.start,
                // All of it was written by the step before.
                new: there.end,
                end: there.end,
            };
            parts.push(Part::open(log, Side::Beside, topic, partition, reach)?);
        }
    }
    Ok(Merge::of(parts))
}
