//! `copydesk feeds`

mod said;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub use self::said::{Every, FeedFacts, Field, RequestFacts};

/// `copydesk feeds`
#[derive(Clone, Debug, Subcommand)]
pub enum Feeds {
    /// Add a feed, or change what is said of it.
    #[command(
        after_help = "Example: copydesk feeds add https://a.example/rss --publisher 'The A' --language en"
    )]
    Add(AddFeed),
    /// List the feeds with how they are, a line each, in the order of their addresses.
    #[command(
        after_help = "Example: copydesk feeds list --failing\nExample: copydesk feeds list --json | jq -r .url"
    )]
    List(ListFeeds),
    /// Show all that is known of a feed: what was said of it, how it is, what it last brought.
    #[command(after_help = "Example: copydesk feeds show https://a.example/rss")]
    Show {
        /// Its address, as `list` prints it
        url: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what is said of feeds, and how they are asked for; an empty value takes back what was said.
    #[command(
        after_help = "Example: copydesk feeds set https://a.example/rss --publisher 'The A' --interval 30m\nExample: copydesk feeds set https://a.example/rss --user desk --password-file a.example/password\nExample: copydesk feeds set https://a.example/rss --interval '' --proxy ''"
    )]
    Set(SetFeeds),
    /// Poll feeds no more until they are resumed; what is known of them is kept.
    #[command(after_help = "Example: copydesk feeds pause https://a.example/rss")]
    Pause {
        /// Their addresses, as `list` prints them
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
    /// Poll feeds again that were paused, each as soon as its interval is over.
    #[command(after_help = "Example: copydesk feeds resume https://a.example/rss")]
    Resume {
        /// Their addresses, as `list` prints them
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
    /// Poll feeds no more, and forget what is known of them.
    #[command(after_help = "Example: copydesk feeds remove https://a.example/rss")]
    Remove {
        /// Their addresses, as `list` prints them
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
    /// Add the feeds of an OPML file; what it does not say of one that is there stays as it is.
    #[command(after_help = "Example: copydesk feeds import config/feeds.opml")]
    Import {
        /// The file
        file: PathBuf,
        /// Take over header fields, logins and proxies too; only from a file that is your own
        #[arg(long)]
        with_access: bool,
    },
    /// Print the feeds as OPML.
    #[command(after_help = "Example: copydesk feeds export > feeds.opml")]
    Export {
        /// Header fields, users and proxies too, and the paths of files with secrets; never a secret
        #[arg(long)]
        with_access: bool,
    },
    /// Find the feeds of a site by one of its pages, the best first.
    #[command(
        after_help = "Example: copydesk feeds discover https://a.example/\nExample: copydesk feeds discover https://a.example/ --json | jq -r 'select(.items > 0) | .url'"
    )]
    Discover {
        /// A page of the site, or a feed
        url: String,
        /// As JSON, one feed a line
        #[arg(long)]
        json: bool,
        /// Tell what the page says without asking for it
        #[arg(long)]
        no_check: bool,
    },
    /// Poll a feed once, now, and show each step; nothing is written, unless --record says so.
    #[command(
        after_help = "Example: copydesk feeds poll https://a.example/rss\nExample: copydesk feeds poll https://a.example/rss --record"
    )]
    Poll(PollFeed),
}

/// `copydesk feeds add`
#[derive(Clone, Debug, Args)]
pub struct AddFeed {
    /// Its address: http or https
    pub url: String,
    /// What is said of it.
    #[command(flatten)]
    pub facts: FeedFacts,
    /// How it is asked for.
    #[command(flatten)]
    pub request: RequestFacts,
    /// Add it without looking whether there is a feed
    #[arg(long)]
    pub no_check: bool,
}

/// `copydesk feeds set`
#[derive(Clone, Debug, Args)]
pub struct SetFeeds {
    /// Their addresses, as `list` prints them
    #[arg(required = true, value_name = "URL")]
    pub urls: Vec<String>,
    /// What is said of them.
    #[command(flatten)]
    pub facts: FeedFacts,
    /// How they are asked for.
    #[command(flatten)]
    pub request: RequestFacts,
}

/// `copydesk feeds list`
#[derive(Clone, Copy, Debug, Args)]
pub struct ListFeeds {
    /// Only those whose last poll failed, that are gone or no feed
    #[arg(long)]
    pub failing: bool,
    /// Only those that are paused
    #[arg(long)]
    pub paused: bool,
    /// As JSON, one feed a line
    #[arg(long)]
    pub json: bool,
}

/// `copydesk feeds poll`
#[derive(Clone, Debug, Args)]
pub struct PollFeed {
    /// Its address; the feed need not be one of those that are polled
    pub url: String,
    /// Have what runs poll it at once, instead of looking from here: what it brings is written down
    #[arg(long)]
    pub record: bool,
    /// Ask only for what has changed since the last poll, as polling does
    #[arg(long, conflicts_with = "record")]
    pub conditional: bool,
    /// As JSON
    #[arg(long, conflicts_with = "record")]
    pub json: bool,
}
