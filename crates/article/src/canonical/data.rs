//! The lists in `data/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static TRACKING: LazyLock<Tracking> =
    LazyLock::new(|| Tracking::of(include_str!("../../data/tracking.txt")));
static SESSIONS: LazyLock<Tracking> =
    LazyLock::new(|| Tracking::of(include_str!("../../data/sessions.txt")));
static SHORTENERS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/shorteners.txt")).collect());
static EDITIONS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/editions.txt")).collect());

/// ISO 639-1, by first letter.
const LANGUAGES: [&str; 25] = [
    "aa ab ae af ak am an ar as av ay az",
    "ba be bg bh bi bm bn bo br bs",
    "ca ce ch co cr cs cu cv cy",
    "da de dv dz",
    "ee el en eo es et eu",
    "fa ff fi fj fo fr fy",
    "ga gd gl gn gu gv",
    "ha he hi ho hr ht hu hy hz",
    "ia id ie ig ii ik io is it iu",
    "ja jv",
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky",
    "la lb lg li ln lo lt lu lv",
    "mg mh mi mk ml mn mr ms mt my",
    "na nb nd ne ng nl nn no nr nv ny",
    "oc oj om or os",
    "pa pi pl ps pt",
    "qu",
    "rm rn ro ru rw",
    "sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw",
    "ta te tg th ti tk tl tn to tr ts tt tw ty",
    "ug uk ur uz",
    "ve vi vo",
    "wa wo",
    "xh yi yo",
    "za zh zu",
];

fn words(list: &str) -> impl Iterator<Item = &str> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace)
}

/// What makes a parameter one that only tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Always,
    /// Unless its value is a number, which may name an article.
    UnlessNumber,
    /// Where its value says that a feed was followed.
    IfFeed,
}

#[derive(Debug, Default)]
struct Tracking {
    names: BTreeMap<String, Rule>,
    beginnings: Vec<String>,
    hosts: BTreeMap<String, BTreeSet<String>>,
}

impl Tracking {
    fn of(list: &str) -> Self {
        let mut rules = Self::default();
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut names = line
                .split_whitespace()
                .map(str::to_ascii_lowercase)
                .peekable();
            if let Some(host) = names.next_if(|name| name.starts_with('@')) {
                let of_host = rules.hosts.entry(host[1..].to_owned()).or_default();
                of_host.extend(names);
                continue;
            }
            for name in names {
                if let Some(beginning) = name.strip_suffix('*') {
                    rules.beginnings.push(beginning.to_owned());
                    continue;
                }
                let (name, rule) = match name.strip_suffix(['!', '?']) {
                    Some(bare) if name.ends_with('!') => (bare, Rule::UnlessNumber),
                    Some(bare) => (bare, Rule::IfFeed),
                    None => (name.as_str(), Rule::Always),
                };
                rules.names.insert(name.to_owned(), rule);
            }
        }
        rules
    }

    fn has(&self, host: &str, name: &str, value: &str) -> bool {
        let is_of = |host: &str| {
            self.hosts
                .get(host)
                .is_some_and(|names| names.contains(name))
        };
        self.beginnings
            .iter()
            .any(|beginning| name.starts_with(beginning.as_str()))
            || above(host).any(is_of)
            || match self.names.get(name) {
                None => false,
                Some(Rule::Always) => true,
                Some(Rule::UnlessNumber) => !value.bytes().any(|byte| byte.is_ascii_digit()),
                Some(Rule::IfFeed) => is_feed(value),
            }
    }
}

/// A host and those above it.
fn above(host: &str) -> impl Iterator<Item = &str> {
    let dots = host.match_indices('.').map(|(at, _)| at + 1);
    std::iter::once(0).chain(dots).map(|at| &host[at..])
}

fn is_feed(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    ["rss", "feed", "atom"].iter().any(|feed| {
        value
            .strip_prefix(feed)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    }) || value == "feedburner"
}

/// Whether a parameter only says where a reader came from, or names a visit. The name in lower case.
pub(super) fn is_tracking(host: &str, name: &str, value: &str) -> bool {
    TRACKING.has(host, name, value) || SESSIONS.has(host, name, value)
}

/// Whether a parameter, of a path too, names a visit.
pub(super) fn is_session(name: &str) -> bool {
    SESSIONS.has("", name, "")
}

/// Whether a host shortens addresses, there or below the first part of the path.
pub(super) fn is_shortener(host: &str, path: &str) -> bool {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    SHORTENERS.contains(host) || SHORTENERS.contains(format!("{host}/{first}").as_str())
}

/// Whether a lower-case first part of a path names an edition or a language.
pub(super) fn is_edition(part: &str) -> bool {
    let is_language = |code: &str| {
        LANGUAGES
            .iter()
            .any(|codes| codes.split(' ').any(|known| known == code))
    };
    let (language, country) = part.split_once(['-', '_']).unwrap_or((part, "xx"));
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
    EDITIONS.contains(part) || (is_language(language) && is_country)
}
