//! Countries that a text mentions, by the table `data/places.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use article::Country;

use crate::normalise::normalise;
use crate::words::Word;

/// What says that a text is about a country.
struct Entry {
    country: &'static str,
    /// The hashes of its words behind the first.
    rest: Box<[u64]>,
    /// A city, which is part of a longer name where another one follows.
    city: bool,
    /// An abbreviation, which counts in capitals only.
    capitals: bool,
}

type Table = HashMap<u64, Vec<Entry>>;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for line in include_str!("../data/places.txt").lines() {
            let Some((country, names)) = line.split_once(": ").filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            for name in names.split("; ") {
                add(&mut table, country, name);
            }
        }
        for entries in table.values_mut() {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
        }
        table
    })
}

fn add(table: &mut Table, country: &'static str, name: &str) {
    let (city, name) = match name.strip_prefix('+') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let words = normalise(name).words;
    let Some((first, rest)) = words.split_first() else {
        return;
    };
    table.entry(first.hash).or_default().push(Entry {
        country,
        rest: rest.iter().map(|word| word.hash).collect(),
        city,
        capitals: name.is_ascii()
            && name.len() <= 4
            && !name.contains(|c: char| c.is_ascii_lowercase()),
    });
}

/// The countries that a text mentions, the most often mentioned first.
pub(crate) fn places(text: &str, words: &[Word]) -> Vec<Country> {
    let table = table();
    let mut places: Vec<Country> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((entry, length)) = found(table, text, words, at) else {
            at += 1;
            continue;
        };
        let start = words[at].start;
        match places.iter_mut().find(|place| place.code == entry.country) {
            Some(place) => place.count += 1,
            None => places.push(Country {
                code: entry.country.to_owned(),
                mention: text[words[at].range().start..words[at + length - 1].range().end]
                    .to_owned(),
                count: 1,
                start,
            }),
        }
        at += length;
    }
    places.sort_by_key(|place| (std::cmp::Reverse(place.count), place.start));
    places
}

/// Whether the words are a place of the table: a country, a people, a city.
pub(crate) fn is_place(name: &str) -> bool {
    country(name).is_some()
}

/// The country of the first place of the table that is named.
pub(crate) fn country(name: &str) -> Option<&'static str> {
    let words = normalise(name).words;
    let table = table();
    (0..words.len()).find_map(|at| found(table, name, &words, at).map(|(entry, _)| entry.country))
}

/// The longest name that begins at `at`, and its words.
fn found<'t>(
    table: &'t Table,
    text: &str,
    words: &[Word],
    at: usize,
) -> Option<(&'t Entry, usize)> {
    let word = &words[at];
    // Most words are in lower case, and so no place.
    if !word.capital && text.as_bytes()[word.start as usize].is_ascii() {
        return None;
    }
    let entries = table.get(&word.hash)?;
    let written = &text[word.range()];
    if written.starts_with(char::is_lowercase) {
        return None;
    }
    entries.iter().find_map(|entry| {
        let length = 1 + entry.rest.len();
        let rest = words.get(at + 1..at + length)?;
        let same = rest
            .iter()
            .zip(&entry.rest)
            .all(|(word, hash)| word.hash == *hash);
        let capitals = !entry.capitals || !written.contains(char::is_lowercase);
        let whole = !entry.city || !goes_on(text, words, at + length - 1);
        (same && capitals && whole).then_some((entry, length))
    })
}

/// Whether another word with a capital follows, as in "Paris Hilton".
fn goes_on(text: &str, words: &[Word], last: usize) -> bool {
    words.get(last + 1).is_some_and(|next| {
        let between = &text[words[last].range().end..next.range().start];
        next.capital && between == " "
    })
}
