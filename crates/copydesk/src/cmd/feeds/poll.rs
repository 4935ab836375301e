//! Poll a feed once and show each step, without touching the log.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use article::Feed;
use fetcher::ingest::{FeedState, Ingested, ingest};
use fetcher::outcome::{Answer, Kind, Validators};
use fetcher::parse::{self, ParsedFeed};
use fetcher::schedule::Pace;
use fetcher::visit::{Visit, Visitor};
use pipeline::log::Log;
use pipeline::topics::Topology;
use serde_json::{Value, json};

use crate::cli::PollFeed;
use crate::config::Config;
use crate::feeds::{self, KnownFeed};
use crate::line::plain;
use crate::{live, storage};

/// How many items are shown.
const SHOWN: usize = 10;

/// Polls without a log, where there is none; false where there is one to look into first.
pub(super) fn alone(config: &Config, poll: &PollFeed) -> anyhow::Result<bool> {
    feeds::check_address(&poll.url)?;
    if poll.record || config.kafka.is_set() || storage::local_config(config).dir.exists() {
        return Ok(false);
    }
    show(config, &Feed::at(&poll.url), &KnownFeed::default(), poll)?;
    Ok(true)
}

/// Polls as the feed's record says, where it has one, and holds what comes against what is known.
pub(super) fn run<L: Log>(
    log: &L,
    topology: &Topology,
    config: &Config,
    poll: &PollFeed,
) -> anyhow::Result<()> {
    let feed = feeds::read(log, topology)?.remove(&poll.url);
    let (feed, known) = match feed {
        Some(feed) => {
            let known = feeds::known(log, &live::topology(log, config)?, &feed)?;
            (feed, known)
        }
        None => (Feed::at(&poll.url), KnownFeed::default()),
    };
    show(config, &feed, &known, poll)
}

/// One poll with all that came of it.
struct Polled {
    visit: Visit,
    resolved: String,
    parsed: Option<Result<ParsedFeed, String>>,
    took_to_read: Duration,
    done: Ingested,
}

fn show(config: &Config, feed: &Feed, known: &KnownFeed, poll: &PollFeed) -> anyhow::Result<()> {
    let visitor = Visitor::new(&config.fetcher)?;
    let state = known.state.as_deref();
    let validators = state.filter(|_| poll.conditional);
    let validators = validators.map_or_else(Validators::default, |state| state.validators.clone());
    let polled = ask(config, &visitor, feed, known, validators);
    let mut out = std::io::stdout().lock();
    if poll.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&as_json(feed, &polled))?
        )?;
    } else {
        out.write_all(as_text(&polled).as_bytes())?;
    }
    match polled.done.state.last {
        Kind::Read | Kind::Unchanged | Kind::NotModified => Ok(()),
        kind => anyhow::bail!(
            "{} gives no feed: {}{}",
            feed.url,
            kind.as_str(),
            polled
                .done
                .state
                .detail
                .as_ref()
                .map_or_else(String::new, |why| format!(", {why}"))
        ),
    }
}

fn ask(
    config: &Config,
    visitor: &Visitor,
    feed: &Feed,
    known: &KnownFeed,
    validators: Validators,
) -> Polled {
    // Where it has moved to for good, if anywhere; nothing of what may be read beside it just now.
    let before = FeedState {
        feed: feed.clone(),
        walk: None,
        ..known.state.as_deref().cloned().unwrap_or_default()
    };
    let address = before.address();
    let started = Instant::now();
    let resolved = match visitor.resolve(address) {
        Ok(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            format!("{} ({})", addresses.join(", "), millis(started.elapsed()))
        }
        Err(trouble) => trouble.to_string(),
    };
    let visit = visitor.poll(feed, address, validators.clone());
    let answer = visit
        .outcome
        .result
        .as_ref()
        .ok()
        .filter(|answer| answer.is_success());
    let started = Instant::now();
    let parsed = answer.map(|answer| {
        let parsed = parse::parse(&answer.body, &answer.headers, &answer.final_url);
        parsed.map_err(|error| error.to_string())
    });
    let took_to_read = started.elapsed();
    // As polling decides, but for the hash of the last body: unchanged or not, it is to be seen.
    let before = FeedState {
        validators,
        body_hash: None,
        ..before
    };
    let pace = Pace::new(&config.fetcher);
    let done = ingest(&pace, before, &known.items, visit.outcome.clone());
    Polled {
        visit,
        resolved,
        parsed,
        took_to_read,
        done,
    }
}

/// What becomes of the items, by what is known.
fn counts(polled: &Polled, listed: usize) -> (usize, usize, usize) {
    let new = polled
        .done
        .discovered
        .iter()
        .filter(|found| found.revision == 1)
        .count();
    let edited = polled.done.discovered.len() - new;
    (new, edited, listed.saturating_sub(new + edited))
}

fn as_text(polled: &Polled) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_text(&mut out, polled);
    out
}

fn step(out: &mut String, name: &str, what: &str) -> std::fmt::Result {
    writeln!(out, "{name:<9}{}", plain(what))
}

fn write_text(out: &mut String, polled: &Polled) -> std::fmt::Result {
    step(out, "resolve", &polled.resolved)?;
    for hop in &polled.visit.hops {
        let secure = if hop.url.starts_with("https:") {
            ", TLS"
        } else {
            ""
        };
        let address = hop
            .address
            .map_or_else(|| "?".to_owned(), |address| address.to_string());
        step(
            out,
            "connect",
            &format!("{address}{secure}, {}", hop.version),
        )?;
        step(out, "ask", &hop.url)?;
        let to = hop.location.as_ref().map(|to| format!(", to {to}"));
        let to = to.unwrap_or_default();
        step(
            out,
            "status",
            &format!("{}{to} ({})", hop.status, millis(hop.took)),
        )?;
    }
    let answer = match &polled.visit.outcome.result {
        Ok(answer) => answer,
        Err(trouble) => {
            return step(
                out,
                polled.visit.outcome.kind().as_str(),
                &trouble.to_string(),
            );
        }
    };
    for (name, value) in &answer.headers {
        step(out, "header", &format!("{name}: {value}"))?;
    }
    if let Some(parsed) = &polled.parsed {
        step(
            out,
            "body",
            &format!(
                "{} bytes in {}",
                answer.body.len(),
                millis(polled.visit.took)
            ),
        )?;
        match parsed {
            Ok(feed) => write_feed(out, polled, feed)?,
            Err(error) => step(out, "no feed", error)?,
        }
    }
    let state = &polled.done.state;
    let due = state
        .next_due
        .duration_since(polled.visit.outcome.at)
        .as_secs();
    let next = format!(
        "{}; polling would ask again in {}",
        state.last.as_str(),
        super::list::span(due)
    );
    step(out, "outcome", &next)
}

fn write_feed(out: &mut String, polled: &Polled, feed: &ParsedFeed) -> std::fmt::Result {
    let title = feed.channel.title.as_ref().map(fetcher::parse::Text::plain);
    let title = title.unwrap_or_else(|| "(no title)".to_owned());
    step(out, "decode", &charset(polled))?;
    step(
        out,
        "dialect",
        &format!("{} ({})", feed.dialect.name(), millis(polled.took_to_read)),
    )?;
    step(out, "title", &title)?;
    for (repair, count) in &feed.report.repairs {
        step(out, "repair", &format!("{} ×{count}", repair.name()))?;
    }
    for (loss, lost) in &feed.report.losses {
        let example = lost
            .example
            .as_ref()
            .map(|example| format!(" ({example:?})"));
        let example = example.unwrap_or_default();
        step(
            out,
            "loss",
            &format!("{} ×{}{example}", loss.name(), lost.count),
        )?;
    }
    let (new, edited, same) = counts(polled, feed.items.len());
    step(
        out,
        "items",
        &format!(
            "{} listed: {new} new, {edited} edited, {same} known",
            feed.items.len()
        ),
    )?;
    for found in polled.done.discovered.iter().take(SHOWN) {
        let what = if found.revision == 1 { "new" } else { "edited" };
        let title = found.title.as_deref().unwrap_or("(no title)");
        step(out, what, &format!("{title}  {}", found.url))?;
    }
    let more = polled.done.discovered.len().saturating_sub(SHOWN);
    if more > 0 {
        step(out, "", &format!("and {more} more"))?;
    }
    for dead in &polled.done.dead {
        if let fetcher::ingest::Dead::Unfetchable(_, why) = dead {
            step(out, "dead", why)?;
        }
    }
    Ok(())
}

fn charset(polled: &Polled) -> String {
    let answer: Option<&Answer> = polled.visit.outcome.result.as_ref().ok();
    let said = answer.and_then(|answer| answer.header("content-type"));
    said.unwrap_or("no content-type").to_owned()
}

fn millis(took: Duration) -> String {
    format!("{} ms", took.as_millis())
}

fn as_json(feed: &Feed, polled: &Polled) -> Value {
    let hops = polled.visit.hops.iter().map(|hop| {
        json!({
            "url": hop.url,
            "address": hop.address.map(|address| address.to_string()),
            "version": hop.version,
            "status": hop.status,
            "location": hop.location,
            "ms": hop.took.as_millis() as u64,
        })
    });
    let answer = polled.visit.outcome.result.as_ref().ok();
    let read = polled
        .parsed
        .as_ref()
        .and_then(|parsed| parsed.as_ref().ok());
    let state = &polled.done.state;
    let items = read.map(|read| {
        let (new, edited, known) = counts(polled, read.items.len());
        json!({ "listed": read.items.len(), "new": new, "edited": edited, "known": known })
    });
    json!({
        "url": feed.url,
        "resolved": polled.resolved,
        "hops": hops.collect::<Vec<_>>(),
        "outcome": state.last.as_str(),
        "detail": state.detail,
        "next_due": state.next_due,
        "ms": polled.visit.took.as_millis() as u64,
        "headers": answer.map(|answer| &answer.headers),
        "bytes": answer.map(|answer| answer.body.len()),
        "dialect": read.map(|read| read.dialect.name()),
        "title": read.and_then(|read| read.channel.title.as_ref()).map(fetcher::parse::Text::plain),
        "repairs": read.map(|read| {
            let repairs = read.report.repairs.iter();
            repairs.map(|(repair, count)| json!({ "repair": repair.name(), "count": count })).collect::<Vec<_>>()
        }),
        "losses": read.map(|read| {
            let losses = read.report.losses.iter();
            losses.map(|(loss, lost)| json!({ "loss": loss.name(), "count": lost.count, "example": lost.example })).collect::<Vec<_>>()
        }),
        "items": items,
        "found": polled.done.discovered,
    })
}
