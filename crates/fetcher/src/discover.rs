//! Where a site's feeds are, by what one of its pages says.
//!
//! A pure function of an answer: what its `Link` header and its `link` elements declare (the RSS and Atom
//! autodiscovery of all readers), then anchors that look like feeds, and after these the paths at which
//! feeds commonly are. Whoever asks the network for what was found is [`crate::visit`].

use std::collections::BTreeSet;

use serde::Serialize;
use url::Url;

use crate::link_header;
use crate::parse::{self, ParsedFeed, web};

/// How many feeds are told of a page.
const MOST: usize = 100;

/// A place where a feed probably is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its address.
    pub url: String,
    /// What the page calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What makes it one.
    pub found: Found,
    /// The media type that is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Whether it has readers' comments, so probably is not what is wanted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub comments: bool,
}

/// What makes an address a candidate, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The answer is a feed.
    Itself,
    /// Declared with a feed's media type.
    Declared,
    /// Declared as an alternate, and its address looks like a feed's.
    Alternate,
    /// An anchor to the same site that looks like a feed's.
    Anchor,
    /// An anchor to elsewhere that does.
    Elsewhere,
    /// A path at which feeds often are.
    Path,
}

impl Found {
    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::Declared => "declared",
            Self::Alternate => "alternate",
            Self::Anchor => "anchor",
            Self::Elsewhere => "elsewhere",
            Self::Path => "path",
        }
    }
}

/// What an address answered with.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// A feed.
    Feed(Box<ParsedFeed>),
    /// Something else, and where it leads: the best first, nothing twice.
    Page(Vec<Candidate>),
}

/// Looks for feeds in an answer. `headers` have their names in lower case, `url` is what answered.
pub fn discover(bytes: &[u8], headers: &[(String, String)], url: &str) -> Answered {
    match parse::parse(bytes, headers, url) {
        Ok(feed) => Answered::Feed(Box::new(feed)),
        Err(_) => Answered::Page(candidates(bytes, headers, url)),
    }
}

/// What a page that is no feed leads to.
pub fn candidates(bytes: &[u8], headers: &[(String, String)], url: &str) -> Vec<Candidate> {
    let Ok(page) = Url::parse(url.trim()) else {
        return Vec::new();
    };
    let tags = web::tags(bytes, headers);
    let base = tags.iter().find(|tag| tag.name == "base");
    let base = base.and_then(|base| page.join(base.get("href")?).ok());
    let base = base.unwrap_or_else(|| page.clone());
    let mut found = Vec::new();
    for link in link_header::links(headers) {
        let declared = Declared {
            rel: &link.rel,
            media_type: link.param("type"),
            title: link.param("title"),
        };
        found.extend(declared.candidate(&page, &link.target));
    }
    for tag in &tags {
        let Some(href) = tag.get("href") else {
            continue;
        };
        match tag.name.as_str() {
            "link" => {
                let declared = Declared {
                    rel: tag.get("rel").unwrap_or_default(),
                    media_type: tag.get("type"),
                    title: tag.get("title"),
                };
                found.extend(declared.candidate(&base, href));
            }
            "a" | "area" => {
                let title = tag.get("title").unwrap_or(&tag.text);
                found.extend(anchor(&page, &base, href, title, tag.get("type")));
            }
            _ => {}
        }
    }
    // Stable: what is alike stays in the page's order.
    found.sort_by_key(|candidate| (candidate.comments, candidate.found));
    let mut known = BTreeSet::new();
    found.retain(|candidate| candidate.url != page.as_str() && known.insert(candidate.url.clone()));
    found.truncate(MOST);
    found
}

/// A link as it is declared.
struct Declared<'a> {
    rel: &'a str,
    media_type: Option<&'a str>,
    title: Option<&'a str>,
}

impl Declared<'_> {
    fn candidate(&self, base: &Url, href: &str) -> Option<Candidate> {
        let has = |name: &str| {
            let mut words = self.rel.split_ascii_whitespace();
            words.any(|word| word.eq_ignore_ascii_case(name))
        };
        let is_feed = has("feed");
        if !is_feed && (!has("alternate") || has("stylesheet")) {
            return None;
        }
        let url = address(base, href)?;
        let found = match self.media_type.map(kind_of) {
            Some(Type::Feed) => Found::Declared,
            _ if is_feed => Found::Declared,
            // As WordPress declares its interface, and everybody their translations.
            Some(Type::Any) | None if looks_like_a_feed(&url) => Found::Alternate,
            _ => return None,
        };
        Some(candidate(url, self.title, found, self.media_type))
    }
}

enum Type {
    Feed,
    Any,
    Other,
}

fn kind_of(media_type: &str) -> Type {
    let bare = media_type.split(';').next().unwrap_or_default().trim();
    match bare.to_ascii_lowercase().as_str() {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/feed+json"
        | "application/rdf+xml"
        | "application/x.atom+xml"
        | "application/x-atom+xml"
        | "application/rss"
        | "application/atom"
        | "text/rss+xml"
        | "text/rss"
        | "text/atom+xml"
        | "text/atom" => Type::Feed,
        "application/xml" | "text/xml" | "application/json" => Type::Any,
        _ => Type::Other,
    }
}

fn anchor(
    page: &Url,
    base: &Url,
    href: &str,
    title: &str,
    media_type: Option<&str>,
) -> Option<Candidate> {
    let url = address(base, href)?;
    let is_declared = media_type.is_some_and(|said| matches!(kind_of(said), Type::Feed));
    let says_so =
        ["rss", "atom", "feed", "xml"].contains(&title.trim().to_ascii_lowercase().as_str());
    if !is_declared && !says_so && !looks_like_a_feed(&url) {
        return None;
    }
    let found = if site(&url) == site(page) {
        Found::Anchor
    } else {
        Found::Elsewhere
    };
    Some(candidate(url, Some(title), found, media_type))
}

fn candidate(url: Url, title: Option<&str>, found: Found, media_type: Option<&str>) -> Candidate {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    let comments = is_of_comments(url.path()) || title.is_some_and(is_of_comments);
    Candidate {
        url: url.into(),
        title: title.map(str::to_owned),
        found,
        media_type: media_type.map(str::to_owned),
        comments,
    }
}

/// An address that can be polled. `feed:` is how some sites write one to have a reader open it.
fn address(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    let bare = match href.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("feed") => {
            if rest.starts_with("//") {
                format!("{}:{rest}", base.scheme())
            } else {
                rest.to_owned()
            }
        }
        _ => href.to_owned(),
    };
    let mut url = base.join(&bare).ok()?;
    url.set_fragment(None);
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_web && crate::ingest::unfetchable(url.as_str()).is_none()).then_some(url)
}

/// Whether an address reads as a feed's: a file of its kind, or a part of the path that is named for it.
fn looks_like_a_feed(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let mut parts = path.split(['/', '-', '_', '.', '~']);
    let named = parts.any(|part| {
        matches!(
            part,
            "rss" | "rss2" | "atom" | "feed" | "feeds" | "rdf" | "xmlrss" | "newsfeed" | "rssfeed"
        )
    });
    let asked = url.query_pairs().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        let is_one = |text: &str| matches!(text, "rss" | "rss2" | "atom" | "feed" | "rdf");
        is_one(&value) || (is_one(&name.to_ascii_lowercase()) && value != "0" && value != "no")
    });
    let host = url.host_str().unwrap_or_default();
    let is_home = matches!(path.as_str(), "/" | "");
    let hosted = ["feeds.", "rss.", "feed."]
        .iter()
        .any(|part| host.starts_with(part))
        && !is_home;
    // A page about feeds is none.
    let is_page = [
        ".html", ".htm", ".php/", ".png", ".svg", ".gif", ".jpg", ".css", ".js", ".pdf",
    ]
    .iter()
    .any(|end| path.ends_with(end));
    (named || asked || hosted) && !is_page
}

fn is_of_comments(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "comment",
        "kommentar",
        "comentario",
        "comentário",
        "commenti",
        "reactie",
        "kommentti",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The host without the part that differs between a site's own.
fn site(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    ["www.", "m.", "feeds.", "feed.", "rss.", "amp."]
        .iter()
        .find_map(|part| host.strip_prefix(part))
        .unwrap_or(host)
}

/// Where feeds commonly are that no page tells of: in the folder of the page, then at the root of its
/// site. The order is that of how common they are.
pub fn common_paths(url: &str) -> Vec<Candidate> {
    const NAMES: [&str; 7] = [
        "feed",
        "rss.xml",
        "feed.xml",
        "atom.xml",
        "index.xml",
        "rss",
        "feed.json",
    ];
    let Ok(page) = Url::parse(url.trim()) else {
        return Vec::new();
    };
    let mut folder = page.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    if !folder.path().ends_with('/')
        && !folder
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .contains('.')
    {
        folder.set_path(&format!("{}/", folder.path()));
    }
    let root = page.join("/").ok();
    let mut known = BTreeSet::new();
    let bases = [Some(folder), root].into_iter().flatten();
    let all = bases.flat_map(|base| {
        let joined = NAMES.iter().filter_map(move |name| base.join(name).ok());
        joined.collect::<Vec<_>>()
    });
    all.filter(|url| url.as_str() != page.as_str() && known.insert(url.to_string()))
        .map(|url| candidate(url, None, Found::Path, None))
        .collect()
}

#[cfg(test)]
mod tests;
