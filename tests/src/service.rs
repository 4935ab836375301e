//! The real binary as a process, in a place of its own.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::broker::send;
use crate::{Ledger, World};

/// How long what failed, and what may have been under way at a crash, waits in every place.
pub const RETRY_SECONDS: u64 = 1;

/// The path of the binary, built first where it is not up to date.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let this = std::env::current_exe().expect("the test knows where it is");
        let profile = this
            .ancestors()
            .find(|folder| folder.join(".cargo-lock").exists())
            .expect("the test lies in a cargo profile folder");
        let mut build = Command::new(env!("CARGO"));
        // With the features that dependencies have in `cargo test --workspace`, or most of them would be
        // built a second time: hence a test target, the cheapest there is.
        build.args(["build", "--quiet", "--locked", "--workspace"]);
        build.args(["--bin", "copydesk", "--test", "records"]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        let built = build
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "copydesk builds");
        profile.join("copydesk")
    })
}

/// A data folder, its configuration and its logs. Kept for reading where a test panics.
#[derive(Debug)]
pub struct Place {
    folder: Option<TempDir>,
    path: PathBuf,
    /// Where the judge reads, where the log is Kafka.
    broker: Option<String>,
}

impl Place {
    /// A place on a broker, its topics made. The services reach it at `servers`, which may be a
    /// proxy's; the judge at `broker`.
    #[track_caller]
    pub fn on_kafka(world: &World, servers: &str, broker: &str, more: &str) -> Self {
        let kafka = format!("{more}\n[kafka]\nbootstrap_servers = \"{servers}\"\n");
        let mut place = Self::for_world(world, &kafka);
        place.broker = Some(broker.to_owned());
        place.ok(&["--bootstrap-servers", broker, "topics", "apply"]);
        place
    }

    /// The same with another session timeout: seconds after which a process that is not heard of counts
    /// as gone.
    #[must_use]
    pub fn with_session(self, seconds: u64) -> Self {
        let file = self.file("copydesk.toml");
        let mut config = std::fs::read_to_string(&file).expect("the configuration reads");
        // The last table is [kafka].
        config.push_str("session_timeout_seconds = ");
        config.push_str(&seconds.to_string());
        config.push('\n');
        std::fs::write(file, config).expect("the configuration is written");
        self
    }

    /// An empty place configured to reach `world` and nothing else. `more` is TOML that is added.
    pub fn for_world(world: &World, more: &str) -> Self {
        let place = Self::for_server(world.newsroom.address(), more);
        world.write_opml(&place.file("feeds.opml"), 1);
        place
    }

    /// An empty place configured to reach a server and nothing else, under whatever name. Its feeds are to be
    /// written into its file `feeds.opml`.
    pub fn for_server(address: SocketAddr, more: &str) -> Self {
        let folder = TempDir::with_prefix("copydesk-test-").expect("a temporary folder");
        let path = folder.path().to_owned();
        let config = format!(
            "data_dir = \"{data}\"\n\
             [admin]\nlisten = \"127.0.0.1:0\"\n\
             [logging]\nformat = \"json\"\n\
             [fetcher]\noffline = true\nhost_interval_ms = 0\nretry_seconds = {RETRY_SECONDS}\n\
             resolve = {{ \"*\" = \"http://{address}\" }}\n\
             {more}\n",
            data = path.join("data").display(),
        );
        std::fs::write(path.join("copydesk.toml"), config).expect("the configuration is written");
        Self {
            folder: Some(folder),
            path,
            broker: None,
        }
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The books, as soon as the service has opened its log.
    #[track_caller]
    pub fn ledger(&self) -> Ledger {
        if let Some(broker) = &self.broker {
            return Ledger::of_broker(broker);
        }
        let there = || self.data().join("log/log.sqlite").exists();
        crate::await_that(Duration::from_secs(60), there, || self.last_words());
        Ledger::of(&self.data().join("log"))
    }

    /// Where the admin port of the pipeline listens, as soon as it does.
    #[track_caller]
    pub fn admin(&self) -> SocketAddr {
        let file = self.data().join("admin");
        let read = || std::fs::read_to_string(&file).unwrap_or_default();
        let is_there = || read().ends_with('\n');
        crate::await_that(Duration::from_secs(60), is_there, || self.last_words());
        read().trim().parse().expect("an address")
    }

    /// A file of the place.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The binary with this place's configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .arg("--config")
            .arg(self.file("copydesk.toml"))
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command of the binary to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("copydesk runs")
    }

    /// Runs a command of the binary that must succeed, and returns what it prints.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "copydesk {arguments:?}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("copydesk prints UTF-8")
    }

    /// Starts the pipeline.
    pub fn start(&self) -> Service {
        let feeds = self.file("feeds.opml");
        self.spawn("run", &[OsStr::new("--feeds"), feeds.as_os_str()])
    }

    /// Starts one service of the pipeline: fetcher, cleaner or enricher.
    pub fn start_service(&self, service: &str) -> Service {
        let feeds = self.file("feeds.opml");
        match service {
            "fetcher" => self.spawn(service, &[OsStr::new("--feeds"), feeds.as_os_str()]),
            _ => self.spawn(service, &[]),
        }
    }

    /// Waits until a task is at work on every partition of every stage.
    #[track_caller]
    pub fn await_running(&self) {
        // Four each of poll, page and clean, and one of enrich.
        const TASKS: usize = 13;
        let running = || {
            let status = self.run(&["status"]).stdout;
            let status = String::from_utf8_lossy(&status).into_owned();
            let tasks = status.lines().filter(|line| line.contains("  running,"));
            tasks.count()
        };
        crate::await_that(
            Duration::from_secs(60),
            || running() == TASKS,
            || self.last_words(),
        );
    }

    fn spawn(&self, command: &str, arguments: &[&OsStr]) -> Service {
        let open = |name: &str| {
            std::fs::File::options()
                .create(true)
                .append(true)
                .open(self.file(&format!("{command}.{name}")))
                .expect("a log file")
        };
        let child = self
            .command(&[command])
            .args(arguments)
            .stdout(open("out"))
            .stderr(open("err"))
            .spawn()
            .expect("copydesk starts");
        Service { child }
    }

    /// The last lines that each service logged.
    pub fn last_words(&self) -> String {
        let mut words = String::new();
        for service in ["run", "fetcher", "cleaner", "enricher"] {
            let file = self.file(&format!("{service}.err"));
            let Ok(all) = std::fs::read_to_string(file) else {
                continue;
            };
            let lines: Vec<&str> = all.lines().rev().take(15).collect();
            let last: Vec<&str> = lines.into_iter().rev().collect();
            words += "last log lines of ";
            words += service;
            words += "\n";
            words += &last.join("\n");
            words += "\n";
        }
        words
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            println!("kept for reading: {}", folder.keep().display());
        }
    }
}

/// A running pipeline. Killed where a test forgets it.
#[derive(Debug)]
pub struct Service {
    child: Child,
}

impl Service {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops it where it stands, as a machine that hangs would.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    #[track_caller]
    fn signal(&self, signal: &str) {
        send(self.pid(), signal);
    }

    /// Ends it as a power cut would: without a word.
    pub fn kill(mut self) {
        self.end();
    }

    /// Ends it as [`Service::kill`] does, and keeps what is left.
    pub fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, and waits for nothing.
    #[track_caller]
    pub fn ask(&self) {
        self.signal("-TERM");
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub fn stop(self) -> ExitStatus {
        self.ask();
        self.ended()
    }

    /// Waits until a service that was asked has stopped.
    #[track_caller]
    pub fn ended(mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(25);
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be waited for") {
                return status;
            }
            assert!(Instant::now() < deadline, "drained within 20 s");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
