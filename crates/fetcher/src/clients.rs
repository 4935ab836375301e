//! Clients for feeds that are asked for by way of a proxy, one for each.
//!
//! Whoever asks a proxy has it resolve and dial, so the check of addresses sees the proxy's alone. What it
//! is asked for is therefore only what the operator has named: the feed's own host. A redirect to another
//! one is a stranger's word, and no way into the proxy's network.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, Proxy};
use url::Url;

use crate::access::{Keys, ProxyKey};
use crate::config::Config;
use crate::http;
use crate::outcome::Trouble;
use crate::resolve::Policy;

/// How many are kept. An installation has a handful; a password that is changed makes another one.
const KEPT: usize = 64;

/// The clients by their proxies. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Clients(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    policy: Policy,
    made: Mutex<BTreeMap<ProxyKey, Client>>,
}

impl Clients {
    pub(crate) fn new(config: &Config, policy: &Policy) -> Self {
        Self(Arc::new(Shared {
            config: config.clone(),
            policy: policy.clone(),
            made: Mutex::default(),
        }))
    }

    /// The client to ask for `url` with: `direct` where `keys` have no proxy.
    ///
    /// # Errors
    /// A proxy that must not be dialled, or not be asked for this.
    pub(crate) fn of(&self, direct: &Client, keys: &Keys, url: &Url) -> Result<Client, Trouble> {
        let Some(key) = &keys.proxy else {
            return Ok(direct.clone());
        };
        if !keys.has_host_of(url) {
            return Err(Trouble::Redirect(format!(
                "to {url}, which is not asked for by way of the feed's proxy: give the feed that address"
            )));
        }
        // Its name is checked where it is resolved, as any other.
        self.0.policy.check(&key.url)?;
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(key) {
            return Ok(client.clone());
        }
        let client = self.0.make(key).map_err(Trouble::Connect)?;
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(key.clone(), client.clone());
        Ok(client)
    }
}

impl Shared {
    fn make(&self, key: &ProxyKey) -> Result<Client, String> {
        let url = self.policy.dialled(&key.url);
        let proxy = Proxy::all(url.as_str()).map_err(|error| error.to_string())?;
        let proxy = match &key.login {
            Some((user, password)) => proxy.basic_auth(user, password),
            None => proxy,
        };
        http::client(&self.config, &self.policy, Some(&proxy))
    }
}
