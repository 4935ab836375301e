//! The words of a credit line beside the agencies that it names.

use super::super::cues::cues;
use super::super::mentions::Mention;
use crate::words::folded;

/// A word of the line that is no part of a mention.
pub(super) struct Token<'t> {
    pub text: &'t str,
    pub folded: String,
    pub start: usize,
    pub end: usize,
}

impl Token<'_> {
    pub(super) fn is_lower(&self) -> bool {
        self.text.starts_with(char::is_lowercase)
    }

    pub(super) fn is_upper(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Of a script without capitals, where only the number of words tells a sentence from names.
    pub(super) fn is_uncased(&self) -> bool {
        let first = self.text.chars().next();
        first.is_some_and(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
    }

    /// A site or an address.
    pub(super) fn is_site(&self) -> bool {
        let ends = self
            .text
            .rsplit_once('.')
            .map(|(name, ending)| (name.len(), ending));
        let is_host = ends.is_some_and(|(name, ending)| {
            name > 1 && ending.len() > 1 && ending.chars().all(|c| c.is_ascii_lowercase())
        });
        is_host || self.text.contains('@')
    }

    /// A stroke joins it to what stands beside it: sep/dpa.
    pub(super) fn is_joined(&self, line: &str) -> bool {
        line[..self.start].ends_with('/') || line[self.end..].starts_with('/')
    }

    pub(super) fn is_noise(&self) -> bool {
        let word = self.folded.as_str();
        // Dates, times, serial numbers.
        word.starts_with(|c: char| c.is_ascii_digit())
            || cues().dates.has(word)
            || cues().filler.has(word)
            || cues().and.has(word)
    }
}

/// The words of a line outside of its mentions.
pub(super) fn tokens<'t>(line: &'t str, mentions: &[Mention]) -> Vec<Token<'t>> {
    let mut tokens = Vec::new();
    let mut from = 0;
    let ends = mentions.iter().map(|mention| (mention.start, mention.end));
    for (start, end) in ends.chain([(line.len(), line.len())]) {
        if start < from {
            continue;
        }
        let part = &line[from..start];
        let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '\'' | '’' | '_');
        for word in part.split(|c: char| !is_inner(c)) {
            let word = word.trim_matches(['.', '\'', '’', '_']);
            if word.chars().any(char::is_alphanumeric) {
                let at = word.as_ptr() as usize - line.as_ptr() as usize;
                tokens.push(Token {
                    text: word,
                    folded: folded(word),
                    start: at,
                    end: at + word.len(),
                });
            }
        }
        from = end;
    }
    tokens
}
