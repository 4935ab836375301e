//! Takes spans by OTLP over HTTP and shows them in Jaeger's pages: `trace-viewer 127.0.0.1:4318`.
//!
//! Traces are kept in memory, the newest of them, and nothing outlives the process.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceRequest;
use otlp_embedded::{Config, StateRef, TraceService as _, TraceServiceImpl, ui_app};
use prost::Message as _;

/// How many traces are kept, and how many bytes of them.
const KEPT: Config = Config {
    max_length: 20_000,
    max_memory_usage: 256 << 20,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:4318".to_owned());
    let traces = otlp_embedded::State::new(KEPT);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{}", listener.local_addr()?);
    let take = Router::new()
        .route("/v1/traces", post(take))
        .with_state(traces.clone());
    axum::serve(listener, take.merge(ui_app(traces, "/"))).await
}

async fn take(State(traces): State<StateRef>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let service = TraceServiceImpl::new(traces);
    match service.export(tonic::Request::new(request)).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
