//! Whose report an article is: what it says itself, what its source says, what its family says.

use std::collections::BTreeMap;

use article::{Cleaned, Origin, OriginHow};

use crate::agencies::{AGENCIES, CREDITS_AFTER, CREDITS_BEFORE};
use crate::window::{Serial, Window};
use crate::words::{Word, folded, words};

/// A dateline stands within the first bytes of a text, a credit line within the last.
const HEAD: usize = 240;
const TAIL: usize = 320;

/// How sure an origin is that the article which it derives from states.
const LINKED: f64 = 0.6;
/// The most that a vote of the family is worth.
const VOTED: f64 = 0.5;
/// Members of a family that a vote asks, and that learn of it: the newest.
pub(crate) const VOTERS: usize = 64;

/// The agency or outlet that the article itself says the report is from.
///
/// `words` are those of its text.
pub(crate) fn stated<'w>(article: &Cleaned, words: &[Word], window: &'w Window) -> Option<Origin> {
    let origin = |source: &str, confidence| Origin {
        source: source.to_owned(),
        how: OriginHow::Stated,
        confidence,
    };
    let spellings = &window.index.spellings;
    if article.feed.kind.as_deref() == Some("agency") {
        let publisher = article.feed.publisher.as_deref();
        let publisher = publisher.unwrap_or(&article.outlet);
        let name = spellings.agency_called(publisher).unwrap_or(publisher);
        return Some(origin(name, 1.0));
    }
    let mut best: Option<(f64, &str)> = None;
    let mut credits = |confidence: f64, name: &'w str| {
        // Of two as sure the first in the text counts: a report names its own source first.
        if confidence > best.map_or(0.0, |(most, _)| most) {
            best = Some((confidence, name));
        }
    };
    for spelling in spellings.all() {
        credits(credit_of_page(article, &spelling.spelled), &spelling.name);
    }
    for word in words {
        let at = word.range().start;
        for spelling in spellings.beginning_with(word.hash) {
            if article.text[at..].starts_with(&spelling.spelled) {
                let confidence = confidence_at(&article.text, at, spelling);
                credits(confidence, &spelling.name);
            }
        }
    }
    best.map(|(confidence, name)| origin(name, confidence))
}

/// How texts spell the agencies, found by the first word.
#[derive(Debug)]
pub(crate) struct Spellings {
    by_first_word: BTreeMap<u64, Vec<Spelling>>,
    /// One bit a bucket turns nearly every word of a text away before the search.
    filter: [u64; 64],
}

#[derive(Debug)]
struct Spelling {
    name: String,
    spelled: String,
    ambiguous: bool,
}

impl Default for Spellings {
    fn default() -> Self {
        let mut spellings = Self {
            by_first_word: BTreeMap::new(),
            filter: [0; 64],
        };
        for agency in AGENCIES {
            for spelled in agency.spellings {
                spellings.insert(agency.name, spelled, false);
            }
            for spelled in agency.ambiguous {
                spellings.insert(agency.name, spelled, true);
            }
        }
        spellings
    }
}

impl Spellings {
    /// Adds an agency that a feed makes known, with its initials: a Meridian Press Agency signs as
    /// MPA.
    pub(crate) fn add(&mut self, name: &str) {
        self.insert(name, name, false);
        let initials: String = name
            .split(|c: char| !c.is_alphanumeric())
            .filter_map(|word| word.chars().next())
            .filter(|first| first.is_uppercase())
            .collect();
        if initials.chars().count() > 2 {
            self.insert(name, &initials, false);
        }
    }

    fn insert(&mut self, name: &str, spelled: &str, ambiguous: bool) {
        let Some(first) = words(spelled).first().map(|word| word.hash) else {
            return;
        };
        self.filter[first as usize & 63] |= 1 << (first >> 6 & 63);
        let spellings = self.by_first_word.entry(first).or_default();
        spellings.push(Spelling {
            name: name.to_owned(),
            spelled: spelled.to_owned(),
            ambiguous,
        });
        // The longest first, and in the same order whatever the order of arrival: after a restart
        // the agencies come in another one.
        spellings.sort_unstable_by(|a, b| {
            let longest = b.spelled.len().cmp(&a.spelled.len());
            longest.then_with(|| (&a.spelled, &a.name).cmp(&(&b.spelled, &b.name)))
        });
    }

    /// The agency that an outlet of this name is, under the name that is used for it everywhere.
    fn agency_called(&self, outlet: &str) -> Option<&str> {
        let mut all = self.by_first_word.values().flatten();
        all.find(|spelling| is_name(outlet, &spelling.spelled))
            .map(|spelling| spelling.name.as_str())
    }

    fn all(&self) -> impl Iterator<Item = &Spelling> {
        self.by_first_word.values().flatten()
    }

    fn beginning_with(&self, word: u64) -> &[Spelling] {
        if self.filter[word as usize & 63] >> (word >> 6 & 63) & 1 == 0 {
            return &[];
        }
        self.by_first_word.get(&word).map_or(&[], Vec::as_slice)
    }
}

/// The name that an agency's own feed makes known, with the key it is kept under.
pub(crate) fn introduced(article: &Cleaned) -> Option<(String, String)> {
    if article.feed.kind.as_deref() != Some("agency") {
        return None;
    }
    let publisher = article.feed.publisher.as_deref();
    let name = publisher.unwrap_or(&article.outlet).trim();
    // One or two letters stand in every text.
    let known = AGENCIES.iter().any(|agency| {
        let mut spellings = agency.spellings.iter().chain(agency.ambiguous);
        spellings.any(|spelling| is_name(name, spelling))
    });
    (name.chars().count() > 2 && !known).then(|| (name.to_lowercase(), name.to_owned()))
}

/// How surely outlet or byline credit `spelling`.
fn credit_of_page(article: &Cleaned, spelling: &str) -> f64 {
    if is_name(&article.outlet, spelling) {
        return 1.0;
    }
    let signed = article
        .authors
        .iter()
        .any(|author| is_byline(author, spelling));
    if signed { 0.95 } else { 0.0 }
}

/// How surely the name at `at` says whose report it is: 0 where it only stands there.
fn confidence_at(text: &str, at: usize, spelling: &Spelling) -> f64 {
    let before = &text[..at];
    let after = &text[at + spelling.spelled.len()..];
    let stands_alone =
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
    if !stands_alone {
        return 0.0;
    }
    let bracketed =
        before.ends_with(['(', '[', '/']) && after.starts_with([')', ']', '/', ' ', ',']);
    let tail = text.len() - at <= TAIL;
    if bracketed && at <= HEAD {
        return 0.95;
    }
    if tail && (bracketed || before.trim_end().ends_with('©')) {
        return 0.9;
    }
    if spelling.ambiguous {
        return 0.0;
    }
    let credited_before = {
        let words = last_words(before);
        CREDITS_BEFORE
            .iter()
            .any(|credit| ends_with_words(&words, credit))
    };
    let following = first_words(after);
    let credited_after = CREDITS_AFTER
        .iter()
        .any(|credit| starts_with_words(&following, credit));
    match (credited_before || credited_after, tail) {
        (true, true) => 0.9,
        (true, false) => 0.7,
        (false, _) => 0.0,
    }
}

/// Whether an outlet's name is an agency's.
fn is_name(outlet: &str, spelling: &str) -> bool {
    let outlet = outlet.trim();
    let outlet = outlet.strip_prefix("The ").unwrap_or(outlet);
    outlet == spelling || spelling.len() > 4 && outlet.eq_ignore_ascii_case(spelling)
}

/// Whether a byline is the agency's or ends with it: "Reuters Staff", "Ann Person, Associated Press".
fn is_byline(author: &str, spelling: &str) -> bool {
    let author = author.trim().trim_end_matches(['.', ')']);
    let author = author.strip_suffix(" Staff").unwrap_or(author);
    author
        .strip_suffix(spelling)
        .is_some_and(|before| before.is_empty() || before.ends_with([' ', ',', '/', '(', '|', '-']))
}

/// Up to the last 48 bytes before a name as folded words, the articles left out.
fn last_words(before: &str) -> String {
    let mut start = before.len().saturating_sub(48);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    folded_words(&before[start..])
}

fn first_words(after: &str) -> String {
    let mut end = after.len().min(48);
    while !after.is_char_boundary(end) {
        end -= 1;
    }
    // What follows a full stop belongs to another sentence.
    let sentence = after[..end].split(['.', '\n']).next().unwrap_or_default();
    folded_words(sentence)
}

fn folded_words(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .map(folded)
        .filter(|word| !word.is_empty() && word != "the" && word != "der" && word != "die")
        .collect::<Vec<_>>()
        .join(" ")
}

fn ends_with_words(words: &str, credit: &str) -> bool {
    words
        .strip_suffix(credit)
        .is_some_and(|before| before.is_empty() || before.ends_with(' '))
}

fn starts_with_words(words: &str, credit: &str) -> bool {
    words
        .strip_prefix(credit)
        .is_some_and(|after| after.is_empty() || after.starts_with(' '))
}

/// The origin that an article has from the one which it derives from.
pub(crate) fn linked(source: &Origin) -> Option<Origin> {
    // What a vote says of the source is asked of the family again, not handed on as known.
    (source.how != OriginHow::Voted).then(|| Origin {
        source: source.source.clone(),
        how: OriginHow::Linked,
        confidence: LINKED.min(source.confidence),
    })
}

/// The origin that at least half of `family` states, where one does.
pub(crate) fn voted(family: &[Serial], window: &Window) -> Option<Origin> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for serial in family {
        let origin = window.standings.get(serial)?.origin.as_ref();
        if let Some(origin) = origin.filter(|origin| origin.how == OriginHow::Stated) {
            *votes.entry(origin.source.as_str()).or_default() += 1;
        }
    }
    // Of several with as many votes the last by name: any rule will do that is always the same.
    let (source, count) = votes.into_iter().max_by_key(|&(_, count)| count)?;
    (count * 2 >= family.len()).then(|| Origin {
        source: source.to_owned(),
        how: OriginHow::Voted,
        confidence: VOTED * count as f64 / family.len() as f64,
    })
}
