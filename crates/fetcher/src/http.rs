//! One GET at a time: conditional, bounded in time and size, redirects by our own policy, and pages
//! only where robots.txt lets us.

mod answer;
mod client;
mod coding;
mod permit;
mod post;
mod trouble;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{self, HeaderValue};
use reqwest::{Client, Response};
use url::Url;

use crate::access::{Guarded, Keys, Vault};
use crate::clients::Clients;
use crate::config::Config;
use crate::gate::{Gates, PATIENCE, PATIENCE_AT_HOPS};
use crate::outcome::{Answer, Outcome, Trouble, Validators};
use crate::resolve::{Policy, bare};
use crate::robots::{Cache, origin};
use crate::visit::{Hop, Hops};
use answer::{read, redirected};
pub(crate) use client::client;
pub use coding::unpacked;
use trouble::trouble;

/// The fetcher's side of HTTP. Cheap to clone; clones share connections and the turns of hosts.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    proxied: Clients,
    vault: Vault,
    policy: Policy,
    gates: Gates,
    /// What robots.txt says, where that is obeyed.
    robots: Option<Cache>,
    header_timeout: Duration,
    total_timeout: Duration,
    retry_after_max: Duration,
    max_redirects: u32,
}

/// What one request came to.
enum Step {
    Read(Answer),
    /// Where to, and whether that is said to be for good.
    Redirected(Url, bool),
}

/// What to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) url: String,
    /// From the last answer, sent back to the byte.
    pub(crate) validators: Validators,
    /// The value of `Accept`.
    pub(crate) accept: &'static str,
    /// What goes with it to its own host.
    pub(crate) access: Option<Guarded>,
    /// Where to note what is asked on the way, for somebody who watches.
    pub(crate) hops: Option<Hops>,
    /// How many bytes the decompressed body may have.
    pub(crate) limit: usize,
    /// Whether robots.txt is asked first, at every hop.
    pub(crate) robots: bool,
    /// Whether what is new since the validators will do (RFC 3229).
    pub(crate) delta: bool,
}

/// What a request may still use up.
struct Budget {
    /// For requests and answers.
    time: Duration,
    /// For waiting.
    patience: Duration,
}

impl Http {
    /// A client that dials what `config` allows and nothing else.
    ///
    /// # Errors
    /// A TLS backend or a resolver that cannot be set up.
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        Self::with(config, Policy::new(config))
    }

    /// A client that dials what `policy` allows.
    fn with(config: &Config, policy: Policy) -> Result<Self, String> {
        let client = client(config, &policy, None)?;
        let longest_delay = Duration::from_secs(config.crawl_delay_max_seconds);
        Ok(Self {
            client,
            proxied: Clients::new(config, &policy),
            vault: Vault::new(&config.credentials_dir),
            policy,
            gates: Gates::new(config.host_interval()),
            robots: config
                .robots
                .then(|| Cache::new(config.product(), longest_delay)),
            header_timeout: Duration::from_secs(config.header_timeout_seconds),
            total_timeout: Duration::from_secs(config.total_timeout_seconds),
            retry_after_max: Duration::from_secs(config.retry_after_max_seconds),
            max_redirects: config.max_redirects,
        })
    }

    /// What robots.txt says, where that is obeyed.
    pub(crate) fn robots(&self) -> Option<&Cache> {
        self.robots.as_ref()
    }

    /// How long a site wants to be left alone after a request, as far as that is known and obeyed.
    pub(crate) fn crawl_delay(&self, url: &str) -> Duration {
        let cache = self.robots.as_ref().zip(Url::parse(url.trim()).ok());
        cache.map_or(Duration::ZERO, |(cache, url)| cache.delay(&origin(&url)))
    }

    /// The turns of hosts.
    pub(crate) fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Asks and reads the answer to its end. Never fails: what went wrong is an outcome as well. Also
    /// how long that took, without the waiting for turns.
    pub(crate) async fn get(&self, request: Request) -> (Outcome, Duration) {
        let mut host = String::new();
        let mut budget = Budget {
            time: self.total_timeout,
            patience: PATIENCE,
        };
        let result = self.follow(&request, &mut host, &mut budget).await;
        let outcome = Outcome {
            at: Timestamp::now(),
            host,
            result,
        };
        (outcome, self.total_timeout.saturating_sub(budget.time))
    }

    /// Follows an address to where it leads; `host` becomes the last one, and what requests take is
    /// taken from the budget's time. Every hop is a host's turn: waiting for it uses up patience, but no
    /// time.
    async fn follow(
        &self,
        request: &Request,
        host: &mut String,
        budget: &mut Budget,
    ) -> Result<Answer, Trouble> {
        let mut url =
            Url::parse(request.url.trim()).map_err(|_| Trouble::Address(request.url.clone()))?;
        let keys = match &request.access {
            Some(guarded) => Some(self.vault.open(guarded).await?),
            None => None,
        };
        let mut visited = BTreeSet::new();
        let (mut moved, mut is_moving) = (None, true);
        loop {
            *host = bare(url.host_str().unwrap_or_default());
            self.policy.check(&url)?;
            if request.robots
                && let Some(cache) = &self.robots
            {
                self.permit(cache, &url, host, budget).await?;
            }
            visited.insert(url.to_string());
            let came = Instant::now();
            let patience = match visited.len() {
                1 => budget.patience,
                _ => budget.patience.min(PATIENCE_AT_HOPS),
            };
            let turn = self.gates.enter(host, patience).await?;
            budget.patience = budget.patience.saturating_sub(came.elapsed());
            let asked = Instant::now();
            let step = self.step(&url, request, keys.as_ref());
            let step = tokio::time::timeout(budget.time, step)
                .await
                .unwrap_or(Err(Trouble::Timeout("whole answer")));
            budget.time = budget.time.saturating_sub(asked.elapsed());
            // Whatever it was asked for: what a site wishes holds between any two requests.
            turn.hold(self.crawl_delay(url.as_str()));
            let target = match step? {
                Step::Redirected(target, is_for_good) => {
                    is_moving &= is_for_good;
                    if is_moving {
                        moved = Some(target.to_string());
                    }
                    target
                }
                Step::Read(mut answer) => {
                    answer.moved = moved;
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

    async fn step(
        &self,
        url: &Url,
        request: &Request,
        keys: Option<&Keys>,
    ) -> Result<Step, Trouble> {
        let asked = Instant::now();
        let response = self.ask(url, request, keys).await?;
        if let Some(hops) = &request.hops {
            Hop::note(hops, url, &response, asked.elapsed());
        }
        match redirected(url, &response)? {
            Some(target) => {
                let is_for_good = matches!(response.status().as_u16(), 301 | 308);
                Ok(Step::Redirected(target, is_for_good))
            }
            None => Ok(Step::Read(read(url, response, request.limit).await?)),
        }
    }

    async fn ask(
        &self,
        url: &Url,
        request: &Request,
        keys: Option<&Keys>,
    ) -> Result<Response, Trouble> {
        let client = match keys {
            Some(keys) => self.proxied.of(&self.client, keys, url)?,
            None => self.client.clone(),
        };
        let mut builder = client
            .get(self.policy.dialled(url))
            .header(header::ACCEPT, request.accept)
            .header(header::ACCEPT_ENCODING, coding::ACCEPTED);
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
        if request.delta && request.validators.etag.is_some() {
            builder = builder.header("a-im", "feed");
        }
        if let Some(keys) = keys {
            builder = builder.headers(keys.headers(url));
        }
        tokio::time::timeout(self.header_timeout, builder.send())
            .await
            .map_err(|_| Trouble::Timeout("header"))?
            .map_err(|error| trouble(&error))
    }
}

#[cfg(test)]
mod tests;
