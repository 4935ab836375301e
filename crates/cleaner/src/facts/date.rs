//! When the article was published.

mod written;

use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::Offset;
use url::Url;

use written::{Order, moment, scan};

use super::headline_block;
use super::linked_data::LinkedData;
use crate::page::Page;

/// A moment as somebody wrote it: the instant, and the day that their calendar showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant. A time without zone counts as UTC, a day without time as its midnight.
    pub instant: Timestamp,
    /// The day in the writer's own zone.
    pub day: Date,
}

impl Moment {
    /// The moment as UTC shows it.
    pub fn of(instant: Timestamp) -> Self {
        Self {
            instant,
            day: Offset::UTC.to_datetime(instant).date(),
        }
    }

    fn local(time: civil::DateTime, offset: Offset) -> Option<Self> {
        Some(Self {
            instant: offset.to_timestamp(time).ok()?,
            day: time.date(),
        })
    }

    /// News pages are younger than the web, and not from the next century.
    fn is_plausible(&self) -> bool {
        (1991..2100).contains(&self.day.year())
    }
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

/// Chooses the moment of publication from what the page marks up.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    base: Option<&Url>,
    language: Option<&str>,
) -> Option<Moment> {
    let order = Order::of(language);
    let read = |text: &str| moment(text, order);
    if let Some(found) = linked.published.as_deref().and_then(read) {
        return Some(found);
    }
    for name in METAS {
        if let Some(found) = page.head.all(name).find_map(read) {
            return Some(found);
        }
    }
    let mut published = page.head.times.iter().filter(|time| time.is_publication);
    if let Some(found) = published.find_map(|time| read(&time.value)) {
        return Some(found);
    }
    if let Some(found) = base.and_then(|base| in_path(base.path())) {
        return Some(found);
    }
    nearest_time(page, order)
}

/// The first `<time>` about the headline that is no update.
fn nearest_time(page: &Page, order: Order) -> Option<Moment> {
    let headline = headline_block(page);
    let from = headline.saturating_sub(4);
    let to = headline + 25;
    page.head
        .times
        .iter()
        .filter(|time| !time.is_update && (from..=to).contains(&time.block))
        .find_map(|time| moment(&time.value, order))
}

/// A date written out in a short block about the headline.
pub(crate) fn in_text(page: &Page, language: Option<&str>) -> Option<Moment> {
    let order = Order::of(language);
    let headline = headline_block(page);
    page.blocks
        .iter()
        .skip(headline.saturating_sub(3))
        .take(20)
        .filter(|block| block.length <= 160)
        .find_map(|block| scan(&block.text, order))
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
            return Moment::local(date.at(0, 0, 0, 0), Offset::UTC);
        }
    }
    None
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
