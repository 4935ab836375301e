//! Whether a sentence names an agency for facts.

use std::ops::Range;

use super::Spelled;
use super::cues::cues;
use super::mentions::Mention;
use super::pictures::is_picture;
use crate::words::folded;

/// How far around a name its sentence is looked at, in bytes.
const AROUND: usize = 160;

/// A longer one is no sentence, in bytes.
const SENTENCE: usize = 900;

/// How surely an agency is named for facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cited {
    /// By a word that may mean other things.
    Perhaps,
    /// By a verb of saying, or as a news agency.
    Surely,
}

/// A mention, and what is known of the text about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InText<'m> {
    /// Where the agency is named.
    pub mention: &'m Mention,
    /// The text uses the short form for something else.
    pub doubtful: bool,
    /// Somebody in the text has the name, and is called by it alone.
    pub person: bool,
    /// How the text's language writes nouns.
    pub nouns: Nouns,
    /// Whether an ambiguous short form means the agency in the text's language, where that is known.
    pub in_language: Option<bool>,
}

/// How a language writes its nouns, and how names are told from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nouns {
    /// With capitals, as names: German.
    Capital,
    /// Before other nouns, as words of their own: English.
    Stacked,
    /// Neither is known of it.
    Plain,
}

impl Nouns {
    /// Those of a language, by its code.
    pub(crate) fn of(language: &str) -> Self {
        let main = language.split(['-', '_']).next().unwrap_or_default();
        match &*main.to_ascii_lowercase() {
            "de" | "lb" => Self::Capital,
            "en" => Self::Stacked,
            _ => Self::Plain,
        }
    }
}

/// Whether `sentence`, in which a mention stands, names the agency for facts.
pub(crate) fn cited(text: &str, sentence: Range<usize>, named: InText<'_>) -> Option<Cited> {
    let mention = named.mention;
    if matches!(
        mention.how,
        Spelled::Unnamed | Spelled::Sign | Spelled::Homonym
    ) {
        return None;
    }
    let before = before(text, sentence.start, mention.start);
    let after = after(text, mention.end, sentence.end);
    if is_credit_of_picture(before, after) {
        return None;
    }
    let around = Around {
        before,
        after,
        rest: rest(text, mention.end, sentence.end),
        words_before: folded_words(before),
        words_after: folded_words(after),
        words_apart: folded_words(without_ending(after)),
        is_sure: mention.how != Spelled::Ambiguous || named.in_language == Some(true),
    };
    let itself = around.tells_of_itself() || around.is_its_people() || around.shows_a_picture();
    if itself || around.is_denied() || mention.how == Spelled::Ambiguous && around.is_compound() {
        return None;
    }
    if around.is_called_an_agency() {
        return Some(Cited::Surely);
    }
    if named.person || named.doubtful && mention.how != Spelled::Name {
        return None;
    }
    if mention.how == Spelled::Ambiguous && around.opens_a_term(&named) {
        return None;
    }
    // A bank, a party and a person say things too; news is reported by agencies.
    if mention.how == Spelled::Ambiguous && named.in_language == Some(false) {
        let is_word = text[mention.range()].contains(char::is_lowercase);
        return (!is_word && around.is_reported()).then_some(Cited::Surely);
    }
    let reported = around.reports_at_the_end() || around.made_it_known();
    if around.is_said() || around.has_witness() || reported {
        return Some(Cited::Surely);
    }
    let perhaps = around.is_addressed()
        || !(named.nouns != Nouns::Capital && around.is_in_a_name())
            && (around.has_weak_cue() || around.says_something());
    perhaps.then_some(Cited::Perhaps)
}

/// What stands around a name in its sentence.
pub(super) struct Around<'t> {
    pub before: &'t str,
    pub after: &'t str,
    /// All of the sentence that stands behind the name; nothing where a text without full stops makes one too long.
    pub rest: &'t str,
    pub words_before: String,
    pub words_after: String,
    /// The same without the ending of a short form: "PAP-owi", "MTI-nek", "STT:lle".
    pub words_apart: String,
    /// The spelling means nothing else.
    is_sure: bool,
}

impl Around<'_> {
    /// The words before the name, without articles: "the Czech news agency ČTK", "l'agence de presse tchèque ČTK".
    fn lead(&self) -> &str {
        without_articles(&self.words_before)
    }

    /// A verb that is said of news, and of the agency that somebody spoke to.
    pub(super) fn is_reported(&self) -> bool {
        let reported = &cues().reported;
        reported
            .ending(without_agency(self.lead()))
            .next()
            .is_some()
            || reported.beginning(&self.words_after).next().is_some()
    }

    /// "Photo released by the agency".
    fn shows_a_picture(&self) -> bool {
        let lead = self.lead();
        let near = &lead[suffix(lead, 72)..];
        let shown = cues().shown_by.iter().any(|verb| near.contains(verb));
        shown && is_picture(near) || self.spread_a_picture()
    }

    fn is_called_an_agency(&self) -> bool {
        let nouns = &cues().agency_nouns;
        let lead = self.lead();
        let described = lead.rsplit_once(' ').map_or("", |(described, _)| described);
        nouns.ending(lead).next().is_some()
            || self.is_sure && nouns.ending(described).next().is_some()
            || nouns.beginning(&self.words_after).next().is_some()
    }

    /// Whether what cites an agency stands right before it: "according to".
    pub(super) fn cites_before(&self) -> bool {
        let mut before = cues().cited_before.ending(without_agency(self.lead()));
        before.next().is_some()
    }

    /// A verb of saying right before or behind it.
    fn is_said(&self) -> bool {
        let cues = cues();
        let says = |cue: &str| self.is_sure || cue.len() > 4 || cues.cited_surely.has(cue);
        let mut before = cues.cited_before.ending(without_agency(self.lead()));
        let mut after = cues.cited_after.beginning(&self.words_after);
        let mut apart = cues.cited_after.beginning(&self.words_apart);
        before.any(says) || after.any(says) || apart.any(says) || self.is_told()
    }

    /// A word that any sentence may have beside a name, with one of saying: "dit à l'AFP", "dijo a EFE el lunes". Alone
    /// it says nothing: "a Reuters van", "von Reuters durch Thomson".
    fn is_told(&self) -> bool {
        let cues = cues();
        let lead = without_agency(self.lead());
        let tells = |cue: &str| self.is_sure || cue.len() > 4;
        let is_to = cues.told_before.ending(lead).any(tells);
        let is_behind = cues.told_after.beginning(&self.words_after).any(tells);
        (is_to || is_behind) && says(&self.words_before) || is_behind && says(&self.words_after)
    }

    pub(super) fn names_people(&self) -> bool {
        let mut people = cues().people.beginning(&self.words_after);
        people.next().is_some()
    }

    /// "A journalist of the agency saw ...".
    fn has_witness(&self) -> bool {
        let mut following = self.words_after.split(' ').take(12);
        self.names_people() && following.any(|word| cues().witnessed.has(word))
    }

    /// "Said a spokeswoman to the agency", "sagte eine Sprecherin der dpa".
    fn is_addressed(&self) -> bool {
        let mut preceding = self.words_before.rsplit(' ');
        let last = preceding.next().unwrap_or_default();
        self.is_sure
            && cues().addressed.has(last)
            && preceding.take(14).any(|word| cues().said.has(word))
    }

    /// Whether a hyphen makes another word of an ambiguous short form, and none for what an agency has: "TT-Line".
    fn is_compound(&self) -> bool {
        let Some(joined) = self.after.strip_prefix(['-', '‑']) else {
            return false;
        };
        let end = joined.find(|c: char| !c.is_alphanumeric());
        let word = &joined[..end.unwrap_or(joined.len())];
        let (known, cues) = (folded(word), cues());
        let lists = [&cues.compounds, &cues.people, &cues.role, &cues.cited_after];
        word.starts_with(char::is_alphabetic)
            && without_ending(self.after).len() == self.after.len()
            && !lists.iter().any(|list| list.has(&known))
    }

    /// Whether it is part of a longer name: a town's, a team's, a prize's.
    fn is_in_a_name(&self) -> bool {
        let follows = self.words_after.split(' ').next().unwrap_or_default();
        let mut behind = self.after.strip_prefix(' ').unwrap_or_default().chars();
        behind.next().is_some_and(char::is_uppercase)
            && !cues().dates.has(follows)
            && !cues().said.has(follows)
    }

    /// What may mean other things as well: a colon, a possessive, a hyphen, a sign of a script without spaces.
    fn has_weak_cue(&self) -> bool {
        let Self { before, after, .. } = *self;
        let cues = cues();
        let said = after.trim_start().strip_prefix([':', '：']);
        let said = said.unwrap_or_default();
        let marked = said
            .trim_start()
            .starts_with(['"', '“', '„', '«', '‘', '「']);
        let quotes = said.len() > 8 && (self.is_sure || marked);
        let mut unspaced_before = cues.cited_before_unspaced.iter();
        let mut unspaced_after = cues.cited_after_unspaced.iter();
        let unspaced = unspaced_before.any(|cue| ends_near(before, cue))
            || unspaced_after.any(|cue| begins_near(after, cue));
        let possessive = ["'s ", "’s ", "' "].iter().any(|s| after.starts_with(s));
        let joined = after.strip_prefix('-');
        let hyphen =
            self.is_sure && joined.is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        quotes || unspaced || possessive && self.words_after.contains(" report") || hyphen
    }

    /// A name that means nothing else, in a sentence that says something.
    fn says_something(&self) -> bool {
        let says = says(&self.words_before) || says(&self.words_after);
        // "CITY (Reuters) - ...", shown within a sentence.
        let bracketed = self.before.ends_with('(') && self.after.starts_with(')');
        self.is_sure && says && !bracketed && !self.names_people()
    }
}

/// Whether one of the words is of saying.
fn says(words: &str) -> bool {
    let cues = cues();
    let is_of_saying =
        |word: &str| cues.said.has(word) || word.len() > 3 && cues.cited_before.has(word);
    words.split(' ').any(is_of_saying)
}

/// Whether a mention in a headline is a picture's credit: "Photo: AFP".
pub(crate) fn credits_picture(title: &str, mention: &Mention) -> bool {
    is_credit_of_picture(&title[..mention.start], &title[mention.end..])
}

/// A picture's credit within a text: `(Foto: dpa)`, `© AFP / Ann Person`, `Ann Person/AP`.
fn is_credit_of_picture(before: &str, after: &str) -> bool {
    // Within an open bracket, or in the last words.
    let open = before.rfind(['(', '[', '|']);
    let closed = before.rfind([')', ']']);
    let from = match open {
        Some(open) if closed.is_none_or(|closed| closed < open) => open,
        _ => suffix(before, 20),
    };
    let near_end = after.find([')', ']', '\n', '.']).unwrap_or(after.len());
    is_picture(&before[from..])
        || before.trim_end().ends_with(['©', '®'])
        || before.trim_end().ends_with('/')
        || after.starts_with('/')
        || is_picture(&after[..near_end.min(prefix(after, 20))])
}

/// Where an end of `text` of at most so many bytes begins.
fn suffix(text: &str, bytes: usize) -> usize {
    text.ceil_char_boundary(text.len().saturating_sub(bytes))
}

pub(super) fn prefix(text: &str, bytes: usize) -> usize {
    text.floor_char_boundary(bytes)
}

/// What stands before a mention in its sentence, as far as it is looked at.
fn before(text: &str, sentence: usize, at: usize) -> &str {
    let window = &text[sentence.min(at)..at];
    let window = &window[suffix(window, AROUND)..];
    window.rsplit(';').next().unwrap_or(window)
}

/// What stands behind it.
fn after(text: &str, at: usize, sentence: usize) -> &str {
    let window = &text[at..sentence.max(at)];
    without_end(&window[..prefix(window, AROUND)])
}

/// The same as far as the sentence goes.
fn rest(text: &str, at: usize, sentence: usize) -> &str {
    let rest = &text[at..sentence.max(at)];
    if rest.len() > SENTENCE {
        return "";
    }
    without_end(rest)
}

fn without_end(sentence: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '.' | '!' | '?' | '。' | '।' | '۔' | '؟');
    sentence.trim_end_matches(ends)
}

/// Folded words parted by single spaces; an apostrophe parts them too.
pub(super) fn folded_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric() && !is_mark(c)) {
        if !word.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&folded(word));
        }
    }
    words
}

/// Vowel signs and the like are part of words.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{d7f}' | '\u{e30}'..='\u{e4f}')
}

/// The words without articles and the like at their end.
pub(super) fn without_articles(words: &str) -> &str {
    let mut words = words;
    loop {
        let last = words.rsplit(' ').next().unwrap_or_default();
        let keeps = !cues().before_agency.has(last) || words.len() == last.len() && last.is_empty();
        if keeps {
            return words;
        }
        words = words[..words.len() - last.len()].trim_end();
        if words.is_empty() {
            return words;
        }
    }
}

/// The words without a description of the agency at their end: "to the state news agency".
fn without_agency(words: &str) -> &str {
    match cues().agency_nouns.ending(words).last() {
        Some(noun) => without_articles(words[..words.len() - noun.len()].trim_end()),
        None => words,
    }
}

/// An ending of a short form has no more letters.
const ENDING: usize = 4;

/// What stands behind a short form without its ending.
fn without_ending(after: &str) -> &str {
    let Some(ending) = after.strip_prefix(['-', '‑', ':', '\'', '’']) else {
        return after;
    };
    let end = ending.find(|c: char| !c.is_alphanumeric());
    let end = end.unwrap_or(ending.len());
    let short = end > 0 && ending[..end].chars().count() <= ENDING;
    if short && ending[..end].chars().all(char::is_lowercase) {
        &ending[end..]
    } else {
        after
    }
}

/// Whether a sign of a script without spaces stands within the last characters.
fn ends_near(before: &str, cue: &str) -> bool {
    let from = before.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
    before[from..].contains(cue)
}

fn begins_near(after: &str, cue: &str) -> bool {
    let end = after
        .char_indices()
        .nth(8)
        .map_or(after.len(), |(at, _)| at);
    after[..end].contains(cue)
}
