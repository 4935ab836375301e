//! The record of an item that is new or was edited.

use std::time::Duration;

use article::{ArticleId, Discovered};
use jiff::Timestamp;

use super::{Dead, Ingested, unfetchable};
use crate::parse::{self, Item};

/// By how much a publisher's clock may be ahead of ours before its date is called wrong.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5 * 60);

/// An item that is new or was edited.
pub(super) struct Found {
    pub(super) identity: String,
    pub(super) is_new: bool,
    pub(super) revision: u32,
    /// When its poll was answered.
    pub(super) at: Timestamp,
}

/// Adds an item that is new or was edited to what is discovered, or to what cannot be worked with.
pub(super) fn discover(item: Item, language: Option<&String>, found: Found, done: &mut Ingested) {
    let url = item.link.unwrap_or_default();
    let date = item.published.or(item.updated).map(|moment| moment.instant);
    let (published, published_as_given) = believable(date, found.at);
    let is_new = found.is_new;
    let discovered = Discovered {
        id: ArticleId::of_url(&url),
        url,
        feed: done.state.feed.source(),
        identity: found.identity,
        revision: found.revision,
        polled_at: found.at,
        title: item.title.map(|title| title.plain()),
        summary: item.summary.map(|text| text.value),
        content: item.content.map(|text| text.value),
        authors: labels(&item.authors),
        categories: item.categories,
        published,
        published_as_given,
        language: item.language.or_else(|| language.cloned()),
    };
    match unfetchable(&discovered.url) {
        None => {
            done.state.discovered += u64::from(is_new);
            done.discovered.push(discovered);
        }
        // Once for each item, not for each edit of it.
        Some(why) if is_new => {
            done.state.unfetchable += 1;
            done.dead.push(Dead::Unfetchable(Box::new(discovered), why));
        }
        Some(_) => {}
    }
}

fn labels(people: &[parse::Person]) -> Vec<String> {
    let labels = people.iter().filter_map(parse::Person::label);
    labels.map(str::to_owned).collect()
}

/// A publisher's date, and what it said where that is not to be believed: nothing is listed before it is
/// published, so a date after the poll becomes the poll's.
fn believable(
    date: Option<Timestamp>,
    polled_at: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    match date {
        Some(date) if date > polled_at + CLOCKS_DIFFER => (Some(polled_at), Some(date)),
        date => (date, None),
    }
}
