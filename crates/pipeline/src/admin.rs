//! The admin port: `/healthz`, `/readyz`, `/metrics` and `/status` tell, `/stop` ends the process. Plain
//! HTTP, on loopback unless configured otherwise; who may write is the [`Guard`]'s to say.

mod client;
mod guard;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use metrics_exporter_prometheus::{BuildError, PrometheusHandle};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

pub use self::client::{ask, probe};
pub use self::guard::{Guard, TokenError};

use crate::board::{Board, Doing, STUCK, TaskStatus};
use crate::log::Log;
use crate::metrics;
use crate::overview::{Overview, overview};
use crate::runtime::Runtime;

/// How long the log may take to tell how far everything has come.
const PATIENCE: Duration = Duration::from_secs(2);
/// What `/metrics` is written in.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What `/status` tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The process.
    pub process: Process,
    /// Its tasks.
    pub tasks: Vec<TaskStatus>,
    /// Topics and lags, where the log has answered in time.
    pub overview: Option<Overview>,
    /// Why it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overview_unavailable: Option<String>,
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
    let handle = metrics::recorder()?.install_recorder()?;
    metrics::describe();
    Ok(handle)
}

/// Answers on `listener` until `stop` is ready; lets those write whom `guard` lets.
pub async fn serve<L: Log>(
    listener: TcpListener,
    runtime: Runtime<L>,
    prometheus: PrometheusHandle,
    guard: Guard,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    guard.warn_of(listener.local_addr()?);
    let process = Process {
        pid: std::process::id(),
        version: runtime.provenance.version.clone(),
        config: runtime.provenance.config.clone(),
        started_at: Timestamp::now(),
    };
    let board = runtime.board.clone();
    let ready = move || readiness(&board);
    let board = runtime.board.clone();
    let alive = move || liveness(&board, STUCK);
    let (board, provenance) = (runtime.board.clone(), runtime.provenance.clone());
    let scrape = move || prometheus.render() + &metrics::scrape(&board, &provenance);
    let asking = Arc::default();
    let desk = Arc::new(Desk {
        runtime,
        process,
        asking,
    });
    let router = Router::new()
        .route("/healthz", get(move || std::future::ready(alive())))
        .route("/readyz", get(move || std::future::ready(ready())))
        .route(
            "/metrics",
            get(move || std::future::ready(([(header::CONTENT_TYPE, EXPOSITION)], scrape()))),
        )
        .route("/status", get(status::<L>))
        .route("/stop", post(end::<L>))
        .layer(axum::middleware::from_fn_with_state(guard, guard::check))
        .with_state(desk);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
}

struct Desk<L> {
    runtime: Runtime<L>,
    process: Process,
    /// Held while the log is asked for the overview.
    asking: Arc<Mutex<()>>,
}

fn readiness(board: &Board) -> Response {
    if board.is_ready() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: see /status\n").into_response()
    }
}

/// Whether nothing is stuck. Not whether all is well: whoever ends what does not answer well here must not
/// end what waits for a broker, or restores, and would only begin again with it.
fn liveness(board: &Board, patience: Duration) -> Response {
    let stuck = board.stuck(patience).into_iter();
    let stuck = stuck.map(|(stage, partition, silence)| {
        let seconds = silence.as_secs();
        format!("{stage} {partition} has given no sign of life for {seconds} s")
    });
    let stuck: Vec<_> = stuck.collect();
    if stuck.is_empty() {
        return "ok\n".into_response();
    }
    let text = format!("stuck: {}; see /status\n", stuck.join(", "));
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// Does what SIGTERM does, for those who can send no signal.
async fn end<L: Log>(State(desk): State<Arc<Desk<L>>>) -> (StatusCode, &'static str) {
    tracing::info!("asked to stop through the admin port: finishing what has begun");
    desk.runtime.shutdown.request();
    (StatusCode::ACCEPTED, "finishing what has begun\n")
}

#[derive(Deserialize)]
struct Format {
    format: Option<String>,
}

async fn status<L: Log>(
    State(desk): State<Arc<Desk<L>>>,
    Query(format): Query<Format>,
) -> Response {
    let (overview, overview_unavailable) = match look(&desk).await {
        Ok(overview) => (Some(overview), None),
        Err(why) => (None, Some(why)),
    };
    let status = Status {
        process: desk.process.clone(),
        tasks: desk.runtime.board.tasks(),
        overview,
        overview_unavailable,
    };
    if format.format.as_deref() == Some("text") {
        return status.to_string().into_response();
    }
    match serde_json::to_string_pretty(&status) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// The overview, or why there is none: the log may not answer, and the tasks are told of all the same.
async fn look<L: Log>(desk: &Desk<L>) -> Result<Overview, String> {
    let runtime = desk.runtime.clone();
    let asking = desk.asking.clone();
    let read = async move {
        // One at a time: a question that is given up here goes on until the log gives it up.
        let turn = asking.lock_owned().await;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            overview(&runtime.log, &runtime.live.topology())
        })
        .await
    };
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(Ok(overview))) => Ok(overview),
        Ok(Ok(Err(failure))) => Err(failure.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("the log has not answered in {PATIENCE:?}")),
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
    let stuck = task
        .stuck_seconds
        .map_or_else(String::new, |seconds| format!(", stuck for {seconds} s"));
    let lag = task.lag.filter(|lag| lag.records > 0);
    let lag = lag.map_or_else(String::new, |lag| format!(", {} behind", lag.records));
    format!(
        "  {:<7} {:>3}  {doing}{stuck}, {} handled{lag}, {} state entries, reopened {} times\n",
        task.stage, task.partition, task.handled, task.state_entries, task.reopened
    )
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.own())?;
        match (&self.overview, &self.overview_unavailable) {
            (Some(overview), _) => write!(f, "{overview}"),
            (None, Some(why)) => writeln!(f, "overview unavailable: {why}"),
            (None, None) => writeln!(f, "overview unavailable"),
        }
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

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    /// What is answered where a task that does this has been silent for longer than `patience`.
    #[track_caller]
    fn check(doing: &Doing, patience: Duration, expected: (StatusCode, &str)) {
        let board = Board::default();
        board.update("clean", 3, |task| task.doing = doing.clone());
        std::thread::sleep(Duration::from_millis(5));
        let answer = liveness(&board, patience);
        let status = answer.status();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let body = runtime
            .expect("a runtime")
            .block_on(answer.into_body().collect());
        let body = body.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert_eq!((status, text.trim()), expected, "{doing:?}");
    }

    #[test]
    fn only_who_is_at_work_and_silent_is_stuck() {
        let ok = (StatusCode::OK, "ok");
        let stuck = (
            StatusCode::SERVICE_UNAVAILABLE,
            "stuck: clean 3 has given no sign of life for 0 s; see /status",
        );
        let waiting = || Doing::Waiting("for the broker".to_owned());
        for doing in [Doing::Opening, Doing::Running, waiting()] {
            check(&doing, Duration::from_millis(1), stuck);
            check(&doing, STUCK, ok);
        }
        check(&Doing::StandingBy, Duration::from_millis(1), ok);
        check(&Doing::Stopped, Duration::from_millis(1), ok);
    }
}
