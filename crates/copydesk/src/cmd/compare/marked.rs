//! Both texts with what they share marked.

use std::io::{self, Write};
use std::ops::Range;

use article::Cleaned;
use enricher::Explained;

use super::relation_name;
use crate::line::visible;

const TOLD: &str = "\u{1b}[32m";
const SAID: &str = "\u{1b}[33m";
const NAME: &str = "\u{1b}[4m";
const END: &str = "\u{1b}[0m";

/// A shared passage in one of both texts.
struct Place {
    bytes: Range<usize>,
    number: usize,
    quoted: bool,
}

/// Prints what was found, then both texts, the earlier one first. Shared passages are numbered alike in
/// both, and quotation among them has a mark; names stand between underscores, or underlined.
pub(super) fn print(
    explained: &Explained,
    [earlier, later]: [&Cleaned; 2],
    names: &[String; 2],
    colour: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let scored = &explained.scored;
    let evidence = &scored.evidence;
    let percent = |share: f64| (share * 100.0).round();
    writeln!(
        out,
        "{}, score {}; of one event {}",
        relation_name(scored.relation),
        scored.derived,
        scored.same_event
    )?;
    writeln!(
        out,
        "{} % of B's narration stands in A, {} % of A's in B; words alike {}; {} % of the rare words in one order",
        percent(evidence.contained),
        percent(evidence.contains),
        evidence.similarity,
        percent(evidence.order)
    )?;
    for (letter, article, cut) in [
        ("A", earlier, explained.cut[1]),
        ("B", later, explained.cut[0]),
    ] {
        if let Some(cut) = cut.filter(|&cut| cut < article.text.len()) {
            let share = percent(cut as f64 / article.text.len() as f64);
            writeln!(out, "only the first {share} % of {letter} is compared")?;
        }
    }
    let places = |of: fn(&enricher::Passage) -> &Range<usize>| {
        let numbered = explained.passages.iter().zip(1..);
        let places = numbered.map(|(passage, number)| Place {
            bytes: of(passage).clone(),
            number,
            quoted: passage.quoted,
        });
        places.collect::<Vec<Place>>()
    };
    let there = places(|passage| &passage.there);
    let here = places(|passage| &passage.here);
    let sides = [
        ("A", earlier, there, &explained.names[1]),
        ("B", later, here, &explained.names[0]),
    ];
    for ((letter, article, places, marked), name) in sides.into_iter().zip(names) {
        writeln!(out, "\n== {letter}: {name}\n{}", visible(&article.title))?;
        write_marked(&article.text, places, marked, colour, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes a text with its marks. Of passages that overlap the first counts, and of those that begin at one place the
/// longest.
fn write_marked(
    text: &str,
    mut places: Vec<Place>,
    names: &[Range<usize>],
    colour: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    places.sort_by_key(|place| (place.bytes.start, std::cmp::Reverse(place.bytes.end)));
    let mut at = 0;
    for place in &places {
        if place.bytes.start < at {
            continue;
        }
        write_named(text, at..place.bytes.start, names, "", colour, out)?;
        let quote = if place.quoted { "\"" } else { "" };
        let style = match (colour, place.quoted) {
            (false, _) => "",
            (true, false) => TOLD,
            (true, true) => SAID,
        };
        write!(out, "{style}[{}{quote} ", place.number)?;
        write_named(text, place.bytes.clone(), names, style, colour, out)?;
        write!(out, "]{}", if colour { END } else { "" })?;
        at = place.bytes.end;
    }
    write_named(text, at..text.len(), names, "", colour, out)
}

/// Writes a part of a text with the names in it. `style` is what goes on after each.
fn write_named(
    text: &str,
    part: Range<usize>,
    names: &[Range<usize>],
    style: &str,
    colour: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut at = part.start;
    let inside = names
        .iter()
        .filter(|name| name.start >= part.start && name.end <= part.end);
    for name in inside {
        let (before, named) = (visible(&text[at..name.start]), visible(&text[name.clone()]));
        if colour {
            write!(out, "{before}{NAME}{named}{END}{style}")?;
        } else {
            write!(out, "{before}_{named}_")?;
        }
        at = name.end;
    }
    write!(out, "{}", visible(&text[at..part.end]))
}
