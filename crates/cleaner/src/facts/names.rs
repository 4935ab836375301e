//! Names out of what bylines and fields say.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::{date, signature};
use crate::credits;
use crate::fold;
use crate::lists::{entries, under};

/// How many authors are kept.
pub(super) const MAX_AUTHORS: usize = 20;

/// How much of a byline or field is cut into names, in bytes: the authors that are kept fill hardly as much.
const MAX_SIGNED: usize = 1024;

struct Lists {
    /// How bylines begin.
    introductions: Vec<&'static str>,
    /// Words that stand in bylines and name nobody.
    nobody: HashSet<&'static str>,
    /// Words that sign where nobody else is named.
    desks: HashSet<&'static str>,
    /// What parts names, between spaces.
    conjunctions: Vec<String>,
    /// What stands behind a name.
    titles: Vec<&'static str>,
    /// News agencies that sign in lower case.
    signs: Vec<&'static str>,
}

const ROLES: &str = include_str!("../../data/roles.txt");

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    introductions: entries(include_str!("../../data/introductions.txt")).collect(),
    nobody: under(ROLES, "nobody").collect(),
    desks: under(ROLES, "desk").collect(),
    conjunctions: entries(include_str!("../../data/conjunctions.txt"))
        .map(|word| format!(" {word} "))
        .collect(),
    titles: entries(include_str!("../../data/titles.txt")).collect(),
    signs: entries(include_str!("../../data/signs.txt")).collect(),
});

/// Whether a name reads like a person's: two to five words that begin in upper case but for what names have between
/// them, or a short run of a script without cases.
pub(super) fn is_person(name: &str) -> bool {
    // `March 4`, `Friday Evening`.
    if name.chars().any(char::is_numeric) || date::is_time_of(name) {
        return false;
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_uncased = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
    if name.chars().any(is_uncased) {
        return (2..=12).contains(&name.chars().count()) && words.len() <= 3;
    }
    let capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
    let upper = words.iter().filter(capital).count();
    let particles = words.iter().filter(|word| signature::is_particle(word));
    // "Redactie van de Krant" is none for its first word.
    let is_particled = upper >= 2
        && upper + particles.count() == words.len()
        && words.last().is_some_and(|word| capital(&word))
        && words.first().is_some_and(|word| !is_role(word));
    (2..=6).contains(&words.len())
        && ((words.len() < 6 && upper + 1 >= words.len()) || is_particled)
        && words.first().is_some_and(|word| capital(&word))
}

/// Whether a name can be one of a script that has no upper case and writes words apart, as Arabic and Hindi: two to four
/// words. What an element holds reads like that as well, if it does not say that it names authors.
pub(super) fn is_uncased_name(name: &str) -> bool {
    let is_letter =
        |c: char| !c.is_ascii() && !c.is_numeric() && !c.is_lowercase() && !c.is_uppercase();
    let words = name.split_whitespace().count();
    let is_spaced = !name.contains(|c| fold::is_dense(c) || fold::is_hangul(c));
    let all = name.chars().filter(|c| !c.is_whitespace()).all(is_letter);
    (2..=4).contains(&words) && name.chars().count() <= 30 && is_spaced && all
}

/// Whom a line names.
#[derive(Default)]
struct Signed {
    authors: Vec<String>,
    editors: Vec<String>,
}

impl Signed {
    /// Where nobody else is named, the editors signed.
    fn names(self) -> Vec<String> {
        if self.authors.is_empty() {
            self.editors
        } else {
            self.authors
        }
    }
}

/// Cuts "By Ann Lee, Bob Ray and Cy Poe | The Daily" into names.
pub(super) fn split(text: &str) -> Vec<String> {
    signed(text).names()
}

/// The same of several lines of one byline. What a name did may stand in the line before it.
pub(super) fn split_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all = Signed::default();
    let mut role = "";
    for line in lines {
        let found = if role.is_empty() {
            signed(line)
        } else {
            signed(&format!("{role} {line}"))
        };
        role = if signature::is_role_of_another(line) {
            line
        } else {
            ""
        };
        all.authors.extend(found.authors);
        all.editors.extend(found.editors);
    }
    all.names()
}

fn signed(text: &str) -> Signed {
    // Every conjunction is looked for in all that follows it: long fields are cut before, not after.
    let text: Vec<&str> = fold::prefix(text, MAX_SIGNED)
        .split_whitespace()
        .filter(|word| !word.starts_with('@') && !word.contains("://") && !word.contains('@'))
        .collect();
    let text = fold::squeeze(&text.join(" "));
    let text = roles_parted(&text);
    let rest = if signature::is_of_another(&text) {
        text.as_ref()
    } else {
        without_introductions(&text)
    };
    let mut found = Signed::default();
    // Whom a line names behind "editing by" did not write, up to where it says again who did.
    let (mut writes, mut edits) = (true, false);
    for part in rest.split(|c: char| PARTERS.contains(&c)) {
        for piece in between_conjunctions(part) {
            let starts = introduction(piece.trim_start()).is_some();
            if signature::is_of_another(piece) {
                (writes, edits) = (false, starts);
            } else if starts {
                writes = true;
            }
            let name = tidy_name(piece);
            if !name.is_empty() && writes {
                found.authors.push(name);
            } else if !name.is_empty() && edits {
                found.editors.push(name);
            }
        }
        // Not all of them are names: more are taken than are kept.
        if found.authors.len() + found.editors.len() >= 2 * MAX_AUTHORS {
            break;
        }
    }
    found
}

/// A line that names others beside those who wrote, with what each of them did set apart: `Reporting by Ann Lee Editing
/// by Bob Ray` has nothing between the two.
fn roles_parted(text: &str) -> Cow<'_, str> {
    let starts = |text: &str| -> Vec<usize> {
        let spaces = text.match_indices(' ');
        spaces.map(|(at, _)| at + 1).collect()
    };
    let is_of_another = |at: &usize| signature::is_of_another(&text[*at..]);
    let starts = starts(text);
    if !is_of_another(&0) && !starts.iter().any(is_of_another) {
        return Cow::Borrowed(text);
    }
    let introduces = |at: &usize| {
        let rest = &text[*at..];
        introduction(rest).is_some_and(|length| {
            rest[..length].ends_with([':', '：']) || rest[length..].starts_with([':', '：'])
        })
    };
    let mut parted = String::with_capacity(text.len() + 8);
    let mut from = 0;
    for at in starts {
        if is_of_another(&at) || introduces(&at) {
            parted.push_str(&text[from..at]);
            parted.push(';');
            from = at;
        }
    }
    parted.push_str(&text[from..]);
    Cow::Owned(parted)
}

/// What stands between names.
const PARTERS: [char; 18] = [
    ',', ';', '،', '؛', '|', '/', '•', '·', '、', '，', '／', '(', ')', '[', ']', '（', '）', '●',
];

/// One name, without what introduces it and without a title behind it.
fn tidy_name(name: &str) -> String {
    let name = without_introductions(signature::behind_date(name.trim()));
    let name = fold::squeeze(signature::bare(name.trim()));
    let mut bare = LISTS
        .titles
        .iter()
        .filter_map(|title| name.strip_suffix(title));
    let bare = bare.next().map(|bare| bare.trim_end().to_owned());
    bare.unwrap_or(name)
}

fn without_introductions(text: &str) -> &str {
    let mut rest = text;
    while let Some(length) = introduction(rest) {
        rest = rest[length..].trim_start_matches([' ', ':', '：']);
    }
    rest
}

/// The length of the words that introduce names at the beginning of `text`: followed by a space, by
/// nothing, or, as layouts swallow spaces, by a name in upper case.
pub(super) fn introduction(text: &str) -> Option<usize> {
    // Most phrases differ in the first letter already.
    let first = text.chars().next()?.to_lowercase().next();
    let begins = |words: &&&str| {
        if words.chars().next() != first {
            return false;
        }
        let Some(start) = text.get(..words.len()) else {
            return false;
        };
        if start.to_lowercase() != **words {
            return false;
        }
        let behind = &text[words.len()..];
        let parts = |c: char| c.is_whitespace() || matches!(c, ':' | '：');
        behind.is_empty()
            || behind.starts_with(parts)
            || words.ends_with([':', '：'])
            || (**words == "by" && start == "By" && behind.starts_with(char::is_uppercase))
    };
    let words = LISTS
        .introductions
        .iter()
        .filter(begins)
        .max_by_key(|words| words.len())?;
    Some(words.len())
}

/// What stands before, between and behind the conjunctions of a text.
fn between_conjunctions(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut tail = text;
    while let Some((at, length)) = conjunction(tail) {
        pieces.push(&tail[..at]);
        tail = &tail[at + length..];
    }
    pieces.push(tail);
    pieces
}

fn conjunction(text: &str) -> Option<(usize, usize)> {
    // Only ASCII is compared, so offsets in the lower-case form hold in the text.
    let lower = text.to_ascii_lowercase();
    let words = LISTS.conjunctions.iter();
    words
        .filter_map(|word| lower.find(word).map(|at| (at, word.len())))
        .min()
}

/// Names that can be authors, each once: no addresses, dates, roles or the outlet itself.
pub(super) fn accept(names: Vec<String>, site_keys: &[String], title: &str) -> Vec<String> {
    let title = fold::key(title);
    let mut accepted: Vec<String> = Vec::new();
    for name in names {
        let name = name
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')')
            .to_owned();
        let key = fold::key(&name);
        let words = name.split_whitespace().count();
        let is_refused = key.chars().count() < 2
            || (key.chars().count() < 3 && key.is_ascii() && name != name.to_uppercase())
            || name.chars().count() > 60
            || words > 6
            || name.contains(['@', '{', '<', '='])
            || name.contains("http")
            || name.contains("www.")
            || name.chars().any(|c| c.is_ascii_digit())
            || site_keys.contains(&key)
            || key == title
            || date::is_time_of(&name)
            || is_role(&name)
            || is_handle(&name)
            || credits::is_of_picture(&name)
            || accepted.iter().any(|known| fold::key(known) == key);
        if !is_refused && accepted.len() < MAX_AUTHORS {
            accepted.push(name);
        }
    }
    without_signs(accepted)
}

/// Reporters' signs such as `(obe)` behind their names go, where there are names, and their offices; agencies sign
/// beside them. An office alone is whom the page names.
fn without_signs(mut names: Vec<String>) -> Vec<String> {
    let is_office = |name: &String| signature::is_office(name) || signature::is_staff(name);
    let is_named = |name: &String| is_person(name) && !is_office(name);
    if names.iter().any(is_named) {
        names.retain(|name| {
            let sign = name.trim_end_matches('.');
            let is_sign = sign.len() <= 4 && sign.bytes().all(|b| b.is_ascii_lowercase());
            !is_office(name) && (!is_sign || LISTS.signs.contains(&sign))
        });
    }
    names
}

/// Words that stand in bylines and name nobody.
fn is_role(name: &str) -> bool {
    let lower = name.to_lowercase();
    LISTS.nobody.contains(lower.as_str()) || is_desk(name)
}

/// Whether it signs for those who have no name there, as `Redaktion` does.
pub(super) fn is_desk(name: &str) -> bool {
    LISTS.desks.contains(name.to_lowercase().as_str())
}

/// A user's name in the publishing system, such as `annlee`. Agencies' signs are shorter.
fn is_handle(name: &str) -> bool {
    name.len() > 4 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[cfg(test)]
mod tests;
