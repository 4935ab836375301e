//! Articles taken over from another outlet: "This article originally appeared on ...".

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::cues::cues;
use crate::words::folded;

/// Finds what all phrases have parts of: cheaper than folding every paragraph.
static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let signs = AhoCorasick::new(&cues().taken_signs);
    signs.expect("the built-in cues are tested")
});

/// The outlet that a paragraph says the article is taken over from: where its name stands.
pub(crate) fn taken_over(paragraph: &str) -> Option<Range<usize>> {
    if paragraph.len() > 900 || !SIGNS.is_match(paragraph) {
        return None;
    }
    let words = words(paragraph);
    for (index, _) in words.iter().enumerate() {
        for phrase in &cues().taken_from {
            let Some(found) = words.get(index..index + phrase.len()) else {
                continue;
            };
            let mut pairs = found.iter().zip(phrase);
            let same = pairs.all(|((word, _), part)| word == part);
            if !same || !has_subject(&words[..index]) {
                continue;
            }
            let from = found.last().map_or(0, |(_, range)| range.end);
            if let Some(name) = name(paragraph, from) {
                return Some(name);
            }
        }
    }
    None
}

fn has_subject(before: &[(String, Range<usize>)]) -> bool {
    // "First published in ...": nothing else stands before it.
    let near = before.iter().rev().take(6);
    before.iter().all(|(word, _)| cues().taken_filler.has(word))
        || near.into_iter().any(|(word, _)| cues().taken.has(word))
}

fn words(paragraph: &str) -> Vec<(String, Range<usize>)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in paragraph.char_indices().chain([(paragraph.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((folded(&paragraph[from..at]), from..at));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The name that follows: words with capitals, or a site.
fn name(paragraph: &str, from: usize) -> Option<Range<usize>> {
    let rest = &paragraph[from..];
    let start = rest.find(|c: char| c.is_alphanumeric())?;
    let between = &rest[..start];
    if between.contains(['.', '\n', ':']) || between.len() > 6 {
        return None;
    }
    let mut end = start;
    let mut count = 0;
    let mut next = start;
    for word in rest[start..].split_inclusive(' ') {
        let at = next;
        next += word.len();
        let bare = word.trim_end();
        let core =
            bare.trim_end_matches(['.', ',', ';', ')', '"', '”', '“', '»', ':', '|', '’', '\'']);
        let inner = core.trim_start_matches(['"', '“', '„', '«', '‘']);
        if count > 0 && inner.len() < core.len() {
            break;
        }
        let is_site = core.contains('.') && !core.contains("..");
        let named = inner.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) || is_site;
        let joins = count > 0 && cues().in_outlets.iter().any(|word| word == core);
        // A date behind the name, and not a part of it as in "The Sunday Times".
        let dated =
            core.len() < bare.len() || rest[next..].starts_with(|c: char| c.is_ascii_digit());
        let day = cues().days.iter().any(|day| day == core) && dated;
        if day || count > 0 && inner.starts_with(|c: char| c.is_ascii_digit()) || !(named || joins)
        {
            break;
        }
        count += 1;
        if named {
            end = at + core.len();
        }
        if core.len() < bare.len()
            || count >= 6
            || word.len() == bare.len()
            || paragraph[from + end..].starts_with('\n')
        {
            break;
        }
    }
    let is_time = rest[start..end].starts_with(|c: char| c.is_ascii_digit())
        && rest[start..end].contains(':');
    (end > start && !is_time).then_some(from + start..from + end)
}

/// An outlet's name as outputs have it: in lower case, without the ending of its site.
pub(crate) fn outlet_name(name: &str) -> String {
    let name = name
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    let name = name.strip_prefix("www.").unwrap_or(&name);
    let mut endings = cues().site_endings.iter();
    let bare = endings.find_map(|ending| name.strip_suffix(ending.as_str()));
    bare.unwrap_or(name)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
