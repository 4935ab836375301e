//! Addresses that feeds and redirects must not make us dial, shown at the sockets that they lead to.

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header::{CONNECTION, LOCATION};
use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;
use crate::resolve::{Lookup, Policy};

/// Sockets on loopback that count who connects, all at one port.
struct Trap {
    port: u16,
    seen: Arc<AtomicUsize>,
    has_v6: bool,
}

impl Trap {
    async fn set() -> Self {
        let first = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = first.local_addr().expect("its address").port();
        let second = TcpListener::bind(("127.0.0.2", port)).await;
        let third = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
        let has_v6 = third.is_ok();
        let seen = Arc::new(AtomicUsize::new(0));
        for listener in [Ok(first), second, third].into_iter().flatten() {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, seen, has_v6 }
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

/// A resolver that answers from a script, the last answer for ever, and counts.
#[derive(Debug, Default)]
struct Script {
    answers: BTreeMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl Script {
    fn new(answers: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let ip = |ip: &&str| ip.parse().expect("an address");
        let all = |answer: &&[&str]| -> Vec<IpAddr> { answer.iter().map(ip).collect() };
        let answers = answers
            .iter()
            .map(|(host, answers)| (*host, answers.iter().map(all).collect()))
            .collect();
        Arc::new(Self {
            answers,
            asked: Mutex::default(),
        })
    }

    fn asked(&self, host: &str) -> usize {
        let asked = self.asked.lock().expect("no panic");
        asked.get(host).copied().unwrap_or(0)
    }
}

impl Lookup for Script {
    fn addresses(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut asked = self.asked.lock().expect("no panic");
        let count = asked.entry(host.to_owned()).or_default();
        let answer = self.answers.get(host).map(|answers| {
            let at = (*count).min(answers.len() - 1);
            answers[at].clone()
        });
        *count += 1;
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}

fn client(script: &Arc<Script>, change: impl FnOnce(&mut Config)) -> Http {
    let mut config = Config {
        host_interval_ms: 0,
        connect_timeout_seconds: 1,
        header_timeout_seconds: 2,
        ..Config::default()
    };
    change(&mut config);
    config.validate().expect("a valid configuration");
    let lookup: Arc<dyn Lookup> = Arc::clone(script) as _;
    Http::with(&config, Policy::asking(&config, lookup)).expect("a client")
}

async fn get(http: &Http, url: &str) -> Outcome {
    http.get(request(url, Validators::default())).await.0
}

/// Spellings of loopback, at a port that may be dialled: each leads to the trap if it is dialled.
const LOOPBACK: [&str; 27] = [
    "http://127.0.0.1:{port}/",
    "http://127.0.0.2:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.01:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http:127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "http:////127.0.0.1:{port}/",
    " \thttp://127.0.0.1:{port}/ ",
    "http://127.0.0.1:{port}\\@outlet.example/",
    "http://127.0.0.1:{port}#@outlet.example/",
    "http://127.0.0.1:{port}?@outlet.example/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0::0:1]:{port}/",
];

/// Names of loopback and other addresses behind a firewall.
const NAMES: [(&str, &[&[&str]]); 8] = [
    ("localhost", &[&["127.0.0.1", "::1"]]),
    ("local.attacker.test", &[&["127.0.0.1"]]),
    ("six.attacker.test", &[&["::1"]]),
    ("mapped.attacker.test", &[&["::ffff:127.0.0.1"]]),
    ("127.0.0.1.nip.test", &[&["127.0.0.2"]]),
    ("metadata.internal.test", &[&["169.254.169.254"]]),
    ("intranet.test", &[&["10.0.0.1", "192.168.0.1", "fd00::1"]]),
    ("public.test", &[&["127.0.0.9"]]),
];

/// Addresses that nothing on this machine answers: refused before any of them is dialled.
const ELSEWHERE: [&str; 27] = [
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://169.254.170.2/v2/credentials",
    "http://100.100.100.200/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::10.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:0:0:0:0:80ff:fffe]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2606:4700::5efe:10.0.0.1]/",
];

/// What is no address of a page, or names no host or port that a page may have.
const NO_PAGES: [(&str, Kind); 22] = [
    ("file:///etc/passwd", Kind::Address),
    ("file://localhost/etc/passwd", Kind::Address),
    ("FILE:/etc/passwd", Kind::Address),
    ("ftp://127.0.0.1/", Kind::Address),
    ("gopher://127.0.0.1:6379/_FLUSHALL", Kind::Address),
    ("dict://127.0.0.1:11211/stats", Kind::Address),
    ("ldap://127.0.0.1/", Kind::Address),
    ("data:text/html,<p>x", Kind::Address),
    ("javascript:alert(1)", Kind::Address),
    ("blob:http://127.0.0.1/x", Kind::Address),
    ("unix:/var/run/docker.sock", Kind::Address),
    ("ws://127.0.0.1/", Kind::Address),
    ("view-source:http://127.0.0.1/", Kind::Address),
    ("http://outlet.example@127.0.0.1:{port}/", Kind::Address),
    ("http://outlet.example:80@127.0.0.1:{port}/", Kind::Address),
    ("http://user:secret@public.test/", Kind::Address),
    ("http://public.test:22/", Kind::Refused),
    ("http://public.test:25/", Kind::Refused),
    ("http://public.test:6379/", Kind::Refused),
    ("https://public.test:2375/containers/json", Kind::Refused),
    ("http://93.184.216.34:9092/", Kind::Refused),
    ("http://[::1", Kind::Address),
];

fn rows(port: u16) -> Vec<(String, Kind)> {
    let named = NAMES.iter().filter(|(name, _)| *name != "public.test");
    let named = named.flat_map(|(name, _)| {
        [
            format!("http://{name}:{{port}}/"),
            format!("https://{}.:{{port}}/", name.to_uppercase()),
        ]
    });
    let refused = LOOPBACK
        .iter()
        .chain(&ELSEWHERE)
        .map(|url| (*url).to_owned());
    let refused = refused.chain(named).map(|url| (url, Kind::Refused));
    let others = NO_PAGES
        .iter()
        .map(|(url, kind)| ((*url).to_owned(), *kind));
    let port = port.to_string();
    let at = |(url, kind): (String, Kind)| (url.replace("{port}", &port), kind);
    refused.chain(others).map(at).collect()
}

#[tokio::test]
async fn no_hostile_address_is_dialled() {
    let trap = Trap::set().await;
    let script = Script::new(&NAMES);
    let http = client(&script, |config| config.ports.push(trap.port));
    let rows = rows(trap.port);
    assert!(rows.len() >= 40, "{}", rows.len());
    for (url, expected) in &rows {
        let outcome = get(&http, url).await;
        assert_eq!(outcome.kind(), *expected, "{url}: {}", outcome.detail());
        assert!(!outcome.detail().contains("secret"), "{}", outcome.detail());
    }
    assert_eq!(trap.seen(), 0);
    assert_eq!(script.asked("public.test"), 0, "its port decides");
}

/// The trap works: where the configuration allows it, each spelling of loopback gets there.
#[tokio::test]
async fn what_is_allowed_by_configuration_is_dialled() {
    let trap = Trap::set().await;
    let script = Script::new(&NAMES);
    let http = client(&script, |config| {
        config.ports.push(trap.port);
        let nets = [
            "127.0.0.0/8",
            "0.0.0.0/32",
            "::1/128",
            "::ffff:127.0.0.0/104",
        ];
        config.allow_addresses = nets.map(|net| net.parse().expect("a network")).into();
    });
    let mut dialled = 0;
    for url in LOOPBACK {
        dialled += usize::from(trap.has_v6 || !url.contains('['));
        let url = url.replace("{port}", &trap.port.to_string());
        // Nobody answers there, so there is nothing to say of the outcome.
        get(&http, &url).await;
        for _ in 0..100 {
            if trap.seen() == dialled {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(trap.seen(), dialled, "{url}");
    }
}

/// An outlet whose `/to/n` leads to the address of that number.
fn leading_to(targets: Vec<String>) -> Router {
    let targets = Arc::new(targets);
    let lead = move |request: HttpRequest| async move {
        let path = request.uri().path();
        let target = if let Some(rest) = path.strip_prefix("/by/") {
            format!("/to/{rest}").into_bytes()
        } else {
            let number: usize = path[4..].parse().expect("a number");
            targets[number].clone().into_bytes()
        };
        let target = axum::http::HeaderValue::from_bytes(&target).expect("one line");
        (StatusCode::FOUND, [(LOCATION, target)])
    };
    Router::new().fallback(lead)
}

#[tokio::test]
async fn no_redirect_leads_to_a_hostile_address() {
    let trap = Trap::set().await;
    let mut rows = rows(trap.port);
    // No header field can have these, and a reference without a host leads to the outlet itself.
    rows.retain(|(url, _)| !url.contains('\t') && url != "http:127.0.0.1");
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "localhost"] {
        rows.push((format!("//{host}:{}/", trap.port), Kind::Refused));
        rows.push((format!("\\\\{host}:{}\\", trap.port), Kind::Refused));
    }
    let script = Script::new(&NAMES);
    let targets = rows.iter().map(|(url, _)| url.clone()).collect();
    let outlet = site(leading_to(targets)).await;
    let http = client(&script, |config| {
        config.ports.push(trap.port);
        let target = outlet.address.into();
        config.resolve.insert("outlet.example".into(), target);
    });
    for (number, (url, expected)) in rows.iter().enumerate() {
        // At once, and behind an innocent one.
        for path in ["to", "by"] {
            let outcome = get(&http, &format!("{HOST}/{path}/{number}")).await;
            let kind = outcome.kind();
            let is_no_address = *expected == Kind::Address && kind == Kind::Redirect;
            assert!(
                kind == *expected || is_no_address || url.starts_with("http:127"),
                "{path} {url}: {}",
                outcome.detail()
            );
        }
    }
    assert_eq!(trap.seen(), 0);
}

/// What is dialled is what was checked: a name is looked up once for a connection, and an answer that
/// has changed by the next one is checked as the first was.
#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let trap = Trap::set().await;
    let close = |path: &'static str| async move { ([(CONNECTION, "close"), (LOCATION, path)], "") };
    let first = move || async move { (StatusCode::FOUND, close("/second").await) };
    let router = Router::new().route("/first", get_of(first));
    let own = TcpListener::bind(("127.0.0.3", trap.port)).await;
    let own = own.expect("every address of 127.0.0.0/8 is ours");
    tokio::spawn(async move { axum::serve(own, router).await });
    let private: &[&[&str]] = &[&["127.0.0.3"], &["127.0.0.1"]];
    let both: &[&[&str]] = &[&["127.0.0.1", "127.0.0.3", "::1"]];
    let script = Script::new(&[("rebinding.test", private), ("both.test", both)]);
    let http = client(&script, |config| {
        config.ports = vec![trap.port];
        config.allow_addresses = vec!["127.0.0.3/32".parse().expect("a network")];
    });
    let outcome = get(&http, &format!("http://rebinding.test:{}/first", trap.port)).await;
    assert_eq!(outcome.kind(), Kind::Refused, "{}", outcome.detail());
    assert_eq!(script.asked("rebinding.test"), 2, "once a connection");
    // And where it changes between two polls.
    let outcome = get(&http, &format!("http://rebinding.test:{}/first", trap.port)).await;
    assert_eq!(outcome.kind(), Kind::Refused, "{}", outcome.detail());
    // Of several addresses only those are dialled that may be.
    let outcome = get(&http, &format!("http://both.test:{}/missing", trap.port)).await;
    assert_eq!(outcome.kind(), Kind::Http4xx, "{}", outcome.detail());
    assert_eq!(trap.seen(), 0);
}

/// RFC 8305: where the better family of addresses leads nowhere, the other one serves.
#[tokio::test]
async fn a_broken_family_of_addresses_gives_way_to_the_other() {
    let page = || async { "here" };
    let outlet = site(Router::new().route("/a", get_of(page))).await;
    let port = outlet.address.port();
    let names: [(&'static str, &[&[&str]]); 2] = [
        ("six.test", &[&["::1", "127.0.0.1"]]),
        ("four.test", &[&["127.0.0.7", "127.0.0.1"]]),
    ];
    let script = Script::new(&names);
    let http = client(&script, |config| {
        config.ports = vec![port];
        let nets = ["127.0.0.0/8", "::1/128"];
        config.allow_addresses = nets.map(|net| net.parse().expect("a network")).into();
    });
    for name in ["six.test", "four.test"] {
        let outcome = get(&http, &format!("http://{name}:{port}/a")).await;
        assert_eq!(outcome.kind(), Kind::Read, "{name}: {}", outcome.detail());
    }
}

/// The same where it does not refuse but says nothing: nobody waits for the end of his patience.
#[tokio::test]
async fn a_silent_family_of_addresses_gives_way_to_the_other() {
    let page = || async { "here" };
    let outlet = site(Router::new().route("/a", get_of(page))).await;
    let port = outlet.address.port();
    let six = TcpSocket::new_v6().expect("a socket");
    let there = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    if six.bind(there).is_err() {
        println!("skipped: no IPv6 on this machine");
        return;
    }
    let _silent = six.listen(1).expect("it listens");
    // Once its queue is full, whoever comes gets no answer.
    let mut queue = Vec::new();
    let wait = Duration::from_millis(200);
    while let Ok(Ok(caller)) = tokio::time::timeout(wait, TcpStream::connect(there)).await {
        queue.push(caller);
    }
    let names: [(&'static str, &[&[&str]]); 1] = [("six.test", &[&["::1", "127.0.0.1"]])];
    let script = Script::new(&names);
    let http = client(&script, |config| {
        config.ports = vec![port];
        let nets = ["127.0.0.0/8", "::1/128"];
        config.allow_addresses = nets.map(|net| net.parse().expect("a network")).into();
        config.connect_timeout_seconds = 20;
    });
    let started = Instant::now();
    let outcome = get(&http, &format!("http://six.test:{port}/a")).await;
    assert_eq!(outcome.kind(), Kind::Read, "{}", outcome.detail());
    assert!(started.elapsed() < Duration::from_secs(10), "{started:?}");
}
