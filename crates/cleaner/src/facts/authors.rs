//! Who signed the article.

use std::sync::LazyLock;

use super::Told;
use super::linked_data::LinkedData;
use super::names::{
    MAX_AUTHORS, accept, introduction, is_desk, is_person, is_uncased_name, split, split_lines,
};
use super::signature;
use crate::fold;
use crate::lists::entries;
use crate::page::{Block, Byline, Marks, Page};
use crate::payload;

/// Names of `meta` elements that hold authors, most trusted first.
pub(crate) const METAS: [&str; 19] = [
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dc.author",
    "byl",
    "bylinename",
    "articleauthor",
    "cxenseparse:author",
    "article:author_name",
    "author-name",
    "dcterms.creator",
    "citation_author",
    "authors",
    "twitter:misc:written by",
    "creator",
    LABELLED,
];

/// Holds whatever its label says, as a reading time.
const LABELLED: &str = "twitter:data1";

/// Names with the source that gave them.
type Given = (&'static str, Vec<String>);

/// Chooses the authors: the first source that names a person, in the order of trust; else the first
/// that names anybody; else the outlet, where the page signs with its name.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    feed: &[String],
    sites: &[&str],
    title: &str,
    headline: usize,
    payloads: &[&str],
) -> Option<Told<Vec<String>>> {
    let mut sites: Vec<String> = sites.iter().map(|site| fold::key(site)).collect();
    sites.extend(linked.publisher.as_deref().map(fold::key));
    let mut given = given(page, linked, feed, headline);
    let accepted = |(source, names): &Given| (*source, accept(names.clone(), &sites, title));
    let names_somebody = |(_, names): &&Given| {
        let mut names = names.iter();
        names.any(|name| is_person(name) || signature::is_staff(name))
    };
    let mut clean: Vec<Given> = given.iter().map(accepted).collect();
    if !clean.iter().any(|own| names_somebody(&own)) {
        // The data that a page builds itself from are large: they are read where nothing else names anybody.
        let names = payload::authors(payloads, title);
        given.push(("data", names.iter().flat_map(|name| split(name)).collect()));
        clean.extend(given.last().map(accepted));
    }
    let named = clean.iter().find(names_somebody);
    let any = || clean.iter().find(|(_, names)| !names.is_empty());
    let unsigned = || {
        let signed = given
            .iter()
            .map(|(source, names)| (*source, accept(names.clone(), &[], title)));
        signed.into_iter().find(|(_, names)| !names.is_empty())
    };
    let (source, names) = match named.or_else(any) {
        // "The Daily and Reuters": an outlet beside an agency is part of what is signed.
        Some((source, names)) if !names.iter().any(|name| is_person(name)) => {
            let whole = given.iter().find(|(other, _)| other == source);
            let whole = whole.map(|(_, all)| accept(all.clone(), &[], title));
            (
                *source,
                whole
                    .filter(|all| all.len() > names.len())
                    .unwrap_or_else(|| names.clone()),
            )
        }
        Some((source, names)) => (*source, names.clone()),
        None => desk(&given).or_else(unsigned)?,
    };
    Some(Told::by(source, names))
}

/// The desk that signs in the first source that names one. What a page's elements hold of their own accord says little:
/// there it must be introduced, or be marked up.
fn desk(given: &[Given]) -> Option<Given> {
    given.iter().find_map(|(source, names)| {
        let desk = names.iter().find(|name| is_desk(name))?;
        Some((*source, vec![desk.clone()]))
    })
}

/// What every source gives, in the order of trust.
fn given(page: &Page, linked: &LinkedData, feed: &[String], headline: usize) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    let authors = linked.authors.iter();
    given.push(("json-ld", authors.flat_map(|name| split(name)).collect()));
    for meta in METAS {
        let is_hidden = meta == LABELLED && !says_written_by(page);
        if !is_hidden {
            let metas = page.head.all(meta).take(MAX_AUTHORS);
            given.push((meta, metas.flat_map(split).collect()));
        }
    }
    for is_marked in [true, false] {
        given.push(("byline", from_bylines(page, is_marked, headline)));
    }
    let feed = feed.iter().take(MAX_AUTHORS);
    given.push(("feed", feed.flat_map(|name| split(name)).collect()));
    given.push(("text", introduced(page, headline).unwrap_or_default()));
    given.push(("byline", lone_byline(page)));
    given.push(("byline", single_names(page, headline)));
    given
}

/// Labels behind which the author's name stands.
static LABELS: LazyLock<Vec<&str>> =
    LazyLock::new(|| entries(include_str!("../../data/labels.txt")).collect());

fn says_written_by(page: &Page) -> bool {
    page.head.meta(&["twitter:label1"]).is_some_and(|label| {
        let label = label.to_lowercase();
        LABELS.contains(&label.trim_end_matches(':'))
    })
}

/// How many blocks behind the headline a byline stands that is certainly the article's.
const CLOSE: usize = 8;

/// The bylines nearest to the headline: others belong to teasers and comments.
fn from_bylines(page: &Page, is_marked: bool, headline: usize) -> Vec<String> {
    let near = |byline: &&Byline| {
        byline.is_marked == is_marked
            && byline.text.len() < 300
            && byline.block + 6 >= headline
            && byline.block <= headline + 25
    };
    let mut bylines: Vec<&Byline> = page.head.bylines.iter().filter(near).collect();
    // What is named after the author, or says "By", goes before what may say the section as well.
    let is_general = |byline: &Byline| {
        let beside = Marks::FURNITURE.with(Marks::COMMENT).with(Marks::ELSEWHERE);
        let names_author = (byline.marks.has(Marks::AUTHOR) && !byline.marks.has(beside))
            || introduction(&byline.text).is_some();
        !(names_author && byline.block <= headline + CLOSE)
    };
    // Editors signed where nobody else did.
    let is_of_another = |byline: &Byline| signature::is_of_another(&byline.text);
    bylines.sort_by_key(|byline| {
        let is_general = !is_marked && is_general(byline);
        (is_of_another(byline), is_general, byline.block)
    });
    let mut names = Vec::new();
    for byline in bylines {
        let found = names_in(byline);
        let goes_on = is_marked && !is_of_another(byline);
        if !found.is_empty() && (names.is_empty() || goes_on) {
            names.extend(found);
        }
    }
    names
}

fn names_in(byline: &Byline) -> Vec<String> {
    let mut found = split_lines(byline.text.lines().take(8));
    if !byline.is_marked {
        // Class names promise less: the text must look like a name from beginning to end. Agencies sign beside them.
        let is_signed = found.iter().any(|name| is_person(name));
        let beside = |name: &str| is_signed && signature::signs_beside(&byline.text, name);
        let is_authors = byline.marks.has(Marks::AUTHOR);
        let is_uncased = |name: &str| is_authors && is_uncased_name(name);
        found.retain(|name| is_person(name) || is_uncased(name) || beside(name));
    }
    found
}

/// The one byline of a page that has only one, wherever it stands: a button to follow the author is none.
fn lone_byline(page: &Page) -> Vec<String> {
    let mut lone: Vec<String> = Vec::new();
    for byline in page
        .head
        .bylines
        .iter()
        .filter(|byline| byline.text.len() < 200 && !byline.marks.has(Marks::FURNITURE))
    {
        let names = names_in(byline);
        if names.is_empty() || names == lone {
            continue;
        }
        if !lone.is_empty() {
            return Vec::new();
        }
        lone = names;
    }
    lone
}

/// Single words that bylines near the headline introduce as names.
fn single_names(page: &Page, headline: usize) -> Vec<String> {
    let near = |byline: &&Byline| {
        byline.marks.has(Marks::BYLINE)
            && byline.block >= headline
            && byline.block <= headline + CLOSE
    };
    let lines = page.head.bylines.iter().filter(near);
    let lines = lines.flat_map(|byline| byline.text.lines().take(8));
    let named = lines.filter(|line| {
        let length = introduction(line.trim_start()).unwrap_or(0);
        let behind = line.trim_start().get(length..).unwrap_or_default();
        line.trim_start()[..length].ends_with([':', '：'])
            || behind.trim_start().starts_with([':', '：'])
    });
    let names = named.flat_map(split);
    names
        .filter(|name| signature::is_single_name(name))
        .collect()
}

/// A short block near the headline with a line that says "By Ann Lee".
fn introduced(page: &Page, headline: usize) -> Option<Vec<String>> {
    let blocks = page.blocks.iter().skip(headline).take(12);
    let blocks = blocks.filter(|block| block.length < 100);
    let said = |is_wanted: fn(&str) -> bool| {
        let mut blocks = blocks.clone();
        blocks.find_map(|block| introduced_in(block, is_wanted))
    };
    // Editors signed where nobody else did.
    said(|line| !signature::is_of_another(line)).or_else(|| said(signature::is_of_another))
}

fn introduced_in(block: &Block, is_wanted: fn(&str) -> bool) -> Option<Vec<String>> {
    let lines: Vec<&str> = block.lines().collect();
    lines.iter().enumerate().find_map(|(at, line)| {
        let introduced =
            introduction(line).is_some_and(|length| length > 1) || signature::is_of_another(line);
        if !introduced || !is_wanted(line) {
            return None;
        }
        // "By Ann Lee,<br>Bob Ray<br>and Cy Poe" goes on; what else follows is a date or an office.
        let goes_on = |pair: &&[&str]| {
            pair[0].ends_with([',', '&', '/'])
                || pair[1].starts_with("and ")
                || pair[1].starts_with(['&', '/'])
        };
        let more = lines[at..]
            .windows(2)
            .take_while(goes_on)
            .map(|pair| pair[1]);
        let whole: Vec<&str> = std::iter::once(*line).chain(more).collect();
        let mut names = split(&whole.join(" "));
        names.retain(|name| is_person(name));
        (!names.is_empty()).then_some(names)
    })
}
