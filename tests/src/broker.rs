//! A real Apache Kafka of a test's own, through the script that `make kafka` uses.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// With this exit code the script says that Kafka cannot be had on this machine.
const UNAVAILABLE: i32 = 69;

/// What a test wants of its broker. By default: one node, and plain connections to it.
#[derive(Debug, Clone, Default)]
pub struct BrokerOptions {
    /// Three brokers (replication 3, min.insync 2) rather than one.
    pub three_nodes: bool,
    /// Ports on which proxies stand, one for each node: adds a listener that advertises them.
    pub proxy_ports: Vec<u16>,
    /// Adds a listener for SASL: PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 for [`Broker::USER`], and
    /// unsigned OAUTHBEARER tokens.
    pub sasl: bool,
    /// Adds a listener for TLS, and one for SASL in TLS.
    pub tls: bool,
}

/// A running Apache Kafka in a folder of its own. Ends, and the folder goes, when it is dropped and
/// also when the test process dies in whatever way; a panic keeps the folder, and says where it is.
#[derive(Debug)]
pub struct Broker {
    folder: Option<TempDir>,
    path: PathBuf,
}

impl Broker {
    /// The user that the SASL listeners let in, with [`Broker::PASSWORD`].
    pub const USER: &str = "copydesk";
    /// The password of [`Broker::USER`].
    pub const PASSWORD: &str = "copydesk-secret";

    /// Starts a broker and waits until it answers. `None`, and a line that says so, with
    /// `TEST_KAFKA=skip`.
    ///
    /// # Panics
    /// Where Kafka cannot be had, with one line that says why; where it does not start, with the
    /// end of its log.
    #[track_caller]
    pub fn start(options: &BrokerOptions) -> Option<Self> {
        if std::env::var("TEST_KAFKA").is_ok_and(|value| value == "skip") {
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("a test").to_owned();
            println!("skipped: {name} (TEST_KAFKA=skip)");
            return None;
        }
        let folder = TempDir::with_prefix("copydesk-kafka-").expect("a temporary folder");
        let broker = Self {
            path: folder.path().to_owned(),
            folder: Some(folder),
        };
        let mut start = kafka_script("start", &broker.path);
        start.env("KAFKA_OWNER_PID", std::process::id().to_string());
        options.apply(&mut start);
        let output = start.output().expect("bash runs");
        if output.status.code() == Some(UNAVAILABLE) {
            // An empty folder is not worth keeping, nor a second line in what the test prints.
            drop(broker);
            let reason = String::from_utf8_lossy(&output.stderr);
            panic!("{}", reason.trim_end());
        }
        assert!(output.status.success(), "{}", words_of(&output));
        Some(broker)
    }

    /// The one broker that all tests of a process may share where none of them hurts it: one plain
    /// node. Ends with the process.
    #[track_caller]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Broker>> = OnceLock::new();
        let start = || {
            let broker = Self::start(&BrokerOptions::default())?;
            // A static is never dropped, so nobody else would keep its folder after a failure.
            let path = broker.path.clone();
            let earlier = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                keep(&path);
                earlier(panic);
            }));
            Some(broker)
        };
        SHARED.get_or_init(start).as_ref()
    }

    /// Where plain clients start: `host:port` by commas.
    pub fn bootstrap(&self) -> String {
        self.addresses("bootstrap")
    }

    /// Where the proxies of [`BrokerOptions::proxy_ports`] pass on to, in their order.
    pub fn proxied(&self) -> Vec<SocketAddr> {
        self.addresses("proxied")
            .split(',')
            .map(|address| address.parse().expect("the script writes addresses"))
            .collect()
    }

    /// Where SASL clients start: `host:port` by commas.
    pub fn sasl(&self) -> String {
        self.addresses("sasl")
    }

    /// Where TLS clients start: `host:port` by commas.
    pub fn tls(&self) -> String {
        self.addresses("tls")
    }

    /// Where clients that use SASL in TLS start: `host:port` by commas.
    pub fn sasl_tls(&self) -> String {
        self.addresses("sasl_tls")
    }

    /// The certificate, as PEM, that clients of the TLS listeners must trust.
    pub fn ca_pem(&self) -> PathBuf {
        self.path.join("ca.pem")
    }

    /// Where the broker keeps its data and `node-N/broker.log`.
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// The process id of a node, counted from 1, also of one that was killed.
    pub fn pid(&self, node: usize) -> u32 {
        let file = self.path.join(format!("node-{node}/pid"));
        let text = std::fs::read_to_string(file).expect("a node that was started has a pid");
        text.trim().parse().expect("a pid is a number")
    }

    /// Ends a node, counted from 1, with `kill -9`, and waits until it is gone.
    #[track_caller]
    pub fn kill(&self, node: usize) {
        self.command("kill", node);
    }

    /// Stops a node, counted from 1, where it stands, as a machine that hangs would.
    #[track_caller]
    pub fn freeze(&self, node: usize) {
        send(self.pid(node), "-STOP");
    }

    /// Lets a node go on.
    #[track_caller]
    pub fn thaw(&self, node: usize) {
        send(self.pid(node), "-CONT");
    }

    /// Starts a killed node, counted from 1, at its old address and with its old data, and waits
    /// until it answers.
    #[track_caller]
    pub fn restart(&self, node: usize) {
        self.command("start-node", node);
    }

    #[track_caller]
    fn command(&self, name: &str, node: usize) {
        let mut command = kafka_script(name, &self.path);
        let output = command.arg(node.to_string()).output().expect("bash runs");
        assert!(output.status.success(), "{}", words_of(&output));
    }

    #[track_caller]
    fn addresses(&self, listener: &str) -> String {
        std::fs::read_to_string(self.path.join(listener))
            .unwrap_or_else(|_| panic!("the broker's options ask for no listener {listener}"))
            .trim_end()
            .to_owned()
    }
}

impl BrokerOptions {
    /// Says it to the script.
    fn apply(&self, start: &mut Command) {
        if self.three_nodes {
            start.env("KAFKA_NODES", "3");
        }
        if !self.proxy_ports.is_empty() {
            let ports: Vec<String> = self.proxy_ports.iter().map(u16::to_string).collect();
            start.env("KAFKA_PROXY_PORTS", ports.join(","));
        }
        let security = match (self.sasl, self.tls) {
            (false, false) => return,
            (true, false) => "sasl",
            (false, true) => "tls",
            (true, true) => "sasl,tls",
        };
        start.env("KAFKA_SECURITY", security);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Its data is thrown away: nothing is won by a stop in good order.
        let ended = kafka_script("kill", &self.path).output();
        if !ended.is_ok_and(|output| output.status.success()) {
            eprintln!("the broker in {} could not be ended", self.path.display());
        }
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            keep(&folder.keep());
        }
    }
}

/// The script that `make kafka` uses, for a command on a folder; none of its settings from the
/// environment around the test.
pub fn kafka_script(command: &str, folder: &Path) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut script = Command::new(root.join("deploy/kafka/kafka.sh"));
    script.arg(command).arg(folder).stdin(Stdio::null());
    for setting in ["NODES", "PORT", "PROXY_PORTS", "SECURITY", "OWNER_PID"] {
        script.env_remove(format!("KAFKA_{setting}"));
    }
    script
}

/// Saves a broker's folder from whoever would clear it away, and says so once.
fn keep(folder: &Path) {
    let mark = folder.join("keep");
    if !mark.exists() && std::fs::write(mark, "").is_ok() {
        eprintln!("kept for reading: {}", folder.display());
    }
}

/// What a command of the script had to say.
fn words_of(output: &Output) -> String {
    format!(
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Sends a process of ours a signal.
#[track_caller]
pub(crate) fn send(pid: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success(), "{pid} is there to be told {signal}");
}
