//! Compare articles by the enricher's own code: explain one pair, or score many.

mod marked;
mod pairs;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use article::{Cleaned, RelationKind};
use encoding_rs::Encoding;
use enricher::{Explained, Scored};
use serde_json::{Value, json};

use crate::cli::Compare;
use crate::config::Config;
use crate::documents::Documents;

/// How two articles relate that are not tied.
const UNRELATED: &str = "unrelated";

pub(super) fn run(config: &Config, compare: &Compare) -> anyhow::Result<()> {
    if let (Some(pairs), Some(docs)) = (&compare.pairs, &compare.docs) {
        return pairs::score(config, pairs, docs, compare.evidence);
    }
    let (Some(earlier), Some(later)) = (&compare.earlier, &compare.later) else {
        bail!("two files are to be compared, or --pairs and --docs");
    };
    let (before, after) = (article(earlier)?, article(later)?);
    let explained = config.enrich().explain(&before, &after);
    let stdout = std::io::stdout();
    let mut out = stdout.lock();
    if compare.json {
        writeln!(out, "{}", as_json(&explained))?;
        return Ok(());
    }
    let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let names = [earlier, later].map(|path| path.display().to_string());
    marked::print(&explained, [&before, &after], &names, colour, &mut out)?;
    Ok(())
}

fn relation_name(relation: Option<RelationKind>) -> &'static str {
    relation.map_or(UNRELATED, RelationKind::as_str)
}

/// Reads a file of JSON, a document or a record of `articles.cleaned`, or of plain text.
fn article(path: &Path) -> anyhow::Result<Cleaned> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("{name} cannot be read"))?;
    let text = decoded(&name, &bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut document = match serde_json::from_str::<Value>(text) {
        Ok(object @ Value::Object(_)) => object,
        // A text that happens to begin so is rarer than JSON with a fault, or several documents in one file.
        Err(error) if text.trim_start().starts_with("{\"") => bail!(
            "{name} begins as JSON and is no JSON object: {error}; give one document a file, or plain text"
        ),
        _ => json!({ "text": text }),
    };
    if !document["text"].is_string() {
        bail!("{name} has no text; it must be a JSON object with text, or plain text");
    }
    document["id"] = Value::from(name.as_str());
    let line = document.to_string().into_bytes();
    let mut documents = Documents::of(name.clone(), Box::new(std::io::Cursor::new(line)));
    let document = documents.read()?;
    documents.end()?;
    let document = document.ok_or_else(|| anyhow!("{name} is empty"))?;
    Ok(document.article)
}

/// The text of a file: UTF-8, or what its byte order mark says.
///
/// Nothing is guessed: what is read wrongly shares no word with anything, and looks as if it were unrelated.
fn decoded<'a>(name: &str, bytes: &'a [u8]) -> anyhow::Result<Cow<'a, str>> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let bytes = &bytes[mark..];
    let encoded = encoding.name();
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| {
            anyhow!("{name} is not {encoded} all through; save it as UTF-8, or as UTF-16 with a byte order mark")
        })?;
    if text.contains('\0') {
        bail!(
            "{name} has null characters, so it is no text in {encoded}; save it as UTF-8, or as UTF-16 with a byte order mark"
        );
    }
    Ok(text)
}

fn as_json(explained: &Explained) -> Value {
    let scored = &explained.scored;
    let passages = explained.passages.iter().map(|passage| {
        json!({
            "start": passage.here.start,
            "end": passage.here.end,
            "of_start": passage.there.start,
            "of_end": passage.there.end,
            "quoted": passage.quoted,
        })
    });
    json!({
        "relation": relation_name(scored.relation),
        "score": scored.derived,
        "story_score": scored.same_event,
        "evidence": scored.evidence,
        "passages": passages.collect::<Vec<_>>(),
        "measures": measures(scored),
        "compared_to": explained.cut[0],
        "of_compared_to": explained.cut[1],
    })
}

fn measures(scored: &Scored) -> BTreeMap<&'static str, f64> {
    let thousandths = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let measures = scored.measures.iter();
    measures
        .map(|&(name, value)| (name, thousandths(value)))
        .collect()
}
