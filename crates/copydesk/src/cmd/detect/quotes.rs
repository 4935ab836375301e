//! `copydesk detect --quotes`: what the enricher would find quoted.

use article::{Quotation, QuotationForm};
use serde_json::json;

use super::parsed;

/// The answer to a line. What stands between quotation marks is listed; posts and transcripts are not.
pub(super) fn line(line: &[u8]) -> Result<String, String> {
    let line = parsed(line)?;
    let text = line.text();
    let found = enricher::quotations(text, &line.code());
    let marked = found
        .iter()
        .filter(|quotation| quotation.form == QuotationForm::Marked);
    let quotes: Vec<_> = marked.map(told).collect();
    Ok(json!({ "id": line.id, "quotes": quotes }).to_string())
}

fn told(quotation: &Quotation) -> serde_json::Value {
    let speaker = quotation.speaker.as_ref();
    json!({
        "text": quotation.text,
        "speaker": speaker.map_or("", |speaker| &speaker.name),
        "start": quotation.start,
        "end": quotation.end,
    })
}
