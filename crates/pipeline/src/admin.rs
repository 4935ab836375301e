//! The admin port: `/healthz`, `/readyz`, `/metrics`, `/status`. Plain HTTP, on loopback unless
//! configured otherwise, and it only tells.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use jiff::Timestamp;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};

use crate::board::{Board, Doing, TaskStatus};
use crate::log::Log;
use crate::overview::{Overview, overview};
use crate::runtime::Runtime;

/// What `/status` tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The process.
    pub process: Process,
    /// Its tasks.
    pub tasks: Vec<TaskStatus>,
    /// Topics and lags.
    pub overview: Overview,
}

/// What runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The version of copydesk.
    pub version: String,
    /// The hash of its effective configuration.
    pub config: String,
    /// When it started.
    pub started_at: Timestamp,
}

/// Installs the process's metrics recorder.
///
/// # Errors
/// Where one is installed already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    crate::metrics::describe();
    Ok(handle)
}

/// Answers on `listener` until `stop` is ready.
pub async fn serve<L: Log>(
    listener: TcpListener,
    runtime: Runtime<L>,
    prometheus: PrometheusHandle,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let process = Process {
        pid: std::process::id(),
        version: runtime.provenance.version.clone(),
        config: runtime.provenance.config.clone(),
        started_at: Timestamp::now(),
    };
    let board = runtime.board.clone();
    let ready = move || readiness(&board);
    let desk = Arc::new(Desk { runtime, process });
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || std::future::ready(ready())))
        .route(
            "/metrics",
            get(move || std::future::ready(prometheus.render())),
        )
        .route("/status", get(status::<L>))
        .with_state(desk);
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}

struct Desk<L> {
    runtime: Runtime<L>,
    process: Process,
}

fn readiness(board: &Board) -> Response {
    if board.is_ready() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: see /status\n").into_response()
    }
}

#[derive(Deserialize)]
struct Format {
    format: Option<String>,
}

async fn status<L: Log>(
    State(desk): State<Arc<Desk<L>>>,
    Query(format): Query<Format>,
) -> Response {
    let runtime = desk.runtime.clone();
    // The overview asks the log, which may block.
    let read = tokio::task::spawn_blocking(move || overview(&runtime.log, &runtime.topology)).await;
    let overview = match read {
        Ok(Ok(overview)) => overview,
        Ok(Err(failure)) => {
            return (StatusCode::SERVICE_UNAVAILABLE, format!("{failure}\n")).into_response();
        }
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response();
        }
    };
    let status = Status {
        process: desk.process.clone(),
        tasks: desk.runtime.board.tasks(),
        overview,
    };
    if format.format.as_deref() == Some("text") {
        return status.to_string().into_response();
    }
    match serde_json::to_string_pretty(&status) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

impl Status {
    /// The process and its tasks as lines, without topics and lags.
    pub fn own(&self) -> String {
        let process = &self.process;
        let head = format!(
            "process {} of copydesk {} (configuration {}), up since {:.0}\n",
            process.pid, process.version, process.config, process.started_at
        );
        let lines = std::iter::once(head).chain(self.tasks.iter().map(line));
        lines.collect()
    }
}

fn line(task: &TaskStatus) -> String {
    let doing = match &task.doing {
        Doing::Opening => "opening".to_owned(),
        Doing::Running => "running".to_owned(),
        Doing::Waiting(why) => format!("waiting: {why}"),
        Doing::StandingBy => "standing by".to_owned(),
        Doing::Stopped => "stopped".to_owned(),
    };
    format!(
        "  {:<7} {:>3}  {doing}, {} handled, {} state entries, reopened {} times\n",
        task.stage, task.partition, task.handled, task.state_entries, task.reopened
    )
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.own(), self.overview)
    }
}

impl std::fmt::Display for Overview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "topics")?;
        for topic in &self.topics {
            let what = if topic.has_markers {
                "offsets"
            } else {
                "records"
            };
            writeln!(
                f,
                "  {:<22} {:>10} {what} in {} partitions",
                topic.topic,
                topic.records(),
                topic.partitions.len()
            )?;
        }
        writeln!(f, "stages")?;
        for stage in &self.stages {
            writeln!(
                f,
                "  {:<7} {:>3}  reads {} next at {}, {} behind",
                stage.stage, stage.partition, stage.topic, stage.next, stage.lag
            )?;
        }
        Ok(())
    }
}

/// Asks a running process for its status. `None` where nothing answers at `address`.
pub async fn ask(address: SocketAddr) -> Option<Status> {
    let answer = tokio::time::timeout(Duration::from_secs(5), get_status(address));
    serde_json::from_slice(&answer.await.ok()??).ok()
}

async fn get_status(address: SocketAddr) -> Option<Bytes> {
    let stream = TcpStream::connect(address).await.ok()?;
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.ok()?;
    tokio::spawn(connection);
    let request = hyper::Request::get("/status")
        .header("host", address.to_string())
        .body(http_body_util::Empty::<Bytes>::new())
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    Some(response.into_body().collect().await.ok()?.to_bytes())
}
