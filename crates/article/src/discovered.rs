//! An article that a feed lists.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Feed, Message, Route, canonical};

/// An item of a feed that is new there, or that its publisher has edited since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Discovered {
    /// The article, named by its address.
    pub id: ArticleId,
    /// The address to fetch, as the feed gives it (made absolute).
    pub url: String,
    /// The feed that listed it.
    pub feed: Feed,
    /// What the feed calls the item: its guid, or what stands in for one. Unique within the feed.
    pub identity: String,
    /// 1 where the item is new to the feed, one more with each edit of title, link or text.
    pub revision: u32,
    /// When the poll that found it was answered. The poll's event time, not yet the article's.
    pub polled_at: Timestamp,
    /// The item's title as plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The item's summary as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The item's full text as given, where the feed carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The item's authors as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The item's categories as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The publisher's date of the item. Orders articles within a window, drives nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// What the publisher's date says where it lies after the poll, which `published` is then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_as_given: Option<Timestamp>,
    /// The language that the feed declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Discovered {
    /// An item that is new to `feed`, goes by its address, and says nothing but that.
    pub fn at(url: impl Into<String>, feed: Feed, polled_at: Timestamp) -> Self {
        let url = url.into();
        Self {
            id: ArticleId::of_url(&url),
            identity: url.clone(),
            url,
            feed,
            revision: 1,
            polled_at,
            title: None,
            summary: None,
            content: None,
            authors: Vec::new(),
            categories: Vec::new(),
            published: None,
            published_as_given: None,
            language: None,
        }
    }
}

impl Message for Discovered {
    const TOPIC: &'static str = "articles.discovered";
    const SCHEMA: &'static str = "article.discovered/1";

    fn key(&self) -> String {
        self.id.to_string()
    }

    /// By the host of the article's key: all addresses of an article come to one fetcher, and with them
    /// all pages of a host, `www.` and mobile hosts of a site together, so politeness needs no
    /// coordination. Only an AMP cache's host and the like, whose pages belong to many sites, may be
    /// asked by several fetchers, each with the pause between.
    fn route(&self) -> Route {
        Route::By(canonical::host(&self.url))
    }
}
