//! List the feeds with how they are.

use std::io::{BufWriter, Write};

use article::Feed;
use fetcher::FeedHealth;
use fetcher::websub::{Standing, Subscription};
use jiff::Timestamp;
use pipeline::log::Log;
use pipeline::topics::Topology;
use serde::Serialize;

use crate::cli::ListFeeds;
use crate::config::Config;
use crate::feeds;
use crate::line::plain;
use crate::live;

/// A feed with how it is: the feed's own fields, and `health` where it was polled.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    #[serde(flatten)]
    pub(super) feed: &'a Feed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) health: Option<&'a FeedHealth>,
    /// Of a feed that is shown alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hub: Option<Hub<'a>>,
}

/// The hub that tells of a feed: its address and where the subscription stands.
#[derive(Serialize)]
pub(super) struct Hub<'a> {
    url: &'a str,
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heard_at: Option<Timestamp>,
    messages: u64,
    /// Polls in a row that found what the hub had not told of.
    missed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> Hub<'a> {
    /// Without the callback, which only the hub is to know.
    pub(super) fn of(subscription: &'a Subscription) -> Self {
        Self {
            url: &subscription.hub,
            standing: subscription.standing,
            until: subscription.until,
            heard_at: subscription.heard_at,
            messages: subscription.messages,
            missed: subscription.missed,
            detail: subscription.detail.as_deref(),
        }
    }
}

pub(super) fn run<L: Log>(
    log: &L,
    topology: &Topology,
    config: &Config,
    list: ListFeeds,
) -> anyhow::Result<()> {
    let feeds = feeds::read(log, topology)?;
    let healths = feeds::healths(log, &live::topology(log, config)?)?;
    let now = Timestamp::now();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for feed in feeds.values() {
        let health = healths.get(&feed.url);
        if list.paused && !feed.paused {
            continue;
        }
        if list.failing && (feed.paused || !health.is_some_and(feeds::is_failing)) {
            continue;
        }
        if list.json {
            serde_json::to_writer(
                &mut out,
                &Listed {
                    feed,
                    health,
                    hub: None,
                },
            )?;
            writeln!(out)?;
        } else {
            line(&mut out, feed, health, now)?;
        }
    }
    Ok(out.flush()?)
}

fn line(
    out: &mut impl Write,
    feed: &Feed,
    health: Option<&FeedHealth>,
    now: Timestamp,
) -> std::io::Result<()> {
    let text = |field: &Option<String>| plain(field.as_deref().unwrap_or("-"));
    let name = feed.publisher.as_ref().or(feed.title.as_ref()).cloned();
    writeln!(
        out,
        "{:<7}  {:<12}  {:>8}  {:<28}  {:<2}  {:<3}  {:<11}  {}",
        state(feed, health),
        health.map_or("-", |health| health.last),
        due(feed, health, now),
        text(&name),
        text(&feed.country),
        text(&feed.language),
        text(&feed.kind),
        plain(&feed.url)
    )
}

/// How the feed is, by what was said of it last.
pub(super) fn state(feed: &Feed, health: Option<&FeedHealth>) -> &'static str {
    match health.map_or("new", |health| health.state) {
        _ if feed.paused => "paused",
        // Resumed, and that is not taken up yet.
        "paused" => "ok",
        state => state,
    }
}

fn due(feed: &Feed, health: Option<&FeedHealth>, now: Timestamp) -> String {
    match health {
        _ if feed.paused => "-".to_owned(),
        None => "now".to_owned(),
        Some(health) => in_words(health.next_due, now),
    }
}

/// So far ahead, in the largest unit that says it: `in 12m`, or `now` where it is due.
pub(super) fn in_words(moment: Timestamp, now: Timestamp) -> String {
    match moment.duration_since(now).as_secs() {
        ..=0 => "now".to_owned(),
        seconds => format!("in {}", span(seconds)),
    }
}

/// So long ago: `3h ago`.
pub(super) fn ago(moment: Timestamp, now: Timestamp) -> String {
    format!("{} ago", span(now.duration_since(moment).as_secs().max(0)))
}

pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_the_largest_unit_that_says_them() {
        let texts = [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(span);
        assert_eq!(texts, ["0s", "119s", "2m", "119m", "2h", "47h", "2d"]);
        let now = Timestamp::from_second(1_000_000).expect("a moment");
        let at = |second| Timestamp::from_second(second).expect("a moment");
        assert_eq!(in_words(at(1_000_600), now), "in 10m");
        assert_eq!(in_words(at(999_000), now), "now");
        assert_eq!(ago(at(999_940), now), "60s ago");
    }
}
