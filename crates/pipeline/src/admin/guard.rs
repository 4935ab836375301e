//! Who may change something through the admin port.
//!
//! Reading is free. A write from this machine is let through unless a web page may have sent it: a
//! browser on the machine reaches loopback too, under a foreign origin, or under a foreign name that was
//! made to resolve to loopback. A write from elsewhere needs the token.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq as _;

/// The shortest token that is taken: what a person would type as a password is guessed.
const SHORTEST: usize = 16;

/// What is asked of those who want to change something. Without a token, writes from elsewhere are
/// refused.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    token: Option<Token>,
}

/// A secret that stands in a file.
#[derive(Clone)]
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// A file that holds no token.
#[derive(Debug, thiserror::Error)]
#[error("{} is no token file: it must be {allowed}", path.display())]
pub struct TokenError {
    /// The file.
    pub path: PathBuf,
    /// What it may be.
    pub allowed: String,
}

impl Guard {
    /// The guard whose token is the first line of `file`; an empty path is none.
    ///
    /// # Errors
    /// A file that cannot be read, or whose first line is no token.
    pub fn of_file(file: &Path) -> Result<Self, TokenError> {
        if file.as_os_str().is_empty() {
            return Ok(Self::default());
        }
        let unfit = |allowed: String| TokenError {
            path: file.to_owned(),
            allowed,
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| unfit(format!("a file that can be read ({error})")))?;
        let token = text.lines().next().unwrap_or_default().trim_end();
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unfit(format!(
                "a file whose first line is the token: {SHORTEST} or more visible ASCII characters"
            )));
        }
        Ok(Self {
            token: Some(Token(token.to_owned())),
        })
    }

    /// Warns where the port at `address` can be reached from elsewhere, and nobody there can prove who
    /// they are.
    pub(super) fn warn_of(&self, address: SocketAddr) {
        if self.token.is_none() && !is_local(address.ip()) {
            tracing::warn!(
                "the admin port at {address} tells everybody who reaches it what runs here; it takes no \
                 writes from elsewhere, as admin.token_file names no token"
            );
        }
    }

    fn judge(&self, method: &Method, peer: IpAddr, headers: &HeaderMap) -> Result<(), Refusal> {
        if method == Method::GET || method == Method::HEAD {
            return Ok(());
        }
        if is_local(peer) && !is_forwarded(headers) {
            return check_local(headers);
        }
        let Some(token) = &self.token else {
            return Err(Refusal::NoToken);
        };
        let given = only(headers, &AUTHORIZATION).and_then(|value| {
            let (scheme, given) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| given.trim())
        });
        let given = given.ok_or(Refusal::Unproven)?;
        if bool::from(token.0.as_bytes().ct_eq(given.as_bytes())) {
            Ok(())
        } else {
            Err(Refusal::OtherToken)
        }
    }
}

/// A write from this machine, which must not be a web page's: it is sent to a name of this machine, and
/// by no page or by one that was served from there.
fn check_local(headers: &HeaderMap) -> Result<(), Refusal> {
    let host = only(headers, &HOST).unwrap_or_default();
    if !names_this_machine(host) {
        return Err(Refusal::ForeignHost(host.to_owned()));
    }
    if !headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let origin = only(headers, &ORIGIN).unwrap_or_default();
    if origin.strip_prefix("http://") == Some(host) {
        Ok(())
    } else {
        Err(Refusal::ForeignOrigin(origin.to_owned()))
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let address = bare.unwrap_or(name).parse::<IpAddr>();
    address.is_ok_and(is_local)
}

fn is_local(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether a proxy on this machine asks for somebody else.
fn is_forwarded(headers: &HeaderMap) -> bool {
    const BY: [&str; 3] = ["x-forwarded-for", "x-forwarded-host", "x-real-ip"];
    headers.contains_key(FORWARDED) || BY.iter().any(|name| headers.contains_key(*name))
}

/// Why a write is not let through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error(
        "writes from elsewhere are refused: admin.token_file names no token; ask from this process's own machine"
    )]
    NoToken,
    #[error(
        "a write from elsewhere needs the header Authorization: Bearer TOKEN, with the token of admin.token_file"
    )]
    Unproven,
    #[error("the token is not the one of admin.token_file")]
    OtherToken,
    #[error("host {0:?} is no name of this machine: ask 127.0.0.1 or localhost")]
    ForeignHost(String),
    #[error("origin {0:?} is another than the host: a web page changes nothing here")]
    ForeignOrigin(String),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = format!("{self}\n");
        match self {
            Self::NoToken | Self::ForeignHost(_) | Self::ForeignOrigin(_) => {
                (StatusCode::FORBIDDEN, text).into_response()
            }
            Self::Unproven | Self::OtherToken => {
                let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
                (StatusCode::UNAUTHORIZED, challenge, text).into_response()
            }
        }
    }
}

/// Lets a request through to its handler, or answers in its place.
pub(super) async fn check(
    State(guard): State<Guard>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match guard.judge(request.method(), peer.ip(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            let path = request.uri().path();
            tracing::warn!(%peer, "refused {} {path}: {refusal}", request.method());
            refusal.into_response()
        }
    }
}

#[cfg(test)]
mod tests;
