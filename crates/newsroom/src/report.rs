//! Reports held in memory: the archive of the bundled world and of documents.

use std::collections::HashMap;

use article::{ArticleId, RelationKind};
use jiff::Timestamp;

use crate::archive::{Archive, Dated, Item, Page};
use crate::feed::iso_date;
use crate::outlet::Outlet;
use crate::template::{Content, Template};
use crate::truth::TrueArticle;

/// One article as its outlet prints it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub outlet: usize,
    /// The path, unique on the outlet's host.
    pub path: String,
    /// The whole address where it is none of the outlet's host: `http://HOST/...`, no port.
    pub address: Option<String>,
    pub title: Option<String>,
    pub byline: Option<String>,
    pub summary: Option<String>,
    pub section: Option<String>,
    pub paragraphs: Vec<String>,
    /// The date that the world's data gives; else it is that of publication.
    pub date: Option<Timestamp>,
    pub lang: Option<String>,
    pub key: Option<String>,
    /// What it was made from, by index: an earlier one.
    pub relation: Option<(RelationKind, usize)>,
    pub event: Option<String>,
}

impl Report {
    /// Where it stands.
    pub(crate) fn url(&self, outlets: &[Outlet]) -> String {
        let own = || format!("http://{}{}", outlets[self.outlet].host, self.path);
        self.address.clone().unwrap_or_else(own)
    }
}

/// Reports in order of publication.
#[derive(Debug)]
pub(crate) struct Reports {
    outlets: Vec<Outlet>,
    /// The template of each outlet.
    templates: Vec<std::sync::Arc<Template>>,
    archive: Vec<Report>,
    by_outlet: Vec<Vec<usize>>,
    by_address: HashMap<String, usize>,
    /// How many articles a feed lists at most.
    feed_length: usize,
}

/// How many earlier articles a page points to.
const EARLIER: usize = 6;

impl Reports {
    /// `templates` has one for each outlet.
    pub(crate) fn new(
        outlets: Vec<Outlet>,
        templates: Vec<std::sync::Arc<Template>>,
        reports: Vec<Report>,
        feed_length: usize,
    ) -> Self {
        let mut by_outlet = vec![Vec::new(); outlets.len()];
        let mut by_address = HashMap::new();
        for (index, report) in reports.iter().enumerate() {
            by_outlet[report.outlet].push(index);
            by_address.insert(report.url(&outlets), index);
        }
        Self {
            outlets,
            templates,
            archive: reports,
            by_outlet,
            by_address,
            feed_length,
        }
    }

    /// Address and headline of the outlet's articles before this one. Never those after it: a page
    /// does not change once it is out.
    fn earlier(&self, index: usize) -> Vec<(String, String)> {
        let same_outlet = &self.by_outlet[self.archive[index].outlet];
        let before = same_outlet.partition_point(|other| *other < index);
        same_outlet[..before]
            .iter()
            .rev()
            .filter_map(|other| Some((self.url(*other), self.archive[*other].title.clone()?)))
            .take(EARLIER)
            .collect()
    }
}

impl Archive for Reports {
    fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    fn total(&self) -> usize {
        self.archive.len()
    }

    fn listed(&self, outlet: usize, published: usize, _paced: bool) -> Vec<usize> {
        let all = &self.by_outlet[outlet];
        let out = all.partition_point(|index| *index < published);
        let newest = all[..out].iter().rev().take(self.feed_length);
        newest.copied().collect()
    }

    fn item(&self, index: usize) -> Item {
        let report = &self.archive[index];
        Item {
            url: self.url(index),
            title: report.title.clone(),
            summary: report.summary.clone(),
            author: report.byline.clone(),
            paragraphs: report.paragraphs.clone(),
            dated: report.date.map_or(Dated::Publication, Dated::At),
        }
    }

    fn url(&self, index: usize) -> String {
        self.archive[index].url(&self.outlets)
    }

    fn find(&self, host: &str, target: &str) -> Option<usize> {
        self.by_address
            .get(&format!("http://{host}{target}"))
            .copied()
    }

    fn page(&self, index: usize, published_at: Timestamp) -> std::io::Result<Page> {
        let report = &self.archive[index];
        let outlet = &self.outlets[report.outlet];
        let language = report.lang.as_deref().or(outlet.language.as_deref());
        let published = report.date.unwrap_or(published_at);
        let content = Content {
            title: report.title.as_deref().unwrap_or_default(),
            url: &self.url(index),
            host: &outlet.host,
            outlet: if outlet.named { &outlet.name } else { "" },
            lang: language.unwrap_or_default(),
            charset: outlet.charset.label(),
            byline: report.byline.as_deref().unwrap_or_default(),
            summary: report.summary.as_deref().unwrap_or_default(),
            section: report.section.as_deref().unwrap_or_default(),
            date: &iso_date(published),
            day: &day(published, language.unwrap_or_default()),
            paragraphs: &report.paragraphs,
            earlier: &self.earlier(index),
        };
        let html = self.templates[report.outlet].render(&content);
        Ok(Page {
            body: outlet.charset.encode(html),
            content_type: outlet.charset.content_type("text/html"),
        })
    }

    fn truth(&self, index: usize) -> TrueArticle {
        let report = &self.archive[index];
        let outlet = &self.outlets[report.outlet];
        let url = self.url(index);
        TrueArticle {
            index,
            key: report.key.clone(),
            id: ArticleId::of_url(&url),
            url,
            outlet: outlet.name.clone(),
            title: report.title.clone().unwrap_or_default(),
            relation: report
                .relation
                .map(|(kind, source)| (kind, self.url(source))),
            event: report.event.clone(),
            lang: report.lang.clone().or_else(|| outlet.language.clone()),
        }
    }
}

/// A date as people write it.
fn day(date: Timestamp, language: &str) -> String {
    const GERMAN: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    const SPANISH: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let date = date.to_zoned(jiff::tz::TimeZone::UTC).date();
    let month = (date.month() - 1) as usize;
    match language.get(..2) {
        Some("de") => format!("{}. {} {}", date.day(), GERMAN[month], date.year()),
        Some("es") => format!("{} de {} de {}", date.day(), SPANISH[month], date.year()),
        _ => date.strftime("%-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, expected: &str) {
        let date = "2026-03-09T23:00:00Z".parse().expect("a timestamp");
        assert_eq!(day(date, language), expected);
    }

    #[test]
    fn days_are_written_in_the_language_of_the_outlet() {
        check("en-gb", "9 March 2026");
        check("de", "9. März 2026");
        check("es", "9 de marzo de 2026");
        check("", "9 March 2026");
    }
}
