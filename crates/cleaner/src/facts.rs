//! What a page says of its article, by agreement of its sources.

pub(crate) mod address;
mod authors;
pub(crate) mod date;
pub(crate) mod linked_data;
mod title;

use article::Fetched;
use url::Url;

pub use date::Moment;

use crate::fold;
use crate::page::{Page, Tag};
use linked_data::LinkedData;

/// An article's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The headline; empty where neither page nor feed has one.
    pub title: String,
    /// Who signed it.
    pub authors: Vec<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// The address that the page calls its own, else the one that answered.
    pub canonical_url: String,
    /// The language that page or feed declares, in lower case.
    pub language: Option<String>,
    /// Who publishes it; never empty unless the address has no host either.
    pub outlet: String,
    /// The standfirst or description.
    pub summary: Option<String>,
}

/// Collects the facts of a page; the feed answers what the page leaves open.
pub(crate) fn gather(fetched: &Fetched, page: &Page, linked: &LinkedData) -> Facts {
    let feed = &fetched.discovered;
    let base = Url::parse(&fetched.final_url)
        .or_else(|_| Url::parse(&feed.url))
        .ok();
    let site = site_name(page, linked);
    let outlet = feed
        .feed
        .publisher
        .clone()
        .filter(|name| !name.trim().is_empty())
        .or_else(|| site.clone())
        .unwrap_or_else(|| host_name(base.as_ref()));
    let language = address::language(page, linked, feed);
    let sites: Vec<&str> = [Some(outlet.as_str()), site.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let title = title::choose(page, linked, feed.title.as_deref(), &sites, base.as_ref());
    Facts {
        authors: authors::choose(page, linked, &feed.authors, &sites, &title),
        published: date::choose(page, linked, base.as_ref(), language.as_deref())
            .or_else(|| feed.published.map(Moment::of))
            .or_else(|| date::in_text(page, language.as_deref())),
        canonical_url: address::canonical(page, base.as_ref(), &fetched.final_url),
        summary: summary(page, linked, feed.summary.as_deref()),
        title,
        language,
        outlet,
    }
}

fn site_name(page: &Page, linked: &LinkedData) -> Option<String> {
    page.head
        .meta(&["og:site_name", "application-name"])
        .map(fold::squeeze)
        .or_else(|| linked.publisher.clone())
        .filter(|name| !name.is_empty() && name.chars().count() <= 80)
}

/// Where the article begins: its heading of the first rank.
fn headline_block(page: &Page) -> usize {
    page.blocks
        .iter()
        .position(|block| block.kind == Tag::Headline)
        .unwrap_or(0)
}

fn host_name(base: Option<&Url>) -> String {
    let host = base.and_then(Url::host_str).unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

fn summary(page: &Page, linked: &LinkedData, feed: Option<&str>) -> Option<String> {
    let own = page
        .head
        .meta(&["og:description", "description", "twitter:description"])
        .map(fold::squeeze)
        .or_else(|| linked.description.clone())
        .filter(|text| !text.is_empty());
    own.or_else(|| {
        feed.map(crate::plain)
            .filter(|text| !text.trim().is_empty())
    })
}
