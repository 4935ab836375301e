//! Find the feeds of a site.

use std::io::Write as _;

use anyhow::{anyhow, bail};
use article::Feed;
use fetcher::discover::{Candidate, Found, common_paths};
use fetcher::parse::ParsedFeed;
use fetcher::visit::{Place, Visitor};
use serde::Serialize;

use crate::config::Config;
use crate::feeds::check_address;
use crate::line::plain;

/// How many candidates are asked for: a host is asked slowly.
const CHECKED: usize = 8;

/// A feed that was found.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    candidate: Candidate,
    /// What it is, where it was asked for and is a feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<usize>,
    /// Why it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(config: &Config, url: &str, json: bool, check: bool) -> anyhow::Result<()> {
    check_address(url)?;
    let visitor = Visitor::new(&config.fetcher)?;
    let mut found = match visitor.look(&Feed::at(url)) {
        Place::Feed { answer, feed } => vec![itself(answer.final_url, &feed)],
        Place::Page { answer, candidates } if candidates.is_empty() => {
            guessed(&visitor, &answer.final_url)
        }
        Place::Page { candidates, .. } => candidates
            .into_iter()
            .enumerate()
            .map(|(place, candidate)| {
                if check && place < CHECKED {
                    checked(&visitor, candidate)
                } else {
                    unchecked(candidate)
                }
            })
            .collect(),
        Place::Nothing(outcome) => {
            return Err(anyhow!("{url} cannot be looked at: {}", outcome.detail()));
        }
    };
    if found.is_empty() {
        bail!("no feed is found at {url}: the page names none, and none lies where feeds often do");
    }
    // What proved to be none comes last; otherwise the order stands.
    found.sort_by_key(|told| told.error.is_some());
    let mut out = std::io::stdout().lock();
    for told in &found {
        if json {
            writeln!(out, "{}", serde_json::to_string(told)?)?;
        } else {
            writeln!(out, "{}", line(told))?;
        }
    }
    Ok(())
}

fn line(told: &Told) -> String {
    let what = match (&told.dialect, told.items, &told.error) {
        (Some(dialect), Some(items), _) => format!("{dialect}, {items} items"),
        (_, _, Some(_)) => "no feed".to_owned(),
        _ => "not checked".to_owned(),
    };
    let comments = if told.candidate.comments {
        ", comments"
    } else {
        ""
    };
    let title = told.candidate.title.as_deref().unwrap_or("-");
    format!(
        "{:<24}  {:<10}  {}  {}",
        what + comments,
        told.candidate.found.as_str(),
        plain(&told.candidate.url),
        plain(title)
    )
}

fn unchecked(candidate: Candidate) -> Told {
    Told {
        candidate,
        dialect: None,
        items: None,
        error: None,
    }
}

fn checked(visitor: &Visitor, mut candidate: Candidate) -> Told {
    match visitor.look(&Feed::at(&candidate.url)) {
        Place::Feed { feed, .. } => {
            let own = title(&feed);
            candidate.title = own.or(candidate.title);
            of_feed(candidate, &feed)
        }
        Place::Page { .. } => Told {
            error: Some("it is something else".to_owned()),
            ..unchecked(candidate)
        },
        Place::Nothing(outcome) => Told {
            error: Some(outcome.detail()),
            ..unchecked(candidate)
        },
    }
}

fn itself(url: String, feed: &ParsedFeed) -> Told {
    let candidate = Candidate {
        url,
        title: title(feed),
        found: Found::Itself,
        media_type: None,
        comments: false,
    };
    of_feed(candidate, feed)
}

fn of_feed(candidate: Candidate, feed: &ParsedFeed) -> Told {
    Told {
        candidate,
        dialect: Some(feed.dialect.name()),
        items: Some(feed.items.len()),
        error: None,
    }
}

fn title(feed: &ParsedFeed) -> Option<String> {
    let title = feed.channel.title.as_ref().map(fetcher::parse::Text::plain);
    title.filter(|title| !title.is_empty())
}

/// The first feed that lies where feeds often do.
fn guessed(visitor: &Visitor, url: &str) -> Vec<Told> {
    let paths = common_paths(url).into_iter().take(CHECKED);
    let mut looked = paths.map(|candidate| checked(visitor, candidate));
    looked
        .find(|told| told.error.is_none())
        .into_iter()
        .collect()
}
