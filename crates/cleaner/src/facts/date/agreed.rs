//! What a page's other dates tell of the moment of publication.

use article::Precision;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::shown::{about, days_shown, nearest_time};
use super::written::{Order, moment};
use super::{METAS, Moment, Told, WEAK, modified, named};
use crate::facts::linked_data::LinkedData;
use crate::page::Page;

/// What stands beside the moment that a page's data give.
pub(super) struct Beside<'a> {
    pub(super) page: &'a Page,
    pub(super) linked: &'a LinkedData,
    pub(super) order: Order,
    /// The block of the headline.
    pub(super) headline: usize,
    pub(super) language: Option<&'a str>,
    /// The day in the page's address.
    pub(super) path: Option<Moment>,
}

impl Beside<'_> {
    /// The moment as the other sources leave it.
    pub(super) fn settle(&self, found: Told<Moment>) -> Told<Moment> {
        let is_shown = matches!(found.source.as_str(), "text" | "url");
        let other = if is_shown {
            None
        } else {
            self.shown_instead(&found)
        };
        other.unwrap_or_else(|| self.in_own_calendar(found))
    }

    /// The moment under which the page presents itself, where that is another than the data give. Where
    /// JSON-LD and `meta` differ, the day that readers see decides. And a page that was published anew
    /// shows only the day of that, which its data call the last change; a `NewsArticle` stays of its first
    /// day, however long it goes on.
    fn shown_instead(&self, found: &Told<Moment>) -> Option<Told<Moment>> {
        let rival = named(self.page, &METAS, self.order)
            .filter(|rival| found.source == "json-ld" && rival.value.day != found.value.day);
        let anew = modified(self.page, self.linked, self.language).filter(|change| {
            !self.linked.is_news() && is_days_later(change.value.day, found.value.day)
        });
        if rival.is_none() && anew.is_none() {
            return None;
        }
        let shown = days_shown(self.page, self.order, self.headline);
        let first = about(self.page, self.headline, self.order)?.day;
        if shown.contains(&found.value.day) {
            return None;
        }
        [rival, anew]
            .into_iter()
            .flatten()
            .find(|other| other.value.day == first)
    }

    /// The same moment with the day that the writer's calendar showed. Some write all in UTC: then a source
    /// that tells the same instant with its zone knows the day, else the address or what the page shows.
    fn in_own_calendar(&self, mut found: Told<Moment>) -> Told<Moment> {
        let moment = found.value;
        let is_utc = moment.offset.is_none_or(|offset| offset.seconds() == 0);
        if !is_utc || moment.precision == Precision::Day {
            return found;
        }
        let is_same = |other: &Moment| {
            let apart = other
                .instant
                .as_second()
                .abs_diff(moment.instant.as_second());
            other.offset.is_some_and(|offset| offset.seconds() != 0) && apart < SAME
        };
        if let Some(other) = self.moments().into_iter().find(is_same) {
            found.value.day = other.day;
            found.value.offset = other.offset;
        } else if let Some((day, offset)) = neighbour(moment)
            && self.is_confirmed(day)
        {
            found.value.day = day;
            found.value.offset = Some(offset);
        }
        found
    }

    /// What the page's head and marked-up times give.
    fn moments(&self) -> Vec<Moment> {
        let metas = self.page.head.metas.iter().filter(|(name, text)| {
            (name.contains("date") || name.contains("time") || name.contains("publish"))
                && text.len() < 40
        });
        let times = self.page.head.times.iter().map(|time| &time.value);
        metas
            .map(|(_, text)| text)
            .chain(times.filter(|text| text.len() < 40).take(MAX_TIMES))
            .filter_map(|text| moment(text, self.order))
            .collect()
    }

    /// Whether the page's address has that day, or two other sources.
    fn is_confirmed(&self, day: Date) -> bool {
        let is_day = |told: &Told<Moment>| told.value.day == day;
        let names: [&[&str]; 2] = [&METAS, &WEAK];
        let named = names.iter().any(|names| {
            let told = named(self.page, names, self.order);
            told.as_ref().is_some_and(is_day)
        });
        let marked = nearest_time(self.page, self.order, self.headline, false);
        let shown = || days_shown(self.page, self.order, self.headline).first() == Some(&day);
        let sources = [named, marked.as_ref().is_some_and(is_day), shown()];
        self.path.is_some_and(|path| path.day == day)
            || sources.into_iter().filter(|is_day| *is_day).count() >= 2
    }
}

/// How many marked-up times are compared.
const MAX_TIMES: usize = 20;

/// How far two times of one instant may be apart, in seconds: one may lack its seconds.
const SAME: u64 = 60;

/// Whether a change is that of another day than the one about the night of publication.
fn is_days_later(change: Date, published: Date) -> bool {
    published
        .checked_add(2.days())
        .is_ok_and(|least| change >= least)
}

/// The other day that an instant in UTC may have in its writer's calendar: the next one from Europe on
/// eastwards late in the evening, the one before in the Americas early in the morning. With the nearest zone in which
/// it is that day: the zone itself is not known, but in UTC the day would be lost.
fn neighbour(moment: Moment) -> Option<(Date, Offset)> {
    let time = Offset::UTC.to_datetime(moment.instant);
    let (day, hours) = match time.hour() {
        hour @ 22.. => (time.date().tomorrow(), 24 - hour),
        hour @ ..9 => (time.date().yesterday(), -hour - 1),
        _ => return None,
    };
    Some((day.ok()?, Offset::from_hours(hours).ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::choose;
    use jiff::Timestamp;
    use jiff::tz::Offset;
    use url::Url;

    #[track_caller]
    fn check(html: &str, path: &str, expected: &str) {
        let tidied = crate::tidy::tidy(html);
        let page = crate::page::read(&tidied);
        let linked = crate::facts::linked_data::read(&tidied.linked_data, &[]);
        let headline = crate::facts::headline_block(&page, "");
        let base = Url::parse(&format!("https://daily.example{path}")).ok();
        let found = choose(
            &page,
            &linked,
            base.as_ref(),
            Some("en"),
            headline,
            Timestamp::MAX,
        );
        let moment = found.map(|told| told.value);
        let day = moment.map(|moment| moment.day.to_string());
        assert_eq!(day.as_deref(), Some(expected), "{html}");
        // The record has the instant and the zone alone, and must show the same day.
        let zoned = moment.map(|moment| {
            moment
                .offset
                .unwrap_or(Offset::UTC)
                .to_datetime(moment.instant)
        });
        assert_eq!(zoned.map(|zoned| zoned.date().to_string()), day, "{html}");
    }

    #[test]
    fn an_article_that_was_published_anew_is_of_the_day_that_it_shows() {
        let page = |changed: &str, shown: &str| {
            format!(
                "<script type=application/ld+json>{{\"@type\": \"Article\", \"datePublished\": \
                 \"2024-05-17T08:00:00Z\", \"dateModified\": \"{changed}\"}}</script>\
                 <h1>Bridge</h1><p>{shown}</p><p>Text.</p>"
            )
        };
        let anew = page("2026-05-17T08:00:00Z", "Updated 17 May 2026");
        check(&anew, "/", "2026-05-17");
        let both = page("2026-05-17T08:00:00Z", "17 May 2026, first 17 May 2024");
        check(&both, "/", "2024-05-17");
        let night = page("2024-05-18T08:00:00Z", "18 May 2024");
        check(&night, "/", "2024-05-17");
        let news = anew.replace("Article", "NewsArticle");
        check(&news, "/", "2024-05-17");
        let other = page("2026-05-17T08:00:00Z", "3 April 2026");
        check(&other, "/", "2024-05-17");
    }

    #[test]
    fn where_the_data_differ_the_page_decides() {
        let page = |shown: &str| {
            format!(
                "<script type=application/ld+json>{{\"@type\": \"NewsArticle\", \"datePublished\": \
                 \"2026-05-17T08:00:00Z\"}}</script>\
                 <meta property=article:published_time content=2026-05-19>\
                 <h1>Bridge</h1><p>{shown}</p><p>Text.</p>"
            )
        };
        check(&page("19 May 2026"), "/", "2026-05-19");
        check(&page("17 May 2026"), "/", "2026-05-17");
        check(&page("now"), "/", "2026-05-17");
    }

    #[test]
    fn an_address_knows_the_day_of_an_instant_in_utc() {
        let page = |time: &str| {
            format!(
                "<meta property=article:published_time content={time}><h1>Bridge</h1><p>Text.</p>"
            )
        };
        check(&page("2026-05-17T23:10:00Z"), "/2026/05/18/a", "2026-05-18");
        check(&page("2026-05-17T01:10:00Z"), "/2026/05/16/a", "2026-05-16");
        check(&page("2026-05-17T12:10:00Z"), "/2026/05/18/a", "2026-05-17");
        check(
            &page("2026-05-17T23:10:00+02:00"),
            "/2026/05/18/a",
            "2026-05-17",
        );
    }
}
