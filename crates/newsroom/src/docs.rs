//! Any documents as a world: a source is an outlet.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::bundled::PLAIN;
use crate::outlet::{Outlet, slug};
use crate::report::{Report, Reports};
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
    lang: Option<String>,
}

/// What is there and not blank.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Outlets by source. An unknown source is never the same outlet as another unknown one.
#[derive(Default)]
struct Sources {
    outlets: Vec<Outlet>,
    by_source: HashMap<String, usize>,
    hosts: HashSet<String>,
}

impl Sources {
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
        let outlet = sources.outlet_of(source.as_deref(), &id, line);
        let mut page = format!("/{}.html", slug(&id));
        if !taken.insert((outlet, page.clone())) {
            page = format!("/{}-{line}.html", slug(&id));
            taken.insert((outlet, page.clone()));
        }
        reports.push(Report {
            outlet,
            path: page,
            title: said(row.title),
            paragraphs: paragraphs_of(&row.text),
            date: said(row.date).and_then(|date| read_date(&date)),
            lang: said(row.lang),
            key: Some(id),
            ..Report::default()
        });
    }
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
