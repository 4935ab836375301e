//! Show all that is known of a feed.

use std::io::Write as _;

use article::{Access, Feed};
use fetcher::FeedHealth;
use fetcher::websub::{Standing, Subscription};
use jiff::Timestamp;
use pipeline::log::Log;
use pipeline::topics::Topology;

use super::list::{Hub, Listed, ago, in_words, span, state};
use crate::config::Config;
use crate::feeds;
use crate::line::plain;
use crate::live;

pub(super) fn run<L: Log>(
    log: &L,
    topology: &Topology,
    config: &Config,
    url: &str,
    json: bool,
) -> anyhow::Result<()> {
    let there = feeds::read(log, topology)?;
    let feed = there.get(url).ok_or_else(|| feeds::missing(url, &there))?;
    let known = feeds::known(log, &live::topology(log, config)?, feed)?;
    let health = known.health();
    let mut out = std::io::stdout().lock();
    if json {
        let listed = Listed {
            feed,
            health: health.as_ref(),
            hub: known.hub.as_deref().map(Hub::of),
        };
        writeln!(out, "{}", serde_json::to_string_pretty(&listed)?)?;
        return Ok(());
    }
    let usual = config.fetcher.poll_interval_seconds;
    for (name, value) in said(feed, usual)
        .into_iter()
        .chain(seen(feed, health.as_ref()))
        .chain(known.hub.as_deref().into_iter().flat_map(of_hub))
    {
        writeln!(out, "{name:<13}{}", plain(&value))?;
    }
    if !known.items.is_empty() {
        writeln!(out, "{:<13}{}", "remembered", known.items.len())?;
    }
    Ok(())
}

/// What was said of it.
fn said(feed: &Feed, usual: u64) -> Vec<(&'static str, String)> {
    let interval = match feed.interval_seconds {
        Some(seconds) => span(seconds as i64),
        None => format!("{}, as usual", span(usual as i64)),
    };
    let all = [
        ("feed", Some(feed.url.clone())),
        ("title", feed.title.clone()),
        ("publisher", feed.publisher.clone()),
        ("country", feed.country.clone()),
        ("language", feed.language.clone()),
        ("kind", feed.kind.clone()),
        ("interval", Some(interval)),
        (
            "unverified",
            feed.unverified
                .then(|| "nobody has checked it yet".to_owned()),
        ),
    ];
    let mut lines: Vec<_> = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    if let Some(access) = &feed.access {
        lines.extend(of_access(access));
    }
    lines
}

fn of_access(access: &Access) -> Vec<(&'static str, String)> {
    let by = |user: &str, file: &str| format!("{user}, password in {file}");
    let headers = access.headers.iter().map(|field| {
        let value = match (&field.value, &field.value_file) {
            (Some(value), _) => value.clone(),
            (None, Some(file)) => format!("in {file}"),
            (None, None) => String::new(),
        };
        ("header", format!("{}: {value}", field.name))
    });
    let mut lines: Vec<_> = headers.collect();
    if let Some(login) = &access.login {
        lines.push(("user", by(&login.user, &login.password_file)));
    }
    if let Some(proxy) = &access.proxy {
        let login = proxy.login.as_ref();
        let login = login.map(|login| format!(" as {}", by(&login.user, &login.password_file)));
        lines.push(("proxy", proxy.url.clone() + &login.unwrap_or_default()));
    }
    lines
}

/// Who tells what is new, so that polls are seldom.
fn of_hub(subscription: &Subscription) -> Vec<(&'static str, String)> {
    let now = Timestamp::now();
    let standing = match subscription.standing {
        Standing::Asked => "asked, has not verified yet",
        Standing::Active => "tells what is new",
        Standing::Denied => "says no",
        Standing::Failed => "cannot be asked, or does not verify",
    };
    let why = subscription.detail.as_ref();
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let mut lines = vec![("hub", format!("{}, {standing}{why}", subscription.hub))];
    if let Some(until) = subscription.until {
        let until = format!("lasts until {until:.0} ({})", in_words(until, now));
        lines.push(("subscription", until));
    }
    if let Some(at) = subscription.heard_at {
        let messages = subscription.messages;
        let last = ago(at, now);
        lines.push(("told", format!("{}, the last {last}", times(messages))));
    }
    if subscription.missed > 0 {
        let missed = subscription.missed;
        let text = format!("{missed} of the last polls found what the hub had not told of");
        lines.push(("untold", text));
    }
    lines
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

/// How it is.
fn seen(feed: &Feed, health: Option<&FeedHealth>) -> Vec<(&'static str, String)> {
    let now = Timestamp::now();
    let mut lines = vec![("state", state(feed, health).to_owned())];
    let Some(health) = health else { return lines };
    let why = health.detail.as_ref().map(|detail| format!(": {detail}"));
    lines.push((
        "last poll",
        health.last.to_owned() + &why.unwrap_or_default(),
    ));
    if let Some(at) = health.polled_at {
        lines.push(("polled", format!("{} ({at:.0})", ago(at, now))));
    }
    if !feed.paused {
        let (due, at) = (in_words(health.next_due, now), health.next_due);
        lines.push(("due", format!("{due} ({at:.0})")));
    }
    if health.polls > 0 {
        let every = span(i64::from(health.interval_seconds));
        lines.push((
            "polled every",
            format!("{every}, by {}", health.interval_by),
        ));
    }
    if let Some(to) = &health.moved_to {
        lines.push(("moved to", to.clone()));
    }
    if health.failures > 0 {
        let since = health.failing_since.map(|at| format!(", since {at:.0}"));
        let since = since.unwrap_or_default();
        lines.push(("failures", format!("{} in a row{since}", health.failures)));
    }
    let errors = health.errors.iter();
    let errors: Vec<String> = errors
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    if !errors.is_empty() {
        lines.push(("errors", format!("{} so far", errors.join(", "))));
    }
    lines.push(("answers", health.polls.to_string()));
    if let Some(overlap) = health.overlap {
        let percent = (overlap * 100.0).round();
        lines.push((
            "overlap",
            format!("{percent} % of what the last listing had was known"),
        ));
    }
    if health.gaps > 0 {
        let at = health.gap_at.map(|at| format!(", the last at {at:.0}"));
        let text = format!(
            "{} times items may have been missed{}",
            health.gaps,
            at.unwrap_or_default()
        );
        lines.push(("gaps", text));
    }
    if health.lies > 0 {
        lines.push((
            "lies",
            format!("{} times \"not modified\" was wrong", health.lies),
        ));
    }
    lines.push((
        "items",
        format!(
            "{} listed, {} discovered so far",
            health.listed, health.discovered
        ),
    ));
    if health.lost > 0 {
        lines.push((
            "lost",
            format!(
                "{} places of the last listing could not be read: `copydesk feeds poll` names them",
                health.lost
            ),
        ));
    }
    if health.unfetchable > 0 {
        lines.push((
            "unfetchable",
            format!("{} items without an address", health.unfetchable),
        ));
    }
    lines
}
