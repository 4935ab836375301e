//! Where an article may name its sources, kept before anything is trimmed: bylines, datelines and
//! sign-offs are no running text, but they alone say whose report it is.

use std::collections::BTreeSet;

use article::{Zone, ZoneKind};

use crate::credits;
use crate::extract::{Body, Cut};
use crate::facts::linked_data::{self, LinkedData};
use crate::facts::{AUTHOR_FIELDS, is_aside};
use crate::fold;
use crate::page::{Byline, Marks, Page, of_names};

/// How many zones of one kind are kept.
const MAX_ZONES: usize = 20;

/// How long a zone's text may be, in bytes; longer ones are paragraphs and no zones.
const MAX_LENGTH: usize = 400;

/// How far into the text a dateline may reach, in bytes.
const MAX_DATELINE: usize = 120;

/// How many blocks behind the text are looked at for credits.
const BEHIND: usize = 8;

/// How many lines outside the text's part of the page are looked at right before it, and right behind it.
const BEFORE_PART: usize = 6;
const BEHIND_PART: usize = 3;

/// How long such a line may be, in characters without white space.
const LINE: usize = 80;

/// Names of `meta` elements that say whose article it is, beside those that name its authors.
const SOURCE_FIELDS: [&str; 5] = [
    "og:author",
    "dable:author",
    "source",
    "dc.source",
    "original-source",
];

/// What is left of a page where only what may name its sources was kept: fields of its head, of its data, and
/// elements about the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// `meta` elements: name and content.
    pub metas: &'a [(String, String)],
    /// Fields of JSON-LD: type and field parted by a full stop, such as `NewsArticle.author`, and what stands there;
    /// several names are parted by ` | `.
    pub linked: &'a [(String, String)],
    /// Elements: their class names, and their text.
    pub elements: &'a [(String, String)],
}

/// Elements of the same names that are the article's own: more of them are a list of other articles.
const SAME_NAMES: usize = 2;

impl Parts<'_> {
    /// The zones that these fields and elements make, as on a page. Where an element stands is not known: instead
    /// of those far from the headline, those are left out whose names several before them have.
    pub fn zones(&self) -> Vec<Zone> {
        let fields = author_fields().flat_map(|field| {
            let metas = self.metas.iter();
            let named = metas.filter(move |(name, _)| name.eq_ignore_ascii_case(field));
            named.map(|(_, content)| content.as_str())
        });
        let authors = self.field("author").or_else(|| self.field("creator"));
        let authors = authors.into_iter().flat_map(|names| names.split(" | "));
        let elements = self.elements.iter().enumerate();
        let elements = elements.filter_map(|(index, (names, text))| {
            let before = self.elements[..index].iter();
            let same = before.filter(|(other, _)| other == names).count();
            (same < SAME_NAMES).then(|| (of_names(names), text.as_str()))
        });
        beside(fields.chain(authors), elements)
    }

    /// Who publishes the page, by its data.
    pub fn publisher(&self) -> Option<&str> {
        self.field("publisher")
    }

    /// A field of the object that is nearest to the article itself; of several as near ones the first.
    fn field(&self, field: &str) -> Option<&str> {
        let fields = self.linked.iter().filter_map(|(name, value)| {
            let (kind, named) = name.rsplit_once('.')?;
            let rank = linked_data::rank_of(kind);
            (named == field && rank < u8::MAX).then_some((rank, value.as_str()))
        });
        fields.min_by_key(|&(rank, _)| rank).map(|(_, value)| value)
    }
}

/// Names of `meta` elements that say who wrote the article or whose it is, most trusted first.
fn author_fields() -> impl Iterator<Item = &'static str> {
    AUTHOR_FIELDS.into_iter().chain(SOURCE_FIELDS)
}

/// What stands beside the text: fields of the page's data, and elements with what their names say.
fn beside<'a>(
    fields: impl Iterator<Item = &'a str>,
    elements: impl Iterator<Item = (Marks, &'a str)>,
) -> Vec<Zone> {
    let mut zones = Vec::new();
    for field in fields {
        add(&mut zones, ZoneKind::AuthorField, field, None);
    }
    for (marks, text) in elements {
        if let Some(kind) = kind_of(marks, text) {
            add(&mut zones, kind, text, None);
        }
    }
    zones
}

/// What an element about the text is, by its names; `None` where it belongs to something else on the page.
fn kind_of(marks: Marks, text: &str) -> Option<ZoneKind> {
    if marks.has(Marks::COMMENT.with(Marks::ELSEWHERE)) {
        None
    } else if marks.has(Marks::RIGHTS) {
        // A picture's right names no year, that of a text does.
        let year = text.bytes().filter(u8::is_ascii_digit).count() >= 4;
        let of_text = year && !marks.has(Marks::PICTURE);
        Some(if of_text {
            ZoneKind::Credit
        } else {
            ZoneKind::ImageCredit
        })
    } else if marks.has(Marks::PICTURE.with(Marks::CAPTION)) {
        Some(ZoneKind::ImageCredit)
    } else if marks.has(Marks::FURNITURE) && !marks.has(Marks::BYLINE) {
        None
    } else {
        Some(ZoneKind::Byline)
    }
}

/// The places in the order of the page, those of its data first.
pub(crate) fn zones(page: &Page, linked: &LinkedData, body: &Body, headline: usize) -> Vec<Zone> {
    let fields = author_fields().flat_map(|field| page.head.all(field));
    let authors = linked.authors.iter().map(String::as_str);
    // An element that only its markup calls the author's is a byline as well.
    let elements =
        near(page, headline).map(|byline| (byline.marks.with(Marks::BYLINE), byline.text.as_str()));
    let mut zones = beside(fields.chain(authors), elements);
    let mut cuts: Vec<(usize, Cut)> = body.trimmed.cuts.clone();
    cuts.sort_unstable();
    let last = body.paragraphs.last().copied().unwrap_or(0);
    for (index, cut) in cuts {
        let text = &page.blocks[index].text;
        let is_behind = index > last && index <= last + BEHIND;
        match cut {
            Cut::Caption => add(&mut zones, ZoneKind::ImageCredit, text, None),
            Cut::Service | Cut::Tail | Cut::Head if credits::begins(text) => {
                add(&mut zones, ZoneKind::ImageCredit, text, None);
            }
            Cut::Byline | Cut::Head => {
                let own = page.nodes[page.blocks[index].node].marks;
                let own = own.only(Marks::PICTURE.with(Marks::RIGHTS));
                let kind = kind_of(own.with(Marks::BYLINE), text);
                add(&mut zones, kind.unwrap_or(ZoneKind::Byline), text, None);
            }
            Cut::Service | Cut::Tail => add(&mut zones, ZoneKind::Credit, text, None),
            Cut::Furniture | Cut::Related if is_behind && !is_aside(page, index, last) => {
                add(&mut zones, ZoneKind::Credit, text, None);
            }
            _ => {}
        }
    }
    for (kind, text) in around(page, body, headline) {
        add(&mut zones, kind, text, None);
    }
    in_text(&mut zones, &body.text);
    zones
}

/// Lines right before and right behind the part of the page that holds the text: who wrote, and whose it is, often
/// stands just outside of it. Where the text is not the page's own, those behind the headline.
fn around<'a>(page: &'a Page, body: &Body, headline: usize) -> Vec<(ZoneKind, &'a str)> {
    let known = known(body);
    let is_known = |index: &usize| known.contains(index);
    let is_line = |index: &usize| {
        page.blocks.get(*index).is_some_and(|block| {
            !block.is_heading() && block.length <= LINE && block.link_density() < 0.5
        })
    };
    let mut lines: Vec<(usize, bool)> = Vec::new();
    if let (Some(first), Some(last)) = (body.paragraphs.first(), body.paragraphs.last()) {
        // Beyond what trimming took at the part's ends.
        let before = (headline + 1..*first).rev().skip_while(is_known);
        let behind = (last + 1..page.blocks.len()).skip_while(is_known);
        let before = before.take(BEFORE_PART).take_while(is_line);
        let behind = behind.take(BEHIND_PART).take_while(is_line);
        lines.extend(before.map(|index| (index, true)));
        lines.extend(behind.map(|index| (index, false)));
        lines.sort_unstable();
    } else {
        let behind = headline + 1..headline + 1 + BEFORE_PART;
        lines.extend(behind.take_while(is_line).map(|index| (index, true)));
    }
    let zone = |&(index, is_before): &(usize, bool)| {
        let block = &page.blocks[index];
        let own = page.nodes[block.node].marks;
        let own = own.only(Marks::ELSEWHERE.with(Marks::PICTURE));
        let marks = block.marks.with(own);
        let is_apart = marks.has(Marks::HIDDEN.with(Marks::EMBED).with(Marks::FURNITURE));
        if is_known(&index) || is_apart {
            return None;
        }
        let kind = match kind_of(marks.with(Marks::BYLINE), &block.text)? {
            _ if credits::begins(&block.text) => ZoneKind::ImageCredit,
            ZoneKind::Byline if !is_before => ZoneKind::Credit,
            kind => kind,
        };
        Some((kind, block.text.as_str()))
    };
    lines.iter().filter_map(zone).collect()
}

/// The blocks of which it is known already what they are: text, or cut from it.
fn known(body: &Body) -> BTreeSet<usize> {
    let cuts = body.trimmed.cuts.iter().map(|(index, _)| index);
    let text = body.paragraphs.iter().chain(&body.standfirst);
    text.chain(cuts).copied().collect()
}

/// Who wrote, and when, as it stands about the headline.
pub(crate) fn byline(page: &Page, headline: usize) -> Option<String> {
    let own = near(page, headline).filter(|byline| !byline.marks.has(Marks::PICTURE));
    let lines = own.map(|byline| fold::squeeze(&byline.text));
    lines
        .max_by_key(String::len)
        .filter(|line| !line.is_empty())
}

fn near(page: &Page, headline: usize) -> impl Iterator<Item = &Byline> {
    page.head.bylines.iter().filter(move |byline| {
        byline.text.len() < MAX_LENGTH
            && byline.block + 6 >= headline
            && byline.block <= headline + 25
    })
}

fn add(zones: &mut Vec<Zone>, kind: ZoneKind, text: &str, offset: Option<usize>) {
    // What is part of the text stands there as it is written here.
    let text = match offset {
        Some(_) => text.to_owned(),
        None => fold::squeeze(text),
    };
    let known = zones.iter().filter(|zone| zone.kind == kind);
    let is_new = known.clone().all(|zone| zone.text != text);
    if text.is_empty() || text.len() > MAX_LENGTH || !is_new || known.count() >= MAX_ZONES {
        return;
    }
    zones.push(Zone {
        kind,
        text,
        offset: offset.map(|at| at as u32),
    });
}

/// Datelines and sign-offs, which are part of the text.
pub(crate) fn in_text(zones: &mut Vec<Zone>, text: &str) {
    let mut at = 0;
    let paragraphs: Vec<(usize, &str)> = text
        .split("\n\n")
        .map(|paragraph| {
            let start = at;
            at += paragraph.len() + 2;
            (start, paragraph)
        })
        .collect();
    // The standfirst and a line of place and day may come first.
    for (start, paragraph) in paragraphs.iter().take(3) {
        if let Some(dateline) = dateline(paragraph) {
            add(zones, ZoneKind::Dateline, dateline, Some(*start));
            break;
        }
    }
    let mut ends = paragraphs.iter().rev().take(3).collect::<Vec<_>>();
    ends.reverse();
    for (start, paragraph) in ends {
        if paragraph.len() <= 200 {
            add(zones, ZoneKind::SignOff, paragraph, Some(*start));
        } else if let Some(from) = closing(paragraph) {
            add(
                zones,
                ZoneKind::SignOff,
                &paragraph[from..],
                Some(*start + from),
            );
        }
    }
}

/// The beginning of a paragraph up to a dash, a bracket's end or the like, where it names a place or an
/// agency: `CITY (AP) —`, `Hamburg (dpa) –`, `【AFP】`, `(EFE).-`.
fn dateline(paragraph: &str) -> Option<&str> {
    const ENDS: [&str; 8] = ["—", "–", " - ", "--", ".-", "】", "電", "电"];
    let window = fold::prefix(paragraph, MAX_DATELINE);
    let end = ENDS
        .iter()
        .filter_map(|sign| window.find(sign).map(|at| at + sign.len()))
        .min();
    let bracket = bracketed_start(window);
    let end = match (end, bracket) {
        (Some(end), Some(bracket)) if end < bracket => bracket,
        (Some(end), _) => end,
        (None, Some(bracket)) => bracket,
        (None, None) => return None,
    };
    let start = window[..end].trim();
    let first = start.chars().next()?;
    let is_name = first.is_uppercase() || matches!(first, '(' | '【' | '[') || !first.is_ascii();
    let is_shouted = start.chars().filter(|c| c.is_uppercase()).count() >= 2;
    let has_bracket = start.contains(['(', '【', '[']);
    (is_name && (is_shouted || has_bracket) && start.chars().count() <= 90).then_some(start)
}

/// The end of a bracket that closes within the first words.
fn bracketed_start(window: &str) -> Option<usize> {
    let open = window.find(['(', '【', '['])?;
    let close = window[open..].find([')', '】', ']'])? + open;
    let sign = window[close..].chars().next()?;
    let words = window[..open].split_whitespace().count();
    (words <= 6).then_some(close + sign.len_utf8())
}

/// Where the bracket begins that closes a paragraph: `(dpa)`, `(Reporting by ...)`.
fn closing(paragraph: &str) -> Option<usize> {
    let trimmed = paragraph.trim_end_matches(['.', ' ']);
    if !trimmed.ends_with([')', ']']) {
        return None;
    }
    let open = trimmed.rfind(['(', '['])?;
    (trimmed.len() - open <= 200).then_some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_dateline(paragraph: &str, expected: Option<&str>) {
        assert_eq!(dateline(paragraph), expected, "{paragraph}");
    }

    #[test]
    fn datelines_end_at_a_dash_or_a_bracket() {
        check_dateline("OSIER (MPA) — The bridge is shut.", Some("OSIER (MPA) —"));
        check_dateline("Osier (mpa) - Die Brücke ist zu.", Some("Osier (mpa) -"));
        check_dateline("(MPA).- El puente está cerrado.", Some("(MPA).-"));
        check_dateline("【5月17日 MPA】橋は閉鎖された。", Some("【5月17日 MPA】"));
        check_dateline("The bridge is shut – for ever, they say.", None);
        check_dateline("The bridge is shut.", None);
    }

    #[test]
    fn a_closing_bracket_signs_off() {
        assert_eq!(closing("The bridge is shut. (mpa)"), Some(20));
        assert_eq!(closing("The bridge (old) is shut."), None);
    }
}
