//! Say which feeds are polled, and see how they are.

mod add;
mod discover;
mod list;
mod poll;
mod show;

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use article::Feed;
use jiff::Timestamp;
use pipeline::log::Log;
use pipeline::topics::Topology;

use crate::cli::{AddFeed, Feeds, ListFeeds, PollFeed, SetFeeds};
use crate::config::Config;
use crate::feeds::{self, Known, Writer};
use crate::opml::Scope;
use crate::storage::{self, Job};
use crate::{opml, progress};

pub(super) fn run(config: &Config, command: Feeds) -> anyhow::Result<()> {
    let topology = config.topology();
    let todo = match command {
        Feeds::Add(feed) => {
            feeds::check_address(&feed.url)?;
            Todo::Add(feed)
        }
        Feeds::List(list) => Todo::List(list),
        Feeds::Show { url, json } => Todo::Show { url, json },
        Feeds::Set(set) => Todo::Set(set),
        Feeds::Pause { urls } => Todo::Pause { urls, paused: true },
        Feeds::Resume { urls } => Todo::Pause {
            urls,
            paused: false,
        },
        Feeds::Remove { urls } => Todo::Remove(urls),
        Feeds::Import { file, with_access } => Todo::Import(read_opml(&file, scope(with_access))?),
        Feeds::Export { with_access } => Todo::Export(scope(with_access)),
        Feeds::Discover {
            url,
            json,
            no_check,
        } => return discover::run(config, &url, json, !no_check),
        Feeds::Poll(poll) => {
            if poll::alone(config, &poll)? {
                return Ok(());
            }
            Todo::Poll(poll)
        }
    };
    let opened = match todo {
        Todo::Add(_) | Todo::Import(_) => storage::for_feeds(config)?,
        _ => storage::beside(config, &[storage::feeds(&topology)])?,
    };
    opened.run(OnFeeds {
        config,
        topology,
        todo,
    })
}

fn scope(with_access: bool) -> Scope {
    if with_access {
        Scope::Access
    } else {
        Scope::Facts
    }
}

/// What to do, and what it takes has been read.
enum Todo {
    Add(AddFeed),
    List(ListFeeds),
    Show { url: String, json: bool },
    Set(SetFeeds),
    Pause { urls: Vec<String>, paused: bool },
    Remove(Vec<String>),
    Import(Vec<Feed>),
    Export(Scope),
    Poll(PollFeed),
}

struct OnFeeds<'a> {
    config: &'a Config,
    topology: Topology,
    todo: Todo,
}

impl Job for OnFeeds<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let topology = &self.topology;
        match self.todo {
            Todo::Add(feed) => add::run(&log, topology, self.config, feed),
            Todo::List(list) => list::run(&log, topology, self.config, list),
            Todo::Show { url, json } => show::run(&log, topology, self.config, &url, json),
            Todo::Set(set) => change_said(&log, topology, self.config, &set),
            Todo::Pause { urls, paused } => {
                let changed = feeds::change(&log, topology, &urls, |feed| {
                    Some(Feed {
                        paused,
                        ..feed.clone()
                    })
                })?;
                let done = if paused { "paused" } else { "resumed" };
                told(&urls, changed, done, &format!("{done} already"))
            }
            Todo::Remove(urls) => {
                let removed = feeds::change(&log, topology, &urls, |_| None)?;
                told(&urls, removed, "removed", "")
            }
            Todo::Import(feeds) => import(&log, topology, &feeds),
            Todo::Export(scope) => {
                let feeds = feeds::read(&log, topology)?;
                let mut out = BufWriter::new(std::io::stdout().lock());
                opml::write(feeds.values(), scope, &mut out)?;
                Ok(out.flush()?)
            }
            Todo::Poll(poll) if poll.record => {
                let wanted_at = Some(Timestamp::now());
                let urls = [poll.url];
                let mut paused = false;
                feeds::change(&log, topology, &urls, |feed| {
                    paused = feed.paused;
                    Some(Feed {
                        wanted_at,
                        ..feed.clone()
                    })
                })?;
                let when = if paused {
                    "paused, to be polled as soon as it is resumed:"
                } else {
                    "to be polled as soon as its host may be asked:"
                };
                told(&urls, 1, when, "")
            }
            Todo::Poll(poll) => poll::run(&log, topology, self.config, &poll),
        }
    }
}

/// Tells what was done to feeds, each in a line; one that was so before only where it was alone.
fn told(urls: &[String], changed: usize, done: &str, already: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match urls {
        [url] if changed == 0 => writeln!(out, "{already}: {url}")?,
        [url] => writeln!(out, "{done} {url}")?,
        _ => writeln!(out, "{done} {changed} of {} feeds", urls.len())?,
    }
    Ok(())
}

fn change_said<L: Log>(
    log: &L,
    topology: &Topology,
    config: &Config,
    set: &SetFeeds,
) -> anyhow::Result<()> {
    // Said wrongly for one, it is for all.
    let mut wrong = None;
    let changed = feeds::change(log, topology, &set.urls, |feed| {
        let said = set.facts.on(feed.clone());
        match set.request.on(feed.access.as_deref()) {
            Ok(access) => Some(Feed { access, ..said }),
            Err(error) => {
                wrong = Some(error);
                Some(feed.clone())
            }
        }
    });
    if let Some(wrong) = wrong {
        return Err(anyhow!(wrong));
    }
    let changed = changed?;
    if !set.request.names_files() || !config.fetcher.credentials_dir.as_os_str().is_empty() {
        return told(&set.urls, changed, "changed", "so already");
    }
    eprintln!(
        "note: secrets are read from files in fetcher.credentials_dir alone, which is not set here; \
         the fetcher needs it"
    );
    told(&set.urls, changed, "changed", "so already")
}

/// The feeds of an OPML file. One that cannot be polled is told of and left out: it does not keep the
/// others away.
pub(super) fn read_opml(file: &Path, scope: Scope) -> anyhow::Result<Vec<Feed>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let mut read =
        opml::parse(&text, scope).with_context(|| format!("{} cannot be read", file.display()))?;
    read.feeds.retain(|feed| match feeds::check(feed) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("left out of {}: {error}", file.display());
            false
        }
    });
    if read.withheld > 0 {
        eprintln!(
            "{} feeds of {} have header fields, a login or a proxy, which are not taken over; \
             --with-access does so, from a file that is your own",
            read.withheld,
            file.display()
        );
    }
    Ok(read.feeds)
}

fn import<L: Log>(log: &L, topology: &Topology, feeds: &[Feed]) -> anyhow::Result<()> {
    let bar = progress::bar(feeds.len() as u64, "feeds");
    let writer = Writer::Command;
    let added = feeds::add(log, topology, feeds, Known::Merge, writer, |done| {
        bar.set_position(done as u64);
    })?;
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
