//! The services, and the place that a process of one has in the data folder.
//!
//! On the local log one process runs them all, and the folder is its. On Kafka any number of processes
//! share a folder: see [`crate::slot`].

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::Config;
use crate::config::AdminConfig;
use crate::instance::{self, InstanceError};
use crate::slot::{Slot, SlotError};

/// What a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// All services: `copydesk run`.
    Whole,
    /// Polling feeds and fetching pages.
    Fetcher,
    /// Cleaning pages.
    Cleaner,
    /// Relating articles.
    Enricher,
}

impl Service {
    /// The subcommand that starts it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "run",
            Self::Fetcher => "fetcher",
            Self::Cleaner => "cleaner",
            Self::Enricher => "enricher",
        }
    }

    /// Whether a process of this one does the work of `other`.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == Self::Whole || self == other
    }

    /// Where the first process of a machine tells of itself, by default: each service at its own port.
    fn usual_port(self) -> u16 {
        let whole = AdminConfig::default().listen.port();
        match self {
            Self::Whole => whole,
            Self::Fetcher => whole + 1,
            Self::Cleaner => whole + 2,
            Self::Enricher => whole + 3,
        }
    }
}

/// What a process runs, and where it keeps what is its own.
#[derive(Debug)]
pub struct Post {
    service: Service,
    folder: PathBuf,
    listen: SocketAddr,
    member: Option<Member>,
}

/// One of the processes that share a data folder.
#[derive(Debug)]
struct Member {
    instance: String,
    /// Frees the slot when it goes.
    _slot: Slot,
}

/// Why a process finds no place in the data folder.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// No folder of its own.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// No name of its own.
    #[error(transparent)]
    Instance(#[from] InstanceError),
}

impl Post {
    /// The post of the one process that runs the local log: the whole folder.
    pub fn alone(config: &Config) -> Self {
        Self {
            service: Service::Whole,
            folder: config.data_dir.clone(),
            listen: config.admin.listen,
            member: None,
        }
    }

    /// The post of a process of `service` on Kafka: the first free slot of the data folder, held for as
    /// long as this value lives.
    ///
    /// # Errors
    /// A data folder that cannot be written.
    pub fn among(config: &Config, service: Service) -> Result<Self, PostError> {
        let base = instance::base(config)?;
        let slot = Slot::take(&config.data_dir, service.name())?;
        Ok(Self {
            service,
            folder: slot.folder().to_owned(),
            listen: listen(config, service, slot.number()),
            member: Some(Member {
                instance: format!("{base}.{}", slot.name()),
                _slot: slot,
            }),
        })
    }

    /// What it runs.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The name of the process in Kafka's consumer groups; `None` on the local log.
    pub fn instance(&self) -> Option<&str> {
        self.member.as_ref().map(|member| member.instance.as_str())
    }

    /// Where the admin port shall listen.
    pub(crate) fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Where the copies of the states lie.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// The file that tells where the admin port listens.
    pub(crate) fn address_file(&self) -> PathBuf {
        self.folder.join(ADDRESS_FILE)
    }
}

/// The file in a process's folder that tells where its admin port listens.
pub(crate) const ADDRESS_FILE: &str = "admin";

/// The configured address is literally meant as soon as somebody has changed it; the default one is for
/// one process only, so the others of a machine have ports beside it or take free ones.
fn listen(config: &Config, service: Service, number: u32) -> SocketAddr {
    let configured = config.admin.listen;
    if configured != AdminConfig::default().listen {
        return configured;
    }
    let port = if number == 0 { service.usual_port() } else { 0 };
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_listen(configured: &str, service: Service, number: u32, expected: &str) {
        let mut config = Config::default();
        config.admin.listen = configured.parse().expect("an address");
        let listen = listen(&config, service, number).to_string();
        assert_eq!(listen, expected, "{configured} {service:?} {number}");
    }

    #[test]
    fn ports_are_beside_one_another_unless_somebody_says_otherwise() {
        let usual = "127.0.0.1:9600";
        check_listen(usual, Service::Whole, 0, "127.0.0.1:9600");
        check_listen(usual, Service::Fetcher, 0, "127.0.0.1:9601");
        check_listen(usual, Service::Cleaner, 0, "127.0.0.1:9602");
        check_listen(usual, Service::Enricher, 0, "127.0.0.1:9603");
        check_listen(usual, Service::Whole, 1, "127.0.0.1:0");
        check_listen(usual, Service::Enricher, 2, "127.0.0.1:0");
        check_listen("0.0.0.0:9600", Service::Cleaner, 1, "0.0.0.0:9600");
        check_listen("127.0.0.1:0", Service::Fetcher, 0, "127.0.0.1:0");
    }

    #[test]
    fn processes_of_one_folder_have_names_and_folders_of_their_own() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config {
            data_dir: dir.path().to_owned(),
            ..Config::default()
        };
        config.kafka.instance = "desk".to_owned();
        let first = Post::among(&config, Service::Fetcher).expect("a post");
        let second = Post::among(&config, Service::Fetcher).expect("a post");
        let other = Post::among(&config, Service::Cleaner).expect("a post");
        assert_eq!(first.instance(), Some("desk.fetcher.0"));
        assert_eq!(second.instance(), Some("desk.fetcher.1"));
        assert_eq!(other.instance(), Some("desk.cleaner.0"));
        assert_ne!(first.state(), second.state());
        assert_eq!(Post::alone(&config).instance(), None);
        assert_eq!(Post::alone(&config).state(), dir.path().join("state"));
    }
}
