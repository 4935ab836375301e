//! What else a page says of its article.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Facts of an article beyond those that every reader needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Metadata {
    /// How exactly the moment of publication is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_precision: Option<Precision>,
    /// The zone in which it was written, such as `+02:00`. Absent where none was written: the moment
    /// is then as if in UTC. Where data give the moment in UTC and the page shows the day beside it, the
    /// nearest zone in which it is that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_zone: Option<String>,
    /// When the publisher last changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
    /// How exactly the moment of the last change is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_precision: Option<Precision>,
    /// The zone in which it was written, as `published_zone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_zone: Option<String>,
    /// The publisher that the page's data name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// What it is filed under, as the page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Its tags, as the page says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its categories, as the feed that listed it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The picture that leads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Whether the page says that only those who pay, or are known, may read all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paywalled: Option<bool>,
    /// How many words the text has: what white space parts and holds a letter or a digit. A character of Chinese
    /// or Japanese is one, and so are five of Thai, Lao, Burmese and Khmer, which part no words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_count: Option<u32>,
    /// What language the text was found to be in, whatever page and feed declare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_language: Option<TextLanguage>,
    /// What kinds of article the page says that it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ArticleKind>,
    /// Where each fact is from.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources,
}

/// Where each fact is from: `json-ld`, the name of a `meta`, `h1`, `title`, `byline`, `time`, `figure`,
/// `link`, `html`, `url`, `text`, `host` or `feed`. Absent for a fact that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Sources {
    /// Of the headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of the authors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    /// Of the moment of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Of the moment of the last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Of the page's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<String>,
    /// Of the outlet's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    /// Of the publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Of the declared language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Of the summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Of the section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Of the tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// Of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Of whether it is kept from those who do not pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paywalled: Option<String>,
    /// Of the kinds: of the first one, where several are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<String>,
}

impl Sources {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Metadata {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What language a text was found to be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TextLanguage {
    /// Its code, of two letters as in ISO 639-1; `und` for a text in no language.
    pub code: String,
    /// How likely that is, in per cent.
    pub confidence: u32,
}

/// How exactly a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// The day; the time is its midnight.
    Day,
    /// The minute.
    Minute,
    /// The second.
    Second,
}

/// What kind of article a page says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArticleKind {
    /// Grows by entries while something goes on.
    Liveblog,
    /// Pictures with a few words each.
    Gallery,
    /// Says what somebody thinks.
    Opinion,
    /// Paid for by whom it is about.
    Sponsored,
    /// Made up for fun.
    Satire,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Image {
    /// Its address.
    pub url: String,
    /// What the page says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Who took it, as the page says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}
