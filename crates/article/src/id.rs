//! Names of things: hashes of what they name, never random, so that a replay finds the same names.

use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[cfg_attr(test, schemars(extend("pattern" = "^[0-9a-f]{32}$")))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is written: 32 hexadecimal digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Reads an id as a user typed it. `None` unless it is 32 hexadecimal digits.
            pub fn parse(text: &str) -> Option<Self> {
                let lower = text.trim().to_ascii_lowercase();
                let hex = lower.len() == 32 && lower.bytes().all(|b| b.is_ascii_hexdigit());
                hex.then_some(Self(lower))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// One article, named by the [`comparison_key`] of the address it was found under.
    ArticleId
);
id!(
    /// One feed, named by its address as configured.
    FeedId
);
id!(
    /// One event, named by the first article that told of it.
    StoryId
);
id!(
    /// Articles tied by derivation, named by the first of them.
    FamilyId
);

fn hash(kind: &str, what: &str) -> String {
    format!("{:032x}", xxh3_128(format!("{kind}\n{what}").as_bytes()))
}

impl ArticleId {
    /// The article at `url`. Addresses with the same [`comparison_key`] name the same article.
    pub fn of_url(url: &str) -> Self {
        Self(hash("article", &comparison_key(url)))
    }
}

impl FeedId {
    /// The feed at `url`.
    pub fn of_url(url: &str) -> Self {
        Self(hash("feed", url))
    }
}

impl StoryId {
    /// The story that `first` opened.
    pub fn opened_by(first: &ArticleId) -> Self {
        Self(hash("story", first.as_str()))
    }
}

impl FamilyId {
    /// The family that `first` opened.
    pub fn opened_by(first: &ArticleId) -> Self {
        Self(hash("family", first.as_str()))
    }
}

/// The key under which two addresses count as the same article. For comparison only: the address to
/// fetch stays as given.
///
/// Scheme, fragment, default port, a trailing slash and well-known tracking parameters make no
/// difference; everything else does. What is not an http(s) address is its own key.
pub fn comparison_key(address: &str) -> String {
    let Ok(url) = Url::parse(address.trim()) else {
        return address.trim().to_owned();
    };
    if !matches!(url.scheme(), "http" | "https") {
        return address.trim().to_owned();
    }
    // Piece by piece and undecoded: in a query that is not UTF-8 two different values would decode to
    // the same replacement characters.
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|piece| !piece.is_empty() && !is_tracking(piece.split('=').next().unwrap_or(piece)))
        .collect();
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let mark = if kept.is_empty() { "" } else { "?" };
    let query = kept.join("&");
    format!("{host}{port}{path}{mark}{query}")
}

/// Parameters that name where a reader came from, never what the page is.
fn is_tracking(name: &str) -> bool {
    const EXACT: [&str; 8] = [
        "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid",
    ];
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || name.starts_with("mtm_") || EXACT.contains(&name.as_str())
}

/// The host of an address in lower case, empty where there is none. Politeness and routing are by
/// host.
pub fn host_of(address: &str) -> String {
    Url::parse(address.trim())
        .ok()
        .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_same(a: &str, b: &str) {
        assert_eq!(ArticleId::of_url(a), ArticleId::of_url(b), "{a} and {b}");
    }

    #[track_caller]
    fn check_other(a: &str, b: &str) {
        assert_ne!(ArticleId::of_url(a), ArticleId::of_url(b), "{a} and {b}");
    }

    #[test]
    fn same_article_under_other_spellings() {
        check_same("http://a.example/x", "https://A.example:443/x/");
        check_same(
            "https://a.example/x?utm_source=rss&id=1",
            "https://a.example/x?id=1#top",
        );
        check_same(" https://a.example/x ", "https://a.example/x");
    }

    #[test]
    fn different_articles_stay_apart() {
        check_other("https://a.example/x?id=1", "https://a.example/x?id=2");
        check_other("https://a.example/x", "https://a.example/X");
        check_other("https://a.example/x", "https://b.example/x");
        check_other("https://a.example/?q=%E9", "https://a.example/?q=%E8");
        check_other("https://a.example:8080/x", "https://a.example/x");
    }

    #[test]
    fn what_is_no_address_is_its_own_key() {
        assert_eq!(
            comparison_key("tag:a.example,2026:1"),
            "tag:a.example,2026:1"
        );
        assert_eq!(comparison_key("not a url"), "not a url");
        assert_eq!(host_of("not a url"), "");
    }

    #[test]
    fn ids_read_back_what_they_print() {
        let id = ArticleId::of_url("https://a.example/x");
        assert_eq!(ArticleId::parse(&format!(" {id} ")), Some(id));
        assert_eq!(ArticleId::parse("xyz"), None);
    }
}
