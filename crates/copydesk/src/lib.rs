//! The user's hands on the pipeline: flags, configuration, commands, progress, exit codes.
//!
//! No domain logic: [`storage`] opens the log that the configuration means, [`process`] starts services
//! on it, the commands in [`cmd`] read and write topics through [`pipeline`]. Everything takes its
//! world as arguments, so that a test starts a pipeline in its own process as the binary does in its.

pub mod cli;
pub mod cmd;
pub mod config;
mod crew;
pub mod diff;
pub mod documents;
pub mod exit;
pub mod export;
pub mod feeds;
pub mod follow;
pub mod graveyard;
pub mod hint;
pub mod instance;
pub mod line;
pub mod live;
pub mod named;
pub mod opml;
pub mod patience;
pub mod process;
pub mod progress;
pub mod replay;
pub mod scan;
pub mod select;
pub mod service;
pub mod signals;
pub mod slot;
pub mod storage;
pub mod way;

pub use config::Config;
pub use process::{Options, Process};

/// Of the system's allocator came an eighth of the time in which articles are enriched: many small lists, and
/// records that one thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
