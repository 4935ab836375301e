//! The callbacks of subscriptions: verification of intent and content distribution (W3C WebSub, sections 5.3
//! and 7). Whoever is not a hub that was asked learns nothing here, and changes nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use pipeline::metrics::WEBSUB_MESSAGES;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use url::form_urlencoded;

use super::desk::{Desks, Elsewhere, Event, Told};
use super::guests::Guests;
use super::signature::{Deriver, is_signed};
use crate::outcome::Answer;

/// How long a hub waits for its content to be written down.
const WRITTEN_WITHIN: Duration = Duration::from_secs(20);
/// How long a request may take to arrive.
const ARRIVED_WITHIN: Duration = Duration::from_secs(30);
/// How many requests are answered at once: each may hold a feed.
const AT_ONCE: usize = 32;
/// The header field that marks what a hub has sent among what was polled. What a hub sends is what is new,
/// and not all that the feed lists.
pub(crate) const PUSHED: &str = "x-copydesk-pushed";

/// What the callbacks need.
#[derive(Clone, Debug)]
pub(crate) struct Callbacks {
    pub(crate) deriver: Deriver,
    pub(crate) desks: Desks,
    /// How many bytes content may have.
    pub(crate) limit: usize,
    /// What a hub grants that says nothing of it.
    pub(crate) lease: Duration,
    pub(crate) slots: Arc<Semaphore>,
}

impl Callbacks {
    pub(crate) fn slots() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(AT_ONCE))
    }
}

/// Answers for ever.
pub(crate) async fn serve(listener: TcpListener, callbacks: Callbacks) {
    let router = Router::new().fallback(answer).with_state(callbacks);
    let listener = Guests::of(listener);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!("the callbacks of subscriptions are not answered any more: {error}");
    }
}

/// Answers, and ends the connection: its next header would be waited for longer than the first.
async fn answer(State(callbacks): State<Callbacks>, request: Request) -> Response {
    let mut response = respond(callbacks, request).await;
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

async fn respond(callbacks: Callbacks, request: Request) -> Response {
    let Ok(_slot) = callbacks.slots.try_acquire() else {
        return later();
    };
    // The last two parts of the path, wherever a proxy in front of us has put them.
    let path = request.uri().path().trim_end_matches('/');
    let own = path
        .rmatch_indices('/')
        .nth(1)
        .map_or(path, |(at, _)| &path[at..]);
    let Some(url) = callbacks.deriver.feed(own) else {
        count("unknown");
        return StatusCode::NOT_FOUND.into_response();
    };
    match *request.method() {
        Method::GET => verify(&callbacks, url, request.uri().query().unwrap_or_default()),
        Method::POST => {
            match tokio::time::timeout(ARRIVED_WITHIN, take(&callbacks, url, request)).await {
                Ok(response) => response,
                Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
            }
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn verify(callbacks: &Callbacks, url: String, query: &str) -> Response {
    let get = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, value) = pairs.find(|(found, _)| found == name)?;
        Some(value.into_owned())
    };
    let Ok(wanted) = callbacks.desks.wanted(&url) else {
        return later();
    };
    let is_wanted = wanted.is_some() && wanted == get("hub.topic");
    let event = match (get("hub.mode").as_deref(), is_wanted) {
        (Some("subscribe"), true) => {
            let seconds = get("hub.lease_seconds").and_then(|seconds| seconds.parse().ok());
            Event::Verified(seconds.map_or(callbacks.lease, Duration::from_secs))
        }
        // Nobody asked for it any more, so it may end.
        (Some("unsubscribe"), false) => return echo(get("hub.challenge")),
        (Some("denied"), true) => {
            Event::Denied(get("hub.reason").unwrap_or_else(|| "the hub says no".to_owned()))
        }
        _ => {
            count("refused");
            return StatusCode::NOT_FOUND.into_response();
        }
    };
    let challenge = match &event {
        Event::Verified(_) => get("hub.challenge"),
        _ => Some(String::new()),
    };
    if challenge.is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match callbacks.desks.tell(Told { url, event }) {
        Ok(()) => echo(challenge),
        Err(_) => later(),
    }
}

/// The challenge, as text that no browser takes for anything else.
fn echo(challenge: Option<String>) -> Response {
    let Some(challenge) = challenge else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, challenge).into_response()
}

async fn take(callbacks: &Callbacks, url: String, request: Request) -> Response {
    let topic = match callbacks.desks.wanted(&url) {
        Ok(Some(topic)) => topic,
        Ok(None) => {
            // So the hub forgets the subscription.
            count("unknown");
            return StatusCode::GONE.into_response();
        }
        Err(_) => return later(),
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body, callbacks.limit).await else {
        count("too_big");
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let signatures = parts.headers.get_all("x-hub-signature");
    let signatures = signatures.iter().filter_map(|value| value.to_str().ok());
    if !is_signed(signatures, &callbacks.deriver.secret(&url), &body) {
        count("forged");
        tracing::warn!(
            feed = url,
            "somebody sent content that the hub has not signed; it is ignored"
        );
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .filter(|(name, _)| is_kept(name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    headers.push((PUSHED.to_owned(), "1".to_owned()));
    let answer = Answer {
        final_url: topic,
        status: 200,
        headers,
        body,
        ..Answer::default()
    };
    let (written, is_written) = oneshot::channel();
    let event = Event::Content {
        answer: Box::new(answer),
        at: Timestamp::now(),
        written,
    };
    if let Err(Elsewhere::NotHere | Elsewhere::Busy) = callbacks.desks.tell(Told { url, event }) {
        return later();
    }
    match tokio::time::timeout(WRITTEN_WITHIN, is_written).await {
        Ok(Ok(())) => {
            count("taken");
            StatusCode::ACCEPTED.into_response()
        }
        _ => later(),
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, axum::Error> {
    Ok(to_bytes(body, limit).await?.into())
}

/// What says how the content is to be read. The rest is between the hub and whoever stands in front of us.
fn is_kept(name: &str) -> bool {
    matches!(
        name,
        "content-type"
            | "content-language"
            | "content-location"
            | "link"
            | "date"
            | "etag"
            | "last-modified"
    )
}

/// Nobody has it here now: the hub tries again.
fn later() -> Response {
    count("deferred");
    let wait = [(header::RETRY_AFTER, "60")];
    (StatusCode::SERVICE_UNAVAILABLE, wait).into_response()
}

fn count(outcome: &'static str) {
    metrics::counter!(WEBSUB_MESSAGES, "outcome" => outcome).increment(1);
}
