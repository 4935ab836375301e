//! What an article leaves behind in the window, and what is known of it while it is at hand.

use std::ops::Range;

use article::Cleaned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::packed::Packed;
use crate::vocabulary::{TERM_BITS, Term, Vocabulary, is_function_word, term};
use crate::words::{Word, words};

/// Words in a shingle.
pub(crate) const GRAM: usize = 5;
/// Of so many shingles in a row the least is a fingerprint: any run of `GRAM + WINNOW - 1` shared
/// words is found.
const WINNOW: usize = 16;
/// Fingerprints kept of narration and of quotation.
const NARRATION_KEPT: usize = 200;
const QUOTED_KEPT: usize = 40;
/// Different terms kept, in the order of the text.
const TERMS_KEPT: usize = 320;
/// Rarest names and terms under which an article is found by those that retell it.
pub(crate) const KEYS: usize = 32;
/// Words of the body that count as its lede, beside the title.
const LEDE_WORDS: usize = 60;

/// What the window keeps of an article: about 1.5 KB, from which its text cannot be had back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Signature {
    /// Hash of the outlet's name.
    #[serde(rename = "o")]
    pub outlet: u64,
    /// Hash of the body's words: the same for two texts that differ in typography only.
    #[serde(rename = "b")]
    pub body: u64,
    /// Shingles of narration, kept or not.
    #[serde(rename = "g")]
    pub grams: u32,
    /// Winnowed fingerprints of narration, in the order of the text.
    #[serde(rename = "n")]
    pub narration: Packed,
    /// Winnowed fingerprints of quotation, in the order of the text.
    #[serde(rename = "q")]
    pub quoted: Packed,
    /// Terms with their counts, by term: see [`Bag`].
    #[serde(rename = "t")]
    pub terms: Packed,
    /// The rarest names and terms, in the order of their first appearance.
    #[serde(rename = "k")]
    pub keys: Packed,
}

/// A term of an article, with how it is used there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub term: Term,
    /// How often, 1 to 3, where 3 is "or more".
    pub count: u32,
    /// It stands in the title or the first words of the body.
    pub lede: bool,
    /// It stands outside quotations.
    pub narrated: bool,
}

impl Use {
    fn pack(self) -> u32 {
        self.term << 4 | self.count << 2 | u32::from(self.lede) << 1 | u32::from(self.narrated)
    }

    fn unpack(packed: u32) -> Self {
        Self {
            term: (packed >> 4) & ((1 << TERM_BITS) - 1),
            count: packed >> 2 & 3,
            lede: packed & 2 != 0,
            narrated: packed & 1 != 0,
        }
    }
}

impl Signature {
    /// The terms in rising order.
    pub(crate) fn uses(&self) -> impl Iterator<Item = Use> + '_ {
        self.terms.rising().map(Use::unpack)
    }

    /// The terms in rising order, without their uses.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.uses().map(|used| used.term)
    }
}

/// A key with where it first stands in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub term: Term,
    /// Index of the word; `None` where it stands in the title only.
    pub word: Option<u32>,
    /// It is written as a name or is a number.
    pub name: bool,
}

/// An article at hand: its words and all its shingles, against which signatures are held.
pub(crate) struct Sketch<'a> {
    pub text: &'a str,
    title: Vec<Word>,
    pub words: Vec<Word>,
    /// Shingles of narration and of quotation.
    pub narration: Grams,
    pub quoted: Grams,
    pub keys: Vec<Key>,
    /// The terms in rising order.
    pub uses: Vec<Use>,
    /// What the window will keep.
    pub signature: Signature,
}

/// The shingles of one kind, by hash, with the word at which each begins.
#[derive(Default)]
pub(crate) struct Grams {
    sorted: Vec<(u32, u32)>,
    /// One bit a bucket: turns most hashes that are not there away.
    filter: Vec<u64>,
    /// The winnowed ones, in the order of the text.
    pub winnowed: Vec<(u32, u32)>,
    /// Their hashes, sorted.
    kept: Vec<u32>,
}

impl Grams {
    fn of(grams: Vec<(u32, u32)>, kept: usize) -> Self {
        let mut winnowed = winnow(&grams);
        if winnowed.len() > kept {
            // Thinned evenly, so that the end of a long text is represented like its beginning.
            let all = winnowed.len();
            winnowed = (0..kept).map(|i| winnowed[i * all / kept]).collect();
        }
        let mut filter = vec![0u64; 256];
        for (gram, _) in &grams {
            filter[*gram as usize >> 6 & 0xff] |= 1 << (gram & 63);
        }
        let mut kept: Vec<u32> = winnowed.iter().map(|&(gram, _)| gram).collect();
        kept.sort_unstable();
        let mut sorted = grams;
        sorted.sort_unstable();
        Self {
            sorted,
            filter,
            winnowed,
            kept,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether the shingle is one of the winnowed ones.
    pub(crate) fn keeps(&self, gram: u32) -> bool {
        self.kept.binary_search(&gram).is_ok()
    }

    /// The first word at which the shingle begins, where it stands in the text.
    pub(crate) fn find(&self, gram: u32) -> Option<u32> {
        if self.filter.get(gram as usize >> 6 & 0xff)? >> (gram & 63) & 1 == 0 {
            return None;
        }
        let at = self.sorted.partition_point(|&(other, _)| other < gram);
        let &(found, word) = self.sorted.get(at)?;
        (found == gram).then_some(word)
    }
}

/// Reads an article. A pure function of the article and of the vocabulary, which chooses the keys.
pub(crate) fn sign<'a>(article: &'a Cleaned, vocabulary: &Vocabulary) -> Sketch<'a> {
    let words = words(&article.text);
    let title = crate::words::words(&article.title);
    let narration = Grams::of(grams(&words, false), NARRATION_KEPT);
    let quoted = Grams::of(grams(&words, true), QUOTED_KEPT);
    let signature = Signature {
        outlet: outlet_hash(&article.outlet),
        body: body_hash(&words),
        grams: narration.len() as u32,
        narration: Packed::of_words(narration.winnowed.iter().map(|&(gram, _)| gram)),
        quoted: Packed::of_words(quoted.winnowed.iter().map(|&(gram, _)| gram)),
        terms: Packed::default(),
        keys: Packed::default(),
    };
    let mut sketch = Sketch {
        text: &article.text,
        title,
        words,
        narration,
        quoted,
        keys: Vec::new(),
        uses: Vec::new(),
        signature,
    };
    sketch.read_terms(&[], vocabulary);
    sketch
}

impl Sketch<'_> {
    /// Reads terms and keys anew without the words in `passages`, which are in order. Fingerprints
    /// stay: by them the next article is told what is furniture.
    pub(crate) fn leave_out(&mut self, passages: &[Range<u32>], vocabulary: &Vocabulary) {
        if !passages.is_empty() {
            self.read_terms(passages, vocabulary);
        }
    }

    fn read_terms(&mut self, without: &[Range<u32>], vocabulary: &Vocabulary) {
        let found = find_terms(&self.title, &self.words, without);
        self.keys = choose_keys(&found, vocabulary);
        self.uses = found.iter().map(|found| found.used).collect();
        self.uses.sort_unstable_by_key(|used| used.term);
        self.signature.terms = Packed::of_rising(self.uses.iter().map(|used| used.pack()));
        self.signature.keys = Packed::of_words(self.keys.iter().map(|key| key.term));
    }
}

/// The name under which an outlet is counted: case and spacing make no difference.
pub(crate) fn outlet_hash(outlet: &str) -> u64 {
    xxh3_64(outlet.trim().to_lowercase().as_bytes())
}

fn body_hash(words: &[Word]) -> u64 {
    words.iter().fold(words.len() as u64, |hash, word| {
        mix(hash.rotate_left(5) ^ word.hash)
    })
}

/// Shingles that lie wholly in narration, or wholly in quotation.
fn grams(words: &[Word], quoted: bool) -> Vec<(u32, u32)> {
    let mut grams = Vec::with_capacity(words.len());
    for (at, gram) in words.windows(GRAM).enumerate() {
        if gram.iter().any(|word| word.quoted != quoted) {
            continue;
        }
        let hash = gram
            .iter()
            .fold(0u64, |hash, word| mix(hash.rotate_left(23) ^ word.hash));
        grams.push(((hash >> 32) as u32, at as u32));
    }
    grams
}

fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}

/// Robust winnowing: the least of each window, the last of several that are least.
fn winnow(grams: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut chosen: Vec<(u32, u32)> = Vec::with_capacity(grams.len() / 7 + 1);
    let mut least: Option<usize> = None;
    let window = WINNOW.min(grams.len().max(1));
    for end in window..=grams.len() {
        let start = end - window;
        let last = end - 1;
        let next = match least {
            Some(at) if at >= start => {
                if grams[last].0 <= grams[at].0 {
                    last
                } else {
                    at
                }
            }
            _ => (start..end)
                .rev()
                .min_by_key(|&at| grams[at].0)
                .unwrap_or(last),
        };
        if least != Some(next) {
            chosen.push(grams[next]);
            least = Some(next);
        }
    }
    chosen
}

/// A term as it was found in the text.
struct Found {
    used: Use,
    word: Option<u32>,
    name: bool,
    /// Its place in the order of first appearance, the title first.
    order: usize,
}

/// The different terms of title and body, by term.
fn find_terms(title: &[Word], body: &[Word], without: &[Range<u32>]) -> Vec<Found> {
    let left_out =
        |at: Option<u32>| at.is_some_and(|at| without.iter().any(|passage| passage.contains(&at)));
    let places = title
        .iter()
        .map(|word| (word, None))
        .chain(body.iter().zip((0..).map(Some)));
    // Term and order in one number: this sort is a good part of what reading a text costs.
    let mut all: Vec<u64> = Vec::with_capacity(body.len());
    for (order, (word, at)) in (0u64..).zip(places) {
        let length = word.end - word.start;
        if length > 1 && !is_function_word(word.hash) && !left_out(at) {
            all.push(u64::from(term(word.hash)) << 32 | order);
        }
    }
    all.sort_unstable();
    let mut found: Vec<Found> = all
        .chunk_by(|a, b| a >> 32 == b >> 32)
        .map(|uses| found_of(uses, title, body))
        .collect();
    if found.len() > TERMS_KEPT {
        found.sort_unstable_by_key(|found| found.order);
        found.truncate(TERMS_KEPT);
        found.sort_unstable_by_key(|found| found.used.term);
    }
    found
}

fn found_of(uses: &[u64], title: &[Word], body: &[Word]) -> Found {
    let orders = || uses.iter().map(|used| (used & 0xffff_ffff) as usize);
    let in_body = || orders().filter_map(|order| order.checked_sub(title.len()));
    let first = in_body().next();
    let in_title = orders().next().is_some_and(|order| order < title.len());
    let words = || in_body().filter_map(|at| body.get(at));
    Found {
        used: Use {
            term: (uses[0] >> 32) as Term,
            count: uses.len().min(3) as u32,
            lede: in_title || first.is_some_and(|at| at < LEDE_WORDS),
            narrated: in_title || words().any(|word| !word.quoted),
        },
        word: first.map(|at| at as u32),
        // A headline may set every word with a capital: only the body tells names.
        name: words()
            .any(|word| word.number && word.end - word.start > 1 || word.capital && !word.opens),
        order: (uses[0] & 0xffff_ffff) as usize,
    }
}

/// Chooses the terms that tell most of what the article is about, names before others.
fn choose_keys(found: &[Found], vocabulary: &Vocabulary) -> Vec<Key> {
    let mut weighed: Vec<(u32, &Found)> = found
        .iter()
        .map(|found| {
            let mut weight = vocabulary.weight(found.used.term);
            weight *= [0.0, 1.0, 1.4, 1.7][found.used.count as usize];
            weight *= if found.name { 1.5 } else { 1.0 };
            weight *= if found.used.lede { 1.3 } else { 1.0 };
            ((weight * 1e4) as u32, found)
        })
        .filter(|&(weight, _)| weight > 0)
        .collect();
    weighed.sort_unstable_by_key(|&(weight, found)| (std::cmp::Reverse(weight), found.order));
    weighed.truncate(KEYS);
    weighed.sort_unstable_by_key(|&(_, found)| (found.word, found.order));
    let key = |found: &Found| Key {
        term: found.used.term,
        word: found.word,
        name: found.name,
    };
    weighed.iter().map(|&(_, found)| key(found)).collect()
}
