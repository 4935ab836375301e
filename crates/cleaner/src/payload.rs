//! Text that a page carries only as data for its own scripts, as pages do that build themselves in the
//! browser. A last resort: nothing tells where in the data the article ends.

mod authors;
mod parsed;

use std::collections::BTreeSet;

use crate::extract::SENTENCE_ENDS;
use crate::fold;

pub(crate) use authors::authors;

/// How long a string must be to be a paragraph, in characters without white space.
const PARAGRAPH: usize = 60;

/// How much of the strings between two paragraphs may be other than paragraphs, in strings.
const GAP: usize = 60;

/// How much text is put together at the most, in bytes.
const MAX_TEXT: usize = 256 * 1024;

/// The paragraphs of the one array or object that holds most of them where scripts are JSON, else the longest run of
/// paragraphs among the strings of the scripts, in order; empty where there is none.
pub(crate) fn text(scripts: &[&str]) -> Vec<String> {
    let (parsed, others) = parsed::text(scripts);
    let found = longest_run(&others);
    let length = |found: &[String]| -> usize { found.iter().map(String::len).sum() };
    if length(&found) > length(&parsed) {
        found
    } else {
        parsed
    }
}

fn longest_run(scripts: &[&str]) -> Vec<String> {
    let mut best: (usize, Vec<String>) = (0, Vec::new());
    let mut run: (usize, Vec<String>) = (0, Vec::new());
    let mut gap = 0;
    let mut seen = BTreeSet::new();
    for string in scripts.iter().flat_map(|script| strings(script)) {
        let paragraphs = paragraphs(&string);
        if paragraphs.is_empty() {
            gap += 1;
            continue;
        }
        if gap > GAP {
            best = longer(best, std::mem::take(&mut run));
        }
        gap = 0;
        for paragraph in paragraphs {
            if run.0 < MAX_TEXT && seen.insert(fold::key(&paragraph)) {
                run.0 += paragraph.len();
                run.1.push(paragraph);
            }
        }
    }
    longer(best, run).1
}

/// What scripts' data call the moment of publication, most trusted first; at last that of creation.
const MOMENTS: [&str; 14] = [
    "datePublished",
    "publishedDate",
    "publishedAt",
    "published_at",
    "publishDate",
    "publish_date",
    "publicationDate",
    "firstPublishedAt",
    "pubDate",
    "pubdate",
    "displayDate",
    "createdAt",
    "created_at",
    "creationDate",
];

/// The moments of publication that the scripts' data name, as written: the first of each name.
pub(crate) fn moments<'a>(scripts: &[&'a str]) -> impl Iterator<Item = &'a str> {
    MOMENTS.into_iter().filter_map(move |name| {
        scripts.iter().find_map(|script| {
            let mut found = script.match_indices(name);
            found.find_map(|(at, _)| value(&script[..at], &script[at + name.len()..]))
        })
    })
}

/// The string behind a key, whose quotes are escaped where the data are a string in turn.
fn value<'a>(before: &str, behind: &'a str) -> Option<&'a str> {
    let is_key = before.ends_with('"') && behind.starts_with(['"', '\\']);
    let rest = behind.trim_start_matches(['"', '\\', ' ']);
    let rest = rest.strip_prefix(':')?.trim_start();
    let rest = rest.trim_start_matches('\\').strip_prefix('"')?;
    let length = rest.find(['"', '\\'])?;
    (is_key && length <= MAX_MOMENT).then(|| &rest[..length])
}

/// How long a moment is at the most, in bytes.
const MAX_MOMENT: usize = 40;

fn longer(a: (usize, Vec<String>), b: (usize, Vec<String>)) -> (usize, Vec<String>) {
    if b.0 > a.0 { b } else { a }
}

/// The strings of a script, with what stands in them as strings in turn: some frameworks push their
/// data as JSON within a string.
fn strings(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    for outer in literals(script) {
        if outer.contains("\":\"") || outer.contains("\",\"") {
            found.extend(literals(&outer));
        } else {
            found.push(outer);
        }
    }
    found
}

/// The string literals in double quotes, unescaped.
fn literals(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = script;
    while let Some(start) = rest.find('"') {
        let inside = &rest[start + 1..];
        let Some(end) = closing_quote(inside) else {
            return found;
        };
        // Short ones are names and values.
        if end >= PARAGRAPH / 2 {
            let literal = &rest[start..=start + 1 + end];
            let read: Result<String, _> = serde_json::from_str(literal);
            found.extend(read);
        }
        rest = &inside[end + 1..];
    }
    found
}

fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// What of a string reads like running text: paragraphs of markup, or a sentence.
fn paragraphs(string: &str) -> Vec<String> {
    let plain = if string.contains("</") || string.contains("<br") {
        crate::plain(string)
    } else {
        string.to_owned()
    };
    let lines = plain.lines().map(fold::squeeze);
    lines.filter(|line| is_prose(line)).collect()
}

fn is_prose(line: &str) -> bool {
    let mut target = String::new();
    let length = fold::append(&mut target, line);
    let code = line
        .chars()
        .filter(|c| matches!(c, '{' | '}' | '<' | '>' | '=' | ';' | '_' | '\\' | '|'))
        .count();
    let parts = line.split_whitespace().count();
    let ends = line.trim_end_matches(['"', '”', '’', '\'', '»', ')', '」']);
    let is_sentence = ends.ends_with(SENTENCE_ENDS);
    length >= PARAGRAPH
        && code * 40 < length
        && (parts >= 8 || line.chars().any(fold::is_dense))
        && is_sentence
        && !line.starts_with("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_found_by_their_names() {
        let scripts = [
            r#"{"created_at": "2026-05-01", "unpublishedAt": "2026-05-09", "notes": "publishedAt"}"#,
            r#"self.__next_f.push([1,"{\"publishedAt\":\"2026-05-17T08:00:00Z\"}"])"#,
        ];
        let found: Vec<&str> = moments(&scripts).collect();
        assert_eq!(found, ["2026-05-17T08:00:00Z", "2026-05-01"]);
    }

    const ONE: &str = "The council has found the money to rebuild the old stone bridge, its leader said on Sunday.";
    const TWO: &str =
        "Work is to begin in June, and a crossing for walkers opens a week before that, he added.";

    #[test]
    fn paragraphs_are_found_in_data_within_data() {
        let inner = format!(r#"{{"a":"x","body":["{ONE}","{TWO}"],"class":"p-4 flex"}}"#);
        let pushed = format!("self.__next_f.push([1,{}])", serde_json::Value::from(inner));
        assert_eq!(text(&[&pushed]), [ONE, TWO]);
    }

    #[test]
    fn markup_in_data_becomes_paragraphs() {
        let data = format!(r#"{{"content":"<p>{ONE}<\/p><p>{TWO}<\/p>"}}"#);
        assert_eq!(text(&[&data]), [ONE, TWO]);
    }

    #[test]
    fn code_is_no_text() {
        assert!(
            text(&["var a = \"function () { return this.is.no.text; }\", b = \"unclosed"])
                .is_empty()
        );
    }
}
