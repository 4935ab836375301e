//! The names and nouns beside a name: whose it is, what somebody is besides, what a noun is called.

use super::clause::Token;
use super::proper::name_end;
use super::speaker::Who;
use super::subject::Grammar;
use crate::lexicon::Small;

impl Grammar<'_> {
    /// "Smith's mother", "Smith's lawyer Jane Roe", "Smith's lawyer, Jane Roe": not Smith.
    pub(super) fn belonging(&self, tokens: &[Token], start: usize, end: usize) -> Option<Who> {
        if !tokens[end - 1].possessive && !self.is_genitive(&tokens[end - 1]) {
            return None;
        }
        let role = |token: &&Token| token.is_word() && token.roles.is_plain() && token.lower;
        let nouns = tokens[end..].iter().take(5).take_while(role).count();
        let stop = end + nouns;
        if tokens.get(stop).is_some_and(Token::is_name) {
            return Some(self.name(tokens, stop, name_end(self.text, tokens, stop)));
        }
        let mother = Who::Noun(tokens[start].start, tokens[stop - 1].end, false);
        let named = self.apposition(tokens, stop);
        named.or_else(|| (nouns > 0).then_some(mother))
    }

    /// Names take an s without an apostrophe where the Germanic languages of the north set no other mark.
    fn is_genitive(&self, token: &Token) -> bool {
        matches!(self.language, "sv" | "nb" | "nn" | "no" | "da" | "is")
            && self.text[token.start..token.end].ends_with('s')
    }

    /// "the chemist and physician Jane Smith": the name behind the second role.
    pub(super) fn second(&self, tokens: &[Token], from: usize) -> Option<Who> {
        let and = tokens.get(from)?;
        if !Small::And.has(&self.text[and.start..and.end]) {
            return None;
        }
        tokens.get(from + 1).filter(|token| token.is_name())?;
        let end = name_end(self.text, tokens, from + 1);
        (end - from > 3).then(|| self.name(tokens, from + 1, end))
    }

    /// The name that explains a noun: "the head of the bank, Jane Smith,".
    pub(super) fn apposition(&self, tokens: &[Token], from: usize) -> Option<Who> {
        let comma = (from..tokens.len().min(from + 7)).find(|&at| tokens[at].mark.is_some())?;
        if tokens[comma].mark != Some(',') || !tokens.get(comma + 1)?.is_name() {
            return None;
        }
        let end = name_end(self.text, tokens, comma + 1);
        let whole = tokens.get(end).is_none_or(|token| !token.is_word());
        (end - comma > 2 && whole).then(|| self.name(tokens, comma + 1, end))
    }
}
