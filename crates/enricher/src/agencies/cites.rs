//! Whether a sentence names an agency for facts.

use std::ops::Range;

use super::Spelled;
use super::credits::is_picture;
use super::cues::cues;
use super::mentions::Mention;
use crate::words::folded;

/// How far around a name its sentence is looked at, in bytes.
const AROUND: usize = 160;

/// How surely an agency is named for facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cited {
    /// By a word that may mean other things.
    Perhaps,
    /// By a verb of saying, or as a news agency.
    Surely,
}

/// Whether `sentence`, in which a mention stands, names the agency for facts. `doubtful`: the text uses the
/// short form for something else.
pub(crate) fn cited(
    text: &str,
    sentence: Range<usize>,
    mention: &Mention,
    doubtful: bool,
) -> Option<Cited> {
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
    let words_before = folded_words(before);
    let words_after = folded_words(after);
    let cues = cues();
    if cues.its_own.beginning(&words_after).next().is_some() {
        return None;
    }
    // "the Czech news agency ČTK", "l'agence de presse tchèque ČTK".
    let lead = without_articles(&words_before);
    // "photo released by the agency".
    let near = &lead[suffix(lead, 72)..];
    if cues.shown_by.iter().any(|verb| near.contains(verb)) && is_picture(near) {
        return None;
    }
    let described = lead.rsplit_once(' ').map_or("", |(described, _)| described);
    let named = mention.how != Spelled::Ambiguous;
    let nouns = &cues.agency_nouns;
    if nouns.ending(lead).next().is_some()
        || named && nouns.ending(described).next().is_some()
        || nouns.beginning(&words_after).next().is_some()
    {
        return Some(Cited::Surely);
    }
    if doubtful && mention.how != Spelled::Name {
        return None;
    }
    let says = |cue: &str| named || cue.len() > 4 || cues.cited_surely.has(cue);
    if cues.cited_before.ending(without_agency(lead)).any(says)
        || cues.cited_after.beginning(&words_after).any(says)
    {
        return Some(Cited::Surely);
    }
    // "A journalist of the agency saw ...".
    let mut following = words_after.split(' ').take(12);
    if cues.people.beginning(&words_after).next().is_some()
        && following.any(|word| cues.witnessed.has(word))
    {
        return Some(Cited::Surely);
    }
    // "said a spokeswoman to the agency", "sagte eine Sprecherin der dpa".
    let mut preceding = words_before.rsplit(' ');
    let addressed = named
        && preceding
            .next()
            .is_some_and(|last| cues.addressed.has(last));
    if addressed && preceding.take(14).any(|word| cues.said.has(word)) {
        return Some(Cited::Perhaps);
    }
    // Part of a longer name: a town's, a team's, a prize's.
    let mut behind = words_after.split(' ');
    let follows = behind.next().unwrap_or_default();
    let in_name = after
        .strip_prefix(' ')
        .is_some_and(|rest| rest.starts_with(char::is_uppercase));
    if in_name && !cues.dates.has(follows) && !cues.said.has(follows) {
        return None;
    }
    let said = after
        .trim_start()
        .strip_prefix([':', '：'])
        .unwrap_or_default();
    let marked = said
        .trim_start()
        .starts_with(['"', '“', '„', '«', '‘', '「']);
    let quotes = said.len() > 8 && (named || marked);
    let unspaced = cues
        .cited_before_unspaced
        .iter()
        .any(|cue| ends_near(before, cue))
        || cues
            .cited_after_unspaced
            .iter()
            .any(|cue| begins_near(after, cue));
    let possessive =
        after.starts_with("'s ") || after.starts_with("’s ") || after.starts_with("' ");
    let hyphen = after.starts_with('-') && after[1..].starts_with(char::is_alphabetic) && named;
    if quotes || unspaced || possessive && words_after.contains(" report") || hyphen {
        return Some(Cited::Perhaps);
    }
    // A name that means nothing else, in a sentence that says something.
    let mut words = words_before.split(' ').chain(words_after.split(' '));
    let says =
        words.any(|word| cues.said.has(word) || word.len() > 5 && cues.cited_before.has(word));
    let person = cues.people.beginning(&words_after).next().is_some();
    (named && says && !person).then_some(Cited::Perhaps)
}

/// A link to another article is not longer, in bytes, and what says so stands within its beginning.
const LINK_BYTES: usize = 300;
const LINK_SAYS: usize = 60;

/// Whether a paragraph links to another article, whose source is not this one's: "Related: ...".
pub(crate) fn is_related(paragraph: &str) -> bool {
    let colon = paragraph.find([':', '：', '|', '»', '>', '→']);
    paragraph.len() <= LINK_BYTES
        && colon.is_some_and(|colon| {
            colon <= LINK_SAYS && cues().related.has(&folded_words(&paragraph[..colon]))
        })
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

fn prefix(text: &str, bytes: usize) -> usize {
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
    let window = &window[..prefix(window, AROUND)];
    window.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '!' | '?' | '。'))
}

/// Folded words parted by single spaces; an apostrophe parts them too.
fn folded_words(text: &str) -> String {
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
fn without_articles(words: &str) -> &str {
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
