//! An article's page as its outlet served it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Bytes, Discovered, Listing, Marks, Message, Route, canonical};

/// One version of an article's page: the bytes and the HTTP facts, recorded once. Nothing after this
/// hop needs the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fetched {
    /// The article.
    pub id: ArticleId,
    /// What the feed said of it.
    pub discovered: Discovered,
    /// Every feed that had listed the article when its page was fetched, the first one first. What lists it
    /// later stands in the topic `articles.discovered` under the article's id, and here in the page's next
    /// version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    /// When the page had been read to its end: the article's event time, carried through every hop.
    pub fetched_at: Timestamp,
    /// 1 for the first version of the page, one more each time its visible text changed.
    pub version: u32,
    /// The address that answered, after redirects.
    pub final_url: String,
    /// The HTTP status.
    pub status: u16,
    /// The answer's header fields in their order, names in lower case.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The page, after content decoding, otherwise as received: the character set is as served.
    pub page: Bytes,
    /// What the page shows of itself.
    #[serde(default, skip_serializing_if = "Marks::are_none")]
    pub marks: Marks,
}

impl Fetched {
    /// The first version of an article's page, from the article's own address, with status 200 and no header
    /// field.
    pub fn of(discovered: Discovered, fetched_at: Timestamp, page: impl Into<Bytes>) -> Self {
        Self {
            id: discovered.id.clone(),
            final_url: discovered.url.clone(),
            discovered,
            listings: Vec::new(),
            fetched_at,
            version: 1,
            status: 200,
            headers: Vec::new(),
            page: page.into(),
            marks: Marks::default(),
        }
    }

    /// The value of a header field, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Message for Fetched {
    const TOPIC: &'static str = "articles.fetched";
    const SCHEMA: &'static str = "article.fetched/1";

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn route(&self) -> Route {
        Route::By(canonical::host(&self.discovered.url))
    }
}
