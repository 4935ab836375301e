//! What a reader can check a tie by: shared passages, quotations and names, in this article's words.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{Evidence, Span};

use crate::agencies::is_of_a_date;
use crate::compare::{Comparison, Run};
use crate::items::end_of;
use crate::relate::rounded;
use crate::sign::{Signature, Sketch};
use crate::words::folded;

/// Passages shown of a tie, and how much of each, in bytes.
const PASSAGES: usize = 3;
const QUOTATIONS: usize = 2;
const PASSAGE_BYTES: usize = 160;
/// Names shown of a tie, and how long one may be, in bytes.
const NAMES: usize = 6;
const NAME_BYTES: usize = 64;

/// What shows the tie to the article that `earlier` is the signature of. Where its text is at hand, as `whole`, the
/// places there are to the letter too.
pub(crate) fn evidence(
    sketch: &Sketch<'_>,
    comparison: &Comparison,
    order: f64,
    earlier: &Signature<'_>,
    whole: Option<&Sketch<'_>>,
) -> Evidence {
    let (quoted, told): (Vec<&Run>, Vec<&Run>) = comparison.runs.iter().partition(|run| run.quoted);
    let told = longest(told, PASSAGES, sketch);
    let quoted = longest(quoted, QUOTATIONS, sketch);
    let shown = |shown: &Shown<'_>| spaced(&sketch.text[shown.bytes.clone()]);
    Evidence {
        contained: rounded(comparison.contained),
        contains: rounded(comparison.contains),
        similarity: rounded(comparison.measures.similarity),
        order: rounded(order),
        passages: told.iter().map(shown).collect(),
        spans: spans(&told, earlier, whole),
        quotations: quoted.iter().map(shown).collect(),
        names: names(sketch, earlier)
            .into_iter()
            .take(NAMES)
            .map(|name| spaced(&sketch.text[name]))
            .collect(),
    }
}

/// Where the passages stand: here to the letter, in the earlier text by the sentences that hold them, because no more
/// is kept of that.
fn spans(told: &[Shown<'_>], earlier: &Signature<'_>, whole: Option<&Sketch<'_>>) -> Vec<Span> {
    if told.is_empty() {
        return Vec::new();
    }
    let (reading, bounds) = earlier.reading_and_bounds();
    let items = reading.items;
    let sentence_of = |item: u32| Some(items.get(item as usize)?.sentence);
    let span = |Shown { run, items, bytes }: &Shown<'_>| {
        let there = if let Some(whole) = whole {
            let bytes = whole.bytes_of(run.there, *items);
            bytes.map(|bytes| bytes.start as u32..bytes.end as u32)
        } else {
            let last = run.there + items - 1;
            let sentences = sentence_of(run.there).zip(sentence_of(last));
            sentences.and_then(|(first, last)| bounds.bytes_of(first, last))
        };
        Span {
            start: bytes.start as u32,
            end: bytes.end as u32,
            of_start: there.as_ref().map(|there| there.start),
            of_end: there.map(|there| there.end),
        }
    };
    told.iter().map(span).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is shown of a run.
struct Shown<'r> {
    run: &'r Run,
    /// Its first items, as many as fit, at least one.
    items: u32,
    /// Where they stand in the text.
    bytes: Range<usize>,
}

/// The longest of the runs, the longest first, each cut to what is shown.
fn longest<'r>(mut runs: Vec<&'r Run>, most: usize, sketch: &Sketch<'_>) -> Vec<Shown<'r>> {
    runs.sort_unstable_by_key(|run| (std::cmp::Reverse(run.items), run.here));
    let shown = runs.into_iter().filter_map(|run| {
        let first = sketch.bytes_of(run.here, 1)?.start;
        let ends =
            (run.here..run.here + run.items).map_while(|item| Some(sketch.bytes_of(item, 1)?.end));
        let ends = ends.take_while(|&end| end <= first + PASSAGE_BYTES);
        let (items, end) = (1..).zip(ends).last()?;
        Some(Shown {
            run,
            items,
            bytes: first..end,
        })
    });
    shown.take(most).collect()
}

/// Rare names and numbers that the other article has among its keys too, as bytes of this text in its
/// order. Adjoining words are one name.
pub(crate) fn names(sketch: &Sketch<'_>, earlier: &Signature<'_>) -> Vec<Range<usize>> {
    let theirs: BTreeSet<u32> = earlier.terms_and_keys().1.into_iter().collect();
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
            Some((_, last)) if place == *last + 1 && is_joined(sketch, *last) => *last = place,
            _ => names.push((place, place)),
        }
    }
    let bytes = |&(first, last): &(u32, u32)| {
        let start = sketch.body.words.get(first as usize)?.range().start;
        let last = end_of(sketch.text, &sketch.body.words, last as usize)?;
        let end = sketch.body.words.get(last - 1)?.range().end;
        (end - start <= NAME_BYTES).then_some(start..end)
    };
    let mut names: Vec<Range<usize>> = names.iter().filter_map(bytes).collect();
    // "Tuesday" and "March 3" stand in both and name nobody.
    names.retain(|name| !is_date(&sketch.text[name.clone()]));
    names
}

/// Whether a word of the text and the next one may be of one name: no comma, bracket or quotation mark parts them.
fn is_joined(sketch: &Sketch<'_>, word: u32) -> bool {
    let words = sketch.body.words.get(word as usize..).unwrap_or_default();
    let [one, next, ..] = words else { return false };
    let between = &sketch.text[one.range().end..next.range().start];
    let joins = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '\'' | '’' | '&' | '·');
    between.chars().all(joins)
}

/// Whether nothing but days, months and numbers beside them stands there.
fn is_date(name: &str) -> bool {
    let words = || {
        name.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    words().any(|word| is_of_a_date(&folded(word)))
        && words().all(|word| {
            word.starts_with(|c: char| c.is_ascii_digit()) || is_of_a_date(&folded(word))
        })
}
