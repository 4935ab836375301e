//! Speech behind a dash, as Norwegian, French, Spanish, Polish or Russian news sets it: `– We go, says Ann Quill.`,
//! `—Vamos —dijo Ana.`
//!
//! A list has the same look. So a line counts where a verb of saying cuts in behind its words; and, where one
//! line does, those that are whole sentences behind the same dash.

use article::QuotationForm;

use super::clause::{Token, tokens};
use super::reporting::{Reporting, Roles};
use super::speaker::{How, Named, Who};
use super::subject::Grammar;
use super::unmarked::{Unmarked, is_long_enough, paragraphs};

/// A verb of saying stands within so many words of where the speech is cut.
const NEAR: usize = 3;
/// Marks that may stand before the first of them.
const MARKS: usize = 8;
/// A line of more bytes is no turn of a dialogue.
const LONGEST: usize = 2_000;

/// The turns of a text, in its order.
pub(super) fn dialogue(text: &str, language: &str) -> Vec<Unmarked> {
    let mut found: Vec<Unmarked> = Vec::new();
    if !Reporting::knows(language) {
        return found;
    }
    let mut whole: Vec<(char, Unmarked)> = Vec::new();
    let mut dashes: Vec<char> = Vec::new();
    for (start, line) in paragraphs(text) {
        let Some((dash, words)) = opened(line) else {
            continue;
        };
        let from = start + line.len() - words.len();
        if let Some(turn) = cut(text, from, start + line.len(), language) {
            dashes.push(dash);
            found.push(turn);
        } else if words.ends_with(['.', '!', '?', '…']) && is_long_enough(words) {
            whole.push((dash, turn(from, start + line.len(), None)));
        }
    }
    let spoken = whole.into_iter().filter(|(dash, _)| dashes.contains(dash));
    found.extend(spoken.map(|(_, turn)| turn));
    found.sort_by_key(|turn| turn.start);
    found
}

fn turn(start: usize, end: usize, speaker: Option<Named>) -> Unmarked {
    Unmarked {
        start,
        end,
        form: QuotationForm::Transcript,
        speaker,
    }
}

/// The dash that opens a line, and the words behind it.
fn opened(line: &str) -> Option<(char, &str)> {
    let line = line.trim_start();
    let dash = line
        .chars()
        .next()
        .filter(|c| matches!(c, '—' | '–' | '―' | '-'))?;
    let rest = &line[dash.len_utf8()..];
    let words = rest.trim_start();
    // "-5 degrees": a hyphen stands apart.
    let apart = dash != '-' || words.len() < rest.len();
    let first = words.chars().find(|c| !matches!(c, '¿' | '¡' | '…'))?;
    (apart && first.is_uppercase() && line.len() <= LONGEST).then_some((dash, words))
}

/// The words up to where a verb of saying cuts in, and who is named behind it.
fn cut(text: &str, start: usize, end: usize, language: &str) -> Option<Unmarked> {
    let tokens = tokens(text, start, end, true, Reporting::of(language));
    for (at, token) in tokens.iter().enumerate() {
        let Some(mark) = token.mark else { continue };
        let dash = matches!(mark, '—' | '–' | '―' | '-');
        let spaced = text[..token.start].ends_with([' ', '\u{a0}', ',', '.', '?', '!']);
        if !(dash && spaced || matches!(mark, ',' | '?' | '!')) {
            continue;
        }
        let tail = &tokens[at + 1..];
        let Some(verb) = verb(tail, dash) else {
            continue;
        };
        let words = text[start..token.start].trim_end_matches([' ', '\u{a0}', ',']);
        if !is_long_enough(words) {
            continue;
        }
        // What closes the sentence is part of it.
        let end = match mark {
            '?' | '!' => token.end,
            _ => start + words.len(),
        };
        return Some(turn(start, end, named(text, language, tail, verb)));
    }
    None
}

/// The verb of saying near the beginning of a clause: behind a dash its subject may come first, behind a comma
/// nothing may.
fn verb(tail: &[Token], dash: bool) -> Option<usize> {
    let mut words = 0;
    for (at, token) in tail.iter().enumerate() {
        if !token.is_word() {
            if words > 0 || at == MARKS {
                return None;
            }
            continue;
        }
        if token.is(Roles::VERB) && !token.is_name() {
            return Some(at);
        }
        words += 1;
        if words >= NEAR || !(dash || token.is(Roles::SKIP)) {
            return None;
        }
    }
    None
}

fn named(text: &str, language: &str, tail: &[Token], verb: usize) -> Option<Named> {
    // What follows the clause is speech again.
    let ends = tail[verb..]
        .iter()
        .position(|token| matches!(token.mark, Some('.' | '—' | '–' | '―' | ':')));
    let tail = &tail[..ends.map_or(tail.len(), |ends| verb + ends)];
    match (Grammar { text, language }).subject(tail, verb)? {
        Who::Name(start, end) | Who::Noun(start, end, false) => Some(Named {
            start,
            end,
            how: How::Stated,
        }),
        _ => None,
    }
}
