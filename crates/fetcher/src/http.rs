//! One GET at a time: conditional, bounded in time and size, redirects by our own policy.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::{Duration, Instant};

use article::Bytes;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, redirect};
use url::Url;

use crate::config::Config;
use crate::gate::{Gates, PATIENCE};
use crate::outcome::{Answer, Outcome, Trouble, Validators};
use crate::resolve::{Policy, Refusal, bare};

/// How much room a body gets before its first byte, whatever the server announces.
const FIRST_ROOM: u64 = 256 << 10;

/// The fetcher's side of HTTP. Cheap to clone; clones share connections and the turns of hosts.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    policy: Policy,
    gates: Gates,
    header_timeout: Duration,
    total_timeout: Duration,
    retry_after_max: Duration,
    max_redirects: u32,
}

/// What one request came to.
enum Step {
    Read(Answer),
    Redirected(Url),
}

/// What to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) url: String,
    /// From the last answer, sent back to the byte.
    pub(crate) validators: Validators,
    /// The value of `Accept`.
    pub(crate) accept: &'static str,
    /// How many bytes the decompressed body may have.
    pub(crate) limit: usize,
}

impl Http {
    /// A client that dials what `config` allows and nothing else.
    ///
    /// # Errors
    /// A TLS backend or a resolver that cannot be set up.
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let policy = Policy::new(config);
        let build = |certificates: Option<[reqwest::Certificate; 0]>| {
            let mut builder = Client::builder()
                .user_agent(&config.user_agent)
                .dns_resolver(policy.clone())
                // A proxy would dial for us, past the check of addresses.
                .no_proxy()
                .redirect(redirect::Policy::none())
                .referer(false)
                .retry(reqwest::retry::never())
                .connect_timeout(Duration::from_secs(config.connect_timeout_seconds))
                .pool_idle_timeout(Duration::from_secs(60))
                // One request a host is under way at once, so more connections would only lie idle.
                .pool_max_idle_per_host(2)
                .tcp_nodelay(true);
            if let Some(none) = certificates {
                builder = builder.tls_certs_only(none);
            }
            builder.build()
        };
        let client = match build(None) {
            Ok(client) => client,
            Err(error) => {
                // A machine without root certificates can still read plain http.
                tracing::warn!(
                    "https addresses cannot be fetched: {}; install the system's root certificates",
                    chain(&error)
                );
                build(Some([])).map_err(|error| chain(&error))?
            }
        };
        Ok(Self {
            client,
            policy,
            gates: Gates::new(config.host_interval()),
            header_timeout: Duration::from_secs(config.header_timeout_seconds),
            total_timeout: Duration::from_secs(config.total_timeout_seconds),
            retry_after_max: Duration::from_secs(config.retry_after_max_seconds),
            max_redirects: config.max_redirects,
        })
    }

    /// The turns of hosts.
    pub(crate) fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Asks and reads the answer to its end. Never fails: what went wrong is an outcome as well. Also
    /// how long that took, without the waiting for turns.
    pub(crate) async fn get(&self, request: Request) -> (Outcome, Duration) {
        let mut host = String::new();
        let mut time = self.total_timeout;
        let result = self.follow(&request, &mut host, &mut time).await;
        let outcome = Outcome {
            at: Timestamp::now(),
            host,
            result,
        };
        (outcome, self.total_timeout.saturating_sub(time))
    }

    /// Follows an address to where it leads; `host` becomes the last one, and what requests take is
    /// taken from `time`. Every hop is a host's turn: waiting for it uses up patience, but no time.
    async fn follow(
        &self,
        request: &Request,
        host: &mut String,
        time: &mut Duration,
    ) -> Result<Answer, Trouble> {
        let mut url =
            Url::parse(request.url.trim()).map_err(|_| Trouble::Address(request.url.clone()))?;
        let mut visited = BTreeSet::new();
        let mut patience = PATIENCE;
        loop {
            *host = bare(url.host_str().unwrap_or_default());
            self.policy.check(&url)?;
            visited.insert(url.to_string());
            let came = Instant::now();
            let turn = self.gates.enter(host, patience).await?;
            patience = patience.saturating_sub(came.elapsed());
            let asked = Instant::now();
            let step = tokio::time::timeout(*time, self.step(&url, request))
                .await
                .unwrap_or(Err(Trouble::Timeout("whole answer")));
            *time = time.saturating_sub(asked.elapsed());
            let target = match step? {
                Step::Redirected(target) => target,
                Step::Read(answer) => {
                    let wait = answer.retry_after(Timestamp::now(), self.retry_after_max);
                    turn.hold(wait.unwrap_or_default());
                    return Ok(answer);
                }
            };
            // Before the next host's is waited for: who holds two could wait in a circle.
            drop(turn);
            if visited.contains(target.as_str()) {
                return Err(Trouble::Redirect(format!("in a circle, to {target}")));
            }
            if visited.len() > self.max_redirects as usize {
                let most = self.max_redirects;
                return Err(Trouble::Redirect(format!("more than {most} times")));
            }
            url = target;
        }
    }

    async fn step(&self, url: &Url, request: &Request) -> Result<Step, Trouble> {
        let response = self.ask(url, request).await?;
        match redirected(url, &response)? {
            Some(target) => Ok(Step::Redirected(target)),
            None => Ok(Step::Read(read(url, response, request.limit).await?)),
        }
    }

    async fn ask(&self, url: &Url, request: &Request) -> Result<Response, Trouble> {
        let mut builder = self
            .client
            .get(self.policy.dialled(url))
            .header(header::ACCEPT, request.accept);
        let validators = [
            (header::IF_NONE_MATCH, &request.validators.etag),
            (header::IF_MODIFIED_SINCE, &request.validators.last_modified),
        ];
        for (name, value) in validators {
            // Only what was once a header's value was kept, so it is one again.
            if let Some(Ok(value)) = value
                .as_ref()
                .map(|v| HeaderValue::from_bytes(v.as_slice()))
            {
                builder = builder.header(name, value);
            }
        }
        tokio::time::timeout(self.header_timeout, builder.send())
            .await
            .map_err(|_| Trouble::Timeout("header"))?
            .map_err(|error| trouble(&error))
    }
}

/// Where an answer sends us, where it does.
fn redirected(url: &Url, response: &Response) -> Result<Option<Url>, Trouble> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(header::LOCATION) else {
        return Err(Trouble::Redirect("without saying where to".into()));
    };
    let location = text(location);
    let target = url
        .join(location.trim())
        .map_err(|_| Trouble::Redirect(format!("to {location:?}, which is no address")))?;
    Ok(Some(target))
}

/// Reads an answer, and its body where the status is a success.
async fn read(url: &Url, mut response: Response, limit: usize) -> Result<Answer, Trouble> {
    let mut answer = Answer {
        final_url: url.to_string(),
        status: response.status().as_u16(),
        headers: headers(response.headers()),
        validators: validators(response.headers()),
        body: Vec::new(),
    };
    if !response.status().is_success() {
        return Ok(answer);
    }
    let announced = response.content_length().unwrap_or(0).min(FIRST_ROOM);
    answer.body.reserve_exact(announced as usize);
    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
        // What lies beyond the limit is kept up to 64 KiB: enough to tell that there was more.
        let room = (limit + (64 << 10)).saturating_sub(answer.body.len());
        answer
            .body
            .extend_from_slice(&chunk[..chunk.len().min(room)]);
        if answer.body.len() > limit {
            let answer = Box::new(answer);
            return Err(Trouble::TooBig { limit, answer });
        }
    }
    Ok(answer)
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        // Cookies are a reader's business, and nobody's to keep.
        .filter(|(name, _)| **name != header::SET_COOKIE)
        .map(|(name, value)| (HeaderName::as_str(name).to_owned(), text(value)))
        .collect()
}

/// A header's value as text: UTF-8 where it is, else one character a byte, as the standard says.
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    }
}

fn validators(map: &HeaderMap) -> Validators {
    let value = |name| {
        let value: &HeaderValue = map.get(name)?;
        (!value.is_empty()).then(|| Bytes(value.as_bytes().to_vec()))
    };
    Validators {
        etag: value(header::ETAG),
        last_modified: value(header::LAST_MODIFIED),
    }
}

/// Which trouble an error of reqwest's is.
fn trouble(error: &reqwest::Error) -> Trouble {
    let mut insecure = false;
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return refusal.trouble();
        }
        insecure |= cause.downcast_ref().is_some_and(is_invalid);
        source = cause.source();
    }
    let why = chain(error);
    if error.is_connect() && error.is_timeout() {
        Trouble::Timeout("connection")
    } else if error.is_dns() {
        Trouble::Dns(why)
    } else if error.is_connect() && insecure {
        Trouble::Tls(why)
    } else if error.is_connect() {
        Trouble::Connect(why)
    } else if error.is_timeout() {
        Trouble::Timeout("answer")
    } else {
        Trouble::Broken(why)
    }
}

/// Whether an error tells of invalid data, as which the TLS library's own errors arrive. It may lie in
/// another error of its type, which passes it by when asked for its source.
fn is_invalid(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    error.kind() == std::io::ErrorKind::InvalidData || inner.is_some_and(is_invalid)
}

/// The causes of an error without the first, which only repeats the address.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.dedup();
    if causes.is_empty() {
        return error.to_string();
    }
    causes.join(": ")
}

#[cfg(test)]
mod tests;
