//! A document as its line has it.

use article::{ArticleId, Cleaned, Feed, Layout, Metadata, TextLanguage, host_of, without_www};
use jiff::Timestamp;
use language::Prior;
use serde::Deserialize;
use serde_json::Value;

use super::Name;
use super::date::moment;

/// How often a declared language is right: people who label a corpus know it.
const DECLARED: f32 = 0.9;
/// How much of a text is looked at for its language, in bytes.
const READ_FOR_LANGUAGE: usize = 4096;

/// A line. Fields that are not needed are ignored.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) id: Name,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    /// What records of `articles.cleaned` call the same. Fields of their own, not aliases: a line may have both. Of
    /// any kind: other corpora have fields of these names that mean other things.
    #[serde(default)]
    outlet: Value,
    #[serde(default)]
    fetched_at: Value,
    #[serde(default)]
    published: Value,
    #[serde(default)]
    language: Value,
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        // An array would be read as the object's fields in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err("it is no JSON object".to_owned());
        }
        serde_json::from_slice(line).map_err(|error| match error.to_string() {
            // What serde says of an enum without tags names our type, not the user's field.
            said if said.contains("untagged enum") => {
                "its id must be a string or a whole number".to_owned()
            }
            said => said,
        })
    }

    /// Its event time, where it has one.
    ///
    /// # Errors
    /// Where `date` is none. What other fields say instead may be none: nobody has promised a date there.
    pub(super) fn date(&self) -> Result<Option<Timestamp>, String> {
        if let Some(date) = said(self.date.as_deref()) {
            return moment(date)
                .map(Some)
                .map_err(|reason| format!("its date is {date:?}; {reason}"));
        }
        let mut others = [&self.fetched_at, &self.published].into_iter();
        Ok(others.find_map(|date| moment(said(date.as_str())?).ok()))
    }

    /// The article that the enricher reads for it.
    pub(super) fn article(self, fetched_at: Timestamp) -> Cleaned {
        let outlet = self.publisher();
        let lang = said(self.lang.as_deref()).or_else(|| said(self.language.as_str()));
        let lang = lang.map(str::to_lowercase);
        let url = said(self.url.as_deref()).unwrap_or_default().to_owned();
        let text = self.text.unwrap_or_default();
        let title = self.title.unwrap_or_default();
        let text_language = Some(language_of(&title, &text, lang.as_deref()));
        Cleaned {
            id: article_of(&self.id),
            version: 1,
            fetched_at,
            canonical_url: url.clone(),
            url,
            feed: Feed::default(),
            listings: Vec::new(),
            outlet,
            title,
            authors: Vec::new(),
            published: None,
            language: lang,
            summary: None,
            text,
            layout: Layout::default(),
            metadata: Metadata {
                text_language,
                ..Metadata::default()
            },
        }
    }

    /// Who published it: as it says, else the host of its address, as for a page that names nobody.
    fn publisher(&self) -> String {
        let named = said(self.source.as_deref()).or_else(|| said(self.outlet.as_str()));
        if let Some(named) = named.filter(|named| !is_nobody(named)) {
            // One that is named by its host is the same with and without `www.`.
            return without_www(named).to_owned();
        }
        let host = self.url.as_deref().map(host_of).unwrap_or_default();
        if !host.is_empty() {
            return without_www(&host).to_owned();
        }
        // An unknown source is never the same as another unknown one.
        match &self.id {
            Name::Text(id) => format!("unknown source of {id}"),
            Name::Number(id) => format!("unknown source of {id}"),
        }
    }
}

/// Whether it is what tables hold where nothing is known.
fn is_nobody(source: &str) -> bool {
    let source = source.trim().to_lowercase();
    matches!(
        source.as_str(),
        "unknown" | "n/a" | "na" | "none" | "null" | "nan" | "-" | "?"
    )
}

fn said(field: Option<&str>) -> Option<&str> {
    field.filter(|said| !said.trim().is_empty())
}

/// The article that a document's name stands for.
///
/// Written in digits: a name may hold what makes no difference in an address.
fn article_of(name: &Name) -> ArticleId {
    use std::fmt::Write as _;
    let (kind, bytes) = match name {
        Name::Text(text) => ("text", text.clone().into_bytes()),
        Name::Number(number) => ("number", number.to_string().into_bytes()),
    };
    let mut address = format!("document:{kind}:");
    for byte in bytes {
        // Writing to a string never fails.
        _ = write!(address, "{byte:02x}");
    }
    ArticleId::of_url(&address)
}

fn language_of(title: &str, text: &str, declared: Option<&str>) -> TextLanguage {
    let read = &text[..text.floor_char_boundary(READ_FOR_LANGUAGE)];
    let said = format!("{title}\n{read}");
    let priors: Vec<Prior<'_>> = declared
        .map(|tag| Prior {
            tag,
            trust: DECLARED,
        })
        .into_iter()
        .collect();
    let found = language::detect_with(&said, &priors);
    TextLanguage {
        code: found.language.to_owned(),
        confidence: (found.confidence * 100.0).round() as u32,
    }
}
