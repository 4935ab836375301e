//! Passages that an outlet prints under everything: fixed background, galleries, related links.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::by_number::ByNumber;
use crate::candidates::{CARRIERS, Search};
use crate::reading::GRAM;
use crate::sign::Sketch;
use crate::window::{Id, Serial};

/// Fingerprints of one passage follow each other within so many items.
const STEP: u32 = 16;

/// What of one article is known to be furniture, as far as it was asked.
///
/// It is counted where it is needed, from the articles in the window that carry a passage, by
/// families: an outlet's ten updates of one report are one family and make no furniture of it.
#[derive(Default)]
pub(crate) struct Furniture {
    /// For each fingerprint that was asked for, the place of what is known of it.
    asked: ByNumber<usize>,
    known: Vec<Known>,
    /// Outlet and family of the articles that were met. One that shares a passage shares many fingerprints, and to
    /// look it up for each was the third part of an article's time.
    met: ByNumber<Option<(u64, Id)>>,
    /// Every outlet of which furniture was met, and whether some is everybody's, once all of the article's
    /// fingerprints were asked for.
    outlets: BTreeSet<u64>,
    everybodys: bool,
    all_asked: bool,
}

/// Families of which a passage stands in so many, of whatever outlets, is what an agency or a house style prints under
/// everything: one report that everybody reprints is one family.
const EVERYBODYS: usize = 16;

/// What is known of fingerprints that the same articles carry.
struct Known {
    /// The earlier articles that do.
    carriers: Vec<Serial>,
    /// The outlets to whose furniture they belong.
    outlets: Vec<u64>,
    /// They are furniture of all of them.
    everybodys: bool,
}

impl Known {
    fn is_of(&self, outlet: u64) -> bool {
        self.everybodys || self.outlets.contains(&outlet)
    }
}

impl Furniture {
    /// The earlier articles that carry the fingerprint of narration; none where it is furniture of
    /// `outlet`.
    pub(crate) fn carriers(
        &mut self,
        fingerprint: u32,
        outlet: u64,
        search: &Search<'_>,
    ) -> &[Serial] {
        let known = self.look_up(fingerprint, search);
        if known.is_of(outlet) {
            return &[];
        }
        &known.carriers
    }

    /// Asks the index once for each fingerprint: that is where the time of an article goes.
    fn look_up(&mut self, fingerprint: u32, search: &Search<'_>) -> &Known {
        let at = match self.asked.get(&fingerprint) {
            Some(&at) => at,
            None => self.ask(fingerprint, search),
        };
        &self.known[at]
    }

    fn ask(&mut self, fingerprint: u32, search: &Search<'_>) -> usize {
        let mut carriers = Vec::new();
        let narration = &search.window.index.narration;
        narration.carriers(fingerprint, search.before, CARRIERS, &mut carriers);
        // What follows each other in a text that others have is carried by the same ones, and most is by none.
        let last = self.known.last();
        if last.is_none_or(|known| known.carriers != carriers) {
            let known = Known::of(carriers, &mut self.met, search);
            self.outlets.extend(&known.outlets);
            self.everybodys |= known.everybodys;
            self.known.push(known);
        }
        let at = self.known.len() - 1;
        self.asked.insert(fingerprint, at);
        at
    }

    /// The items of the article at hand, as ranges, that are furniture of `outlet`.
    pub(crate) fn passages(
        &mut self,
        sketch: &Sketch<'_>,
        outlet: u64,
        search: &Search<'_>,
    ) -> Vec<Range<u32>> {
        let mut passages: Vec<Range<u32>> = Vec::new();
        if self.all_asked && !self.everybodys && !self.outlets.contains(&outlet) {
            return passages;
        }
        self.all_asked = true;
        for &(fingerprint, item) in &sketch.fingerprints.narration {
            if !self.look_up(fingerprint, search).is_of(outlet) {
                continue;
            }
            let end = item + GRAM as u32;
            match passages.last_mut() {
                Some(passage) if item < passage.end + STEP => passage.end = end,
                _ => passages.push(item..end),
            }
        }
        passages
    }
}

impl Known {
    /// Counts the families of the carriers, by outlet and together.
    fn of(
        carriers: Vec<Serial>,
        met: &mut ByNumber<Option<(u64, Id)>>,
        search: &Search<'_>,
    ) -> Self {
        let enough = search.config.furniture_articles as usize;
        if carriers.len() < enough {
            return Self {
                carriers,
                outlets: Vec::new(),
                everybodys: false,
            };
        }
        let mut families: Vec<(u64, Id)> = Vec::with_capacity(carriers.len());
        for &serial in &carriers {
            let place = met.entry(serial).or_insert_with(|| {
                let signature = search.window.signatures.get(&serial)?;
                let standing = search.window.standing(serial)?;
                Some((signature.outlet, standing.family))
            });
            families.extend(*place);
        }
        families.sort_unstable();
        families.dedup();
        let outlets = families.chunk_by(|a, b| a.0 == b.0);
        let furnished = outlets.filter(|families| families.len() >= enough);
        let outlets = furnished.map(|families| families[0].0).collect();
        // By outlets there may be as many and be one family all the same.
        let everybodys = families.len() >= EVERYBODYS && {
            let all: BTreeSet<Id> = families.iter().map(|&(_, family)| family).collect();
            all.len() >= EVERYBODYS
        };
        Self {
            carriers,
            outlets,
            everybodys,
        }
    }
}
