//! What a request to a stranger's server came to.

use std::time::Duration;

use article::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a request came to, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When the answer had been read to its end, or the request given up: event time.
    pub at: Timestamp,
    /// The host that was asked last, after redirects: it is the one that answered or did not.
    pub host: String,
    /// The answer, or why there is none.
    pub result: Result<Answer, Trouble>,
}

/// A server's answer, after redirects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The address that answered.
    pub final_url: String,
    /// The HTTP status.
    pub status: u16,
    /// The header fields in their order, names in lower case, cookies left out.
    pub headers: Vec<(String, String)>,
    /// What to send with the next request.
    pub validators: Validators,
    /// The body after content decoding. Empty unless the status is a success.
    pub body: Vec<u8>,
}

/// The validators of an answer, opaque and to the byte: a server compares what comes back with what
/// it sent, odd quotes and odd dates included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// The value of `ETag`, returned in `If-None-Match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<Bytes>,
    /// The value of `Last-Modified`, returned in `If-Modified-Since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<Bytes>,
}

impl Validators {
    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.etag.is_some() || self.last_modified.is_some()
    }

    /// What holds after a 304 (RFC 9111, section 3.2): what it names replaces what was kept.
    #[must_use]
    pub fn updated_by(self, newer: &Self) -> Self {
        Self {
            etag: newer.etag.clone().or(self.etag),
            last_modified: newer.last_modified.clone().or(self.last_modified),
        }
    }
}

/// Why there is no answer to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The host's name does not resolve.
    #[error("the name does not resolve: {0}")]
    Dns(String),
    /// No connection came about.
    #[error("no connection: {0}")]
    Connect(String),
    /// The connection cannot be trusted.
    #[error("no trusted connection: {0}")]
    Tls(String),
    /// Something took longer than it may.
    #[error("no {0} in time")]
    Timeout(&'static str),
    /// The connection broke, or what came is not HTTP, or its coding is broken.
    #[error("the answer broke: {0}")]
    Broken(String),
    /// The body is larger than it may be.
    #[error("more than the {limit} bytes allowed")]
    TooBig {
        /// How many bytes are allowed.
        limit: usize,
        /// The answer with the bytes read before giving up.
        answer: Box<Answer>,
    },
    /// The redirects lead nowhere.
    #[error("redirected {0}")]
    Redirect(String),
    /// Not an http or https address.
    #[error("{0:?} is not an address that can be fetched")]
    Address(String),
    /// An address that is not to be dialled.
    #[error("{0}")]
    Refused(String),
    /// The fetcher works offline and the host is not one it may dial then.
    #[error("offline: {0} is not configured in resolve")]
    Offline(String),
    /// So many others ask the host, or it is left alone for so long, that there was no turn to ask it.
    #[error("{host} is not to be asked before {until}")]
    Crowded {
        /// The host.
        host: String,
        /// When to try again.
        until: Timestamp,
    },
}

/// What an outcome says of the host that was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It answers, whatever it says.
    Answered,
    /// It wants to be left alone, or does not answer.
    Refused,
    /// It was not asked.
    Unknown,
}

/// An outcome in one word: a metric label and a line in a feed's health, so a closed set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing happened yet.
    #[default]
    Never,
    /// A success with a body that was put to use.
    Read,
    /// A success with the same body as before.
    Unchanged,
    /// 304.
    NotModified,
    /// A success that cannot be read as a feed.
    NotAFeed,
    /// 410.
    Gone,
    /// 429, or 503 with Retry-After.
    Throttled,
    /// Another status from 300 to 499.
    Http4xx,
    /// Another status from 500 on.
    Http5xx,
    /// [`Trouble::Dns`].
    Dns,
    /// [`Trouble::Connect`].
    Connect,
    /// [`Trouble::Tls`].
    Tls,
    /// [`Trouble::Timeout`].
    Timeout,
    /// [`Trouble::Broken`].
    Broken,
    /// [`Trouble::TooBig`].
    TooBig,
    /// [`Trouble::Redirect`].
    Redirect,
    /// [`Trouble::Address`].
    Address,
    /// [`Trouble::Refused`].
    Refused,
    /// [`Trouble::Offline`].
    Offline,
    /// [`Trouble::Crowded`].
    Crowded,
}

impl Kind {
    /// The name in metrics and state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Read => "read",
            Self::Unchanged => "unchanged",
            Self::NotModified => "not_modified",
            Self::NotAFeed => "not_a_feed",
            Self::Gone => "gone",
            Self::Throttled => "throttled",
            Self::Http4xx => "http_4xx",
            Self::Http5xx => "http_5xx",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::TooBig => "too_big",
            Self::Redirect => "redirect",
            Self::Address => "address",
            Self::Refused => "refused",
            Self::Offline => "offline",
            Self::Crowded => "crowded",
        }
    }
}

impl Answer {
    /// The value of a header field, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// For how long from `now` on the server asks to be left alone, by 429 or 503 with Retry-After, at
    /// most `most`.
    pub(crate) fn retry_after(&self, now: Timestamp, most: Duration) -> Option<Duration> {
        if !matches!(self.status, 429 | 503) {
            return None;
        }
        let wait = crate::retry_after::parse(self.header("retry-after")?, now)?;
        Some(wait.min(most))
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Outcome {
    /// The outcome in one word, as far as HTTP knows it.
    pub fn kind(&self) -> Kind {
        match &self.result {
            Ok(answer) => match answer.status {
                200..=299 => Kind::Read,
                304 => Kind::NotModified,
                410 => Kind::Gone,
                429 => Kind::Throttled,
                503 if answer.header("retry-after").is_some() => Kind::Throttled,
                500.. => Kind::Http5xx,
                _ => Kind::Http4xx,
            },
            Err(trouble) => match trouble {
                Trouble::Dns(_) => Kind::Dns,
                Trouble::Connect(_) => Kind::Connect,
                Trouble::Tls(_) => Kind::Tls,
                Trouble::Timeout(_) => Kind::Timeout,
                Trouble::Broken(_) => Kind::Broken,
                Trouble::TooBig { .. } => Kind::TooBig,
                Trouble::Redirect(_) => Kind::Redirect,
                Trouble::Address(_) => Kind::Address,
                Trouble::Refused(_) => Kind::Refused,
                Trouble::Offline(_) => Kind::Offline,
                Trouble::Crowded { .. } => Kind::Crowded,
            },
        }
    }

    /// What happened, in a sentence.
    pub fn detail(&self) -> String {
        match &self.result {
            Ok(answer) => format!("status {}", answer.status),
            Err(trouble) => trouble.to_string(),
        }
    }

    /// What it says of the host that was asked last.
    pub(crate) fn standing(&self) -> Standing {
        match &self.result {
            Ok(answer) if matches!(answer.status, 429 | 503) => Standing::Refused,
            Ok(_) => Standing::Answered,
            Err(trouble) => match trouble {
                Trouble::Connect(_) | Trouble::Tls(_) | Trouble::Timeout(_) => Standing::Refused,
                Trouble::Broken(_) | Trouble::TooBig { .. } | Trouble::Redirect(_) => {
                    Standing::Answered
                }
                Trouble::Dns(_)
                | Trouble::Address(_)
                | Trouble::Refused(_)
                | Trouble::Offline(_)
                | Trouble::Crowded { .. } => Standing::Unknown,
            },
        }
    }

    /// Until when the server asks to be left alone, by 429 or 503 with Retry-After, capped.
    pub fn retry_after(&self, most: Duration) -> Option<Timestamp> {
        let answer = self.result.as_ref().ok()?;
        Some(self.at + answer.retry_after(self.at, most)?)
    }
}
