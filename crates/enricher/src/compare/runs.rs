//! What both texts have word by word.

use std::ops::Range;

use super::side::{Held, NONE, Side};
use super::{Comparison, share};
use crate::reading::{FURNITURE, GRAM, Item, QUOTED, SPOKEN, TITLE};

/// Items in a run that is no turn of phrase.
const LONG: usize = 5;
/// Items between two runs of one block.
const BLOCK_GAP: usize = 6;

/// Items that follow each other in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// First item of this article.
    pub here: u32,
    /// First item of the earlier one.
    pub there: u32,
    pub items: u32,
    /// Either text quotes it.
    pub quoted: bool,
}

/// What is left out of the comparison, and what runs cover.
pub(crate) struct Shared {
    /// Items of this article and of the earlier one that are furniture.
    pub masked: [Vec<bool>; 2],
    /// Those that runs of narration cover.
    pub covered: [Vec<bool>; 2],
}

/// Finds the runs from left to right of the earlier text, the longest at each place.
fn find(this: &Held, earlier: &Side, map: &[u16]) -> Vec<Run> {
    let ours = &this.side.reading.items;
    let theirs: Vec<u16> = earlier
        .reading
        .items
        .iter()
        .map(|item| map[item.local as usize])
        .collect();
    let mut runs = Vec::new();
    let mut at = earlier
        .reading
        .items
        .iter()
        .take_while(|item| item.is(TITLE))
        .count();
    while at + GRAM <= theirs.len() {
        let gram = [theirs[at], theirs[at + 1], theirs[at + 2]];
        if gram.contains(&NONE) {
            at += 1;
            continue;
        }
        let length = |here: usize| {
            let pairs = ours[here..].iter().zip(&theirs[at..]);
            pairs
                .take_while(|(our, their)| our.local == **their)
                .count()
        };
        // Of equals the first.
        let longest = this.places(gram).map(|here| (length(here), here));
        let longest = longest.max_by_key(|&(length, here)| (length, std::cmp::Reverse(here)));
        let Some((length, here)) = longest else {
            at += 1;
            continue;
        };
        let quoted = (0..length).filter(|step| {
            let item = |items: &[Item], at: usize| items[at + step].is(QUOTED);
            item(ours, here) || item(&earlier.reading.items, at)
        });
        runs.push(Run {
            here: here as u32,
            there: at as u32,
            items: length as u32,
            quoted: quoted.count() * 2 > length,
        });
        at += length;
    }
    runs
}

/// One text's part of what is shared, by rarity.
struct Cover<'s> {
    side: &'s Side,
    masked: &'s [bool],
}

impl Cover<'_> {
    fn rarity(&self, at: usize) -> f64 {
        self.side.rarity[self.side.reading.items[at].local as usize]
    }

    /// Sum over the items that `wanted` picks, furniture and title left out.
    fn sum(&self, wanted: impl Fn(usize, Item) -> bool) -> f64 {
        let items = self.side.reading.items.iter().enumerate();
        items
            .filter(|&(at, item)| !item.is(TITLE) && !self.masked[at] && wanted(at, *item))
            .map(|(at, _)| self.rarity(at))
            .sum()
    }
}

fn marked(
    count: usize,
    runs: &[Run],
    start: impl Fn(&Run) -> u32,
    pick: impl Fn(&Run) -> bool,
) -> Vec<bool> {
    let mut marks = vec![false; count];
    for run in runs.iter().filter(|run| pick(run)) {
        let start = start(run) as usize;
        for mark in &mut marks[start..start + run.items as usize] {
            *mark = true;
        }
    }
    marks
}

pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    furnished: &[Range<u32>],
    comparison: &mut Comparison,
) -> Shared {
    let sides = [&this.side, earlier];
    let counts = sides.map(|side| side.reading.items.len());
    let mut masked = sides.map(|side| {
        let items = side.reading.items.iter();
        items.map(|item| item.is(FURNITURE)).collect::<Vec<bool>>()
    });
    for passage in furnished {
        let passage = passage.start as usize..passage.end as usize;
        for mark in masked[0].get_mut(passage).unwrap_or_default() {
            *mark = true;
        }
    }
    let mut runs = find(this, earlier, map);
    // What is furniture in one of both texts is so in the other.
    runs.retain(|run| {
        let (here, there) = (run.here as usize, run.there as usize);
        let items = run.items as usize;
        let furniture = (0..items).filter(|step| masked[0][here + step] || masked[1][there + step]);
        let is_furniture = furniture.count() * 2 > items;
        if is_furniture {
            masked[0][here..here + items].fill(true);
            masked[1][there..there + items].fill(true);
        }
        !is_furniture
    });
    let cover = |pick: &dyn Fn(&Run) -> bool| {
        [
            marked(counts[0], &runs, |run| run.here, pick),
            marked(counts[1], &runs, |run| run.there, pick),
        ]
    };
    let covers = [0, 1].map(|side| Cover {
        side: sides[side],
        masked: &masked[side],
    });
    let narrated = |item: Item| !item.is(QUOTED);
    let all = [0, 1].map(|side| covers[side].sum(|_, item| narrated(item)));
    let parts = |marks: &[Vec<bool>; 2]| {
        [0, 1].map(|side| {
            let sum = covers[side].sum(|at, item| narrated(item) && marks[side][at]);
            share(sum, all[side])
        })
    };
    let most = |shares: [f64; 2]| shares[0].max(shares[1]);
    let covered = cover(&|run| !run.quoted);
    let [contained, contains] = parts(&covered);
    comparison.contained = contained;
    comparison.contains = contains;
    let measures = &mut comparison.measures;
    measures.part = contained.max(contains);
    measures.whole = contained.min(contains);
    measures.long_part = most(parts(&cover(&|run| {
        !run.quoted && run.items as usize >= LONG
    })));
    measures.any_part = most(parts(&cover(&|_| true)));
    let speaks = |run: &Run| {
        let steps = 0..run.items as usize;
        let spoken = |step: &usize| {
            this.is_spoken(run.here as usize + step)
                || earlier.reading.items[run.there as usize + step].is(SPOKEN)
        };
        steps.filter(spoken).count() * 2 > run.items as usize
    };
    measures.unspoken = most(parts(&cover(&|run| !run.quoted && !speaks(run))));
    let narration = || runs.iter().filter(|run| !run.quoted);
    let longest = narration().map(|run| run.items).max().unwrap_or(0);
    measures.longest = f64::from(1 + longest).ln() / 5.0;
    measures.runs = ((1 + narration().count()) as f64).ln() / 4.0;
    measures.block = block(&covers[0], &covered[0]);
    let quotations = cover(&|run| run.quoted);
    let said = [0, 1].map(|side| covers[side].sum(|_, item| item.is(QUOTED)));
    measures.quoted = most([0, 1].map(|side| {
        let sum = covers[side].sum(|at, item| item.is(QUOTED) && quotations[side][at]);
        share(sum, said[side])
    }));
    let shared_said = covers[0].sum(|at, _| quotations[0][at]);
    let shared_told = covers[0].sum(|at, _| covered[0][at]);
    measures.quotation = share(shared_said, shared_said + shared_told);
    comparison.runs = runs;
    Shared { masked, covered }
}

/// Share of what is covered that stands in the heaviest block of covered items with small gaps.
fn block(cover: &Cover<'_>, covered: &[bool]) -> f64 {
    let (mut all, mut heaviest, mut this) = (0.0f64, 0.0f64, 0.0f64);
    let mut last = None;
    for (at, _) in covered.iter().enumerate().filter(|&(_, &covered)| covered) {
        if last.is_none_or(|last| at - last > BLOCK_GAP) {
            this = 0.0;
        }
        last = Some(at);
        all += cover.rarity(at);
        this += cover.rarity(at);
        heaviest = heaviest.max(this);
    }
    share(heaviest, all)
}
