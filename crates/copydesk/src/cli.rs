//! The command line: every command with its sentence and an example.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use pipeline::telemetry::LogFormat;

use crate::config::Sources;
use crate::scan::Start;

/// Turns news feeds into cleaned articles and stories, durably and exactly once.
#[derive(Debug, Parser)]
#[command(
    name = "copydesk",
    version,
    propagate_version = true,
    after_help = "Example: copydesk run --newsroom --offline, then in a second terminal: copydesk tail articles.enriched"
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
    /// Check the configuration and print every effective value with where it came from.
    #[command(after_help = "Example: COPYDESK_LOG__FSYNC='every 100 ms' copydesk check")]
    Check,
    /// Print the records of a topic, a line each, whether the pipeline runs or not.
    #[command(after_help = "Example: copydesk tail articles.enriched --from @10m")]
    Tail(Tail),
    /// Show what the pipeline is doing and how far every stage has come.
    #[command(after_help = "Example: copydesk status --json")]
    Status(Status),
    /// List, show and send back the records that no stage could handle.
    #[command(subcommand, after_help = "Example: copydesk dead list --reason empty")]
    Dead(Dead),
    /// Make the pipeline's topics and change how long they keep, or tell what would be done.
    #[command(
        subcommand,
        after_help = "Example: copydesk topics plan --bootstrap-servers broker.example:9092"
    )]
    Topics(Topics),
    /// Say which feeds are polled.
    #[command(
        subcommand,
        after_help = "Example: copydesk feeds import config/feeds.opml"
    )]
    Feeds(Feeds),
}

/// `copydesk run`
#[derive(Clone, Debug, Default, Args)]
pub struct Run {
    /// Serve the bundled newsroom in this process too, and poll it
    #[arg(long)]
    pub newsroom: bool,
    /// Import these feeds first, where they are not there yet
    #[arg(long, value_name = "OPML")]
    pub feeds: Vec<PathBuf>,
    /// Dial nothing but loopback
    #[arg(long)]
    pub offline: bool,
    /// Print no line for each article
    #[arg(long, short)]
    pub quiet: bool,
}

/// `copydesk fetcher`
#[derive(Clone, Debug, Default, Args)]
pub struct Fetcher {
    /// Import these feeds first, where they are not there yet
    #[arg(long, value_name = "OPML")]
    pub feeds: Vec<PathBuf>,
    /// Dial nothing but loopback
    #[arg(long)]
    pub offline: bool,
}

/// `copydesk newsroom`
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("world").multiple(false))]
pub struct Newsroom {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8088", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Serve these documents, lines {id, text, title?, source?, date?, url?, lang?}
    #[arg(long, group = "world", value_name = "JSONL")]
    pub docs: Option<PathBuf>,
    /// Serve these recorded pages, lines {url, file}
    #[arg(long, group = "world", value_name = "JSONL")]
    pub pages: Option<PathBuf>,
    /// Play these recorded polls, a file a feed
    #[arg(long, group = "world", value_name = "JSONL", num_args = 1..)]
    pub history: Vec<PathBuf>,
    /// Make up so many articles
    #[arg(long, group = "world", value_name = "ARTICLES")]
    pub scale: Option<usize>,
    /// Over how many outlets the made-up articles spread
    #[arg(long, requires = "scale", default_value_t = 500)]
    pub outlets: usize,
    /// Publish so many articles a second [default: all at once]
    #[arg(long, value_name = "RATE")]
    pub per_second: Option<f64>,
    /// Misbehave: [HOST][/PREFIX]:WHAT[=VALUE][,share=S][,times=N], with WHAT one of 429, 5xx, 30x, 304, gone, slow, delay, broken-xml, wrong-encoding, truncate
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub misbehave: Vec<newsroom::Misbehaviour>,
}

/// `copydesk tail`
#[derive(Clone, Debug, Args)]
pub struct Tail {
    /// The topic
    pub topic: String,
    /// Where to begin: beginning, end, an offset, or so long ago (@10m, @2h, @3d) [default: end; with --no-follow: beginning]
    #[arg(long, value_name = "WHERE")]
    pub from: Option<Start>,
    /// Wait for new records (the default)
    #[arg(long, overrides_with = "no_follow")]
    pub follow: bool,
    /// Stop at the end of what is there
    #[arg(long)]
    pub no_follow: bool,
    /// Whole records as JSON, one a line
    #[arg(long)]
    pub json: bool,
    /// Stop after so many records
    #[arg(long, value_name = "RECORDS")]
    pub limit: Option<u64>,
}

/// `copydesk status`
#[derive(Clone, Debug, Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `copydesk dead`
#[derive(Clone, Debug, Subcommand)]
pub enum Dead {
    /// List the dead letters that were not sent back, a line each.
    #[command(after_help = "Example: copydesk dead list --reason undecodable --limit 20")]
    List {
        /// Only those of this reason
        #[arg(long)]
        reason: Option<String>,
        /// So many at the most
        #[arg(long, value_name = "LETTERS")]
        limit: Option<usize>,
    },
    /// Show a dead letter whole: where it came from, why it died, its headers and its value.
    #[command(after_help = "Example: copydesk dead show 0:17 --value | jq .")]
    Show {
        /// Which: partition:offset, as `list` prints it
        at: At,
        /// Only the bytes of its value, as they were
        #[arg(long)]
        value: bool,
    },
    /// Send dead letters back to the topic they came from.
    #[command(after_help = "Example: copydesk dead retry --reason empty")]
    #[command(group = ArgGroup::new("which").required(true).multiple(false))]
    Retry {
        /// Which: partition:offset, as `list` prints it
        #[arg(group = "which")]
        at: Vec<At>,
        /// All of them
        #[arg(long, group = "which")]
        all: bool,
        /// Those of this reason
        #[arg(long, group = "which")]
        reason: Option<String>,
    },
}

/// The place of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub u32, pub u64);

impl std::str::FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once(':')
            .and_then(|(partition, offset)| {
                Some(Self(partition.parse().ok()?, offset.parse().ok()?))
            })
            .ok_or_else(|| "expected partition:offset, such as 0:17".to_owned())
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// `copydesk topics`
#[derive(Clone, Debug, Subcommand)]
pub enum Topics {
    /// Print what `apply` would do, a line for each step.
    #[command(after_help = "Example: copydesk topics plan --json | jq -r .[].topic")]
    Plan {
        /// As JSON: a list of steps, empty where all is as it should be
        #[arg(long)]
        json: bool,
    },
    /// Make the topics that are missing and bring the others to what is configured. Does all of the
    /// plan, or nothing where a step is refused.
    #[command(after_help = "Example: copydesk topics apply --yes")]
    Apply {
        /// Also where records go for good that a replay could still read
        #[arg(long)]
        yes: bool,
    },
}

/// `copydesk feeds`
#[derive(Clone, Debug, Subcommand)]
pub enum Feeds {
    /// Add a feed, or change what is said of it.
    #[command(
        after_help = "Example: copydesk feeds add https://a.example/rss --publisher 'The A' --language en"
    )]
    Add(AddFeed),
    /// List the feeds, a line each.
    #[command(after_help = "Example: copydesk feeds list --json | jq -r .url")]
    List {
        /// As JSON, one feed a line
        #[arg(long)]
        json: bool,
    },
    /// Poll a feed no more.
    #[command(after_help = "Example: copydesk feeds remove https://a.example/rss")]
    Remove {
        /// Its address, as `list` prints it
        url: String,
    },
    /// Add the feeds of an OPML file; those already there with the same facts are left alone.
    #[command(after_help = "Example: copydesk feeds import config/feeds.opml")]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Print all feeds as OPML.
    #[command(after_help = "Example: copydesk feeds export > feeds.opml")]
    Export,
}

/// `copydesk feeds add`
#[derive(Clone, Debug, Args)]
pub struct AddFeed {
    /// Its address: http or https
    pub url: String,
    /// A name for people
    #[arg(long)]
    pub title: Option<String>,
    /// The outlet's name
    #[arg(long)]
    pub publisher: Option<String>,
    /// The outlet's country: two letters, as in ISO 3166-1
    #[arg(long)]
    pub country: Option<String>,
    /// The language that is expected: a BCP 47 tag
    #[arg(long)]
    pub language: Option<String>,
    /// The kind of outlet: agency, newspaper, broadcaster, magazine, ...
    #[arg(long)]
    pub kind: Option<String>,
    /// Seconds between polls, where it shall differ from the configured interval
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub interval: Option<u64>,
}
