//! Whom a pronoun, a role or nothing at all means: somebody named before.

use super::clause::Token;
use super::clause::{is_sentence_end, tokens};
use super::proper::is_so;
use super::reporting::Roles;
use super::sentence::sentence_start;
use super::speaker::{How, Named, Place, Who};

/// A verb of saying and its subject stand no further apart than this, in bytes, to be sure of them.
const NEAR: usize = 24;

/// So many sentences back somebody is looked for whom a pronoun may mean.
const SENTENCES_BACK: usize = 4;

impl Place<'_> {
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
        if self.before.is_some() && spoke.is_some() {
            return spoke;
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

    /// Whoever a sentence before reports on: what is quoted goes on with the report.
    pub(super) fn reported_before(&self) -> Option<Named> {
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
    pub(super) fn continued(&self, before: Option<Named>) -> Option<Named> {
        let last = self.before?;
        let between = &self.text[last.close..self.lead.1];
        if between.chars().filter(|&c| is_sentence_end(c)).count() > SENTENCES_BACK {
            return None;
        }
        let how = How::Continued;
        before.map(|before| Named { how, ..before })
    }
}
