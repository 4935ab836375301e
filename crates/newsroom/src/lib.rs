//! The newsroom: fictional outlets and one fictional agency, served over HTTP on loopback, with the
//! truth about who copied whom. The world of the demo and of the tests.
//!
//! ```text
//! World ──load──▶ Archive (articles by index) ──┐
//! Pace ─────────▶ Publication (how many so far) ─┼──▶ serve: Host header ──▶ feed | page | front page
//! Misbehaviour ─▶ Rules (what goes wrong when) ──┘                      └──▶ Requests (what was asked)
//! ```
//!
//! Every outlet has its own host name, and all of them answer on one listening address: the reader
//! maps the names to it. Addresses in feeds and pages are `http://HOST/...` without a port, so that
//! an article has the same name whatever port the newsroom got.
//!
//! Invariants:
//! - An article, once published, never changes: neither its page nor its line in the feed. What an
//!   outlet knows later it publishes at a new address.
//! - A source is published before what was made from it.
//! - Nothing here dials: the newsroom only answers.

mod answer;
mod archive;
mod bundled;
mod docs;
mod escape;
mod feed;
mod history;
mod item_scan;
mod lines;
mod misbehaviour;
mod outlet;
mod pages;
mod publication;
mod report;
mod requests;
mod room;
mod scale;
mod serve;
mod template;
mod truth;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use misbehaviour::{Misbehaviour, MisbehaviourError, What};
pub use requests::{Request, Requests};
pub use truth::{TrueArticle, Truth};

use archive::Archive;
use room::Room;

/// What to serve, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Port 0 takes a free one, see [`Newsroom::address`].
    pub listen: SocketAddr,
    /// Whose articles.
    pub world: World,
    /// What goes wrong. The first rule that strikes a request decides it.
    pub misbehaviour: Vec<Misbehaviour>,
    /// How fast articles appear.
    pub pace: Pace,
}

impl Options {
    /// `world` on a free port of loopback, complete from the start and well-behaved.
    pub fn of(world: World) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            world,
            misbehaviour: Vec::new(),
            pace: Pace::default(),
        }
    }
}

/// Whose articles the newsroom serves.
#[derive(Clone, Debug)]
pub enum World {
    /// The outlets and reports that come with this crate.
    Bundled,
    /// Any documents: a file of lines `{id, text, title?, source?, date?, url?, lang?}`. A source is
    /// an outlet; without one the host of `url` is, and without either a document has an outlet of its
    /// own. A document stands at its `url`, as http and without a port, unless an earlier one does.
    Docs(PathBuf),
    /// Recorded pages, byte for byte: a file of lines `{url, file}`, `file` relative to its folder.
    Pages(PathBuf),
    /// Recorded polls of feeds, byte for byte: a file a feed, lines `{fetched_at, body}`. Every
    /// request of the feed gets the next one.
    History(Vec<PathBuf>),
    /// Generated articles, a function of the index alone.
    Scale {
        /// How many articles.
        articles: usize,
        /// How many outlets share them, in turn.
        outlets: usize,
    },
}

/// How fast articles appear.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Articles a second over all outlets; `None`: everything is there from the start. Zero publishes
    /// nothing until [`Newsroom::publish_all`]. [`World::History`] knows no pace: it goes by requests.
    pub per_second: Option<f64>,
}

/// Why a newsroom does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody else listens there, or the address is not ours.
    #[error("cannot listen on {address}; choose another address, port 0 takes a free one")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the world cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the world does not say what it should.
    #[error("{place}: {reason}")]
    Content {
        /// File and line.
        place: String,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// The options make no sense.
    #[error("{0}")]
    Options(String),
}

/// A running newsroom. It stops when it is dropped; [`Newsroom::close`] also waits for it.
#[derive(Debug)]
pub struct Newsroom {
    address: SocketAddr,
    room: Arc<Room>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

/// Loads the world, binds the address and starts to serve on the current tokio runtime.
pub async fn open(options: Options) -> Result<Newsroom, OpenError> {
    let Options {
        listen,
        world,
        misbehaviour,
        pace,
    } = options;
    if let Some(rate) = pace.per_second
        && !(rate.is_finite() && rate >= 0.0)
    {
        return Err(OpenError::Options(format!(
            "pace {rate} a second: must be a finite number, 0 or more"
        )));
    }
    let archive = tokio::task::spawn_blocking(move || load(world))
        .await
        .map_err(|panic| OpenError::Options(format!("the world does not load: {panic}")))??;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| OpenError::Listen {
            address: listen,
            source,
        })?;
    let address = listener.local_addr().map_err(|source| OpenError::Listen {
        address: listen,
        source,
    })?;
    let room = Arc::new(Room::new(archive, misbehaviour, pace));
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve::run(listener, Arc::clone(&room), stopped));
    tracing::debug!(%address, articles = room.total(), "newsroom open");
    Ok(Newsroom {
        address,
        room,
        stop,
        server: Some(server),
    })
}

fn load(world: World) -> Result<Box<dyn Archive>, OpenError> {
    Ok(match world {
        World::Bundled => Box::new(bundled::load()?),
        World::Docs(path) => Box::new(docs::load(&path)?),
        World::Pages(path) => Box::new(pages::load(&path)?),
        World::History(paths) => Box::new(history::load(&paths)?),
        World::Scale { articles, outlets } => Box::new(scale::Scale::new(articles, outlets)?),
    })
}

impl Newsroom {
    /// Where it listens. Every host name of the world maps to this.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every feed, with what there is to say of its outlet.
    pub fn feeds(&self) -> Vec<Feed> {
        self.room.feeds()
    }

    /// Who copied whom, of all articles, published or not, in order of publication.
    pub fn truth(&self) -> Truth {
        self.room.truth()
    }

    /// What was requested so far.
    pub fn log(&self) -> Requests {
        self.room.requests()
    }

    /// When a feed answer listed the article at `url` for the first time.
    pub fn first_listed(&self, url: &str) -> Option<Timestamp> {
        self.room.first_listed(url)
    }

    /// How many articles are published so far: the first ones of [`Newsroom::truth`].
    pub fn published(&self) -> usize {
        self.room.published()
    }

    /// How many articles there are.
    pub fn total(&self) -> usize {
        self.room.total()
    }

    /// Begins to publish at `pace`: for a newsroom that was opened at a pace of zero articles a second,
    /// to wait until somebody reads. The second call changes nothing.
    pub fn begin(&self, pace: Pace) {
        self.room.begin(pace);
    }

    /// Publishes at once what is still to come.
    pub fn publish_all(&self) {
        self.room.publish_all();
    }

    /// Serves until `shutdown` completes, then closes.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        shutdown.await;
        self.close().await;
    }

    /// Stops: requests under way are answered, for at most a second.
    pub async fn close(mut self) {
        self.stop.send_replace(true);
        if let Some(mut server) = self.server.take() {
            let patience = Duration::from_secs(1);
            if tokio::time::timeout(patience, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
