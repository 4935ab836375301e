//! What two articles have in common, in numbers.

use std::collections::BTreeSet;

use crate::candidates::Search;
use crate::furniture::Furniture;
use crate::sign::{GRAM, Signature, Sketch, Use};
use crate::vocabulary::{Term, Vocabulary, is_function_word, term};

/// Segments of a text over which shared narration may spread.
const SEGMENTS: usize = 8;

/// Measures of a pair, from the later article (`this`) to the earlier one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    /// The bodies are the same words.
    pub identical: bool,
    /// Share of this article's narration that stands in the earlier one.
    pub contained: f64,
    /// Share of the earlier one's narration that stands in this one.
    pub contains: f64,
    /// Fingerprints of narration that both have.
    pub runs: usize,
    /// Share of the earlier one's quotations that stand in this one.
    pub quoted: f64,
    /// Cosine of the terms, weighted by rarity.
    pub similarity: f64,
    /// The same over the words of title and lede only.
    pub lede: f64,
    /// Share of one lede's rarity that stands anywhere in the other article: the greater of both ways.
    pub covered: f64,
    /// Share of the rarity of one's keys that the other has: the greater of both ways.
    pub keys: f64,
    /// How many keys are shared, and how many of them stand in the same order.
    pub shared_keys: usize,
    pub in_order: usize,
    /// Over how much of the earlier narration what is shared spreads, 0 to 1.
    pub spread: f64,
    /// Length of the shorter text as a share of the longer.
    pub length: f64,
    /// Both are of one outlet.
    pub same_outlet: bool,
    /// Of what this article says outside the span of shared narration, the share of its rarity whose
    /// words the earlier one has. Measured within one outlet only, where a shared block may be
    /// furniture; 1 otherwise.
    pub outside: f64,
    /// Where in this article the shared fingerprints stand: word, and place among the earlier
    /// one's fingerprints.
    pub places: Vec<(u32, u32)>,
}

/// Compares the article at hand with an earlier one.
pub(crate) fn compare(
    this: &Sketch<'_>,
    earlier: &Signature,
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Comparison {
    let vocabulary = &search.window.index.vocabulary;
    let mut comparison = Comparison {
        identical: this.signature.body == earlier.body && !this.words.is_empty(),
        same_outlet: this.signature.outlet == earlier.outlet,
        length: ratio(this.signature.grams, earlier.grams),
        outside: 1.0,
        ..Comparison::default()
    };
    compare_narration(this, earlier, search, furniture, &mut comparison);
    compare_quotations(this, earlier, &mut comparison);
    compare_terms(this, earlier, vocabulary, &mut comparison);
    compare_keys(this, earlier, vocabulary, &mut comparison);
    if comparison.same_outlet && !comparison.identical && !comparison.places.is_empty() {
        comparison.outside = shared_outside(this, earlier, vocabulary, &comparison.places);
    }
    comparison
}

fn shared_outside(
    this: &Sketch<'_>,
    earlier: &Signature,
    vocabulary: &Vocabulary,
    places: &[(u32, u32)],
) -> f64 {
    let first = places.iter().map(|&(word, _)| word).min().unwrap_or(0) as usize;
    let last = places.iter().map(|&(word, _)| word).max().unwrap_or(0) as usize + GRAM;
    let theirs: BTreeSet<Term> = earlier.terms().collect();
    let (mut all, mut shared) = (0.0, 0.0);
    let before = this.words.iter().take(first);
    for word in before.chain(this.words.iter().skip(last)) {
        if is_function_word(word.hash) {
            continue;
        }
        let term = term(word.hash);
        let rarity = f64::from(vocabulary.weight(term));
        all += rarity;
        if theirs.contains(&term) {
            shared += rarity;
        }
    }
    if all > 0.0 { shared / all } else { 1.0 }
}

fn ratio(a: u32, b: u32) -> f64 {
    f64::from(a.min(b)) / f64::from(a.max(b).max(1))
}

/// The earlier article's fingerprints are a sample of its shingles; all shingles of this one are at
/// hand. What part of the sample is met estimates how much of the earlier narration stands here, and
/// with both lengths how much of this one stands there.
fn compare_narration(
    this: &Sketch<'_>,
    earlier: &Signature,
    search: &Search<'_>,
    furniture: &mut Furniture,
    comparison: &mut Comparison,
) {
    let outlets = [this.signature.outlet, earlier.outlet];
    let (mut own, mut met) = (0usize, 0usize);
    let all = earlier.narration.words().len().max(1);
    let mut segments = [false; SEGMENTS];
    for (place, fingerprint) in earlier.narration.words().enumerate() {
        let found = this.narration.find(fingerprint);
        // Asking the index is dear: a fingerprint that is not met only counts as the outlet's own.
        if found.is_some() && furniture.covers(fingerprint, &outlets, search) {
            continue;
        }
        own += 1;
        if let Some(word) = found {
            met += 1;
            segments[place * SEGMENTS / all] = true;
            comparison.places.push((word, place as u32));
        }
    }
    if met == 0 {
        return;
    }
    let contains = met as f64 / own as f64;
    // Furniture is part of neither narration.
    let narration = f64::from(earlier.grams) * own as f64 / all as f64;
    let furnished = furniture_share(this, outlets, search, furniture);
    let here = (this.narration.len() as f64 * (1.0 - furnished)).max(1.0);
    comparison.runs = met;
    comparison.contains = contains;
    let estimated = (contains * narration / here).min(1.0);
    comparison.contained = estimated.max(met_by(this, earlier));
    let spread = segments.iter().filter(|&&met| met).count();
    comparison.spread = spread as f64 / SEGMENTS.min(all) as f64;
}

/// Share of this article's fingerprints that are fingerprints of the earlier one as well: never more
/// than what stands there, and exact where a copy was cut.
fn met_by(this: &Sketch<'_>, earlier: &Signature) -> f64 {
    let winnowed = this.narration.winnowed.len();
    let kept = earlier.narration.words();
    let met = kept.filter(|&own| this.narration.keeps(own)).count();
    met.min(winnowed) as f64 / winnowed.max(1) as f64
}

/// Share of this article's fingerprints that are furniture of one of both outlets.
fn furniture_share(
    this: &Sketch<'_>,
    outlets: [u64; 2],
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> f64 {
    let winnowed = &this.narration.winnowed;
    let covered = winnowed
        .iter()
        .filter(|&&(fingerprint, _)| furniture.covers(fingerprint, &outlets, search))
        .count();
    covered as f64 / winnowed.len().max(1) as f64
}

fn compare_quotations(this: &Sketch<'_>, earlier: &Signature, comparison: &mut Comparison) {
    let all = earlier.quoted.words().len();
    let met = earlier
        .quoted
        .words()
        .filter(|&fingerprint| this.quoted.find(fingerprint).is_some())
        .count();
    comparison.quoted = met as f64 / all.max(1) as f64;
}

/// How much a term's use weighs: by rarity, a little by count, half where it is only quoted.
fn weight(used: Use, vocabulary: &Vocabulary) -> f64 {
    let count = [0.0, 1.0, 1.5, 1.9][used.count as usize];
    let quoted = if used.narrated { 1.0 } else { 0.5 };
    f64::from(vocabulary.weight(used.term)) * count * quoted
}

/// Sums over two bags at once. Both are in order of term, so the sums are always made in the same
/// order and come out the same to the last bit.
fn compare_terms(
    this: &Sketch<'_>,
    earlier: &Signature,
    vocabulary: &Vocabulary,
    comparison: &mut Comparison,
) {
    let mut all = Sums::default();
    let mut lede = Sums::default();
    // Rarity of each lede, and what of it the other text has.
    let (mut covered, mut lede_rarity) = ([0.0f64; 2], [0.0f64; 2]);
    let mut ours = this.uses.iter().copied().peekable();
    let mut theirs = earlier.uses().peekable();
    loop {
        let term = match (ours.peek(), theirs.peek()) {
            (Some(a), Some(b)) => a.term.min(b.term),
            (Some(used), None) | (None, Some(used)) => used.term,
            (None, None) => break,
        };
        let a = ours.next_if(|used| used.term == term);
        let b = theirs.next_if(|used| used.term == term);
        let weigh = |used: Option<Use>| used.map_or(0.0, |used| weight(used, vocabulary));
        let in_lede = |used: Option<Use>| used.filter(|used| used.lede);
        all.add(weigh(a), weigh(b));
        lede.add(weigh(in_lede(a)), weigh(in_lede(b)));
        for (side, used) in [a, b].into_iter().enumerate() {
            if in_lede(used).is_some() {
                let rarity = f64::from(vocabulary.weight(term));
                lede_rarity[side] += rarity;
                if a.is_some() && b.is_some() {
                    covered[side] += rarity;
                }
            }
        }
    }
    comparison.similarity = all.cosine();
    comparison.lede = lede.cosine();
    comparison.covered = share(covered[0], lede_rarity[0]).max(share(covered[1], lede_rarity[1]));
}

/// What a cosine is made of.
#[derive(Default)]
struct Sums {
    product: f64,
    a: f64,
    b: f64,
}

impl Sums {
    fn add(&mut self, a: f64, b: f64) {
        self.product += a * b;
        self.a += a * a;
        self.b += b * b;
    }

    fn cosine(&self) -> f64 {
        share(self.product, (self.a * self.b).sqrt()).min(1.0)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn compare_keys(
    this: &Sketch<'_>,
    earlier: &Signature,
    vocabulary: &Vocabulary,
    comparison: &mut Comparison,
) {
    let rarity = |term: Term| f64::from(vocabulary.weight(term));
    // A few dozen each: looking through them is faster than any map.
    let theirs: Vec<Term> = earlier.keys.words().collect();
    let place = |term: Term| theirs.iter().position(|&key| key == term);
    let shared: Vec<(Term, usize)> = this
        .keys
        .iter()
        .filter_map(|key| place(key.term).map(|place| (key.term, place)))
        .collect();
    let both: f64 = shared.iter().map(|&(term, _)| rarity(term)).sum();
    let ours: f64 = this.keys.iter().map(|key| rarity(key.term)).sum();
    let all_theirs: f64 = theirs.iter().map(|&term| rarity(term)).sum();
    comparison.keys = share(both, ours.min(all_theirs)).min(1.0);
    comparison.shared_keys = shared.len();
    comparison.in_order = longest_rising(shared.into_iter().map(|(_, place)| place));
}

/// Length of the longest rising subsequence.
fn longest_rising(places: impl Iterator<Item = usize>) -> usize {
    // The least end of a rising subsequence of each length.
    let mut ends: Vec<usize> = Vec::new();
    for place in places {
        let at = ends.partition_point(|&end| end < place);
        match ends.get_mut(at) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    ends.len()
}
