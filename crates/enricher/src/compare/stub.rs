//! What stands where an article should be: a wall, a request for JavaScript, an error.

use super::share;
use super::side::{NONE, Side};
use crate::reading::TITLE;

/// Share of a title, by rarity, from which it has to do with a text.
const SOME: f64 = 0.2;

/// Whether two bodies say nothing of what their titles say, and the titles have nothing to do with each other: then
/// both show the same thing in place of two articles. Whatever the language, a real article has words of its headline.
/// `map` gives for each term of the earlier text its place in this one.
pub(super) fn is_stub(this: &Side, earlier: &Side, map: &[u16]) -> bool {
    let (ours, theirs) = (Title::of(this), Title::of(earlier));
    if ours.all <= 0.0 || theirs.all <= 0.0 {
        return false;
    }
    let mut shared = 0.0;
    for (there, &here) in map.iter().enumerate() {
        if here != NONE && theirs.has[there] && ours.has[here as usize] {
            shared += earlier.rarity[there];
        }
    }
    share(shared, ours.all.min(theirs.all)) < SOME
        && share(ours.said, ours.all) < SOME
        && share(theirs.said, theirs.all) < SOME
}

/// A text's title.
struct Title {
    /// Whether it has each of the text's terms.
    has: Vec<bool>,
    /// Rarity of all of its terms, and of those that the body has too.
    all: f64,
    said: f64,
}

impl Title {
    fn of(side: &Side) -> Self {
        let mut has = vec![false; side.rarity.len()];
        let mut said = has.clone();
        for item in &side.reading.items {
            let place = if item.is(TITLE) { &mut has } else { &mut said };
            place[item.local as usize] = true;
        }
        let sum = |counts: &dyn Fn(usize) -> bool| -> f64 {
            let terms = side.rarity.iter().enumerate();
            terms
                .filter(|&(at, _)| counts(at))
                .map(|(_, rarity)| rarity)
                .sum()
        };
        Self {
            all: sum(&|at| has[at]),
            said: sum(&|at| has[at] && said[at]),
            has,
        }
    }
}
