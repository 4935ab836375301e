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
            let feed = feed_of(feed);
            feeds::check_address(&feed.url)?;
            add(&storage::beside_or_new(config)?, &topology, feed)
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

/// The feeds of an OPML file.
pub(super) fn read_opml(file: &Path) -> anyhow::Result<Vec<Feed>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    opml::parse(&text).with_context(|| format!("{} cannot be read", file.display()))
}

fn feed_of(add: AddFeed) -> Feed {
    Feed {
        url: add.url,
        title: add.title,
        publisher: add.publisher,
        country: add.country,
        language: add.language,
        kind: add.kind,
        interval_seconds: add.interval,
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
