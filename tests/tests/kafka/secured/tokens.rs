//! A token endpoint as OpenID Connect has them, which signs nothing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A running endpoint. Ends when it is dropped.
pub(super) struct TokenEndpoint {
    address: SocketAddr,
    given: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    server: Option<JoinHandle<()>>,
}

impl TokenEndpoint {
    /// The client that gets tokens, with [`TokenEndpoint::SECRET`].
    pub(super) const CLIENT: &str = "copydesk-client";
    /// The secret of [`TokenEndpoint::CLIENT`].
    pub(super) const SECRET: &str = "copydesk-client-secret";

    /// Gives tokens that last for `lifetime`.
    pub(super) fn start(lifetime: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let given = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (written, stopped) = (given.clone(), stop.clone());
        let serve = move || {
            for connection in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                // A client that hangs up has had its reasons.
                if let Ok(Some(scope)) = answer(&connection, lifetime) {
                    let mut given = written.lock().unwrap_or_else(PoisonError::into_inner);
                    given.push(scope);
                }
            }
        };
        Self {
            address,
            given,
            stop,
            server: Some(std::thread::spawn(serve)),
        }
    }

    /// Where it is.
    pub(super) fn address(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// How many tokens it has given.
    pub(super) fn given(&self) -> usize {
        let given = self.given.lock();
        given.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The scopes that tokens were asked for with, each once.
    pub(super) fn scopes(&self) -> Vec<String> {
        let given = self.given.lock();
        let mut scopes = given.unwrap_or_else(PoisonError::into_inner).clone();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

impl Drop for TokenEndpoint {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let woken = TcpStream::connect(self.address);
        if woken.is_ok()
            && let Some(server) = self.server.take()
        {
            let _ = server.join();
        }
    }
}

/// Answers one request; the scope that it named where it got a token.
fn answer(connection: &TcpStream, lifetime: Duration) -> std::io::Result<Option<String>> {
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(connection);
    let (mut length, mut is_known) = (0, false);
    let pair = format!("{}:{}", TokenEndpoint::CLIENT, TokenEndpoint::SECRET);
    let credentials = format!("Basic {}", STANDARD.encode(pair));
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "authorization" => is_known = value == credentials,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    let scope = body
        .split('&')
        .find_map(|field| field.strip_prefix("scope="));
    let is_asked_for = body.contains("grant_type=client_credentials");
    let (status, text) = if is_known && is_asked_for {
        let (token, seconds) = (token(lifetime), lifetime.as_secs());
        let text =
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds}}}"#);
        ("200 OK", text)
    } else {
        let text = r#"{"error":"invalid_client"}"#.to_owned();
        ("401 Unauthorized", text)
    };
    let mut writer = connection;
    write!(
        writer,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )?;
    let is_given = status == "200 OK";
    Ok(is_given.then(|| scope.unwrap_or_default().to_owned()))
}

/// A token that says who it is for and until when, and that nobody signed.
fn token(lifetime: Duration) -> String {
    let now = SystemTime::now();
    let now = now
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let until = now + lifetime.as_secs();
    let claims = format!(r#"{{"sub":"copydesk","iat":{now},"exp":{until}}}"#);
    let encoded = [r#"{"alg":"none"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{}.{}.", encoded[0], encoded[1])
}
