//! Whoever stands behind a verb or behind "according to".

use super::clause::Token;
use super::proper::{is_certain, is_fused, name_end};
use super::reporting::Roles;
use super::speaker::Who;
use super::subject::Grammar;
use crate::places::is_place;

/// A phrase that names somebody has no more words before the name.
const LONGEST_PHRASE: usize = 7;

/// A role between a place and a name has no more words: "secretary of state".
const LONGEST_ROLE: usize = 4;

/// Where whoever stands behind a verb begins: a word or two may stand between, "sagte am Ende", never a preposition or
/// a mark.
fn first_behind(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        let skipped = token.is(Roles::SKIP) && !token.is(Roles::DETERMINER)
            || token.is(Roles::VERB) && !token.is_name();
        if !(skipped && token.lower && at < from + 4) {
            break;
        }
        at += 1;
    }
    at
}

/// The words behind a verb that name somebody: "the former head of the bank Jane Smith".
struct Phrase {
    /// Where it begins, with its article.
    at: usize,
    article: bool,
    /// Its first word behind that.
    first: usize,
    /// Where its words end, or its name begins.
    end: usize,
    name: Option<(usize, usize)>,
}

impl Grammar<'_> {
    /// Whoever stands right behind a verb or "according to".
    pub(super) fn after(&self, tokens: &[Token], from: usize, source: bool) -> Option<Who> {
        let at = first_behind(tokens, from);
        let token = tokens.get(at).filter(|token| token.is_word())?;
        let article = token.is(Roles::DETERMINER);
        let next = tokens.get(at + 1);
        let noun = next.is_some_and(|next| next.is_word() && next.roles.is_plain());
        if token.is(Roles::PRONOUN) && !(article && noun) {
            return self.pronoun(tokens, at);
        }
        if token.is(Roles::PREPOSITION) && !article {
            return None;
        }
        // "one of the neighbours": one of whom stands behind.
        if article && next.is_some_and(|next| next.is(Roles::PREPOSITION)) {
            let of = self.after(tokens, at + 2, true);
            return of.filter(|who| matches!(who, Who::Noun(..)));
        }
        let phrase = self.phrase_at(tokens, at, article);
        match phrase.name {
            Some(name) => Some(self.named(tokens, &phrase, name)),
            None => self.unnamed(tokens, &phrase, from, source),
        }
    }

    fn phrase_at(&self, tokens: &[Token], at: usize, article: bool) -> Phrase {
        let first = at + usize::from(article);
        let words = tokens[first..].iter().take(LONGEST_PHRASE);
        let plain = |token: &&Token| token.is_word() && !token.is_name() && token.roles.is_plain();
        let length = words.take_while(plain).count();
        let end = first + length;
        let named = tokens.get(end).filter(|_| length < LONGEST_PHRASE);
        let named = named.is_some_and(Token::is_name);
        Phrase {
            at,
            article,
            first,
            end,
            name: named.then(|| (end, name_end(self.text, tokens, end))),
        }
    }

    /// Whoever a phrase with a name means.
    fn named(&self, tokens: &[Token], phrase: &Phrase, (start, stop): (usize, usize)) -> Who {
        let &Phrase {
            at, article, first, ..
        } = phrase;
        let noun = |from: usize, to: usize, certain: bool| {
            Who::Noun(tokens[from].start, tokens[to - 1].end, certain)
        };
        let german = self.language == "de";
        if german && tokens[start].is(Roles::GROUP) && tokens[start].roles.is_plain() {
            return noun(start, start + 1, false);
        }
        // "мать Ивана Петрова": where names are inflected, one behind a kin is whose kin it is.
        let of_kin = start > first
            && (tokens[start - 1].is(Roles::KIN) || self.group(tokens, start).is_some());
        if of_kin {
            return noun(first, start, false);
        }
        if let Some(who) = self.belonging(tokens, start, stop) {
            return who;
        }
        if stop - start >= 2 {
            return self.name(tokens, start, stop);
        }
        let second = self.second(tokens, stop);
        let second = second.or_else(|| self.apposition(tokens, stop));
        if let Some(who) = second.or_else(|| self.behind_role(tokens, start, stop)) {
            return who;
        }
        let titled = tokens[first].is(Roles::TITLE);
        if start > first && !titled || article && german {
            let certain = article && is_certain(self.text, &tokens[at], &tokens[stop - 1]);
            return noun(first, stop, certain);
        }
        self.name(tokens, start, stop)
    }

    /// The name behind a role of somewhere: "said Manila mayor Joy Quill", where Manila says nothing.
    fn behind_role(&self, tokens: &[Token], start: usize, stop: usize) -> Option<Who> {
        if self.language != "en" {
            return None;
        }
        let words = tokens[stop..].iter().take(LONGEST_ROLE + 1);
        let is_role = |token: &&Token| {
            let part = token.roles.is_plain() || token.is(Roles::SKIP);
            token.is_word() && token.lower && part
        };
        let end = stop + words.take_while(is_role).count();
        let named = tokens.get(end).is_some_and(Token::is_name);
        let fits = named && (1..=LONGEST_ROLE).contains(&(end - stop));
        let somewhere = &self.text[tokens[start].start..tokens[stop - 1].end];
        (fits && (tokens[end - 1].is(Roles::TITLE) || is_place(somewhere)))
            .then(|| self.name(tokens, end, name_end(self.text, tokens, end)))
    }

    /// Whoever a phrase without a name means, whose name may stand further on.
    fn unnamed(&self, tokens: &[Token], phrase: &Phrase, from: usize, source: bool) -> Option<Who> {
        let &Phrase {
            at,
            article,
            first,
            end,
            ..
        } = phrase;
        let says = end > first && (article || source || tokens[first].roles.is_plain());
        says.then_some(())?;
        let certain = is_certain(self.text, &tokens[at], &tokens[end - 1])
            || source && !article && is_fused(self.text, tokens, from);
        let noun = Who::Noun(tokens[first].start, tokens[end - 1].end, certain);
        // "said supporters of the mayor, Jane Smith"
        if tokens[end - 1].is(Roles::GROUP) {
            return Some(noun);
        }
        let behind = self.apposition(tokens, end);
        behind
            .or_else(|| self.named_further(tokens, end))
            .or(Some(noun))
    }

    /// Whoever a pronoun at `at` is: "es heißt bei der Polizei" has its source behind it.
    fn pronoun(&self, tokens: &[Token], at: usize) -> Option<Who> {
        let token = tokens.get(at)?;
        let says = self.language == "de" && &self.text[token.start..token.end] == "es";
        let next = tokens.get(at + 1);
        if says && next.is_some_and(|next| next.is(Roles::PREPOSITION)) {
            self.after(tokens, at + 2, true)
        } else {
            Some(Who::Pronoun)
        }
    }

    /// The name further on in a clause, where it is no part of what a preposition governs: "wrote on the wall
    /// Jane Smith", "the leader of the party Jane Smith".
    pub(super) fn named_further(&self, tokens: &[Token], from: usize) -> Option<Who> {
        let mut at = from;
        while at < tokens.len().min(from + 8) && tokens[at].is_word() {
            if !tokens[at].is_name() {
                at += 1;
                continue;
            }
            let end = name_end(self.text, tokens, at);
            let before = at.checked_sub(1).map(|at| &tokens[at]);
            let governed = before
                .is_some_and(|token| token.is(Roles::PREPOSITION) || token.is(Roles::DETERMINER));
            // "on Twitter Jane Smith": the first word is where.
            let start = at + usize::from(governed);
            if end - start >= 2 && !tokens[start].opens {
                return Some(self.name(tokens, start, end));
            }
            at = end;
        }
        None
    }
}
