//! Addresses of feeds and pages that cannot be fetched.

use url::Url;

/// Why the address of a feed or a page cannot be fetched, where it cannot: in words that repeat no
/// credentials.
pub fn unfetchable(url: &str) -> Option<String> {
    if url.is_empty() {
        return Some("there is no address".into());
    }
    let mut parsed = match Url::parse(url.trim()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let url = without_credentials(url);
            return Some(format!("{url:?} is no address: {error}"));
        }
    };
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        let (scheme, url) = (parsed.scheme(), without_credentials(url));
        return Some(format!("{url:?} is a {scheme} address, not http(s)"));
    }
    if parsed.username().is_empty() && parsed.password().is_none() {
        return None;
    }
    // Neither fails for an address with a host.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    Some(format!(
        "\"{parsed}\" has credentials in it; addresses are logged and ride in every record, so leave \
         them out"
    ))
}

/// An address of any kind, read or not, without what stands before the `@` of its host.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("//") else {
        return url.to_owned();
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => format!("{scheme}//{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}
