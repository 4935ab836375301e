//! Notes that an article is an agency's as it came: "This story is auto-generated from ...".

use super::Spelled;
use super::cites::folded_words;
use super::credits::Share;
use super::cues::{Phrases, cues};
use super::mentions::Mention;
use super::pictures::is_picture;

/// A sentence that says so is not longer, in bytes.
const NOTE_BYTES: usize = 320;

/// A note without its subject is not longer, in bytes.
const SHORT_BYTES: usize = 120;

/// Between what it says and the agency stand no more words.
const APART: usize = 8;

/// Between "this" and the word for an article stand no more words, and between "with" and the word for material.
const BETWEEN: usize = 1;

/// What a note says of the text, and which of the mentions it says it of.
///
/// The note has to speak of its own article: "This report was supplied by ...". What an agency supplied to somebody
/// in the news has another subject.
pub(crate) fn syndicated(text: &str, mentions: &[Mention]) -> Option<(Share, usize)> {
    mentions.iter().enumerate().find_map(|(at, mention)| {
        let named = !matches!(
            mention.how,
            Spelled::Homonym | Spelled::Sign | Spelled::Unnamed
        );
        let (start, end) = sentence(text, mention);
        if !named || end - start > NOTE_BYTES || is_picture(&text[start..end]) {
            return None;
        }
        let before = folded_words(&text[start..mention.start]);
        let after = folded_words(&text[mention.end..end]);
        Some((reading(&before, &after, end - start)?, at))
    })
}

/// What the words before an agency and behind it say, in a note of so many bytes.
fn reading(before: &str, after: &str, length: usize) -> Option<Share> {
    let cues = cues();
    let words: Vec<&str> = before.split(' ').chain(after.split(' ')).collect();
    let speaks_of_itself = leads_to(&words, &cues.this, &cues.copy);
    let opens = length <= SHORT_BYTES && cues.syndicated.beginning(before).next().is_some();
    let far = before.rmatch_indices(' ').nth(APART);
    let near = &before[far.map_or(0, |(at, _)| at + 1)..];
    let taken = has_phrase(near, &cues.syndicated)
        || has_phrase(first_words(after, APART), &cues.syndicated);
    let partly = leads_to(&words, &cues.with, &cues.material)
        || words.iter().any(|word| cues.contributed.has(word));
    // "Residents said this report, supplied to Reuters, was out of date": news, and no note.
    let told = words.iter().any(|word| cues.said.has(word));
    if !taken || !(speaks_of_itself || opens) || partly || told {
        return None;
    }
    let based = has_phrase(before, &cues.based_on);
    Some(if based { Share::Contrib } else { Share::Wire })
}

/// Whether a word of the first kind has one of the second close behind it.
fn leads_to(words: &[&str], first: &Phrases, second: &Phrases) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        first.has(word)
            && words[at + 1..]
                .iter()
                .take(BETWEEN + 1)
                .any(|word| second.has(word))
    })
}

/// Whether one of the phrases stands somewhere in `words`, parted by single spaces.
fn has_phrase(words: &str, phrases: &Phrases) -> bool {
    let spaces = words.match_indices(' ').map(|(at, _)| at + 1);
    let mut starts = std::iter::once(0).chain(spaces);
    starts.any(|at| phrases.beginning(&words[at..]).next().is_some())
}

fn first_words(words: &str, count: usize) -> &str {
    let end = words.match_indices(' ').nth(count.saturating_sub(1));
    &words[..end.map_or(words.len(), |(at, _)| at)]
}

/// The sentence in which a mention stands, so far as a note may go. A bracket behind a full stop belongs to no sentence
/// before it.
fn sentence(text: &str, mention: &Mention) -> (usize, usize) {
    let floor = text.floor_char_boundary(mention.start.saturating_sub(NOTE_BYTES));
    let ceiling = text.ceil_char_boundary(text.len().min(mention.end + NOTE_BYTES));
    let ends = |at: usize, sign: &str| {
        let rest = &text[at + sign.len()..];
        rest.is_empty() || rest.starts_with([' ', '\n', '\u{a0}', ')', ']'])
    };
    let stops = ['.', '!', '?', '。', '\n'];
    let mut before = text[floor..mention.start].rmatch_indices(stops);
    let before = before.find(|(at, sign)| ends(floor + at, sign));
    let start = before.map_or(floor, |(at, sign)| floor + at + sign.len());
    let mut behind = text[mention.end..ceiling].match_indices(stops);
    let behind = behind.find(|(at, sign)| ends(mention.end + at, sign));
    (start, behind.map_or(ceiling, |(at, _)| mention.end + at))
}
