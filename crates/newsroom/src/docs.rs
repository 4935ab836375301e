//! Any documents as a world: a source is an outlet.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use article::ArticleId;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::Url;

use crate::bundled::PLAIN;
use crate::outlet::{Outlet, slug};
use crate::pages::served_address;
use crate::report::{Report, Reports};
use crate::room::Room;
use crate::template::Template;
use crate::{OpenError, lines};

#[derive(Deserialize)]
struct Row {
    /// A string as a rule; a number is taken as it is written.
    id: serde_json::Value,
    text: String,
    title: Option<String>,
    source: Option<String>,
    date: Option<String>,
    url: Option<String>,
    lang: Option<String>,
}

/// What is there and not blank.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Outlets by source, and without one by the host of the address. Where neither is known, a document
/// never shares its outlet with another one.
#[derive(Default)]
struct Sources {
    outlets: Vec<Outlet>,
    by_source: HashMap<String, usize>,
    /// Outlets that have no name but their host.
    by_host: HashMap<String, usize>,
    hosts: HashSet<String>,
}

impl Sources {
    /// The outlet of a document without a source whose address is on `host`. None where the host is
    /// the name of another outlet already, which did not publish this.
    fn outlet_on(&mut self, host: &str) -> Option<usize> {
        if let Some(known) = self.by_host.get(host) {
            return Some(*known);
        }
        self.hosts.insert(host.to_owned()).then(|| {
            self.outlets.push(Outlet::plain(host, None));
            let place = self.outlets.len() - 1;
            self.by_host.insert(host.to_owned(), place);
            place
        })
    }

    /// A feed must not stand where a document does.
    fn part_feeds_from(&mut self, taken: &HashSet<ArticleId>) {
        for outlet in &mut self.outlets {
            let feed = format!("http://{}{}", outlet.host, outlet.feed_path);
            if taken.contains(&ArticleId::of_url(&feed)) {
                outlet.part_feed_from_pages();
            }
        }
    }

    fn outlet_of(&mut self, source: Option<&str>, id: &str, line: usize) -> usize {
        if let Some(known) = source.and_then(|source| self.by_source.get(source)) {
            return *known;
        }
        let wanted = match source {
            Some(source) => slug(source),
            None => format!("doc-{}", slug(id)),
        };
        let wanted = if wanted.is_empty() {
            "outlet".to_owned()
        } else {
            wanted
        };
        let mut host = format!("{wanted}.example");
        if !self.hosts.insert(host.clone()) {
            // Another name with the same letters, or one that has none of ours.
            host = format!("{wanted}-{line}.example");
            self.hosts.insert(host.clone());
        }
        self.outlets.push(Outlet::plain(host, source));
        let place = self.outlets.len() - 1;
        if let Some(source) = source {
            self.by_source.insert(source.to_owned(), place);
        }
        place
    }
}

/// Reads the documents. They are published in the order of the file.
pub(crate) fn load(path: &Path) -> Result<Reports, OpenError> {
    let mut sources = Sources::default();
    let mut taken = HashSet::new();
    let mut reports = Vec::new();
    for (line, row) in lines::parse::<Row>(path)? {
        let id = match row.id {
            serde_json::Value::String(id) => id,
            other => other.to_string(),
        };
        let source = said(row.source);
        // The second document at an address is served elsewhere.
        let url = said(row.url)
            .and_then(|url| own_address(&url))
            .filter(|url| taken.insert(ArticleId::of_url(url.as_str())));
        let on_host = match (&source, url.as_ref().and_then(Url::host_str)) {
            (None, Some(host)) => sources.outlet_on(host),
            _ => None,
        };
        let outlet = on_host.unwrap_or_else(|| sources.outlet_of(source.as_deref(), &id, line));
        let path = match url {
            Some(_) => String::new(),
            None => free_path(&mut taken, &sources.outlets[outlet].host, &id, line),
        };
        reports.push(Report {
            outlet,
            path,
            address: url.map(String::from),
            title: said(row.title),
            paragraphs: paragraphs_of(&row.text),
            date: said(row.date).and_then(|date| read_date(&date)),
            lang: said(row.lang),
            key: Some(id),
            ..Report::default()
        });
    }
    sources.part_feeds_from(&taken);
    let plain = Template::parse(PLAIN).map_err(|reason| OpenError::Content {
        place: "newsroom/world/templates/plain.html".to_owned(),
        reason,
    })?;
    let plain = Arc::new(plain);
    let templates = sources.outlets.iter().map(|_| Arc::clone(&plain));
    let templates = templates.collect();
    // No document may drop out of its feed before somebody polled it.
    let all = usize::MAX;
    Ok(Reports::new(sources.outlets, templates, reports, all))
}

/// A document's own address, where the newsroom can answer under it: a host of digits is dialled as it
/// is, whatever names are mapped to the newsroom, and some places are the newsroom's.
fn own_address(url: &str) -> Option<Url> {
    let url = served_address(url)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_ours = Room::is_own(url.host_str()?) || url.path() == "/robots.txt";
    (is_plain && !is_ours && url.domain().is_some()).then_some(url)
}

/// A path made of the id that no other document has on this host.
fn free_path(taken: &mut HashSet<ArticleId>, host: &str, id: &str, line: usize) -> String {
    let mut path = format!("/{}.html", slug(id));
    let mut number = line;
    while !taken.insert(ArticleId::of_url(&format!("http://{host}{path}"))) {
        path = format!("/{}-{number}.html", slug(id));
        number += 1;
    }
    path
}

/// Paragraphs are parted by blank lines and keep their own line breaks.
fn paragraphs_of(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push(line);
        }
    }
    paragraphs
        .iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join("\n"))
        .collect()
}

/// A timestamp, a date with a time, or a day: those without a zone are taken as UTC.
fn read_date(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text
            .parse::<DateTime>()
            .or_else(|_| text.parse::<Date>().map(DateTime::from))
            .ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::archive::Archive as _;

    fn world(lines: &str) -> Result<Reports, OpenError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(lines.as_bytes()).expect("writes");
        load(file.path())
    }

    #[test]
    fn a_source_is_an_outlet_and_an_unknown_one_stands_alone() {
        let world = world(concat!(
            "{\"id\": \"1\", \"text\": \"a\", \"source\": \"The Post\"}\n",
            "{\"id\": 2, \"text\": \"b\", \"source\": \"The Post\"}\n\n",
            "{\"id\": \"3\", \"text\": \"c\", \"source\": \"the-post\"}\n",
            "{\"id\": \"4\", \"text\": \"d\", \"source\": \" \"}\n",
            "{\"id\": \"4\", \"text\": \"e\"}\n",
            "{\"id\": \"6\", \"text\": \"f\", \"source\": \"Новости\"}\n",
        ))
        .expect("a world");
        let hosts: Vec<_> = world.outlets().iter().map(|it| it.host.as_str()).collect();
        assert_eq!(
            hosts,
            [
                "the-post.example",
                "the-post-4.example",
                "doc-4.example",
                "doc-4-6.example",
                "outlet.example"
            ]
        );
        assert_eq!(world.listed(0, 6, true), [1, 0]);
        assert!(world.outlets()[0].named && !world.outlets()[2].named);
        assert_eq!(world.truth(1).key.as_deref(), Some("2"));
    }

    #[test]
    fn a_document_stands_at_its_own_address() {
        let world = world(concat!(
            "{\"id\": \"1\", \"text\": \"a\", \"url\": \"https://A.example:8443/x?y=1#z\"}\n",
            "{\"id\": \"2\", \"text\": \"b\", \"url\": \"http://a.example/x?y=1\"}\n",
            "{\"id\": \"3\", \"text\": \"c\", \"url\": \"http://a.example/feed.xml\"}\n",
            "{\"id\": \"4\", \"text\": \"d\", \"url\": \"https://b.example/4\", \"source\": \"The Post\"}\n",
            "{\"id\": \"5\", \"text\": \"e\", \"url\": \"http://the-post.example/6.html\"}\n",
            "{\"id\": \"6\", \"text\": \"f\", \"url\": \"ftp://b.example/6\", \"source\": \"The Post\"}\n",
            "{\"id\": \"7\", \"text\": \"g\", \"url\": \"http://127.0.0.1/7\"}\n",
            "{\"id\": \"8\", \"text\": \"h\", \"url\": \"http://ann:pw@b.example/8\"}\n",
        ))
        .expect("a world");
        let urls: Vec<String> = (0..8).map(|index| world.url(index)).collect();
        assert_eq!(
            urls,
            [
                "http://a.example/x?y=1",
                "http://doc-2.example/2.html",
                "http://a.example/feed.xml",
                "http://b.example/4",
                "http://the-post.example/6.html",
                "http://the-post.example/6-6.html",
                "http://doc-7.example/7.html",
                "http://doc-8.example/8.html",
            ]
        );
        let feeds: Vec<String> = world.outlets().iter().map(|it| it.feed().url).collect();
        assert_eq!(feeds[0], "http://a.example/newsroom-feed.xml");
        assert_eq!(feeds[2], "http://the-post.example/feed.xml");
        assert_eq!(world.listed(0, 8, true), [2, 0]);
        assert_eq!(world.listed(2, 8, true), [5, 3]);
        assert_eq!(world.find("a.example", "/x?y=1"), Some(0));
        assert_eq!(world.find("b.example", "/4"), Some(3));
        assert_eq!(world.truth(4).outlet, "doc-5.example");
    }

    #[test]
    fn a_page_carries_the_text_and_invents_no_title() {
        let world = world("{\"id\": \"x\", \"text\": \"One\\ntwo.\\n \\nThree & four.\\n\"}\n");
        let world = world.expect("a world");
        let page = world.page(0, Timestamp::UNIX_EPOCH).expect("a page");
        let html = String::from_utf8(page.body).expect("UTF-8");
        assert!(
            html.contains("<p>One<br>\ntwo.</p>\n<p>Three &amp; four.</p>"),
            "{html}"
        );
        assert!(
            !html.contains("<h1>") && !html.contains("<title>"),
            "{html}"
        );
    }

    #[test]
    fn a_line_that_is_no_document_is_named() {
        let error = world("{\"id\": \"1\", \"text\": \"a\"}\n{\"id\": 2}\n").expect_err("no text");
        assert!(
            error.to_string().contains(":2: missing field `text`"),
            "{error}"
        );
    }

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        let expected = expected.map(|it| it.parse::<Timestamp>().expect("a timestamp"));
        assert_eq!(read_date(text), expected);
    }

    #[test]
    fn dates_read() {
        check_date("2026-03-01T10:00:00+01:00", Some("2026-03-01T09:00:00Z"));
        check_date("2026-03-01T10:00:00", Some("2026-03-01T10:00:00Z"));
        check_date("2026-03-01", Some("2026-03-01T00:00:00Z"));
        check_date("last week", None);
    }
}
