//! How blocks begin that are no part of an article.

use std::sync::LazyLock;

/// The phrases of `data/phrases.txt`.
#[derive(Debug)]
pub(crate) struct Phrases {
    related: Vec<&'static str>,
    service: Vec<&'static str>,
    closing: Vec<&'static str>,
    credits: Vec<&'static str>,
    follow: Vec<&'static str>,
    networks: Vec<&'static str>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases {
        related: Vec::new(),
        service: Vec::new(),
        closing: Vec::new(),
        credits: Vec::new(),
        follow: Vec::new(),
        networks: Vec::new(),
    };
    let mut section = "";
    for line in include_str!("../../data/phrases.txt").lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line;
        } else if !line.is_empty() && !line.starts_with('#') {
            match section {
                "[service]" => phrases.service.push(line),
                "[closing]" => phrases.closing.push(line),
                "[credit]" => phrases.credits.push(line),
                "[follow]" => phrases.follow.push(line),
                "[network]" => phrases.networks.push(line),
                _ => phrases.related.push(line),
            }
        }
    }
    phrases
});

impl Phrases {
    pub(crate) fn get() -> &'static Self {
        &PHRASES
    }

    /// Whether a block leads to another article.
    pub(crate) fn is_related(&self, text: &str) -> bool {
        begins(&self.related, text)
    }

    /// Whether a heading leads over from the article to other things.
    pub(crate) fn is_closing(&self, text: &str) -> bool {
        let length = text.chars().count();
        let fits = |phrase: &&&str| length <= phrase.chars().count() + REST;
        let fitting: Vec<&str> = self.closing.iter().filter(fits).copied().collect();
        begins(&fitting, text)
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
        begins(&self.service, text) || self.invites(text)
    }

    /// Whether a block asks to follow somebody on a social network.
    fn invites(&self, text: &str) -> bool {
        if !begins(&self.follow, text) {
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

fn begins(phrases: &[&str], text: &str) -> bool {
    let start: String = text
        .chars()
        .skip_while(|c| !c.is_alphanumeric() && !matches!(c, '©' | 'ⓒ'))
        .take(48)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '’' { '\'' } else { c })
        .collect();
    phrases.iter().any(|phrase| {
        start.strip_prefix(phrase).is_some_and(|rest| {
            let joins = phrase.ends_with(char::is_alphanumeric)
                && rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
            !joins
        })
    })
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
