//! The pipeline in one process: the local log, the stages, the fetcher, the admin port, and the
//! newsroom where a demo or a test wants one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use article::Feed;
use metrics_exporter_prometheus::PrometheusHandle;
use newsroom::{Newsroom, World};
use pipeline::log::local::LocalLog;
use pipeline::{Board, Provenance, Runtime, Shutdown, Staged, Verdict, Waker};
use tokio::sync::watch;

use crate::Config;
use crate::feeds::{self, Known, Writer};
use crate::storage::{create_topics, local_config};

/// How long a stop may take: the tasks' own time to drain and a little to close.
const STOP: Duration = Duration::from_secs(20);
/// How often histograms are drained where nobody scrapes them.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often the newsroom's feeds are polled.
const NEWSROOM_INTERVAL_SECONDS: u64 = 2;
/// The pause between two requests to one of the newsroom's hosts, where nothing else is dialled.
const NEWSROOM_HOST_INTERVAL_MS: u64 = 250;

/// What a process does beside running the pipeline.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Feeds to add where they are not there yet.
    pub feeds: Vec<Feed>,
    /// A newsroom to serve and to poll.
    pub newsroom: Option<newsroom::Options>,
}

/// A running pipeline.
#[derive(Debug)]
pub struct Process {
    runtime: Runtime<LocalLog>,
    admin: SocketAddr,
    address_file: PathBuf,
    newsroom: Option<Newsroom>,
    threads: Vec<JoinHandle<()>>,
    closing: watch::Sender<bool>,
    tokio: tokio::runtime::Runtime,
}

/// Runs the pipeline until `shutdown` is requested or something fails for good.
///
/// # Errors
/// What kept it from starting, or the failure that ended it.
pub fn run(config: &Config, options: Options, shutdown: &Shutdown) -> anyhow::Result<()> {
    Process::start(config, options, shutdown)?.wait()
}

impl Process {
    /// Starts everything on the log in the data folder, which no other process may run.
    ///
    /// # Errors
    /// A folder that another process runs (the error names it), topics that do not fit, an address
    /// that cannot be listened on.
    pub fn start(config: &Config, options: Options, shutdown: &Shutdown) -> anyhow::Result<Self> {
        let log = LocalLog::open(local_config(config))?;
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listen = config.admin.listen;
        let listener = tokio
            .block_on(tokio::net::TcpListener::bind(listen))
            .with_context(|| {
                format!("the admin port cannot listen on {listen}; admin.listen names another address, port 0 takes a free one")
            })?;
        let admin = listener.local_addr()?;
        let runtime = Runtime {
            log,
            topology: Arc::new(config.topology()),
            state_dir: config.data_dir.join("state"),
            provenance: Provenance {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                config: config.fingerprint(),
            },
            shutdown: shutdown.clone(),
            board: Board::default(),
            verdict: Verdict::default(),
        };
        let mut process = Self {
            runtime,
            admin,
            address_file: config.data_dir.join(ADDRESS_FILE),
            newsroom: None,
            threads: Vec::new(),
            closing: watch::Sender::new(false),
            tokio,
        };
        if let Err(error) = process.launch(config, options, listener) {
            process.runtime.shutdown.request();
            let _ = process.close();
            return Err(error);
        }
        Ok(process)
    }

    fn launch(
        &mut self,
        config: &Config,
        options: Options,
        listener: tokio::net::TcpListener,
    ) -> anyhow::Result<()> {
        let runtime = &self.runtime;
        create_topics(&runtime.log, &runtime.topology)?;
        self.serve_admin(listener)?;
        let runtime = &self.runtime;
        feeds::add(
            &runtime.log,
            &runtime.topology,
            &options.feeds,
            Known::Keep,
            Writer::Service,
            |_| {},
        )?;
        let mut fetching = config.fetcher.clone();
        if let Some(options) = options.newsroom {
            self.newsroom = Some(open_newsroom(&self.tokio, runtime, options, &mut fetching)?);
        }
        let enrich = Staged(enricher::Enrich::new(config.enricher.clone()));
        self.threads
            .push(pipeline::start(runtime, Arc::new(enrich))?);
        self.threads
            .push(pipeline::start(runtime, Arc::new(Staged(cleaner::Clean)))?);
        self.threads.extend(fetcher::start(
            runtime,
            fetching,
            self.tokio.handle().clone(),
        )?);
        Ok(())
    }

    fn serve_admin(&self, listener: tokio::net::TcpListener) -> anyhow::Result<()> {
        let prometheus = metrics()?;
        let mut closing = self.closing.subscribe();
        let stop = async move { _ = closing.wait_for(|closing| *closing).await };
        let upkeep = prometheus.clone();
        self.tokio.spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        });
        let serve = pipeline::admin::serve(listener, self.runtime.clone(), prometheus, stop);
        self.tokio.spawn(async move {
            if let Err(error) = serve.await {
                tracing::error!("the admin port has ended: {error}");
            }
        });
        std::fs::write(&self.address_file, format!("{}\n", self.admin))
            .with_context(|| format!("{} cannot be written", self.address_file.display()))
    }

    /// What the tasks share: log, topics, board.
    pub fn runtime(&self) -> &Runtime<LocalLog> {
        &self.runtime
    }

    /// Where the admin port listens.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// The newsroom, where one was asked for.
    pub fn newsroom(&self) -> Option<&Newsroom> {
        self.newsroom.as_ref()
    }

    /// Waits for the request to stop, then for everything to finish what it has begun.
    ///
    /// # Errors
    /// The failure that ended the pipeline, or what did not finish in time.
    pub fn wait(self) -> anyhow::Result<()> {
        let shutdown = &self.runtime.shutdown;
        while !shutdown.wait(Duration::from_secs(1)) {
            let ended = self.threads.iter().find(|thread| thread.is_finished());
            // Asked again: a thread also ends because of a request that came after the wait.
            if let Some(thread) = ended
                && !shutdown.is_requested()
            {
                self.runtime.verdict.fail(format!(
                    "{} ended though nobody asked it to; the log lines above tell more",
                    name_of(thread)
                ));
                shutdown.request();
            }
        }
        self.close()
    }

    fn close(mut self) -> anyhow::Result<()> {
        let asked = Instant::now();
        let bell = Waker::default();
        while !self.threads.iter().all(JoinHandle::is_finished) && asked.elapsed() < STOP {
            bell.wait(Duration::from_millis(10));
        }
        let _ = std::fs::remove_file(&self.address_file);
        self.closing.send_replace(true);
        if let Some(newsroom) = self.newsroom.take() {
            self.tokio.block_on(newsroom.close());
        }
        let (done, stuck): (Vec<_>, Vec<_>) =
            self.threads.drain(..).partition(JoinHandle::is_finished);
        for thread in done {
            let name = name_of(&thread).to_owned();
            if thread.join().is_err() {
                self.runtime
                    .verdict
                    .fail(format!("{name} panicked; the log lines above tell more"));
            }
        }
        self.tokio.shutdown_timeout(Duration::from_secs(1));
        if let Some(error) = self.runtime.verdict.error() {
            bail!(error);
        }
        if let Some(thread) = stuck.first() {
            let name = name_of(thread);
            bail!("{name} did not finish in {STOP:?}; what it had begun will be done again");
        }
        Ok(())
    }
}

/// The name of a thread, as `clean group`.
fn name_of(thread: &JoinHandle<()>) -> &str {
    thread.thread().name().unwrap_or("a thread")
}

/// Opens a newsroom, adds its feeds, and has the fetcher find its hosts.
fn open_newsroom(
    tokio: &tokio::runtime::Runtime,
    runtime: &Runtime<LocalLog>,
    options: newsroom::Options,
    fetching: &mut fetcher::Config,
) -> anyhow::Result<Newsroom> {
    let hosts = hosts_of(&options.world);
    let newsroom = tokio.block_on(newsroom::open(options))?;
    let feeds = newsroom.feeds().into_iter();
    let feeds = feeds.map(|feed| Feed {
        interval_seconds: feed.interval_seconds.or(Some(NEWSROOM_INTERVAL_SECONDS)),
        ..feed
    });
    feeds::add(
        &runtime.log,
        &runtime.topology,
        &feeds.collect::<Vec<_>>(),
        Known::Update,
        Writer::Service,
        |_| {},
    )?;
    let target = fetcher::Target {
        address: newsroom.address(),
        // Recorded feeds list https addresses, and the newsroom has no certificate.
        plain: true,
    };
    fetching.resolve.insert(hosts.to_owned(), target);
    if fetching.offline {
        // Nobody but the newsroom is asked, so nobody is pressed.
        fetching.host_interval_ms = fetching.host_interval_ms.min(NEWSROOM_HOST_INTERVAL_MS);
    }
    Ok(newsroom)
}

/// The hosts that a world serves, as `fetcher.resolve` names them: recorded pages and documents have
/// hosts of any name.
pub fn hosts_of(world: &World) -> &'static str {
    match world {
        World::Bundled | World::Scale { .. } => "*.example",
        World::Docs(_) | World::Pages(_) | World::History(_) => "*",
    }
}

/// The file in the data folder that tells where the admin port listens.
const ADDRESS_FILE: &str = "admin";

/// Where the process that runs the pipeline in `data_dir` answers. The file may be left of a process
/// that was killed.
pub fn admin_of(data_dir: &Path) -> Option<SocketAddr> {
    let content = std::fs::read_to_string(data_dir.join(ADDRESS_FILE)).ok()?;
    content.trim().parse().ok()
}

/// The process's one metrics recorder, also where several pipelines run in it.
fn metrics() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut recorder = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = recorder.as_ref() {
        return Ok(handle.clone());
    }
    let handle = pipeline::admin::install_metrics()
        .map_err(|error| anyhow!("metrics cannot be recorded: {error}"))?;
    Ok(recorder.insert(handle).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_ends_by_itself_ends_the_process() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config {
            data_dir: dir.path().to_owned(),
            ..Config::default()
        };
        config.admin.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.fetcher.offline = true;
        let shutdown = Shutdown::default();
        let mut process =
            Process::start(&config, Options::default(), &shutdown).expect("it starts");
        let broken = std::thread::Builder::new().name("broken group".into());
        let broken = broken.spawn(|| panic!("on purpose")).expect("a thread");
        process.threads.push(broken);
        let error = process.wait().expect_err("a part of it is missing");
        assert!(error.to_string().starts_with("broken group "), "{error}");
        assert!(shutdown.is_requested());
    }
}
