//! A backend for spans: takes OTLP over HTTP as any other does, and keeps what it gets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1 as otlp;
use prost::Message as _;
use tokio::runtime::Runtime;

/// What came, as it is judged.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty at a trace's begin.
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) kind: otlp::span::SpanKind,
    /// Traces and spans pointed to.
    pub(crate) links: Vec<(String, String)>,
    pub(crate) facts: BTreeMap<String, String>,
    /// What went wrong, where something did.
    pub(crate) error: Option<String>,
    pub(crate) begin: u64,
    pub(crate) end: u64,
    /// The name of the service that told it.
    pub(crate) service: String,
}

#[derive(Clone, Default)]
struct Got {
    spans: Arc<Mutex<Vec<Span>>>,
    tokens: Arc<Mutex<Vec<String>>>,
}

/// A running backend.
pub(crate) struct Collector {
    got: Got,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Collector {
    /// Listens on `port` of loopback, 0 for a free one.
    pub(crate) fn open(port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a tokio runtime");
        let listen = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port));
        let listener = runtime.block_on(listen).expect("the port is free");
        let address = listener.local_addr().expect("it has an address");
        let got = Got::default();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(got.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            got,
            address,
            _runtime: runtime,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has come so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let spans = self.got.spans.lock();
        spans.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The values of `authorization` that came along.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let tokens = self.got.tokens.lock();
        tokens.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn take(State(got): State<Got>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let is_protobuf = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/x-protobuf");
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    if !is_protobuf {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE;
    }
    if let Some(Ok(token)) = headers
        .get(header::AUTHORIZATION)
        .map(|token| token.to_str())
    {
        let mut tokens = got.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.push(token.to_owned());
    }
    let mut spans = got.spans.lock().unwrap_or_else(PoisonError::into_inner);
    for resource in request.resource_spans {
        let about = resource.resource.map(|resource| facts(resource.attributes));
        let service = about.unwrap_or_default().remove("service.name");
        let scopes = resource.scope_spans.into_iter();
        let told = scopes.flat_map(|scope| scope.spans);
        spans.extend(told.map(|span| read(span, service.clone().unwrap_or_default())));
    }
    StatusCode::OK
}

fn read(span: otlp::Span, service: String) -> Span {
    let links = span.links.iter();
    let status = span.status.clone().unwrap_or_default();
    let is_error = status.code() == otlp::status::StatusCode::Error;
    Span {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        kind: span.kind(),
        links: links
            .map(|link| (hex(&link.trace_id), hex(&link.span_id)))
            .collect(),
        error: is_error.then_some(status.message),
        begin: span.start_time_unix_nano,
        end: span.end_time_unix_nano,
        name: span.name,
        facts: facts(span.attributes),
        service,
    }
}

fn facts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    attributes
        .into_iter()
        .map(|fact| (fact.key, text(fact.value)))
        .collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
