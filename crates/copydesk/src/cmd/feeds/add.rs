//! Add a feed, after a look whether it is one.

use std::io::Write as _;

use anyhow::{anyhow, bail};
use article::Feed;
use fetcher::outcome::{Outcome, Trouble};
use fetcher::visit::{Place, Visitor};
use pipeline::log::Log;
use pipeline::topics::Topology;

use crate::cli::AddFeed;
use crate::config::Config;
use crate::feeds::{self, Known, Writer};
use crate::line::plain;

/// How many feeds of a page are named.
const NAMED: usize = 3;

pub(super) fn run<L: Log>(
    log: &L,
    topology: &Topology,
    config: &Config,
    add: AddFeed,
) -> anyhow::Result<()> {
    let before = feeds::read(log, topology)?.remove(&add.url);
    let is_new = before.is_none();
    let before = before.unwrap_or_default();
    let access = add.request.on(before.access.as_deref());
    let feed = Feed {
        url: add.url,
        unverified: false,
        access: access.map_err(|error| anyhow!(error))?,
        ..add.facts.on(before)
    };
    feeds::check(&feed)?;
    if is_new && !add.no_check {
        look(config, &feed)?;
    }
    let url = feed.url.clone();
    let writer = Writer::Command;
    let added = feeds::add(log, topology, &[feed], Known::Update, writer, |_| {})?;
    let what = match (added.new, added.changed) {
        (1, _) => "added",
        (_, 1) => "changed",
        _ => "there already:",
    };
    writeln!(std::io::stdout(), "{what} {url}")?;
    Ok(())
}

/// Refuses what is there and no feed. What cannot be asked now may be a feed all the same: polling finds
/// out.
fn look(config: &Config, feed: &Feed) -> anyhow::Result<()> {
    let visitor = Visitor::new(&config.fetcher)?;
    let url = &feed.url;
    match visitor.look(feed) {
        Place::Feed { .. } => Ok(()),
        Place::Page { answer, candidates } => {
            if fetcher::challenge::recognise(&answer).is_some() {
                eprintln!(
                    "note: {url} answers with a page that asks for something before it shows the feed; it \
                     is polled all the same"
                );
                return Ok(());
            }
            let named: Vec<String> = candidates
                .iter()
                .filter(|candidate| !candidate.comments)
                .take(NAMED)
                .map(|candidate| plain(&candidate.url))
                .collect();
            let hint = if named.is_empty() {
                "it names none".to_owned()
            } else {
                format!("it names {}", named.join(", "))
            };
            bail!(
                "there is no feed at {url}, but something else; {hint}. `copydesk feeds discover {url}` looks \
                 for the site's feeds, --no-check adds this address all the same"
            )
        }
        Place::Nothing(outcome) => {
            note(url, &outcome);
            Ok(())
        }
    }
}

fn note(url: &str, outcome: &Outcome) {
    // What was not to be asked says nothing.
    if !matches!(outcome.result, Err(Trouble::Offline(_))) {
        eprintln!(
            "note: {url} does not give a feed now ({}); it is polled all the same",
            outcome.detail()
        );
    }
}
