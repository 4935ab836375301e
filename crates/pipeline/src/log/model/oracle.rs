//! What must have come out when everything is done.

use std::collections::BTreeMap;

use article::Message;

use super::cluster::Cluster;
use super::report::Wrong;
use super::tally::{Folded, Mention, NAME, PARTITIONS, Seen, Tallied, Truth};
use crate::dead::Grave;
use crate::invariants::{self, Broken};
use crate::log::{Limits, Offset, Stored};
use crate::restore::POSITION;
use crate::stage::Reason;
use crate::topics::{DEAD, Topology};
use crate::{headers, staged};

/// Where a record was made from: partition and offset.
type Source = (u32, Offset);

/// Judges what lies in the topics against a sequential run over the input.
pub(super) fn judge(cluster: &Cluster, topology: &Topology, truth: &Truth) -> Result<(), Wrong> {
    judge_output(cluster, truth)?;
    judge_dead_letters(cluster, truth)?;
    for partition in 0..PARTITIONS {
        judge_changelog(cluster, topology, truth, partition)?;
    }
    Ok(())
}

/// Each mention that is fit made one record, once, in the order of its partition.
fn judge_output(cluster: &Cluster, truth: &Truth) -> Result<(), Wrong> {
    let mut found: Vec<(Source, Tallied)> = Vec::new();
    for partition in 0..PARTITIONS {
        let mut sources = Vec::new();
        for record in committed(cluster, Tallied::TOPIC, partition) {
            let source = source_of(&record)?;
            let tallied: Tallied = staged::decode(&record)
                .map_err(|reject| Broken::Invented(format!("from {source:?}: {reject}")))?;
            sources.push(source);
            found.push((source, tallied));
        }
        invariants::in_order(sources)?;
    }
    let expected = all(truth, |folded| folded.tallied);
    Ok(invariants::conserved(expected, found)?)
}

/// Each mention that is not fit was buried once.
fn judge_dead_letters(cluster: &Cluster, truth: &Truth) -> Result<(), Wrong> {
    let mut found = Vec::new();
    for partition in 0..cluster.topic(DEAD).map_or(0, |topic| topic.partitions) {
        for record in committed(cluster, DEAD, partition) {
            let offset = record.offset;
            let Some(Grave::Letter(letter)) = Grave::read(partition, record) else {
                return Err(Broken::Invented(format!("a dead letter at {offset}")).into());
            };
            found.push((letter.source, letter.reason));
        }
    }
    let reason = Reason::Unprocessable.as_str();
    let expected = all(truth, |folded| {
        let dead = folded.dead.into_iter();
        dead.map(|offset| (offset, reason.to_owned()))
    });
    let expected = expected.map(|(source, reason)| (Some(source), reason));
    Ok(invariants::conserved(expected, found)?)
}

/// The last entry of each key is the state at the end of the input, and so is the position.
fn judge_changelog(
    cluster: &Cluster,
    topology: &Topology,
    truth: &Truth,
    partition: u32,
) -> Result<(), Wrong> {
    let topic = topology.changelog(NAME, PARTITIONS).name;
    let mut last: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
    for record in committed(cluster, &topic, partition) {
        last.insert(record.key.unwrap_or_default(), record.value);
    }
    let position = last.remove(POSITION).flatten();
    let position = position.and_then(|text| String::from_utf8(text).ok()?.parse().ok());
    let end = truth.end(partition);
    invariants::state_is_at_offset(position, Some(end))?;
    let mut found: Vec<(u8, Seen)> = Vec::new();
    for (key, value) in &last {
        let key = key.strip_prefix(b"seen\0").unwrap_or(key);
        let entry = value.as_ref().and_then(|value| {
            let name = rmp_serde::from_slice(key).ok()?;
            Some((name, rmp_serde::from_slice(value).ok()?))
        });
        let entry = entry.ok_or_else(|| Broken::Invented(format!("changelog entry {key:?}")))?;
        found.push(entry);
    }
    let expected = truth.fold(partition, end).seen;
    Ok(invariants::conserved(expected, found)?)
}

/// Something of every partition's fold, by its source.
fn all<T, I: IntoIterator<Item = (Offset, T)>>(
    truth: &Truth,
    part: impl Fn(Folded) -> I,
) -> impl Iterator<Item = (Source, T)> {
    (0..PARTITIONS).flat_map(move |partition| {
        let part = part(truth.fold(partition, truth.end(partition)));
        part.into_iter()
            .map(move |(offset, thing)| ((partition, offset), thing))
    })
}

/// Where an output record says it was made from.
fn source_of(record: &Stored) -> Result<Source, Broken> {
    let text = record.headers.text(headers::SOURCE).unwrap_or_default();
    let rest = text.strip_prefix(Mention::TOPIC).unwrap_or_default();
    let mut parts = rest.split('/').skip(1);
    let partition = parts.next().and_then(|part| part.parse().ok());
    let offset = parts.next().and_then(|part| part.parse().ok());
    partition
        .zip(offset)
        .ok_or_else(|| Broken::Invented(format!("a record from {text:?}")))
}

/// What a reader of committed records sees.
fn committed(cluster: &Cluster, topic: &str, partition: u32) -> Vec<Stored> {
    let everything = Limits {
        records: usize::MAX,
        bytes: usize::MAX,
    };
    let place = cluster.place(topic, partition);
    place.map_or_else(
        |_| Vec::new(),
        |place| cluster.partition(place).read(0, everything).0,
    )
}
