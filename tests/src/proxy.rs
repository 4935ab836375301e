//! A proxy between Kafka's clients and one listener of a broker that understands just enough of the
//! protocol to hurt chosen requests: it delays, drops, cuts, doubles or slices by API key.
//!
//! The port is taken first ([`Proxy::bind`]), because the broker must advertise it; then
//! [`ProxyPort::serve`] starts to pass frames on. Rules come and go at run time. Plain text only: it
//! cannot look into TLS.

mod frames;
mod relay;
mod rules;
mod script;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

pub use rules::{ApiKey, Fault, Rule};

use script::Script;

/// A port that listens already but passes nothing on yet. Who connects now waits for
/// [`ProxyPort::serve`].
#[derive(Debug)]
pub struct ProxyPort {
    listener: TcpListener,
}

impl ProxyPort {
    /// What the broker must advertise and the clients must connect to.
    pub fn address(&self) -> SocketAddr {
        self.listener
            .local_addr()
            .expect("a bound listener has an address")
    }

    /// Starts to pass connections on to `upstream`, which may come later and be away for a while:
    /// without it a connection is closed at once. `seed` fixes which requests a rule strikes.
    pub fn serve(self, upstream: SocketAddr, seed: u64) -> Proxy {
        let address = self.address();
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("proxy")
            .enable_all()
            .build()
            .expect("a tokio runtime");
        let script = Arc::new(Script::new(seed));
        self.listener
            .set_nonblocking(true)
            .expect("a listener can be made non-blocking");
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(self.listener)
                .expect("the runtime takes the listener")
        };
        runtime.spawn(accept(listener, upstream, Arc::clone(&script)));
        Proxy {
            address,
            upstream,
            script,
            _runtime: runtime,
        }
    }
}

/// A running proxy. Dropped, it closes its port and all connections, and what it holds back never
/// arrives.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    script: Arc<Script>,
    // Dropping it ends every task, and with the tasks their sockets.
    _runtime: Runtime,
}

impl Proxy {
    /// Takes a free port of loopback.
    pub fn bind() -> ProxyPort {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port of loopback");
        ProxyPort { listener }
    }

    /// Where the clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a rule to those in force. A request is judged by the rules in the order in which they were
    /// given; the first that strikes is applied. Which of its requests a rule strikes depends on the
    /// seed, on how many rules were given before, and on nothing else: not on other rules, and not on
    /// requests of other kinds.
    ///
    /// # Panics
    /// Where the rule cannot be meant: a chance outside 0 to 1, or slices of no bytes.
    pub fn rule(&self, rule: Rule) {
        self.script.give(rule);
    }

    /// Ends all rules and sends on at once what they hold back, also requests of clients that are gone.
    /// What was swallowed stays swallowed: its client has to run into its own time limit.
    pub fn calm(&self) {
        self.script.calm();
    }

    /// How often what happened, by API key: `seen` for a whole request that was read, a fault's
    /// [`Fault::name`] for each time that it took effect (for those that concern the answer: when the
    /// answer came), and `late` for each request of [`Fault::DelayPast`] that the broker answered.
    /// Under the key -1: connections `opened`, those `refused` for want of a broker, and those closed
    /// as `unreadable`.
    pub fn counts(&self) -> BTreeMap<(i16, &'static str), u64> {
        self.script.counts()
    }

    /// How often `what` happened to requests of `api`; see [`Proxy::counts`].
    pub fn count(&self, api: ApiKey, what: &'static str) -> u64 {
        self.counts().get(&(api.0, what)).copied().unwrap_or(0)
    }

    /// The seed, every rule ever given with what it struck, and the counts: to be kept with a failing
    /// run.
    pub fn script(&self) -> String {
        format!(
            "proxy {} to {}, {}",
            self.address, self.upstream, self.script
        )
    }
}

async fn accept(listener: tokio::net::TcpListener, upstream: SocketAddr, script: Arc<Script>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(connect(client, upstream, Arc::clone(&script)));
            }
            // No file descriptors left, or a client that was gone at once: both pass, and asking
            // again without a pause would burn a core.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn connect(client: TcpStream, upstream: SocketAddr, script: Arc<Script>) {
    let Ok(broker) = TcpStream::connect(upstream).await else {
        script.count(ApiKey::NONE, "refused");
        return;
    };
    script.count(ApiKey::NONE, "opened");
    // Without this the kernel glues slices together again, and every small request waits for an
    // acknowledgement. It fails only on a connection that is gone, which the relay notices.
    let _ = client.set_nodelay(true);
    let _ = broker.set_nodelay(true);
    relay::run(client, broker, &script).await;
}
