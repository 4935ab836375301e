//! Agencies that make the news themselves: what they announce, earn and suffer is no citation.

use super::cites::Around;
use super::cues::cues;

/// How many words behind a verb its object is looked for.
const OBJECT_WORDS: usize = 8;

/// How many for a verb by which an agency speaks of its results.
const RESULT_WORDS: usize = 3;

/// And how many behind it for these.
const OWN_WORDS: usize = 4;

/// Whether a word is a number, or a currency before one.
fn is_amount(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || cues().currencies.has(word)
}

impl Around<'_> {
    /// Whether the agency makes the news itself: its people, its shares, what it announces of itself.
    pub(super) fn tells_of_itself(&self) -> bool {
        // Behind a colon or a comma something else begins: "Reuters: All roads are shut".
        let goes_on = self.after.starts_with([' ', '\'', '’', '-', '\u{a0}']);
        let cues = cues();
        // "The agency's chief executive"
        let words = self.words_after.as_str();
        let owned = words.strip_prefix("s ").unwrap_or(words);
        if goes_on && cues.its_own.beginning(owned).next().is_some() {
            return true;
        }
        if self.tells_its_results() {
            return goes_on;
        }
        // What an agency announces is news as a rule, and most so what one of a state does.
        let Some(act) = cues.its_acts.beginning(&self.words_after).last() else {
            return false;
        };
        let mut object = self.words_after[act.len()..].split(' ').take(OBJECT_WORDS);
        goes_on && object.any(|word| cues.its_objects.has(word))
    }

    /// "The firm said revenue rose": its own, where nothing says whose.
    fn tells_its_results(&self) -> bool {
        let cues = cues();
        let mut words = self.words_after.split(' ');
        let mut subject = words.by_ref().take(RESULT_WORDS);
        if !subject.any(|word| cues.says_results.has(word)) {
            return false;
        }
        let object: Vec<&str> = words.take(OWN_WORDS + 2).collect();
        let result = object.iter().take(OWN_WORDS);
        let result = result.clone().position(|word| cues.its_results.has(word));
        let Some(result) = result else {
            return false;
        };
        // "Reuters said sales of cars rose", and "revenue of 1.8 billion"
        let of = object
            .get(result + 1)
            .is_some_and(|word| cues.of_another.has(word));
        let amount = object.get(result + 2).is_some_and(|word| is_amount(word));
        !of || amount
    }

    /// Who leads the agency, or was hurt while working for it.
    pub(super) fn is_its_people(&self) -> bool {
        let cues = cues();
        let words = self.words_before.as_str();
        let bare = match cues.agency_nouns.ending(words).last() {
            Some(noun) => words[..words.len() - noun.len()].trim_end(),
            None => words,
        };
        if cues.heads.ending(bare).next().is_some() {
            return true;
        }
        let mut before = self.words_before.rsplit(' ').take(4);
        if !self.names_people() && !before.any(|word| cues.people.has(word)) {
            return false;
        }
        let mut following = self.words_after.split(' ').take(6);
        let verb = following.find(|word| cues.witnessed.has(word) || cues.harmed.has(word));
        verb.is_some_and(|verb| cues.harmed.has(verb))
    }
}
