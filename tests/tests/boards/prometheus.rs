//! A real Prometheus on a free port, with its data in a folder of its own.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A running Prometheus. Ended where a test forgets it.
pub(crate) struct Prometheus {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes `target` every second under the configuration and the rules of the
    /// repository. Alerts wait a second at the most before they fire.
    #[track_caller]
    pub(crate) fn start(target: SocketAddr) -> Self {
        let folder = TempDir::with_prefix("copydesk-prometheus-").expect("a temporary folder");
        configure(folder.path(), target);
        // Another process may take the port in between.
        for _ in 0..3 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
            let address = free.expect("a free port");
            let mut child = spawn(folder.path(), address);
            if is_ready(&mut child, address) {
                return Self {
                    child,
                    address,
                    _folder: folder,
                };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!(
            "prometheus does not start: {}",
            std::fs::read_to_string(folder.path().join("err")).unwrap_or_default()
        );
    }

    /// What an expression gives now. Numbers that are none are left out.
    #[track_caller]
    pub(crate) fn query(&self, expression: &str) -> Vec<Value> {
        let answer = self.ask(&format!("/api/v1/query?query={}", encoded(expression)));
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
        let result = answer["data"]["result"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let is_number = |sample: &Value| sample["value"][1] != "NaN";
        result.into_iter().filter(is_number).collect()
    }

    /// The part `data` of an answer of its API.
    pub(crate) fn data(&self, path: &str) -> Value {
        let mut answer: Value = serde_json::from_str(&self.ask(path)).unwrap_or_default();
        answer["data"].take()
    }

    /// The body of an answer, empty where there is none.
    pub(crate) fn ask(&self, path: &str) -> String {
        get(self.address, path).unwrap_or_default()
    }

    /// The alerts that fire now, with their labels.
    pub(crate) fn firing(&self) -> Vec<Value> {
        let data = self.data("/api/v1/alerts");
        let alerts = data["alerts"].as_array().cloned().unwrap_or_default();
        alerts
            .into_iter()
            .filter(|alert| alert["state"] == "firing")
            .collect()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The repository's files with other times and another target.
#[track_caller]
fn configure(folder: &Path, target: SocketAddr) {
    let config = crate::text("deploy/prometheus/prometheus.yml");
    let services =
        "          - fetcher:9600\n          - cleaner:9600\n          - enricher:9600\n";
    assert!(config.contains(services) && config.contains(": 15s"));
    let config = config
        .replace(services, &format!("          - {target}\n"))
        .replace(": 15s", ": 1s");
    std::fs::write(folder.join("prometheus.yml"), config).expect("written");
    std::fs::create_dir(folder.join("rules")).expect("a folder");
    for file in crate::rules::FILES {
        let rules = crate::text(file);
        let rules = rules.lines().map(|line| match line.trim_start() {
            wait if wait.starts_with("for: ") => line.replace(wait, "for: 1s") + "\n",
            _ => format!("{line}\n"),
        });
        let name = Path::new(file).file_name().expect("a file has a name");
        std::fs::write(folder.join("rules").join(name), rules.collect::<String>())
            .expect("written");
    }
}

fn spawn(folder: &Path, address: SocketAddr) -> Child {
    let err = std::fs::File::create(folder.join("err")).expect("a file");
    let flag = |name: &str, value: &Path| format!("--{name}={}", value.display());
    Command::new("prometheus")
        .arg(flag("config.file", &folder.join("prometheus.yml")))
        .arg(flag("storage.tsdb.path", &folder.join("data")))
        .arg(flag("web.user-assets", &crate::repository("docs")))
        .arg(format!("--web.listen-address={address}"))
        .arg(format!("--web.external-url=http://{address}/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(err)
        .spawn()
        .expect("prometheus starts")
}

fn is_ready(child: &mut Child, address: SocketAddr) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
        if get(address, "/-/ready").is_some_and(|body| body.contains("is Ready")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The body of what a server answers. HTTP/1.0 is enough: it closes, and sends no chunks.
fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some(body.to_owned())
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
    }
    encoded
}
