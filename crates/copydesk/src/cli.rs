//! The command line: every command with its sentence and an example.

mod clean;
mod compare;
mod completions;
mod dead;
mod detect;
mod enrich;
mod export;
mod feeds;
mod man;
mod newsroom;
mod offered;
mod parse;
mod replay;
mod run;
mod status;
mod tail;
mod topics;
mod trace;
mod wanted;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pipeline::telemetry::LogFormat;

pub use self::clean::Clean;
pub use self::compare::Compare;
pub use self::completions::Completions;
pub use self::dead::{At, Dead};
pub use self::detect::Detect;
pub use self::enrich::Enrich;
pub use self::export::{Export, Form};
pub use self::feeds::{
    AddFeed, Every, FeedFacts, Feeds, Field, ListFeeds, PollFeed, RequestFacts, SetFeeds,
};
pub use self::man::Man;
pub use self::newsroom::Newsroom;
pub use self::parse::Parse;
pub use self::replay::{Derive, Diff, End, Moment, Number, Place, Replay};
pub use self::run::{Fetcher, Run};
pub use self::status::{Health, Status};
pub use self::tail::Tail;
pub use self::topics::Topics;
pub use self::trace::{Trace, Which};
pub use self::wanted::Wanted;

use crate::config::Sources;

/// Turns news feeds into cleaned articles and stories, durably and exactly once.
#[derive(Debug, Parser)]
#[command(
    name = "copydesk",
    version,
    propagate_version = true,
    after_help = "Example: copydesk run --newsroom --offline\nExample: copydesk tail articles.enriched"
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The configuration file [default: $COPYDESK_CONFIG, else ./copydesk.toml where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder, whatever the configuration says
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use Apache Kafka at these brokers, whatever the configuration says
    #[arg(long, global = true, value_name = "HOST:PORT,...")]
    pub bootstrap_servers: Option<String>,
    /// How log lines on standard error look
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<FormatArg>,
    /// More log lines; twice for even more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// [`LogFormat`] as a flag.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArg {
    /// Pretty on a terminal, JSON otherwise
    Auto,
    /// For people
    Pretty,
    /// One JSON object a line
    Json,
}

impl From<FormatArg> for LogFormat {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Auto => Self::Auto,
            FormatArg::Pretty => Self::Pretty,
            FormatArg::Json => Self::Json,
        }
    }
}

impl Global {
    /// Where the configuration comes from, these flags included.
    pub fn sources(&self) -> Sources {
        let filter = match self.verbose {
            0 => None,
            // Libraries below tell more at debug than anybody wants to read.
            1 => Some(
                "debug,hyper_util=info,reqwest=info,h2=info,html5ever=info,selectors=info,rdkafka=info,librdkafka=info",
            ),
            _ => Some("trace"),
        };
        Sources {
            data_dir: self.data_dir.clone(),
            bootstrap_servers: self.bootstrap_servers.clone(),
            log_format: self.log_format.map(LogFormat::from),
            filter: filter.map(str::to_owned),
            ..Sources::of_process(self.config.clone())
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole pipeline in this process, on the log in the data folder or on Apache Kafka.
    #[command(after_help = "Example: copydesk run --data-dir /srv/copydesk --feeds feeds.opml")]
    Run(Run),
    /// Poll feeds and fetch pages: a service of its own on Apache Kafka, as many as you like.
    #[command(after_help = "Example: copydesk fetcher --bootstrap-servers broker.example:9092")]
    Fetcher(Fetcher),
    /// Clean pages: a service of its own on Apache Kafka, as many as you like.
    #[command(after_help = "Example: copydesk cleaner --bootstrap-servers broker.example:9092")]
    Cleaner,
    /// Relate articles: a service of its own on Apache Kafka, as many as you like.
    #[command(after_help = "Example: copydesk enricher --bootstrap-servers broker.example:9092")]
    Enricher,
    /// Serve fictional or recorded outlets on loopback, for demos and tests.
    #[command(
        after_help = "Example: copydesk newsroom --per-second 2 --misbehave 'harbour.example:429=5'"
    )]
    Newsroom(Newsroom),
    /// Clean a page or many, here and now: the text and the facts that the pipeline would take from it.
    #[command(
        after_help = "Example: copydesk clean https://a.example/ferry-adrift\nExample: copydesk clean page.html --url https://a.example/ferry-adrift --json"
    )]
    Clean(Clean),
    /// Check the configuration and print every effective value with where it came from.
    #[command(after_help = "Example: copydesk check --config copydesk.toml")]
    Check,
    /// Print the records of a topic, a line each, whether the pipeline runs or not.
    #[command(after_help = "Example: copydesk tail articles.enriched --from @10m")]
    Tail(Tail),
    /// Write the records of a topic to a file or standard output, as JSON lines or Parquet.
    #[command(
        after_help = "Example: copydesk export articles.enriched --one-per family --format parquet -o corpus.parquet"
    )]
    Export(Export),
    /// Tell what the pipeline finds in texts of yours, such as their language, a line each.
    #[command(after_help = "Example: copydesk detect --language texts.jsonl")]
    Detect(Detect),
    /// Say of documents of yours which tell of one event, which were made from which, and whose report each
    /// is, a line each.
    #[command(
        after_help = "Example: copydesk enrich corpus.jsonl > enriched.jsonl\nExample: copydesk enrich --final corpus.jsonl | jq -r .family | sort | uniq -c\n\n\
            Relations stand strongest first; the family is that of the first, where it is one of being made from \
            another. The score of copy, near, rewrite and update is how sure it is that one was made from the other; \
            that of same_event, how sure it is that both tell of one event. The two are not to be compared.\n\n\
            A text is compared by its first 1,000 telling words: about 2,000 words, or 12,000 characters."
    )]
    Enrich(Enrich),
    /// Tell how two articles of yours relate and what shows it, or score many pairs.
    #[command(
        after_help = "Example: copydesk compare agency.txt newspaper.txt\nExample: copydesk compare --pairs pairs.jsonl --docs corpus.jsonl\n\n\
            The score is how sure it is that one was made from the other, whatever the relation; story_score is how \
            sure it is that both tell of one event. The two are not to be compared.\n\n\
            A text is compared by its first 1,000 telling words: about 2,000 words, or 12,000 characters."
    )]
    Compare(Compare),
    /// Show what the pipeline is doing and how far every stage has come.
    #[command(after_help = "Example: copydesk status --json")]
    Status(Status),
    /// Tell by the exit code whether what runs on the data folder is well, as containers ask.
    #[command(after_help = "Example: copydesk health --ready")]
    Health(Health),
    /// List, show and send back the records that no stage could handle.
    #[command(subcommand, after_help = "Example: copydesk dead list --reason empty")]
    Dead(Dead),
    /// Make the pipeline's topics and change how long they keep, or tell what would be done.
    #[command(
        subcommand,
        after_help = "Example: copydesk topics plan --bootstrap-servers broker.example:9092"
    )]
    Topics(Topics),
    /// Derive a new generation from records that are there, compare generations, and choose the live one.
    #[command(
        subcommand,
        after_help = "Example: copydesk replay enricher --generation 2 --from-timestamp @3d"
    )]
    Replay(Replay),
    /// Show the way of one article from the poll of its feed on, as a waterfall.
    #[command(after_help = "Example: copydesk trace https://a.example/ferry-adrift")]
    Trace(Trace),
    /// Say which feeds are polled, and see how they are.
    #[command(
        subcommand,
        after_help = "Example: copydesk feeds import config/feeds.opml"
    )]
    Feeds(Feeds),
    /// Read feeds as the fetcher reads them, and show what it sees.
    #[command(
        after_help = "Example: copydesk parse news.xml --url https://a.example/news.xml\nExample: copydesk parse --manifest feeds.jsonl > read.jsonl"
    )]
    Parse(Parse),
    /// Print what a shell needs to complete these commands.
    #[command(
        after_help = "Example: copydesk completions bash > ~/.local/share/bash-completion/completions/copydesk"
    )]
    Completions(Completions),
    /// Print a command's manual page, or write those of all into a folder.
    #[command(
        after_help = "Example: copydesk man feeds add | man -l -\nExample: copydesk man --dir ~/.local/share/man/man1"
    )]
    Man(Man),
}

#[cfg(test)]
mod tests;
