//! The articles of a world, by index in order of publication.

use jiff::Timestamp;

use crate::outlet::Outlet;
use crate::truth::TrueArticle;

/// What a world is to the server: outlets, and articles that are numbered from 0 in order of
/// publication.
pub(crate) trait Archive: Send + Sync {
    /// The outlets. Each has a host and a feed of its own.
    fn outlets(&self) -> &[Outlet];

    /// How many articles there are.
    fn total(&self) -> usize;

    /// The articles that the outlet's feed lists when the first `published` of all are out, newest
    /// first.
    fn listed(&self, outlet: usize, published: usize, paced: bool) -> Vec<usize>;

    /// The article's line in the feed.
    fn item(&self, index: usize) -> Item;

    /// The article's address.
    fn url(&self, index: usize) -> String;

    /// The article at a host and a target (path and query).
    fn find(&self, host: &str, target: &str) -> Option<usize>;

    /// The article's page.
    fn page(&self, index: usize, published_at: Timestamp) -> std::io::Result<Page>;

    /// What is true of the article.
    fn truth(&self, index: usize) -> TrueArticle;

    /// Whether pages come from the disk: the server then reads them off its event loop.
    fn reads_disk(&self) -> bool {
        false
    }

    /// The next recorded answer of the outlet's feed, in worlds that have recordings. `spoilt`: the
    /// answer will not arrive in order, so that it does not count as given.
    fn recorded(&self, _outlet: usize, _spoilt: bool) -> Option<Recorded> {
        None
    }

    /// How many articles the recordings given so far list, in worlds that have recordings.
    fn given(&self) -> Option<usize> {
        None
    }
}

/// An article's line in a feed.
#[derive(Debug, Default)]
pub(crate) struct Item {
    /// The absolute address.
    pub url: String,
    /// The headline.
    pub title: Option<String>,
    /// The standfirst.
    pub summary: Option<String>,
    /// Who signed it.
    pub author: Option<String>,
    /// The paragraphs, for feeds that carry the full text.
    pub paragraphs: Vec<String>,
    /// What the feed says of its date.
    pub dated: Dated,
}

/// What a feed says of the date of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dated {
    /// The moment at which the newsroom published it.
    #[default]
    Publication,
    /// The date that the world's data gives.
    At(Timestamp),
    /// Nothing: the newsroom's own clock would contradict a recorded page.
    Untold,
}

/// An article's page as it goes out.
#[derive(Debug)]
pub(crate) struct Page {
    /// The bytes, in the outlet's character set.
    pub body: Vec<u8>,
    /// The Content-Type header.
    pub content_type: String,
}

/// A recorded answer of a feed.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The bytes as recorded.
    pub body: axum::body::Bytes,
    /// The articles that it lists.
    pub lists: Vec<usize>,
    /// It was given before and nothing follows it: a validator that matches is answered 304.
    pub repeated: bool,
}
