//! Outlets on loopback, a log in a folder, and the fetcher between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use article::{Discovered, Feed, Fetched, Message, Outgoing, Polled};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use pipeline::dead::{Buried, Grave};
use pipeline::headers::Headers;
use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Producer as _, Reader as _, Stored, ToSend};
use pipeline::topics::{DEAD, Topology};
use pipeline::{Board, Provenance, Runtime, Shutdown, Verdict, Waker};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an outlet answers to a path.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    pub(crate) delay: Duration,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) at: Instant,
    pub(crate) answered: Option<Instant>,
    pub(crate) conditional: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Outlets {
    replies: BTreeMap<(String, String), Vec<Reply>>,
    pub(crate) asked: Vec<Asked>,
}

type Shared = Arc<Mutex<Outlets>>;

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) tokio: tokio::runtime::Runtime,
    outlets: Shared,
    address: SocketAddr,
}

/// The fetcher at work.
pub(crate) struct Running {
    pub(crate) runtime: Runtime<LocalLog>,
    threads: Vec<JoinHandle<()>>,
}

pub(crate) fn page(body: impl Into<Bytes>) -> Reply {
    Reply {
        status: 200,
        headers: vec![("content-type", "text/html".into())],
        body: body.into(),
        delay: Duration::ZERO,
    }
}

pub(crate) fn status(status: u16) -> Reply {
    Reply {
        status,
        ..page("a message that nobody keeps")
    }
}

/// An RSS feed of these addresses, each its own guid.
pub(crate) fn feed(urls: &[&str]) -> Reply {
    let item = |url: &&str| format!("<item><title>At {url}</title><link>{url}</link></item>");
    let items: String = urls.iter().map(item).collect();
    page(format!(
        "<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    ))
}

impl World {
    pub(crate) fn new() -> Self {
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let outlets = Shared::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&outlets));
        let listener = tokio
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio.spawn(async move { axum::serve(listener, router).await });
        Self {
            dir: tempfile::tempdir().expect("a folder"),
            tokio,
            outlets,
            address,
        }
    }

    /// Has an address answer with `replies`, one after the other, the last one for ever.
    pub(crate) fn serve(&self, url: &str, replies: &[Reply]) {
        let path = url.split('/').skip(3).collect::<Vec<_>>().join("/");
        let key = (article::host_of(url), format!("/{path}"));
        self.outlets().replies.insert(key, replies.to_vec());
    }

    pub(crate) fn outlets(&self) -> MutexGuard<'_, Outlets> {
        self.outlets.lock().expect("no panic in the outlets")
    }

    /// How often an address was asked for.
    pub(crate) fn asked(&self, url: &str) -> usize {
        let outlets = self.outlets();
        let is_it = |asked: &&Asked| format!("http://{}{}", asked.host, asked.path) == url;
        outlets.asked.iter().filter(is_it).count()
    }

    /// A configuration under which the outlets are reached, hasty but for `poll_interval_seconds`.
    pub(crate) fn config(&self) -> fetcher::Config {
        fetcher::Config {
            host_interval_ms: 20,
            retry_seconds: 1,
            attempts: 2,
            total_timeout_seconds: 20,
            offline: true,
            resolve: BTreeMap::from([("*.example".to_owned(), self.address.into())]),
            ..fetcher::Config::default()
        }
    }

    pub(crate) fn start(&self, config: fetcher::Config) -> Running {
        let ground = Topology::new(1, |_| None);
        let runtime = self.runtime(self.log(), ground, None);
        self.work(runtime, config)
    }

    /// The log, which one runtime at a time uses.
    pub(crate) fn log(&self) -> LocalLog {
        LocalLog::open(LocalConfig::new(self.dir.path().join("log"))).expect("a log")
    }

    /// A runtime of a generation, whose topics are made.
    pub(crate) fn runtime(
        &self,
        log: LocalLog,
        topology: Topology,
        forebear: Option<Topology>,
    ) -> Runtime<LocalLog> {
        let topology = Arc::new(topology);
        log.create(&topology.all()).expect("topics");
        Runtime {
            log,
            topology: topology.clone(),
            stores: pipeline::Stores::Disk(self.dir.path().join("state")),
            forebear: forebear.map(Arc::new),
            live: pipeline::Live::new(topology),
            provenance: Provenance {
                version: "0.1.0".into(),
                config: "test".into(),
            },
            shutdown: Shutdown::default(),
            board: Board::default(),
            verdict: Verdict::default(),
        }
    }

    /// A fetcher of which nothing works.
    #[expect(clippy::unused_self, reason = "as the others")]
    pub(crate) fn idle(&self, runtime: Runtime<LocalLog>) -> Running {
        Running {
            runtime,
            threads: Vec::new(),
        }
    }

    /// Starts the fetcher.
    pub(crate) fn work(&self, runtime: Runtime<LocalLog>, config: fetcher::Config) -> Running {
        let handle = self.tokio.handle().clone();
        let threads = fetcher::start(&runtime, config, handle).expect("the fetcher starts");
        Running { runtime, threads }
    }
}

impl Running {
    /// Stops the fetcher and closes the log.
    pub(crate) fn stop(self) {
        self.runtime.shutdown.request();
        for thread in self.threads {
            thread.join().expect("no panic in the fetcher");
        }
        assert_eq!(self.runtime.verdict.error(), None);
    }

    pub(crate) fn send(&self, records: Vec<ToSend>) {
        let mut producer = self.runtime.log.producer("test").expect("a producer");
        producer.begin().expect("a transaction");
        for record in records {
            producer.send(record).expect("it is sent");
        }
        producer.commit().expect("it is committed");
    }

    /// A record as the pipeline would write it.
    pub(crate) fn record(&self, outgoing: Outgoing) -> ToSend {
        let topic = self
            .runtime
            .topology
            .topic(outgoing.topic)
            .expect("a topic");
        ToSend {
            topic: topic.name.clone(),
            partition: outgoing.route.partition(topic.partitions, 0),
            key: Some(outgoing.key.into_bytes()),
            value: outgoing.value,
            headers: Headers::new().with("schema", outgoing.schema),
        }
    }

    pub(crate) fn add_feeds(&self, urls: &[&str]) {
        let record = |url: &&str| self.record(Outgoing::of(&Feed::at(*url)));
        self.send(urls.iter().map(record).collect());
    }

    /// Everything in a topic.
    pub(crate) fn records(&self, topic: &str) -> Vec<Stored> {
        let log = &self.runtime.log;
        let partitions = log.partitions(topic).expect("the log answers").unwrap_or(0);
        let mut all = Vec::new();
        for partition in 0..partitions {
            let mut reader = log
                .reader(topic, partition, 0, Waker::default())
                .expect("a reader");
            loop {
                let records = reader.read(Limits::default()).expect("records");
                if records.is_empty() {
                    break;
                }
                all.extend(records);
            }
        }
        all
    }

    /// What can be read of a topic.
    fn messages<M: Message>(&self) -> Vec<M> {
        let records = self.records(M::TOPIC);
        let read = |record: &Stored| pipeline::staged::decode(record).ok();
        records.iter().filter_map(read).collect()
    }

    pub(crate) fn fetched(&self) -> Vec<Fetched> {
        self.messages()
    }

    pub(crate) fn discovered(&self) -> Vec<Discovered> {
        self.messages()
    }

    pub(crate) fn polled(&self) -> Vec<Polled> {
        self.messages()
    }

    pub(crate) fn buried(&self) -> Vec<Buried> {
        let records = self.records(DEAD).into_iter();
        records
            .filter_map(|record| match Grave::read(0, record)? {
                Grave::Letter(buried) => Some(*buried),
                Grave::Retried(..) => None,
            })
            .collect()
    }

    /// Reasons and stages of the dead letters, in order of name.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let name = |buried: Buried| format!("{} {}", buried.stage, buried.reason);
        let mut reasons: Vec<String> = self.buried().into_iter().map(name).collect();
        reasons.sort();
        reasons
    }

    /// Waits for `condition`.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, condition: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition() {
            assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
            assert_eq!(self.runtime.verdict.error(), None);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

async fn answer(State(outlets): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let header = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
    let host: String = header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let path = uri.path().to_owned();
    let conditional = header("if-none-match");
    let (number, reply) = {
        let mut outlets = outlets.lock().expect("no panic in the outlets");
        outlets.asked.push(Asked {
            host: host.clone(),
            path: path.clone(),
            at: Instant::now(),
            answered: None,
            conditional: conditional.is_some(),
        });
        let number = outlets.asked.len() - 1;
        let reply = match outlets.replies.get_mut(&(host, path)) {
            Some(replies) if replies.len() > 1 => replies.remove(0),
            Some(replies) => replies[0].clone(),
            None => status(404),
        };
        (number, reply)
    };
    tokio::time::sleep(reply.delay).await;
    outlets.lock().expect("no panic in the outlets").asked[number].answered = Some(Instant::now());
    let etag = reply.headers.iter().find(|(name, _)| *name == "etag");
    if etag.is_some_and(|(_, etag)| Some(etag) == conditional.as_ref()) {
        return Response::builder()
            .status(304)
            .body(Body::empty())
            .expect("an answer");
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("an answer")
}
