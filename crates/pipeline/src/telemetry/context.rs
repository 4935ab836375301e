//! The place of a piece of work in its trace, and how it travels in a record's headers.

use std::str::FromStr as _;

use jiff::{SignedDuration, Timestamp};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};

use super::export;
use crate::headers::{Headers, TRACEPARENT, TRACESTATE};
use crate::log::Stored;

/// On a dead letter, and on the record that is made of it again: the context in which it died.
pub(crate) const DIED: &str = "dead.traceparent";

/// A context older than this is linked to and not continued: a trace that lasts for hours, because a
/// consumer was stopped or a host slow, shows nothing.
const OLD: SignedDuration = SignedDuration::from_mins(15);
/// The length of a version 00 `traceparent`, and of what later versions begin with.
const LENGTH: usize = 55;

/// A place in a trace: trace, span, and whether the trace is recorded. The default is no place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context(Option<SpanContext>);

/// What a piece of work follows from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Origin {
    /// Nothing: it begins a trace, which is recorded or not by the configured share.
    #[default]
    Nothing,
    /// Nothing; it is rare and always recorded.
    Rarely,
    /// It goes on with a trace.
    Continues(Context),
    /// It begins a trace of its own that points to another, and is recorded where that one is.
    PointsTo(Context),
}

impl Context {
    /// No place.
    pub fn none() -> Self {
        Self::default()
    }

    /// The context in which a record was written, by its headers. None where they have none that can
    /// be read: a trace is no reason to refuse a record.
    pub fn of(headers: &Headers) -> Self {
        let Some(parent) = headers.text(TRACEPARENT) else {
            return Self::none();
        };
        Self::parse(parent, headers.text(TRACESTATE))
    }

    /// Reads the W3C form. None where it is not of the form.
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Self {
        let Some((trace, span, flags)) = fields(traceparent) else {
            return Self::none();
        };
        let state = tracestate.and_then(|state| TraceState::from_str(state).ok());
        let context = SpanContext::new(trace, span, flags, true, state.unwrap_or_default());
        Self(context.is_valid().then_some(context))
    }

    /// The W3C form; `None` for no place.
    pub fn traceparent(&self) -> Option<String> {
        let context = self.0.as_ref()?;
        let flags = u8::from(context.is_sampled());
        Some(format!(
            "00-{:032x}-{:016x}-{flags:02x}",
            context.trace_id(),
            context.span_id()
        ))
    }

    /// What other systems added to the trace, in the W3C form, where they did.
    pub fn tracestate(&self) -> Option<String> {
        let state = self.0.as_ref()?.trace_state().header();
        (!state.is_empty()).then_some(state)
    }

    /// The trace's id in hexadecimal digits; `None` for no place.
    pub fn trace_id(&self) -> Option<String> {
        let context = self.0.as_ref()?;
        Some(format!("{:032x}", context.trace_id()))
    }

    /// Whether it is a place at all.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Whether its trace is recorded, here or elsewhere.
    pub fn is_sampled(&self) -> bool {
        self.0.as_ref().is_some_and(SpanContext::is_sampled)
    }

    /// The headers with this context in place of what they had.
    #[must_use]
    pub fn stamp(&self, mut headers: Headers) -> Headers {
        let Some(parent) = self.traceparent() else {
            return headers;
        };
        headers
            .0
            .retain(|(name, _)| name != TRACEPARENT && name != TRACESTATE);
        headers = headers.with(TRACEPARENT, parent);
        match self.tracestate() {
            Some(state) => headers.with(TRACESTATE, state),
            None => headers,
        }
    }

    pub(super) fn inner(&self) -> Option<&SpanContext> {
        self.0.as_ref()
    }

    /// A new place that follows from `origin`.
    pub(super) fn after(origin: &Origin) -> Self {
        let ids = RandomIdGenerator::default();
        let begin = |is_sampled: Option<bool>| {
            let trace = ids.new_trace_id();
            let is_sampled = is_sampled.unwrap_or_else(|| export::is_chosen(trace));
            let flags = TraceFlags::default().with_sampled(is_sampled);
            SpanContext::new(
                trace,
                ids.new_span_id(),
                flags,
                false,
                TraceState::default(),
            )
        };
        let context = match origin {
            Origin::Continues(Self(Some(parent))) => SpanContext::new(
                parent.trace_id(),
                ids.new_span_id(),
                parent.trace_flags(),
                false,
                parent.trace_state().clone(),
            ),
            Origin::PointsTo(other @ Self(Some(_))) => begin(Some(other.is_sampled())),
            Origin::Rarely => begin(Some(true)),
            Origin::Nothing | Origin::Continues(_) | Origin::PointsTo(_) => begin(None),
        };
        Self(Some(context))
    }
}

impl Origin {
    /// What follows from a context of `since`: it goes on with it, unless that is more than 15 minutes
    /// before `now`.
    pub fn aged(context: Context, since: Timestamp, now: Timestamp) -> Self {
        if !context.is_some() {
            return Self::Nothing;
        }
        if now.duration_since(since) > OLD {
            return Self::PointsTo(context);
        }
        Self::Continues(context)
    }

    /// What the handling of a record follows from: what wrote the record, unless that is long ago or
    /// it died on the way.
    pub fn of(record: &Stored, now: Timestamp) -> Self {
        if let Some(died) = record.headers.text(DIED) {
            return Self::PointsTo(Context::parse(died, None));
        }
        Self::aged(Context::of(&record.headers), record.written_at, now)
    }

    /// The context that it names.
    pub fn context(&self) -> Context {
        match self {
            Self::Nothing | Self::Rarely => Context::none(),
            Self::Continues(context) | Self::PointsTo(context) => context.clone(),
        }
    }
}

/// The fields of a `traceparent`. Versions after 00 may have more behind them.
fn fields(text: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let text = text.trim();
    let known = text.get(..LENGTH)?;
    let mut parts = known.split('-');
    let version = digits(parts.next()?, 2)?;
    let trace = digits(parts.next()?, 32)?;
    let span = digits(parts.next()?, 16)?;
    let flags = digits(parts.next()?, 2)?;
    let rest = &text[LENGTH..];
    let is_whole = match version {
        0 => rest.is_empty(),
        255 => false,
        _ => rest.is_empty() || rest.starts_with('-'),
    };
    is_whole.then_some(())?;
    let trace = TraceId::from(trace);
    let span = SpanId::from(span as u64);
    let flags = TraceFlags::new(flags as u8) & TraceFlags::SAMPLED;
    (trace != TraceId::INVALID && span != SpanId::INVALID).then_some((trace, span, flags))
}

/// A number of exactly so many lower-case hexadecimal digits, as the standard asks for.
fn digits(text: &str, count: usize) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != count || !text.bytes().all(is_digit) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests;
