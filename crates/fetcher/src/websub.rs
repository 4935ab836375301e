//! Subscriptions to hubs (W3C WebSub): a feed that names one is told of at once, and polled seldom.
//!
//! ```text
//! a poll's answer ──hub::named──▶ Subscription ──POST──▶ hub
//! hub ──GET challenge, POST content──▶ listener ──desk──▶ Poll: ingest, as a poll's answer
//! ```
//!
//! Off until a listener and the address under which the world reaches it are configured. The subscription
//! is part of the feed's state, so a restart goes on with it. While it lasts, polls go on at a long interval:
//! they find what a hub loses, and that a hub has lost us.

mod desk;
mod guests;
mod hub;
mod listener;
mod signature;
mod subscription;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use url::Url;

use crate::StartError;
use crate::config::{Config, ConfigError};
use crate::http::Http;

pub(crate) use desk::{Desk, Desks, Event, Messenger, Told};
pub(crate) use hub::{Named, named};
use listener::Callbacks;
pub(crate) use listener::PUSHED;
use signature::Deriver;
pub use subscription::{Standing, Subscription};

/// How long the address to listen on may be another's: that of the generation before, which ends.
const FREE_WITHIN: Duration = Duration::from_secs(5);

/// What a user may say of subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSubConfig {
    /// The address that callbacks are answered at, such as `0.0.0.0:9610`. Empty: no subscriptions.
    pub listen: String,
    /// The address under which the world reaches it, such as `https://desk.example/websub`.
    pub public_url: String,
    /// The file with the secret that callbacks and signatures are made from: 16 characters or more.
    pub secret_file: PathBuf,
    /// Seconds for which hubs are asked to grant a subscription.
    pub lease_seconds: u64,
    /// Seconds between polls of a feed whose hub tells what is new.
    pub poll_interval_seconds: u64,
}

impl Default for WebSubConfig {
    fn default() -> Self {
        Self {
            listen: String::new(),
            public_url: String::new(),
            secret_file: PathBuf::new(),
            lease_seconds: 10 * 24 * 60 * 60,
            poll_interval_seconds: 6 * 60 * 60,
        }
    }
}

impl WebSubConfig {
    /// Whether anybody subscribes.
    pub fn is_on(&self) -> bool {
        !self.listen.is_empty()
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first that cannot be worked with.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let refused = |key: &str, value: &dyn std::fmt::Debug, allowed: &str| ConfigError {
            key: format!("websub.{key}"),
            value: format!("{value:?}"),
            allowed: allowed.to_owned(),
        };
        let (lease, interval) = (self.lease_seconds, self.poll_interval_seconds);
        if !(3_600..=31_536_000).contains(&lease) {
            return Err(refused("lease_seconds", &lease, "3600 to 31536000"));
        }
        if !(60..=604_800).contains(&interval) {
            return Err(refused("poll_interval_seconds", &interval, "60 to 604800"));
        }
        if !self.is_on() {
            return Ok(());
        }
        if self.listen.parse::<SocketAddr>().is_err() {
            return Err(refused("listen", &self.listen, "IP:PORT, or nothing"));
        }
        let url = Url::parse(&self.public_url).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let is_bare = |url: &Url| {
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
        };
        if !url.is_some_and(|url| is_bare(&url)) {
            let allowed = "the http(s) address under which hubs reach websub.listen";
            return Err(refused("public_url", &self.public_url, allowed));
        }
        if self.secret_file.as_os_str().is_empty() {
            let allowed = "a file with a secret, since websub.listen is set";
            return Err(refused("secret_file", &self.secret_file, allowed));
        }
        Ok(())
    }
}

/// Subscribing, as all tasks of a service share it.
#[derive(Debug)]
pub(crate) struct WebSub {
    deriver: Deriver,
    desks: Desks,
    public_url: String,
    lease: Duration,
    interval: Duration,
    listener: JoinHandle<()>,
}

impl Drop for WebSub {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl WebSub {
    /// Listens for hubs; nothing where that is not configured. The feeds have so many `partitions`.
    ///
    /// # Errors
    /// A secret that cannot be read, or an address that cannot be listened on.
    pub(crate) fn start(
        config: &Config,
        partitions: u32,
        handle: &Handle,
    ) -> Result<Option<Arc<Self>>, StartError> {
        let websub = &config.websub;
        if !websub.is_on() {
            return Ok(None);
        }
        let wrong = |key: &str, value: String, why: String| {
            StartError::Config(ConfigError {
                key: format!("websub.{key}"),
                value,
                allowed: why,
            })
        };
        let file = &websub.secret_file;
        let deriver = Deriver::from_file(file)
            .map_err(|why| wrong("secret_file", file.display().to_string(), why))?;
        let listener = handle.block_on(bind(&websub.listen));
        let listener = listener.map_err(|error| {
            wrong(
                "listen",
                websub.listen.clone(),
                format!("an address that is free ({error})"),
            )
        })?;
        let desks = Desks::new(partitions);
        let lease = Duration::from_secs(websub.lease_seconds);
        let callbacks = Callbacks {
            deriver: deriver.clone(),
            desks: desks.clone(),
            limit: config.max_feed(),
            lease,
            slots: Callbacks::slots(),
        };
        let (listen, public_url) = (&websub.listen, &websub.public_url);
        tracing::info!(listen, public_url, "hubs are listened to");
        Ok(Some(Arc::new(Self {
            deriver,
            desks,
            public_url: websub.public_url.trim_end_matches('/').to_owned(),
            lease,
            interval: Duration::from_secs(websub.poll_interval_seconds),
            listener: handle.spawn(listener::serve(listener, callbacks)),
        })))
    }

    /// The desks of tasks.
    pub(crate) fn desks(&self) -> &Desks {
        &self.desks
    }

    /// How long polls of a subscribed feed are apart.
    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// The callback for a feed.
    pub(crate) fn callback(&self, url: &str) -> String {
        format!("{}/{}", self.public_url, self.deriver.path(url))
    }

    /// Asks a hub to begin, or to go on, with telling what is new in the feed at `url`; the messenger hears
    /// what it says.
    pub(crate) fn ask(
        &self,
        (http, handle): (&Http, &Handle),
        url: &str,
        subscription: &Subscription,
        messenger: Messenger,
    ) {
        let mut form = form("subscribe", subscription);
        form.push(("hub.lease_seconds", self.lease.as_secs().to_string()));
        form.push(("hub.secret", self.deriver.secret(url)));
        let (http, hub, url) = (http.clone(), subscription.hub.clone(), url.to_owned());
        handle.spawn(async move {
            let answered = match http.submit(&hub, &form).await {
                Ok(200..=299) => Ok(()),
                Ok(status) => Err(format!("the hub {hub} answers with status {status}")),
                Err(trouble) => Err(format!("the hub {hub} cannot be asked: {trouble}")),
            };
            let event = Event::Asked(answered);
            messenger.tell(Told { url, event }).await;
        });
    }

    /// Tells a hub that nobody listens any more. What it makes of that is its affair: content for a feed
    /// that is not wanted is answered with 410.
    #[allow(clippy::unused_self, reason = "as asking does")]
    pub(crate) fn end(&self, (http, handle): (&Http, &Handle), subscription: &Subscription) {
        let form = form("unsubscribe", subscription);
        let (http, hub) = (http.clone(), subscription.hub.clone());
        handle.spawn(async move {
            if let Err(trouble) = http.submit(&hub, &form).await {
                tracing::debug!(hub, "cannot be told that a subscription ends: {trouble}");
            }
        });
    }
}

fn form(mode: &str, subscription: &Subscription) -> Vec<(&'static str, String)> {
    vec![
        ("hub.callback", subscription.callback.clone()),
        ("hub.mode", mode.to_owned()),
        ("hub.topic", subscription.topic.clone()),
    ]
}

async fn bind(address: &str) -> std::io::Result<TcpListener> {
    let began = Timestamp::now();
    loop {
        match TcpListener::bind(address).await {
            Err(error)
                if error.kind() == std::io::ErrorKind::AddrInUse
                    && Timestamp::now().duration_since(began).unsigned_abs() < FREE_WITHIN =>
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            bound => return bound,
        }
    }
}
