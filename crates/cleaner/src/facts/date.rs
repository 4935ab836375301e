//! When the article was published.

mod agreed;
mod calendar;
mod changed;
mod clock;
mod shown;
mod tokens;
mod written;
mod zoned;

use article::Precision;
use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::Offset;
use url::Url;

pub(crate) use changed::last_change;
use shown::nearest_time;
pub(crate) use shown::{in_text, is_aside};
use written::{Order, moment};

use super::Told;
use super::linked_data::LinkedData;
use crate::page::Page;
use crate::payload;
use agreed::Beside;

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

/// The first day that a line shows, in whatever order, and whether it shows a time as well.
pub(crate) fn shown_in(line: &str) -> Option<(Date, bool)> {
    let found = written::scan(line, Order::of(None))?;
    Some((found.day, found.precision != Precision::Day))
}

/// Whether a word in lower case names a month, a day, or a part of one.
pub(crate) fn is_calendar_word(word: &str) -> bool {
    tokens::month(word).is_some() || tokens::is_day(word)
}

/// Whether words name a day or a part of one, and nothing else: `Friday Evening`, `Late May`. `April May` is a name.
pub(crate) fn is_time_of(words: &str) -> bool {
    let lower = words.to_lowercase();
    let mut all = lower.split_whitespace();
    all.clone().count() >= 2 && all.clone().any(tokens::is_day) && all.all(is_calendar_word)
}

/// A distance from UTC as RFC 3339 writes it.
pub(crate) fn zone(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// Names of `meta` elements that hold the moment of publication, most trusted first.
const METAS: [&str; 29] = [
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
    "dcterms.created",
    "dc.date.created",
    "dcsext.articlefirstpublished",
    "article.published",
    "article_date_original",
    "citation_publication_date",
    "release_date",
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

/// Names of `meta` elements that hold a moment which is that of a change as often as that of publication.
const WEAK: [&str; 5] = [
    "date",
    "dcterms.date",
    "dc.date",
    "datecreated",
    "date.created",
];

/// Chooses the moment of publication from what the page marks up: none after `latest`, when the page was there
/// already.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    base: Option<&Url>,
    language: Option<&str>,
    headline: usize,
    latest: Timestamp,
) -> Option<Told<Moment>> {
    let order = Order::of(language);
    let path = base.and_then(|base| in_path(base.path()));
    let past = |told: &Told<Moment>| told.value.instant <= latest;
    let found = marked(page, linked, order, latest)
        .or_else(|| Some(Told::by("text", shown::introduced(page, order, 24)?)).filter(past))
        .or_else(|| Some(Told::by("url", path?)).filter(past))
        .or_else(|| nearest_time(page, order, headline, false).filter(past))
        .or_else(|| named(page, &WEAK, order).filter(past))
        .or_else(|| nearest_time(page, order, headline, true).filter(past))?;
    let beside = Beside {
        page,
        linked,
        order,
        headline,
        language,
        path,
    };
    Some(beside.settle(found))
}

/// What says that it is the moment of publication.
fn marked(
    page: &Page,
    linked: &LinkedData,
    order: Order,
    latest: Timestamp,
) -> Option<Told<Moment>> {
    let read = |text: &str| moment(text, order).filter(|found| found.instant <= latest);
    if let Some(found) = linked.published.as_deref().and_then(read) {
        return Some(Told::by("json-ld", found));
    }
    let past = |told: &Told<Moment>| told.value.instant <= latest;
    if let Some(found) = named(page, &METAS, order).filter(past) {
        return Some(found);
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
    let found = published.find_map(|time| read(changed::without(&time.value)))?;
    Some(Told::by("time", found))
}

/// The first moment in `meta` elements of these names.
fn named(page: &Page, names: &[&str], order: Order) -> Option<Told<Moment>> {
    names.iter().find_map(|name| {
        let found = page.head.all(name).find_map(|text| moment(text, order))?;
        Some(Told::by(name, found))
    })
}

/// A moment in the data of a page's scripts, where nothing else tells one.
pub(crate) fn in_data(payloads: &[&str], language: Option<&str>) -> Option<Told<Moment>> {
    let order = Order::of(language);
    let found = payload::moments(payloads).find_map(|text| moment(text, order))?;
    Some(Told::by("data", found))
}

/// The moment of the last change, where the page tells one.
pub(crate) fn modified(
    page: &Page,
    linked: &LinkedData,
    language: Option<&str>,
) -> Option<Told<Moment>> {
    const METAS: [&str; 7] = [
        "article:modified_time",
        "og:updated_time",
        "datemodified",
        "article:modified",
        "last-modified",
        "dateupdate",
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
    named(page, &METAS, order)
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
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let page = crate::page::read(&crate::tidy::tidy(html));
        let found = choose(&page, &LinkedData::default(), None, None, 0, Timestamp::MAX);
        let told = found.map(|told| told.value.day.to_string());
        assert_eq!(told.as_deref(), Some(expected), "{html}");
    }

    #[test]
    fn the_day_is_that_of_the_writers_calendar() {
        check(
            "<meta property=article:published_time content=2026-05-16T22:30:00Z>\
             <meta name=date content='Sun, 17 May 2026 00:30:00 +0200'>",
            "2026-05-17",
        );
    }

    #[test]
    fn a_time_at_the_headline_counts_more_than_a_date_of_any_kind() {
        check(
            "<meta name=date content=2026-05-20><h1>a</h1><time datetime=2026-05-17>x</time>",
            "2026-05-17",
        );
        check(
            "<meta name=date content=2026-05-20><h1>a</h1>",
            "2026-05-20",
        );
        check(
            "<h1>a</h1><p>b <abbr class=published title=2026-05-17T08:00:00Z>Sunday</abbr></p>",
            "2026-05-17",
        );
    }

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
