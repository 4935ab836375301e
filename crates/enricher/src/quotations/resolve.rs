//! Whom a pronoun, a role or nothing at all means: somebody named before.

use super::clause::Token;
use super::clause::{is_sentence_end, tokens};
use super::proper::{governed, has_article, is_owned, is_so, name_end};
use super::reporting::Roles;
use super::sentence::sentence_start;
use super::setting::Setting;
use super::speaker::{How, Named, Who};
use super::uncased::is_uncased;

/// A verb of saying and its subject stand no further apart than this, in bytes, to be sure of them.
const NEAR: usize = 24;

/// So many sentences back somebody is looked for whom a pronoun may mean.
const SENTENCES_BACK: usize = 4;

impl Setting<'_> {
    /// Whom a pronoun or a role means: somebody in its own sentence, the subject of one before, or who spoke
    /// before.
    pub(super) fn meant(&self, until: usize, before: Option<Named>) -> Option<Named> {
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
        if self.before.is_some()
            && let Some(spoke) = spoke
        {
            return self.subject_between(spoke).or(Some(spoke));
        }
        for (start, end) in self.sentences_before() {
            let tokens = tokens(self.text, start, end, true, self.reporting);
            let first = self.grammar.first_subject(&tokens, tokens.len());
            let reported = || self.in_lead(&tokens, true).map(|(who, _)| who);
            let first = first.filter(|who| matches!(who, Who::Name(..)));
            if let Some(Who::Name(start, end)) = first.or_else(reported) {
                return Some(Named {
                    start,
                    end,
                    how: How::Resolved,
                });
            }
        }
        spoke.filter(|_| self.follows_paragraph)
    }

    /// Whom a pronoun at a verb of answering means: not whoever spoke last, where that was said to somebody.
    ///
    /// Who is asked by a reporter answers behind words of their own: there a sentence stands between, or the clause
    /// has a verb of asking.
    pub(super) fn replier(&self, before: Option<Named>, last: Option<&Self>) -> Option<Named> {
        let meant = self.meant(self.span.open, before)?;
        let (Some(spoke), Some(last)) = (before, last) else {
            return Some(meant);
        };
        let named = |named: &Named| &self.text[named.start..named.end];
        let asked = self.text[last.span.start..last.span.end].ends_with('?');
        let lead = self.lead_tokens();
        let verbs = lead.iter().filter(|token| token.is(Roles::VERB)).count();
        let tail = tokens(self.text, self.tail.0, self.tail.1, false, self.reporting);
        let verbs = verbs + tail.iter().filter(|token| token.is(Roles::VERB)).count();
        let at_once = self.sentences_between().is_empty() && verbs <= 1;
        if named(&meant) != named(&spoke) || !(asked || at_once) {
            return Some(meant);
        }
        let addressed = last.addressed()?;
        (named(&addressed) != named(&spoke)).then_some(addressed)
    }

    /// Whom the words before a quotation say that it was said to: "Ann Marsh told Bob Hill: “…”".
    fn addressed(&self) -> Option<Named> {
        let lead = self.lead_tokens();
        let verb = lead.iter().rposition(|token| token.is(Roles::VERB))?;
        let first = lead.get(verb + 1).filter(|token| token.is_name())?;
        let end = name_end(self.text, &lead, verb + 1);
        // A single name is as often that of a paper.
        (end - verb > 2).then(|| Named {
            start: first.start,
            end: lead[end - 1].end,
            how: How::Resolved,
        })
    }

    /// "it says in the report", "they told us at the ministry": a verb without a subject before a preposition.
    pub(super) fn is_impersonal(&self, tail: &[Token], verb: usize) -> bool {
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

    pub(super) fn drops_pronouns(&self) -> bool {
        const LANGUAGES: &str = "es it pt ca gl ro pl cs sk hu tr el sr hr bs sl bg mk";
        LANGUAGES.split(' ').any(|code| code == self.language)
    }

    /// The sentences before that of the quotation, the last one first, as far as the quotation before.
    fn sentences_before(&self) -> Vec<(usize, usize)> {
        let floor = self.before.map_or(self.paragraph.0, |before| before.close);
        let mut sentences = Vec::new();
        let mut end = self.lead.0;
        while end > floor && sentences.len() < SENTENCES_BACK {
            let start = sentence_start(self.text, self.body, floor, end - 1);
            sentences.push((start, end));
            end = start;
        }
        sentences
    }

    /// Those of them that are not of the quotation before, which says of that who spoke.
    fn sentences_between(&self) -> Vec<(usize, usize)> {
        let mut sentences = self.sentences_before();
        if let Some(before) = self.before {
            sentences.retain(|&(start, _)| start > before.close);
        }
        sentences
    }

    /// Whoever a sentence before reports on: what is quoted goes on with the report.
    pub(super) fn reported_before(&self) -> Option<Named> {
        for (start, end) in self.sentences_between() {
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
                Some((Who::Pronoun | Who::Replier, _)) => {
                    let earlier = self
                        .sentences_between()
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

    /// A quotation about which nothing is said goes on with the one before it in its paragraph, where nobody else
    /// comes up between the two.
    pub(super) fn continued(&self, before: Option<Named>) -> Option<Named> {
        let last = self.before?;
        let between = &self.text[last.close..self.lead.1];
        if between.chars().filter(|&c| is_sentence_end(c)).count() > SENTENCES_BACK {
            return None;
        }
        let how = How::Continued;
        before
            .filter(|before| !self.another_between(*before))
            .map(|before| Named { how, ..before })
    }

    /// The last one whom a sentence between two quotations is about.
    fn subject_between(&self, spoke: Named) -> Option<Named> {
        for (start, end) in self.sentences_between() {
            let tokens = tokens(self.text, start, end, true, self.reporting);
            let Some(Who::Name(start, end)) = self.grammar.first_subject(&tokens, tokens.len())
            else {
                continue;
            };
            let name = tokens
                .iter()
                .filter(|token| token.start >= start && token.end <= end);
            // One word with a capital may be any that opens a sentence, and in German any noun.
            if name.count() >= 2 {
                return Some(Named {
                    start,
                    end,
                    ..spoke
                });
            }
        }
        None
    }

    /// Whether somebody else than `before` comes up behind the sentence of the quotation before.
    fn another_between(&self, before: Named) -> bool {
        // Where names have no capitals, nothing tells them from other words.
        if self.shares_sentence || is_uncased(&self.text[self.span.start..self.span.end]) {
            return false;
        }
        let lead = self.lead_tokens();
        self.has_other_subject(&lead, before)
            || self.names_other(&lead, before)
            || self.sentences_between().into_iter().any(|(start, end)| {
                let tokens = tokens(self.text, start, end, true, self.reporting);
                self.names_other(&tokens, before)
            })
    }

    /// Whether a name stands there that is not that of `known`, and that is more than a place.
    fn names_other(&self, tokens: &[Token], known: Named) -> bool {
        let mut at = 0;
        while at < tokens.len() {
            if !tokens[at].is_name() {
                at += 1;
                continue;
            }
            let end = name_end(self.text, tokens, at);
            // German nouns have capitals as well.
            let sure = self.language != "de" || end - at >= 2 && !has_article(tokens, at);
            if sure && !governed(tokens, at) && !self.is_of(&tokens[at..end], known) {
                return true;
            }
            at = end;
        }
        false
    }

    /// Whether one of the words is part of a name that is known.
    fn is_of(&self, tokens: &[Token], known: Named) -> bool {
        let known = &self.text[known.start..known.end];
        tokens.iter().filter(|token| token.is_word()).any(|token| {
            let word = &self.text[token.start..token.end];
            let word = word.split(['\'', '’']).next().unwrap_or(word);
            known.split_whitespace().any(|known| known == word)
        })
    }

    /// Whether the words before a quotation begin with another subject than a pronoun: "Critics call it".
    fn has_other_subject(&self, lead: &[Token], known: Named) -> bool {
        for (at, token) in lead.iter().enumerate() {
            if !token.is_word() || token.is(Roles::OPEN) && !token.is(Roles::PRONOUN) {
                continue;
            }
            if token.is(Roles::PRONOUN) || is_owned(self.text, token) {
                return false;
            }
            let noun = token.roles.is_plain() || token.is_name();
            if noun && !governed(lead, at) {
                return !self.is_of(std::slice::from_ref(token), known);
            }
        }
        false
    }
}
