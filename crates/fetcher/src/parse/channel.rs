//! What a feed says of itself.

use super::date::Moment;
use super::person::Person;
use super::text::Text;

/// What a feed says of itself, and how it wants to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channel {
    /// Its title.
    pub title: Option<Text>,
    /// The page that it belongs to, made absolute.
    pub link: Option<String>,
    /// What it calls itself, as given.
    pub id: Option<String>,
    /// Who is responsible for it.
    pub authors: Vec<Person>,
    /// What it is about.
    pub subtitle: Option<Text>,
    /// Who may do what with it.
    pub rights: Option<Text>,
    /// The language that it declares.
    pub language: Option<String>,
    /// When it was changed.
    pub updated: Option<Moment>,
    /// When it was published.
    pub published: Option<Moment>,
    /// What made it.
    pub generator: Option<String>,
    /// For how many minutes it may be kept.
    pub ttl: Option<u32>,
    /// How often it is updated, in seconds, by the syndication module.
    pub update_period: Option<u64>,
    /// The hours of the day, in UTC, in which nobody needs to ask.
    pub skip_hours: Vec<u8>,
    /// The days, as they are named in English and in lower case, on which nobody needs to ask.
    pub skip_days: Vec<String>,
    /// Its links that are no page: `self`, `hub`, `next`, `prev-archive` and the like.
    pub links: Vec<Relation>,
}

/// A link of a feed with what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What it is for, in lower case.
    pub rel: String,
    /// Its address, made absolute.
    pub url: String,
}
