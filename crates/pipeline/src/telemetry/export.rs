//! Sending spans to a backend, by OTLP over HTTP.
//!
//! A thread of its own sends them in batches. What it cannot send in time is dropped: traces never hold
//! up the pipeline.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::{SpanKind, TraceId};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{SpanExporter as Otlp, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SamplingDecision, ShouldSample as _, SpanData,
    SpanExporter, SpanProcessor as _,
};

use super::config::{TracingConfig, TracingError};
use super::context::Context;

/// The name under which all processes tell their spans.
const SERVICE: &str = "copydesk";
/// How long a backend may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a stop waits for the last spans to be sent.
const LAST: Duration = Duration::from_secs(3);
/// How often spans are sent, where there are few.
const DELAY: Duration = Duration::from_secs(1);
/// How many spans wait to be sent at the most, about 1 KB each, and how many are sent at once.
const QUEUE: usize = 8_192;
const BATCH: usize = 1_024;

/// What this process does with traces; nothing until [`export`].
static TRACING: OnceLock<Tracing> = OnceLock::new();

struct Tracing {
    sampler: Sampler,
    system: &'static str,
    processor: Option<BatchSpanProcessor>,
}

/// Spans are sent for as long as this lives; its end sends the last ones, in a bounded time.
#[derive(Debug)]
#[must_use = "its end sends the last spans"]
pub struct Exporting(());

/// Begins to send the spans of this process, where an endpoint is configured, and to choose which polls
/// are traced. `system` is what carries the records: `kafka`, or `copydesk` for its own log.
///
/// The first call of a process holds.
///
/// # Errors
/// A file of header fields that cannot be read, or a client that cannot be made.
pub fn export(config: &TracingConfig, system: &'static str) -> Result<Exporting, TracingError> {
    let processor = match config.address() {
        Some(address) => Some(processor(config, address)?),
        None => None,
    };
    let _ = TRACING.set(Tracing {
        sampler: Sampler::TraceIdRatioBased(config.sample_ratio),
        system,
        processor,
    });
    Ok(Exporting(()))
}

impl Drop for Exporting {
    fn drop(&mut self) {
        let processor = TRACING.get().and_then(|tracing| tracing.processor.as_ref());
        if let Some(processor) = processor
            && let Err(error) = processor.shutdown_with_timeout(LAST)
        {
            tracing::warn!("the last spans could not be sent: {error}");
        }
    }
}

fn processor(config: &TracingConfig, address: String) -> Result<BatchSpanProcessor, TracingError> {
    let headers: HashMap<String, String> = config.headers()?.into_iter().collect();
    let exporter = Otlp::builder()
        .with_http()
        .with_endpoint(&address)
        .with_timeout(TIMEOUT)
        .with_headers(headers)
        .build()
        .map_err(|error| TracingError {
            key: "otlp_endpoint",
            allowed: format!("an address that can be dialled: {error}"),
        })?;
    let watched = Watched {
        exporter,
        address,
        is_failing: AtomicBool::new(false),
    };
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    let mut processor = BatchSpanProcessor::new(watched, batches);
    let resource = Resource::builder()
        .with_service_name(SERVICE)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("process.pid", i64::from(std::process::id())))
        .build();
    processor.set_resource(&resource);
    Ok(processor)
}

/// An exporter that tells once that its backend does not answer, and once that it does again. What the
/// SDK would say of each batch stays unsaid.
#[derive(Debug)]
struct Watched {
    exporter: Otlp,
    address: String,
    is_failing: AtomicBool,
}

impl SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let sent = self.exporter.export(batch).await;
        let was_failing = self.is_failing.swap(sent.is_err(), Ordering::Relaxed);
        let address = self.address.as_str();
        match sent {
            Err(error) if !was_failing => {
                tracing::warn!(
                    address,
                    "spans cannot be sent and are dropped until they can: {error}"
                );
            }
            Ok(()) if was_failing => tracing::info!(address, "spans are sent again"),
            _ => {}
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Whether a new trace is to be recorded.
pub(super) fn is_chosen(trace: TraceId) -> bool {
    let Some(tracing) = TRACING.get() else {
        return false;
    };
    let sampler = &tracing.sampler;
    let chosen = sampler.should_sample(None, trace, "", &SpanKind::Internal, &[], &[]);
    chosen.decision == SamplingDecision::RecordAndSample
}

/// Whether spans of this trace are told by this process.
pub(super) fn wants(context: &Context) -> bool {
    context.is_sampled() && is_on()
}

/// Whether this process tells of any spans.
pub(super) fn is_on() -> bool {
    TRACING
        .get()
        .is_some_and(|tracing| tracing.processor.is_some())
}

/// What carries the records.
pub(super) fn system() -> &'static str {
    TRACING.get().map_or(SERVICE, |tracing| tracing.system)
}

pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope::builder(SERVICE)
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}

/// Takes a span that has come to its end.
pub(super) fn take(span: SpanData) {
    if let Some(tracing) = TRACING.get()
        && let Some(processor) = &tracing.processor
    {
        processor.on_end(span);
    }
}
