//! How blocks begin that are no part of an article.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::fold;
use crate::lists::sections;

/// The phrases of `data/phrases.txt`.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    related: Beginnings,
    service: Beginnings,
    closing: Beginnings,
    follow: Beginnings,
    networks: Vec<&'static str>,
    addresses: Vec<&'static str>,
}

/// Those of the phrases that stand anywhere in a block: nearly every block is searched, so all at once.
static ADDRESSES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let phrases = PHRASES.addresses.iter();
    let typeset = phrases.clone().map(|phrase| phrase.replace('\'', "’"));
    let all = phrases.map(|phrase| (*phrase).to_owned()).chain(typeset);
    let built = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(all);
    built.expect("a few short phrases")
});

/// How a block begins with a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// With one so short that sentences of an article may begin with it as well: "Copyright", "Subscribe to".
    Doubtful,
    /// With one that says enough, or it says nothing else.
    Sure,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    for (section, line) in sections(include_str!("../../data/phrases.txt")) {
        match section {
            "related" => phrases.related.all.push(line),
            "service" => phrases.service.all.push(line),
            "closing" => phrases.closing.all.push(line),
            "follow" => phrases.follow.all.push(line),
            "network" => phrases.networks.push(line),
            "address" => phrases.addresses.push(line),
            other => unreachable!("phrases.txt has no section {other:?}"),
        }
    }
    let Phrases {
        related,
        service,
        closing,
        follow,
        ..
    } = &mut phrases;
    for beginnings in [related, service, closing, follow] {
        beginnings.sort();
    }
    phrases
});

/// What texts begin with: a block is held against the few with its own first letter.
#[derive(Debug, Default)]
struct Beginnings {
    all: Vec<&'static str>,
    /// Where those with each first letter stand.
    by_first: HashMap<char, Range<usize>>,
}

impl Phrases {
    pub(crate) fn get() -> &'static Self {
        &PHRASES
    }

    /// Whether a block leads to another article.
    pub(crate) fn related(&self, text: &str) -> Option<Fit> {
        self.related.fit(text)
    }

    /// Whether a heading leads over from the article to other things. It is sure where it says nothing else.
    pub(crate) fn closing(&self, text: &str) -> Option<Fit> {
        let found = self.closing.of(text);
        if found.is_empty() {
            return None;
        }
        let length = text.trim_end_matches(is_parter).chars().count();
        let fit = |phrase: &&str| {
            let own = phrase.chars().count();
            let rest = if says_enough(phrase) { 2 * REST } else { REST };
            if length <= own {
                Some(Fit::Sure)
            } else {
                (length <= own + rest).then_some(Fit::Doubtful)
            }
        };
        found.iter().filter_map(fit).max()
    }

    /// Whether a block offers, asks or declares something on the outlet's behalf.
    pub(crate) fn service(&self, text: &str) -> Option<Fit> {
        let fit = self.service.fit(text);
        if fit == Some(Fit::Sure) {
            return fit;
        }
        let is_asked = self.invites(text) || Self::addresses_readers(text);
        fit.max(is_asked.then_some(Fit::Sure))
    }

    /// Whether a block speaks to the outlet's readers, and quotes nobody who does.
    fn addresses_readers(text: &str) -> bool {
        let is_quoted = || text.contains(['"', '“', '„', '”', '«', '»', '「']);
        text.len() <= ADDRESSED && ADDRESSES.is_match(text) && !is_quoted()
    }

    /// Whether a block asks to follow somebody on a social network.
    fn invites(&self, text: &str) -> bool {
        if self.follow.of(text).is_empty() {
            return false;
        }
        let lower = text.to_lowercase();
        self.networks.iter().any(|network| lower.contains(network))
    }
}

/// How much longer than its phrase a heading may be, in characters.
const REST: usize = 12;

/// How much longer than its phrase a line may be that says nothing else, in characters.
const LITTLE: usize = 8;

/// How long a block that speaks to readers may be, in bytes.
const ADDRESSED: usize = 400;

/// From how many words on a phrase says enough.
const ENOUGH: usize = 4;

/// The same in characters, for scripts that write words without spaces.
const ENOUGH_DENSE: usize = 6;

/// Whether a phrase says enough for what begins with it to be no sentence of an article.
fn says_enough(phrase: &str) -> bool {
    let is_dense = |c: char| fold::is_dense(c) || matches!(c, '가'..='힣');
    if phrase.contains(is_dense) {
        phrase.chars().count() >= ENOUGH_DENSE
    } else {
        phrase.split_whitespace().count() >= ENOUGH
    }
}

fn is_parter(c: char) -> bool {
    !c.is_alphanumeric()
}

/// The beginning of a block as phrases are compared with it: in lower case, from its first letter on.
fn start(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .skip_while(|c| !c.is_alphanumeric() && !matches!(c, '©' | 'ⓒ'))
        .take(48)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '’' { '\'' } else { c })
}

impl Beginnings {
    fn sort(&mut self) {
        self.all.sort_unstable();
        for (place, phrase) in self.all.iter().enumerate() {
            if let Some(first) = phrase.chars().next() {
                let same = self.by_first.entry(first).or_insert(place..place);
                same.end = place + 1;
            }
        }
    }

    /// How a text begins with one of them.
    fn fit(&self, text: &str) -> Option<Fit> {
        let found = self.of(text);
        if found.is_empty() {
            return None;
        }
        let length = text.trim_end_matches(is_parter).chars().count();
        let ends = super::trim::is_sentence(text) && !text.trim_end().ends_with(':');
        let fit = |phrase: &&str| {
            let most = phrase.chars().count() + if ends { 0 } else { LITTLE };
            if says_enough(phrase) || length <= most {
                Fit::Sure
            } else {
                Fit::Doubtful
            }
        };
        found.iter().map(fit).max()
    }

    /// Those that a text begins with, no word cut in two. Most texts are seen to begin with none at their first
    /// letter, before anything is made of them: a page may have a hundred thousand cells.
    fn of(&self, text: &str) -> Vec<&'static str> {
        let first = start(text).next();
        let Some(same) = first.and_then(|first| self.by_first.get(&first)) else {
            return Vec::new();
        };
        let start: String = start(text).collect();
        let begins = |phrase: &&&str| {
            start.strip_prefix(**phrase).is_some_and(|rest| {
                let joins = phrase.ends_with(char::is_alphanumeric)
                    && rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
                !joins
            })
        };
        self.all[same.clone()]
            .iter()
            .filter(begins)
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let found = Phrases::get().service(text) == Some(Fit::Sure);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_phrase_is_one_whatever_its_quotes_and_capitals() {
        check("If you\u{2019}re seeing this message, log in.", true);
        check("IF YOU'RE SEEING THIS MESSAGE, log in.", true);
        check("Copyright law has to change.", false);
        check("We may receive compensation for links.", true);
        check("We may receive rain.", false);
        check("Follow the Osier Times on Facebook and Instagram.", true);
        check("Follow the river down to the sea.", false);
    }
}
