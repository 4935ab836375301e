//! A path with wildcards, and when one matches (RFC 9309, section 2.2.2 and 2.2.3).

use memchr::memmem;
use serde::{Deserialize, Serialize};

/// A path pattern in the form in which it is compared: what may be written in two ways is written in
/// one, `*` is the wildcard and a `$` at the end is the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(path: &str) -> Self {
        let (path, ends) = match path.strip_suffix('$') {
            Some(path) => (path, "$"),
            None => (path, ""),
        };
        let mut pattern = normal(path.as_bytes(), true);
        pattern.push_str(ends);
        Self(pattern)
    }

    /// In bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it matches a path as [`path_of`] gives it. Takes time in proportion to both, whatever
    /// the pattern: it comes from a stranger.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let (pattern, ends) = match self.0.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (self.0.as_str(), false),
        };
        let mut parts = pattern.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = path.strip_prefix(first) else {
            return false;
        };
        let mut last = None;
        for part in parts {
            if let Some(part) = last.replace(part) {
                let Some(at) = memmem::find(rest.as_bytes(), str::as_bytes(part)) else {
                    return false;
                };
                rest = &rest[at + part.len()..];
            }
        }
        match (last, ends) {
            (None, true) => rest.is_empty(),
            (None, false) => true,
            // What stands between is the wildcard's.
            (Some(last), true) => rest.ends_with(last),
            (Some(last), false) => memmem::find(rest.as_bytes(), last.as_bytes()).is_some(),
        }
    }
}

/// Path and query of an address, in the form in which they are compared.
pub(crate) fn path_of(url: &url::Url) -> String {
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    normal(path.as_bytes(), false)
}

/// Writes a path in one way: what needs no percent-encoding has none, everything else has one with
/// capital digits. In a query `:` and `/` stand for themselves however they are written, as the RFC's
/// table has it. `*` and `$` that are no wildcards are `%2A` and `%24`.
fn normal(path: &[u8], has_wildcards: bool) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut in_query = false;
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        let encoded = encoded(&path[at..]);
        at += if encoded.is_some() { 3 } else { 1 };
        let octet = encoded.unwrap_or(byte);
        let stands = match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => true,
            b':' | b'/' if in_query => true,
            b'*' => has_wildcards && encoded.is_none(),
            b'$' | b'%' => false,
            0x21..=0x7e => encoded.is_none() && !b"\"'<>\\^`{|}".contains(&octet),
            _ => false,
        };
        if stands {
            in_query |= octet == b'?';
            normal.push(char::from(octet));
        } else {
            push_encoded(&mut normal, octet);
        }
    }
    normal
}

fn push_encoded(text: &mut String, octet: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(octet >> 4)]));
    text.push(char::from(DIGITS[usize::from(octet & 15)]));
}

/// The octet that a percent-encoding at the beginning stands for.
fn encoded(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        let url = Url::parse(&format!("http://a.example{path}")).expect("an address");
        let found = Pattern::new(pattern).matches(&path_of(&url));
        assert_eq!(found, expected, "{pattern} and {path}");
    }

    /// The table of RFC 9309, section 2.2.2: two spellings of one path match each other.
    #[test]
    fn spellings_of_the_rfcs_table() {
        for (path, encoded) in [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            (
                "/foo/bar?baz=https://foo.bar",
                "/foo/bar?baz=https%3A%2F%2Ffoo.bar",
            ),
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ] {
            for (pattern, path) in [(path, encoded), (encoded, path), (path, path)] {
                check(pattern, path, true);
            }
        }
        // A slash in a path that is none.
        check("/a%2Fb", "/a/b", false);
        check("/a%2fb", "/a%2Fb", true);
    }

    /// The tables of section 2.2.3: wildcards, and what looks like one.
    #[test]
    fn wildcards_and_what_only_looks_like_them() {
        check("/file-with-a-%2A.html", "/file-with-a-*.html", true);
        check("/file-with-a-%2A.html", "/file-with-a-b.html", false);
        check("/foo-%24", "/foo-$", true);
        check("/foo-$", "/foo-$", false);
        check("/a$b", "/a$b", true);
        check("/allow*exactly$", "/allow-all-of-this/exactly", true);
        check("/allow*exactly$", "/allow-all/exactly/not", false);
    }

    #[test]
    fn prefixes_and_wildcards() {
        check("/", "/", true);
        check("/fish", "/fish.html", true);
        check("/fish", "/Fish.asp", false);
        check("/fish", "/?id=fish", false);
        check("/fish*", "/fishheads/yummy.html", true);
        check("/fish*$", "/fish", true);
        check("/fish*$", "/shark/fish", false);
        check("/fish/", "/fish", false);
        check("/fish/", "/fish/?id=anything", true);
        check("/*.php", "/filename.php?parameters", true);
        check("/*.php", "/windows.PHP", false);
        check("/*.php$", "/filename.php", true);
        check("/*.php$", "/filename.php?parameters", false);
        check("/*.php$", "/a.php.php", true);
        check("/fish*.php", "/fishheads/catfish.php?parameters", true);
        check("*", "/anything", true);
        check("*/print/", "/a/print/1", true);
        check("/*a*b*c$", "/xaxbxcxc", true);
        check("/*aba", "/ab/aba", true);
        check("/a*a$", "/a", false);
        check("/*?", "/page", false);
        check("/*?", "/page?", true);
        check("no/slash", "/no/slash", false);
        check("$", "/", false);
        check("/$", "/", true);
        check("/$", "/a", false);
        check("/a b", "/a%20b", true);
        check("/100%", "/100%25", true);
    }

    /// The rule with nothing clever in it.
    fn naive(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            b"$" => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|at| naive(rest, &path[at..])),
            [first, rest @ ..] => path.first() == Some(first) && naive(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn it_matches_as_the_naive_rule_does(pattern in "/[ab*]{0,8}\\$?", path in "/[ab]{0,10}") {
            let found = Pattern::new(&pattern).matches(&normal(path.as_bytes(), false));
            prop_assert_eq!(found, naive(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn one_way_of_writing_is_final(path in "/[ -~ä]{0,20}") {
            let once = normal(path.as_bytes(), false);
            prop_assert_eq!(normal(once.as_bytes(), false), once);
        }
    }
}
