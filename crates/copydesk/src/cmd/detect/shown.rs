//! `copydesk detect FILE`: a text, with everything marked that is found in it.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Read, Write as _};

use anyhow::Context as _;
use article::{Attribution, Content, SpeakerHow};
use enricher::Agencies;

use crate::line::visible;

/// A text of more bytes than this is read so far only.
const MOST: u64 = 16 << 20;

pub(super) fn run(name: &str, input: impl Read, table: &Agencies) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    let read = input.take(MOST + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("{name} cannot be read"))?;
    if bytes.len() as u64 > MOST {
        bytes.truncate(MOST as usize);
        eprintln!(
            "warning: {name} has more than {MOST} bytes, and what follows them is not read; give it in parts"
        );
    }
    let text = String::from_utf8_lossy(&bytes);
    let code = super::code_of(&text);
    let found = Found {
        code: &code,
        content: enricher::content(&text, &code),
        agencies: super::agencies::of_text(&text, table),
    };
    let mut output = std::io::stdout().lock();
    let colours = output.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    write!(output, "{}", shown(&text, &found, colours))?;
    output.flush()?;
    Ok(())
}

/// What was found in a text.
struct Found<'a> {
    /// The code of its language, empty where it has none.
    code: &'a str,
    content: Content,
    agencies: Vec<Attribution>,
}

/// How something is marked: an escape sequence, and a letter where there are no colours.
#[derive(Clone, Copy)]
struct Style {
    colour: &'static str,
    sign: char,
}

const QUOTED: Style = Style {
    colour: "\x1b[36m",
    sign: 'q',
};
const NAMED: Style = Style {
    colour: "\x1b[1m",
    sign: 'n',
};
const PLACED: Style = Style {
    colour: "\x1b[4m",
    sign: 'p',
};

const CREDITED: Style = Style {
    colour: "\x1b[33m",
    sign: 'a',
};

/// The text with its marks, and below it what they mean.
fn shown(text: &str, found: &Found<'_>, colours: bool) -> String {
    let content = &found.content;
    let mut out = String::with_capacity(text.len() * 2);
    let mut spans: Vec<(usize, usize, Style)> = Vec::new();
    for credit in found.agencies.iter().flat_map(|agency| &agency.evidence) {
        let start = credit.offset.map(|offset| offset as usize);
        // What is shown of a credit may be put together: only what stands there so is marked.
        let there = start.filter(|&start| {
            text.get(start..)
                .is_some_and(|rest| rest.starts_with(&credit.text))
        });
        spans.extend(there.map(|start| (start, start + credit.text.len(), CREDITED)));
    }
    for quotation in &content.quotations {
        spans.push((quotation.start as usize, quotation.end as usize, QUOTED));
    }
    let within = |start: usize, spans: &[(usize, usize, Style)]| {
        spans
            .iter()
            .any(|&(from, to, _)| (from..to).contains(&start))
    };
    for (start, word, style) in content
        .places
        .iter()
        .map(|place| (place.start, &place.mention, PLACED))
        .chain(
            content
                .names
                .iter()
                .map(|name| (name.start, &name.name, NAMED)),
        )
    {
        let start = start as usize;
        if !within(start, &spans) {
            spans.push((start, start + word.len(), style));
        }
    }
    spans.sort_by_key(|&(start, ..)| start);
    let mut at = 0;
    for (start, end, style) in spans {
        if start < at || end > text.len() {
            continue;
        }
        out.push_str(&visible(&text[at..start]));
        marked(&mut out, &visible(&text[start..end]), style, colours);
        at = end;
    }
    out.push_str(&visible(&text[at..]));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    legend(&mut out, found);
    out
}

fn marked(out: &mut String, words: &str, style: Style, colours: bool) {
    if colours {
        let _ = write!(out, "{}{words}\x1b[0m", style.colour);
    } else {
        let _ = write!(out, "[{}:{words}]", style.sign);
    }
}

/// What was found, a line each.
fn legend(out: &mut String, found: &Found<'_>) {
    let Found {
        code,
        content,
        agencies,
    } = found;
    let _ = writeln!(
        out,
        "\nlanguage\t{}",
        if code.is_empty() { "und" } else { code }
    );
    for agency in agencies {
        let (source, class) = (visible(&agency.source), agency.class.as_str());
        let _ = writeln!(out, "agency\t{source}\t{class}\t{:.2}", agency.confidence);
    }
    for quotation in &content.quotations {
        let speaker = quotation.speaker.as_ref().map_or_else(
            || "?".to_owned(),
            |speaker| {
                let how = match speaker.how {
                    SpeakerHow::Stated | SpeakerHow::Source => "",
                    SpeakerHow::Resolved => " (meant by a pronoun or a role)",
                    SpeakerHow::Continued => " (goes on)",
                };
                visible(&speaker.name) + how
            },
        );
        let start = visible(&quotation.text.chars().take(60).collect::<String>());
        let start = start.replace('\n', " ");
        let _ = writeln!(out, "quotation\t{}\t{speaker}\t{start}", quotation.start);
    }
    for place in &content.places {
        let mention = visible(&place.mention);
        let _ = writeln!(out, "place\t{}\t{mention}\t{}", place.code, place.count);
    }
    for name in &content.names {
        let _ = writeln!(out, "name\t{}\t{}", visible(&name.name), name.count);
    }
}
