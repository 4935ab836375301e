//! `copydesk detect --agencies`: what a page shows of its article, read as the cleaner hands it over.

use article::{ArticleId, Attribution, Cleaned, Feed, Layout, Metadata, host_of};
use enricher::{Agencies, attributions};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// A line of the input: a bare text, or an extract of a page. Fields that are not needed are ignored.
#[derive(Default, Deserialize)]
struct Extract {
    id: Value,
    #[serde(default, deserialize_with = "or_nothing")]
    url: String,
    #[serde(default, deserialize_with = "or_nothing")]
    title: String,
    #[serde(default, deserialize_with = "or_nothing")]
    text: String,
    /// Fields of the head, by name.
    #[serde(default, deserialize_with = "or_nothing")]
    meta: Vec<(String, String)>,
    /// Fields of the page's data, by type and name: `NewsArticle.author`.
    #[serde(default, deserialize_with = "or_nothing")]
    jsonld: Vec<(String, String)>,
    /// Elements that look like bylines or credits, by class.
    #[serde(default, deserialize_with = "or_nothing")]
    bylines: Vec<(String, String)>,
    #[serde(default, deserialize_with = "or_nothing")]
    text_head: String,
    /// Sentences of the middle that name an agency.
    #[serde(default, deserialize_with = "or_nothing")]
    text_cues: Vec<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    text_tail: String,
}

/// What a field holds; a null holds nothing.
fn or_nothing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The answer to a line.
pub(super) fn line(line: &[u8], table: &Agencies) -> Result<String, String> {
    let extract: Extract = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if !matches!(extract.id, Value::String(_) | Value::Number(_)) {
        return Err(format!(
            "its id is {}; it must be a string or a number",
            extract.id
        ));
    }
    let id = extract.id.clone();
    let found = attributions(&extract.cleaned(), table);
    let labels: Map<String, Value> = found
        .iter()
        .map(|found| (found.source.clone(), found.class.as_str().into()))
        .collect();
    Ok(json!({"id": id, "labels": labels, "evidence": found}).to_string())
}

/// What a bare text owes to agencies.
pub(super) fn of_text(text: &str, table: &Agencies) -> Vec<Attribution> {
    let extract = Extract {
        text: text.to_owned(),
        ..Extract::default()
    };
    attributions(&extract.cleaned(), table)
}

impl Extract {
    /// The article as the cleaner hands it over.
    fn cleaned(self) -> Cleaned {
        let parts = cleaner::Parts {
            metas: &self.meta,
            linked: &self.jsonld,
            elements: &self.bylines,
        };
        let zones = parts.zones();
        let publisher = parts.publisher().map(str::to_owned);
        let mut texts = vec![self.text, self.text_head];
        texts.extend(self.text_cues);
        texts.push(self.text_tail);
        texts.retain(|part| !part.trim().is_empty());
        let host = host_of(&self.url);
        let text = texts.join("\n\n");
        let language = super::code_of(&text);
        Cleaned {
            id: ArticleId::of_url(&self.url),
            version: 1,
            fetched_at: Timestamp::UNIX_EPOCH,
            canonical_url: self.url.clone(),
            url: self.url,
            feed: Feed::default(),
            listings: Vec::new(),
            outlet: publisher.clone().unwrap_or(host),
            title: self.title,
            authors: Vec::new(),
            published: None,
            language: (!language.is_empty()).then_some(language),
            summary: None,
            text,
            layout: Layout {
                zones,
                ..Layout::default()
            },
            metadata: Metadata {
                publisher,
                ..Metadata::default()
            },
        }
    }
}
