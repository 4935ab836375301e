//! What a reader can check a tie by: shared passages, quotations and names, in this article's words.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{Evidence, Span};

use crate::compare::{Comparison, Run};
use crate::relate::rounded;
use crate::sign::{Signature, Sketch};

/// Passages shown of a tie, and how much of each, in bytes.
const PASSAGES: usize = 3;
const QUOTATIONS: usize = 2;
const PASSAGE_BYTES: usize = 160;
/// Names shown of a tie, and how long one may be, in bytes.
const NAMES: usize = 6;
const NAME_BYTES: usize = 64;

/// What shows the tie to the article that `earlier` is the signature of.
pub(crate) fn evidence(
    sketch: &Sketch<'_>,
    comparison: &Comparison,
    order: f64,
    earlier: &Signature,
) -> Evidence {
    let (quoted, told): (Vec<&Run>, Vec<&Run>) = comparison.runs.iter().partition(|run| run.quoted);
    let told = longest(told, PASSAGES, sketch);
    let quoted = longest(quoted, QUOTATIONS, sketch);
    let shown = |passage: &Range<usize>| spaced(&sketch.text[passage.clone()]);
    Evidence {
        contained: rounded(comparison.contained),
        contains: rounded(comparison.contains),
        similarity: rounded(comparison.measures.similarity),
        order: rounded(order),
        passages: told.iter().map(shown).collect(),
        spans: told.iter().map(span).collect(),
        quotations: quoted.iter().map(shown).collect(),
        names: names(sketch, earlier)
            .into_iter()
            .take(NAMES)
            .map(|name| spaced(&sketch.text[name]))
            .collect(),
    }
}

fn span(passage: &Range<usize>) -> Span {
    Span {
        start: passage.start as u32,
        end: passage.end as u32,
        of_start: None,
        of_end: None,
    }
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest of the runs as bytes of the text, the longest first, each cut to what is shown.
fn longest(mut runs: Vec<&Run>, most: usize, sketch: &Sketch<'_>) -> Vec<Range<usize>> {
    runs.sort_unstable_by_key(|run| (std::cmp::Reverse(run.items), run.here));
    let passages = runs.into_iter().filter_map(|run| {
        let words = sketch.words_of(run.here, run.items)?;
        let first = sketch.body.words.get(words.start)?.range().start;
        let words = sketch.body.words.get(words)?;
        let fits = |word: &&crate::words::Word| word.range().end <= first + PASSAGE_BYTES;
        let last = words.iter().rev().find(fits)?.range().end;
        Some(first..last)
    });
    passages.take(most).collect()
}

/// Rare names and numbers that the other article has among its keys too, as bytes of this text in its
/// order. Adjoining words are one name.
pub(crate) fn names(sketch: &Sketch<'_>, earlier: &Signature) -> Vec<Range<usize>> {
    let theirs: BTreeSet<u32> = earlier.keys.words().collect();
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
    let bytes = |&(first, last): &(u32, u32)| {
        let start = sketch.body.words.get(first as usize)?.range().start;
        let end = sketch.body.words.get(last as usize)?.range().end;
        (end - start <= NAME_BYTES).then_some(start..end)
    };
    names.iter().filter_map(bytes).collect()
}
