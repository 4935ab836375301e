//! XML namespaces, as far as feeds use them, and the prefixes in scope.

use std::borrow::Cow;

/// A namespace whose elements are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    /// None, or one of RSS's own: RSS 0.90 and 1.0, and those that feeds of RSS 2.0 have given
    /// themselves.
    Rss,
    /// Atom 1.0.
    Atom,
    /// Atom 0.3 and its drafts.
    Atom03,
    Rdf,
    /// Dublin Core, elements.
    Dc,
    /// Dublin Core, terms.
    DcTerms,
    /// RSS 1.0 content module.
    Content,
    /// Media RSS.
    Media,
    Itunes,
    /// RSS 1.0 syndication module.
    Syndication,
    Xhtml,
    Svg,
    Sitemap,
    /// Google's news sitemaps.
    News,
    /// The admin module of RSS 1.0.
    Admin,
    /// Any other.
    Other,
}

impl Ns {
    /// The namespace of an address. Case and a final slash are not looked at: publishers vary both.
    pub(super) fn of(uri: &str) -> Self {
        let uri = uri.trim();
        let uri = if uri.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(uri.to_ascii_lowercase())
        } else {
            Cow::Borrowed(uri)
        };
        let uri = uri.trim_end_matches('/');
        let Some((_, address)) = uri.split_once("://") else {
            return if uri.is_empty() {
                Self::Rss
            } else {
                Self::Other
            };
        };
        match address {
            "www.w3.org/2005/atom" => Self::Atom,
            "purl.org/atom/ns#"
            | "purl.org/atom/ns"
            | "example.com/newformat#"
            | "example.com/necho"
            | "purl.org/echo"
            | "purl.org/pie"
            | "uri/of/echo/namespace#" => Self::Atom03,
            "purl.org/rss/1.0"
            | "my.netscape.com/rdf/simple/0.9"
            | "channel.netscape.com/rdf/simple/0.9"
            | "purl.org/net/rss1.1#"
            | "backend.userland.com/rss"
            | "backend.userland.com/rss2"
            | "backend.userland.com/rss2.1"
            | "blogs.law.harvard.edu/tech/rss"
            | "purl.org/rss/2.0"
            | "cyber.law.harvard.edu/rss/rss.html"
            | "my.netscape.com/publish/formats/rss-0.91.dtd" => Self::Rss,
            "www.w3.org/1999/02/22-rdf-syntax-ns#" | "www.w3.org/1999/02/22-rdf-syntax-ns" => {
                Self::Rdf
            }
            "purl.org/dc/elements/1.1"
            | "purl.org/dc/elements/1.0"
            | "purl.org/dc/elements/1.1#" => Self::Dc,
            "purl.org/dc/terms" => Self::DcTerms,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "search.yahoo.com/mrss" | "video.search.yahoo.com/mrss" => Self::Media,
            "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => {
                Self::Itunes
            }
            "www.w3.org/1999/xhtml" => Self::Xhtml,
            "www.w3.org/2000/svg" => Self::Svg,
            "webns.net/mvcb" => Self::Admin,
            _ if is_sitemap(address) => Self::Sitemap,
            _ if address.starts_with("www.google.com/schemas/sitemap-news/") => Self::News,
            _ => Self::Other,
        }
    }

    /// The namespace that a prefix stands for by custom, where nothing declares it.
    fn of_custom(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "rss" | "rss2" => Self::Rss,
            "atom" | "atom10" | "a10" => Self::Atom,
            "rdf" => Self::Rdf,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "content" => Self::Content,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            "sy" => Self::Syndication,
            "xhtml" => Self::Xhtml,
            "svg" => Self::Svg,
            "news" => Self::News,
            _ => return None,
        })
    }
}

fn is_sitemap(address: &str) -> bool {
    let sitemap = address.strip_prefix("www.").unwrap_or(address);
    sitemap.starts_with("sitemaps.org/schemas/sitemap")
        || sitemap.starts_with("google.com/schemas/sitemap/0.")
}

/// How many declarations are in scope at the most: each element looks through them, and a hostile document
/// has a million of both.
const MAX_DECLARED: usize = 256;

/// The prefixes in scope.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    declared: Vec<(&'a str, Ns)>,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolved<'a> {
    pub(super) ns: Ns,
    pub(super) local: &'a str,
    /// Whether its prefix stands for what it does by custom alone.
    pub(super) is_undeclared: bool,
}

impl<'a> Scopes<'a> {
    pub(super) fn len(&self) -> usize {
        self.declared.len()
    }

    /// Leaves the elements whose declarations came after the first `length`.
    pub(super) fn truncate(&mut self, length: usize) {
        self.declared.truncate(length);
    }

    /// Declares `prefix`, empty for the default namespace. One beyond [`MAX_DECLARED`] stands for what it
    /// does by custom.
    pub(super) fn declare(&mut self, prefix: &'a str, ns: Ns) {
        if self.declared.len() < MAX_DECLARED {
            self.declared.push((prefix, ns));
        }
    }

    pub(super) fn resolve(&self, name: &'a str) -> Resolved<'a> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self
            .declared
            .iter()
            .rev()
            .find(|(found, _)| *found == prefix)
            .map(|(_, ns)| *ns);
        let custom = || {
            if prefix.is_empty() {
                Some(Ns::Rss)
            } else {
                Ns::of_custom(prefix)
            }
        };
        let ns = declared.or_else(custom);
        Resolved {
            ns: ns.unwrap_or(Ns::Other),
            local,
            is_undeclared: declared.is_none() && !prefix.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_their_forms() {
        for (uri, ns) in [
            ("http://www.w3.org/2005/Atom", Ns::Atom),
            ("HTTP://WWW.W3.ORG/2005/ATOM/", Ns::Atom),
            ("https://www.w3.org/2005/Atom", Ns::Atom),
            ("http://purl.org/atom/ns#", Ns::Atom03),
            ("http://search.yahoo.com/mrss", Ns::Media),
            ("http://www.itunes.com/DTDs/Podcast-1.0.dtd", Ns::Itunes),
            ("http://www.sitemaps.org/schemas/sitemap/0.9", Ns::Sitemap),
            ("http://www.google.com/schemas/sitemap/0.84", Ns::Sitemap),
            ("http://www.google.com/schemas/sitemap-news/0.9", Ns::News),
            ("http://www.google.com/schemas/sitemap-image/1.1", Ns::Other),
            ("", Ns::Rss),
            ("nonsense", Ns::Other),
        ] {
            assert_eq!(Ns::of(uri), ns, "{uri}");
        }
    }

    #[test]
    fn inner_declarations_win_and_end() {
        let mut scopes = Scopes::default();
        scopes.declare("", Ns::Atom);
        scopes.declare("x", Ns::Dc);
        let before = scopes.len();
        scopes.declare("", Ns::Xhtml);
        assert_eq!(scopes.resolve("p").ns, Ns::Xhtml);
        scopes.truncate(before);
        assert_eq!(scopes.resolve("title").ns, Ns::Atom);
        assert_eq!(scopes.resolve("x:date").ns, Ns::Dc);
        let custom = scopes.resolve("media:title");
        assert_eq!(
            (custom.ns, custom.local, custom.is_undeclared),
            (Ns::Media, "title", true)
        );
        assert_eq!(scopes.resolve("y:title").ns, Ns::Other);
    }
}
