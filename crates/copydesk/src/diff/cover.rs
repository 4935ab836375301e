//! What a side can have: the part of its input that it has read, and whose results are still there.

use std::collections::BTreeMap;
use std::ops::Range;

use pipeline::generations::Step;

use super::survey::{Moments, Seen, Survey, UNKNOWN};

/// By partition of the input, the places that a side covers. Of what is not named it covers everything.
#[derive(Debug, Default)]
pub(super) struct Cover {
    parts: BTreeMap<u16, Range<u64>>,
}

/// Where a place lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    Before,
    Within,
    Beyond,
}

impl Cover {
    /// What a survey of a side tells, and the step that wrote the topic, where one is known: it names
    /// what was read, though nothing may have come of the first and of the last records.
    pub(super) fn of(survey: &Survey, step: Option<&Step>) -> Self {
        let mut parts: BTreeMap<u16, Range<u64>> = BTreeMap::new();
        for seen in survey.seen.iter().filter(|seen| seen.at != UNKNOWN) {
            let part = parts.entry(seen.input).or_insert(seen.at..seen.at + 1);
            *part = part.start.min(seen.at)..part.end.max(seen.at + 1);
        }
        let begins = step.is_none_or(|step| step.spans.iter().all(|span| span.from == 0));
        if survey.is_whole && begins {
            for part in parts.values_mut() {
                part.start = 0;
            }
        }
        let read = step.filter(|step| survey.moments == Moments::Source(step.topic.clone()));
        let is_done = step.is_some_and(|step| step.done);
        for (input, span) in (0..).zip(read.map_or(&[][..], |step| &step.spans)) {
            let part = parts.entry(input).or_insert(span.from..span.from);
            if survey.is_whole {
                part.start = part.start.min(span.from);
            }
            if is_done {
                part.end = part.end.max(span.to);
            }
        }
        Self { parts }
    }

    pub(super) fn locate(&self, seen: &Seen) -> Lies {
        match self.parts.get(&seen.input) {
            Some(part) if seen.at != UNKNOWN && seen.at < part.start => Lies::Before,
            Some(part) if seen.at != UNKNOWN && seen.at >= part.end => Lies::Beyond,
            _ => Lies::Within,
        }
    }
}
