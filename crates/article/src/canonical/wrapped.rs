//! Addresses that carry another one.

use url::Url;

/// Services that lead to the address in one of their parameters: host, path, parameters.
const REDIRECTS: [(&str, &str, &[&str]); 5] = [
    ("www.google.com", "/url", &["url", "q"]),
    ("google.com", "/url", &["url", "q"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("lm.facebook.com", "/l.php", &["u"]),
    ("t.umblr.com", "/redirect", &["z"]),
];

/// The address in a wrapper: an AMP cache's or viewer's, a redirecting service's, or a scheme said twice.
pub(super) fn inner(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let path = url.path();
    if matches!(host, "http" | "https") && path.starts_with("//") {
        return Some(with_query(url, &format!("http:{path}")));
    }
    if let Some((_, _, names)) = REDIRECTS
        .iter()
        .find(|(of, at, _)| *of == host && *at == path)
    {
        let mut pairs = url
            .query_pairs()
            .filter(|(name, _)| names.contains(&name.as_ref()));
        let is_web = |value: &str| value.starts_with("http://") || value.starts_with("https://");
        return pairs
            .find(|(_, value)| is_web(value))
            .map(|(_, value)| value.into_owned());
    }
    let is_viewer = matches!(
        host,
        "www.google.com" | "google.com" | "www.bing.com" | "bing.com"
    );
    let rest = if host == "cdn.ampproject.org" || host.ends_with(".cdn.ampproject.org") {
        // Content, viewer and the like: a letter.
        let (kind, rest) = path.strip_prefix('/')?.split_once('/')?;
        (kind.len() == 1).then_some(rest)?
    } else if is_viewer {
        path.strip_prefix("/amp/")?
    } else {
        return None;
    };
    let rest = rest.strip_prefix("s/").unwrap_or(rest);
    let site = rest.split('/').next().unwrap_or_default();
    site.contains('.')
        .then(|| with_query(url, &format!("http://{rest}")))
}

/// `address` with query and fragment of `url`.
fn with_query(url: &Url, address: &str) -> String {
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let fragment = url
        .fragment()
        .map(|fragment| format!("#{fragment}"))
        .unwrap_or_default();
    format!("{address}{query}{fragment}")
}
