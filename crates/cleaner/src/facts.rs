//! What a page says of its article, by agreement of its sources.

pub(crate) mod address;
mod authors;
pub(crate) mod date;
mod image;
pub(crate) mod linked_data;
mod names;
mod signature;
mod title;
mod topics;
mod words;

use article::{ArticleKind, Fetched, Image, Metadata, Sources, TextLanguage};
use jiff::Timestamp;
use url::Url;

pub(crate) use authors::METAS as AUTHOR_FIELDS;
pub use date::Moment;
pub(crate) use date::is_aside;

use crate::fold;
use crate::page::{Page, Tag};
use linked_data::LinkedData;

/// A value with the source that told it.
#[derive(Clone, Debug)]
pub(crate) struct Told<T> {
    pub(crate) value: T,
    pub(crate) source: String,
}

impl<T> Told<T> {
    pub(crate) fn by(source: &str, value: T) -> Self {
        let source = source.to_owned();
        Self { value, source }
    }
}

/// An article's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The headline; empty where neither page nor feed has one.
    pub title: String,
    /// Who signed it.
    pub authors: Vec<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub modified: Option<Moment>,
    /// The address that the page calls its own, else the one that answered.
    pub canonical_url: String,
    /// The language that page or feed declares, in lower case.
    pub language: Option<String>,
    /// Who publishes it; never empty unless the address has no host either.
    pub outlet: String,
    /// The publisher that the page's data name.
    pub publisher: Option<String>,
    /// The standfirst or description.
    pub summary: Option<String>,
    /// What it is filed under, as written.
    pub section: Option<String>,
    /// Its tags, as written.
    pub tags: Vec<String>,
    /// The picture that leads it.
    pub image: Option<Image>,
    /// Whether it is kept from those who do not pay.
    pub paywalled: Option<bool>,
    /// What kinds of article the page says that it is.
    pub kinds: Vec<ArticleKind>,
    /// Where each fact is from.
    pub sources: Sources,
}

impl Facts {
    /// What of them an article carries apart from its main fields.
    pub(crate) fn metadata(&self, text: &str, text_language: TextLanguage) -> Metadata {
        Metadata {
            published_precision: self.published.map(|moment| moment.precision),
            published_zone: self
                .published
                .and_then(|moment| moment.offset)
                .map(date::zone),
            modified: self.modified.map(|moment| moment.instant),
            modified_precision: self.modified.map(|moment| moment.precision),
            modified_zone: self
                .modified
                .and_then(|moment| moment.offset)
                .map(date::zone),
            publisher: self.publisher.clone(),
            section: self.section.clone(),
            tags: self.tags.clone(),
            categories: Vec::new(),
            image: self.image.clone(),
            paywalled: self.paywalled,
            word_count: Some(words::count(text)),
            text_language: Some(text_language),
            kinds: self.kinds.clone(),
            sources: self.sources.clone(),
        }
    }
}

/// The value, with its source noted.
fn take<T>(told: Option<Told<T>>, source: &mut Option<String>) -> Option<T> {
    let told = told?;
    *source = Some(told.source);
    Some(told.value)
}

/// Collects the facts of a page; the feed answers what the page leaves open. `payloads` are the data of the
/// page's scripts.
pub(crate) fn gather(
    fetched: &Fetched,
    page: &Page,
    linked: &LinkedData,
    payloads: &[&str],
) -> Facts {
    let feed = &fetched.discovered;
    let own = Url::parse(&fetched.final_url)
        .or_else(|_| Url::parse(&feed.url))
        .ok();
    let own = own.as_ref();
    let named = page.head.base.as_deref().and_then(|base| match own {
        Some(own) => own.join(base).ok(),
        None => Url::parse(base).ok(),
    });
    let base = named.as_ref().or(own);
    let mut facts = Facts::default();
    let site = site_name(page, linked);
    let outlet = outlet(feed.feed.publisher.as_deref(), site.as_ref(), base);
    facts.outlet = take(Some(outlet), &mut facts.sources.outlet).unwrap_or_default();
    let publisher = linked.publisher.clone();
    let publisher = publisher.map(|name| Told::by("json-ld", name));
    facts.publisher = take(publisher, &mut facts.sources.publisher);
    let language = address::language(page, linked, feed);
    facts.language = take(language, &mut facts.sources.language);
    let headline = name(&mut facts, fetched, (page, linked, payloads), site, base);
    dates(&mut facts, fetched, page, linked, headline);
    if facts.published.is_none() {
        let past = |told: &Told<Moment>| told.value.instant <= latest(fetched);
        let hidden = date::in_data(payloads, facts.language.as_deref()).filter(past);
        facts.published = take(hidden, &mut facts.sources.published);
    }
    let canonical = address::canonical(page, base, &fetched.final_url);
    facts.canonical_url =
        take(Some(canonical), &mut facts.sources.canonical_url).unwrap_or_default();
    let summary = summary(page, linked, feed.summary.as_deref());
    facts.summary = take(summary, &mut facts.sources.summary);
    let image = image::choose(page, linked, base, headline);
    facts.image = take(image, &mut facts.sources.image);
    filed(&mut facts, page, linked);
    facts
}

/// Its title and authors; returns the block that says the title.
fn name(
    facts: &mut Facts,
    fetched: &Fetched,
    (page, linked, payloads): (&Page, &LinkedData, &[&str]),
    site: Option<Told<String>>,
    base: Option<&Url>,
) -> usize {
    let feed = &fetched.discovered;
    let names = [Some(facts.outlet.clone()), site.map(|site| site.value)];
    let sites: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
    let title = title::choose(page, linked, feed.title.as_deref(), &sites, base);
    facts.title = take(title, &mut facts.sources.title).unwrap_or_default();
    let headline = headline_block(page, &facts.title);
    let authors = authors::choose(
        page,
        linked,
        &feed.authors,
        &sites,
        &facts.title,
        headline,
        payloads,
    );
    facts.authors = take(authors, &mut facts.sources.authors).unwrap_or_default();
    headline
}

/// What it is filed under, and what the page says of its kind.
fn filed(facts: &mut Facts, page: &Page, linked: &LinkedData) {
    let section = topics::section(page, linked);
    facts.section = take(section, &mut facts.sources.section);
    let tags = topics::tags(page, linked);
    facts.tags = take(tags, &mut facts.sources.tags).unwrap_or_default();
    let paywalled = topics::paywalled(page, linked);
    facts.paywalled = take(paywalled, &mut facts.sources.paywalled);
    let section = facts.section.as_deref();
    let kinds = topics::kinds(page, linked, section, facts.sources.section.as_deref());
    facts.kinds = take(kinds, &mut facts.sources.kinds).unwrap_or_default();
}

fn dates(facts: &mut Facts, fetched: &Fetched, page: &Page, linked: &LinkedData, headline: usize) {
    let base = Url::parse(&fetched.final_url).ok();
    let language = facts.language.clone();
    let language = language.as_deref();
    let fed = || {
        let published = fetched.discovered.published?;
        Some(Told::by("feed", Moment::of(published)))
    };
    let latest = latest(fetched);
    let past = |told: &Told<Moment>| told.value.instant <= latest;
    let published = date::choose(page, linked, base.as_ref(), language, headline, latest)
        .or_else(|| fed().filter(past))
        .or_else(|| date::in_text(page, linked, language, headline).filter(past));
    facts.published = take(published, &mut facts.sources.published);
    let modified = date::modified(page, linked, language)
        .or_else(|| date::last_change(page, language, headline))
        .filter(past);
    facts.modified = take(modified, &mut facts.sources.modified);
}

/// The latest moment that a page can have been published at: clocks and zones differ by a day at the most from those
/// of the fetcher. A page of which nobody knows when it was fetched has the beginning of the epoch there.
fn latest(fetched: &Fetched) -> Timestamp {
    if fetched.fetched_at == Timestamp::UNIX_EPOCH {
        return Timestamp::MAX;
    }
    fetched
        .fetched_at
        .checked_add(jiff::SignedDuration::from_hours(24))
        .unwrap_or(Timestamp::MAX)
}

/// The feed's publisher, else the page's site, else the host.
fn outlet(
    publisher: Option<&str>,
    site: Option<&Told<String>>,
    base: Option<&Url>,
) -> Told<String> {
    match (publisher.filter(|name| !name.trim().is_empty()), site) {
        (Some(name), _) => Told::by("feed", name.to_owned()),
        (None, Some(site)) => site.clone(),
        (None, None) => Told::by("host", host_name(base)),
    }
}

fn site_name(page: &Page, linked: &LinkedData) -> Option<Told<String>> {
    let told = ["og:site_name", "application-name"]
        .iter()
        .find_map(|name| {
            let content = page.head.meta(&[name])?;
            Some(Told::by(name, fold::squeeze(content)))
        });
    told.or_else(|| {
        linked
            .publisher
            .clone()
            .map(|name| Told::by("json-ld", name))
    })
    .filter(|told| !told.value.is_empty() && told.value.chars().count() <= 80)
}

/// Where the article begins: the heading that says its title, one of the first rank before others; else the first
/// heading of the first rank, whatever it says; else any block that says the title; else the first block.
pub(crate) fn headline_block(page: &Page, title: &str) -> usize {
    let title = fold::key(title);
    let says = |block: &crate::page::Block| fold::key(&block.text) == title;
    let is_headline = |block: &crate::page::Block| block.kind == Tag::Headline;
    let blocks = &page.blocks;
    blocks
        .iter()
        .position(|block| is_headline(block) && says(block))
        .or_else(|| {
            blocks
                .iter()
                .position(|block| block.is_heading() && says(block))
        })
        .or_else(|| blocks.iter().position(is_headline))
        .or_else(|| {
            blocks
                .iter()
                .position(|block| !title.is_empty() && says(block))
        })
        .unwrap_or(0)
}

fn host_name(base: Option<&Url>) -> String {
    let host = base.and_then(Url::host_str).unwrap_or_default();
    article::without_www(host).to_owned()
}

fn summary(page: &Page, linked: &LinkedData, feed: Option<&str>) -> Option<Told<String>> {
    let metas = ["og:description", "description", "twitter:description"];
    let own = metas.iter().find_map(|name| {
        let content = page.head.meta(&[name]).map(fold::squeeze)?;
        Some(Told::by(name, content))
    });
    own.or_else(|| {
        linked
            .description
            .clone()
            .map(|text| Told::by("json-ld", text))
    })
    .filter(|told| !told.value.is_empty())
    .or_else(|| {
        let text = feed.map(crate::plain)?;
        (!text.trim().is_empty()).then(|| Told::by("feed", text))
    })
}

/// What the page's data say that the article is about.
pub(crate) fn descriptions(page: &Page, linked: &LinkedData) -> Vec<String> {
    let metas = ["og:description", "description"].map(|name| page.head.meta(&[name]));
    let all = metas.into_iter().chain([linked.description.as_deref()]);
    all.flatten().map(str::to_owned).collect()
}
