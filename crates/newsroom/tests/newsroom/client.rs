//! A reader with a plain socket: what arrives is what was sent.

use std::fmt::Write as _; // to a String: cannot fail, so the results are of no interest
use std::net::SocketAddr;

use newsroom::{Newsroom, Options, Pace, World, open};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// Whether as many bytes came as were announced.
    pub(crate) fn is_complete(&self) -> bool {
        let announced = self.header("content-length").expect("a length");
        announced.parse::<usize>().expect("a number") == self.body.len()
    }
}

pub(crate) async fn room(world: World) -> Newsroom {
    open(Options::of(world)).await.expect("opens")
}

pub(crate) async fn paced(world: World, per_second: f64) -> Newsroom {
    let options = Options {
        pace: Pace {
            per_second: Some(per_second),
        },
        ..Options::of(world)
    };
    open(options).await.expect("opens")
}

pub(crate) async fn get_with(address: SocketAddr, url: &str, headers: &[(&str, &str)]) -> Reply {
    let rest = url.strip_prefix("http://").expect("an http address");
    let slash = rest.find('/').unwrap_or(rest.len());
    let (host, target) = rest.split_at(slash);
    let target = if target.is_empty() { "/" } else { target };
    let mut request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = Vec::new();
    // A connection that breaks on purpose is an error here; what came before it counts.
    let _ = stream.read_to_end(&mut answer).await;
    parse(&answer)
}

pub(crate) async fn get(address: SocketAddr, url: &str) -> Reply {
    get_with(address, url, &[]).await
}

fn parse(answer: &[u8]) -> Reply {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let head = std::str::from_utf8(&answer[..end]).expect("ASCII");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Reply {
        status: status.expect("a status").parse().expect("a number"),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: answer[end + 4..].to_vec(),
    }
}

/// Follows redirects; gives the last answer and how many there were.
pub(crate) async fn follow(address: SocketAddr, url: &str) -> (Reply, usize) {
    let host = url.split('/').nth(2).expect("a host").to_owned();
    let mut url = url.to_owned();
    for hops in 0..20 {
        let reply = get(address, &url).await;
        match reply.header("location") {
            Some(location) => url = format!("http://{host}{location}"),
            None => return (reply, hops),
        }
    }
    panic!("no end of redirects");
}
