//! Speakers in Turkish and its like: the verb stands last, and the ending of a name says what it is.

use super::clause::Token;
use super::reporting::Roles;

/// The speaker's tokens in the words before a quotation.
///
/// A subject has no ending. It stands before a comma, often behind a participle ("saying that …,
/// Yılmaz, "), or opens the sentence.
pub(crate) fn subject(text: &str, lead: &[Token], tail: &[Token]) -> Option<(usize, usize)> {
    let says = |token: &Token| token.is(Roles::VERB);
    let reported = tail.iter().take(8).any(says) || lead.iter().any(says);
    if !reported || !lead.iter().any(super::clause::Token::is_name) {
        return None;
    }
    let names = names(text, lead);
    let behind_participle = |&&(start, end): &&(usize, usize)| {
        let before = start.checked_sub(1).map(|at| &lead[at]);
        let participle = before.is_some_and(|token| {
            token.is_word() && {
                let word = &text[token.start..token.end];
                !token.capital && (word.ends_with("an") || word.ends_with("en"))
            }
        });
        participle && lead.get(end).is_some_and(|token| token.mark == Some(','))
    };
    let at_comma = |&&(_, end): &&(usize, usize)| {
        let mark = |at: usize| lead.get(at).and_then(|token| token.mark);
        let initial = mark(end) == Some('.') && mark(end + 1) == Some(',');
        let ends = |token: &Token| token.mark == Some(',') || token.is(Roles::SKIP);
        initial || lead.get(end).is_none_or(ends)
    };
    let bare = |&&(_, end): &&(usize, usize)| !has_ending(text, &lead[end - 1]);
    let found = names.iter().rev().find(behind_participle);
    let found = found.or_else(|| names.iter().filter(bare).find(at_comma));
    found
        .or_else(|| names.iter().find(bare))
        .or_else(|| names.first())
        .copied()
}

/// Whether a verb is a participle, whose subject stands behind it: "diyen Yılmaz".
pub(crate) fn is_participle(text: &str, token: &Token) -> bool {
    let word = &text[token.start..token.end];
    word.ends_with("en") || word.ends_with("an")
}

fn names(text: &str, lead: &[Token]) -> Vec<(usize, usize)> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < lead.len() {
        let start = at;
        // An ending closes a name: what follows is another.
        while at < lead.len()
            && lead[at].is_name()
            && !(at > start && has_ending(text, &lead[at - 1]))
        {
            at += 1;
        }
        if at > start {
            names.push((start, at));
        } else {
            at += 1;
        }
    }
    names
}

/// Endings of names are written behind an apostrophe.
fn has_ending(text: &str, token: &Token) -> bool {
    text[token.start..token.end].contains(['\'', '’'])
}
