//! Asking an admin port.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Bytes;
use tokio::net::TcpStream;

use super::Status;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks a running process for its status. `None` where nothing answers at `address`.
pub async fn ask(address: SocketAddr) -> Option<Status> {
    let (_, body) = get(address, "/status").await?;
    serde_json::from_slice(&body).ok()
}

/// Asks a running process how it is: at `path`, such as `/healthz`. Whether all is well, and what it
/// says; `None` where nothing answers at `address`.
pub async fn probe(address: SocketAddr, path: &str) -> Option<(bool, String)> {
    let (status, body) = get(address, path).await?;
    let text = String::from_utf8_lossy(&body).trim().to_owned();
    Some((status.is_success(), text))
}

async fn get(address: SocketAddr, path: &str) -> Option<(StatusCode, Bytes)> {
    let answer = tokio::time::timeout(PATIENCE, request(address, path));
    answer.await.ok()?
}

async fn request(address: SocketAddr, path: &str) -> Option<(StatusCode, Bytes)> {
    let stream = TcpStream::connect(address).await.ok()?;
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.ok()?;
    tokio::spawn(connection);
    let request = hyper::Request::get(path)
        .header("host", address.to_string())
        .body(http_body_util::Empty::<Bytes>::new())
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    let status = response.status();
    Some((
        status,
        response.into_body().collect().await.ok()?.to_bytes(),
    ))
}
