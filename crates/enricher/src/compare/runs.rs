//! What both texts have word by word.

use std::ops::Range;

use super::side::{Held, NONE, Side};
use super::{Comparison, share};
use crate::reading::{FURNITURE, GRAM, Item, LEDE, QUOTED, SPOKEN, TITLE};

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

/// The item is furniture, or stands in a passage that is furniture of the other.
pub(super) const MASKED: u8 = 1;
/// A run of narration covers it.
pub(super) const TOLD: u8 = 2;
/// So does one in which nobody says "I" or "we".
const UNSPOKEN: u8 = 4;
/// A run that one of both texts quotes covers it.
const SAID: u8 = 8;

/// The marks of each item of this article and of the earlier one.
pub(super) type Marks = [Vec<u8>; 2];

/// Finds the runs from left to right of the earlier text, the longest at each place.
fn find(this: &Held, earlier: &Side, map: &[u16]) -> Vec<Run> {
    let ours = &this.side.reading.items;
    let items = &earlier.reading.items;
    let theirs: Vec<u16> = items.iter().map(|item| map[item.local as usize]).collect();
    let mut runs = Vec::new();
    let mut at = items.iter().take_while(|item| item.is(TITLE)).count();
    while at + GRAM <= theirs.len() {
        let gram = [theirs[at], theirs[at + 1], theirs[at + 2]];
        // The next shingle that could be met begins after the last item that could not.
        if let Some(unmet) = gram.iter().rposition(|&local| local == NONE) {
            at += unmet + 1;
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
        let quotes = |step: &usize| ours[here + step].is(QUOTED) || items[at + step].is(QUOTED);
        runs.push(Run {
            here: here as u32,
            there: at as u32,
            items: length as u32,
            quoted: (0..length).filter(quotes).count() * 2 > length,
        });
        at += length;
    }
    runs
}

pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    furnished: &[Range<u32>],
    comparison: &mut Comparison,
) -> Marks {
    let sides = [&this.side, earlier];
    let mut marks = sides.map(|side| {
        let items = side.reading.items.iter();
        items
            .map(|item| if item.is(FURNITURE) { MASKED } else { 0 })
            .collect::<Vec<u8>>()
    });
    for passage in furnished {
        let passage = passage.start as usize..passage.end as usize;
        if let Some(items) = marks[0].get_mut(passage) {
            items.fill(MASKED);
        }
    }
    let mut runs = find(this, earlier, map);
    // What is furniture in one of both texts is so in the other.
    runs.retain(|run| {
        let [here, there] = places(run);
        let pairs = marks[0][here.clone()].iter().zip(&marks[1][there.clone()]);
        let furniture = pairs.filter(|(a, b)| **a | **b != 0).count();
        let is_furniture = furniture * 2 > run.items as usize;
        if is_furniture {
            marks[0][here].fill(MASKED);
            marks[1][there].fill(MASKED);
        }
        !is_furniture
    });
    for run in &runs {
        let mark = match run.quoted {
            true => SAID,
            false if is_spoken(run, sides) => TOLD,
            false => TOLD | UNSPOKEN,
        };
        for (marks, place) in marks.iter_mut().zip(places(run)) {
            for item in &mut marks[place] {
                *item |= mark;
            }
        }
    }
    let covers = [0, 1].map(|side| cover(sides[side], &marks[side]));
    measure(&covers, comparison);
    comparison.measures.block = block(sides[0], &marks[0]);
    comparison.runs = runs;
    marks
}

fn places(run: &Run) -> [Range<usize>; 2] {
    [run.here, run.there].map(|start| start as usize..(start + run.items) as usize)
}

/// Whether most of it stands in sentences that speak of "I" or "we", in either text.
fn is_spoken(run: &Run, [this, earlier]: [&Side; 2]) -> bool {
    let [here, there] = places(run);
    let ours = this.reading.items[here].iter();
    let pairs = ours.zip(&earlier.reading.items[there]);
    let spoken = pairs.filter(|(a, b)| a.is(SPOKEN) || b.is(SPOKEN)).count();
    spoken * 2 > run.items as usize
}

/// Items of a text that open it at least, where its first sentence is shorter: a dateline is one too.
const OPENING: usize = 6;

/// Sums of rarity over one text's items, furniture and title left out.
#[derive(Default)]
struct Cover {
    narrated: f64,
    told: f64,
    unspoken: f64,
    /// Of what runs cover, quoted in this text or not: told and said.
    shared: [f64; 2],
    opening: f64,
    opening_told: f64,
}

fn cover(side: &Side, marks: &[u8]) -> Cover {
    let mut cover = Cover::default();
    let mut body = 0;
    let mut first = None;
    for (item, &mark) in side.reading.items.iter().zip(marks) {
        if item.is(TITLE) {
            continue;
        }
        body += 1;
        let opens = item.sentence == *first.get_or_insert(item.sentence) || body <= OPENING;
        let rarity = side.rarity[item.local as usize];
        let of = |bits: u8| if mark & bits != 0 { rarity } else { 0.0 };
        if opens && body <= LEDE {
            cover.opening += rarity;
            cover.opening_told += of(TOLD);
        }
        if mark & MASKED != 0 {
            continue;
        }
        cover.shared[0] += of(TOLD);
        cover.shared[1] += of(SAID);
        if !item.is(QUOTED) {
            cover.narrated += rarity;
            cover.told += of(TOLD);
            cover.unspoken += of(UNSPOKEN);
        }
    }
    cover
}

fn measure(covers: &[Cover; 2], comparison: &mut Comparison) {
    let [contained, contains] = [0, 1].map(|side| share(covers[side].told, covers[side].narrated));
    comparison.contained = contained;
    comparison.contains = contains;
    let most = |of: fn(&Cover) -> f64| of(&covers[0]).max(of(&covers[1]));
    let measures = &mut comparison.measures;
    measures.part = contained.max(contains);
    measures.whole = contained.min(contains);
    measures.unspoken = most(|cover| share(cover.unspoken, cover.narrated));
    measures.opening = most(|cover| share(cover.opening_told, cover.opening));
    let [told, said] = covers[0].shared;
    measures.quotation = share(said, told + said);
}

/// Share of what runs of narration cover that stands in the heaviest block of such with small gaps.
fn block(side: &Side, marks: &[u8]) -> f64 {
    let (mut all, mut heaviest, mut this) = (0.0f64, 0.0f64, 0.0f64);
    let mut last = None;
    let items: &[Item] = &side.reading.items;
    for (at, item) in items
        .iter()
        .enumerate()
        .filter(|&(at, _)| marks[at] & TOLD != 0)
    {
        if last.is_none_or(|last| at - last > BLOCK_GAP) {
            this = 0.0;
        }
        last = Some(at);
        let rarity = side.rarity[item.local as usize];
        all += rarity;
        this += rarity;
        heaviest = heaviest.max(this);
    }
    share(heaviest, all)
}
