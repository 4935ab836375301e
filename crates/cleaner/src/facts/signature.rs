//! What stands about a name in a byline: a date before it, and behind it the place that it is signed at, the outlet
//! that it is signed for, or an office.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::names::{introduction, is_person};
use crate::fold;
use crate::lists::under;

struct Lists {
    /// Offices, which end a name's line.
    offices: BTreeSet<&'static str>,
    /// Ranks of offices.
    ranks: BTreeSet<&'static str>,
    /// Whose somebody without a name is: `our`.
    own: BTreeSet<&'static str>,
    /// Words within names that begin in lower case.
    particles: BTreeSet<&'static str>,
    /// How lines begin that name somebody who did not write.
    others: Vec<&'static str>,
    /// What bodies are called that have no name of a person.
    bodies: BTreeSet<&'static str>,
    /// What stands between a name and the place or the outlet, between spaces.
    stations: Vec<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let list = |heading| under(include_str!("../../data/signatures.txt"), heading);
    Lists {
        offices: list("office").collect(),
        ranks: list("rank").collect(),
        own: list("own").collect(),
        particles: list("particle").collect(),
        others: list("other").collect(),
        bodies: list("body").collect(),
        stations: list("station").map(|word| format!(" {word} ")).collect(),
    }
});

/// How many words, as a time of day has them, may stand between a date and what introduces the name behind it.
const BETWEEN: usize = 3;

/// `2026 at 7:12 am by Ann Lee` without what stands before the name: a date ends with a number.
pub(super) fn behind_date(text: &str) -> &str {
    let Some(last) = text.rfind(|c: char| c.is_numeric()) else {
        return text;
    };
    let behind = &text[last..];
    let mut rest = behind.trim_start_matches(|c: char| c.is_numeric());
    for _ in 0..=BETWEEN {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if introduction(rest).is_some() {
            return rest;
        }
        let Some((word, next)) = rest.split_once(char::is_whitespace) else {
            break;
        };
        if word.chars().count() > 4 {
            break;
        }
        rest = next;
    }
    text
}

/// A person's name without what follows it; anything else as it is.
pub(super) fn bare(name: &str) -> &str {
    without_office(without_station(name))
}

fn without_station(name: &str) -> &str {
    // Only ASCII changes, so offsets hold in the name.
    let lower = name.to_ascii_lowercase();
    let first = LISTS
        .stations
        .iter()
        .filter_map(|station| Some((lower.find(station)?, station)))
        .min();
    let Some((at, station)) = first else {
        return name;
    };
    let (head, behind) = (&name[..at], &name[at + station.len()..]);
    let is_place = behind.chars().next().is_some_and(|c| !c.is_lowercase());
    let is_signed = is_person(head) || is_office(head);
    if is_place && is_signed && !is_body(head) {
        head
    } else {
        name
    }
}

/// Whether a name is that of a body: `Ellery Institute for Peace` is whole.
fn is_body(name: &str) -> bool {
    let mut words = name.split_whitespace();
    words.any(|word| LISTS.bodies.contains(word.to_lowercase().as_str()))
}

fn without_office(name: &str) -> &str {
    let words: Vec<&str> = name.split_whitespace().collect();
    // `Our Harbour Correspondent` has no other name.
    let is_nobody = is_in(&LISTS.own, words.first());
    if words.len() < 3 || is_nobody || !is_in(&LISTS.offices, words.last()) {
        return name;
    }
    // What the office is of is one word: `Harbour Correspondent`. Ranks stand before that.
    let is_ranked = is_in(&LISTS.ranks, words.get(words.len() - 2));
    let mut end = if words.len() == 3 || is_ranked {
        words.len() - 1
    } else {
        words.len() - 2
    };
    while end > 2 && is_in(&LISTS.ranks, words.get(end - 1)) {
        end -= 1;
    }
    if is_in(&LISTS.ranks, words.get(end - 1)) {
        return name;
    }
    let length = words[..end]
        .iter()
        .map(|word| word.len() + 1)
        .sum::<usize>()
        - 1;
    match name.get(..length) {
        Some(head) if is_person(head) => head,
        _ => name,
    }
}

fn is_in(list: &BTreeSet<&'static str>, word: Option<&&str>) -> bool {
    word.is_some_and(|word| list.contains(word.to_lowercase().as_str()))
}

/// Whether it is an office without a name, such as `Harbour Correspondent`.
pub(super) fn is_office(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let last = words.next_back();
    let before: Vec<&str> = words.collect();
    let is_short = before.len() < 2 || is_in(&LISTS.ranks, before.first());
    is_in(&LISTS.offices, last.as_ref()) && is_short
}

/// Whether it is an office of an outlet, such as `Daily staff reporter`: nobody has another name there.
pub(super) fn is_staff(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let is_ranked = before.iter().any(|word| is_in(&LISTS.ranks, Some(word)));
    before.len() >= 2 && is_in(&LISTS.offices, Some(last)) && is_ranked && bare(name) == name
}

/// Whether a word may begin in lower case within a name, as in `Jan van der Berg`.
pub(super) fn is_particle(word: &str) -> bool {
    LISTS.particles.contains(word)
}

/// How long what names others is at the most, in bytes.
const OTHERS: usize = 48;

/// Whether a line names somebody who did not write, such as `Reviewed by Ann Lee`.
pub(super) fn is_of_another(line: &str) -> bool {
    let lower = fold::prefix(line.trim_start(), OTHERS).to_lowercase();
    let mut others = LISTS.others.iter();
    others.any(|start| {
        let rest = lower.strip_prefix(start);
        // `编辑：` ends a phrase itself, `редактор` must end as a word.
        rest.is_some_and(|rest| {
            !start.ends_with(char::is_alphanumeric)
                || !rest.starts_with(char::is_alphabetic)
                || start.contains(fold::is_dense)
        })
    })
}

/// Whether a line says what somebody else did, and not who: `Edited by`, over a name.
pub(super) fn is_role_of_another(line: &str) -> bool {
    let lower = fold::prefix(line.trim(), OTHERS).to_lowercase();
    let line = without_colon(&lower);
    LISTS
        .others
        .iter()
        .any(|start| without_colon(start) == line)
}

fn without_colon(line: &str) -> &str {
    line.trim_end_matches([' ', ':', '：'])
}

/// Whether one word, introduced as a name, can be one: `Oleh: Suharto`.
pub(super) fn is_single_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.clone().count() >= 2
        && letters.all(|c| c.is_lowercase() || matches!(c, '-' | '’' | '\''))
}

/// Whether an agency's sign stands beside a person's name in the line, as in `Ann Lee with MPA` or `Ann Lee/mpa`.
pub(super) fn signs_beside(line: &str, sign: &str) -> bool {
    let length = sign.chars().count();
    let is_sign = (2..=5).contains(&length) && sign.chars().all(char::is_uppercase);
    let Some(at) = line.find(sign).filter(|_| is_sign) else {
        return false;
    };
    let before = line[..at].trim_end();
    let ends_word = |word: &str| {
        let head = before.to_lowercase();
        head.strip_suffix(word)
            .is_some_and(|head| head.ends_with(char::is_whitespace))
    };
    before.ends_with('/')
        || ["with", "avec", "mit", "con", "com"]
            .into_iter()
            .any(ends_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(bare(behind_date(name)), expected, "{name}");
    }

    #[test]
    fn places_outlets_and_offices_are_no_part_of_a_name() {
        check("Ada Vint in Port Ellery", "Ada Vint");
        check("Ada Vint for Ellery Post", "Ada Vint");
        check("Ada Vint Political Editor", "Ada Vint");
        check("Ada Vint Chief Political Correspondent", "Ada Vint");
        check("Ada Vint Staff Writer", "Ada Vint");
        check("Ada Vint Reporter", "Ada Vint");
        check("Daily staff reporter", "Daily staff reporter");
        check(
            "Jan van der Berg Economics Correspondent",
            "Jan van der Berg",
        );
        check(
            "Ellery Harbour Institute for Peace",
            "Ellery Harbour Institute for Peace",
        );
        check("Centre for Peace", "Centre for Peace");
        check("Ada Vint-Reporter", "Ada Vint-Reporter");
    }

    #[test]
    fn a_name_may_stand_behind_the_date() {
        check("Posted on March 4, 2026 by Ada Vint", "by Ada Vint");
        check("2026 at 7:12 am by Ada Vint", "by Ada Vint");
        check("4. März 2026 von Ada Vint", "von Ada Vint");
        check("4 March 2026", "4 March 2026");
    }
}
