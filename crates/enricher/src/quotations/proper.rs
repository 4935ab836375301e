//! Proper names among tokens, and the small words about them.

use super::clause::Token;
use super::reporting::Roles;
use crate::lexicon::Small;
use crate::words;

/// A phrase about people has no more words than this.
const LONGEST_PHRASE: usize = 8;

/// Whether the last word of a phrase such as `a juicio del` was its article.
pub(super) fn is_fused(text: &str, tokens: &[Token], from: usize) -> bool {
    from > 0 && Small::Fused.has(&text[tokens[from - 1].start..tokens[from - 1].end])
}

/// Whether an article stands before a word, adjectives and marks aside.
pub(super) fn has_article(tokens: &[Token], start: usize) -> bool {
    let before = tokens[..start].iter().rev().take(4);
    let mut before =
        before.skip_while(|token| !token.is_word() || token.roles.is_plain() && !token.capital);
    before
        .next()
        .is_some_and(|token| token.is(Roles::DETERMINER))
}

pub(super) fn governed(tokens: &[Token], start: usize) -> bool {
    let mut at = start;
    while at > 0 {
        let token = &tokens[at - 1];
        if token.is(Roles::PREPOSITION) {
            return true;
        }
        let passes = token.is(Roles::DETERMINER)
            || token.possessive
            || token.is_word() && token.roles.is_plain() && token.lower;
        if !passes || start - at >= 5 {
            return false;
        }
        at -= 1;
    }
    false
}

/// A single word with a capital that opens the sentence and does not look like its subject: "Asked, he said".
pub(super) fn is_lone_opening(text: &str, tokens: &[Token], start: usize, end: usize) -> bool {
    if !(tokens[start].opens && end == start + 1) {
        return false;
    }
    let word = &text[tokens[start].start..tokens[start].end];
    let next = tokens.get(end);
    let adverb = word.ends_with("ly") && next.is_some_and(|next| next.mark == Some(','));
    word.ends_with("ing") || adverb || next.is_some_and(|next| next.is(Roles::PREPOSITION))
}

pub(super) fn is_as(text: &str, token: &Token) -> bool {
    Small::As.has(&text[token.start..token.end])
}

pub(super) fn is_relative(text: &str, token: &Token) -> bool {
    Small::Relative.has(&text[token.start..token.end])
}

/// Articles that say that somebody certain is meant.
pub(super) fn is_certain(text: &str, token: &Token, noun: &Token) -> bool {
    let article = text[token.start..token.end].to_lowercase();
    let noun = &text[noun.start..noun.end];
    // Several are nobody who was named: "the officials", "die Organisatoren".
    let several = match article.as_str() {
        "the" => noun.ends_with('s') && !noun.ends_with("ss"),
        "die" => !noun.ends_with("in") && !noun.ends_with("ige") && !noun.ends_with("frau"),
        _ => false,
    };
    !several && Small::Certain.has(&article)
}

/// Words within a name that have no capital. Before "said" more of them belong to it than where names are
/// listed, which "and" and "of" would run together.
fn is_particle(text: &str, token: &Token) -> bool {
    let word = &text[token.start..token.end];
    token.is_word() && (words::is_particle(word) || Small::Joining.has(word))
}

pub(super) fn follows_initial(text: &str, tokens: &[Token], dot: usize) -> bool {
    dot > 0
        && tokens[dot].mark == Some('.')
        && tokens[dot - 1].capital
        && (text[tokens[dot - 1].start..tokens[dot - 1].end]
            .chars()
            .count()
            <= 2
            || tokens[dot - 1].is(Roles::TITLE))
        && tokens.get(dot + 1).is_some_and(|next| next.capital)
}

/// Where names are inflected, one right behind a noun is whose that is.
fn is_inflected(language: &str) -> bool {
    matches!(
        language,
        "ru" | "uk" | "be" | "pl" | "cs" | "sk" | "sr" | "hr" | "bs" | "sl"
    )
}

/// The word for people about somebody who is named from `start` on: "critics of Ann Marsh", "критики Анны Марш".
pub(super) fn group(language: &str, tokens: &[Token], start: usize) -> Option<usize> {
    let first = &tokens[start];
    if first.is(Roles::GROUP) && (first.opens || language == "de" || is_inflected(language)) {
        let next = tokens.get(start + 1);
        let alone = next.is_none_or(|next| !next.is_name()) || is_inflected(language);
        return alone.then_some(start);
    }
    let mut at = start;
    if at > 0 && tokens[at - 1].is(Roles::DETERMINER) && !tokens[at - 1].is(Roles::PREPOSITION) {
        at -= 1;
    }
    let governs = at > 0 && tokens[at - 1].is(Roles::PREPOSITION);
    // An elided article is one more word: "d'Ann".
    let noun = if governs { at - 1 } else { at };
    let noun = noun.checked_sub(1)?;
    let known = tokens[noun].is(Roles::GROUP) && (governs || is_inflected(language));
    // "Friends of the Earth" is a name.
    let named = tokens[noun].capital && !tokens[noun].opens && language != "de";
    (known && !named).then_some(noun)
}

/// People about whoever a phrase that ends at `end` means: "supporters of the mayor".
pub(super) fn group_about(tokens: &[Token], end: usize) -> Option<usize> {
    let about = tokens[..end].iter().rev().take(LONGEST_PHRASE);
    let about = about.take_while(|token| token.is_word()).count();
    let (start, end) = (end - about, end.saturating_sub(2));
    (start..end).rev().find(|&at| {
        let known = tokens[at].is(Roles::GROUP) && tokens[at + 1].is(Roles::PREPOSITION);
        known && (tokens[at].lower || tokens[at].opens)
    })
}

/// Where the name begins whose last word stands before `end`.
pub(super) fn name_start(text: &str, tokens: &[Token], end: usize) -> usize {
    let mut start = end - 1;
    while start > 0 {
        let before = &tokens[start - 1];
        if before.is_name() && !before.possessive {
            start -= 1;
        } else if start > 1
            && follows_initial(text, tokens, start - 1)
            && tokens[start - 2].is_name()
        {
            start -= 2;
        } else if let Some(first) = particle_before(text, tokens, start) {
            start = first;
        } else {
            break;
        }
    }
    start
}

/// "Director of", where the name has ended: what follows says of what.
fn ends_role(text: &str, name: &Token, particle: &Token) -> bool {
    name.is(Roles::TITLE) && &text[particle.start..particle.end] == "of"
}

/// Articles that are a particle of names only behind another one: "van der".
fn is_article(text: &str, token: &Token) -> bool {
    Small::Second.has(&text[token.start..token.end])
}

/// The word of a name before one or two particles that end at `start`.
fn particle_before(text: &str, tokens: &[Token], start: usize) -> Option<usize> {
    for more in 1..=2 {
        let first = start.checked_sub(more + 1)?;
        if !is_particle(text, &tokens[first + 1]) {
            return None;
        }
        let name = &tokens[first];
        if is_article(text, &tokens[first + 1]) || ends_role(text, name, &tokens[first + 1]) {
            continue;
        }
        if name.is_name() && !name.possessive && !name.opens {
            return Some(first);
        }
    }
    None
}

/// Where the name ends that begins at `start`.
pub(super) fn name_end(text: &str, tokens: &[Token], start: usize) -> usize {
    let mut end = start + 1;
    while end < tokens.len() && !tokens[end - 1].possessive {
        if tokens[end].is_name() || follows_initial(text, tokens, end) {
            end += 1;
        } else if is_particle(text, &tokens[end])
            && !is_article(text, &tokens[end])
            && !ends_role(text, &tokens[end - 1], &tokens[end])
            && tokens.get(end + 1).is_some_and(Token::is_name)
        {
            end += 2;
        } else if is_particle(text, &tokens[end])
            && tokens
                .get(end + 1)
                .is_some_and(|token| is_particle(text, token))
            && tokens.get(end + 2).is_some_and(Token::is_name)
        {
            end += 3;
        } else {
            break;
        }
    }
    end
}

/// Possessives, which mean somebody who was named.
pub(super) fn is_owned(text: &str, token: &Token) -> bool {
    let word = text[token.start..token.end].to_lowercase();
    token.is(Roles::DETERMINER) && Small::Owner.has(&word)
}

pub(super) fn is_so(text: &str, token: &Token) -> bool {
    Small::So.has(&text[token.start..token.end])
}
