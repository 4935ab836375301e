//! Reports that an agency never made: "Reuters never published", "no such report by AP exists".
//!
//! Who checks facts says so of forgeries that carry an agency's name. What an agency could not find out or confirm
//! is its work all the same, so only verbs of publishing count.

use super::cites::{Around, without_articles};
use super::cues::cues;

/// Within so many words behind the agency stands "never".
const BEHIND: usize = 4;

/// Between "never" and the verb stand no more words, and between "no" and the word for a report.
const BETWEEN: usize = 2;

/// The verb of publishing stands so many words behind "neither" at most.
const NEITHER: usize = 12;

impl Around<'_> {
    /// Whether the sentence says that there is no such report of the agency's.
    pub(super) fn is_denied(&self) -> bool {
        self.published_nothing() || self.has_no_report() || self.is_one_of_none()
    }

    /// "Neither AFP nor Reuters reported so".
    fn is_one_of_none(&self) -> bool {
        let cues = cues();
        let (_, last) = split_last(without_articles(&self.words_before));
        let mut behind = self.words_after.split(' ').take(NEITHER);
        cues.neither.has(last) && behind.any(|word| cues.published.has(word))
    }

    /// "never published", "n'a jamais rapporté". What it says that others never did is behind a verb of saying.
    fn published_nothing(&self) -> bool {
        let cues = cues();
        // "According to Reuters nobody was told": it is no subject there.
        if self.cites_before() {
            return false;
        }
        let words: Vec<&str> = self.words_after.split(' ').collect();
        let first = words.iter().take(BEHIND);
        let mut first = first.take_while(|word| !cues.reported.has(word) && !cues.said.has(word));
        let Some(not) = first.position(|word| cues.never.has(word) || *word == SPANISH_NOT) else {
            return false;
        };
        let rest = &words[not + 1..];
        if rest.first().is_some_and(|word| cues.only.has(word)) {
            return false;
        }
        // "no" is a word of English too, before nouns that are verbs as well: "no report".
        let bare = words[not] != SPANISH_NOT;
        let mut verbs = rest.iter().take(BETWEEN + 1);
        verbs.any(|word| cues.published.has(word) || bare && cues.publish.has(word))
    }

    /// "no such report by AP", "kein dpa-Bericht".
    fn has_no_report(&self) -> bool {
        let cues = cues();
        let is_report =
            |word: &str| cues.report.has(word) || cues.taken.has(word) || cues.copy.has(word);
        let lead = without_articles(&self.words_before);
        let (lead, last) = split_last(lead);
        let lead_by = if cues.by.has(last) {
            split_last(without_articles(lead))
        } else {
            (lead, last)
        };
        let follows = self.words_after.split(' ').next().is_some_and(is_report);
        let (before, noun) = lead_by;
        let mut near = before.rsplit(' ').take(BETWEEN);
        is_report(noun) && near.any(|word| cues.no.has(word)) || follows && cues.no.has(last)
    }
}

const SPANISH_NOT: &str = "no";

/// The words without the last one, and that.
fn split_last(words: &str) -> (&str, &str) {
    words.rsplit_once(' ').unwrap_or(("", words))
}
