//! `copydesk detect --agencies`: what a page shows of its article, read as the cleaner hands it over.

use std::collections::BTreeMap;

use article::{ArticleId, Attribution, Cleaned, Feed, Layout, Metadata, host_of};
use enricher::{Agencies, attributions};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::fields::{Answer, Fields};

/// A line of the input: a bare text, or an extract of a page. Fields that are not needed are ignored.
#[derive(Default)]
struct Extract {
    url: String,
    title: String,
    text: String,
    /// Fields of the head, by name.
    meta: Vec<(String, String)>,
    /// Fields of the page's data, by type and name: `NewsArticle.author`.
    jsonld: Vec<(String, String)>,
    /// Elements that look like bylines or credits, by class.
    bylines: Vec<(String, String)>,
    text_head: String,
    /// Sentences of the middle that name an agency.
    text_cues: Vec<String>,
    text_tail: String,
}

/// What is said of a line.
#[derive(Serialize)]
struct Said<'a> {
    evidence: serde_json::Value,
    id: &'a RawValue,
    labels: BTreeMap<&'a str, &'a str>,
}

/// The answer to a line.
pub(super) fn line(line: &[u8], table: &Agencies) -> Result<Answer, String> {
    let mut fields = Fields::of(line)?;
    let extract = Extract::of(&mut fields);
    let found = attributions(&extract.cleaned(), table);
    let labels = found.iter();
    let labels = labels.map(|found| (found.source.as_str(), found.class.as_str()));
    let said = Said {
        evidence: json!(found),
        id: &fields.id,
        labels: labels.collect(),
    };
    let answer = serde_json::to_string(&said).map_err(|error| error.to_string())?;
    Ok(fields.answered(answer))
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
    fn of(fields: &mut Fields) -> Self {
        let mut extract = Self {
            url: fields.text("url"),
            title: fields.text("title"),
            text: fields.text("text"),
            meta: fields.pairs("meta"),
            jsonld: fields.pairs("jsonld"),
            bylines: fields.pairs("bylines"),
            text_head: fields.text("text_head"),
            text_cues: fields.texts("text_cues"),
            text_tail: fields.text("text_tail"),
        };
        // Names that those who write such lines by hand give them.
        let named = |name: &'static str, texts: Vec<String>| {
            texts.into_iter().map(move |text| (name.to_owned(), text))
        };
        extract
            .meta
            .extend(named("author", fields.texts("authors")));
        extract
            .bylines
            .extend(named("byline", fields.texts("byline")));
        extract
    }

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
