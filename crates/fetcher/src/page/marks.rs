//! What a page shows of itself: canonical and AMP addresses, and walls in front of the article. Pure.
//!
//! Walls are told by what publishers and providers say in so many words (schema.org, header fields, the
//! addresses that visitors are sent to), never guessed from how little text there is. They are
//! labelled; nothing here or elsewhere gets around one.

use std::collections::BTreeMap;

use article::{Marks, Wall};
use memchr::{memchr, memmem};
use serde_json::Value;
use url::Url;

use super::visible::visible;
use crate::link_header;
use crate::outcome::Answer;
use crate::parse::{Attributes, unescaped};

/// How much of a page is looked through, in bytes.
const MOST: usize = 1 << 20;
/// A test for persons has less visible text than this; pages of articles carry the same scripts.
const CHALLENGE_TEXT: usize = 2_000;
/// What the tests of Cloudflare, DataDome, Imperva, HUMAN and AWS have in their pages.
const CHALLENGES: [&str; 6] = [
    "/cdn-cgi/challenge-platform/",
    "window._cf_chl_opt",
    "captcha-delivery.com",
    "_Incapsula_Resource",
    "px-captcha",
    "awsWafCookieDomainList",
];
/// First labels of hosts that ask for consent: of Yahoo, Google, DPG and others.
const CONSENT_HOSTS: [&str; 6] = [
    "consent",
    "guce",
    "myprivacy",
    "cmp",
    "cookiewall",
    "privacy",
];
/// Parts of a path that do.
const CONSENT_PATHS: [&str; 6] = [
    "consent",
    "collectconsent",
    "cookiewall",
    "cookie-wall",
    "privacygate",
    "privacy-gate",
];
/// Parts of a path where one signs in.
const LOGIN_PATHS: [&str; 8] = [
    "login",
    "signin",
    "sign-in",
    "sign_in",
    "log-in",
    "anmelden",
    "connexion",
    "register",
];

/// What the answer to `asked` shows.
pub(crate) fn marks(asked: &str, answer: &Answer) -> Marks {
    let page = &answer.body[..answer.body.len().min(MOST)];
    let page = String::from_utf8_lossy(page);
    let seen = Seen::of(&page);
    let base = Url::parse(&answer.final_url).ok();
    let absolute = |href: &str| {
        let href = unescaped(href.trim());
        let url = base.as_ref()?.join(&href).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    };
    let in_header = link_header::links(&answer.headers);
    let linked = |rel: &str| {
        let in_head = seen.links.get(rel).copied();
        let in_header = || {
            let link = in_header.iter().find(|link| link.has_rel(rel))?;
            Some(link.target.as_str())
        };
        absolute(in_head.or_else(in_header)?)
    };
    Marks {
        canonical: linked("canonical"),
        amp: linked("amphtml"),
        is_amp: seen.is_amp,
        wall: wall(asked, answer, &page, &seen),
        from_feed: false,
    }
}

/// What stands in the tags of a page.
#[derive(Default)]
struct Seen<'a> {
    is_amp: bool,
    /// The first address of each relation that matters.
    links: BTreeMap<&'static str, &'a str>,
    is_locked: bool,
    linked_data: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    fn of(page: &'a str) -> Self {
        let mut seen = Self::default();
        let mut rest = page;
        let mut quotes_close = true;
        while let Some(at) = memchr(b'<', rest.as_bytes()) {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            let (name, after) = rest.split_at(name_end.unwrap_or(rest.len()));
            let name = name.to_ascii_lowercase();
            if !matches!(name.as_str(), "html" | "link" | "meta" | "script") {
                continue;
            }
            let Some(end) = tag_end(after, &mut quotes_close) else {
                break;
            };
            let attributes = &after[..end];
            rest = &after[end + 1..];
            match name.as_str() {
                "html" => seen.html(attributes),
                "link" => seen.link(attributes),
                "meta" => seen.meta(attributes),
                _ => {
                    let length = script_length(rest);
                    let kind = Attributes::raw(attributes, "type").unwrap_or_default();
                    if kind.trim().eq_ignore_ascii_case("application/ld+json") {
                        seen.linked_data.push(&rest[..length]);
                    }
                    rest = &rest[length..];
                }
            }
        }
        seen
    }

    fn html(&mut self, attributes: &str) {
        let mut names = Attributes::new(attributes).map(|(name, _)| name);
        self.is_amp |= names.any(|name| matches!(name, "amp" | "⚡" | "AMP"));
    }

    fn link(&mut self, attributes: &'a str) {
        let Some(href) = Attributes::raw(attributes, "href") else {
            return;
        };
        let rels = Attributes::raw(attributes, "rel").unwrap_or_default();
        for rel in ["canonical", "amphtml"] {
            if rels.split_whitespace().any(|r| r.eq_ignore_ascii_case(rel)) {
                self.links.entry(rel).or_insert(href);
            }
        }
    }

    /// The content tier of the Open Graph: free, metered or locked.
    fn meta(&mut self, attributes: &str) {
        let name = Attributes::raw(attributes, "property");
        let name = name.or_else(|| Attributes::raw(attributes, "name"));
        let content = Attributes::raw(attributes, "content").unwrap_or_default();
        self.is_locked |=
            name == Some("article:content_tier") && content.trim().eq_ignore_ascii_case("locked");
    }

    fn is_paid(&self) -> bool {
        self.is_locked || self.linked_data.iter().any(|json| is_paid(json))
    }
}

/// Where a tag ends: at the first `>` that stands in no quotes, or at the first at all. `quotes_close`
/// is whether quotes are worth looking at: a page where one leads to its end would be read to the end
/// for every tag.
fn tag_end(attributes: &str, quotes_close: &mut bool) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in attributes.bytes().enumerate() {
        match (byte, quote) {
            _ if !*quotes_close => break,
            (b'>', None) => return Some(at),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    *quotes_close = false;
    memchr(b'>', attributes.as_bytes())
}

/// How long a script is that begins here.
fn script_length(text: &str) -> usize {
    let mut ends = memmem::find_iter(text.as_bytes(), b"</");
    let is_end = |at: &usize| {
        let name = text.as_bytes().get(at + 2..at + 8);
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
    };
    ends.find(is_end).unwrap_or(text.len())
}

fn wall(asked: &str, answer: &Answer, page: &str, seen: &Seen<'_>) -> Option<Wall> {
    let says = |name, value: &str| answer.header(name).is_some_and(|found| found == value);
    let is_challenge = says("cf-mitigated", "challenge")
        || says("x-amzn-waf-action", "challenge")
        || says("x-amzn-waf-action", "captcha")
        || CHALLENGES.iter().any(|mark| page.contains(mark))
            && visible(page.as_bytes()).len() < CHALLENGE_TEXT;
    if is_challenge {
        return Some(Wall::Challenge);
    }
    led_to(asked, &answer.final_url).or_else(|| seen.is_paid().then_some(Wall::Paywall))
}

/// The wall that an address has led to, which itself names none.
fn led_to(asked: &str, to: &str) -> Option<Wall> {
    let (asked, to) = (Url::parse(asked.trim()).ok()?, Url::parse(to).ok()?);
    let label = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.split('.').next().unwrap_or_default().to_owned()
    };
    let names = |url: &Url, known: &[&str]| {
        let mut parts = url.path_segments().into_iter().flatten();
        parts.any(|part| {
            let part = part.to_ascii_lowercase();
            let stem = part.split('.').next().unwrap_or_default();
            known.contains(&stem)
        })
    };
    let is_new = |known: &[&str]| names(&to, known) && !names(&asked, known);
    let host = label(&to);
    let asks_consent = CONSENT_HOSTS.contains(&host.as_str()) && host != label(&asked);
    if asks_consent || is_new(&CONSENT_PATHS) {
        return Some(Wall::Consent);
    }
    is_new(&LOGIN_PATHS).then_some(Wall::Login)
}

/// Whether linked data says of what the page is about that it is not accessible for free. Of its parts it
/// may say so as well: those of a page that is free as a whole are boxes beside the article.
fn is_paid(json: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(json.trim()) else {
        return false;
    };
    let mut things = vec![&value];
    let mut is_paid = false;
    while let Some(thing) = things.pop() {
        match thing {
            Value::Array(all) => things.extend(all),
            Value::Object(object) => {
                things.extend(object.get("@graph"));
                match object.get("isAccessibleForFree") {
                    Some(Value::Bool(is_free)) => is_paid |= !is_free,
                    Some(Value::String(text)) => {
                        let text = text.rsplit('/').next().unwrap_or_default();
                        is_paid |= text.eq_ignore_ascii_case("false");
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    is_paid
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "https://a.example/news/1";

    fn answer(final_url: &str, headers: &[(&str, &str)], page: &str) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            final_url: final_url.into(),
            status: 200,
            headers: headers.iter().map(own).collect(),
            body: page.into(),
            ..Answer::default()
        }
    }

    #[track_caller]
    fn check(page: &str, expected: &Marks) {
        assert_eq!(marks(ASKED, &answer(ASKED, &[], page)), *expected, "{page}");
    }

    #[track_caller]
    fn check_wall(final_url: &str, headers: &[(&str, &str)], page: &str, expected: Option<Wall>) {
        let found = marks(ASKED, &answer(final_url, headers, page)).wall;
        assert_eq!(found, expected, "{final_url} {page}");
    }

    #[test]
    fn a_page_names_its_addresses() {
        let canonical = |url: &str| Marks {
            canonical: Some(url.into()),
            ..Marks::default()
        };
        let ordinary = canonical("https://a.example/one?a=1&b=2");
        check(
            "<head><link href='/one?a=1&amp;b=2' data-x='>' rel='alternate CANONICAL'>\
             <link rel=canonical href=/two>",
            &ordinary,
        );
        check(
            "<!-- <link rel=canonical href=/no> --><p>x",
            &Marks::default(),
        );
        check(
            "<script>'<link rel=canonical href=/no>'</script><LINK REL=canonical HREF=/yes>",
            &canonical("https://a.example/yes"),
        );
        check(
            "<link rel=canonical href='javascript:x'>",
            &Marks::default(),
        );
        check("<link rel=canonical href='/cut", &Marks::default());
        let amp = Marks {
            is_amp: true,
            ..canonical("https://a.example/full")
        };
        check("<html ⚡ lang=en><link rel=canonical href=/full>", &amp);
        check("<html amp=\"\"><link rel=canonical href=/full>", &amp);
        let has_amp = Marks {
            amp: Some("https://amp.a.example/1".into()),
            ..Marks::default()
        };
        check("<link rel=amphtml href=//amp.a.example/1>", &has_amp);
    }

    #[test]
    fn a_header_field_names_them_as_well() {
        let link = "</style.css>; rel=preload; as=style, </a,b;c>; rel=\"canonical\"";
        let found = marks(ASKED, &answer(ASKED, &[("link", link)], "<p>x"));
        assert_eq!(found.canonical.as_deref(), Some("https://a.example/a,b;c"));
    }

    #[test]
    fn publishers_say_what_is_paid_for() {
        let data = |json: &str| format!("<script type=application/ld+json>{json}</script><p>x");
        let paid = Some(Wall::Paywall);
        for (json, expected) in [
            (
                r#"{"@type":"NewsArticle","isAccessibleForFree":false}"#,
                paid,
            ),
            (r#"[{"isAccessibleForFree":"False"}]"#, paid),
            (
                r#"{"@graph":[{},{"isAccessibleForFree":"http://schema.org/False"}]}"#,
                paid,
            ),
            (
                r#"{"isAccessibleForFree":true,"hasPart":{"isAccessibleForFree":false}}"#,
                None,
            ),
            (r#"{"isAccessibleForFree":fal"#, None),
        ] {
            check_wall(ASKED, &[], &data(json), expected);
        }
        let tier = |tier: &str| format!("<meta property=article:content_tier content={tier}>");
        check_wall(ASKED, &[], &tier("locked"), paid);
        check_wall(ASKED, &[], &tier("free"), None);
    }

    #[test]
    fn a_wall_is_known_by_where_one_is_sent() {
        let consent = Some(Wall::Consent);
        check_wall("https://consent.yahoo.example/v2/x", &[], "<p>x", consent);
        check_wall("https://guce.a.example/c", &[], "<p>x", consent);
        check_wall("https://a.example/cookiewall?to=1", &[], "<p>x", consent);
        check_wall(
            "https://a.example/user/Login.aspx",
            &[],
            "<p>x",
            Some(Wall::Login),
        );
        check_wall("https://a.example/news/consent-in-court", &[], "<p>x", None);
        let about = "https://a.example/login/outage";
        assert_eq!(marks(about, &answer(about, &[], "<p>x")).wall, None);
    }

    #[test]
    fn a_test_for_persons_is_told_from_an_article_with_its_script() {
        let challenge = Some(Wall::Challenge);
        let script = "<script src=/cdn-cgi/challenge-platform/h/b></script>";
        check_wall(
            ASKED,
            &[],
            &format!("{script}<p>Just a moment..."),
            challenge,
        );
        let article = format!("{script}<p>{}", "The ferry is late. ".repeat(200));
        check_wall(ASKED, &[], &article, None);
        check_wall(ASKED, &[("cf-mitigated", "challenge")], "<p>x", challenge);
        check_wall(ASKED, &[("x-amzn-waf-action", "captcha")], "", challenge);
    }
}
