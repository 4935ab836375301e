//! HTTP: one listener for all hosts, told apart by the Host header.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::answer::{Answer, Conditions};
use crate::misbehaviour::What;
use crate::requests::{Request, Underway};
use crate::room::Room;

/// Serves until told to stop, then answers what is under way.
pub(crate) async fn run(listener: TcpListener, room: Arc<Room>, mut stop: watch::Receiver<bool>) {
    let router = Router::new().fallback(handle).with_state(room);
    let stopped = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "newsroom stopped serving");
    }
}

async fn handle(State(room): State<Arc<Room>>, request: HttpRequest) -> Response {
    let host = host_of(request.headers(), request.uri().host());
    let asked = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let conditions = Conditions::read(request.headers());
    let underway = room.log.arrive(Request {
        host: host.clone(),
        path: asked.to_owned(),
        at: room.elapsed(),
        status: 0,
        in_flight: 0,
        conditional: conditions.any(),
    });
    let (answer, delivery) = if matches!(*request.method(), Method::GET | Method::HEAD) {
        respond(&room, &host, asked, &conditions).await
    } else {
        let refused = Answer::status(405, "only GET and HEAD\n");
        (refused, Delivery::default())
    };
    underway.answered(answer.status);
    deliver(answer, delivery, underway).await
}

/// The host that a request names, without its port, in lower case.
fn host_of(headers: &HeaderMap, absolute: Option<&str>) -> String {
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = absolute.or(named).unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    host.to_ascii_lowercase()
}

/// How an answer's bytes go out.
#[derive(Debug, Default)]
struct Delivery {
    delay: Duration,
    bytes_per_second: Option<u32>,
    truncated: bool,
}

async fn respond(
    room: &Arc<Room>,
    host: &str,
    asked: &str,
    conditions: &Conditions,
) -> (Answer, Delivery) {
    let moved = Moved::read(asked);
    if let Some(moved) = &moved
        && moved.hops > 0
    {
        return (moved.next(), Delivery::default());
    }
    let target = moved.as_ref().map_or(asked, |moved| moved.target);
    let what = if Room::is_own(host) {
        None
    } else {
        room.rules.strike(host, target, moved.is_some()).cloned()
    };
    if let Some(answer) = what.as_ref().and_then(|what| instead(what, target)) {
        return (answer, Delivery::default());
    }
    let spoilt = what.as_ref().is_some_and(What::spoils);
    let answer = find(room, host, target, spoilt).await;
    match what {
        Some(What::Slow {
            delay,
            bytes_per_second,
        }) => {
            let slowly = Delivery {
                delay,
                bytes_per_second,
                truncated: false,
            };
            (answer.unless_known(conditions), slowly)
        }
        Some(what) => {
            let halved = Delivery {
                truncated: what == What::Truncate,
                ..Delivery::default()
            };
            (spoil(answer, &what), halved)
        }
        None => (answer.unless_known(conditions), Delivery::default()),
    }
}

async fn find(room: &Arc<Room>, host: &str, target: &str, spoilt: bool) -> Answer {
    if !room.reads_disk() {
        return room.answer(host, target, spoilt);
    }
    let (room, host, target) = (Arc::clone(room), host.to_owned(), target.to_owned());
    tokio::task::spawn_blocking(move || room.answer(&host, &target, spoilt))
        .await
        .unwrap_or_else(|_| Answer::status(500, "the page cannot be read\n"))
}

/// The answer that stands in for the document.
fn instead(what: &What, target: &str) -> Option<Answer> {
    let answer = match what {
        What::TooManyRequests { retry_after_s } => Answer::status(429, "too many requests\n")
            .with(header::RETRY_AFTER, retry_after_s.to_string()),
        What::ServerError(status) => Answer::status(*status, "something is wrong here\n"),
        What::Gone => Answer::status(410, "gone\n"),
        What::NotModified => Answer {
            body: Bytes::new(),
            ..Answer::status(304, "")
        },
        What::Redirect { status, hops } if *hops > 0 => Moved {
            status: *status,
            hops: *hops,
            target,
        }
        .next(),
        _ => return None,
    };
    Some(answer)
}

/// The document with its bytes spoilt, without validators: a 304 later on would make it last.
fn spoil(mut answer: Answer, what: &What) -> Answer {
    if answer.status != 200 {
        return answer;
    }
    answer.validators = None;
    match what {
        What::BrokenXml => {
            // A bare ampersand, an element that nothing closes, and no end.
            let mut body = answer.body[..answer.body.len() * 9 / 10].to_vec();
            body.extend_from_slice(b" & <unclosed");
            answer.body = body.into();
        }
        What::WrongEncoding => {
            let text = String::from_utf8_lossy(&answer.body);
            answer.body = encoding_rs::WINDOWS_1252
                .encode(&text)
                .0
                .into_owned()
                .into();
            let media = answer.content_type.split(';').next().unwrap_or_default();
            answer.content_type = format!("{media}; charset=utf-8");
        }
        _ => {}
    }
    answer
}

/// A target on its way through redirects: `/moved/STATUS/HOPS/TARGET`, `HOPS` still to go.
struct Moved<'a> {
    status: u16,
    hops: u32,
    target: &'a str,
}

impl<'a> Moved<'a> {
    fn read(asked: &'a str) -> Option<Self> {
        let rest = asked.strip_prefix("/moved/")?;
        let (status, rest) = rest.split_once('/')?;
        let slash = rest.find('/')?;
        Some(Self {
            status: status.parse().ok().filter(|it| (300..400).contains(it))?,
            hops: rest[..slash].parse().ok()?,
            target: &rest[slash..],
        })
    }

    fn next(&self) -> Answer {
        let Self {
            status,
            hops,
            target,
        } = self;
        Answer::status(*status, "moved\n").with(
            header::LOCATION,
            format!("/moved/{status}/{}{target}", hops - 1),
        )
    }
}

async fn deliver(answer: Answer, delivery: Delivery, underway: Underway) -> Response {
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status);
    if answer.status != 304 {
        response = response.header(header::CONTENT_TYPE, &answer.content_type);
    }
    if let Some(validators) = &answer.validators {
        response = response.header(header::ETAG, &validators.etag);
        if let Some(modified) = validators.last_modified() {
            response = response.header(header::LAST_MODIFIED, modified);
        }
    }
    if let Some((name, value)) = &answer.extra {
        response = response.header(name, value);
    }
    let body = if delivery.truncated {
        response = response.header(header::CONTENT_LENGTH, answer.body.len());
        halved(&answer.body, underway)
    } else if let Some(rate) = delivery.bytes_per_second {
        response = response.header(header::CONTENT_LENGTH, answer.body.len());
        trickled(answer.body, rate, underway)
    } else {
        Body::from(answer.body)
    };
    response.body(body).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer has an impossible header");
        Response::new(Body::empty())
    })
}

/// The first half, then an error: the connection breaks before the announced length.
fn halved(body: &Bytes, underway: Underway) -> Body {
    let half = body.slice(..body.len() / 2);
    let steps = stream::unfold((Some(half), underway), |(half, underway)| async move {
        if let Some(half) = half {
            return Some((Ok(half), (None, underway)));
        }
        // The half must be on the wire before the connection breaks, or nothing arrives.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let broken = std::io::Error::other("truncated on request");
        Some((Err(broken), (None, underway)))
    });
    Body::from_stream(steps)
}

/// The body in portions, ten a second or one byte at a time.
fn trickled(body: Bytes, bytes_per_second: u32, underway: Underway) -> Body {
    let portion = (bytes_per_second as usize / 10).max(1);
    let pause = Duration::from_secs_f64(portion as f64 / f64::from(bytes_per_second.max(1)));
    let steps = stream::unfold((body, underway), move |(mut rest, underway)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(portion.min(rest.len()));
        Some((Ok::<_, std::io::Error>(next), (rest, underway)))
    });
    Body::from_stream(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_target_counts_down() {
        let moved = Moved::read("/moved/301/2/feed.xml?a=b").expect("a moved target");
        let (_, location) = moved.next().extra.expect("a location");
        assert_eq!(location, "/moved/301/1/feed.xml?a=b");
        assert_eq!(moved.target, "/feed.xml?a=b");
        assert!(Moved::read("/moved/200/1/x").is_none());
        assert!(Moved::read("/news/moved").is_none());
    }

    #[test]
    fn the_host_has_no_port() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "A.Example:8080".parse().expect("a value"));
        assert_eq!(host_of(&headers, None), "a.example");
        assert_eq!(host_of(&headers, Some("b.example")), "b.example");
        assert_eq!(host_of(&HeaderMap::new(), None), "");
    }
}
