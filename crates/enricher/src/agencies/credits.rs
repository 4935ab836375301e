//! Reading a credit line: what is left of it beside the agencies says whose text it is.

use super::Spelled;
use super::cues::{AND, ARTICLES, DATES, FILLER, PICTURE, PICTURE_UNSPACED, ROLE, WITH};
use super::mentions::Mention;
use crate::words::folded;

/// A credit line is not longer, in bytes.
const MAX_LINE: usize = 320;

/// What a credit line says of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
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

/// A word of the line that is no part of a mention.
struct Token<'t> {
    text: &'t str,
    folded: String,
    start: usize,
    end: usize,
}

impl Token<'_> {
    fn is_lower(&self) -> bool {
        self.text.starts_with(char::is_lowercase)
    }

    fn is_upper(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// A site or an address.
    fn is_site(&self) -> bool {
        self.text.contains(['.', '@']) && !self.text.ends_with('.')
    }

    fn is_noise(&self) -> bool {
        let word = self.folded.as_str();
        // Dates, times, serial numbers.
        word.starts_with(|c: char| c.is_ascii_digit())
            || DATES.contains(&word)
            || FILLER.contains(&word)
    }
}

/// Whether a line is about a picture.
pub(crate) fn is_picture(line: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    PICTURE_UNSPACED.iter().any(|sign| line.contains(sign))
        || words.any(|word| {
            let word = folded(word);
            PICTURE.contains(&word.as_str())
        })
}

/// Whether `©` stands before a name and an agency: a picture's credit, but at a text's end.
pub(crate) fn is_picture_right(line: &str) -> bool {
    let line = line.trim_start();
    let Some(rest) = line
        .strip_prefix(['©', '®'])
        .or_else(|| line.strip_prefix("(c)"))
    else {
        return false;
    };
    rest.contains('/') && !rest.contains("dpa-infocom")
}

/// Reads a line in which `mentions` stand, the credit of an article's text or no credit at all.
pub(crate) fn read_credit(
    line: &str,
    mentions: &[Mention],
    outlet: &str,
) -> Option<(Reading, Rest)> {
    if mentions.is_empty() || line.len() > MAX_LINE || is_picture(line) {
        return None;
    }
    let mut tokens = tokens(line, mentions);
    let has = |word: &str| tokens.iter().any(|token| token.folded == word);
    let with = tokens
        .iter()
        .any(|token| WITH.contains(&token.folded.as_str()) && token.text != "MIT");
    let contributed = has("contributed") || has("contributing");
    // "AP writer Ann Person contributed to this report" ends the agency's own texts.
    let by_role = mentions
        .iter()
        .any(|mention| follows_role(line, mention, &tokens));
    if contributed && by_role {
        return Some((Reading::Wire, Rest::Nothing));
    }
    let lower = tokens
        .iter()
        .filter(|token| {
            token.is_lower() && !token.is_noise() && !WITH.contains(&token.folded.as_str())
        })
        .count();
    if with {
        return (lower <= 8).then_some((Reading::Contrib, Rest::Named));
    }
    drop_roles(line, mentions, &mut tokens);
    drop_places(&mut tokens);
    tokens.retain(|token| !token.is_noise());
    if tokens.is_empty() {
        return Some((Reading::Wire, Rest::Nothing));
    }
    let lower = tokens
        .iter()
        .filter(|token| token.is_lower() && token.text.chars().count() > 4);
    if lower.count() > 2 || tokens.len() > 14 {
        return None;
    }
    Some((rest_says(line, mentions, &tokens, outlet), Rest::Named))
}

/// What the names beside the agencies make of the line.
fn rest_says(line: &str, mentions: &[Mention], tokens: &[Token<'_>], outlet: &str) -> Reading {
    if tokens.iter().all(|token| is_service(line, mentions, token)) {
        return Reading::Wire;
    }
    // Initials of staff, beside an agency's: det/dpa.
    if tokens
        .iter()
        .any(|token| token.is_lower() && token.text.chars().count() <= 4)
    {
        return Reading::Contrib;
    }
    let is_outlet = |token: &Token<'_>| {
        token.is_site() || {
            let outlet = folded(outlet);
            token.folded.chars().count() > 3 && outlet.contains(&token.folded)
        }
    };
    if tokens.iter().any(is_outlet) {
        return Reading::Contrib;
    }
    let unnamed = mentions
        .iter()
        .all(|mention| mention.how == Spelled::Unnamed);
    let joint = joint(line, mentions, tokens);
    let first = &line[..tokens[0].start];
    let article = first
        .split(|c: char| !c.is_alphanumeric())
        .rfind(|word| !word.is_empty())
        .is_some_and(|word| ARTICLES.contains(&folded(word).as_str()));
    let person = tokens.len() >= 2
        && tokens
            .iter()
            .all(|token| token.is_upper() || token.text.len() <= 3)
        && !article;
    match joint {
        Joint::And => Reading::Contrib,
        Joint::Slash if person && !unnamed => Reading::Wire,
        Joint::Slash => Reading::Contrib,
        Joint::Comma if person || tokens.len() >= 2 => Reading::Wire,
        Joint::Comma => Reading::Contrib,
        Joint::Space => Reading::Wire,
    }
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
        .any(|word| !word.is_empty() && AND.contains(&folded(word).as_str()));
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
        mention.end < token.start && matches!(&line[mention.start..mention.end], "dpa" | "dpa-AFX")
    });
    behind
        && before.ends_with(['/', '-'])
        && (token.text.len() == 3 && token.text.starts_with('l')
            || matches!(
                token.text,
                "tmn" | "mv" | "infocom" | "AFX" | "th" | "sn" | "st"
            ))
}

fn tokens<'t>(line: &'t str, mentions: &[Mention]) -> Vec<Token<'t>> {
    let mut tokens = Vec::new();
    let mut from = 0;
    let ends = mentions.iter().map(|mention| (mention.start, mention.end));
    for (start, end) in ends.chain([(line.len(), line.len())]) {
        if start < from {
            continue;
        }
        let part = &line[from..start];
        let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '\'' | '’' | '_');
        for word in part.split(|c: char| !is_inner(c)) {
            let word = word.trim_matches(['.', '\'', '’', '_']);
            if word.chars().any(char::is_alphanumeric) {
                let at = word.as_ptr() as usize - line.as_ptr() as usize;
                tokens.push(Token {
                    text: word,
                    folded: folded(word),
                    start: at,
                    end: at + word.len(),
                });
            }
        }
        from = end;
    }
    tokens
}

/// Whether a role follows the agency within a few words: "AP National Political Writer".
fn role_behind(mention: &Mention, tokens: &[Token<'_>]) -> Option<usize> {
    let behind = tokens.iter().position(|token| token.start >= mention.end)?;
    let near = tokens[behind..].iter().take(6);
    let mut last = None;
    for (offset, token) in near.enumerate() {
        if ROLE.contains(&token.folded.as_str()) {
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
    while let Some(preposition) = tokens.iter().position(|token| {
        matches!(token.folded.as_str(), "in" | "en" | "aus" | "a" | "w" | "i") && token.is_lower()
    }) {
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
