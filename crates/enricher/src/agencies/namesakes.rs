//! People and firms that are called like an agency: "Petra Person", "AP Person", "Belga Film".
//!
//! A short form that is a given name, or that initials can be, is an agency's where nothing goes on behind it. A
//! surname, or what firms and schools are called by, makes it another's.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Spelled;
use super::cites::{Around, InText, Nouns};
use super::cues::cues;
use super::lists::is_of_agencies;
use super::mentions::Mention;
use crate::common_words::{Common, common_words};
use crate::places::is_place;
use crate::words::{folded, is_particle};

/// A given name that is an agency's short form too has not more letters: Bloomberg is a surname.
const GIVEN_LETTERS: usize = 6;

/// So many words behind a name may pass before what says what it is a name of.
const NAME_WORDS: usize = 4;

/// Whether the name in which a mention stands goes on behind it and is a person's, a firm's or a school's.
/// `as_word`: the table writes the short form as a word too, so that one in capitals may be a name in capitals.
pub(super) fn is_of_another(text: &str, mention: &Mention, as_word: bool) -> bool {
    let name = &text[mention.range()];
    if mention.how == Spelled::Ambiguous && ends_a_name(text, mention) {
        return true;
    }
    let mut words = words_behind(&text[mention.end..]);
    let Some(next) = words.next() else {
        return false;
    };
    let rest: Vec<&str> = words.take(NAME_WORDS - 1).collect();
    let next_folded = folded(next);
    if is_capital(next) && cues().bodies.has(&next_folded) {
        return true;
    }
    if !matches!(mention.how, Spelled::Code | Spelled::Ambiguous) {
        return false;
    }
    let mut following = std::iter::once(&next).chain(&rest);
    if following.any(|word| is_capital(word) && cues().firms.has(&folded(word))) {
        return true;
    }
    let shouted = as_word && is_shouted(name);
    let initials = mention.how == Spelled::Ambiguous && name.len() == 2 && is_shouted(name);
    // "Petra von Person"
    if is_particle(next) {
        let surname = rest.iter().find(|word| !is_particle(word));
        let known = |word: &str| is_no_surname(&folded(word)) || is_place(word);
        return is_given(name) && surname.is_some_and(|word| is_titled(word) && !known(word));
    }
    if !(shouted || initials || is_given(name)) || is_no_surname(&next_folded) || is_place(next) {
        return false;
    }
    if initials {
        // "AP National Political Writer": who of the agency's people it was.
        let role = rest.iter().any(|word| cues().role.has(&folded(word)));
        return !role && is_titled(next);
    }
    if shouted {
        // "EFE Ann Person" is the agency and its reporter; "EFE PERSON" is a name in capitals.
        let long = next.chars().count() > 2;
        return long && is_shouted(next) && !around(text, mention).contains(char::is_lowercase);
    }
    is_titled(next) || is_shouted(next) && next.chars().count() > 2
}

/// Whether a line in capitals has the short form as the last word of an outlet's name: "GET THE SKY NEWS APP". There a
/// word of the language looks like it.
fn ends_a_name(text: &str, mention: &Mention) -> bool {
    let word = word_before(text, mention);
    let known = folded(word);
    if !is_shouted(word) || !cues().newsroom.has(&known) || matches!(&*known, "agency" | "press") {
        return false;
    }
    let around = around(text, mention);
    let at = word.as_ptr() as usize - around.as_ptr() as usize;
    let from = around[..at].rfind('\n').map_or(0, |line| line + 1);
    let line = around[from..].split('\n').next().unwrap_or_default();
    !line.contains(char::is_lowercase)
}

/// How much of a text beside a name tells whether all of it is in capitals, in bytes.
const AROUND: usize = 200;

fn around<'t>(text: &'t str, mention: &Mention) -> &'t str {
    let from = text.floor_char_boundary(mention.start.saturating_sub(AROUND));
    let to = text.ceil_char_boundary(text.len().min(mention.end + AROUND));
    &text[from..to]
}

/// The word right before a mention, a space between the two.
fn word_before<'t>(text: &'t str, mention: &Mention) -> &'t str {
    let before = text[..mention.start].strip_suffix([' ', '\u{a0}']);
    let before = before.unwrap_or_default();
    let letters = before.char_indices().rev();
    let from = letters.take_while(|&(_, c)| c.is_alphabetic()).last();
    from.map_or("", |(at, _)| &before[at..])
}

/// Whether a mention is the surname of somebody whose given name stands before it: "Petra Reuters".
pub(crate) fn is_of_person(text: &str, mention: &Mention) -> bool {
    is_one_word(text, mention) && {
        let word = word_before(text, mention);
        let known = folded(word);
        is_titled(word) && cues().given.has(&known) && !cues().dates.has(&known)
    }
}

/// Whether an agency is named by one word, as people are.
pub(crate) fn is_one_word(text: &str, mention: &Mention) -> bool {
    let name = &text[mention.range()];
    matches!(
        mention.how,
        Spelled::Name | Spelled::Code | Spelled::Ambiguous
    ) && is_titled(name)
        && name.chars().all(char::is_alphabetic)
}

/// A short form whose letters a name explains has at least so many.
const FEWEST_INITIALS: usize = 3;

/// A name behind a short form is not longer, in bytes.
const EXPLAINING: usize = 90;

/// Whether a name behind a short form says what its letters stand for, and is no agency's: "UNB, the University of
/// New Brunswick".
pub(crate) fn is_spelled_out(text: &str, mention: &Mention) -> bool {
    let short = &text[mention.range()];
    let rest = &text[mention.end..];
    let behind = [", ", " (", " – ", " — "];
    let behind = behind.iter().find_map(|mark| rest.strip_prefix(mark));
    let Some(behind) = behind.filter(|_| is_shouted(short) && short.len() >= FEWEST_INITIALS)
    else {
        return false;
    };
    let behind = &behind[..behind.floor_char_boundary(EXPLAINING)];
    let clause = behind.find([',', ';', '(', ')', '.', ':', '\n', '–', '—']);
    let clause = &behind[..clause.unwrap_or(behind.len())];
    let mut initials = String::new();
    for word in clause.split_whitespace() {
        let first = word.chars().next().filter(|first| first.is_uppercase());
        let Some(first) = first else { continue };
        initials.push(first);
        if initials == short {
            return !is_of_agencies(clause);
        }
    }
    false
}

/// Whether a mention ends the name of a person: "Ann Petra".
pub(super) fn is_surname(line: &str, mention: &Mention) -> bool {
    if is_of_person(line, mention) {
        return true;
    }
    if !matches!(mention.how, Spelled::Code | Spelled::Ambiguous)
        || !is_given(&line[mention.range()])
    {
        return false;
    }
    let word = word_before(line, mention);
    let known = folded(word);
    is_titled(word) && !is_no_surname(&known) && !cues().signed.has(&known) && !is_place(word)
}

impl Around<'_> {
    /// Whether a short form that means other things too is the first word of a longer term, and so one of these:
    /// "TT police", "PA legislature", "ABI Trading".
    pub(super) fn opens_a_term(&self, named: &InText<'_>) -> bool {
        let Some(next) = words_behind(self.after).next() else {
            return false;
        };
        let cues = cues();
        let goes_on = [
            &cues.cited_after,
            &cues.told_after,
            &cues.agency_nouns,
            &cues.compounds,
            &cues.people,
            &cues.behind_agency,
            &cues.before_agency,
        ];
        let known = folded(next);
        let words = self.words_after.as_str();
        if is_no_surname(&known)
            || goes_on
                .iter()
                .any(|list| list.beginning(words).next().is_some())
            || next.starts_with(|c: char| c.is_ascii_digit())
        {
            return false;
        }
        if is_capital(next) {
            // "AP Medical Writer", and "told AP Trump would come".
            let mut near = words.split(' ').take(NAME_WORDS);
            return named.nouns != Nouns::Capital
                && named.in_language != Some(true)
                && !near.any(|word| cues.role.has(word))
                && !self.is_reported();
        }
        named.nouns == Nouns::Stacked && !is_function(&known) && !known.ends_with("ly")
    }
}

/// Whether a folded word is an article, a preposition, a pronoun or the like in any language.
pub(super) fn is_function(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| common_words(Common::Function).collect());
    WORDS.contains(word)
}

/// The words that follow with nothing but a space between them; initials with their full stop are passed over.
fn words_behind(rest: &str) -> impl Iterator<Item = &str> {
    let mut rest = rest;
    std::iter::from_fn(move || {
        loop {
            let behind = rest.strip_prefix([' ', '\u{a0}'])?;
            // "dpa - Osier GmbH": a dash parts names.
            behind.starts_with(char::is_alphanumeric).then_some(())?;
            let inner = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
            let end = behind.find(|c| !inner(c)).unwrap_or(behind.len());
            let word = &behind[..end];
            rest = &behind[end..];
            match rest.strip_prefix('.') {
                Some(goes_on) if word.chars().count() == 1 => rest = goes_on,
                _ => return (!word.is_empty()).then_some(word),
            }
        }
    })
}

/// What may follow an agency with a capital and makes no name with it.
fn is_no_surname(word: &str) -> bool {
    let cues = cues();
    let lists = [
        &cues.dates,
        &cues.role,
        &cues.newsroom,
        &cues.filler,
        &cues.staff,
        &cues.picture,
        &cues.and,
        &cues.with,
        &cues.material,
        &cues.said,
        &cues.credit_opening,
        &cues.articles,
        &cues.agency_nouns,
    ];
    lists.iter().any(|list| list.has(word))
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_titled(word: &str) -> bool {
    is_capital(word) && word.contains(char::is_lowercase)
}

fn is_shouted(word: &str) -> bool {
    word.chars().all(char::is_uppercase)
}

fn is_given(word: &str) -> bool {
    is_titled(word)
        && word.chars().all(char::is_alphabetic)
        && word.chars().count() <= GIVEN_LETTERS
}
