//! A process that runs services, all of them or one: the stages or the fetcher, the admin port, and
//! the newsroom where a demo or a test wants one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use article::Feed;
use metrics_exporter_prometheus::PrometheusHandle;
use newsroom::{Newsroom, World};
use pipeline::admin::Guard;
use pipeline::generations::Generations;
use pipeline::log::Log;
use pipeline::{Board, Live, Runtime, Shutdown, Stores, Verdict, Waker};
use tokio::sync::watch;

use crate::crew::{Crews, Plan};
use crate::exit::Stuck;
use crate::feeds::{self, Known, Writer};
use crate::replay::provenance;
use crate::service::Post;
use crate::{Config, live};

/// How long a stop may take: the tasks' own time to drain and a little to close.
const STOP: Duration = Duration::from_secs(24);
/// How long the lookout may take to hear that it is over. On Kafka it may wait for an answer that does
/// not come, and nobody needs to wait for that.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often it is looked whether all goes on, and in which generation.
const LOOK: Duration = Duration::from_secs(1);
/// How often histograms are drained where nobody scrapes them.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often the newsroom's feeds are polled.
const NEWSROOM_INTERVAL_SECONDS: u64 = 2;
/// The pause between two requests to one of the newsroom's hosts, where nothing else is dialled.
const NEWSROOM_HOST_INTERVAL_MS: u64 = 250;

/// What a process does beside running services.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Feeds to add where they are not there yet.
    pub feeds: Vec<Feed>,
    /// A newsroom to serve and to poll.
    pub newsroom: Option<newsroom::Options>,
}

/// Services at work.
#[derive(Debug)]
pub struct Process<L: Log> {
    runtime: Runtime<L>,
    post: Post,
    admin: SocketAddr,
    newsroom: Option<Newsroom>,
    crews: Option<Crews<L>>,
    lookout: Option<JoinHandle<()>>,
    closing: watch::Sender<bool>,
    tokio: tokio::runtime::Runtime,
}

impl<L: Log> Process<L> {
    /// Starts the services of `post` on `log`, which has its topics.
    ///
    /// # Errors
    /// An address that cannot be listened on, feeds or groups that the log refuses.
    pub fn start(
        log: L,
        post: Post,
        config: &Config,
        options: Options,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listen = post.listen();
        let listener = tokio
            .block_on(tokio::net::TcpListener::bind(listen))
            .with_context(|| {
                format!("the admin port cannot listen on {listen}; admin.listen names another address, port 0 takes a free one")
            })?;
        let admin = listener.local_addr()?;
        let known = live::generations(&log, config)?;
        let topology = Arc::new(live::of(&known, known.live(), config)?);
        let configured = |name: &str| config.topics.get(name);
        let runtime = Runtime {
            log,
            forebear: known.forebear(&topology, &config.topology(), configured)?,
            live: Live::new(topology.clone()),
            topology,
            stores: Stores::Disk(post.state()),
            provenance: provenance(config),
            shutdown: shutdown.clone(),
            board: Board::default(),
            verdict: Verdict::default(),
        };
        let mut process = Self {
            runtime,
            post,
            admin,
            newsroom: None,
            crews: None,
            lookout: None,
            closing: watch::Sender::new(false),
            tokio,
        };
        if let Err(error) = process.launch(config, options, listener, known) {
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
        known: Generations,
    ) -> anyhow::Result<()> {
        let guard = Guard::of_file(&config.admin.token_file)?;
        self.serve_admin(listener, guard)?;
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
        let plan = Plan {
            config: config.clone(),
            fetching,
            handle: self.tokio.handle().clone(),
        };
        let crews = Crews::start(runtime.clone(), self.post.service(), plan, known)?;
        self.crews = Some(crews);
        self.lookout = Some(pipeline::lookout::start(runtime)?);
        Ok(())
    }

    fn serve_admin(&self, listener: tokio::net::TcpListener, guard: Guard) -> anyhow::Result<()> {
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
        let serve = pipeline::admin::serve(listener, self.runtime.clone(), prometheus, guard, stop);
        self.tokio.spawn(async move {
            if let Err(error) = serve.await {
                tracing::error!("the admin port has ended: {error}");
            }
        });
        let file = self.post.address_file();
        std::fs::write(&file, format!("{}\n", self.admin))
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    /// What the tasks share: log, topics, board.
    pub fn runtime(&self) -> &Runtime<L> {
        &self.runtime
    }

    /// What it runs, and where.
    pub fn post(&self) -> &Post {
        &self.post
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
    pub fn wait(mut self) -> anyhow::Result<()> {
        let shutdown = self.runtime.shutdown.clone();
        while !shutdown.wait(LOOK) {
            let Some(crews) = &mut self.crews else {
                break;
            };
            // Asked again: a thread also ends because of a request that came after the wait.
            if let Some(thread) = crews.ended()
                && !shutdown.is_requested()
            {
                self.runtime.verdict.fail(format!(
                    "{} ended though nobody asked it to; the log lines above tell more",
                    name_of(thread)
                ));
                shutdown.request();
            } else if let Err(error) = crews.look() {
                self.runtime.verdict.fail(format!(
                    "the live generation cannot be worked on: {error:#}"
                ));
                shutdown.request();
            }
        }
        self.close()
    }

    /// It holds the log, which another process may want next.
    fn end_lookout(&mut self) {
        let bell = Waker::default();
        let asked = Instant::now();
        if let Some(lookout) = self.lookout.take() {
            while !lookout.is_finished() && asked.elapsed() < FAREWELL {
                bell.wait(Duration::from_millis(5));
            }
        }
    }

    fn close(mut self) -> anyhow::Result<()> {
        let asked = Instant::now();
        let bell = Waker::default();
        let threads = self.crews.take().map(Crews::into_threads);
        let threads = threads.unwrap_or_default();
        while !threads.iter().all(JoinHandle::is_finished) && asked.elapsed() < STOP {
            bell.wait(Duration::from_millis(10));
        }
        let _ = std::fs::remove_file(self.post.address_file());
        self.closing.send_replace(true);
        if let Some(newsroom) = self.newsroom.take() {
            self.tokio.block_on(newsroom.close());
        }
        let (done, stuck): (Vec<_>, Vec<_>) =
            threads.into_iter().partition(JoinHandle::is_finished);
        for thread in done {
            let name = name_of(&thread).to_owned();
            if thread.join().is_err() {
                self.runtime
                    .verdict
                    .fail(format!("{name} panicked; the log lines above tell more"));
            }
        }
        self.end_lookout();
        self.tokio.shutdown_timeout(Duration::from_secs(1));
        match self.runtime.verdict.ending() {
            Some(ending) if ending.is_for_good => return Err(Stuck(ending.error).into()),
            Some(ending) => bail!(ending.error),
            None => {}
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
fn open_newsroom<L: Log>(
    tokio: &tokio::runtime::Runtime,
    runtime: &Runtime<L>,
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
        Known::Merge,
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
    use crate::storage::{self, Opened};

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
        let Opened::Local(log) = storage::runner(&config, None).expect("a new log") else {
            panic!("no broker is configured");
        };
        let post = Post::alone(&config);
        let mut process =
            Process::start(log, post, &config, Options::default(), &shutdown).expect("it starts");
        let broken = std::thread::Builder::new().name("broken group".into());
        let broken = broken.spawn(|| panic!("on purpose")).expect("a thread");
        let crews = process.crews.as_mut().expect("services are at work");
        crews.join(broken);
        let error = process.wait().expect_err("a part of it is missing");
        assert!(error.to_string().starts_with("broken group "), "{error}");
        assert!(shutdown.is_requested());
    }
}
