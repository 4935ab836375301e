//! Who said it: the subject of the verb of saying about a quotation.

use super::clause::{Token, is_sentence_end, tokens};
use super::proper::{is_as, is_so, name_end, name_start};
use super::reporting::{Reporting, Roles};
use super::sentence::{sentence_end, sentence_start, signed_below};
use super::subject::Grammar;
use super::{agglutinated, uncased, unspaced};
use crate::normalise::{Normalised, Span};

/// What stands between a name and a colon has no more words than this, where no verb in it is known: "was having none
/// of it".
const LONGEST_CLAUSE: usize = 5;

/// Between "quoted" and "as saying" stand no more words than this.
const LONGEST_QUOTED: usize = 12;

/// Somebody named in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub start: usize,
    pub end: usize,
    pub how: How,
}

/// How a speaker is known, from the surest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// Subject of the verb of saying.
    Stated,
    /// By "according to".
    Source,
    /// A pronoun or a role, which means somebody named before.
    Resolved,
    /// The quotation goes on with that before it.
    Continued,
}

/// Who is found in a clause.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Name(usize, usize),
    /// A noun, and whether it is a certain one, that may have been named.
    Noun(usize, usize, bool),
    Pronoun,
    /// A pronoun at a verb of answering: not whoever spoke last.
    Replier,
    /// Nobody: "it says in the report".
    Nobody,
}

/// Names the speakers of the quotations of a text.
pub(crate) fn speakers(
    text: &str,
    body: &Normalised,
    spans: &[Span],
    language: &str,
) -> Vec<Option<Named>> {
    let read = Read {
        text,
        body,
        spans,
        language,
    };
    let places: Vec<Place<'_>> = (0..spans.len()).map(|at| Place::of(&read, at)).collect();
    let mut stated: Vec<Option<(Who, How)>> = places.iter().map(Place::stated).collect();
    for at in (1..places.len()).rev() {
        // The words about the next one are about this one too, where both share a sentence or are
        // paragraphs of one quotation.
        let (place, next) = (&places[at - 1], &places[at]);
        let shared = next.shares_sentence && !place.shares_sentence;
        if stated[at - 1].is_none() && (shared || place.span.left_open) {
            stated[at - 1] = stated[at];
        }
    }
    let mut found: Vec<Option<Named>> = Vec::with_capacity(spans.len());
    for (at, (place, own)) in places.iter().zip(stated).enumerate() {
        let before = found.last().copied().flatten();
        // Paragraphs of one quotation are said by one.
        let goes_on = own.is_none() && at > 0 && places[at - 1].span.left_open;
        let how = How::Continued;
        let same = before
            .filter(|_| goes_on)
            .map(|before| Named { how, ..before });
        let last = at.checked_sub(1).map(|at| &places[at]);
        found.push(same.or_else(|| place.speaker(own, before, last)));
    }
    found
}

/// A text with what is quoted in it.
struct Read<'t> {
    text: &'t str,
    body: &'t Normalised,
    spans: &'t [Span],
    language: &'t str,
}

/// A quotation with the sentence around it.
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    pub(super) body: &'t Normalised,
    pub(super) reporting: &'t Reporting,
    pub(super) language: &'t str,
    pub(super) grammar: Grammar<'t>,
    pub(super) span: Span,
    /// The paragraph.
    pub(super) paragraph: (usize, usize),
    /// The quotation before it in the paragraph.
    pub(super) before: Option<Span>,
    /// What stands before and behind it in its sentence.
    pub(super) lead: (usize, usize),
    pub(super) tail: (usize, usize),
    /// The sentence goes on behind it.
    pub(super) goes_on: bool,
    /// It stands in the sentence of the quotation before it.
    pub(super) shares_sentence: bool,
    /// The quotation before it stands in the paragraph before.
    pub(super) follows_paragraph: bool,
}

impl<'t> Place<'t> {
    fn of(read: &Read<'t>, at: usize) -> Self {
        let &Read {
            text,
            body,
            spans,
            language,
        } = read;
        let span = spans[at];
        let (start, end) = (body.line(span.open).0, body.line(span.close).1);
        let before = at
            .checked_sub(1)
            .map(|at| spans[at])
            .filter(|before| before.close > start);
        let last = at.checked_sub(1).map(|at| spans[at]);
        let follows_paragraph = last.is_some_and(|last| {
            let between = text[last.close.min(start)..start].trim();
            !between.contains('\n')
        });
        // “No,” said Quill, adding: what was said in few words is no quotation, and no part of the clause either.
        let few = body.spans.partition_point(|few| few.close <= span.open);
        let few = few.checked_sub(1).map(|at| &body.spans[at]);
        let few = few.filter(|few| {
            let words = &text[few.start..few.end];
            words.starts_with(char::is_uppercase) && words.ends_with([',', '.', '!', '?'])
        });
        let few = few.map_or(start, |few| few.close);
        let floor = before.map_or(start, |before| before.close).max(few);
        let ceiling = spans.get(at + 1).map_or(end, |next| next.open.min(end));
        let lead_start = sentence_start(text, body, floor, span.open);
        let (tail_end, goes_on) = match signed_below(text, span.close, end) {
            Some(end) => (end, true),
            None => sentence_end(text, body, span.close, ceiling),
        };
        Self {
            text,
            body,
            reporting: Reporting::of(language),
            language,
            grammar: Grammar { text, language },
            span,
            paragraph: (start, end),
            before,
            lead: (lead_start, span.open),
            tail: (span.close, tail_end),
            goes_on,
            follows_paragraph,
            shares_sentence: before.is_some() && lead_start == floor && {
                let between = text[floor..span.open].trim_start();
                !between.is_empty() && !between.contains(is_sentence_end)
            },
        }
    }

    /// Whoever the words about the quotation name, with how.
    fn stated(&self) -> Option<(Who, How)> {
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
        let tail = tokens(self.text, self.tail.0, self.tail.1, false, self.reporting);
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

    fn speaker(
        &self,
        own: Option<(Who, How)>,
        before: Option<Named>,
        last: Option<&Self>,
    ) -> Option<Named> {
        match own {
            Some((Who::Name(start, end), how)) => Some(Named { start, end, how }),
            Some((Who::Noun(start, end, certain), how)) => {
                let meant = certain.then(|| self.meant(start, before)).flatten();
                meant.or(Some(Named { start, end, how }))
            }
            Some((Who::Pronoun, _)) => self.meant(self.span.open, before),
            Some((Who::Replier, _)) => self.replier(before, last),
            Some((Who::Nobody, _)) => None,
            None => self.continued(before).or_else(|| self.reported_before()),
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

    pub(super) fn lead_tokens(&self) -> Vec<Token> {
        tokens(self.text, self.lead.0, self.lead.1, true, self.reporting)
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
