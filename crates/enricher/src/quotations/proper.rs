//! Proper names among tokens, and the small words about them.

use super::clause::Token;
use super::reporting::Roles;
use crate::words;

/// Whether the last word of a phrase such as `a juicio del` was its article.
pub(super) fn is_fused(text: &str, tokens: &[Token], from: usize) -> bool {
    from > 0
        && matches!(
            &text[tokens[from - 1].start..tokens[from - 1].end],
            "del" | "des" | "der" | "du" | "do" | "da" | "von"
        )
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
    matches!(
        &text[token.start..token.end],
        "as" | "wie" | "comme" | "como" | "come" | "som" | "zoals" | "jak" | "как" | "як"
    )
}

pub(super) fn is_relative(text: &str, token: &Token) -> bool {
    matches!(
        &text[token.start..token.end],
        "who" | "qui" | "quien" | "der" | "die" | "som" | "który" | "която"
    )
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
    !several
        && matches!(
            article.as_str(),
            "the"
                | "der"
                | "die"
                | "das"
                | "le"
                | "la"
                | "l'"
                | "l’"
                | "el"
                | "o"
                | "il"
                | "lo"
                | "de"
                | "het"
                | "den"
                | "del"
                | "dem"
        )
}

/// Words within a name that have no capital. Before "said" more of them belong to it than where names are
/// listed, which "and" and "of" would run together.
fn is_particle(text: &str, token: &Token) -> bool {
    let word = &text[token.start..token.end];
    token.is_word()
        && (words::is_particle(word) || matches!(word, "ap" | "e" | "of" | "vom" | "y" | "zur"))
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
    matches!(
        &text[token.start..token.end],
        "der" | "den" | "das" | "la" | "zu"
    )
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
    token.is(Roles::DETERMINER)
        && matches!(
            word.as_str(),
            "his"
                | "her"
                | "their"
                | "sein"
                | "seine"
                | "ihr"
                | "ihre"
                | "son"
                | "sa"
                | "ses"
                | "leur"
                | "su"
                | "sus"
                | "seu"
                | "sua"
                | "seus"
                | "suas"
                | "suo"
                | "suoi"
                | "sue"
                | "zijn"
                | "haar"
                | "hun"
                | "hans"
                | "hennes"
                | "deras"
                | "deres"
        )
}

pub(super) fn is_so(text: &str, token: &Token) -> bool {
    matches!(
        &text[token.start..token.end],
        "so" | "pour" | "para" | "per"
    )
}
