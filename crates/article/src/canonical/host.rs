//! The hosts of one site.

/// First labels of hosts that serve the same pages in another dress.
const DRESSES: [&str; 4] = ["www", "m", "mobile", "amp"];

/// Second-level labels under which countries let others register: `co.uk`, `com.br`.
const REGISTRIES: [&str; 13] = [
    "co", "com", "org", "net", "gov", "gob", "gouv", "go", "ac", "edu", "or", "ne", "nom",
];

/// The host without dress and final dot. Parsed hosts are lower-case and punycode.
pub(super) fn folded(host: &str) -> String {
    let mut rest = host.trim_end_matches('.');
    if rest.is_empty() {
        return host.to_owned();
    }
    while let Some((first, more)) = rest.split_once('.') {
        if !DRESSES.contains(&first) || !is_site(more) {
            break;
        }
        rest = more;
    }
    // "en.m.wikipedia.org": the language comes first.
    if let Some((language, more)) = rest.split_once('.')
        && let Some(site) = more.strip_prefix("m.")
        && (2..=3).contains(&language.len())
        && is_site(site)
    {
        return format!("{language}.{site}");
    }
    rest.to_owned()
}

/// Whether a host can be a site, and not only what sites are registered under.
fn is_site(host: &str) -> bool {
    match host.rsplit_once('.') {
        None => false,
        Some((registry, country)) => {
            !(country.len() == 2 && REGISTRIES.contains(&registry))
                && host.parse::<std::net::Ipv4Addr>().is_err()
        }
    }
}
