//! `copydesk newsroom`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args};

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
