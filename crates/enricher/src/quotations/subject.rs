//! The subject of a clause: before its verb, behind it, or behind "according to".

use super::clause::{Token, is_sentence_end};
use super::proper::{
    follows_initial, governed, group, has_article, is_as, is_certain, is_fused, is_lone_opening,
    is_relative, name_end, name_start,
};
use super::reporting::Roles;
use super::speaker::Who;

/// What is known of the text whose clauses are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar<'t> {
    pub text: &'t str,
    pub language: &'t str,
}

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
        matches!(word, "him" | "her" | "them") && tokens[at - 1].is_word()
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

    /// The nearest before `at` that no preposition governs; else the nearest.
    pub(super) fn before(&self, tokens: &[Token], at: usize) -> Option<(Who, bool)> {
        let mut end = at;
        let mut fallback = None;
        // "Smith, head of the bank, said": what stands between commas only explains.
        let mut last = at;
        while last > 0 && (tokens[last - 1].is(Roles::SKIP) && !tokens[last - 1].capital) {
            last -= 1;
        }
        let aside = last.checked_sub(1).and_then(|at| tokens[at].mark);
        if let Some(aside) = aside.filter(|mark| matches!(mark, ',' | '–' | '—')) {
            let comma = tokens[..last - 1]
                .iter()
                .rposition(|token| token.mark == Some(aside));
            if let Some(comma) = comma.filter(|&comma| comma > 0 && last - comma < 25) {
                let inner = last - 1;
                let whole = tokens[inner - 1].is_name()
                    && name_start(self.text, tokens, inner) == comma + 1
                    && inner - comma > 2;
                let comma = outside_brackets(tokens, comma);
                let head = name_start(self.text, tokens, comma);
                let headed = tokens[comma - 1].is_name();
                // "the head of the bank, Jane Smith, said": between the commas stands the name.
                if whole && !(headed && comma - head >= 2) {
                    let start = name_start(self.text, tokens, inner);
                    return Some((self.name(tokens, start, inner), true));
                }
                if headed {
                    let group = self.group(tokens, head);
                    return Some((
                        group.unwrap_or_else(|| self.name(tokens, head, comma)),
                        true,
                    ));
                }
                if tokens[comma - 1].is_word() {
                    end = comma;
                }
            }
        }
        while end > 0 && at - end < 30 {
            let token = &tokens[end - 1];
            if matches!(token.mark, Some(')')) {
                let open = tokens[..end]
                    .iter()
                    .rposition(|token| token.mark == Some('('));
                if let Some(open) = open {
                    end = open;
                    continue;
                }
            }
            if token.mark.is_some_and(|c| {
                matches!(c, ';' | ':')
                    || is_sentence_end(c) && !follows_initial(self.text, tokens, end - 1)
            }) {
                break;
            }
            if token.is(Roles::PRONOUN) && token.is_word() && !token.is(Roles::DETERMINER) {
                // "Smith, who said": the relative means the name before it.
                let relative = end >= 2 && tokens[end - 2].mark == Some(',');
                if relative && is_relative(self.text, token) {
                    return self.antecedent(tokens, end - 2).map(|who| (who, true));
                }
                return Some((Who::Pronoun, true));
            }
            if token.is_name() && !token.possessive {
                let start = name_start(self.text, tokens, end);
                let who = self.phrase(tokens, start, end);
                let by_verb = tokens[end..at]
                    .iter()
                    .all(|token| token.is(Roles::SKIP) && token.is_word());
                if by_verb && let Some(group) = self.group(tokens, start) {
                    return Some((group, true));
                }
                let as_he = by_verb && start > 0 && is_as(self.text, &tokens[start - 1]);
                if (as_he || !governed(tokens, start))
                    && !is_lone_opening(self.text, tokens, start, end)
                {
                    return Some((who, true));
                }
                if !is_lone_opening(self.text, tokens, start, end) {
                    fallback = fallback.or(Some(who));
                }
                end = start;
                continue;
            }
            if token.is_word()
                && token.roles.is_plain()
                && token.lower
                && let Some((who, start)) = self.noun_before(tokens, end)
            {
                let by_verb = tokens[end..at]
                    .iter()
                    .all(|token| token.is(Roles::SKIP) && token.is_word());
                if by_verb && let Some(group) = self.group(tokens, start + 1) {
                    return Some((group, true));
                }
                if !governed(tokens, start) {
                    return Some((who, true));
                }
                end = start;
                continue;
            }
            end -= 1;
        }
        fallback.map(|who| (who, false))
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

    /// Whoever stands right behind a verb or "according to".
    pub(super) fn after(&self, tokens: &[Token], from: usize, source: bool) -> Option<Who> {
        let at = first_behind(tokens, from);
        let token = tokens.get(at)?;
        if !token.is_word() {
            return None;
        }
        let article = token.is(Roles::DETERMINER);
        if token.is(Roles::PRONOUN)
            && !(article
                && tokens
                    .get(at + 1)
                    .is_some_and(|next| next.is_word() && next.roles.is_plain()))
        {
            return self.pronoun(tokens, at);
        }
        if token.is(Roles::PREPOSITION) && !article {
            return None;
        }
        // "one of the neighbours": one of whom stands behind.
        if article
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.is(Roles::PREPOSITION))
        {
            let of = self.after(tokens, at + 2, true);
            return of.filter(|who| matches!(who, Who::Noun(..)));
        }
        let first = at + usize::from(article);
        let mut end = first;
        let mut name = None;
        while let Some(token) = tokens
            .get(end)
            .filter(|token| token.is_word() && end < first + 7)
        {
            if token.is_name() {
                let stop = name_end(self.text, tokens, end);
                name = Some((end, stop));
                break;
            }
            if !token.roles.is_plain() {
                break;
            }
            end += 1;
        }
        let named_group = name.filter(|&(start, _)| {
            tokens[start].is(Roles::GROUP)
                && tokens[start].roles.is_plain()
                && self.language == "de"
        });
        if let Some((start, _)) = named_group {
            return Some(Who::Noun(tokens[start].start, tokens[start].end, false));
        }
        // "мать Ивана Петрова": where names are inflected, one behind a kin is whose kin it is.
        if let Some((start, _)) = name.filter(|&(start, _)| start > first)
            && (tokens[start - 1].is(Roles::KIN) || self.group(tokens, start).is_some())
        {
            return Some(Who::Noun(tokens[first].start, tokens[start - 1].end, false));
        }
        let behind = |end: usize| self.apposition(tokens, end);
        if let Some(who) = name.and_then(|(start, end)| self.belonging(tokens, start, end)) {
            return Some(who);
        }
        match name {
            Some((start, end)) if end - start >= 2 => Some(self.name(tokens, start, end)),
            Some((start, stop)) => {
                let second = self.second(tokens, stop);
                let titled = tokens[first].is(Roles::TITLE);
                let role = start > first && !titled || article && self.language == "de";
                let alone = if role {
                    let end = tokens[stop - 1].end;
                    let certain = article && is_certain(self.text, token, &tokens[stop - 1]);
                    Who::Noun(tokens[first].start, end, certain)
                } else {
                    self.name(tokens, start, stop)
                };
                Some(second.or_else(|| behind(stop)).unwrap_or(alone))
            }
            None if end > first && (article || source || tokens[first].roles.is_plain()) => {
                let certain = is_certain(self.text, token, &tokens[end - 1])
                    || source && !article && is_fused(self.text, tokens, from);
                let group = tokens[end - 1].is(Roles::GROUP);
                let named = || self.named_further(tokens, end).filter(|_| !group);
                behind(end).or_else(named).or(Some(Who::Noun(
                    tokens[first].start,
                    tokens[end - 1].end,
                    certain,
                )))
            }
            None => None,
        }
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

    /// A name without the titles before it.
    pub(super) fn name(&self, tokens: &[Token], start: usize, end: usize) -> Who {
        let mut first = start;
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
