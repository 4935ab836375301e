//! How blocks begin that are no part of an article.

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
    credits: Vec<&'static str>,
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
            "related" => phrases.related.0.push(line),
            "service" => phrases.service.0.push(line),
            "closing" => phrases.closing.0.push(line),
            "follow" => phrases.follow.0.push(line),
            "credit" => phrases.credits.push(line),
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
        beginnings.0.sort_unstable();
    }
    phrases
});

/// What texts begin with, sorted: a block is held against the few with its own first letter.
#[derive(Debug, Default)]
struct Beginnings(Vec<&'static str>);

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
        let length = text.trim_end_matches(is_parter).chars().count();
        let fit = |phrase: &str| {
            let own = phrase.chars().count();
            let rest = if says_enough(phrase) { 2 * REST } else { REST };
            if length <= own {
                Some(Fit::Sure)
            } else {
                (length <= own + rest).then_some(Fit::Doubtful)
            }
        };
        self.closing.of(&start(text)).filter_map(fit).max()
    }

    /// Whether a block ends with a picture's credit: but for names nothing is behind it, and where a name follows
    /// its stroke, it stands apart from what is before. "... was carried out for Reuters/Ipsos in May." is none.
    pub(crate) fn is_captioned(&self, text: &str) -> bool {
        let skipped = text.chars().count().saturating_sub(CREDIT);
        let from = text.char_indices().nth(skipped).map_or(0, |(at, _)| at);
        let end = text[from..].trim_end_matches([')', ']', '.', ' ']);
        let lower = end.to_lowercase();
        let mut found = self
            .credits
            .iter()
            .filter(|phrase| lower.contains(**phrase));
        found.any(|phrase| {
            let mut places = end.char_indices().map(|(at, _)| at);
            places.any(|at| {
                let behind = behind(&end[at..], phrase);
                behind.is_some_and(|behind| {
                    let before = &text[..from + at];
                    (!phrase.ends_with('/') || is_apart(before)) && names_only(behind)
                })
            })
        })
    }

    /// Whether a block offers, asks or declares something on the outlet's behalf.
    pub(crate) fn service(&self, text: &str) -> Option<Fit> {
        let fit = self.service.fit(text);
        if fit == Some(Fit::Sure) {
            return fit;
        }
        let is_asked = self.invites(&start(text), text) || Self::addresses_readers(text);
        fit.max(is_asked.then_some(Fit::Sure))
    }

    /// Whether a block speaks to the outlet's readers, and quotes nobody who does.
    fn addresses_readers(text: &str) -> bool {
        let is_quoted = || text.contains(['"', '“', '„', '”', '«', '»', '「']);
        text.len() <= ADDRESSED && ADDRESSES.is_match(text) && !is_quoted()
    }

    /// Whether a block asks to follow somebody on a social network.
    fn invites(&self, start: &str, text: &str) -> bool {
        if self.follow.of(start).next().is_none() {
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

/// What follows a phrase in lower case at the beginning of `text`.
fn behind<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let mut left = phrase.chars();
    for (at, c) in text.char_indices() {
        if left.as_str().is_empty() {
            return Some(&text[at..]);
        }
        for lower in c.to_lowercase() {
            if left.next() != Some(lower) {
                return None;
            }
        }
    }
    left.as_str().is_empty().then_some("")
}

fn is_parter(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Whether what stands before a credit ends there: a sentence, a bracket, a name and a stroke.
fn is_apart(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with(is_parter)
}

/// Whether there are names and what joins them, and no words of a sentence.
fn names_only(text: &str) -> bool {
    const JOINTS: [&str; 11] = [
        "via", "for", "by", "and", "of", "file", "photo", "opens", "new", "tab", "pool",
    ];
    let mut words = text.split(is_parter).filter(|word| !word.is_empty());
    words.all(|word| !word.starts_with(char::is_lowercase) || JOINTS.contains(&word))
}

/// How far from a caption's end its credit may begin, in characters.
const CREDIT: usize = 60;

/// The beginning of a block as phrases are compared with it: in lower case, from its first letter on.
fn start(text: &str) -> String {
    text.chars()
        .skip_while(|c| !c.is_alphanumeric() && !matches!(c, '©' | 'ⓒ'))
        .take(48)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '’' { '\'' } else { c })
        .collect()
}

impl Beginnings {
    /// How a text begins with one of them.
    fn fit(&self, text: &str) -> Option<Fit> {
        let start = start(text);
        let length = text.trim_end_matches(is_parter).chars().count();
        let ends = super::trim::is_sentence(text) && !text.trim_end().ends_with(':');
        let fit = |phrase: &str| {
            let most = phrase.chars().count() + if ends { 0 } else { LITTLE };
            if says_enough(phrase) || length <= most {
                Fit::Sure
            } else {
                Fit::Doubtful
            }
        };
        self.of(&start).map(fit).max()
    }

    /// Those that `start` begins with, no word cut in two.
    fn of<'s>(&'s self, start: &'s str) -> impl Iterator<Item = &'static str> + 's {
        let first = start.chars().next();
        let from = first.map_or(self.0.len(), |first| {
            self.0
                .partition_point(|phrase| phrase.chars().next() < Some(first))
        });
        let same = self.0[from..].iter().copied();
        let same = same.take_while(move |phrase| phrase.chars().next() == first);
        same.filter(|phrase| {
            start.strip_prefix(phrase).is_some_and(|rest| {
                let joins = phrase.ends_with(char::is_alphanumeric)
                    && rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
                !joins
            })
        })
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

    #[track_caller]
    fn check_caption(text: &str, expected: bool) {
        assert_eq!(Phrases::get().is_captioned(text), expected, "{text}");
    }

    #[test]
    fn a_credit_stands_apart_at_the_end() {
        check_caption("The bridge on Sunday. REUTERS/Ann Lee", true);
        check_caption("The bridge, May 17, 2026. REUTERS/Ann Lee/File Photo", true);
        check_caption("The bridge (Photo by Ann Lee)", true);
        check_caption("Ann Lee/AFP via Getty Images", true);
        check_caption(
            "The survey was carried out for Reuters/Ipsos in May.",
            false,
        );
        check_caption("The survey was carried out for Reuters/Ipsos.", false);
        check_caption("It is what imago images sells to dailies, he said.", false);
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
