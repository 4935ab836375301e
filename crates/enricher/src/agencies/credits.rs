//! Reading a credit line: what is left of it beside the agencies says whose text it is.

mod token;

use super::Spelled;
use super::cues::{Phrases, cues};
use super::mentions::Mention;
use super::namesakes::is_surname;
use super::pictures::is_picture;
use crate::words::{first_word, folded};
use token::{Token, tokens};

/// A credit line is not longer, in bytes.
const MAX_LINE: usize = 320;

/// Words of a credit line in a script without capitals: more make a sentence.
const MOST_UNCASED: usize = 6;

/// Plain words of a line that opens with "with" and speaks of no material: more make a sentence.
const MOST_BEHIND_WITH: usize = 2;

/// What a credit line says of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// It is the agency's, or its reporter's.
    Wire,
    /// It was made with the agency's.
    Contrib,
}

/// What else a credit line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing.
    Nothing,
    /// Somebody or something.
    Named,
}

/// Whether credits begin with the folded word.
pub(crate) fn is_credit_opening(word: &str) -> bool {
    cues().credit_opening.has(word)
}

/// Whether a folded word says who of an agency's people somebody is: "editor".
pub(crate) fn is_staff(word: &str) -> bool {
    cues().role.has(word)
}

/// Whether a folded word of what signs an article is of a newsroom, and of no person.
pub(crate) fn is_of_newsroom(word: &str) -> bool {
    cues().newsroom.has(word)
}

/// Reads a line in which `mentions` stand, the credit of an article's text or no credit at all.
pub(crate) fn read_credit(line: &str, mentions: &[Mention], outlet: &str) -> Option<(Share, Rest)> {
    if mentions.is_empty()
        || line.len() > MAX_LINE
        || is_picture(line)
        || mentions.iter().any(|mention| is_surname(line, mention))
    {
        return None;
    }
    let mut tokens = tokens(line, mentions);
    let quotes = line.contains(['“', '”', '„', '«', '»', '"']);
    let right = line.find(['©', '®']).unwrap_or(0);
    let pictured = |token: &Token<'_>| cues().picture_source.has(&token.folded) && token.is_upper();
    if quotes
        || tokens.iter().any(pictured)
        || tokens
            .iter()
            .any(|token| token.end <= right && !token.is_noise())
    {
        return None;
    }
    let uncased = tokens.iter().filter(|token| token.is_uncased());
    if uncased.filter(|token| !token.is_noise()).count() > MOST_UNCASED {
        return None;
    }
    if let Some(given) = contribution(line, mentions, &tokens) {
        return given;
    }
    drop_roles(line, mentions, &mut tokens);
    drop_places(&mut tokens);
    let number = |token: &Token<'_>| token.text.starts_with(|c: char| c.is_ascii_digit());
    tokens.retain(|token| !token.is_noise() || token.is_joined(line) && !number(token));
    // "PTI AB CD": who wrote and who edited, behind the agency.
    let last = mentions.last().map_or(0, |mention| mention.end);
    let codes = |token: &Token<'_>| {
        token.start > last
            && token.end - token.start <= 4
            && token.text.chars().all(char::is_uppercase)
    };
    if tokens.iter().all(codes) {
        return Some((Share::Wire, Rest::Nothing));
    }
    let plain = tokens
        .iter()
        .filter(|token| token.is_lower() && !token.is_joined(line));
    // A sentence ends so, and no list of names.
    let sentence = line.trim_end().ends_with('.') && tokens.len() > 3;
    if plain.count() > 1 || tokens.len() > 12 || sentence {
        return None;
    }
    rest_says(line, mentions, &tokens, outlet).map(|reading| (reading, Rest::Named))
}

/// What a line says that speaks of contributing, of material, or of working with agencies; `None` where it
/// speaks of none of these.
#[expect(
    clippy::option_option,
    reason = "a line may speak of it and be no credit"
)]
fn contribution(
    line: &str,
    mentions: &[Mention],
    tokens: &[Token<'_>],
) -> Option<Option<(Share, Rest)>> {
    if lists_sources(mentions, tokens) {
        return Some(Some((Share::Contrib, Rest::Named)));
    }
    let is_any = |token: &Token<'_>, words: &Phrases| words.has(&token.folded);
    let some = |words: &Phrases| tokens.iter().any(|token| is_any(token, words));
    let contributed = some(&cues().contributed);
    // "AP writer Ann Person contributed to this report" ends the agency's own texts.
    let mut by_role = mentions.iter();
    if contributed && by_role.any(|mention| follows_role(line, mention, tokens)) {
        return Some(Some((Share::Wire, Rest::Nothing)));
    }
    // Words of a sentence, not of a credit.
    let plain = |token: &&Token<'_>| {
        token.is_lower()
            && !token.is_noise()
            && !token.is_joined(line)
            && !is_any(token, &cues().with)
            && !is_any(token, &cues().material)
    };
    let lower = tokens.iter().filter(plain).count();
    let mut unnamed = mentions.iter();
    let unnamed = unnamed.all(|mention| mention.how == Spelled::Unnamed);
    let to_report = some(&cues().report);
    let material = some(&cues().material);
    // "Additional reporting by ...", "Information from ... was used in this report".
    let first = tokens.first();
    let additional = first.is_some_and(|token| is_any(token, &cues().material));
    let gave = material && (additional || to_report && lower <= 4);
    let with = works_with(mentions, tokens);
    // "По информация на …", "С мая …": what opens many sentences opens a credit where hardly anything follows.
    let opens = with == Some(With::Opens) && (material || lower <= MOST_BEHIND_WITH);
    if contributed || gave || opens || with.is_some() && material {
        // Agencies of another kind contribute to other things.
        let most = if unnamed && !to_report { 2 } else { 8 };
        let fits = lower <= most && !(unnamed && contributed && !to_report);
        return Some(fits.then_some((Share::Contrib, Rest::Named)));
    }
    if with.is_some() {
        return Some((lower == 0).then_some((Share::Contrib, Rest::Named)));
    }
    let staffed = unnamed && some(&cues().staff) && lower == 0;
    staffed.then_some(Some((Share::Contrib, Rest::Named)))
}

/// Whether a line lists several agencies as its sources, each of which gave a part: "Sources: Reuters, AFP".
fn lists_sources(mentions: &[Mention], tokens: &[Token<'_>]) -> bool {
    let mut agencies = mentions.iter();
    let listed =
        |token: &Token<'_>| cues().references.has(&token.folded) && token.start < mentions[0].start;
    let mut plain = tokens.iter();
    agencies.any(|mention| mention.agency != mentions[0].agency)
        && tokens.first().is_some_and(listed)
        && !plain.any(|token| token.is_lower() && !token.is_noise())
}

/// Where "with" stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    /// Before all else.
    Opens,
    Within,
}

/// Whether a line says with whom it was made.
fn works_with(mentions: &[Mention], tokens: &[Token<'_>]) -> Option<With> {
    let is_with = |token: &Token<'_>| cues().with.has(&token.folded);
    let first = tokens.first().filter(|token| is_with(token));
    let mut tokens = tokens.iter();
    tokens.find(|token| is_with(token) && token.text != "MIT")?;
    let opens = first.is_some_and(|token| {
        let mut mentions = mentions.iter();
        mentions.all(|mention| mention.start > token.start)
    });
    Some(if opens { With::Opens } else { With::Within })
}

/// What the names beside the agencies make of the line.
fn rest_says(
    line: &str,
    mentions: &[Mention],
    tokens: &[Token<'_>],
    outlet: &str,
) -> Option<Share> {
    if tokens.iter().all(|token| is_service(line, mentions, token)) {
        return Some(Share::Wire);
    }
    let joint = joint(line, mentions, tokens);
    let initials = |token: &Token<'_>| token.is_lower() && token.text.chars().count() <= 4;
    if tokens.iter().any(Token::is_lower) {
        // Initials of staff, beside an agency's: det/dpa.
        let apart = !matches!(joint, Joint::Space);
        let all = tokens
            .iter()
            .all(|token| !token.is_lower() || initials(token) || token.is_site());
        return (apart && all).then_some(Share::Contrib);
    }
    let outlet = folded(outlet);
    let is_outlet = |token: &Token<'_>| {
        token.is_site() || token.folded.chars().count() > 3 && outlet.contains(&token.folded)
    };
    let unnamed = mentions
        .iter()
        .all(|mention| mention.how == Spelled::Unnamed);
    // "The Daily Lantern wire services" are those that it takes.
    if tokens.iter().any(is_outlet) && !(unnamed && matches!(joint, Joint::Space)) {
        return Some(Share::Contrib);
    }
    let first = &line[..tokens[0].start];
    let article = first
        .split(|c: char| !c.is_alphanumeric())
        .rfind(|word| !word.is_empty())
        .is_some_and(|word| cues().articles.has(&folded(word)));
    let article = article || cues().articles.has(&tokens[0].folded);
    let person = tokens.len() >= 2 && !article;
    match joint {
        // A picture's credit but for a byline: Ann Person/AP.
        Joint::Slash if person && !unnamed => signed(line).then_some(Share::Wire),
        Joint::Comma if person => Some(Share::Wire),
        Joint::And | Joint::Slash | Joint::Comma => Some(Share::Contrib),
        Joint::Space => Some(Share::Wire),
    }
}

/// Whether a line begins as a byline or a right does.
fn signed(line: &str) -> bool {
    let first = first_word(line);
    line.starts_with('©') || first.is_some_and(|first| cues().signed.has(&folded(first)))
}

/// What stands between the agency and the nearest other name.
enum Joint {
    Space,
    Comma,
    Slash,
    And,
}

fn joint(line: &str, mentions: &[Mention], tokens: &[Token<'_>]) -> Joint {
    let gap = |mention: &Mention, token: &Token<'_>| {
        if token.end <= mention.start {
            token.end..mention.start
        } else {
            mention.end..token.start.max(mention.end)
        }
    };
    let pairs = mentions
        .iter()
        .flat_map(|mention| tokens.iter().map(move |token| gap(mention, token)));
    let Some(nearest) = pairs.min_by_key(std::iter::ExactSizeIterator::len) else {
        return Joint::Space;
    };
    let between = &line[nearest];
    let and = between
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| !word.is_empty() && cues().and.has(&folded(word)));
    if and || between.contains(['|', '&', '+']) {
        Joint::And
    } else if between.contains(['/', '-', '–']) {
        Joint::Slash
    } else if between.contains([',', ';', '(', ':']) {
        Joint::Comma
    } else {
        Joint::Space
    }
}

/// dpa marks what its regional and special services write: dpa/lno, dpa/tmn.
fn is_service(line: &str, mentions: &[Mention], token: &Token<'_>) -> bool {
    let before = &line[..token.start];
    let behind = mentions.iter().any(|mention| {
        mention.end < token.start && line[mention.start..mention.end].chars().count() <= 7
    });
    behind
        && before.ends_with(['/', '-'])
        && cues().services.iter().any(|service| service == token.text)
}

/// Whether a role follows the agency within a few words: "AP National Political Writer".
fn role_behind(mention: &Mention, tokens: &[Token<'_>]) -> Option<usize> {
    let behind = tokens.iter().position(|token| token.start >= mention.end)?;
    // "AFP and Lantern staff": these are another's.
    if cues().and.has(&tokens[behind].folded) {
        return None;
    }
    let near = tokens[behind..].iter().take(6);
    let mut last = None;
    for (offset, token) in near.enumerate() {
        if cues().role.has(&token.folded) {
            last = Some(behind + offset);
            break;
        }
    }
    last
}

fn follows_role(line: &str, mention: &Mention, tokens: &[Token<'_>]) -> bool {
    role_behind(mention, tokens).is_some_and(|role| {
        let between = &line[mention.end..tokens[role].start];
        between.len() <= 40 && !between.contains(['.', ';', '|', '/'])
    })
}

/// Takes out what says which of the agency's people it was.
fn drop_roles(line: &str, mentions: &[Mention], tokens: &mut Vec<Token<'_>>) {
    for mention in mentions {
        if let Some(role) = role_behind(mention, tokens)
            && follows_role(line, mention, tokens)
        {
            let from = tokens
                .iter()
                .position(|token| token.start >= mention.end)
                .unwrap_or(role);
            tokens.drain(from..=role);
        }
    }
}

/// Takes out "in Valencia".
fn drop_places(tokens: &mut Vec<Token<'_>>) {
    while let Some(preposition) = tokens
        .iter()
        .position(|token| cues().at_places.has(&token.folded) && token.is_lower())
    {
        let mut end = preposition + 1;
        while end < tokens.len()
            && tokens[end].is_upper()
            && end - preposition <= 3
            && tokens[end].start <= tokens[end - 1].end + 2
        {
            end += 1;
        }
        tokens.drain(preposition..end);
    }
}
