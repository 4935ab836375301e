//! A piece of work in a trace.

use std::borrow::Cow;
use std::time::SystemTime;

use jiff::Timestamp;
use opentelemetry::KeyValue;
use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::context::{Context, Origin};
use super::export;

/// A piece of work under way. It costs next to nothing where nobody records it.
///
/// One that is dropped without its end was given up, and says so.
#[derive(Debug)]
pub struct Span {
    context: Context,
    /// What is told of it, where it is.
    data: Option<Box<SpanData>>,
}

impl Span {
    /// Begins a piece of work that follows from `origin`. `name` is asked for only where somebody
    /// wants to know it.
    pub(super) fn begin<N: Into<Cow<'static, str>>>(
        kind: SpanKind,
        origin: &Origin,
        name: impl FnOnce() -> N,
    ) -> Self {
        let context = Context::after(origin);
        if !export::wants(&context) {
            return Self {
                context,
                data: None,
            };
        }
        let parent = match origin {
            Origin::Continues(parent) => parent.inner(),
            Origin::Nothing | Origin::Rarely | Origin::PointsTo(_) => None,
        };
        let now = SystemTime::now();
        let data = context.inner().map(|own| {
            Box::new(SpanData {
                span_context: own.clone(),
                parent_span_id: parent.map_or(SpanId::INVALID, SpanContext::span_id),
                parent_span_is_remote: parent.is_some_and(SpanContext::is_remote),
                span_kind: kind,
                name: name().into(),
                start_time: now,
                end_time: now,
                attributes: Vec::new(),
                dropped_attributes_count: 0,
                events: SpanEvents::default(),
                links: SpanLinks::default(),
                status: Status::Unset,
                instrumentation_scope: export::scope(),
            })
        });
        let mut span = Self { context, data };
        if let Origin::PointsTo(other) = origin {
            span.link(other);
        }
        span
    }

    /// Its place in the trace: what follows from it continues this.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Says when it began, where that is not now.
    pub(super) fn since(&mut self, began: Timestamp) {
        if let Some(data) = &mut self.data {
            data.start_time = began.into();
        }
    }

    /// Whether somebody wants to know of it.
    pub(crate) fn is_told(&self) -> bool {
        self.data.is_some()
    }

    /// Points to other work. To no place it points not.
    pub(super) fn link(&mut self, other: &Context) {
        if let (Some(data), Some(other)) = (&mut self.data, other.inner()) {
            let link = Link::new(other.clone(), Vec::new(), 0);
            data.links.links.push(link);
        }
    }

    /// Adds what is to be told of it; `facts` is asked only where somebody wants to know.
    pub(super) fn tell(&mut self, facts: impl FnOnce() -> Vec<KeyValue>) {
        if let Some(data) = &mut self.data {
            data.attributes.extend(facts());
        }
    }

    /// Says that it failed, and why.
    pub fn fail(&mut self, why: impl FnOnce() -> String) {
        if let Some(data) = &mut self.data {
            data.status = Status::error(why());
        }
    }

    /// It has come to its end.
    pub fn end(self) {
        self.end_at(SystemTime::now());
    }

    pub(super) fn end_at(mut self, end: SystemTime) {
        if let Some(mut data) = self.data.take() {
            // A wall clock may be set back in between.
            data.end_time = end.max(data.start_time);
            export::take(*data);
        }
    }

    /// A piece of work that nobody is told of.
    pub(super) fn untold() -> Self {
        Self {
            context: Context::none(),
            data: None,
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(mut data) = self.data.take() {
            data.end_time = SystemTime::now().max(data.start_time);
            if data.status == Status::Unset {
                data.status = Status::error("given up");
            }
            export::take(*data);
        }
    }
}
