//! Relative addresses.

use std::borrow::Cow;

use url::Url;

/// `address` made absolute by `base`. As given, but for white space around it, where it is absolute
/// already or cannot be made so.
pub(super) fn resolve<'a>(base: Option<&str>, address: &'a str) -> Cow<'a, str> {
    let address = address.trim();
    if address.is_empty() || has_scheme(address) {
        return Cow::Borrowed(address);
    }
    let joined = base
        .and_then(|base| Url::parse(base).ok())
        .and_then(|base| base.join(address).ok());
    joined.map_or(Cow::Borrowed(address), |url| Cow::Owned(url.into()))
}

/// The base of a document: its own address in `Content-Location`, else the address that answered.
/// `None` where neither can be one.
pub(super) fn of_document(headers: &[(String, String)], url: &str) -> Option<String> {
    let answered = Url::parse(url.trim())
        .ok()
        .filter(|url| !url.cannot_be_a_base());
    let location = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-location"))
        .map(|(_, value)| value.trim());
    let located = location.and_then(|location| match &answered {
        Some(answered) => answered.join(location).ok(),
        None => Url::parse(location).ok(),
    });
    located
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .or(answered)
        .map(String::from)
}

fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses() {
        let base = Some("https://a.example/feeds/news.xml");
        for (address, expected) in [
            ("/1", "https://a.example/1"),
            ("1", "https://a.example/feeds/1"),
            ("//b.example/1", "https://b.example/1"),
            (" HTTPS://B.example/x y ", "HTTPS://B.example/x y"),
            ("mailto:a@a.example", "mailto:a@a.example"),
            ("?a=b:c", "https://a.example/feeds/news.xml?a=b:c"),
            ("", ""),
        ] {
            assert_eq!(resolve(base, address), expected);
        }
        assert_eq!(resolve(None, "/1"), "/1");
        assert_eq!(resolve(Some("x"), "/1"), "/1");
    }

    #[test]
    fn the_base_of_a_document() {
        let located = |value: &str| vec![("Content-Location".to_owned(), value.to_owned())];
        let url = "https://a.example/feeds/news.xml";
        let check = |headers: &[(String, String)], url, expected: Option<&str>| {
            assert_eq!(of_document(headers, url).as_deref(), expected);
        };
        check(&[], url, Some(url));
        check(&located("/x/"), url, Some("https://a.example/x/"));
        check(
            &located("https://b.example/x"),
            "",
            Some("https://b.example/x"),
        );
        check(&located("javascript:alert(1)"), url, Some(url));
        check(&[], "not an address", None);
    }
}
