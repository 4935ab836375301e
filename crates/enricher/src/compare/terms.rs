//! Words that both texts have, wherever they stand.

use super::runs::Shared;
use super::side::{Held, NONE, Side};
use super::{Measures, share};
use crate::reading::{LEDE, NAME, NUMBER, QUOTED, TITLE};

/// Rarity from which a term's place says something.
const RARE: f64 = 3.0;

/// How a text uses a term outside furniture.
#[derive(Clone, Copy, Default)]
struct Use {
    told: u32,
    said: u32,
    title: bool,
    lede: bool,
    first: u32,
    /// How often outside what runs cover.
    apart: u32,
}

impl Use {
    fn count(self) -> f64 {
        dampened(self.told) + 0.5 * dampened(self.said)
    }
}

fn dampened(count: u32) -> f64 {
    [0.0, 1.0, 1.5, 1.9][count.min(3) as usize]
}

fn uses(side: &Side, masked: &[bool], covered: &[bool]) -> Vec<Use> {
    let mut uses = vec![Use::default(); side.reading.terms.len()];
    let mut body = 0;
    for (at, item) in side.reading.items.iter().enumerate() {
        let title = item.is(TITLE);
        body += usize::from(!title);
        if masked[at] {
            continue;
        }
        let used = &mut uses[item.local as usize];
        if used.told + used.said == 0 {
            used.first = at as u32;
        }
        if item.is(QUOTED) {
            used.said += 1;
        } else {
            used.told += 1;
        }
        used.apart += u32::from(!covered[at]);
        used.title |= title;
        used.lede |= title || body <= LEDE;
    }
    uses
}

/// What a cosine is made of.
#[derive(Default)]
struct Sums {
    product: f64,
    a: f64,
    b: f64,
}

impl Sums {
    fn cosine(&self) -> f64 {
        share(self.product, (self.a * self.b).sqrt())
    }
}

/// One weight of each term on both sides, and the cosine over them.
fn cosine(sides: [&Side; 2], uses: &[Vec<Use>; 2], map: &[u16], weigh: impl Fn(Use) -> f64) -> f64 {
    let mut sums = Sums::default();
    for (used, rarity) in uses[0].iter().zip(&sides[0].rarity) {
        sums.a += (weigh(*used) * rarity).powi(2);
    }
    for (at, used) in uses[1].iter().enumerate() {
        let weight = weigh(*used) * sides[1].rarity[at];
        sums.b += weight * weight;
        if map[at] != NONE {
            let local = map[at] as usize;
            sums.product += weight * weigh(uses[0][local]) * sides[0].rarity[local];
        }
    }
    sums.cosine()
}

pub(super) fn compare(
    this: &Held,
    earlier: &Side,
    map: &[u16],
    shared: &Shared,
    measures: &mut Measures,
) {
    let sides = [&this.side, earlier];
    let uses = [0, 1].map(|side| uses(sides[side], &shared.masked[side], &shared.covered[side]));
    let one = |is: bool| f64::from(u8::from(is));
    measures.similarity = cosine(sides, &uses, map, Use::count);
    measures.narrated = cosine(sides, &uses, map, |used| dampened(used.told));
    measures.lede = cosine(sides, &uses, map, |used| one(used.lede));
    measures.title = cosine(sides, &uses, map, |used| one(used.title));
    let used = |used: Use| used.told + used.said > 0;
    // What both have, as places on either side, in the order of the earlier one's terms.
    let common: Vec<(usize, usize)> = map
        .iter()
        .enumerate()
        .filter(|&(_, &here)| here != NONE)
        .map(|(there, &here)| (here as usize, there))
        .filter(|&(here, there)| used(uses[0][here]) && used(uses[1][there]))
        .collect();
    let sum = |side: usize, pick: &dyn Fn(usize) -> bool| -> f64 {
        let terms = 0..sides[side].rarity.len();
        let terms = terms.filter(|&at| used(uses[side][at]) && pick(at));
        terms.map(|at| sides[side].rarity[at]).sum()
    };
    let both = |pick: &dyn Fn(usize, usize) -> bool| -> f64 {
        let common = common.iter().filter(|&&(here, there)| pick(here, there));
        common.map(|&(here, _)| sides[0].rarity[here]).sum()
    };
    let covered = [
        share(
            both(&|here, _| uses[0][here].lede),
            sum(0, &|at| uses[0][at].lede),
        ),
        share(
            both(&|_, there| uses[1][there].lede),
            sum(1, &|at| uses[1][at].lede),
        ),
    ];
    measures.covered = covered[0].max(covered[1]);
    let kind = |side: usize, at: usize| sides[side].reading.kinds[at];
    let of_kind = |wanted: u8| {
        let both = both(&|here, there| kind(0, here) == wanted && kind(1, there) == wanted);
        let sums = [0, 1].map(|side| sum(side, &|at| kind(side, at) == wanted));
        // A single name or number of a text that has no other says little.
        share(both, sums[0].min(sums[1]).max(10.0))
    };
    measures.names = of_kind(NAME);
    measures.numbers = of_kind(NUMBER);
    let numbers = common.iter().filter(|&&(here, there)| {
        kind(0, here) == NUMBER && kind(1, there) == NUMBER && sides[0].rarity[here] >= RARE
    });
    measures.number_count = ((1 + numbers.count()) as f64).ln() / 3.0;
    let told = [0, 1].map(|side| sum(side, &|at| uses[side][at].told > 0));
    let bags = [
        share(both(&|here, _| uses[0][here].told > 0), told[0]),
        share(both(&|_, there| uses[1][there].told > 0), told[1]),
    ];
    measures.bag = bags[usize::from(told[1] < told[0])];
    measures.rest = cosine(sides, &uses, map, |used| dampened(used.apart));
    measures.lede_part = [0, 1]
        .map(|side| lede_part(sides[side], &shared.covered[side]))
        .into_iter()
        .fold(0.0, f64::max);
    order(sides, &uses, &common, measures);
}

/// Share of the lede, by rarity, that runs cover.
fn lede_part(side: &Side, covered: &[bool]) -> f64 {
    let items = side.reading.items.iter().zip(covered);
    let lede = items.filter(|(item, _)| !item.is(TITLE)).take(LEDE);
    let (mut all, mut met) = (0.0, 0.0);
    for (item, &covered) in lede {
        let rarity = side.rarity[item.local as usize];
        all += rarity;
        met += if covered { rarity } else { 0.0 };
    }
    share(met, all)
}

/// The order of rare terms by their first places.
fn order(
    sides: [&Side; 2],
    uses: &[Vec<Use>; 2],
    common: &[(usize, usize)],
    measures: &mut Measures,
) {
    let mut places: Vec<(u32, u32)> = common
        .iter()
        .filter(|&&(here, _)| sides[0].rarity[here] >= RARE)
        .map(|&(here, there)| (uses[0][here].first, uses[1][there].first))
        .collect();
    places.sort_unstable();
    let count = places.len() as f64;
    let rising = longest_rising(places.into_iter().map(|(_, there)| there as usize), false) as f64;
    measures.in_order = share(rising, count.max(8.0));
    // A shuffled sequence has a rising subsequence of about two square roots of its length, give or
    // take its sixth root.
    let beyond = (rising - 2.0 * count.sqrt()) / count.max(1.0).powf(1.0 / 6.0);
    measures.order = (beyond / 12.0).clamp(-0.5, 2.0);
}

/// Length of the longest rising subsequence; with `level`, of the longest that never falls.
pub(super) fn longest_rising(places: impl Iterator<Item = usize>, level: bool) -> usize {
    // The least end of a subsequence of each length.
    let mut ends: Vec<usize> = Vec::new();
    for place in places {
        let at = ends.partition_point(|&end| end < place || level && end == place);
        match ends.get_mut(at) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    ends.len()
}
