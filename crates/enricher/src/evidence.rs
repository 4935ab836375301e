//! What a reader can check a tie by: shared passages and shared names, in this article's words.

use std::collections::BTreeSet;

use crate::packed::Packed;
use crate::sign::{GRAM, Sketch};

/// Passages shown of a tie, and how much of each, in bytes.
const PASSAGES: usize = 3;
const PASSAGE_BYTES: usize = 160;
/// Names shown of a tie.
const NAMES: usize = 6;

/// Fingerprints of one shared run follow each other so closely: a window of winnowing apart.
const STEP_WORDS: u32 = 20;

/// The longest shared passages, longest first.
///
/// The earlier text is not at hand. A run is what lies between fingerprints that follow each other
/// in both texts: words between two of them may have been edited, those of a fingerprint have not.
pub(crate) fn passages(sketch: &Sketch<'_>, places: &[(u32, u32)]) -> Vec<String> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut before: Option<(u32, u32)> = None;
    for &(word, place) in places {
        let end = word + GRAM as u32;
        let follows = before
            .is_some_and(|(last, at)| place == at + 1 && word > last && word - last <= STEP_WORDS);
        match runs.last_mut() {
            Some(run) if follows => run.1 = end,
            _ => runs.push((word, end)),
        }
        before = Some((word, place));
    }
    runs.sort_unstable_by_key(|&(start, end)| (std::cmp::Reverse(end - start), start));
    runs.dedup();
    runs.truncate(PASSAGES);
    runs.iter()
        .filter_map(|&run| passage(sketch, run))
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
