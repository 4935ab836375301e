//! Who signed the article.

use std::sync::LazyLock;

use super::headline_block;
use super::linked_data::LinkedData;
use crate::fold;
use crate::page::{Byline, Page};

/// How many authors are kept.
const MAX_AUTHORS: usize = 20;

struct Lists {
    /// How bylines begin.
    introductions: Vec<&'static str>,
    /// Words that stand in bylines and name nobody.
    roles: Vec<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    introductions: entries(include_str!("../../data/introductions.txt")),
    roles: entries(include_str!("../../data/roles.txt")),
});

/// The lines of a list.
fn entries(list: &'static str) -> Vec<&'static str> {
    list.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// What parts names, in lower case.
const CONJUNCTIONS: [&str; 9] = [
    " and ", " und ", " et ", " y ", " e ", " og ", " och ", " en ", " & ",
];

/// Names of `meta` elements that hold authors, most trusted first.
const METAS: [&str; 12] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "cxenseparse:author",
    "article:author_name",
    "dcterms.creator",
    "citation_author",
    "authors",
    LABELLED,
];

/// Holds whatever its label says, as a reading time.
const LABELLED: &str = "twitter:data1";

/// Chooses the authors: persons in the JSON-LD, the page's `meta`, marked-up and named bylines,
/// organisations in the JSON-LD, and at last what the feed says.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    feed: &[String],
    sites: &[&str],
    title: &str,
) -> Vec<String> {
    let site_keys: Vec<String> = sites.iter().map(|site| fold::key(site)).collect();
    let clean = |names: Vec<String>| accept(names, &site_keys, title);
    let persons = clean(linked.persons.iter().flat_map(|name| split(name)).collect());
    if !persons.is_empty() {
        return persons;
    }
    for meta in METAS {
        if meta == LABELLED && !says_written_by(page) {
            continue;
        }
        let names = clean(page.head.all(meta).flat_map(split).collect());
        if !names.is_empty() {
            return names;
        }
    }
    for is_marked in [true, false] {
        let names = clean(from_bylines(page, is_marked));
        if !names.is_empty() {
            return names;
        }
    }
    let organisations = clean(linked.organisations.clone());
    if !organisations.is_empty() {
        return organisations;
    }
    let fed = clean(feed.iter().flat_map(|name| split(name)).collect());
    if !fed.is_empty() {
        return fed;
    }
    let introduced = introduced(page).map(clean).unwrap_or_default();
    if !introduced.is_empty() {
        return introduced;
    }
    // The page signs with its outlet's name.
    accept(linked.organisations.clone(), &[], title)
}

fn says_written_by(page: &Page) -> bool {
    page.head.meta(&["twitter:label1"]).is_some_and(|label| {
        [
            "written by",
            "verfasst von",
            "écrit par",
            "escrito por",
            "scritto da",
            "geschreven door",
            "skrevet av",
            "skriven av",
            "author",
        ]
        .contains(&label.to_lowercase().trim_end_matches(':'))
    })
}

/// The bylines nearest to the headline: others belong to teasers and comments.
fn from_bylines(page: &Page, is_marked: bool) -> Vec<String> {
    let headline = headline_block(page);
    let near = |byline: &&Byline| {
        byline.is_marked == is_marked
            && byline.text.len() < 300
            && byline.block + 6 >= headline
            && byline.block <= headline + 25
    };
    let mut bylines: Vec<&Byline> = page.head.bylines.iter().filter(near).collect();
    bylines.sort_by_key(|byline| byline.block);
    let mut names = Vec::new();
    for byline in bylines {
        let mut found: Vec<String> = byline.text.lines().take(8).flat_map(split).collect();
        if !is_marked {
            // Class names promise less: the text must look like a name from beginning to end.
            found.retain(|name| looks_like_name(name));
        }
        if !found.is_empty() && (names.is_empty() || is_marked) {
            names.extend(found);
        }
    }
    names
}

/// A short block near the headline that says "By Ann Lee".
fn introduced(page: &Page) -> Option<Vec<String>> {
    let headline = headline_block(page);
    page.blocks
        .iter()
        .skip(headline)
        .take(12)
        .filter(|block| block.length < 100)
        .find_map(|block| {
            let introduced = introduction(&block.text).is_some_and(|length| length > 2);
            let names: Vec<String> = split(&block.text)
                .into_iter()
                .filter(|name| looks_like_name(name))
                .collect();
            (introduced && !names.is_empty()).then_some(names)
        })
}

/// Two to four words that begin in upper case.
fn looks_like_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=4).contains(&words.len())
        && words.iter().filter(capital).count() + 1 >= words.len()
        && words.first().is_some_and(|word| capital(&word))
}

/// Cuts "By Ann Lee, Bob Ray and Cy Poe | The Daily" into names.
fn split(text: &str) -> Vec<String> {
    if text.contains("://") || text.contains('@') {
        return Vec::new();
    }
    let text = fold::squeeze(text);
    let mut rest = text.as_str();
    while let Some(length) = introduction(rest) {
        rest = rest[length..].trim_start();
    }
    let mut names = Vec::new();
    for part in rest.split([',', ';', '|', '/', '•', '·', '、', '，', '(', ')']) {
        let mut tail = part;
        while let Some((at, length)) = conjunction(tail) {
            names.push(fold::squeeze(&tail[..at]));
            tail = &tail[at + length..];
        }
        names.push(fold::squeeze(tail));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The length of the words that introduce names at the beginning of `text`.
fn introduction(text: &str) -> Option<usize> {
    let begins = |words: &&&str| {
        let start = text.get(..words.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(words))
            && text[words.len()..].starts_with(char::is_whitespace)
    };
    let words = LISTS.introductions.iter().find(begins)?;
    Some(words.len())
}

fn conjunction(text: &str) -> Option<(usize, usize)> {
    // Only ASCII is compared, so offsets in the lower-case form hold in the text.
    let lower = text.to_ascii_lowercase();
    CONJUNCTIONS
        .iter()
        .filter_map(|word| lower.find(word).map(|at| (at, word.len())))
        .min()
}

/// Names that can be authors, each once: no addresses, dates, roles or the outlet itself.
fn accept(names: Vec<String>, site_keys: &[String], title: &str) -> Vec<String> {
    let title = fold::key(title);
    let mut accepted: Vec<String> = Vec::new();
    for name in names {
        let name = name
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')')
            .to_owned();
        let key = fold::key(&name);
        let words = name.split_whitespace().count();
        let is_refused = key.chars().count() < 3
            || name.chars().count() > 60
            || words > 6
            || name.contains(['@', '{', '<', '='])
            || name.contains("http")
            || name.contains("www.")
            || name.chars().any(|c| c.is_ascii_digit())
            || site_keys.contains(&key)
            || key == title
            || is_role(&name)
            || is_handle(&name)
            || is_credit(&name)
            || accepted.iter().any(|known| fold::key(known) == key);
        if !is_refused && accepted.len() < MAX_AUTHORS {
            accepted.push(name);
        }
    }
    accepted
}

/// Words that stand in bylines and name nobody.
fn is_role(name: &str) -> bool {
    let lower = name.to_lowercase();
    LISTS.roles.contains(&lower.as_str())
}

/// A user's name in the publishing system, such as `annlee`. Agencies' signs are shorter.
fn is_handle(name: &str) -> bool {
    name.len() > 4 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// A picture's credit.
fn is_credit(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["image", "foto", "bild", "photo", "picture"]
        .iter()
        .any(|word| lower.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(
            accept(split(text), &[fold::key("The Daily")], "Title"),
            expected,
            "{text}"
        );
    }

    #[test]
    fn bylines_become_names() {
        check(
            "By Ann Lee, Bob Ray and Cy Poe | The Daily",
            &["Ann Lee", "Bob Ray", "Cy Poe"],
        );
        check("Von Änne Groß und Udo Maß", &["Änne Groß", "Udo Maß"]);
        check("https://daily.example/ann", &[]);
        check("The Daily", &[]);
        check("Por Ana; Ana", &["Ana"]);
        check("Ivan İ", &["Ivan İ"]);
        check("Published 3 May 2026", &[]);
    }
}
