//! A feed that was read, for programs.

use fetcher::parse::date::Moment;
use fetcher::parse::markup::Sanitiser;
use fetcher::parse::{Channel, Item, ParsedFeed, Person, Report, Text};
use serde_json::{Value, json};

pub(super) fn of(file: &str, read: Result<&ParsedFeed, &String>) -> Value {
    match read {
        Ok(feed) => {
            let mut texts = Texts {
                sanitiser: Sanitiser::default(),
                base: feed.base.as_deref(),
            };
            let entries: Vec<Value> = feed
                .items
                .iter()
                .map(|item| entry(item, &mut texts))
                .collect();
            json!({
                "file": file,
                "dialect": feed.dialect.name(),
                "feed": channel(&feed.channel, &mut texts),
                "entries": entries,
                "repairs": repairs(&feed.report),
                "losses": losses(&feed.report),
                "error": null,
            })
        }
        Err(error) => json!({
            "file": file,
            "dialect": null,
            "feed": null,
            "entries": [],
            "repairs": [],
            "losses": [],
            "error": error,
        }),
    }
}

/// Shows texts of one feed.
struct Texts<'a> {
    sanitiser: Sanitiser,
    base: Option<&'a str>,
}

impl Texts<'_> {
    fn shown(&mut self, text: Option<&Text>) -> Option<String> {
        text.map(|text| self.sanitiser.shown(text, self.base))
    }

    /// An id as an address, where it is a relative one.
    fn id(&self, id: Option<&String>) -> Option<String> {
        let id = id?;
        if !id.starts_with('/') {
            return Some(id.clone());
        }
        let base = self.base.and_then(|base| url::Url::parse(base).ok());
        let joined = base.and_then(|base| base.join(id).ok());
        Some(joined.map_or_else(|| id.clone(), String::from))
    }
}

fn channel(channel: &Channel, texts: &mut Texts<'_>) -> Value {
    let author = channel.authors.first();
    json!({
        "title": texts.shown(channel.title.as_ref()),
        "link": channel.link,
        "id": texts.id(channel.id.as_ref()),
        "author": author.and_then(Person::full),
        "author_name": author.and_then(|author| author.name.as_ref()),
        "author_email": author.and_then(|author| author.email.as_ref()),
        "subtitle": texts.shown(channel.subtitle.as_ref()),
        "rights": texts.shown(channel.rights.as_ref()),
        "language": channel.language,
        "updated": moment(channel.updated),
        "published": moment(channel.published),
        "generator": channel.generator,
        "ttl": channel.ttl,
    })
}

fn entry(item: &Item, texts: &mut Texts<'_>) -> Value {
    let author = item.authors.first();
    let enclosures: Vec<Value> = item
        .enclosures
        .iter()
        .map(|file| json!({ "url": file.url, "type": file.media_type, "length": file.length }))
        .collect();
    json!({
        "id": texts.id(item.guid.as_ref()),
        "identity": item.identity,
        "title": texts.shown(item.title.as_ref()),
        "link": item.link,
        "author": author.and_then(Person::full),
        "author_name": author.and_then(|author| author.name.as_ref()),
        "author_email": author.and_then(|author| author.email.as_ref()),
        "published": moment(item.published),
        "updated": moment(item.updated),
        "created": moment(item.created),
        "summary": texts.shown(item.summary.as_ref()),
        "content": texts.shown(item.content.as_ref()),
        "categories": item.categories,
        "enclosures": enclosures,
        "comments": item.comments,
    })
}

fn moment(moment: Option<Moment>) -> Option<String> {
    moment.map(|moment| moment.instant.to_string())
}

fn repairs(report: &Report) -> Vec<Value> {
    report
        .repairs
        .iter()
        .map(|(repair, count)| json!({ "repair": repair.name(), "count": count }))
        .collect()
}

fn losses(report: &Report) -> Vec<Value> {
    report
        .losses
        .iter()
        .map(|(loss, lost)| json!({ "loss": loss.name(), "count": lost.count, "example": lost.example }))
        .collect()
}
