//! A site of a test's own, and the pipeline beside it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::command;

pub(crate) const RSS: &str = "<rss version='2.0'><channel><title>The A</title>\
    <item><title>Ferry adrift</title><link>http://a.example/1</link></item>\
    <item><title>Ferry found</title><link>http://a.example/2</link></item></channel></rss>";
pub(crate) const SECRET: &str = "hunter2-and-more";

/// By path: media type and body. The paths that were asked for, and with which login.
#[derive(Default)]
struct Pages {
    answers: BTreeMap<&'static str, (&'static str, &'static str)>,
    asked: Vec<(String, Option<String>)>,
}

/// A site on loopback, whatever the host that it is asked as.
#[derive(Clone)]
pub(crate) struct Site {
    address: SocketAddr,
    pages: Arc<Mutex<Pages>>,
}

impl Site {
    pub(crate) fn new(answers: &[(&'static str, &'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let site = Self {
            address: listener.local_addr().expect("its address"),
            pages: Arc::default(),
        };
        let answers = answers
            .iter()
            .map(|(path, kind, body)| (*path, (*kind, *body)));
        site.pages.lock().expect("no panic").answers = answers.collect();
        let serving = site.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.answer(stream);
            }
        });
        site
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().expect("a clone")).lines();
        let Some(Ok(first)) = lines.next() else {
            return;
        };
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let header = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty());
        let login = header.filter_map(|line| {
            Some(line.split_once(": ")?.1.to_owned()).filter(|_| line.starts_with("authorization"))
        });
        let login = login.last();
        let mut pages = self.pages.lock().expect("no panic");
        let answer = match pages.answers.get(path.as_str()) {
            Some((kind, body)) => format!(
                "200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ),
            None => "404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        };
        pages.asked.push((path, login));
        drop(pages);
        let _ = stream.write_all(
            format!(
                "HTTP/1.1 {}",
                answer.replacen("\r\n", "\r\nconnection: close\r\n", 1)
            )
            .as_bytes(),
        );
    }

    pub(crate) fn asked(&self) -> Vec<(String, Option<String>)> {
        self.pages.lock().expect("no panic").asked.clone()
    }

    /// Has every name below `example` lead here.
    pub(crate) fn configure(&self, dir: &Path) {
        std::fs::create_dir_all(dir.join("secrets")).expect("a folder");
        std::fs::write(dir.join("secrets/password"), format!("{SECRET}\n")).expect("written");
        let config = format!(
            "[admin]\nlisten = \"127.0.0.1:0\"\n[fetcher]\noffline = true\nhost_interval_ms = 0\npages = false\n\
             credentials_dir = \"secrets\"\nresolve = {{ \"*.example\" = \"{}\" }}\n",
            self.address
        );
        std::fs::write(dir.join("copydesk.toml"), config).expect("written");
    }
}

/// The pipeline at work, which ends with the test.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(dir: &Path) -> Self {
        let mut command = command(dir, &["run"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("it starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
