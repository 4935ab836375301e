//! `copydesk detect --quotes`: what the enricher would find quoted.

use article::{Quotation, QuotationForm};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::fields::Answer;
use super::parsed;

/// What is said of a line.
#[derive(Serialize)]
struct Said<'a> {
    id: &'a RawValue,
    quotes: Vec<serde_json::Value>,
}

/// The answer to a line. What stands between quotation marks is listed; posts and transcripts are not.
pub(super) fn line(line: &[u8]) -> Result<Answer, String> {
    let mut fields = parsed(line)?;
    let text = fields.text("text");
    let code = match fields.text("lang") {
        said if said.is_empty() => super::code_of(&text),
        said => said,
    };
    let found = enricher::quotations(&text, &code);
    let marked = found
        .iter()
        .filter(|quotation| quotation.form == QuotationForm::Marked);
    let quotes: Vec<_> = marked.map(told).collect();
    let said = Said {
        id: &fields.id,
        quotes,
    };
    let answer = serde_json::to_string(&said).map_err(|error| error.to_string())?;
    Ok(fields.answered(answer))
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
