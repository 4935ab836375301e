//! A form that was filled twice: one outlet's results, quakes and appeals have the same words around other names
//! and numbers.

use super::runs::Run;
use super::share;
use super::side::{Held, NONE, Side};
use crate::reading::{NAME, NUMBER, TITLE};

/// Items between two runs that may be what one blank was filled with, or two with a word between them.
const BLANK: usize = 8;

/// Share of a pair's names and numbers that may be swapped for others before it is taken for a form. Made-up forms have
/// .4 to .85; of 426 labelled pairs that were made from one another none has more than .11 (blanks of five items), and no
/// figure of theirs changes by it.
const SWAPPED: f64 = 0.15;

/// Rarity of what is swapped below which it may be a name put right.
const ENOUGH: f64 = 8.0;

/// What numbers count where no name is swapped: a report of the same outlet may be told again with the day's figures.
const FIGURES: f64 = 0.5;

/// How much of the pair's names and numbers stands in blanks, beyond what may: a name of this text alone in the place of
/// one of the earlier text alone.
pub(super) fn filled(this: &Held, earlier: &Side, map: &[u16], runs: &[Run]) -> f64 {
    let sides = [&this.side, earlier];
    // What each side alone has in blanks that both fill.
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for blanks in blanks(sides, runs) {
        let named = |side: usize| {
            let reading = &sides[side].reading;
            let items = reading.items[blanks[side].clone()].iter();
            let locals = items.map(|item| item.local as usize);
            locals.filter(|&local| matches!(reading.kinds[local], NAME | NUMBER))
        };
        let here = named(0).filter(|&local| !map.contains(&(local as u16)));
        let there = named(1).filter(|&local| map[local] == NONE);
        let (here, there): (Vec<usize>, Vec<usize>) = (here.collect(), there.collect());
        if !here.is_empty() && !there.is_empty() {
            ours.extend(here);
            theirs.extend(there);
        }
    }
    let swapped = |kind: u8| {
        let ours = sum(sides[0], kind, ours.iter().copied());
        ours.min(sum(sides[1], kind, theirs.iter().copied()))
    };
    let (names, numbers) = (swapped(NAME), swapped(NUMBER));
    let swapped = if names > 0.0 {
        names + numbers
    } else {
        numbers * FIGURES
    };
    if swapped < ENOUGH {
        return 0.0;
    }
    let both = (0..map.len()).filter(|&there| map[there] != NONE);
    let kept = sum(earlier, NAME, both.clone()) + sum(earlier, NUMBER, both);
    (share(swapped, swapped + kept) - SWAPPED).max(0.0)
}

/// What lies between runs that follow each other in both texts, and before the first: a form may begin with a blank.
fn blanks<'r>(
    sides: [&'r Side; 2],
    runs: &'r [Run],
) -> impl Iterator<Item = [std::ops::Range<usize>; 2]> + 'r {
    let begin = sides.map(|side| {
        let items = side.reading.items.iter();
        items.take_while(|item| item.is(TITLE)).count()
    });
    let ends = runs
        .iter()
        .map(|run| [run.here, run.there].map(|at| (at + run.items) as usize));
    let ends = std::iter::once(begin).chain(ends);
    let gaps = ends
        .zip(runs)
        .map(|(ends, run)| [ends[0]..run.here as usize, ends[1]..run.there as usize]);
    gaps.filter(|gaps| gaps.iter().all(|gap| (1..=BLANK).contains(&gap.len())))
}

/// Rarity of the different terms of a kind.
fn sum(side: &Side, kind: u8, locals: impl Iterator<Item = usize>) -> f64 {
    let mut locals: Vec<usize> = locals
        .filter(|&local| side.reading.kinds[local] == kind)
        .collect();
    locals.sort_unstable();
    locals.dedup();
    locals.into_iter().map(|local| side.rarity[local]).sum()
}
