//! Whoever stands before a verb: the nearest that is no part of an aside, and that no preposition governs.

use std::ops::ControlFlow;

use super::clause::{Token, is_sentence_end};
use super::proper::{
    follows_initial, governed, group_about, is_as, is_certain, is_lone_opening, is_relative,
    name_start,
};
use super::reporting::Roles;
use super::speaker::Who;
use super::subject::Grammar;
use crate::places::is_place;

/// An aside between commas has no more tokens than this.
const LONGEST_ASIDE: usize = 25;

/// What people of a place are called by has no more words.
const LONGEST_ROLE: usize = 3;

/// Nobody is looked for further before a verb, in tokens.
const FARTHEST: usize = 30;

/// Who stands before a place in a clause.
enum Before {
    /// The subject.
    Subject(Who),
    /// Somebody who begins there and is governed by another word: a subject only where no other is found.
    Governed(usize, Option<Who>),
}

impl Grammar<'_> {
    /// The nearest before `at` that no preposition governs, with true; else the nearest.
    pub(super) fn before(&self, tokens: &[Token], at: usize) -> Option<(Who, bool)> {
        match self.aside(tokens, at) {
            ControlFlow::Break(who) => Some((who, true)),
            ControlFlow::Continue(end) => self.nearest(tokens, end, at),
        }
    }

    /// "Smith, head of the bank, said": what stands between commas only explains. Whoever it leads to, or where the
    /// words before it end.
    fn aside(&self, tokens: &[Token], at: usize) -> ControlFlow<Who, usize> {
        let words = tokens[..at].iter().rev();
        let skipped = words.take_while(|token| token.is(Roles::SKIP) && !token.capital);
        let last = at - skipped.count();
        let mark = last.checked_sub(1).and_then(|at| tokens[at].mark);
        let mark = mark.filter(|mark| matches!(mark, ',' | '–' | '—'));
        let comma = mark.and_then(|mark| {
            let before = tokens[..last - 1].iter();
            before.clone().rposition(|token| token.mark == Some(mark))
        });
        let Some(comma) = comma.filter(|&comma| comma > 0 && last - comma < LONGEST_ASIDE) else {
            return ControlFlow::Continue(at);
        };
        let inner = last - 1;
        let whole = inner - comma > 2
            && tokens[inner - 1].is_name()
            && name_start(self.text, tokens, inner) == comma + 1;
        // "supporters of the mayor, Jane Smith, said"
        if whole && let Some(noun) = group_about(tokens, comma) {
            let (start, end) = (tokens[noun].start, tokens[noun].end);
            return ControlFlow::Break(Who::Noun(start, end, false));
        }
        let comma = outside_brackets(tokens, comma);
        let head = name_start(self.text, tokens, comma);
        let headed = tokens[comma - 1].is_name();
        // "the head of the bank, Jane Smith, said": between the commas stands the name.
        if whole && !(headed && comma - head >= 2) {
            let start = name_start(self.text, tokens, inner);
            return ControlFlow::Break(self.name(tokens, start, inner));
        }
        if headed {
            let group = self.group(tokens, head);
            let who = group.unwrap_or_else(|| self.name(tokens, head, comma));
            return ControlFlow::Break(who);
        }
        let explains = tokens[comma - 1].is_word();
        ControlFlow::Continue(if explains { comma } else { at })
    }

    /// The nearest before `end`, in the clause of the verb at `at`.
    fn nearest(&self, tokens: &[Token], end: usize, at: usize) -> Option<(Who, bool)> {
        let mut end = end;
        let mut fallback = None;
        while end > 0 && at - end < FARTHEST {
            let token = &tokens[end - 1];
            if let Some(open) = bracket_before(tokens, end) {
                end = open;
                continue;
            }
            if self.parts_clauses(tokens, end - 1) {
                break;
            }
            if token.is(Roles::PRONOUN) && token.is_word() && !token.is(Roles::DETERMINER) {
                return self.pronoun_before(tokens, end).map(|who| (who, true));
            }
            let found = if token.is_name() {
                (!token.possessive).then(|| self.name_before(tokens, end, at))
            } else if token.is_word() && token.roles.is_plain() && token.lower {
                self.phrase_before(tokens, end, at)
            } else {
                None
            };
            match found {
                Some(Before::Subject(who)) => return Some((who, true)),
                Some(Before::Governed(start, who)) => {
                    fallback = fallback.or(who);
                    end = start;
                }
                None => end -= 1,
            }
        }
        fallback.map(|who| (who, false))
    }

    /// Whether a mark ends the clause before it.
    fn parts_clauses(&self, tokens: &[Token], at: usize) -> bool {
        tokens[at].mark.is_some_and(|c| {
            matches!(c, ';' | ':') || is_sentence_end(c) && !follows_initial(self.text, tokens, at)
        })
    }

    /// Whoever the pronoun means that ends before `end`. "Smith, who said": the relative means the name before it.
    fn pronoun_before(&self, tokens: &[Token], end: usize) -> Option<Who> {
        let relative = end >= 2 && tokens[end - 2].mark == Some(',');
        if relative && is_relative(self.text, &tokens[end - 1]) {
            return self.antecedent(tokens, end - 2);
        }
        Some(Who::Pronoun)
    }

    /// The name that ends before `end`.
    fn name_before(&self, tokens: &[Token], end: usize, at: usize) -> Before {
        let start = name_start(self.text, tokens, end);
        let who = self.people_of(tokens, (start, end), at);
        let who = who.unwrap_or_else(|| self.phrase(tokens, start, end));
        let by_verb = is_by_verb(tokens, end, at);
        if by_verb && let Some(group) = self.group(tokens, start) {
            return Before::Subject(group);
        }
        let as_he = by_verb && start > 0 && is_as(self.text, &tokens[start - 1]);
        let opening = is_lone_opening(self.text, tokens, start, end);
        if !opening && (as_he || !governed(tokens, start)) {
            return Before::Subject(who);
        }
        Before::Governed(start, (!opening).then_some(who))
    }

    /// Whoever is of a place that opens their name: "Manila police said".
    fn people_of(&self, tokens: &[Token], (start, end): (usize, usize), at: usize) -> Option<Who> {
        let words = &tokens[end..at];
        let is_noun = |token: &Token| {
            let word = &self.text[token.start..token.end];
            token.is_word() && token.lower && token.roles.is_plain() && !word.ends_with("ly")
        };
        let fits = self.language == "en"
            && (1..=LONGEST_ROLE).contains(&words.len())
            && words.iter().all(is_noun)
            && is_place(&self.text[tokens[start].start..tokens[end - 1].end]);
        fits.then(|| Who::Noun(tokens[start].start, tokens[at - 1].end, false))
    }

    /// The noun phrase that ends before `end`.
    fn phrase_before(&self, tokens: &[Token], end: usize, at: usize) -> Option<Before> {
        let (who, start) = self.noun_before(tokens, end)?;
        let by_verb = is_by_verb(tokens, end, at);
        if by_verb && let Some(group) = self.group(tokens, start + 1) {
            return Some(Before::Subject(group));
        }
        Some(if governed(tokens, start) {
            Before::Governed(start, None)
        } else {
            Before::Subject(who)
        })
    }

    /// What a relative pronoun behind a comma means: the phrase before it.
    fn antecedent(&self, tokens: &[Token], end: usize) -> Option<Who> {
        let part = |token: &&Token| token.is_word() && (token.roles.is_plain() || token.is_name());
        let length = tokens[..end].iter().rev().take(6).take_while(part).count();
        let last = tokens[..end].last()?;
        if last.is_name() {
            return Some(self.name(tokens, name_start(self.text, tokens, end), end));
        }
        (length > 0).then(|| Who::Noun(tokens[end - length].start, last.end, false))
    }

    /// A noun phrase that ends at `end` and begins with an article.
    fn noun_before(&self, tokens: &[Token], end: usize) -> Option<(Who, usize)> {
        let owner = tokens[..end]
            .iter()
            .rev()
            .take(4)
            .position(|token| !token.lower || !token.roles.is_plain());
        let owner = owner
            .map(|back| end - 1 - back)
            .filter(|&at| tokens[at].possessive && at + 1 < end);
        if let Some(owner) = owner {
            let start = name_start(self.text, tokens, owner + 1);
            return Some((
                Who::Noun(tokens[start].start, tokens[end - 1].end, false),
                start,
            ));
        }
        let first = end.saturating_sub(5);
        let start = (first..end)
            .rev()
            .find(|&at| !(tokens[at].is_word() && tokens[at].roles.is_plain()))?;
        if !tokens[start].is(Roles::DETERMINER) || start + 1 == end {
            return None;
        }
        let certain = is_certain(self.text, &tokens[start], &tokens[end - 1])
            && !tokens[start + 1..end]
                .iter()
                .any(|token| token.capital || token.possessive);
        Some((
            Who::Noun(tokens[start + 1].start, tokens[end - 1].end, certain),
            start,
        ))
    }

    /// A name; in German, where every noun has a capital, one word behind an article is a role.
    fn phrase(&self, tokens: &[Token], start: usize, end: usize) -> Who {
        if self.language == "de" && end - start == 1 && start > 0 {
            let article = &tokens[start - 1];
            if article.is(Roles::DETERMINER) {
                return Who::Noun(
                    tokens[start].start,
                    tokens[start].end,
                    is_certain(self.text, article, &tokens[start]),
                );
            }
        }
        self.name(tokens, start, end)
    }
}

/// Whether nothing but auxiliaries and adverbs stands between `end` and the verb at `at`.
fn is_by_verb(tokens: &[Token], end: usize, at: usize) -> bool {
    let mut between = tokens[end..at].iter();
    between.all(|token| token.is(Roles::SKIP) && token.is_word())
}

/// Where the bracket opens that closes right before `end`.
fn bracket_before(tokens: &[Token], end: usize) -> Option<usize> {
    (tokens[end - 1].mark == Some(')')).then_some(())?;
    tokens[..end]
        .iter()
        .rposition(|token| token.mark == Some('('))
}

/// Where what stands before `end` begins to be in brackets: "Linda Quill (D-Calif.),".
fn outside_brackets(tokens: &[Token], end: usize) -> usize {
    if tokens[end - 1].mark != Some(')') {
        return end;
    }
    let open = tokens[..end]
        .iter()
        .rposition(|token| token.mark == Some('('));
    open.filter(|&open| open > 0).unwrap_or(end)
}
