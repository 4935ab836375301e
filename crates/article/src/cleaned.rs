//! An article as text and facts.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Feed, Layout, Listing, Message, Metadata, Route};

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
    /// How the text stands on the page.
    #[serde(default, skip_serializing_if = "Layout::is_empty")]
    pub layout: Layout,
    /// What else the page says of it.
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
}

impl Cleaned {
    /// The day of publication as the publisher's calendar showed it, where a zone was written; else the
    /// day in UTC.
    pub fn published_day(&self) -> Option<Date> {
        let zone = self.metadata.published_zone.as_deref().and_then(offset);
        let offset = zone.unwrap_or(Offset::UTC);
        Some(offset.to_datetime(self.published?).date())
    }
}

/// Reads `+02:00`.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, digits) = zone.split_at_checked(1)?;
    let (hours, minutes) = digits.split_once(':')?;
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
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
