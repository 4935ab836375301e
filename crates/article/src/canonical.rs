//! When two addresses count as the same article.
//!
//! A key is for comparison only: the address to fetch stays as given. Two addresses that mean different
//! pages must never share one, so whatever is not known to make no difference makes one.

mod data;
mod host;
mod path;
mod query;
mod wrapped;

use url::Url;

/// How often an address may turn into another until it is given up as nobody's: wrappers around
/// wrappers.
const MOST_TURNS: usize = 8;

/// The key under which addresses of one article compare equal: an `http` address, which is its own key.
/// What is no http(s) address is its own key, too.
///
/// No difference make: scheme and the schemes' ports, user names; `www.`, mobile and AMP hosts, Unicode
/// or punycode, a final dot; dot segments, doubled and final slashes, index pages, AMP paths and
/// viewers, session ids; percent-encoding where the character needs none; the order of parameters, and
/// those that only track (`data/tracking.txt`); the fragment, unless an application routes by it (`#!`,
/// `#/`); and the case of a path, but for what looks like the name of a thing in it, see [`path`].
pub fn key(address: &str) -> String {
    let given = address.trim();
    let mut key = given.to_owned();
    for _ in 0..MOST_TURNS {
        let Some(next) = turned(&key) else {
            return key;
        };
        if next == key {
            return key;
        }
        key = next;
    }
    given.to_owned()
}

/// The host of the key, without port; empty where there is none. All addresses of an article share it.
pub fn host(address: &str) -> String {
    let host = Url::parse(&key(address)).ok();
    let host = host.filter(|url| url.scheme() == "http");
    host.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Whether it is the address of a site's front page, or of an edition's.
pub fn is_homepage(address: &str) -> bool {
    let Some(url) = parsed(&key(address)) else {
        return false;
    };
    if url.query().is_some() || url.fragment().is_some() {
        return false;
    }
    let parts = url.path_segments().into_iter().flatten();
    let mut parts = parts.filter(|part| !part.is_empty());
    // "/", "/en", "/us/en".
    parts.clone().count() <= 2 && parts.all(data::is_edition)
}

/// Whether it is an address of a service that shortens others: what it means, only asking tells.
pub fn is_shortened(address: &str) -> bool {
    let Some(url) = parsed(&key(address)) else {
        return false;
    };
    let path = url.path();
    path.len() > 1
        && url
            .host_str()
            .is_some_and(|host| data::is_shortener(host, path))
}

/// The address as http(s), repaired where it is clear what was meant.
fn parsed(address: &str) -> Option<Url> {
    let mut text = address.trim();
    // feed: and a scheme said twice; the parser itself repairs slashes.
    if let Some(rest) = strip(text, "feed:") {
        text = rest;
    }
    let url = if text.starts_with("//") || text.starts_with("\\\\") {
        Url::parse(&format!("http:{text}")).ok()?
    } else if strip(text, "www.").is_some() {
        Url::parse(&format!("http://{text}")).ok()?
    } else {
        Url::parse(text).ok()?
    };
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web.then_some(url)
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// One turn towards the key. `None` where it is no address of the web.
fn turned(address: &str) -> Option<String> {
    let url = parsed(address)?;
    if let Some(inner) = wrapped::inner(&url) {
        return Some(inner);
    }
    let host = host::folded(url.host_str()?);
    let port = match url.port() {
        // The other scheme's own: the scheme makes no difference.
        None | Some(80 | 443) => String::new(),
        Some(port) => format!(":{port}"),
    };
    let path = path::folded(&host, url.path());
    let query = query::folded(&host, url.query().unwrap_or_default());
    let mark = if query.is_empty() { "" } else { "?" };
    let route = match url.fragment() {
        Some(route) if route.starts_with(['!', '/']) && route.len() > 1 => format!("#{route}"),
        _ => String::new(),
    };
    Some(format!("http://{host}{port}{path}{mark}{query}{route}"))
}

#[cfg(test)]
mod tests;
