//! The server of the polls, in a process of its own, so that its CPU time is not the client's.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use fetcher::visit::Visitor;
use reqwest::{Certificate, Client};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

/// What the server knows its feed by.
pub(super) const ETAG: &str = "\"5f3e-62a7\"";
/// How long a slow host takes.
pub(super) const DELAY: Duration = Duration::from_secs(4);
/// With nothing in it yet.
const FEED: &str = "<rss version=\"2.0\"><channel><title>Outlet</title></channel></rss>";
const NAMES: &str = "*.outlets.example";

/// How connections are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Site {
    Pooled,
    Fresh,
    SecurePooled,
    SecureFresh,
    Slow,
}

impl Site {
    /// Those of the rates.
    pub(super) const ALL: [Self; 4] = [
        Self::Pooled,
        Self::Fresh,
        Self::SecurePooled,
        Self::SecureFresh,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pooled => "kept connections",
            Self::Fresh => "a new connection each",
            Self::SecurePooled => "TLS, kept connections",
            Self::SecureFresh => "TLS, a new one each",
            Self::Slow => "slow hosts",
        }
    }

    pub(super) fn is_secure(self) -> bool {
        matches!(self, Self::SecurePooled | Self::SecureFresh)
    }

    fn closes(self) -> bool {
        matches!(self, Self::Fresh | Self::SecureFresh)
    }
}

/// What the server's process says of itself.
#[derive(Serialize, Deserialize)]
struct Said {
    certificate: String,
    sites: BTreeMap<Site, SocketAddr>,
}

/// The running server. It ends with this value.
pub(super) struct Server {
    process: Child,
    said: Said,
    folder: TempDir,
}

impl Server {
    pub(super) fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args(["polls", "serve"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = process.stdout.as_mut().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let said: Said = serde_json::from_str(&line).expect("what it serves");
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("ca.pem"), &said.certificate).expect("it is written");
        Self {
            process,
            said,
            folder,
        }
    }

    pub(super) fn address(&self, site: Site) -> SocketAddr {
        self.said.sites[&site]
    }

    /// Our client, with everything switched on but the pause between two requests to a host.
    pub(super) fn visitor(&self, site: Site, in_flight: usize) -> Visitor {
        let scheme = if site.is_secure() { "" } else { "http://" };
        let target = format!("{scheme}{}", self.address(site));
        let config = fetcher::Config {
            host_interval_ms: 0,
            max_in_flight: fetcher::config::InFlight {
                polls: in_flight,
                ..fetcher::config::InFlight::default()
            },
            resolve: BTreeMap::from([("*".to_owned(), target.parse().expect("a target"))]),
            ca_file: self.folder.path().join("ca.pem"),
            ..fetcher::Config::default()
        };
        Visitor::new(&config).expect("a client")
    }

    /// reqwest with nothing but what it needs to reach the same hosts.
    pub(super) fn bare(&self, site: Site) -> (Client, tokio::runtime::Runtime) {
        let address = self.address(site);
        let certificate = Certificate::from_pem(self.said.certificate.as_bytes());
        let mut client = Client::builder()
            .no_proxy()
            .tls_certs_merge([certificate.expect("a certificate")]);
        for n in 0..super::HOSTS {
            client = client.resolve(&format!("outlet{n}.outlets.example"), address);
        }
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        (client.build().expect("a client"), tokio.expect("a runtime"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until whoever started it goes away.
pub(crate) fn serve() {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let made = rcgen::generate_simple_self_signed([NAMES.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a server's configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut sites = BTreeMap::new();
    for site in Site::ALL.into_iter().chain([Site::Slow]) {
        let listener = tokio.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port on loopback");
        sites.insert(site, listener.local_addr().expect("an address"));
        let router = router(site);
        if site.is_secure() {
            let acceptor = acceptor.clone();
            let secured = Secured { listener, acceptor };
            tokio.spawn(async move { axum::serve(secured, router).await });
        } else {
            tokio.spawn(async move { axum::serve(listener, router).await });
        }
    }
    let said = Said {
        certificate: made.cert.pem(),
        sites,
    };
    println!("{}", serde_json::to_string(&said).expect("JSON"));
    // The pipe ends with whoever holds its other end, however that ends.
    let gone = tokio.spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = tokio.block_on(gone);
}

fn router(site: Site) -> Router {
    Router::new().fallback(get(move |asked: HeaderMap| async move {
        if site == Site::Slow {
            tokio::time::sleep(DELAY).await;
        }
        answer(&asked, site.closes())
    }))
}

fn answer(asked: &HeaderMap, closes: bool) -> Response {
    let known = asked.get(header::IF_NONE_MATCH);
    let mut response = if known.is_some_and(|known| known == ETAG) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        FEED.into_response()
    };
    let fields = response.headers_mut();
    fields.insert(header::ETAG, HeaderValue::from_static(ETAG));
    if closes {
        fields.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A listener with a certificate.
struct Secured {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else {
                continue;
            };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
