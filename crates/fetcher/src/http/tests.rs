use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request as HttpRequest;
use axum::http::{HeaderMap as ServerHeaders, StatusCode};
use axum::response::{IntoResponse, Redirect, Response as ServerResponse};
use axum::routing::get;
use futures_util::{StreamExt as _, stream};

use super::*;
use crate::outcome::Kind;

const HOST: &str = "http://outlet.example";

/// A server on loopback under a name of its own, and a client that may dial it.
struct Site {
    http: Http,
    address: SocketAddr,
}

async fn site(router: Router) -> Site {
    site_with(router, Config::default()).await
}

async fn site_with(router: Router, mut config: Config) -> Site {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    // For literal addresses alone.
    config.allow_addresses = vec!["127.0.0.0/8".parse().expect("a network")];
    config.host_interval_ms = 0;
    config.resolve.insert("*.example".into(), address.into());
    config.offline = true;
    config.validate().expect("a valid configuration");
    let http = Http::new(&config).expect("a client");
    Site { http, address }
}

impl Site {
    async fn get(&self, url: &str) -> Outcome {
        self.get_with(url, Validators::default()).await
    }

    async fn get_with(&self, url: &str, validators: Validators) -> Outcome {
        let request = Request {
            url: url.to_owned(),
            validators,
            accept: "*/*",
            limit: 1_000,
        };
        self.http.get(request).await.0
    }
}

#[track_caller]
fn answer(outcome: Outcome) -> Answer {
    match outcome.result {
        Ok(answer) => answer,
        Err(trouble) => panic!("{trouble}"),
    }
}

#[track_caller]
fn trouble(outcome: Outcome) -> Trouble {
    match outcome.result {
        Ok(answer) => panic!("{answer:?}"),
        Err(trouble) => trouble,
    }
}

#[tokio::test]
async fn a_page_comes_with_its_facts() {
    let page = || async {
        let headers = [
            ("X-One", "1"),
            ("Set-Cookie", "id=7"),
            ("Content-Type", "text/html"),
        ];
        (headers, "hello")
    };
    let site = site(Router::new().route("/a", get(page))).await;
    let answer = answer(site.get(&format!("{HOST}/a#part")).await);
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"hello"[..])
    );
    assert_eq!(answer.header("x-one"), Some("1"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.final_url, format!("{HOST}/a#part"));
}

#[tokio::test]
async fn validators_come_back_to_the_byte() {
    let asked: Arc<Mutex<Vec<ServerHeaders>>> = Arc::default();
    let log = Arc::clone(&asked);
    let feed = move |headers: ServerHeaders| async move {
        log.lock().expect("no panic").push(headers.clone());
        let etag = b"W/\"odd \xe9,'tag\"";
        let date = "Sunday, 6 Nov 94 8:49:37 gmt+0";
        let status = match headers.get("if-none-match") {
            Some(tag) if tag.as_bytes() == etag => StatusCode::NOT_MODIFIED,
            _ => StatusCode::OK,
        };
        ServerResponse::builder()
            .status(status)
            .header("etag", &etag[..])
            .header("last-modified", date)
            .body(Body::from("x"))
            .expect("an answer")
    };
    let site = site(Router::new().route("/f", get(feed))).await;
    let first = answer(site.get(&format!("{HOST}/f")).await);
    assert_eq!(first.status, 200);
    let outcome = site
        .get_with(&format!("{HOST}/f"), first.validators.clone())
        .await;
    assert_eq!(outcome.kind(), Kind::NotModified);
    assert_eq!(answer(outcome).validators, first.validators);
    let asked = asked.lock().expect("no panic");
    assert!(!asked[0].contains_key("if-none-match") && !asked[0].contains_key("cookie"));
    let since = asked[1].get("if-modified-since").expect("it was sent");
    assert_eq!(since, "Sunday, 6 Nov 94 8:49:37 gmt+0");
    let agent = asked[0].get("user-agent").expect("it was sent");
    assert!(agent.to_str().expect("text").starts_with("copydesk/"));
}

#[tokio::test]
async fn a_status_of_failure_leaves_its_body() {
    let busy = || async {
        (
            StatusCode::TOO_MANY_REQUESTS,
            [("Retry-After", "120")],
            "go away",
        )
    };
    let site = site(Router::new().route("/a", get(busy))).await;
    let outcome = site.get(&format!("{HOST}/a")).await;
    assert_eq!(outcome.kind(), Kind::Throttled);
    let until = outcome
        .retry_after(Duration::from_secs(60))
        .expect("a pause");
    assert_eq!(until.duration_since(outcome.at).as_secs(), 60);
    assert!(answer(outcome).body.is_empty());
}

#[tokio::test]
async fn redirects_are_followed_and_circles_are_not() {
    let router = Router::new()
        .route("/old", get(|| async { Redirect::permanent("new/page") }))
        .route("/new/page", get(|| async { "here" }))
        .route("/circle", get(|| async { Redirect::temporary("/back") }))
        .route("/back", get(|| async { Redirect::to("/circle") }))
        .route("/nowhere", get(|| async { StatusCode::FOUND }))
        .route(
            "/file",
            get(|| async { Redirect::to("file:///etc/passwd") }),
        )
        .route(
            "/inside",
            get(|| async { Redirect::to("http://10.0.0.1/") }),
        )
        .route(
            "/other",
            get(|| async { Redirect::to("http://internal.test/") }),
        )
        .route(
            "/on/{n}",
            get(|request: HttpRequest| async move {
                let n: u32 = request.uri().path()[4..].parse().expect("a number");
                Redirect::to(&format!("/on/{}", n + 1))
            }),
        );
    let site = site(router).await;
    let found = answer(site.get(&format!("{HOST}/old")).await);
    assert_eq!(found.body, b"here");
    assert_eq!(found.final_url, format!("{HOST}/new/page"));
    for (path, expected) in [
        ("/circle", Kind::Redirect),
        ("/nowhere", Kind::Redirect),
        ("/on/1", Kind::Redirect),
        ("/file", Kind::Address),
        ("/inside", Kind::Refused),
        ("/other", Kind::Offline),
    ] {
        let outcome = site.get(&format!("{HOST}{path}")).await;
        assert_eq!(outcome.kind(), expected, "{path}: {}", outcome.detail());
    }
}

#[tokio::test]
async fn a_large_body_is_given_up_early() {
    let flood = || async {
        let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 10_000]));
        Body::from_stream(chunks)
    };
    let site = site(Router::new().route("/a", get(flood))).await;
    let Trouble::TooBig { limit, answer } = trouble(site.get(&format!("{HOST}/a")).await) else {
        panic!("the body has no end");
    };
    assert_eq!(limit, 1_000);
    assert!(answer.body.len() > 1_000 && answer.body.len() <= 1_000 + (64 << 10));
}

/// `hello, gzip` as gzip -n packs it.
const HELLO: [u8; 31] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0x48, 0xaf, 0xca,
    0x2c, 0, 0, 0x4a, 0x9b, 0xb1, 0x5c, 0x0b, 0, 0, 0,
];

#[tokio::test]
async fn gzip_is_unpacked_and_broken_gzip_is_trouble() {
    let packed = || async { ([("content-encoding", "gzip")], HELLO.to_vec()) };
    let broken = || async { ([("content-encoding", "gzip")], "not gzip at all") };
    let router = Router::new()
        .route("/a", get(packed))
        .route("/b", get(broken));
    let site = site(router).await;
    let answer = answer(site.get(&format!("{HOST}/a")).await);
    assert_eq!(String::from_utf8_lossy(&answer.body), "hello, gzip");
    let outcome = site.get(&format!("{HOST}/b")).await;
    assert_eq!(outcome.kind(), Kind::Broken, "{}", outcome.detail());
}

#[tokio::test]
async fn slowness_has_an_end() {
    let silent = || async {
        std::future::pending::<()>().await;
        "never"
    };
    let drip = || async {
        let drops = stream::iter(0..).then(|_| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, std::io::Error>("x")
        });
        Body::from_stream(drops).into_response()
    };
    let router = Router::new()
        .route("/silent", get(silent))
        .route("/drip", get(drip));
    let config = Config {
        header_timeout_seconds: 1,
        total_timeout_seconds: 2,
        ..Config::default()
    };
    let site = site_with(router, config).await;
    let (silent, drip) = (format!("{HOST}/silent"), format!("{HOST}/drip"));
    let (silent, drip) = tokio::join!(site.get(&silent), site.get(&drip));
    assert_eq!(trouble(silent), Trouble::Timeout("header"));
    assert_eq!(trouble(drip), Trouble::Timeout("whole answer"));
}

#[tokio::test]
async fn what_cannot_be_dialled_is_told_apart() {
    let site = site(Router::new()).await;
    let port = site.address.port();
    for (url, expected) in [
        ("http://unknown.test/".to_owned(), Kind::Offline),
        ("http://169.254.169.254/latest".to_owned(), Kind::Refused),
        ("https://outlet.example/".to_owned(), Kind::Tls),
        (format!("http://127.0.0.1:{port}/missing"), Kind::Http4xx),
        ("http://127.0.0.1:1/".to_owned(), Kind::Connect),
        // An override leads to its own port, whatever the address names.
        ("http://outlet.example:1/".to_owned(), Kind::Http4xx),
        ("http://outlet.example.:1/".to_owned(), Kind::Http4xx),
        ("ftp://outlet.example/".to_owned(), Kind::Address),
        ("no address".to_owned(), Kind::Address),
    ] {
        let outcome = site.get(&url).await;
        assert_eq!(outcome.kind(), expected, "{url}: {}", outcome.detail());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_trouble() {
    let cut = || async {
        let parts = [Ok("half"), Err(std::io::Error::other("cut"))];
        Body::from_stream(stream::iter(parts))
    };
    let site = site(Router::new().route("/a", get(cut))).await;
    assert_eq!(site.get(&format!("{HOST}/a")).await.kind(), Kind::Broken);
}
