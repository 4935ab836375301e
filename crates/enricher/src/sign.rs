//! What an article leaves behind in the window, and what is known of it while it is at hand.

use std::borrow::Cow;
use std::ops::Range;

use article::Cleaned;
use xxhash_rust::xxh3::xxh3_64;

use crate::items::{end_of, read};
use crate::normalise::{Normalised, normalise};
use crate::packed::{Reader, Writer};
use crate::reading::{FURNITURE, Fingerprints, ITEMS, LEDE, Reading, SENTENCES, TITLE, WORD, mix};
use crate::vocabulary::{TERM_BITS, Term, Vocabulary, is_speaker};
use crate::words::Word;

/// Rarest names and terms under which an article is found by those that retell it.
pub(crate) const KEYS: usize = 32;

/// What the window keeps of an article: about 1 KB, from which its text cannot be had back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature<'a> {
    /// Hash of the outlet's name.
    pub outlet: u64,
    /// Hash of the body's words: the same for two texts that differ in typography only.
    pub body: u64,
    /// Words of the body.
    pub words: u32,
    /// Bit by bit: the terms, the places of the keys among them, the rest of the reading, and the bytes of
    /// the text at which its sentences begin, as far as they have items, and at which the last one ends.
    pub packed: Cow<'a, [u8]>,
}

/// What a signature has.
struct Opened<'a> {
    reader: Reader<'a>,
    terms: Vec<Term>,
    keys: Vec<Term>,
}

impl Signature<'_> {
    fn pack(reading: &Reading, keys: &[Key], bounds: &[u32]) -> Vec<u8> {
        let mut writer = Writer::default();
        reading.pack_terms(&mut writer);
        let places = keys.iter();
        let places = places.filter_map(|key| reading.terms.binary_search(&key.term).ok());
        let mut places: Vec<u32> = places.map(|place| place as u32).collect();
        places.sort_unstable();
        writer.rising(&places);
        reading.pack_rest(&mut writer);
        writer.rising(bounds);
        writer.finish()
    }

    /// Shows the terms in rising order.
    pub(crate) fn each_term(&self, see: impl FnMut(Term)) {
        Reader::new(&self.packed).rising(ITEMS).for_each(see);
    }

    fn open(&self) -> Opened<'_> {
        let mut reader = Reader::new(&self.packed);
        let terms: Vec<Term> = reader.rising(ITEMS).collect();
        let keys = reader.rising(KEYS);
        let keys = keys.filter_map(|place| terms.get(place as usize).copied());
        let keys = keys.collect();
        Opened {
            reader,
            terms,
            keys,
        }
    }

    /// The terms and, of them, the rarest names and terms, both in rising order.
    pub(crate) fn terms_and_keys(&self) -> (Vec<Term>, Vec<Term>) {
        let Opened { terms, keys, .. } = self.open();
        (terms, keys)
    }

    pub(crate) fn reading(&self) -> Reading {
        let Opened {
            mut reader, terms, ..
        } = self.open();
        Reading::unpack_rest(terms, &mut reader)
    }

    /// The reading with the bounds of the sentences.
    pub(crate) fn reading_and_bounds(&self) -> (Reading, Bounds) {
        let Opened {
            mut reader, terms, ..
        } = self.open();
        let reading = Reading::unpack_rest(terms, &mut reader);
        let bounds = Bounds(reader.rising(SENTENCES + 1).collect());
        (reading, bounds)
    }

    /// Whether everything is there that it says is there.
    pub(crate) fn is_whole(&self) -> bool {
        let Opened {
            mut reader, terms, ..
        } = self.open();
        let is_term = |term: Option<&Term>| term.is_none_or(|&term| term >> TERM_BITS == 0);
        if !is_term(terms.iter().max()) {
            return false;
        }
        Reading::unpack_rest(terms, &mut reader);
        reader.rising(SENTENCES + 1).for_each(drop);
        !reader.is_past_end()
    }
}

/// Bytes of a text at which its sentences begin, and at which the last one ends.
pub(crate) struct Bounds(Vec<u32>);

impl Bounds {
    /// The bytes of the text from one sentence to another, both included. The title's have none.
    pub(crate) fn bytes_of(&self, first: u16, last: u16) -> Option<Range<u32>> {
        let start = *self.0.get(usize::from(first.checked_sub(1)?))?;
        Some(start..*self.0.get(usize::from(last))?)
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
    /// How often it stands outside furniture.
    pub count: usize,
    /// It stands in the title or the first words of the body.
    pub lede: bool,
}

/// An article at hand.
pub(crate) struct Sketch<'a> {
    pub text: &'a str,
    /// The text as it was read.
    pub body: Normalised,
    pub reading: Reading,
    /// For each item the word of the body that it is; of those of the title, `None`.
    pub places: Vec<Option<u32>>,
    pub fingerprints: Fingerprints,
    pub keys: Vec<Key>,
    bounds: Vec<u32>,
    /// What the window will keep.
    pub signature: Signature<'static>,
}

/// What is read of an article alone, before it is held against others.
#[derive(Debug)]
pub(crate) struct Draft {
    pub body: Normalised,
    reading: Reading,
    places: Vec<Option<u32>>,
    fingerprints: Fingerprints,
    /// Where its sentences begin: see [`Signature`].
    bounds: Vec<u32>,
}

/// Reads an article, of which `body` is the text and `credits` are bytes of it that are furniture. A pure function of
/// them.
pub(crate) fn draft(article: &Cleaned, body: Normalised, credits: &[Range<usize>]) -> Draft {
    let title = normalise(&article.title);
    let (sentence_of, spoken) = sentences(&body.words);
    let (mut reading, places) = read(
        (&article.title, &title.words),
        (&article.text, &body.words),
        (&sentence_of, &spoken),
    );
    if !credits.is_empty() {
        for (item, place) in reading.items.iter_mut().zip(&places) {
            let word = place.and_then(|place| body.words.get(place as usize));
            let start = word.map(|word| word.range().start);
            if start.is_some_and(|start| credits.iter().any(|line| line.contains(&start))) {
                item.flags |= FURNITURE;
            }
        }
    }
    Draft {
        fingerprints: reading.fingerprints(),
        bounds: bounds(&body.words, &sentence_of, &reading),
        body,
        reading,
        places,
    }
}

/// Makes a sketch of a draft of the article, which has no keys before it is settled. A pure function of both.
pub(crate) fn sign(article: &Cleaned, draft: Draft) -> Sketch<'_> {
    let Draft {
        body,
        reading,
        places,
        fingerprints,
        bounds,
    } = draft;
    let signature = Signature {
        outlet: outlet_hash(&article.outlet),
        body: body_hash(&body.words),
        words: body.words.len() as u32,
        packed: Cow::default(),
    };
    Sketch {
        text: &article.text,
        body,
        reading,
        places,
        fingerprints,
        keys: Vec::new(),
        bounds,
        signature,
    }
}

impl Sketch<'_> {
    /// Marks the items in `passages` as the outlet's furniture, and chooses the keys without them by what the
    /// vocabulary says. Fingerprints stay: by them the next article is told what is furniture.
    pub(crate) fn settle(&mut self, passages: &[Range<u32>], vocabulary: &Vocabulary) {
        for passage in passages {
            let passage = passage.start as usize..passage.end as usize;
            for item in self.reading.items.get_mut(passage).unwrap_or_default() {
                item.flags |= FURNITURE;
            }
        }
        self.keys = choose_keys(&self.reading, &self.places, vocabulary);
        self.signature.packed = Signature::pack(&self.reading, &self.keys, &self.bounds).into();
    }

    /// Where what is compared of the text ends, in bytes; `None` where that is all of it.
    pub(crate) fn cut(&self) -> Option<usize> {
        let last = self.reading.items.len().checked_sub(1)?;
        let is_cut = self.reading.items.len() == ITEMS;
        is_cut.then(|| Some(self.bytes_of(last as u32, 1)?.end))?
    }

    /// The words of the body from one item to another: `count` items from `first` on.
    pub(crate) fn words_of(&self, first: u32, count: u32) -> Option<Range<usize>> {
        let last = (first + count).checked_sub(1)?;
        let start = (*self.places.get(first as usize)?)?;
        let last = (*self.places.get(last as usize)?)?;
        let end = end_of(self.text, &self.body.words, last as usize)?;
        Some(start as usize..end)
    }

    /// The same as bytes of the text.
    pub(crate) fn bytes_of(&self, first: u32, count: u32) -> Option<Range<usize>> {
        let words = self.body.words.get(self.words_of(first, count)?)?;
        Some(words.first()?.range().start..words.last()?.range().end)
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

/// The sentence of each word of the body, from 1, and whether it speaks of "I" or "we" outside
/// quotation marks.
fn sentences(words: &[Word]) -> (Vec<u16>, Vec<bool>) {
    let mut of_word = Vec::with_capacity(words.len());
    let mut spoken = vec![false; 1];
    let mut quoted = false;
    for word in words {
        // The first word in quotation marks opens a sentence of its own only where the mark does.
        if (word.opens && word.quoted == quoted) || spoken.len() == 1 {
            spoken.push(false);
        }
        quoted = word.quoted;
        let sentence = spoken.len().min(usize::from(u16::MAX)) - 1;
        of_word.push(sentence as u16);
        if !word.quoted && is_speaker(word.hash) {
            spoken[sentence] = true;
        }
    }
    (of_word, spoken)
}

/// Where the sentences that have items begin, and where the last of them ends.
fn bounds(words: &[Word], sentence_of: &[u16], reading: &Reading) -> Vec<u32> {
    let last = reading.items.last().map_or(0, |item| item.sentence);
    let mut bounds: Vec<u32> = Vec::new();
    let mut end = 0;
    for (word, &sentence) in words.iter().zip(sentence_of) {
        if sentence > last {
            break;
        }
        if bounds.len() < usize::from(sentence) {
            bounds.push(word.start);
        }
        end = word.end;
    }
    bounds.push(end);
    bounds
}

/// How a term is used outside furniture.
#[derive(Clone, Copy, Default)]
struct Used {
    count: usize,
    lede: bool,
    first: Option<u32>,
}

/// Chooses the terms that tell most of what the article is about, names before others.
fn choose_keys(reading: &Reading, places: &[Option<u32>], vocabulary: &Vocabulary) -> Vec<Key> {
    let mut used = vec![Used::default(); reading.terms.len()];
    let mut body = 0;
    for (item, place) in reading.items.iter().zip(places) {
        let used = &mut used[item.local as usize];
        body += usize::from(!item.is(TITLE));
        if !item.is(FURNITURE) {
            used.count += 1;
            used.lede |= body <= LEDE;
            used.first = used.first.or(*place);
        }
    }
    let mut ranked: Vec<u64> = Vec::with_capacity(used.len());
    for (local, used) in used.iter().enumerate() {
        let mut weight = vocabulary.weight(reading.terms[local]);
        weight *= [0.0, 1.0, 1.4, 1.7][used.count.min(3)];
        weight *= if reading.kinds[local] == WORD {
            1.0
        } else {
            1.5
        };
        weight *= if used.lede { 1.3 } else { 1.0 };
        let weight = (weight * 1e4) as u32;
        if weight > 0 {
            ranked.push(rank(weight, used.first, local));
        }
    }
    if ranked.len() > KEYS {
        ranked.select_nth_unstable(KEYS);
        ranked.truncate(KEYS);
    }
    // From here on as they come in the text.
    for rank in &mut ranked {
        *rank &= (1 << PLACE_BITS) - 1;
    }
    ranked.sort_unstable();
    let key = |rank: u64| {
        let local = (rank & ((1 << LOCAL_BITS) - 1)) as usize;
        Key {
            term: reading.terms[local],
            word: used[local].first,
            name: reading.kinds[local] != WORD,
            count: used[local].count,
            lede: used[local].lede,
        }
    };
    ranked.into_iter().map(key).collect()
}

/// Bits of a term's place among an article's terms, and with that of the first word that is it.
const LOCAL_BITS: u32 = ITEMS.next_power_of_two().trailing_zeros();
const PLACE_BITS: u32 = LOCAL_BITS + 33;
/// What no weight reaches.
const WEIGHTS: u64 = 1 << (64 - PLACE_BITS);

/// In one number what puts terms in order: the heaviest first, of equals the one that stands first. Of several
/// hundred the first are wanted, and numbers are compared ten times faster than their parts.
fn rank(weight: u32, first: Option<u32>, local: usize) -> u64 {
    let first = first.map_or(0, |first| u64::from(first) + 1);
    let lightness = WEIGHTS - 1 - u64::from(weight).min(WEIGHTS - 1);
    lightness << PLACE_BITS | first << LOCAL_BITS | local as u64
}
