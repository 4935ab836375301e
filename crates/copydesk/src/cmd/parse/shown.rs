//! A feed that was read, for a person.

use std::fmt::Write as _;

use fetcher::parse::date::Moment;
use fetcher::parse::{Item, ParsedFeed, Person, Text};
use owo_colors::{OwoColorize as _, Style};

use crate::line::is_obeyed;

/// How many items are shown.
const SHOWN: usize = 10;
/// How wide a line of text may be.
const WIDTH: usize = 100;

pub(super) fn of(file: &str, read: Result<&ParsedFeed, &String>, colour: bool) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = match read {
        Ok(feed) => write_feed(&mut out, file, feed, colour),
        Err(error) => {
            let style = if colour {
                Style::new().red()
            } else {
                Style::new()
            };
            writeln!(out, "{file}: {}\n", error.style(style))
        }
    };
    out
}

fn write_feed(out: &mut String, file: &str, feed: &ParsedFeed, colour: bool) -> std::fmt::Result {
    let (bold, dim) = if colour {
        (Style::new().bold(), Style::new().dimmed())
    } else {
        (Style::new(), Style::new())
    };
    let channel = &feed.channel;
    let title = channel
        .title
        .as_ref()
        .map_or_else(|| "(no title)".to_owned(), Text::plain);
    writeln!(
        out,
        "{file}: {}, {} items",
        feed.dialect.name(),
        feed.items.len()
    )?;
    writeln!(out, "{}", cut(&title).style(bold))?;
    let facts = [
        ("link", channel.link.clone()),
        ("id", channel.id.clone()),
        ("author", channel.authors.first().and_then(Person::full)),
        ("about", channel.subtitle.as_ref().map(Text::plain)),
        ("language", channel.language.clone()),
        ("updated", said(channel.updated.or(channel.published))),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            writeln!(out, "  {name:<9}{}", cut(&value))?;
        }
    }
    for item in feed.items.iter().take(SHOWN) {
        write_item(out, item, bold, dim)?;
    }
    if feed.items.len() > SHOWN {
        writeln!(
            out,
            "\n  and {} more; --json shows them all",
            feed.items.len() - SHOWN
        )?;
    }
    write_report(out, feed, dim)
}

fn write_item(out: &mut String, item: &Item, bold: Style, dim: Style) -> std::fmt::Result {
    let title = item
        .title
        .as_ref()
        .map_or_else(|| "(no title)".to_owned(), Text::plain);
    writeln!(out, "\n  {}", cut(&title).style(bold))?;
    let authors: Vec<&str> = item.authors.iter().filter_map(Person::label).collect();
    let by = [
        said(item.published.or(item.updated)),
        Some(authors.join(", ")),
        Some(item.categories.join(", ")),
    ];
    let by: Vec<String> = by
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if !by.is_empty() {
        writeln!(out, "    {}", cut(&by.join(" · ")))?;
    }
    if let Some(link) = &item.link {
        writeln!(out, "    {}", visible(link))?;
    }
    if item.link.as_ref() != Some(&item.identity) {
        writeln!(out, "    {}", cut(&item.identity).style(dim))?;
    }
    if let Some(text) = item.summary.as_ref().or(item.content.as_ref()) {
        writeln!(out, "    {}", cut(&text.plain()))?;
    }
    Ok(())
}

fn write_report(out: &mut String, feed: &ParsedFeed, dim: Style) -> std::fmt::Result {
    writeln!(out)?;
    let times = |name: &str, count: u64| {
        if count == 1 {
            name.to_owned()
        } else {
            format!("{name} ×{count}")
        }
    };
    let repairs: Vec<String> = feed
        .report
        .repairs
        .iter()
        .map(|(repair, count)| times(repair.name(), *count))
        .collect();
    if !repairs.is_empty() {
        writeln!(out, "  {} {}", "repaired:".style(dim), repairs.join(", "))?;
    }
    for (loss, lost) in &feed.report.losses {
        let example = lost
            .example
            .as_ref()
            .map(|example| format!(" ({example:?})"));
        let what = times(loss.name(), lost.count);
        writeln!(out, "  lost: {what}{}", example.unwrap_or_default())?;
    }
    Ok(())
}

fn said(moment: Option<Moment>) -> Option<String> {
    moment.map(|moment| moment.instant.to_string())
}

/// What a feed says must not steer a terminal.
fn visible(text: &str) -> String {
    let shown = |c| if is_obeyed(c) { ' ' } else { c };
    text.chars().map(shown).collect()
}

/// The text on one line, cut to a width that fits.
fn cut(text: &str) -> String {
    let text = visible(text);
    if text.chars().count() <= WIDTH {
        return text;
    }
    text.chars().take(WIDTH - 1).chain(['…']).collect()
}
