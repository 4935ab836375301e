//! How blocks begin that are no part of an article.

use std::sync::LazyLock;

/// The phrases of `data/phrases.txt`.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    related: Beginnings,
    service: Beginnings,
    closing: Beginnings,
    follow: Beginnings,
    credits: Vec<&'static str>,
    networks: Vec<&'static str>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    let mut section = "";
    for line in include_str!("../../data/phrases.txt").lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line;
        } else if !line.is_empty() && !line.starts_with('#') {
            match section {
                "[related]" => phrases.related.0.push(line),
                "[service]" => phrases.service.0.push(line),
                "[closing]" => phrases.closing.0.push(line),
                "[follow]" => phrases.follow.0.push(line),
                "[credit]" => phrases.credits.push(line),
                "[network]" => phrases.networks.push(line),
                other => unreachable!("phrases.txt has no section {other:?}"),
            }
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
    pub(crate) fn is_related(&self, text: &str) -> bool {
        self.related.of(&start(text)).next().is_some()
    }

    /// Whether a heading leads over from the article to other things.
    pub(crate) fn is_closing(&self, text: &str) -> bool {
        let length = text.chars().count();
        let fits = |phrase: &str| length <= phrase.chars().count() + REST;
        self.closing.of(&start(text)).any(fits)
    }

    /// Whether a block ends with a picture's credit.
    pub(crate) fn is_captioned(&self, text: &str) -> bool {
        let skipped = text.chars().count().saturating_sub(CREDIT);
        let end: String = text
            .chars()
            .skip(skipped)
            .flat_map(char::to_lowercase)
            .collect();
        let end = end.trim_end_matches([')', ']', '.', ' ']);
        self.credits.iter().any(|phrase| end.contains(phrase))
    }

    /// Whether a block offers, asks or declares something on the outlet's behalf.
    pub(crate) fn is_service(&self, text: &str) -> bool {
        let start = start(text);
        self.service.of(&start).next().is_some() || self.invites(&start, text)
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
const REST: usize = 24;

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
        assert_eq!(Phrases::get().is_service(text), expected, "{text}");
    }

    #[test]
    fn a_phrase_is_one_whatever_its_quotes_and_capitals() {
        check("If you\u{2019}re seeing this message, log in.", true);
        check("IF YOU'RE SEEING THIS MESSAGE, log in.", true);
        check("We may receive compensation for links.", true);
        check("We may receive rain.", false);
        check("Follow the Osier Times on Facebook and Instagram.", true);
        check("Follow the river down to the sea.", false);
    }
}
