//! What a text names: words with capitals in a row. What kind of thing a name is is not judged.

mod uncased;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use article::Name;

use crate::agencies::Nouns;
use crate::vocabulary::{Vocabulary, is_function_word, term};
use crate::words::{Word, folded, is_particle};

/// Names listed of one text.
const MOST: usize = 40;
/// A name has no more words than this; more are a headline.
const LONGEST: usize = 6;

/// Words that alone name nobody, though they have a capital.
static NO_NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/no_names.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// A run of words with capitals.
struct Run {
    first: usize,
    last: usize,
}

/// The names in a text, the most often named first.
///
/// In scripts without capitals only what something else makes a name is one: see `uncased`.
pub(crate) fn names(
    text: &str,
    words: &[Word],
    language: &str,
    vocabulary: Option<&Vocabulary>,
) -> Vec<Name> {
    let language = language.split(['-', '_']).next().unwrap_or_default();
    let nouns = Nouns::of(language) == Nouns::Capital;
    let runs = runs(text, words, nouns);
    // By the last word, under which somebody is named again.
    let mut by_last: HashMap<u64, usize> = HashMap::new();
    let mut names: Vec<(Name, usize)> = Vec::new();
    for run in &runs {
        let last = words[run.last].hash;
        let length = run.last - run.first;
        let name = || text[words[run.first].range().start..words[run.last].range().end].to_owned();
        if let Some(&at) = by_last.get(&last) {
            let (known, words_known) = &mut names[at];
            known.count += 1;
            if length > *words_known {
                known.name = without_genitive(&name());
                known.start = words[run.first].start;
                *words_known = length;
            }
            continue;
        }
        by_last.insert(last, names.len());
        let name = Name {
            name: without_genitive(&name()),
            count: 1,
            start: words[run.first].start,
            articles: articles_with(text, &words[run.first..=run.last], vocabulary),
        };
        names.push((name, length));
    }
    // In a language whose nouns have capitals, one word is a name only where two were one before.
    names.retain(|(name, length)| {
        *length > 0 || !nouns && !NO_NAMES.contains(folded(&name.name).as_str())
    });
    let mut names: Vec<Name> = names.into_iter().map(|(name, _)| name).collect();
    let read = words.last().map_or(0, |word| word.end as usize);
    for found in uncased::names(&text[..read], language) {
        add_uncased(&mut names, text, words, found, vocabulary);
    }
    names.sort_by_key(|name| (std::cmp::Reverse(name.count), name.start));
    names.truncate(MOST);
    names
}

/// Articles of the window that have the rarest of the words.
fn articles_with(text: &str, words: &[Word], vocabulary: Option<&Vocabulary>) -> u32 {
    let rarest = vocabulary.and_then(|vocabulary| {
        let articles = |word: &Word| vocabulary.articles_with(term(&text[word.range()]));
        words.iter().map(articles).min()
    });
    rarest.unwrap_or_default()
}

/// Adds a name of a script without capitals, or counts it again.
fn add_uncased(
    names: &mut Vec<Name>,
    text: &str,
    words: &[Word],
    found: Range<usize>,
    vocabulary: Option<&Vocabulary>,
) {
    let name = &text[found.clone()];
    if let Some(known) = names.iter_mut().find(|known| known.name == name) {
        known.count += 1;
        return;
    }
    // Among so many a further one is not listed in the end.
    if names.len() > 4 * MOST {
        return;
    }
    let first = words.partition_point(|word| (word.start as usize) < found.start);
    let behind = words.partition_point(|word| (word.start as usize) < found.end);
    names.push(Name {
        name: name.to_owned(),
        count: 1,
        start: found.start as u32,
        articles: articles_with(text, &words[first..behind], vocabulary),
    });
}

fn runs(text: &str, words: &[Word], nouns: bool) -> Vec<Run> {
    // Words that stand with a capital where a capital says something.
    let mut known: Vec<u64> = words
        .iter()
        .filter(|word| word.capital && !word.opens)
        .map(|word| word.hash)
        .collect();
    known.sort_unstable();
    known.dedup();
    let is_part = |word: &Word| {
        word.capital
            && !is_function_word(word.hash)
            && (!word.opens || known.binary_search(&word.hash).is_ok())
    };
    let mut runs = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let opens = words[at].opens && words[at].capital && !nouns;
        // A word that opens a sentence is part of the name that goes on behind it.
        let begins = is_part(&words[at])
            || opens
                && !is_function_word(words[at].hash)
                && words
                    .get(at + 1)
                    .is_some_and(|next| is_part(next) && is_next(text, &words[at], next));
        if !begins {
            at += 1;
            continue;
        }
        let first = at;
        let mut last = at;
        while let Some(next) = words.get(last + 1) {
            if is_part(next) && is_next(text, &words[last], next) {
                last += 1;
                continue;
            }
            // "Ursula von der Leyen"
            let over = (1..=2).find(|&over| {
                let particles = (0..over).all(|i| {
                    words
                        .get(last + 1 + i)
                        .is_some_and(|word| is_particle(&text[word.range()]))
                });
                particles
                    && words.get(last + 1 + over).is_some_and(is_part)
                    && (last..=last + over).all(|i| is_next(text, &words[i], &words[i + 1]))
            });
            match over {
                Some(over) => last += over + 1,
                None => break,
            }
        }
        if last - first < LONGEST {
            runs.push(Run { first, last });
        }
        at = last + 1;
    }
    runs
}

/// Whether nothing but a space, a hyphen or the full stop of an initial stands between two words.
fn is_next(text: &str, word: &Word, next: &Word) -> bool {
    let between = &text[word.range().end..next.range().start];
    matches!(between, " " | "-" | "\u{a0}") || between == ". " && word.end - word.start == 1
}

fn without_genitive(name: &str) -> String {
    let bare = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s"));
    bare.unwrap_or(name).to_owned()
}
