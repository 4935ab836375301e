//! Whoever the sentence about a quotation names, before it or behind it.

use super::clause::{Token, tokens};
use super::proper::{is_as, is_so, name_end, name_start};
use super::reporting::{Reporting, Roles};
use super::setting::Setting;
use super::speaker::{How, Named, Who};
use super::{agglutinated, uncased, unspaced};

/// What stands between a name and a colon has no more words than this, where no verb in it is known: "was having none
/// of it".
const LONGEST_CLAUSE: usize = 5;

/// Between "quoted" and "as saying" stand no more words than this.
const LONGEST_QUOTED: usize = 12;

impl Setting<'_> {
    /// Whoever the words about the quotation name, with how.
    pub(super) fn stated(&self) -> Option<(Who, How)> {
        let words = &self.text[self.span.start..self.span.end];
        if let Some(script) = unspaced::script(words) {
            let named = unspaced::speaker(self.text, script, self.lead, self.tail);
            return named.map(|named| (Who::Name(named.start, named.end), named.how));
        }
        if uncased::is_uncased(words) {
            return self
                .uncased()
                .map(|named| (Who::Name(named.start, named.end), named.how));
        }
        let lead = self.lead_tokens();
        let finished = !self.goes_on && words.ends_with(['.', '!', '?']);
        let tail = tokens(
            self.text,
            self.tail.0,
            self.tail.1,
            finished,
            self.reporting,
        );
        if matches!(self.language, "tr" | "az") {
            return self.agglutinated(&lead, &tail);
        }
        // "The project, dubbed “…”": whoever named it so is not told.
        if lead
            .last()
            .is_some_and(|last| last.is(Roles::NAMING) && last.roles.is_plain())
        {
            return Some((Who::Nobody, How::Stated));
        }
        if lead.iter().any(Token::is_word) {
            self.in_lead(&lead, false)
                .or_else(|| self.labelled(&lead))
                .or_else(|| self.in_tail(&tail, &lead))
        } else {
            self.in_tail(&tail, &lead)
        }
    }

    fn agglutinated(&self, lead: &[Token], tail: &[Token]) -> Option<(Who, How)> {
        let verb = tail.iter().position(|token| token.is(Roles::VERB));
        let participle = verb.filter(|&verb| agglutinated::is_participle(self.text, &tail[verb]));
        if let Some(who) = participle.and_then(|verb| self.grammar.after(tail, verb + 1, false)) {
            return Some((who, How::Stated));
        }
        if let Some((start, end)) = agglutinated::subject(self.text, lead, tail) {
            return Some((self.grammar.name(lead, start, end), How::Stated));
        }
        let named = self.in_lead(lead, false).or_else(|| self.labelled(lead));
        named.or_else(|| verb.map(|_| (Who::Pronoun, How::Stated)))
    }

    fn uncased(&self) -> Option<Named> {
        let lead = self.lead_tokens();
        let tail = tokens(self.text, self.tail.0, self.tail.1, false, self.reporting);
        let language = if Reporting::knows(self.language) {
            self.language
        } else {
            ""
        };
        let named = |tokens: &[Token], in_tail: bool| {
            let (start, end) = uncased::subject(tokens, language, in_tail)?;
            let (start, end) = (
                tokens.get(start)?.start,
                tokens.get(end.checked_sub(1)?)?.end,
            );
            Some(Named {
                start,
                end,
                how: How::Stated,
            })
        };
        named(&lead, false).or_else(|| named(&tail, true))
    }

    /// The speaker that the words before the quotation name.
    pub(super) fn in_lead(&self, lead: &[Token], strictly: bool) -> Option<(Who, How)> {
        for at in (0..lead.len()).rev() {
            let token = &lead[at];
            if token.is(Roles::PER)
                && at + 1 < lead.len()
                && !is_so(self.text, token)
                && let Some(who) = self.grammar.after(lead, at + 1, true)
            {
                return Some((who, How::Source));
            }
            if token.is(Roles::POST)
                && let Some((who, _)) = self.grammar.before(lead, at)
            {
                return Some((who, How::Source));
            }
            if token.is(Roles::VERB) && !token.is_name() && !(strictly && token.is(Roles::WEAK)) {
                let who = self.grammar.subject(lead, at);
                if who.is_some() {
                    return who.map(|who| (answering(who, token), How::Stated));
                }
            }
        }
        None
    }

    /// The speaker that the words behind the quotation name.
    fn in_tail(&self, tail: &[Token], lead: &[Token]) -> Option<(Who, How)> {
        let words = &self.text[self.span.start..self.span.end];
        let finished = words.ends_with(['.', '。']) && !self.goes_on;
        let first = tail.iter().position(Token::is_word)?;
        let verb = tail
            .iter()
            .position(|token| token.is(Roles::VERB) && (token.opens || !token.is_name()));
        let source = tail.iter().position(|token| token.is(Roles::PER));
        if finished && verb.is_none_or(|verb| verb > first + 4) {
            return None;
        }
        if let Some(at) = source.filter(|&at| verb.is_none_or(|verb| at < verb)) {
            let right = !is_so(self.text, &tail[at]) || at == first;
            if right && at <= first + 6 {
                let who = self.grammar.after(tail, at + 1, true);
                if let Some(who) = who {
                    return Some((who, How::Source));
                }
            }
        }
        if let Some(at) = tail.iter().position(|token| token.is(Roles::POST))
            && let Some((who, _)) = self.grammar.before(tail, at)
        {
            return Some((who, How::Source));
        }
        let Some(verb) = verb.filter(|&verb| verb <= first + 12) else {
            let named = self.named_behind(tail, first, words);
            return named.map(|who| (who, How::Stated));
        };
        let grammar = &self.grammar;
        if verb == first && self.is_impersonal(tail, verb) {
            return Some((Who::Nobody, How::Stated));
        }
        let verb = self.as_saying(tail, verb).unwrap_or(verb);
        let who = grammar
            .subject(tail, verb)
            .or_else(|| grammar.first_subject(lead, lead.len()));
        let who = who.or_else(|| {
            (verb <= first + 1)
                .then(|| grammar.named_further(tail, verb + 1))
                .flatten()
        });
        // Where a verb needs no pronoun, one without a subject means somebody named before.
        let who =
            who.or_else(|| (verb <= first + 2 && self.drops_pronouns()).then_some(Who::Pronoun));
        who.map(|who| (answering(who, &tail[verb]), How::Stated))
    }

    /// The participle in "the Gazette quoted Ann Marsh as saying": whoever is quoted says it.
    fn as_saying(&self, tail: &[Token], verb: usize) -> Option<usize> {
        let clause = tail[verb + 1..].iter().take(LONGEST_QUOTED);
        let clause = clause.take_while(|token| token.is_word());
        let says = clause.take_while(|token| !token.is(Roles::VERB) || token.is_name());
        let at = verb + 1 + says.count();
        let saying = tail.get(at)?;
        let participle = self.text[saying.start..saying.end].ends_with("ing");
        (participle && saying.is(Roles::VERB) && at > verb + 1 && is_as(self.text, &tail[at - 1]))
            .then_some(at)
    }

    /// Whoever stands right behind a quotation that is not finished there, whatever the verb: "…,” Quill
    /// lectured", "…” - Ada Quill".
    fn named_behind(&self, tail: &[Token], first: usize, words: &str) -> Option<Who> {
        let signed = matches!(tail.first()?.mark, Some('-' | '–' | '—' | '―' | ':')) && first == 1;
        // "“…”: Ada Quill on winning the cup", and no more than the clause behind a colon.
        let headed = tail[0].mark == Some(':') && first == 1;
        let unfinished =
            words.ends_with([',', '?', '!']) || tail[0].mark == Some(',') && first == 1;
        let token = &tail[first];
        if token.is_name() {
            let end = name_end(self.text, tail, first);
            let next = tail.get(end);
            let verb =
                next.is_some_and(|next| next.is_word() && next.roles.is_plain() && next.lower);
            let ends = next.is_none_or(|next| matches!(next.mark, Some(',' | '(' | '.')));
            let whole = !tail[end - 1].possessive;
            let on = next.is_some_and(|next| next.is(Roles::PREPOSITION) || next.is(Roles::VERB));
            let said = whole
                && (unfinished && first <= 1 && (verb || ends)
                    || signed && ends
                    || headed && (on || verb) && end - first >= 2);
            return said.then(|| self.grammar.name(tail, first, end));
        }
        let verb = unfinished && token.lower && token.roles.is_plain();
        let who = verb
            .then(|| self.grammar.after(tail, first + 1, false))
            .flatten()?;
        matches!(who, Who::Name(..)).then_some(who)
    }

    /// The name that a colon ends, alone or with its verb, whatever that is: "Ada Quill: “…”", "But Ada Quill
    /// disagreed: “…”".
    fn labelled(&self, lead: &[Token]) -> Option<(Who, How)> {
        lead.last().filter(|last| last.mark == Some(':'))?;
        let end = lead.len() - 1;
        if lead[..end].last()?.is_name() {
            let start = name_start(self.text, lead, end);
            if lead[start..end].iter().all(|token| token.is(Roles::LABEL)) {
                return Some((Who::Nobody, How::Stated));
            }
            if let Some(group) = self.grammar.group(lead, start) {
                return Some((group, How::Stated));
            }
            let opens = lead[..start].iter().filter(|token| token.is_word()).count() < 3;
            let near = opens && !lead[end - 1].possessive;
            return near.then(|| (self.grammar.name(lead, start, end), How::Stated));
        }
        let start = lead.iter().position(Token::is_name)?;
        let stop = name_end(self.text, lead, start);
        let opens = lead[..start]
            .iter()
            .all(|token| token.is_word() && (token.is(Roles::OPEN) || token.is(Roles::SKIP)));
        // German nouns have capitals as well: "Kritik folgte: “…”".
        let named = self.language != "de" || stop - start >= 2;
        let clause = &lead[stop..end];
        let verb = clause.first().is_some_and(|token| {
            token.is_word() && token.lower && (token.roles.is_plain() || token.is(Roles::SKIP))
        });
        let mut words = clause.iter();
        let short =
            clause.len() <= LONGEST_CLAUSE && words.all(|token| token.is_word() && token.lower);
        let said = opens && named && verb && short;
        said.then(|| (self.grammar.name(lead, start, stop), How::Stated))
    }
}

/// A pronoun means another at a verb of answering than at one of saying.
fn answering(who: Who, verb: &Token) -> Who {
    match who {
        Who::Pronoun if verb.is(Roles::REPLY) => Who::Replier,
        who => who,
    }
}
