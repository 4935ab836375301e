//! Words that both texts have, wherever they stand.

use super::runs::{MASKED, Marks, TOLD};
use super::side::{Held, NONE, Side};
use super::{Measures, share};
use crate::reading::{LEDE, NAME, QUOTED, TITLE};

/// Rarity from which a term's place says something.
const RARE: f64 = 3.0;
/// Rarity of names below which a text has too few of them to say anything by their share.
const FEW_NAMES: f64 = 10.0;

/// Reports of earthquakes, matches, results and deaths that were made from one form share .27 to .73 of their words and
/// less than .3 of their names, most of them none; of labelled pairs that were made from one another and share so many
/// words one in two hundred has less than .35 of the names.
const OWN_NAMES: f64 = 0.35;
const ENOUGH_NAMES: f64 = 15.0;

/// A text of so many terms without a name is in a script without capitals, or in capitals or small letters
/// throughout: there the rarest terms stand for names.
const ENOUGH_TERMS: usize = 40;
const LIKE_A_NAME: f64 = 5.0;

/// How a text uses a term outside furniture.
#[derive(Clone, Copy, Default)]
struct Use {
    told: u32,
    said: u32,
    /// How often outside what runs cover.
    apart: u32,
    lede: bool,
    name: bool,
}

impl Use {
    /// The weights of a term in the cosines: over all, over title and lede, over what no run covers.
    fn weights(self, rarity: f64) -> [f64; 3] {
        [
            rarity * (dampened(self.told) + 0.5 * dampened(self.said)),
            if self.lede { rarity } else { 0.0 },
            rarity * dampened(self.apart),
        ]
    }

    fn is_used(self) -> bool {
        self.told + self.said > 0
    }
}

fn dampened(count: u32) -> f64 {
    [0.0, 1.0, 1.5, 1.9][count.min(3) as usize]
}

fn uses(side: &Side, marks: &[u8]) -> Vec<Use> {
    let mut uses = vec![Use::default(); side.reading.terms.len()];
    let mut body = 0;
    for (item, mark) in side.reading.items.iter().zip(marks) {
        let title = item.is(TITLE);
        body += usize::from(!title);
        if mark & MASKED != 0 {
            continue;
        }
        let used = &mut uses[item.local as usize];
        if item.is(QUOTED) {
            used.said += 1;
        } else {
            used.told += 1;
        }
        used.apart += u32::from(mark & TOLD == 0);
        used.lede |= title || body <= LEDE;
    }
    let kinds = &side.reading.kinds;
    let shows_names = kinds.len() < ENOUGH_TERMS || kinds.contains(&NAME);
    let kinds = kinds.iter().zip(&side.rarity);
    for (used, (&kind, &rarity)) in uses.iter_mut().zip(kinds) {
        used.name = if shows_names {
            kind == NAME
        } else {
            rarity >= LIKE_A_NAME
        };
    }
    uses
}

/// Sums of rarity over one text's terms.
#[derive(Clone, Copy, Default)]
struct Sums {
    told: f64,
    lede: f64,
    names: f64,
    squares: [f64; 3],
}

impl Sums {
    fn of(side: &Side, uses: &[Use]) -> Self {
        let mut sums = Self::default();
        for (used, &rarity) in uses.iter().zip(&side.rarity) {
            sums.add(*used, rarity);
            let weights = used.weights(rarity);
            for (square, weight) in sums.squares.iter_mut().zip(weights) {
                *square += weight * weight;
            }
        }
        sums
    }

    fn add(&mut self, used: Use, rarity: f64) {
        if !used.is_used() {
            return;
        }
        let of = |is: bool| if is { rarity } else { 0.0 };
        self.told += of(used.told > 0);
        self.lede += of(used.lede);
        self.names += of(used.name);
    }
}

/// Compares the terms and tells which text is the shorter: 0 this one, 1 the earlier one.
pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    marks: &Marks,
    measures: &mut Measures,
) -> usize {
    let sides = [&this.side, earlier];
    let uses = [0, 1].map(|side| uses(sides[side], &marks[side]));
    let sums = [0, 1].map(|side| Sums::of(sides[side], &uses[side]));
    // What both have: on this side, on the other, names, products.
    let mut both = [Sums::default(), Sums::default()];
    let mut names = 0.0;
    let mut products = [0.0f64; 3];
    let common = map.iter().enumerate().filter(|&(_, &here)| here != NONE);
    for (there, &here) in common {
        let (a, b) = (uses[0][here as usize], uses[1][there]);
        if !a.is_used() || !b.is_used() {
            continue;
        }
        let rarity = sides[1].rarity[there];
        both[0].add(a, rarity);
        both[1].add(b, rarity);
        if a.name && b.name {
            names += rarity;
        }
        let weights = a.weights(rarity).into_iter().zip(b.weights(rarity));
        for (product, (a, b)) in products.iter_mut().zip(weights) {
            *product += a * b;
        }
    }
    let cosine = |at: usize| {
        let squares = sums[0].squares[at] * sums[1].squares[at];
        share(products[at], squares.sqrt())
    };
    measures.similarity = cosine(0);
    measures.lede = cosine(1);
    measures.rest = cosine(2);
    let covered = [0, 1].map(|side| share(both[side].lede, sums[side].lede));
    measures.covered = covered[0].max(covered[1]);
    measures.names = share(names, sums[0].names.min(sums[1].names).max(FEW_NAMES));
    let fewer = sums[0].names.min(sums[1].names);
    measures.refilled = if fewer >= ENOUGH_NAMES {
        measures.part * (1.0 - measures.names / OWN_NAMES).max(0.0)
    } else {
        0.0
    };
    let shorter = usize::from(sums[1].told < sums[0].told);
    measures.bag = share(both[shorter].told, sums[shorter].told);
    shorter
}

/// Of the rare terms that both have, the share that stands in the same order by first places.
pub(super) fn order(this: &Held, earlier: &Side, map: &[u16]) -> f64 {
    let first = |side: &Side| {
        let mut places = vec![u32::MAX; side.rarity.len()];
        for (at, item) in (0u32..).zip(&side.reading.items) {
            let place = &mut places[item.local as usize];
            *place = at.min(*place);
        }
        places
    };
    let (ours, theirs) = (first(&this.side), first(earlier));
    let mut places: Vec<(u32, u32)> = map
        .iter()
        .enumerate()
        .filter(|&(there, &here)| here != NONE && earlier.rarity[there] >= RARE)
        .map(|(there, &here)| (ours[here as usize], theirs[there]))
        .collect();
    places.sort_unstable();
    let count = places.len();
    let rising = longest_rising(places.into_iter().map(|(_, there)| there));
    share(rising as f64, count as f64)
}

/// Length of the longest rising subsequence.
fn longest_rising(places: impl Iterator<Item = u32>) -> usize {
    // The least end of a rising subsequence of each length.
    let mut ends: Vec<u32> = Vec::new();
    for place in places {
        let at = ends.partition_point(|&end| end < place);
        match ends.get_mut(at) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    ends.len()
}
