//! What a reader can check a tie by: shared passages and shared names, in this article's words.

use std::collections::BTreeSet;

use crate::compare::Run;
use crate::packed::Packed;
use crate::sign::Sketch;

/// Passages shown of a tie, and how much of each, in bytes.
const PASSAGES: usize = 3;
const PASSAGE_BYTES: usize = 160;
/// Names shown of a tie.
const NAMES: usize = 6;

/// The longest shared passages, longest first: what was told before what was said.
pub(crate) fn passages(sketch: &Sketch<'_>, runs: &[Run]) -> Vec<String> {
    let mut runs: Vec<&Run> = runs.iter().collect();
    runs.sort_unstable_by_key(|run| (run.quoted, std::cmp::Reverse(run.items), run.here));
    runs.truncate(PASSAGES);
    let words = |run: &&Run| {
        let start = *sketch.places.get(run.here as usize)?;
        let end = *sketch.places.get((run.here + run.items - 1) as usize)?;
        Some((start?, end? + 1))
    };
    runs.iter()
        .filter_map(words)
        .filter_map(|run| passage(sketch, run))
        .collect()
}

fn passage(sketch: &Sketch<'_>, (start, end): (u32, u32)) -> Option<String> {
    let words = sketch.words.get(start as usize..end as usize)?;
    let first = words.first()?.range().start;
    let fits = |word: &&crate::words::Word| word.range().end <= first + PASSAGE_BYTES;
    let last = words.iter().rev().find(fits)?.range().end;
    let shown = sketch.text.get(first..last)?;
    Some(shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Rare names and numbers that both articles have among their keys, in the order of this one.
/// Adjoining words are one name.
pub(crate) fn names(sketch: &Sketch<'_>, earlier: &Packed) -> Vec<String> {
    let theirs: BTreeSet<u32> = earlier.words().collect();
    let mut places: Vec<u32> = sketch
        .keys
        .iter()
        .filter(|key| key.name && theirs.contains(&key.term))
        .filter_map(|key| key.word)
        .collect();
    places.sort_unstable();
    let mut names: Vec<(u32, u32)> = Vec::new();
    for place in places {
        match names.last_mut() {
            Some((_, last)) if place == *last + 1 => *last = place,
            _ => names.push((place, place)),
        }
    }
    names.truncate(NAMES);
    names
        .iter()
        .filter_map(|&(first, last)| {
            let start = sketch.words.get(first as usize)?.range().start;
            let end = sketch.words.get(last as usize)?.range().end;
            let name = sketch.text.get(start..end)?;
            (name.len() <= 64).then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}
