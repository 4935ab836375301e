//! Run the whole pipeline in this process, on the log in the data folder or on Apache Kafka.

use std::io::Write;
use std::time::Duration;

use article::{Enriched, Message as _};
use jiff::Timestamp;
use newsroom::{Pace, World};
use pipeline::log::Log;
use pipeline::topics::{Cleanup, Topic};
use pipeline::{Live, Shutdown, Waker};

use crate::cli::Run;
use crate::config::Config;
use crate::follow::{self, Following};
use crate::process::{Options, Process};
use crate::scan::Start;
use crate::select::Select;
use crate::service::{Post, Service};
use crate::signals::stop_on_signals;
use crate::storage::{self, Job};

/// How many of an earlier run's articles are printed first at the most: on Kafka the ends of transactions
/// take offsets too.
const EARLIER: u64 = 20;
/// How fast the bundled newsroom publishes, in articles a second: a minute shows it all.
const NEWSROOM_PACE: f64 = 1.0;

pub(super) fn run(config: &Config, args: &Run) -> anyhow::Result<()> {
    // First: whoever is asked to stop while it begins ends well, too.
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    let mut feeds = Vec::new();
    for file in &args.feeds {
        feeds.extend(super::feeds::read_opml(file, crate::opml::Scope::Facts)?);
    }
    let newsroom = args.newsroom.then(|| newsroom::Options {
        pace: Pace {
            per_second: Some(NEWSROOM_PACE),
        },
        ..newsroom::Options::of(World::Bundled)
    });
    let post = if config.kafka.is_set() {
        Post::among(config, Service::Whole)?
    } else {
        Post::alone(config)
    };
    storage::runner(config, post.instance())?.run(Whole {
        config,
        quiet: args.quiet,
        options: Options { feeds, newsroom },
        post,
        shutdown,
    })
}

struct Whole<'a> {
    config: &'a Config,
    quiet: bool,
    options: Options,
    post: Post,
    shutdown: Shutdown,
}

impl Job for Whole<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        // Moments of writing are whole milliseconds.
        let began = Timestamp::from_millisecond(Timestamp::now().as_millisecond())?;
        let process = Process::start(log, self.post, self.config, self.options, &self.shutdown)?;
        tell(self.config, &process);
        // Asked to stop only when the tasks have drained, so that what they finished is printed too.
        let no_more = Shutdown::default();
        let printing = (!self.quiet).then(|| {
            let log = process.runtime().log.clone();
            let live = process.runtime().live.clone();
            print_articles(log, live, Start::Around(began, EARLIER), &no_more)
        });
        let live = process.runtime().live.clone();
        let outcome = process.wait();
        no_more.request();
        live.change(live.topology());
        if let Some(printing) = printing.transpose()? {
            // A terminal that does not take its lines is not waited for.
            let bell = Waker::default();
            for _ in 0..50 {
                if printing.is_finished() {
                    break;
                }
                bell.wait(Duration::from_millis(10));
            }
        }
        outcome
    }
}

/// Says on standard error where to look; standard output carries the articles alone.
fn tell<L: Log>(config: &Config, process: &Process<L>) {
    // Its terminal may have gone away: that ends no pipeline.
    let _ = write_where(config, process, &mut std::io::stderr().lock());
}

fn write_where<L: Log>(
    config: &Config,
    process: &Process<L>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let place = storage::place(config);
    writeln!(out, "copydesk {} runs {place}", env!("CARGO_PKG_VERSION"))?;
    let flags = storage::flags(config);
    writeln!(out, "  articles   copydesk tail articles.enriched {flags}")?;
    writeln!(
        out,
        "  status     copydesk status {flags}, or http://{}/status",
        process.admin()
    )?;
    if config.kafka.is_set() {
        writeln!(
            out,
            "  commits    are acknowledged by all brokers that keep them in step"
        )?;
    } else {
        writeln!(out, "  commits    are flushed {}", config.log.fsync)?;
    }
    let topology = process.runtime().live.topology();
    for (number, kept) in topology.topics().iter().filter_map(kept).enumerate() {
        let head = if number == 0 { "kept" } else { "" };
        writeln!(out, "  {head:<9}  {kept}")?;
    }
    if let Some(newsroom) = process.newsroom() {
        let fresh = if config.kafka.is_set() {
            "an empty cluster"
        } else {
            "an empty folder"
        };
        writeln!(
            out,
            "  newsroom   {} articles of {} outlets at http://{}",
            newsroom.total(),
            newsroom.feeds().len(),
            newsroom.address()
        )?;
        writeln!(
            out,
            "             What an earlier run has seen does not come again: its last articles"
        )?;
        writeln!(
            out,
            "             are printed first, and {fresh} starts from the beginning"
        )?;
    }
    Ok(())
}

/// A topic and its caps, where it has any.
fn kept(topic: &Topic) -> Option<String> {
    let days = topic
        .retention
        .map(|kept| format!("{} h", kept.as_secs() / 3600));
    let bytes = topic
        .retention_bytes
        .map(|bytes| format!("{} MiB", bytes >> 20));
    let caps: Vec<String> = days.into_iter().chain(bytes).collect();
    let form = match topic.cleanup {
        Cleanup::Compact => " (the last of each key)",
        Cleanup::Delete => "",
    };
    (!caps.is_empty()).then(|| format!("{:<20} {}{form}", topic.name, caps.join(" or ")))
}

/// One line for each article that is enriched from `start` on, as `copydesk tail` prints it, in
/// whichever generation is live.
fn print_articles<L: Log>(
    log: L,
    live: Live,
    start: Start,
    shutdown: &Shutdown,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let shutdown = shutdown.clone();
    let print = move || {
        let mut out = std::io::stdout();
        let mut lines = follow::lines_for_stdout();
        let following = Following {
            topic: Enriched::TOPIC.to_owned(),
            start,
            select: Select::default(),
            follow: true,
            json: false,
            limit: None,
        };
        let printed = follow::print_live(&log, &live, &following, &mut out, &mut lines, &shutdown);
        if let Err(error) = printed {
            tracing::warn!("articles are printed no more: {error:#}");
        }
    };
    std::thread::Builder::new()
        .name("articles".into())
        .spawn(print)
}
