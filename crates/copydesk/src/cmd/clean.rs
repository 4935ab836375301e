//! Clean a page or many, here and now, by the cleaner's own code.

mod input;
mod manifest;
mod readable;

use std::io::{BufWriter, Write};

use anyhow::anyhow;
use article::{Cleaned, Fetched, Limit, TextQuality};

use crate::cli::Clean;
use crate::config::Config;
use crate::line::plain;

pub(super) fn run(config: &Config, clean: &Clean) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if let Some(list) = &clean.manifest {
        manifest::answer(config, list, &mut out)?;
        out.flush()?;
        return Ok(());
    }
    let page = clean.page.as_deref().unwrap_or_default();
    let fetched = input::page(config, page, clean.url.as_deref())?;
    if clean.explain {
        explain(&fetched, &mut out)?;
    } else {
        let cleaned = cleaner::clean(&fetched)
            .map_err(|reject| anyhow!("{page} becomes a dead letter: {}", reject.detail))?;
        if clean.json {
            serde_json::to_writer_pretty(&mut out, &cleaned)?;
            writeln!(out)?;
        } else if clean.html {
            out.write_all(readable::page(&cleaned).as_bytes())?;
        } else {
            told(&cleaned, &mut out)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The facts, a line each, and the text.
fn told(cleaned: &Cleaned, out: &mut impl Write) -> anyhow::Result<()> {
    let metadata = &cleaned.metadata;
    let published = cleaned
        .published
        .map(|moment| match metadata.published_precision {
            Some(article::Precision::Day) => cleaned
                .published_day()
                .map(|day| day.to_string())
                .unwrap_or_default(),
            _ => moment.to_string(),
        });
    let image = metadata.image.as_ref().map(|image| image.url.clone());
    let quality = cleaned.layout.text_quality.and_then(name_of);
    let language = metadata.text_language.as_ref();
    let language = language.map(|found| format!("{} ({} % sure)", found.code, found.confidence));
    let facts = [
        ("title", Some(cleaned.title.clone())),
        ("authors", Some(cleaned.authors.join(", "))),
        ("published", published),
        ("outlet", Some(cleaned.outlet.clone())),
        ("address", Some(cleaned.canonical_url.clone())),
        ("language", language),
        ("declared", cleaned.language.clone()),
        ("section", metadata.section.clone()),
        ("image", image),
        ("words", metadata.word_count.map(|count| count.to_string())),
        ("quality", quality),
        ("not read", unread(&cleaned.layout.limits)),
    ];
    for (name, value) in facts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writeln!(out, "{name:<10} {}", plain(&value))?;
        }
    }
    for paragraph in cleaned.text.split("\n\n") {
        writeln!(out, "\n{}", plain(paragraph))?;
    }
    Ok(())
}

/// A quality's name, as in records.
fn name_of(quality: TextQuality) -> Option<String> {
    let name = serde_json::to_value(quality).ok()?;
    name.as_str().map(str::to_owned)
}

/// What of a page was not read, where there is anything.
fn unread(limits: &[Limit]) -> Option<String> {
    let parts: Vec<String> = limits.iter().copied().map(cleaner::unread).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What could be the article, where the text is from, and what became of every block. Where the text is not the
/// page's own, it stands at the end.
fn explain(fetched: &Fetched, out: &mut impl Write) -> anyhow::Result<()> {
    let explanation = cleaner::explain(fetched);
    writeln!(
        out,
        "{:<12} {:>8} {:>8} {:>9}",
        "candidate", "prose", "blocks", "agreement"
    )?;
    for candidate in &explanation.candidates {
        let sign = if Some(candidate.ground) == explanation.winner {
            "  chosen"
        } else {
            ""
        };
        let agreement = candidate.agreement;
        let agreement = agreement.map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
        writeln!(
            out,
            "{:<12} {:>8} {:>8} {agreement:>9}{sign}",
            candidate.ground, candidate.prose, candidate.blocks
        )?;
    }
    writeln!(out)?;
    let facts = [
        ("source", explanation.source.map(str::to_owned)),
        ("quality", explanation.quality.and_then(name_of)),
        ("not read", unread(&explanation.limits)),
    ];
    for (name, value) in facts {
        writeln!(out, "{name:<12} {}", value.as_deref().unwrap_or("-"))?;
    }
    writeln!(out)?;
    for block in &explanation.blocks {
        writeln!(out, "{:<12} {}", block.fate, plain(&block.text))?;
    }
    if explanation.source.is_some_and(|source| source != "page") {
        for paragraph in explanation.text.split("\n\n") {
            writeln!(out, "\n{}", plain(paragraph))?;
        }
    }
    Ok(())
}
