//! When the article was published.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::Offset;
use url::Url;

use super::linked_data::LinkedData;
use crate::page::{Page, Tag};

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
    let published = page.head.times.iter().filter(|time| time.is_publication);
    if let Some(found) = published.filter_map(|time| read(&time.value)).next() {
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

fn headline_block(page: &Page) -> usize {
    page.blocks
        .iter()
        .position(|block| block.kind == Tag::Headline)
        .unwrap_or(0)
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

/// How a language orders the numbers of `3/4/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

impl Order {
    /// Month first in English that is not said to be British or the like.
    fn of(language: Option<&str>) -> Self {
        match language {
            Some("en" | "en-us" | "en-ca") => Self::MonthFirst,
            _ => Self::DayFirst,
        }
    }
}

/// Reads a moment in one of the forms that pages use.
pub(crate) fn moment(text: &str, order: Order) -> Option<Moment> {
    let text = text.trim();
    let found = standard(text)
        .or_else(|| digits(text))
        .or_else(|| scan(text, order))?;
    found.is_plausible().then_some(found)
}

/// ISO 8601, with or without time and zone, and RFC 2822.
fn standard(text: &str) -> Option<Moment> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        let day = text.get(..10).and_then(|day| day.parse().ok());
        let utc = Moment::of(instant);
        return Some(Moment {
            day: day.unwrap_or(utc.day),
            ..utc
        });
    }
    if let Ok(time) = text.parse::<civil::DateTime>() {
        return Moment::local(time, Offset::UTC);
    }
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Moment {
        instant: zoned.timestamp(),
        day: zoned.date(),
    })
}

/// Seconds or milliseconds since 1970, `20260517`, `20260517093000`.
fn digits(text: &str) -> Option<Moment> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    match text.len() {
        10 => Timestamp::from_second(text.parse().ok()?)
            .ok()
            .map(Moment::of),
        13 => Timestamp::from_millisecond(text.parse().ok()?)
            .ok()
            .map(Moment::of),
        8 | 14 => {
            let date = Date::new(part(0, 4)?, part(4, 6)? as i8, part(6, 8)? as i8).ok()?;
            Moment::local(date.at(0, 0, 0, 0), Offset::UTC)
        }
        _ => None,
    }
}

static MONTHS: LazyLock<HashMap<&'static str, i8>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for line in include_str!("../../data/months.txt").lines() {
        let mut words = line.split_whitespace();
        if let Some(Ok(number)) = words.next().map(str::parse) {
            months.extend(words.map(|word| (word, number)));
        }
    }
    months
});

/// A run of digits, a run of letters, or what stands between.
#[derive(Debug)]
enum Token {
    Number(i16, usize),
    Month(i8),
    Filler,
    /// One character between two others.
    Sign(char),
    Word,
}

/// Finds the first date in running text; a clock time behind it counts, without zone.
fn scan(text: &str, order: Order) -> Option<Moment> {
    use Token::{Filler, Month, Number, Sign};
    let tokens = tokens(&text[..text.floor_char_boundary(400)]);
    for at in 0..tokens.len() {
        let found = match &tokens[at..] {
            [
                Number(y, 4),
                Sign(a),
                Number(m, 1..=2),
                Sign(b),
                Number(d, 1..=2),
                ..,
            ] if matches!((a, b), ('-', '-') | ('/', '/') | ('.', '.') | ('年', '月')) => {
                Some((*y, *m as i8, *d as i8, 5))
            }
            [
                Number(a, 1..=2),
                Sign(s),
                Number(b, 1..=2),
                Sign(t),
                Number(y, 4),
                ..,
            ] if s == t && matches!(s, '.' | '/' | '-') => {
                let month_first = (*s == '/' && order == Order::MonthFirst && *a <= 12) || *b > 12;
                let (month, day) = if month_first { (*a, *b) } else { (*b, *a) };
                Some((*y, month as i8, day as i8, 5))
            }
            [Month(m), Number(d, 1..=2), Number(y, 4), ..] => Some((*y, *m, *d as i8, 3)),
            [Month(m), Number(d, 1..=2), Filler, Number(y, 4), ..] => Some((*y, *m, *d as i8, 4)),
            [Number(d, 1..=2), Month(m), Number(y, 4), ..] => Some((*y, *m, *d as i8, 3)),
            [Number(d, 1..=2), Filler, Month(m), Number(y, 4), ..] => Some((*y, *m, *d as i8, 4)),
            [Number(d, 1..=2), Filler, Month(m), Filler, Number(y, 4), ..] => {
                Some((*y, *m, *d as i8, 5))
            }
            _ => None,
        };
        let Some((year, month, day, used)) = found else {
            continue;
        };
        let Ok(date) = Date::new(year, month, day) else {
            continue;
        };
        let time = clock(&tokens[at + used..]).unwrap_or(date.at(0, 0, 0, 0).time());
        let moment = Moment::local(date.to_datetime(time), Offset::UTC)?;
        if moment.is_plausible() {
            return Some(moment);
        }
    }
    None
}

/// `09:30` within the next few tokens.
fn clock(tokens: &[Token]) -> Option<civil::Time> {
    use Token::{Number, Sign};
    for window in tokens.windows(3).take(4) {
        if let [Number(hour, 1..=2), Sign(':'), Number(minute, 2)] = window {
            return civil::Time::new(*hour as i8, *minute as i8, 0, 0).ok();
        }
    }
    None
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let number = rest[..end].parse().unwrap_or(0);
            found.push(Token::Number(number, end));
            end
        } else if c.is_alphabetic() && !matches!(c, '年' | '月' | '日') {
            let end = rest
                .find(|c: char| !c.is_alphabetic() || matches!(c, '年' | '月' | '日'))
                .unwrap_or(rest.len());
            let word = rest[..end].to_lowercase();
            let after_number = matches!(found.last(), Some(Token::Number(..)));
            found.push(match word.as_str() {
                // The T between day and time, the ordinal behind a day, the preposition before a
                // month: none of them parts a date.
                "st" | "nd" | "rd" | "th" | "t" if after_number => Token::Filler,
                "de" | "of" | "del" => Token::Filler,
                word => MONTHS
                    .get(word)
                    .map_or(Token::Word, |month| Token::Month(*month)),
            });
            end
        } else {
            // Commas and full stops beside space are punctuation, not part of a numeric date.
            let next_is_digit = rest[c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
            if !c.is_whitespace() && c != ',' && (next_is_digit || c != '.') {
                found.push(Token::Sign(c));
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, instant: &str, day: &str) {
        let found = moment(text, Order::DayFirst).unwrap_or_else(|| panic!("no date in {text}"));
        assert_eq!(
            (
                found.instant.to_string().as_str(),
                found.day.to_string().as_str()
            ),
            (instant, day),
            "{text}"
        );
    }

    #[test]
    fn the_forms_that_pages_use() {
        check(
            "2026-05-17T00:30:00+02:00",
            "2026-05-16T22:30:00Z",
            "2026-05-17",
        );
        check("2026-05-17T08:00:00Z", "2026-05-17T08:00:00Z", "2026-05-17");
        check("2026-05-17 08:00:00", "2026-05-17T08:00:00Z", "2026-05-17");
        check("2026-05-17", "2026-05-17T00:00:00Z", "2026-05-17");
        check(
            "Sun, 17 May 2026 08:00:00 +0000",
            "2026-05-17T08:00:00Z",
            "2026-05-17",
        );
        check("1779004800", "2026-05-17T08:00:00Z", "2026-05-17");
        check("20260517", "2026-05-17T00:00:00Z", "2026-05-17");
        check("2026/5/7 9:05", "2026-05-07T09:05:00Z", "2026-05-07");
        check(
            "17.05.2026, 08:15 Uhr",
            "2026-05-17T08:15:00Z",
            "2026-05-17",
        );
        check(
            "Sonntag, 17. Mai 2026",
            "2026-05-17T00:00:00Z",
            "2026-05-17",
        );
        check("May 17th, 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 de mayo de 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("2026年5月17日", "2026-05-17T00:00:00Z", "2026-05-17");
        check("5/17/2026", "2026-05-17T00:00:00Z", "2026-05-17");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "0000-00-00",
            "1.2.3",
            "99999999",
            "2026-13-45",
            "¼½年",
        ] {
            assert_eq!(moment(text, Order::DayFirst), None, "{text}");
        }
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
