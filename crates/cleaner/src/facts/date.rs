//! When the article was published.

mod written;

use article::Precision;
use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::Offset;
use url::Url;

use written::{Order, moment, scan};

use super::Told;
use super::linked_data::LinkedData;
use crate::page::{Block, Page};

/// A moment as somebody wrote it: the instant, and the day that their calendar showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant. A time without zone counts as UTC, a day without time as its midnight.
    pub instant: Timestamp,
    /// The day in the writer's own zone.
    pub day: Date,
    /// How exactly it was written.
    pub precision: Precision,
    /// The writer's distance from UTC, where it was written.
    pub offset: Option<Offset>,
}

impl Moment {
    /// An instant of which no zone is known.
    pub fn of(instant: Timestamp) -> Self {
        Self {
            instant,
            day: Offset::UTC.to_datetime(instant).date(),
            precision: Precision::Second,
            offset: None,
        }
    }

    /// A time as a calendar and a clock show it.
    fn local(time: civil::DateTime, precision: Precision, offset: Option<Offset>) -> Option<Self> {
        let zone = offset.unwrap_or(Offset::UTC);
        Some(Self {
            instant: zone.to_timestamp(time).ok()?,
            day: time.date(),
            precision,
            offset,
        })
    }

    fn on(day: Date) -> Option<Self> {
        Self::local(day.at(0, 0, 0, 0), Precision::Day, None)
    }

    /// News pages are younger than the web, and not from the next century.
    fn is_plausible(&self) -> bool {
        (1991..2100).contains(&self.day.year())
    }
}

/// A distance from UTC as RFC 3339 writes it.
pub(crate) fn zone(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// Names of `meta` elements that hold the moment of publication, most trusted first.
const METAS: [&str; 34] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article:published",
    "og:published_time",
    "date_published",
    "publish-date",
    "publish_date",
    "publishdate",
    "published-date",
    "published_date",
    "publication_date",
    "publicationdate",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "originalpublicationdate",
    "bt:pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcsext.articlefirstpublished",
    "article.published",
    "article_date_original",
    "citation_publication_date",
    "release_date",
    "date",
    "datecreated",
    "date.created",
];

/// How the names of other `meta` elements that hold it are recognised: by parts of them.
fn is_publication(name: &str) -> bool {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    has(&[
        "publish",
        "publica",
        "pubdate",
        "pub_date",
        "pub-date",
        "issued",
        "citation_date",
        "dc:date",
    ]) && has(&["date", "time", "issued", "_at"])
        && !has(&["modif", "updat", "expir", "unpublish", "republish"])
}

/// Chooses the moment of publication from what the page marks up.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    base: Option<&Url>,
    language: Option<&str>,
    headline: usize,
) -> Option<Told<Moment>> {
    let order = Order::of(language);
    let read = |text: &str| moment(text, order);
    if let Some(found) = linked.published.as_deref().and_then(read) {
        return Some(Told::by("json-ld", found));
    }
    for name in METAS {
        if let Some(found) = page.head.all(name).find_map(read) {
            return Some(Told::by(name, found));
        }
    }
    let mut others = page
        .head
        .metas
        .iter()
        .filter(|(name, _)| is_publication(name));
    if let Some((name, found)) = others.find_map(|(name, text)| Some((name, read(text)?))) {
        return Some(Told::by(name, found));
    }
    let mut published = page.head.times.iter().filter(|time| time.is_publication);
    if let Some(found) = published.find_map(|time| read(&time.value)) {
        return Some(Told::by("time", found));
    }
    if let Some(found) = base.and_then(|base| in_path(base.path())) {
        return Some(Told::by("url", found));
    }
    nearest_time(page, order, headline)
}

/// The moment of the last change, where the page tells one.
pub(crate) fn modified(
    page: &Page,
    linked: &LinkedData,
    language: Option<&str>,
) -> Option<Told<Moment>> {
    const METAS: [&str; 6] = [
        "article:modified_time",
        "og:updated_time",
        "datemodified",
        "article:modified",
        "last-modified",
        "dcterms.modified",
    ];
    let order = Order::of(language);
    if let Some(found) = linked
        .modified
        .as_deref()
        .and_then(|text| moment(text, order))
    {
        return Some(Told::by("json-ld", found));
    }
    METAS.iter().find_map(|name| {
        let found = page.head.all(name).find_map(|text| moment(text, order))?;
        Some(Told::by(name, found))
    })
}

/// How many blocks behind the headline a moment may stand and still be the article's.
const NEAR: usize = 25;

/// The first moment about the headline that is no update: marked up as a time, else named as one.
fn nearest_time(page: &Page, order: Order, headline: usize) -> Option<Told<Moment>> {
    let near = headline.saturating_sub(4)..=headline + NEAR;
    let pick = |is_named: bool, is_near: bool| {
        page.head
            .times
            .iter()
            .filter(|time| !time.is_update && time.is_named == is_named)
            .filter(|time| !is_near || near.contains(&time.block))
            .filter(|time| !is_named || time.value.len() < 120)
            .find_map(|time| moment(&time.value, order))
    };
    pick(false, true)
        .or_else(|| pick(true, true))
        .map(|found| Told::by("time", found))
}

/// A date at the end of the page's title, else one written out in a short block about the headline, else a line anywhere that is a date and
/// little else, else any marked-up time.
pub(crate) fn in_text(
    page: &Page,
    language: Option<&str>,
    headline: usize,
) -> Option<Told<Moment>> {
    let order = Order::of(language);
    if let Some(found) = in_title(&page.head.title, order) {
        return Some(Told::by("title", found));
    }
    let short = |block: &&Block, most: usize| block.length <= most;
    let near = page.blocks.iter().skip(headline.saturating_sub(3)).take(20);
    near.filter(|block| short(block, 160))
        .find_map(|block| scan(&block.text, order))
        .or_else(|| {
            let behind = page
                .blocks
                .iter()
                .skip(headline)
                .filter(|block| short(block, 48));
            behind
                .map(|block| &block.text)
                .find_map(|text| scan(text, order))
        })
        .or_else(|| {
            let times = page.head.times.iter().filter(|time| time.value.len() < 120);
            times
                .map(|time| &time.value)
                .find_map(|text| moment(text, order))
        })
        .map(|found| Told::by("text", found))
}

/// `... | The Daily | 17.05.2026`: a date as the last part of the page's title.
fn in_title(title: &str, order: Order) -> Option<Moment> {
    let (_, last) = title.rsplit_once(['|', '–', '—'])?;
    let last = last.trim();
    let is_bare = last.len() <= 10 && last.bytes().all(|b| !b.is_ascii_alphabetic());
    scan(last, order).filter(|_| is_bare)
}

/// `/2026/05/17/` in an address, or `/2026-05-17-`.
fn in_path(path: &str) -> Option<Moment> {
    let bytes = path.as_bytes();
    for (index, _) in path.match_indices(['/', '-', '_']) {
        let number = |from: usize, length: usize| -> Option<i16> {
            let digits = bytes.get(from..from + length)?;
            let text = std::str::from_utf8(digits).ok()?;
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then_some(text)?
                .parse()
                .ok()
        };
        let ends = |at: usize| bytes.get(at).is_none_or(|b| !b.is_ascii_digit());
        let year = number(index + 1, 4);
        let Some(year) = year.filter(|year| (1991..2100).contains(year)) else {
            continue;
        };
        let separated = matches!(bytes.get(index + 5), Some(b'/' | b'-' | b'_'))
            && bytes.get(index + 5) == bytes.get(index + 8);
        let (month, day, end) = if separated {
            (number(index + 6, 2), number(index + 9, 2), index + 11)
        } else {
            (number(index + 5, 2), number(index + 7, 2), index + 9)
        };
        if let (Some(month), Some(day), true) = (month, day, ends(end))
            && let Ok(date) = Date::new(year, month as i8, day as i8)
        {
            return Moment::on(date);
        }
        // `/2026/05/260517-`: the month again, and the day.
        let rest = path.get(index + 8..).unwrap_or_default();
        if let (Some(month), Some(b'/')) = (number(index + 6, 2), bytes.get(index + 8))
            && let Some(found) = short_day(rest, year, month)
        {
            return Some(found);
        }
    }
    None
}

/// `/260517-` behind a year and a month that say the same.
fn short_day(path: &str, year: i16, month: i16) -> Option<Moment> {
    let digits = path.strip_prefix('/')?.get(..6)?;
    let given = format!("{:02}{month:02}", year % 100);
    let day = digits.strip_prefix(&given)?.parse().ok()?;
    Moment::on(Date::new(year, month as i8, day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_dates() {
        let day = |path| in_path(path).map(|moment| moment.day.to_string());
        assert_eq!(
            day("/news/2026/05/17/a.html").as_deref(),
            Some("2026-05-17")
        );
        assert_eq!(day("/a-20260517-b").as_deref(), Some("2026-05-17"));
        assert_eq!(day("/2026/a"), None);
        assert_eq!(day("/a-202605171234"), None);
    }
}
