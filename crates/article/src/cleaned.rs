//! An article as text and facts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Feed, Listing, Message, Route};

/// One version of an article, cleaned of its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cleaned {
    /// The article.
    pub id: ArticleId,
    /// Which version of the page this is, from 1.
    pub version: u32,
    /// Event time: when the page was fetched.
    pub fetched_at: Timestamp,
    /// The address as the feed gave it.
    pub url: String,
    /// The address that the page calls its own, else the one that answered.
    pub canonical_url: String,
    /// The feed that listed it.
    pub feed: Feed,
    /// Every feed that had listed it when the page was fetched, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    /// Who published it: the page's site name, the feed's publisher, or the host. Never empty.
    pub outlet: String,
    /// The headline. Empty where neither page nor feed has one.
    pub title: String,
    /// Who signed it, as the page or the feed says, without "By".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The publisher's date. Orders articles within a window, drives nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// The language that page or feed declares, as a BCP 47 tag in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The standfirst or description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The body as plain text, paragraphs parted by an empty line.
    pub text: String,
}

impl Message for Cleaned {
    const TOPIC: &'static str = "articles.cleaned";
    const SCHEMA: &'static str = "article.cleaned/1";

    fn key(&self) -> String {
        self.id.to_string()
    }

    /// The topic has one partition by default, because near-duplicates share no hashable key. With
    /// more, the outlet decides, and a story no longer spans outlets of different partitions.
    fn route(&self) -> Route {
        Route::By(self.outlet.clone())
    }
}
