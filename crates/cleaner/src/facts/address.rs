//! The page's own address and its declared language.

use article::Discovered;
use url::Url;

use super::linked_data::LinkedData;
use crate::page::Page;

/// The address that the page calls its own, else `fallback`.
///
/// Believed only where it is http(s) and no home page: templates that give every article the
/// address of the front page would make one article of a whole site.
pub(crate) fn canonical(page: &Page, base: Option<&Url>, fallback: &str) -> String {
    let claims = [page.head.canonical.as_deref(), page.head.meta(&["og:url"])];
    for claim in claims.into_iter().flatten() {
        if let Some(address) = resolve(claim.trim(), base) {
            return address;
        }
    }
    fallback.to_owned()
}

fn resolve(claim: &str, base: Option<&Url>) -> Option<String> {
    if claim.is_empty() {
        return None;
    }
    let mut address = match base {
        Some(base) => base.join(claim).ok()?,
        None => Url::parse(claim).ok()?,
    };
    let is_home = |url: &Url| url.path().trim_matches('/').is_empty() && url.query().is_none();
    let has_name = address.host_str().is_some_and(|host| host.contains('.'));
    let same_host = base.is_some_and(|base| base.host_str() == address.host_str());
    if !matches!(address.scheme(), "http" | "https")
        || !(has_name || same_host)
        || (is_home(&address) && !base.is_some_and(is_home))
    {
        return None;
    }
    address.set_fragment(None);
    Some(address.into())
}

/// The language that the page declares, else the feed's; a BCP 47 tag in lower case.
pub(crate) fn language(page: &Page, linked: &LinkedData, feed: &Discovered) -> Option<String> {
    let claims = [
        page.head.lang.as_deref(),
        page.head
            .meta(&["og:locale", "content-language", "language", "dc.language"]),
        linked.language.as_deref(),
        feed.language.as_deref(),
        feed.feed.language.as_deref(),
    ];
    claims.into_iter().flatten().find_map(tag)
}

/// `en_GB` as `en-gb`; `None` for what is no language tag, such as `English` or `*`.
fn tag(claim: &str) -> Option<String> {
    let first = claim.split([',', ';']).next()?.trim();
    let tag = first.replace('_', "-").to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let is_tag = matches!(primary.len(), 2 | 3)
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    is_tag.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(claim: &str, expected: Option<&str>) {
        let base = Url::parse("https://a.example/2026/x.html?ref=rss").expect("an address");
        assert_eq!(resolve(claim, Some(&base)).as_deref(), expected, "{claim}");
    }

    #[test]
    fn claims_are_resolved_and_checked() {
        check("/2026/x.html#top", Some("https://a.example/2026/x.html"));
        check("//b.example/y", Some("https://b.example/y"));
        check("https://a.example/", None);
        check("javascript:void(0)", None);
        check("http://localhost/x", None);
        check("", None);
    }

    #[test]
    fn languages_become_tags() {
        assert_eq!(tag("en_GB").as_deref(), Some("en-gb"));
        assert_eq!(tag("zh-Hans-CN").as_deref(), Some("zh-hans-cn"));
        assert_eq!(tag("de, en").as_deref(), Some("de"));
        assert_eq!(tag("English"), None);
        assert_eq!(tag("*"), None);
    }
}
