//! Which earlier articles are worth comparing: by shared fingerprints and by shared rare names.

use std::collections::BTreeSet;

use crate::by_number::ByNumber;
use crate::config::Config;
use crate::furniture::Furniture;
use crate::index::exact;
use crate::sign::Sketch;
use crate::window::{Serial, Window};

/// Articles looked at under one key: what more of them carry tells little.
pub(crate) const CARRIERS: usize = 64;

/// Earlier articles that most articles share something with.
const MET: usize = 1_000;

/// Shared fingerprints of narration that make a candidate.
const NARRATION_SHARED: u16 = 2;
/// Shared keys that make one, and of which part of all the article's, by rarity. Of labelled and other
/// real articles that are tied this leaves out one in two hundred, none of them derived, and it spares
/// two comparisons in five.
const KEYS_SHARED: u8 = 3;
const KEYS_PART: u32 = 10;

/// What one shared fingerprint counts against one unit of a shared key's rarity.
const NARRATION_WEIGHT: u32 = 400;
const QUOTED_WEIGHT: u32 = 100;
const KEY_WEIGHT: f32 = 10.0;
/// More than all else together: a text of a few words has neither fingerprints nor enough keys.
const EXACT_WEIGHT: u32 = 1_000_000;

/// Where candidates are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'w> {
    pub window: &'w Window,
    pub config: &'w Config,
    /// Only articles that arrived before this one are met.
    pub before: Serial,
    /// Event time of the article at hand, in milliseconds.
    pub seen: i64,
}

impl Search<'_> {
    /// Whether no more than a window lies between the article at hand and an earlier one.
    fn is_near(&self, serial: Serial) -> bool {
        let standing = self.window.standing(serial);
        let span = self.config.span().unsigned_abs();
        standing.is_some_and(|standing| standing.seen.abs_diff(self.seen) <= span)
    }
}

/// Shared marks of one earlier article. Most articles share one with a thousand: in twelve bytes each they
/// stay where memory is fast.
#[derive(Clone, Copy, Default)]
struct Shared {
    narration: u16,
    quoted: u16,
    keys: u8,
    /// The body as a whole.
    exact: bool,
    /// Rarity of the shared keys.
    rarity: u32,
}

impl Shared {
    fn weight(self) -> u32 {
        let exact = u32::from(self.exact) * EXACT_WEIGHT;
        let narration = u32::from(self.narration) * NARRATION_WEIGHT;
        let quoted = u32::from(self.quoted) * QUOTED_WEIGHT;
        exact + narration + quoted + self.rarity
    }
}

/// The earlier articles to compare `sketch` with, the most promising first.
pub(crate) fn candidates(
    sketch: &Sketch<'_>,
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Vec<Serial> {
    let outlet = sketch.signature.outlet;
    let index = &search.window.index;
    let before = search.before;
    let mut shared: ByNumber<Shared> = ByNumber::default();
    // Room for those that most articles meet: growing is a good part of what it takes to count them.
    shared.reserve(MET);
    let mut carriers: Vec<Serial> = Vec::with_capacity(CARRIERS);
    for &(fingerprint, _) in &sketch.fingerprints.narration {
        for &serial in furniture.carriers(fingerprint, outlet, search) {
            let shared = shared.entry(serial).or_default();
            shared.narration += 1;
        }
    }
    for &(fingerprint, _) in &sketch.fingerprints.quoted {
        index
            .quoted
            .carriers(fingerprint, before, CARRIERS, &mut carriers);
        for &serial in &carriers {
            shared.entry(serial).or_default().quoted += 1;
        }
    }
    let mut own = 0;
    for key in &sketch.keys {
        let weight = (index.vocabulary.weight(key.term) * KEY_WEIGHT) as u32;
        own += weight;
        index
            .keys
            .carriers(key.term, before, CARRIERS, &mut carriers);
        for &serial in &carriers {
            let shared = shared.entry(serial).or_default();
            shared.keys += 1;
            shared.rarity += weight;
        }
    }
    let exact = exact(sketch.signature.body);
    if sketch.signature.words > 0 {
        index.keys.carriers(exact, before, CARRIERS, &mut carriers);
        for &serial in &carriers {
            shared.entry(serial).or_default().exact = true;
        }
    }
    let mut found: Vec<(u32, Serial)> = shared
        .into_iter()
        .filter(|(_, shared)| {
            let retells = shared.keys >= KEYS_SHARED && shared.rarity >= own / KEYS_PART;
            shared.exact || shared.narration >= NARRATION_SHARED || retells
        })
        .map(|(serial, shared)| (shared.weight(), serial))
        // The window may hold what is older than it, and what claims to come from its future: they must not take the
        // place of those that count.
        .filter(|&(_, serial)| search.is_near(serial))
        .collect();
    // The map's order is gone here: the heaviest first, of equals the earliest.
    found.sort_unstable_by_key(|&(weight, serial)| (std::cmp::Reverse(weight), serial));
    let most = search.config.candidates as usize;
    found.truncate(most);
    let found = found.into_iter().map(|(_, serial)| serial).collect();
    with_sources(found, most, search)
}

/// Adds to the candidates the first article of each of their families: among a hundred reprints with
/// more in common it is the one that they were made from. Where there is no room, the least promising make some, a
/// quarter of all at most.
fn with_sources(mut found: Vec<Serial>, most: usize, search: &Search<'_>) -> Vec<Serial> {
    let mut known: BTreeSet<Serial> = found.iter().copied().collect();
    let room = most.saturating_sub(found.len()).max(most / 4);
    let standings = found.iter();
    let sources: Vec<Serial> = standings
        .filter_map(|serial| search.window.standing(*serial))
        .filter_map(|standing| search.window.family(standing.family).next())
        .filter(|&first| first < search.before && search.is_near(first) && known.insert(first))
        .take(room)
        .collect();
    found.truncate(most.saturating_sub(sources.len()));
    found.extend(sources);
    found
}
