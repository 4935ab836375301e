//! Speakers in scripts that have no capitals: what marks a name there is a particle, a title or its place.

use super::speaker::{How, Named};
use crate::lexicon::unspaced;

/// The longest name or role, in characters.
const LONGEST: usize = 24;

/// The speaker of a quotation whose words are in a script.
pub(super) fn speaker(
    text: &str,
    script: Script,
    lead: (usize, usize),
    tail: (usize, usize),
) -> Option<Named> {
    match script {
        Script::Japanese => japanese(text, lead, tail),
        Script::Chinese => chinese(text, lead, tail),
        Script::Korean => korean(text, lead),
    }
}

/// The scripts that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Japanese,
    Chinese,
    Korean,
}

/// The script of a quotation's words, where it is one of these.
pub(super) fn script(words: &str) -> Option<Script> {
    let (mut kana, mut han, mut hangul, mut other) = (0, 0, 0, 0);
    for c in words.chars().filter(|c| c.is_alphabetic()).take(60) {
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => han += 1,
            '\u{ac00}'..='\u{d7af}' => hangul += 1,
            _ => other += 1,
        }
    }
    if hangul > han + other {
        Some(Script::Korean)
    } else if kana * 8 > han + kana && kana + han > other {
        Some(Script::Japanese)
    } else if han > other {
        Some(Script::Chinese)
    } else {
        None
    }
}

fn named(start: usize, end: usize, how: How) -> Option<Named> {
    (start < end).then_some(Named { start, end, how })
}

/// Characters of a Japanese name or role: everything but hiragana and punctuation.
fn is_japanese_name(c: char) -> bool {
    matches!(c, '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '々' | '＝')
        || c.is_ascii_alphanumeric()
        || matches!(c, '\u{ff10}'..='\u{ff5a}')
}

/// The run of name characters before `end`, with an age in brackets left out.
fn run_before(text: &str, floor: usize, end: usize) -> (usize, usize) {
    let mut stop = end;
    let trimmed = &text[floor..end];
    if trimmed.ends_with(['）', ')']) {
        stop = trimmed.rfind(['（', '(']).map_or(end, |at| floor + at);
        let mut called = unspaced("ja polite").iter().chain(unspaced("ja familiar"));
        let name = &text[floor..stop];
        let bare = called.find_map(|called| name.strip_suffix(called));
        stop = bare.map_or(stop, |bare| floor + bare.len());
    }
    let mut start = stop;
    for c in text[floor..stop].chars().rev().take(LONGEST) {
        if !is_japanese_name(c) {
            break;
        }
        start -= c.len_utf8();
    }
    (start, stop)
}

fn japanese(text: &str, lead: (usize, usize), tail: (usize, usize)) -> Option<Named> {
    // Whoever stands right before the mark is it, whatever the source.
    if let Some(before) = text[lead.0..lead.1].trim_end().strip_suffix('は') {
        let end = before.strip_suffix("さん").unwrap_or(before).len();
        let (start, end) = run_before(text, lead.0, lead.0 + end);
        if start < end && !is_time(&text[start..end]) {
            return named(start, end, How::Stated);
        }
    }
    let topic = topic(text, lead).or_else(|| topic(text, tail));
    if topic.is_some() {
        return topic;
    }
    let (start, end) = next_sentence(text, tail);
    let polite = unspaced("ja polite").iter().map(|called| (called, 0));
    let roles = unspaced("ja role")
        .iter()
        .map(|called| (called, called.len()));
    let (at, kept) = polite
        .chain(roles)
        .filter_map(|(called, kept)| Some((text[start..end].find(called)?, kept)))
        .min()?;
    let at = start + at;
    let (from, to) = run_before(text, start, at);
    named(from, if kept == 0 { to } else { at + kept }, How::Stated)
}

/// The topic of a clause, which is who speaks in it.
fn topic(text: &str, clause: (usize, usize)) -> Option<Named> {
    for topic in unspaced("ja topic") {
        let mut from = clause.0;
        while let Some(at) = text[from..clause.1].find(topic) {
            let at = from + at;
            let mut end = at;
            // The particle of "さんは" stands behind a word in hiragana.
            for called in unspaced("ja behind") {
                if text[clause.0..end].ends_with(*called) {
                    end -= called.len();
                }
            }
            let (start, end) = run_before(text, clause.0, end);
            let follows = text[at + topic.len()..clause.1].chars().next();
            let whole =
                follows.is_none_or(|c| *topic != "が" || !matches!(c, '\u{3040}'..='\u{309f}'));
            if text[start..end].chars().count() >= 2 && whole && !is_time(&text[start..end]) {
                return named(start, end, How::Stated);
            }
            from = at + topic.len();
        }
    }
    None
}

/// The rest of the sentence or, where the quotation ended it, the next one.
fn next_sentence(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    if end > start || !text[start..].starts_with('。') {
        return (start, end);
    }
    let start = start + '。'.len_utf8();
    let stop = text[start..]
        .find(['。', '\n', '「', '『'])
        .unwrap_or(text.len() - start);
    (start, start + stop)
}

/// Days, years and numbers that stand as a topic.
fn is_time(words: &str) -> bool {
    unspaced("ja time")
        .iter()
        .any(|ending| words.ends_with(ending))
}

fn chinese(text: &str, lead: (usize, usize), tail: (usize, usize)) -> Option<Named> {
    let find = |start: usize, end: usize, last: bool| {
        let words = &text[start..end];
        let found = unspaced("zh said").iter().filter_map(|verb| {
            if last {
                words.rfind(verb)
            } else {
                words.find(verb)
            }
        });
        let at = if last { found.max() } else { found.min() };
        at.map(|at| start + at)
    };
    if let Some(verb) = find(lead.0, lead.1, true) {
        return chinese_subject(text, lead.0, verb);
    }
    let clause = tail.0 + text[tail.0..tail.1].find(|c: char| c.is_alphanumeric())?;
    let verb = find(clause, tail.1, false)?;
    chinese_subject(text, clause, verb)
}

fn chinese_subject(text: &str, floor: usize, verb: usize) -> Option<Named> {
    let words = &text[floor..verb];
    let words = words.trim_end_matches(|c: char| !c.is_alphanumeric());
    // The subject opens the clause, or stands behind its last comma.
    let clause = words
        .rfind(['，', '。', '；', '：', '、', ' ', '”', '」'])
        .map_or(0, |at| {
            at + words[at..].chars().next().map_or(1, char::len_utf8)
        });
    let start = floor + clause;
    let subject = &text[start..floor + words.len()];
    let parts = unspaced("zh part");
    let cut = subject
        .char_indices()
        .skip(2)
        .find(|(at, _)| parts.iter().any(|part| subject[*at..].starts_with(part)));
    let subject = &subject[..cut.map_or(subject.len(), |(at, _)| at)];
    let adverbs = unspaced("zh adverb");
    let mut subject = subject;
    while let Some(bare) = adverbs
        .iter()
        .find_map(|adverb| subject.strip_suffix(adverb))
    {
        subject = bare;
    }
    let length = subject.chars().count();
    if unspaced("zh pron").contains(&subject) {
        return None;
    }
    (2..=LONGEST).contains(&length).then_some(())?;
    named(start, start + subject.len(), How::Stated)
}

/// The topic of the sentence: the last word with its particle before the quotation.
fn korean(text: &str, lead: (usize, usize)) -> Option<Named> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut start = lead.0;
    // Spaces are of different lengths.
    for word in text[lead.0..lead.1].split_inclusive([' ', '\u{a0}']) {
        words.push((start, word.trim_end_matches([' ', '\u{a0}'])));
        start += word.len();
    }
    let topic = |particles: &[char]| {
        words.iter().rposition(|(_, word)| {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            let nobody = [unspaced("ko pron"), unspaced("ko open")];
            let named = !nobody.iter().any(|words| words.contains(&bare));
            bare.ends_with(particles) && bare.chars().count() >= 2 && named
        })
    };
    let pronoun = words
        .iter()
        .any(|(_, word)| unspaced("ko pron").contains(word));
    let source = words
        .iter()
        .rposition(|(_, word)| word.starts_with("따르면"));
    let at = topic(&['은', '는'])
        .or_else(|| {
            if pronoun {
                None
            } else {
                topic(&['이', '가', '도'])
            }
        })
        .or_else(|| source.and_then(|at| at.checked_sub(1)))?;
    let (word_start, word) = words[at];
    let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let end = word_start + bare.char_indices().next_back().map_or(0, |(at, _)| at);
    let mut first = at;
    while first > 0 && at - first < 2 && is_korean_name(words[first - 1].1) {
        first -= 1;
    }
    let start = words[first].0;
    let skipped = text[start..end]
        .find(|c: char| c.is_alphanumeric())
        .unwrap_or(0);
    named(start + skipped, end, How::Stated)
}

/// Whether a word before the topic can be part of the name: it has no particle.
fn is_korean_name(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(char::is_alphanumeric)
        && word.chars().count() <= 6
        && !unspaced("ko particle")
            .iter()
            .any(|particle| word.ends_with(particle))
}
