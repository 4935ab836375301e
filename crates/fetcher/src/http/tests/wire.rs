//! What comes over the wire: codings, bombs, floods of header fields, TLS, HTTP/2, drips.

use std::io::Write as _;

use axum::http::Version;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

#[tokio::test]
async fn facts_are_kept_as_sent() {
    let page = || async {
        let headers = [
            ("content-encoding", "gzip"),
            ("content-type", "text/html; charset=ISO-8859-1"),
            ("x-odd", "caf\u{e9}"),
        ];
        (headers, gzip(b"<p>caf\xe9"))
    };
    let site = site(Router::new().route("/a", get_of(page))).await;
    let answer = answer(site.get(&format!("{HOST}/a")).await);
    // The bytes in their own character set, without their coding.
    assert_eq!(answer.body, b"<p>caf\xe9");
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.header("x-odd"), Some("caf\u{e9}"));
    let charset = "text/html; charset=ISO-8859-1";
    assert_eq!(answer.header("content-type"), Some(charset));
}

#[tokio::test]
async fn a_bomb_stops_at_the_limit() {
    let bomb = Arc::new(gzip(&vec![b'x'; 32 << 20]));
    let small = bomb.len();
    let page = move || async move { ([("content-encoding", "gzip")], bomb.as_ref().clone()) };
    let site = site(Router::new().route("/a", get_of(page))).await;
    assert!(small > 1_000, "the limit of the test's requests");
    // The limit holds for what comes and for what it unpacks to.
    for (limit, expected) in [(1_000, 1_000), (1 << 20, 1 << 20)] {
        let request = Request {
            limit,
            ..request(&format!("{HOST}/a"), Validators::default())
        };
        let outcome = site.http.get(request).await.0;
        let Trouble::TooBig { limit, answer } = trouble(outcome) else {
            panic!("it has 32 MiB");
        };
        assert_eq!(limit, expected);
        assert!(answer.body.len() <= expected + (64 << 10));
    }
}

#[tokio::test]
async fn a_flood_of_header_fields_is_no_answer() {
    let flood = |count: usize| {
        move || async move {
            let mut response = ServerResponse::builder();
            for n in 0..count {
                response = response.header(format!("x-{n}"), "1");
            }
            response.body(Body::from("x")).expect("an answer")
        }
    };
    let router = Router::new()
        .route("/many", get_of(flood(200)))
        .route("/flood", get_of(flood(2_000)));
    let site = site(router).await;
    assert_eq!(site.get(&format!("{HOST}/many")).await.kind(), Kind::Read);
    let outcome = site.get(&format!("{HOST}/flood")).await;
    assert_eq!(outcome.kind(), Kind::Broken, "{}", outcome.detail());
}

/// A server with a certificate.
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

macro_rules! pem {
    ($name:literal) => {
        include_bytes!(concat!("tls/", $name)).as_slice()
    };
}

/// A client, and a server on loopback that shows this certificate to whoever asks for outlet.example.
async fn secured(certificate: &[u8], key: &[u8], protocols: &[&str]) -> Http {
    let certificate = CertificateDer::from_pem_slice(certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let named = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = named.collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let secured = Secured {
        listener,
        acceptor: TlsAcceptor::from(Arc::new(config)),
    };
    let version = |request: HttpRequest| async move {
        match request.version() {
            Version::HTTP_2 => "HTTP/2",
            _ => "older",
        }
    };
    let router = Router::new().fallback(version);
    tokio::spawn(async move { axum::serve(secured, router).await });
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem!("ca.pem")).expect("it is written");
    let mut config = Config {
        ca_file: file.path().to_owned(),
        host_interval_ms: 0,
        offline: true,
        ..Config::default()
    };
    let target = address.into();
    config.resolve.insert("outlet.example".into(), target);
    Http::new(&config).expect("a client")
}

async fn ask(http: &Http) -> Outcome {
    let request = request("https://outlet.example/", Validators::default());
    http.get(request).await.0
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let (certificate, key) = (pem!("trusted.pem"), pem!("trusted.key"));
    for (protocols, expected) in [
        (&["h2", "http/1.1"][..], "HTTP/2"),
        (&["http/1.1"], "older"),
        (&[], "older"),
    ] {
        let http = secured(certificate, key, protocols).await;
        let answer = answer(ask(&http).await);
        assert_eq!(String::from_utf8_lossy(&answer.body), expected);
    }
}

#[tokio::test]
async fn troubles_with_certificates_are_named() {
    for (certificate, key, expected) in [
        (pem!("expired.pem"), pem!("expired.key"), "expired"),
        (
            pem!("misnamed.pem"),
            pem!("misnamed.key"),
            "not valid for name",
        ),
        (pem!("unknown.pem"), pem!("unknown.key"), "UnknownIssuer"),
    ] {
        let http = secured(certificate, key, &[]).await;
        let outcome = ask(&http).await;
        assert_eq!(outcome.kind(), Kind::Tls, "{}", outcome.detail());
        let detail = outcome.detail();
        assert!(detail.contains(expected), "{expected}: {detail}");
    }
}

#[test]
fn a_file_of_no_authorities_is_told() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    for (path, expected) in [
        (file.path().to_owned(), "has no certificate in PEM"),
        ("/nowhere/ca.pem".into(), "No such file"),
    ] {
        let config = Config {
            ca_file: path,
            ..Config::default()
        };
        let error = Http::new(&config).expect_err("it is refused");
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_answer_unless_it_is_all() {
    let serve = |request: HttpRequest| async move {
        let range = match request.uri().path() {
            "/part" => "bytes 0-3/10",
            "/end" => "bytes 6-9/10",
            "/open" => "bytes 0-3/*",
            "/odd" => "lines 0-3/4",
            _ => "bytes 0-3/4",
        };
        let headers = [("content-range", range), ("etag", "\"full\"")];
        (StatusCode::PARTIAL_CONTENT, headers, "half")
    };
    let site = site(Router::new().fallback(serve)).await;
    for path in ["part", "end", "open", "odd"] {
        let outcome = site.get(&format!("{HOST}/{path}")).await;
        assert_eq!(outcome.kind(), Kind::Broken, "{path}: {}", outcome.detail());
    }
    let whole = answer(site.get(&format!("{HOST}/whole")).await);
    assert_eq!(whole.body, b"half");
}
