//! Say which feeds are polled.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use article::Feed;
use pipeline::log::Log;
use pipeline::topics::Topology;

use crate::cli::{AddFeed, Feeds};
use crate::config::Config;
use crate::feeds::{self, Known, Writer};
use crate::line::plain;
use crate::storage::{self, Job};
use crate::{opml, progress};

pub(super) fn run(config: &Config, command: Feeds) -> anyhow::Result<()> {
    let topology = config.topology();
    let todo = match command {
        Feeds::Add(feed) => {
            feeds::check_address(&feed.url)?;
            Todo::Add(feed)
        }
        Feeds::List { json } => Todo::List { json },
        Feeds::Remove { url } => Todo::Remove(url),
        Feeds::Import { file } => Todo::Import(read_opml(&file)?),
        Feeds::Export => Todo::Export,
    };
    let opened = match todo {
        Todo::Add(_) | Todo::Import(_) => storage::for_feeds(config)?,
        _ => storage::beside(config, &[storage::feeds(&topology)])?,
    };
    opened.run(OnFeeds { topology, todo })
}

/// What to do, and what it takes has been read.
enum Todo {
    Add(AddFeed),
    List { json: bool },
    Remove(String),
    Import(Vec<Feed>),
    Export,
}

struct OnFeeds {
    topology: Topology,
    todo: Todo,
}

impl Job for OnFeeds {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let topology = &self.topology;
        match self.todo {
            Todo::Add(feed) => {
                let before = feeds::read(&log, topology)?.remove(&feed.url);
                add(&log, topology, told(feed, before.unwrap_or_default()))
            }
            Todo::List { json } => list(&log, topology, json),
            Todo::Remove(url) => {
                feeds::remove(&log, topology, &url)?;
                writeln!(std::io::stdout(), "removed {url}")?;
                Ok(())
            }
            Todo::Import(feeds) => import(&log, topology, &feeds),
            Todo::Export => {
                let feeds = feeds::read(&log, topology)?;
                std::io::stdout().write_all(opml::write(feeds.values())?.as_bytes())?;
                Ok(())
            }
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

fn add<L: Log>(log: &L, topology: &Topology, feed: Feed) -> anyhow::Result<()> {
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

fn import<L: Log>(log: &L, topology: &Topology, feeds: &[Feed]) -> anyhow::Result<()> {
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

fn list<L: Log>(log: &L, topology: &Topology, json: bool) -> anyhow::Result<()> {
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
