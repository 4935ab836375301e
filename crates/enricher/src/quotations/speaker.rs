//! Who said it: the subject of the verb of saying about a quotation.

use super::clause::{Token, is_sentence_end, tokens};
use super::marks::Span;
use super::proper::{is_so, name_end, name_start};
use super::reporting::{Reporting, Roles};
use super::sentence::{sentence_end, sentence_start};
use super::subject::Grammar;
use super::{agglutinated, uncased, unspaced};

/// A verb of saying and its subject stand no further apart than this, in bytes, to be sure of them.
const NEAR: usize = 24;
/// So many sentences back somebody is looked for whom a pronoun may mean.
const SENTENCES_BACK: usize = 4;

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
    /// Nobody: "it says in the report".
    Nobody,
}

/// Names the speakers of the quotations of a text.
pub(crate) fn speakers(text: &str, spans: &[Span], language: &str) -> Vec<Option<Named>> {
    let reporting = Reporting::of(language);
    let places: Vec<Place<'_>> = (0..spans.len())
        .map(|at| Place::of(text, spans, at, reporting, language))
        .collect();
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
    for (place, own) in places.iter().zip(stated) {
        let before = found.last().copied().flatten();
        found.push(place.speaker(own, before));
    }
    found
}

/// A quotation with the sentence around it.
struct Place<'t> {
    text: &'t str,
    reporting: &'t Reporting,
    language: &'t str,
    grammar: Grammar<'t>,
    span: Span,
    /// The paragraph.
    paragraph: (usize, usize),
    /// The quotation before it in the paragraph.
    before: Option<Span>,
    /// What stands before and behind it in its sentence.
    lead: (usize, usize),
    tail: (usize, usize),
    /// The sentence goes on behind it.
    goes_on: bool,
    /// It stands in the sentence of the quotation before it.
    shares_sentence: bool,
    /// The quotation before it stands in the paragraph before.
    follows_paragraph: bool,
}

impl<'t> Place<'t> {
    fn of(
        text: &'t str,
        spans: &[Span],
        at: usize,
        reporting: &'t Reporting,
        language: &'t str,
    ) -> Self {
        let span = spans[at];
        let start = text[..span.open].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.close..]
            .find('\n')
            .map_or(text.len(), |at| span.close + at);
        let before = at
            .checked_sub(1)
            .map(|at| spans[at])
            .filter(|before| before.close > start);
        let last = at.checked_sub(1).map(|at| spans[at]);
        let follows_paragraph = last.is_some_and(|last| {
            let between = text[last.close.min(start)..start].trim();
            !between.contains('\n')
        });
        let floor = before.map_or(start, |before| before.close);
        let ceiling = spans.get(at + 1).map_or(end, |next| next.open.min(end));
        let lead_start = sentence_start(text, floor, span.open);
        let (tail_end, goes_on) = sentence_end(text, span.close, ceiling);
        Self {
            text,
            reporting,
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
        if lead.iter().any(Token::is_word) {
            self.in_lead(&lead, false)
                .or_else(|| self.labelled(&lead))
                .or_else(|| self.in_tail(&tail, &lead))
        } else {
            self.in_tail(&tail, &lead)
        }
    }

    fn speaker(&self, own: Option<(Who, How)>, before: Option<Named>) -> Option<Named> {
        match own {
            Some((Who::Name(start, end), how)) => Some(Named { start, end, how }),
            Some((Who::Noun(start, end, certain), how)) => {
                let meant = certain.then(|| self.meant(start, before)).flatten();
                meant.or(Some(Named { start, end, how }))
            }
            Some((Who::Pronoun, _)) => self.meant(self.span.open, before),
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

    fn lead_tokens(&self) -> Vec<Token> {
        tokens(self.text, self.lead.0, self.lead.1, true, self.reporting)
    }

    /// The speaker that the words before the quotation name.
    fn in_lead(&self, lead: &[Token], strictly: bool) -> Option<(Who, How)> {
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
                    return who.map(|who| (who, How::Stated));
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
        let who = grammar
            .subject(tail, verb)
            .or_else(|| grammar.first_subject(lead, lead.len()));
        // Where a verb needs no pronoun, one without a subject means somebody named before.
        let who =
            who.or_else(|| (verb <= first + 2 && self.drops_pronouns()).then_some(Who::Pronoun));
        who.map(|who| (who, How::Stated))
    }

    /// Whoever stands right behind a quotation that is not finished there, whatever the verb: "…,” Quill
    /// lectured", "…” - Ada Quill".
    fn named_behind(&self, tail: &[Token], first: usize, words: &str) -> Option<Who> {
        let signed = matches!(tail.first()?.mark, Some('-' | '–' | '—' | '―')) && first == 1;
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
            let said = whole && (unfinished && first <= 1 && (verb || ends) || signed && ends);
            return said.then(|| self.grammar.name(tail, first, end));
        }
        let verb = unfinished && token.lower && token.roles.is_plain();
        let who = verb
            .then(|| self.grammar.after(tail, first + 1, false))
            .flatten()?;
        matches!(who, Who::Name(..)).then_some(who)
    }

    /// The name that a colon ends: "Ada Quill: “…”".
    fn labelled(&self, lead: &[Token]) -> Option<(Who, How)> {
        let colon = lead.last().filter(|last| last.mark == Some(':'))?;
        let end = lead.len() - 1;
        let name = lead[..end].last().filter(|token| token.is_name())?;
        let start = name_start(self.text, lead, end);
        let opens = lead[..start].iter().filter(|token| token.is_word()).count() < 3;
        let near = colon.start == name.end && opens && !lead[end - 1].possessive;
        near.then(|| (self.grammar.name(lead, start, end), How::Stated))
    }

    /// Whom a pronoun or a role means: somebody in its own sentence, the subject of one before, or who spoke
    /// before.
    fn meant(&self, until: usize, before: Option<Named>) -> Option<Named> {
        let lead = self.lead_tokens();
        let lead_end = lead.partition_point(|token| token.end <= until);
        if lead_end > 1
            && until == self.span.open
            && let Some((Who::Name(start, end), true)) =
                self.grammar.before(&lead[..lead_end], lead_end)
        {
            return Some(Named {
                start,
                end,
                how: How::Resolved,
            });
        }
        let how = How::Resolved;
        let spoke = before.map(|before| Named { how, ..before });
        if self.before.is_some() && spoke.is_some() {
            return spoke;
        }
        for (start, end) in self.sentences_before() {
            let tokens = tokens(self.text, start, end, true, self.reporting);
            if let Some(Who::Name(start, end)) = self.grammar.first_subject(&tokens, tokens.len()) {
                return Some(Named {
                    start,
                    end,
                    how: How::Resolved,
                });
            }
        }
        spoke.filter(|_| self.follows_paragraph)
    }

    /// "it says in the report", "they told us at the ministry": a verb without a subject before a preposition.
    fn is_impersonal(&self, tail: &[Token], verb: usize) -> bool {
        let next = tail.get(verb + 1);
        if !next.is_some_and(|next| next.is(Roles::PREPOSITION)) {
            return false;
        }
        let word = &self.text[tail[verb].start..tail[verb].end];
        match self.language {
            "ru" | "uk" | "be" => true,
            "pl" => word.ends_with("no") || word.ends_with("to") || word == "czytamy",
            _ => false,
        }
    }

    fn drops_pronouns(&self) -> bool {
        const LANGUAGES: &str = "es it pt ca gl ro pl cs sk hu tr el sr hr bs sl bg mk";
        LANGUAGES.split(' ').any(|code| code == self.language)
    }

    /// The sentences before that of the quotation, the last one first, as far as the quotation before.
    fn sentences_before(&self) -> Vec<(usize, usize)> {
        let floor = self.before.map_or(self.paragraph.0, |before| before.close);
        let mut sentences = Vec::new();
        let mut end = self.lead.0;
        while end > floor && sentences.len() < SENTENCES_BACK {
            let words = self.text[floor..end].trim_end_matches(|c: char| !c.is_alphanumeric());
            let start = sentence_start(self.text, floor, floor + words.len());
            sentences.push((start, end));
            end = start;
        }
        sentences
    }

    /// Whoever a sentence before reports on: what is quoted goes on with the report.
    fn reported_before(&self) -> Option<Named> {
        for (start, end) in self.sentences_before() {
            let tokens = tokens(self.text, start, end, true, self.reporting);
            let found = self.in_lead(&tokens, true).or_else(|| {
                let so = tokens
                    .iter()
                    .rposition(|token| token.is(Roles::PER) && is_so(self.text, token))?;
                Some((self.grammar.after(&tokens, so + 1, true)?, How::Source))
            });
            match found {
                Some((Who::Noun(..), _)) if self.language != "de" => {}
                Some((Who::Name(from, to) | Who::Noun(from, to, _), _)) => {
                    // A name far from every verb is no subject for sure.
                    let near = tokens.iter().any(|token| {
                        let verb = token.is(Roles::VERB) || token.is(Roles::PER);
                        let before = token.start.checked_sub(to).is_some_and(|gap| gap <= NEAR);
                        let behind = from.checked_sub(token.end).is_some_and(|gap| gap <= NEAR);
                        verb && !token.is(Roles::WEAK) && (before || behind)
                    });
                    return near.then_some(Named {
                        start: from,
                        end: to,
                        how: How::Continued,
                    });
                }
                Some((Who::Nobody, _)) => return None,
                Some((Who::Pronoun, _)) => {
                    let earlier = self
                        .sentences_before()
                        .into_iter()
                        .filter(|&(_, end)| end <= start);
                    for (start, end) in earlier {
                        let tokens =
                            super::clause::tokens(self.text, start, end, true, self.reporting);
                        if let Some(Who::Name(start, end)) =
                            self.grammar.first_subject(&tokens, tokens.len())
                        {
                            return Some(Named {
                                start,
                                end,
                                how: How::Resolved,
                            });
                        }
                    }
                    return None;
                }
                None => {}
            }
        }
        None
    }

    /// A quotation about which nothing is said goes on with the one before it in its paragraph.
    fn continued(&self, before: Option<Named>) -> Option<Named> {
        let last = self.before?;
        let between = &self.text[last.close..self.lead.1];
        if between.chars().filter(|&c| is_sentence_end(c)).count() > SENTENCES_BACK {
            return None;
        }
        let how = How::Continued;
        before.map(|before| Named { how, ..before })
    }
}
