//! A feed or an item while it is read: the fields that several elements compete for.

use std::sync::Arc;

use super::channel::{Channel, Relation};
use super::date::{self, Moment};
use super::item::{Enclosure, Item};
use super::person::Person;
use super::report::{Loss, Report};
use super::text::Text;

/// A value, and how good the element is that it comes from.
#[derive(Clone, Debug)]
pub(super) struct Ranked<T>(Option<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Ranked<T> {
    /// Takes the value, where there is one and it is of a better element. Among equals the first stays.
    pub(super) fn first(&mut self, rank: u8, value: impl Into<Option<T>>) {
        if self.rank().is_none_or(|found| rank > found)
            && let Some(value) = value.into()
        {
            self.0 = Some((rank, value));
        }
    }

    /// As [`Ranked::first`], but among equals the last stays.
    pub(super) fn last(&mut self, rank: u8, value: impl Into<Option<T>>) {
        if self.rank().is_none_or(|found| rank >= found)
            && let Some(value) = value.into()
        {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn rank(&self) -> Option<u8> {
        self.0.as_ref().map(|(rank, _)| *rank)
    }

    pub(super) fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// A feed or an item while it is read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) title: Ranked<Text>,
    pub(super) link: Ranked<String>,
    pub(super) id: Ranked<String>,
    /// An id that is an address, for where there is no link.
    pub(super) permalink: Option<String>,
    /// An item's summary, a feed's subtitle.
    pub(super) summary: Ranked<Text>,
    pub(super) content: Ranked<Text>,
    pub(super) authors: Vec<(u8, Person)>,
    pub(super) published: Ranked<Moment>,
    pub(super) updated: Ranked<Moment>,
    pub(super) created: Ranked<Moment>,
    pub(super) categories: Vec<String>,
    pub(super) enclosures: Vec<Enclosure>,
    pub(super) comments: Ranked<String>,
    pub(super) language: Ranked<String>,
    pub(super) rights: Ranked<Text>,
    pub(super) generator: Ranked<String>,
    pub(super) ttl: Option<u32>,
    pub(super) period: Option<u64>,
    pub(super) frequency: Option<u64>,
    pub(super) skip_hours: Vec<u8>,
    pub(super) skip_days: Vec<String>,
    pub(super) links: Vec<Relation>,
}

impl Draft {
    pub(super) fn author(&mut self, rank: u8, person: Option<Person>) {
        self.authors.extend(person.map(|person| (rank, person)));
    }

    pub(super) fn category(&mut self, category: &str) {
        let category = category.trim();
        if !category.is_empty() && !self.categories.iter().any(|known| known == category) {
            self.categories.push(category.to_owned());
        }
    }

    /// The authors of the best element.
    fn best_authors(authors: Vec<(u8, Person)>) -> Vec<Person> {
        let best = authors.iter().map(|(rank, _)| *rank).max();
        let mut people: Vec<Person> = Vec::new();
        for (rank, person) in authors {
            if Some(rank) == best && !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }

    pub(super) fn into_item(self) -> Item {
        let mut item = Item {
            identity: String::new(),
            guid: self.id.take(),
            link: self.link.take().or(self.permalink),
            title: self.title.take(),
            summary: self.summary.take(),
            content: self.content.take(),
            authors: Self::best_authors(self.authors),
            categories: self.categories,
            enclosures: self.enclosures,
            comments: self.comments.take(),
            published: self.published.take(),
            updated: self.updated.take(),
            created: self.created.take(),
            language: self.language.take(),
        };
        item.name();
        item
    }

    pub(super) fn into_channel(self) -> Channel {
        let times = self.frequency.unwrap_or(1).max(1);
        Channel {
            title: self.title.take(),
            link: self.link.take(),
            id: self.id.take(),
            authors: Self::best_authors(self.authors),
            subtitle: self.summary.take(),
            rights: self.rights.take(),
            language: self.language.take(),
            updated: self.updated.take(),
            published: self.published.take(),
            generator: self.generator.take(),
            ttl: self.ttl,
            update_period: self.period.map(|period| period / times),
            skip_hours: self.skip_hours,
            skip_days: self.skip_days,
            links: self.links,
        }
    }
}

/// The moment that a text names. One that nobody can read is a loss.
pub(super) fn moment(text: &str, report: &mut Report) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let moment = date::read(text);
    if moment.is_none() {
        report.lost_value(Loss::Date, text);
    }
    moment
}

/// A language tag with hyphens, as RFC 5646 wants them.
pub(super) fn language(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.replace('_', "-"))
}

/// The base of an element, where it is not the document's.
pub(super) type Base = Option<Arc<str>>;
