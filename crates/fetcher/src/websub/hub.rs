//! Which hub a feed names, and under which address it is known there (W3C WebSub, section 4).

use memchr::memmem;
use url::Url;

use crate::link_header;
use crate::outcome::Answer;
use crate::parse;

/// How much of a document is looked through for a hub before it is read for one.
const HEAD: usize = 64 << 10;

/// A hub, and what it calls the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The hub's address.
    pub(crate) hub: String,
    /// The feed's own.
    pub(crate) topic: String,
}

/// The first hub that an answer names together with the feed's own address: its header first, then its
/// document. Without an own address nobody can subscribe, as the standard has it.
pub(crate) fn named(answer: &Answer) -> Option<Named> {
    of_header(answer).or_else(|| of_document(answer))
}

fn of_header(answer: &Answer) -> Option<Named> {
    let base = Url::parse(&answer.final_url).ok()?;
    let links = link_header::links(&answer.headers);
    let find = |rel: &str| {
        let link = links.iter().find(|link| link.has_rel(rel))?;
        base.join(&link.target).ok()
    };
    checked(find("hub")?.into(), find("self")?.into())
}

fn of_document(answer: &Answer) -> Option<Named> {
    let head = &answer.body[..answer.body.len().min(HEAD)];
    // A cheap look first: most feeds name none, and each is read for its items anyway.
    memmem::find(head, b"hub")?;
    let feed = parse::parse(&answer.body, &answer.headers, &answer.final_url).ok()?;
    let links = feed.channel.links;
    let find = |rel: &str| {
        let link = links.iter().find(|link| link.rel == rel)?;
        Some(link.url.clone())
    };
    checked(find("hub")?, find("self")?)
}

fn checked(hub: String, topic: String) -> Option<Named> {
    let is_asked_for = |url: &str| crate::ingest::unfetchable(url).is_none();
    (is_asked_for(&hub) && is_asked_for(&topic)).then_some(Named { hub, topic })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(links: &[&str], body: &str) -> Answer {
        Answer {
            final_url: "https://a.example/news/rss".into(),
            status: 200,
            headers: links
                .iter()
                .map(|link| ("link".to_owned(), (*link).to_owned()))
                .collect(),
            body: body.into(),
            ..Answer::default()
        }
    }

    #[track_caller]
    fn check(links: &[&str], body: &str, expected: Option<(&str, &str)>) {
        let named = named(&answer(links, body));
        let named = named
            .as_ref()
            .map(|named| (named.hub.as_str(), named.topic.as_str()));
        assert_eq!(named, expected);
    }

    const ATOM: &str = "<feed xmlns='http://www.w3.org/2005/Atom'>\
        <link rel='hub' href='https://hub.example/'/><link rel='self' href='/atom'/></feed>";

    #[test]
    fn the_header_comes_before_the_document() {
        let own = Some(("https://h.example/", "https://a.example/news/own"));
        check(
            &["<https://h.example/>; rel=hub, <own>; rel=\"self\""],
            ATOM,
            own,
        );
        check(
            &["<https://h.example/>; rel=\"hub\"", "<own>; rel=self"],
            "",
            own,
        );
        let document = Some(("https://hub.example/", "https://a.example/atom"));
        check(&[], ATOM, document);
        check(&["<https://h.example/>; rel=hub"], ATOM, document);
    }

    #[test]
    fn every_dialect_names_its_hub() {
        let rss = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>\
            <atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://a.example/rss'/>\
            <item><title>x</title></item></channel></rss>";
        check(
            &[],
            rss,
            Some(("https://hub.example/", "https://a.example/rss")),
        );
        let json = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\
            \"feed_url\":\"https://a.example/feed.json\",\
            \"hubs\":[{\"type\":\"WebSub\",\"url\":\"https://hub.example/\"}],\"items\":[]}";
        check(
            &[],
            json,
            Some(("https://hub.example/", "https://a.example/feed.json")),
        );
    }

    #[test]
    fn a_hub_that_nobody_may_ask_is_none() {
        check(&["<ftp://h.example/>; rel=hub, <own>; rel=self"], "", None);
        check(
            &["<https://ann:hunter2@h.example/>; rel=hub, <own>; rel=self"],
            "",
            None,
        );
        check(&["<https://h.example/>; rel=hub"], "<p>hub", None);
    }
}
