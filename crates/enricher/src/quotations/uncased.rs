//! Speakers in scripts with spaces and without capitals: Arabic, Persian, Urdu, Hebrew, Hindi and others.
//!
//! Where the verb comes first, the speaker stands behind it; where it comes last, the speaker opens the
//! clause.

use super::clause::Token;
use super::reporting::Roles;

/// A role with a name behind it has no more words: "وزير الخارجية المصري بدر عبد العاطي".
const LONGEST: usize = 9;

/// The same where the words go on with something else.
const LONGEST_AMID: usize = 4;

/// Whether the text from `start` to `end` is written without capitals.
pub(crate) fn is_uncased(words: &str) -> bool {
    let mut letters = words.chars().filter(|c| c.is_alphabetic());
    letters
        .next()
        .is_some_and(|c| !c.is_lowercase() && !c.is_uppercase())
}

/// The range of the speaker in tokens, in the clause before the quotation or behind it.
pub(crate) fn subject(tokens: &[Token], language: &str, in_tail: bool) -> Option<(usize, usize)> {
    let last_first = |role: Roles| {
        let mut all = tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.is(role))
            .map(|(at, _)| at);
        if in_tail { all.next() } else { all.next_back() }
    };
    if let Some(per) = last_first(Roles::PER) {
        return behind(tokens, per + 1);
    }
    if let Some(post) = last_first(Roles::POST) {
        return before(tokens, post);
    }
    let verb = last_first(Roles::VERB)?;
    let verb_first = matches!(language, "ar" | "he" | "");
    if !verb_first {
        return opening(tokens, verb);
    }
    if language == "he" {
        return behind(tokens, verb + 1).or_else(|| before(tokens, verb));
    }
    // A participle ("saying") has its subject behind the verb of the main clause.
    behind(tokens, verb + 1).or_else(|| {
        let main = tokens[..verb]
            .iter()
            .rposition(|token| token.is(Roles::VERB))?;
        behind(tokens, main + 1)
    })
}

fn is_part(token: &Token) -> bool {
    token.is_word()
        && !token.is(Roles::PREPOSITION)
        && !token.is(Roles::VERB)
        && !token.is(Roles::PRONOUN)
}

fn behind(tokens: &[Token], from: usize) -> Option<(usize, usize)> {
    let length = tokens
        .get(from..)?
        .iter()
        .take(LONGEST)
        .take_while(|token| is_part(token))
        .count();
    (length > 0).then_some((from, from + length))
}

fn before(tokens: &[Token], until: usize) -> Option<(usize, usize)> {
    let words = tokens[..until].iter().rev();
    let length = words
        .take(LONGEST_AMID - 1)
        .take_while(|token| is_part(token))
        .count();
    (length > 0).then_some((until - length, until))
}

fn opening(tokens: &[Token], verb: usize) -> Option<(usize, usize)> {
    let first = tokens[..verb].iter().position(is_part)?;
    let clause = tokens[first..verb].iter();
    let length = clause.take_while(|token| is_part(token)).count();
    // Up to the verb nothing else stands: "سخنگوی وزارت خارجه اسماعیل بقایی گفت".
    let whole = first + length == verb && length <= LONGEST;
    let length = if whole {
        length
    } else {
        length.min(LONGEST_AMID)
    };
    Some((first, first + length))
}
