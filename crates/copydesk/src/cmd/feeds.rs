//! Say which feeds are polled.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use article::Feed;
use pipeline::log::local::LocalLog;
use pipeline::topics::Topology;

use crate::cli::{AddFeed, Feeds};
use crate::config::Config;
use crate::feeds::{self, Known, Writer};
use crate::line::plain;
use crate::{opml, progress, storage};

pub(super) fn run(config: &Config, command: Feeds) -> anyhow::Result<()> {
    let topology = config.topology();
    match command {
        Feeds::Add(feed) => {
            feeds::check_address(&feed.url)?;
            let log = storage::beside_or_new(config)?;
            let before = feeds::read(&log, &topology)?.remove(&feed.url);
            add(&log, &topology, told(feed, before.unwrap_or_default()))
        }
        Feeds::List { json } => list(&storage::beside(config)?, &topology, json),
        Feeds::Remove { url } => {
            feeds::remove(&storage::beside(config)?, &topology, &url)?;
            writeln!(std::io::stdout(), "removed {url}")?;
            Ok(())
        }
        Feeds::Import { file } => {
            let feeds = read_opml(&file)?;
            import(&storage::beside_or_new(config)?, &topology, &feeds)
        }
        Feeds::Export => {
            let feeds = feeds::read(&storage::beside(config)?, &topology)?;
            std::io::stdout().write_all(opml::write(feeds.values())?.as_bytes())?;
            Ok(())
        }
    }
}

/// The feeds of an OPML file. One that cannot be polled is told of and left out: it does not keep the
/// others away.
pub(super) fn read_opml(file: &Path) -> anyhow::Result<Vec<Feed>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let mut feeds =
        opml::parse(&text).with_context(|| format!("{} cannot be read", file.display()))?;
    feeds.retain(|feed| match feeds::check_address(&feed.url) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("left out of {}: {error}", file.display());
            false
        }
    });
    Ok(feeds)
}

/// The feed with what was said of it now; what was not stays as it was `before`.
fn told(add: AddFeed, before: Feed) -> Feed {
    Feed {
        url: add.url,
        title: add.title.or(before.title),
        publisher: add.publisher.or(before.publisher),
        country: add.country.or(before.country),
        language: add.language.or(before.language),
        kind: add.kind.or(before.kind),
        interval_seconds: add.interval.or(before.interval_seconds),
        unverified: false,
    }
}

fn add(log: &LocalLog, topology: &Topology, feed: Feed) -> anyhow::Result<()> {
    let url = feed.url.clone();
    let added = feeds::add(
        log,
        topology,
        &[feed],
        Known::Update,
        Writer::Command,
        |_| {},
    )?;
    let what = match (added.new, added.changed) {
        (1, _) => "added",
        (_, 1) => "changed",
        _ => "there already:",
    };
    writeln!(std::io::stdout(), "{what} {url}")?;
    Ok(())
}

fn import(log: &LocalLog, topology: &Topology, feeds: &[Feed]) -> anyhow::Result<()> {
    let bar = progress::bar(feeds.len() as u64, "feeds");
    let added = feeds::add(
        log,
        topology,
        feeds,
        Known::Update,
        Writer::Command,
        |done| {
            bar.set_position(done as u64);
        },
    )?;
    bar.finish_and_clear();
    writeln!(
        std::io::stdout(),
        "{} feeds added, {} changed, {} there already",
        added.new,
        added.changed,
        added.unchanged
    )?;
    Ok(())
}

fn list(log: &LocalLog, topology: &Topology, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for feed in feeds::read(log, topology)?.values() {
        if json {
            writeln!(out, "{}", serde_json::to_string(feed)?)?;
            continue;
        }
        let text = |field: &Option<String>| plain(field.as_deref().unwrap_or("-"));
        let name = feed.publisher.as_ref().or(feed.title.as_ref()).cloned();
        writeln!(
            out,
            "{:<28}  {:<2}  {:<3}  {:<11}  {}",
            text(&name),
            text(&feed.country),
            text(&feed.language),
            text(&feed.kind),
            plain(&feed.url)
        )?;
    }
    Ok(())
}
