//! The subject of a clause: before its verb, behind it, or behind "according to".

use super::clause::Token;
use super::proper::{governed, group, has_article, is_as, is_lone_opening, name_end};
use super::reporting::Roles;
use super::speaker::Who;
use crate::lexicon::Small;

/// What is known of the text whose clauses are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar<'t> {
    pub text: &'t str,
    pub language: &'t str,
}

impl Grammar<'_> {
    /// The subject of the verb at `verb`.
    pub(super) fn subject(&self, tokens: &[Token], verb: usize) -> Option<Who> {
        if tokens[verb].inverted {
            return Some(Who::Pronoun);
        }
        if self.is_part(tokens, verb) {
            return Some(Who::Nobody);
        }
        if self.is_participle(&tokens[verb]) {
            // "quoted Smith as saying": whoever stands before "as".
            let reported = verb > 1 && is_as(self.text, &tokens[verb - 1]);
            if reported && verb > 2 && self.is_object(tokens, verb - 2) {
                return Some(Who::Pronoun);
            }
            let named = reported.then(|| self.before(tokens, verb - 1)).flatten();
            return named
                .map(|(who, _)| who)
                .or_else(|| self.first_subject(tokens, verb));
        }
        if self.is_inverting(tokens, verb) {
            let after = self.after(tokens, verb + 1, false);
            if after.is_some() {
                return after;
            }
        }
        let by = tokens.get(verb + 1).is_some_and(|next| {
            let word = &self.text[next.start..next.end];
            matches!(
                (self.language, word),
                ("en", "by") | ("fr", "par") | ("es" | "pt", "por") | ("it", "da")
            )
        });
        if let Some(who @ Who::Name(..)) = by.then(|| self.after(tokens, verb + 2, true)).flatten()
        {
            return Some(who);
        }
        let before = self.before(tokens, verb);
        if let Some((who, true)) = before {
            return Some(who);
        }
        self.after(tokens, verb + 1, false)
            .or_else(|| before.map(|(who, _)| who))
    }

    /// "quoted him as saying".
    fn is_object(&self, tokens: &[Token], at: usize) -> bool {
        let word = &self.text[tokens[at].start..tokens[at].end];
        Small::Object.has(word) && tokens[at - 1].is_word()
    }

    /// People about somebody who is named from `start` on, and not whoever that is.
    pub(super) fn group(&self, tokens: &[Token], start: usize) -> Option<Who> {
        let noun = group(self.language, tokens, start)?;
        Some(Who::Noun(tokens[noun].start, tokens[noun].end, false))
    }

    /// "Section 5 says": a part of a text is nobody.
    fn is_part(&self, tokens: &[Token], verb: usize) -> bool {
        verb >= 2 && {
            let number = &tokens[verb - 1];
            tokens[verb - 2].is(Roles::PART)
                && self.text[number.start..number.end].starts_with(char::is_numeric)
        }
    }

    /// Germanic languages set the subject behind the verb where something else opens the clause.
    fn is_inverting(&self, tokens: &[Token], verb: usize) -> bool {
        let stops = |token: &Token| {
            token
                .mark
                .is_some_and(|c| matches!(c, ',' | ':' | ';' | '–' | '—'))
        };
        let start = tokens[..verb]
            .iter()
            .rposition(stops)
            .map_or(0, |at| at + 1);
        let Some(first) = tokens[start..verb].first().filter(|first| first.is_word()) else {
            return false;
        };
        let word = self.text[first.start..first.end].to_lowercase();
        matches!(
            self.language,
            "de" | "nl" | "sv" | "nb" | "no" | "da" | "nn" | "is" | "af"
        ) && (first.is(Roles::PREPOSITION)
            || first.is(Roles::SKIP)
            || first.is(Roles::OPEN)
            || matches!(&*word, "den" | "dem"))
            && !first.is(Roles::PRONOUN)
    }

    fn is_participle(&self, token: &Token) -> bool {
        let word = &self.text[token.start..token.end];
        word.ends_with("ing") && word.len() > 5 || word.ends_with("ndo")
    }

    /// The first in a sentence that no preposition governs.
    pub(super) fn first_subject(&self, tokens: &[Token], until: usize) -> Option<Who> {
        let mut at = 0;
        while at < until {
            let token = &tokens[at];
            if token.is_name() && !token.possessive {
                let end = name_end(self.text, tokens, at).min(until);
                let noun = self.language == "de" && end == at + 1 && has_article(tokens, at);
                let noun = noun || self.group(tokens, at).is_some();
                if !noun && !governed(tokens, at) && !is_lone_opening(self.text, tokens, at, end) {
                    return Some(self.name(tokens, at, end));
                }
                at = end;
                continue;
            }
            if token.is(Roles::PRONOUN) && token.is_word() && !token.is(Roles::DETERMINER) && at < 3
            {
                return Some(Who::Pronoun);
            }
            at += 1;
        }
        None
    }

    /// A name without the titles before it, nor what they are of: "Mayor Ann Quill", "Manila Mayor Ann Quill".
    pub(super) fn name(&self, tokens: &[Token], start: usize, end: usize) -> Who {
        let behind = tokens[start..end].iter();
        let title = behind.clone().rposition(|token| token.is(Roles::TITLE));
        // "Martin Luther King Jr" is nobody's title: a whole name stands behind one.
        let whole = title.filter(|title| end - start - title > 2);
        let mut first = start + whole.unwrap_or(0);
        while first + 1 < end && (tokens[first].is(Roles::TITLE) || tokens[first].mark.is_some()) {
            first += 1;
        }
        let last = &tokens[end - 1];
        let mut stop = last.end;
        if last.possessive {
            let word = &self.text[last.start..last.end];
            stop = last.start + word.rfind(['\'', '’']).unwrap_or(word.len());
        }
        Who::Name(tokens[first].start, stop)
    }
}
