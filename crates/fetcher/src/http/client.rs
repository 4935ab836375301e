//! The clients that dial: for everything, and one for each proxy.

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Proxy, redirect};

use super::trouble::chain;
use crate::config::Config;
use crate::resolve::Policy;

/// How many header fields an answer may have, and over HTTP/2 how many bytes.
const MOST_FIELDS: usize = 256;
const MOST_FIELD_BYTES: u32 = 64 << 10;

/// A client that dials what `policy` allows, by way of `proxy` where there is one.
///
/// # Errors
/// A TLS backend or a resolver that cannot be set up, or a `ca_file` that cannot be read.
pub(crate) fn client(
    config: &Config,
    policy: &Policy,
    proxy: Option<&Proxy>,
) -> Result<Client, String> {
    let authorities = authorities(config)?;
    let usual = builder(config, policy, proxy).tls_certs_merge(authorities.clone());
    usual.build().or_else(|error| {
        // A machine without root certificates can still read plain http.
        tracing::warn!(
            "https addresses cannot be fetched, but for those that ca_file vouches for: {}; \
             install the system's root certificates",
            chain(&error)
        );
        let few = builder(config, policy, proxy).tls_certs_only(authorities);
        few.build().map_err(|error| chain(&error))
    })
}

fn builder(config: &Config, policy: &Policy, proxy: Option<&Proxy>) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(config.agent())
        .dns_resolver(policy.clone())
        // A proxy would dial for us, past the check of addresses; none is taken from the environment.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_secs(config.connect_timeout_seconds))
        .pool_idle_timeout(Duration::from_secs(60))
        // One request a host is under way at once, so more connections would only lie idle.
        .pool_max_idle_per_host(2)
        .http1_max_headers(MOST_FIELDS)
        .http2_max_header_list_size(MOST_FIELD_BYTES)
        .tcp_nodelay(true);
    match proxy {
        Some(proxy) => builder.proxy(proxy.clone()),
        None => builder,
    }
}

/// The authorities that are trusted besides the system's.
fn authorities(config: &Config) -> Result<Vec<Certificate>, String> {
    let path = &config.ca_file;
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let name = path.display();
    let pem = std::fs::read(path).map_err(|error| format!("ca_file {name}: {error}"))?;
    let read = Certificate::from_pem_bundle(&pem);
    let read = read.map_err(|error| format!("ca_file {name}: {}", chain(&error)))?;
    if read.is_empty() {
        return Err(format!("ca_file {name} has no certificate in PEM"));
    }
    Ok(read)
}
