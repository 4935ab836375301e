//! Articles taken over from another outlet: "This article originally appeared on ...".

use std::ops::Range;

use crate::words::folded;

/// What stands before the outlet's name, folded; the subject is asked for apart where it is not in it.
const PHRASES: &[&str] = &[
    "republished from",
    "republished with permission from",
    "republished with permission of",
    "reprinted from",
    "reprinted with permission from",
    "reprinted with permission of",
    "reprinted with the permission of",
    "is republished here from",
    "originally appeared on",
    "originally appeared in",
    "originally appeared at",
    "first appeared on",
    "first appeared in",
    "first appeared at",
    "originally published on",
    "originally published in",
    "originally published by",
    "originally published at",
    "first published on",
    "first published in",
    "first published by",
    "first published at",
    "originally ran in",
    "originally ran on",
    "originally posted on",
    "originally posted at",
    "first posted on",
    "cross posted from",
    "crossposted from",
    "was produced by",
    "syndicated from",
    "courtesy of",
    "erschien zuerst bei",
    "erschien zuerst auf",
    "erschien zuerst in",
    "erschien zuerst im",
    "ist zuerst erschienen bei",
    "zuerst erschienen bei",
    "zuerst erschienen auf",
    "zuerst erschienen in",
    "erschien zunaechst bei",
    "erschien zunaechst auf",
    "erschienen zuerst bei",
    "zuerst veroeffentlicht bei",
    "zuerst veroeffentlicht auf",
    "publie initialement par",
    "publie initialement sur",
    "publie initialement dans",
    "publie a l'origine par",
    "republie a partir de",
    "publie pour la premiere fois sur",
    "a ete publie sur",
    "initialement publie sur",
    "publicado originalmente en",
    "publicado originalmente por",
    "publicada originalmente en",
    "publico originalmente en",
    "aparecio originalmente en",
    "se publico por primera vez en",
    "publicado por primera vez en",
    "publicado originalmente em",
    "publicado originalmente no",
    "publicado originalmente na",
    "publicada originalmente em",
    "publicado originalmente pelo",
    "publicado originalmente pela",
    "pubblicato originariamente su",
    "pubblicato originariamente da",
    "pubblicato per la prima volta su",
    "pubblicato originalmente su",
    "originariamente pubblicato su",
    "eerder verschenen in",
    "verscheen eerder op",
    "verscheen eerder in",
    "verscheen oorspronkelijk op",
    "oorspronkelijk gepubliceerd op",
    "oorspronkelijk verschenen in",
    "publicerades foerst i",
    "blev foerst bragt i",
    "ble foerst publisert i",
    "publiserades foerst pa",
    "ukazal sie pierwotnie w",
    "pierwotnie opublikowany w",
    "opublikowano pierwotnie w",
    "puvodne vysel v",
    "впервые опубликован в",
    "впервые опубликована в",
    "опубликована на саите",
    "впервые опубликовано на",
];

/// What is taken over is an article: else a book may have been published first by its publisher.
const SUBJECTS: &[&str] = &[
    "article",
    "story",
    "post",
    "piece",
    "essay",
    "report",
    "column",
    "interview",
    "analysis",
    "commentary",
    "excerpt",
    "op",
    "it",
    "this",
    "artikel",
    "beitrag",
    "text",
    "article",
    "articulo",
    "nota",
    "texto",
    "artigo",
    "reportagem",
    "articolo",
    "stuk",
    "verhaal",
    "artikeln",
    "artiklen",
    "artikkelen",
    "artykul",
    "tekst",
    "clanek",
    "статья",
    "материал",
    "kommentar",
    "interview",
];

/// The outlet that a paragraph says the article is taken over from: where its name stands.
pub(crate) fn taken_over(paragraph: &str) -> Option<Range<usize>> {
    // Cheaper than folding every paragraph.
    if paragraph.len() > 900 || !SIGNS.iter().any(|sign| paragraph.contains(sign)) {
        return None;
    }
    let words = words(paragraph);
    for (index, _) in words.iter().enumerate() {
        for phrase in PHRASES {
            let length = phrase.split([' ', '\'']).count();
            let Some(found) = words.get(index..index + length) else {
                continue;
            };
            let same = found
                .iter()
                .zip(phrase.split([' ', '\'']))
                .all(|((word, _), part)| word == part);
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

const SIGNS: &[&str] = &[
    "riginal",
    "epublish",
    "eprinted",
    "irst ",
    "uerst",
    "unächst",
    "nitialement",
    "epublié",
    "ubblicato",
    "erder",
    "orspronkelijk",
    "ierwotnie",
    "ůvodně",
    "первые",
    "primera vez",
    "osted from",
    "yndicated from",
    "ourtesy of",
    "roduced by",
    "örst",
    "ørst",
];

fn has_subject(before: &[(String, Range<usize>)]) -> bool {
    // "First published in ...": nothing else stands before it.
    let near = before.iter().rev().take(6);
    let filler = ["was", "is", "has", "been", "originally", "and"];
    before
        .iter()
        .all(|(word, _)| filler.contains(&word.as_str()))
        || near
            .into_iter()
            .any(|(word, _)| SUBJECTS.contains(&word.as_str()))
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
    for word in rest[start..].split_inclusive(' ') {
        let bare = word.trim_end();
        let core =
            bare.trim_end_matches(['.', ',', ';', ')', '"', '”', '“', '»', ':', '|', '’', '\'']);
        let inner = core.trim_start_matches(['"', '“', '„', '«', '‘']);
        let is_site = core.contains('.') && !core.contains("..");
        let named = inner.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) || is_site;
        let joins = count > 0
            && matches!(
                core,
                "of" | "and" | "the" | "&" | "de" | "la" | "der" | "des" | "für"
            );
        let day = DAYS.iter().any(|day| inner.starts_with(day));
        if count > 0 && (day || inner.starts_with(|c: char| c.is_ascii_digit()))
            || !(named || joins)
        {
            break;
        }
        count += 1;
        let at = core.as_ptr() as usize - rest.as_ptr() as usize;
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
    (end > start).then_some(from + start..from + end)
}

const DAYS: [&str; 21] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Jan",
    "Feb",
    "Under",
];

/// An outlet's name as outputs have it: in lower case, without the ending of its site.
pub(crate) fn outlet_name(name: &str) -> String {
    let name = name
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    let name = name.strip_prefix("www.").unwrap_or(&name);
    let endings = [
        ".com", ".org", ".net", ".de", ".co.uk", ".fr", ".es", ".it", ".nl", ".ca", ".com.au",
    ];
    let bare = endings.iter().find_map(|ending| name.strip_suffix(ending));
    bare.unwrap_or(name)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
