//! Names of things: hashes of what they name, never random, so that a replay finds the same names.

use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use crate::canonical;

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
    /// One article, named by the [`canonical::key`] of the address it was found under.
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
    /// The article at `url`. Addresses with the same [`canonical::key`] name the same article.
    pub fn of_url(url: &str) -> Self {
        let key = canonical::key(url);
        // Without the scheme, as ids have been made since the first version.
        Self(hash("article", key.strip_prefix("http://").unwrap_or(&key)))
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

/// The host of an address in lower case, empty where there is none. Politeness and routing are by
/// host.
pub fn host_of(address: &str) -> String {
    Url::parse(address.trim())
        .ok()
        .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
        .unwrap_or_default()
}

/// A host as a site is called by it: who publishes is named so where a page names nobody.
pub fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
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
        check_same("https://m.a.example/x", "https://www.a.example/x");
    }

    #[test]
    fn different_articles_stay_apart() {
        check_other("https://a.example/x?id=1", "https://a.example/x?id=2");
        check_other("https://a.example/aFC06d", "https://a.example/afc06D");
        check_other("https://a.example/x", "https://b.example/x");
        check_other("https://a.example/?q=%E9", "https://a.example/?q=%E8");
        check_other("https://a.example:8080/x", "https://a.example/x");
    }

    #[test]
    fn what_is_no_address_is_its_own_key() {
        check_other("tag:a.example,2026:1", "tag:a.example,2026:2");
        assert_eq!(host_of("not a url"), "");
    }

    /// Logs hold these.
    #[test]
    fn ids_stay_what_they_were() {
        let id = ArticleId::of_url("https://a.example/2026/ferry?id=1#top");
        let same = hash("article", "a.example/2026/ferry?id=1");
        assert_eq!(id.as_str(), same);
    }

    #[test]
    fn ids_read_back_what_they_print() {
        let id = ArticleId::of_url("https://a.example/x");
        assert_eq!(ArticleId::parse(&format!(" {id} ")), Some(id));
        assert_eq!(ArticleId::parse("xyz"), None);
    }
}
