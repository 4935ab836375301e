//! Polls feeds and fetches article pages, politely. The only part of copydesk that sees the world.
//!
//! ```text
//! feeds ──▶ Poll: schedule ▸ http ▸ ingest(parse) ──▶ feeds.polled, articles.discovered
//! articles.discovered ──▶ Page: frontier ▸ http ▸ settle ──▶ articles.fetched
//! ```
//!
//! Two tasks of one shape: an async shell that makes requests, pure functions that decide what an
//! outcome means ([`ingest::ingest`] and, for pages, `settle`), and one transaction for records, state
//! and offset together. Time enters with the outcome; nothing behind the shell reads a clock.

mod access;
mod address;
pub mod challenge;
mod clients;
pub mod config;
pub mod discover;
mod flights;
mod frontier;
mod gate;
mod health;
mod http;
pub mod ingest;
pub mod known;
mod link_header;
mod once;
pub mod outcome;
pub mod page;
pub mod parse;
mod pause;
pub mod poll;
pub mod replay;
mod resolve;
mod retry_after;
pub mod robots;
mod rounds;
pub mod schedule;
mod settle;
mod tally;
mod target;
pub mod visit;
pub mod websub;

use std::sync::Arc;
use std::thread::JoinHandle;

use article::Message as _;
use pipeline::Runtime;
use pipeline::log::{Failure, Log};
use pipeline::metrics::FEED_GAPS;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

pub use access::{AccessError, check_access};
pub use article::canonical;
pub use config::{Config, ConfigError};
use flights::Airport;
pub use health::{CorruptFeed, FeedHealth};
use http::Http;
pub use http::unpacked;
pub use once::once;
pub use page::Page;
pub use poll::Poll;
pub use target::Target;
use websub::WebSub;

/// Why the fetcher does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A value that cannot be worked with.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// HTTP cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(String),
    /// The log cannot be joined.
    #[error(transparent)]
    Log(#[from] Failure),
}

/// Starts polling, and fetching of pages unless that is switched off. Requests are made on `handle`.
/// The threads end when the runtime's shutdown is requested.
///
/// # Errors
/// See [`StartError`]. What was started by then goes on until the shutdown.
pub fn start<L: Log>(
    runtime: &Runtime<L>,
    config: Config,
    handle: Handle,
) -> Result<Vec<JoinHandle<()>>, StartError> {
    config.validate()?;
    // Told from the start on: no gaps are a figure, too.
    metrics::counter!(FEED_GAPS).increment(0);
    // One for both tasks, so that they take turns at a host. The client starts its timers in the runtime that it belongs to.
    let http = {
        let _entered = handle.enter();
        Http::new(&config).map_err(StartError::Http)?
    };
    let airport = move |what, most| Airport {
        http: http.clone(),
        handle: handle.clone(),
        slots: Arc::new(Semaphore::new(most)),
        most,
        what,
    };
    let polls = airport("feed", config.max_in_flight.polls);
    let pages = airport("page", config.max_in_flight.pages);
    let fetches_pages = config.pages;
    let config = Arc::new(config);
    let feeds = runtime.topology.topic(article::Feed::TOPIC);
    let partitions = feeds.map_or(1, |topic| topic.partitions);
    let websub = WebSub::start(&config, partitions, &polls.handle)?;
    let poll = Poll::new(Arc::clone(&config), polls, websub);
    let mut threads = vec![pipeline::start(runtime, Arc::new(poll))?];
    if fetches_pages {
        let page = Page::new(config, pages);
        threads.push(pipeline::start(runtime, Arc::new(page))?);
    }
    Ok(threads)
}
