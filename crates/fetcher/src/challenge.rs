//! Pages that stand between a reader and a feed: told apart, so that their cause is seen. They are never
//! got around.

use memchr::memmem;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::outcome::Answer;
use crate::parse::web;

/// How much of a page is looked at.
const LOOKED_AT: usize = 128 << 10;

/// What a page wants of its reader first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// To prove that it is no machine.
    Challenge,
    /// To agree to something, as cookies.
    Consent,
    /// To log in.
    Login,
}

impl Barrier {
    /// What stands there, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "a page that asks for proof of being no machine",
            Self::Consent => "a page that asks for consent",
            Self::Login => "a page that asks to log in",
        }
    }
}

/// Hosts and paths, titles, and pieces of pages that give each away.
struct Marks {
    barrier: Barrier,
    places: &'static [&'static str],
    titles: &'static [&'static str],
    pieces: &'static [&'static str],
}

const MARKS: [Marks; 3] = [
    Marks {
        barrier: Barrier::Challenge,
        places: &[
            "/cdn-cgi/challenge",
            "/_incapsula_resource",
            "//geo.captcha-delivery.com",
            "/distil_r_captcha",
            "/.well-known/captcha",
            "/__ddg_captcha",
        ],
        titles: &[
            "just a moment",
            "attention required",
            "access denied",
            "checking your browser",
            "ddos-guard",
            "pardon our interruption",
            "are you a robot",
            "robot check",
            "security check",
            "human verification",
            "verify you are human",
            "one more step",
            "un momento",
            "nur einen moment",
            "un instant",
        ],
        pieces: &[
            "cf-chl-",
            "cf_chl_opt",
            "/cdn-cgi/challenge-platform",
            "challenges.cloudflare.com",
            "captcha-delivery.com",
            "_incapsula_resource",
            "g-recaptcha",
            "h-captcha",
            "px-captcha",
            "awswafintegration",
            "aws-waf-token",
        ],
    },
    Marks {
        barrier: Barrier::Consent,
        places: &[
            "//consent.",
            "//cmp.",
            "//privacy.",
            "/consent",
            "/cookie-consent",
            "/cookiewall",
            "/privacy-gate",
            "/privacywall",
            "/dpg-privacy",
        ],
        titles: &[
            "before you continue",
            "cookie consent",
            "cookiewall",
            "privacy gate",
            "bevor sie fortfahren",
            "avant de continuer",
            "antes de continuar",
        ],
        pieces: &[
            "consent-form",
            "consentpage",
            "collectconsent",
            "cookiewall",
        ],
    },
    Marks {
        barrier: Barrier::Login,
        places: &[
            "/login",
            "/signin",
            "/sign-in",
            "/wp-login.php",
            "/accounts/login",
            "//login.",
            "//auth.",
            "//sso.",
        ],
        titles: &[
            "log in",
            "login",
            "sign in",
            "anmelden",
            "connexion",
            "iniciar sesión",
        ],
        pieces: &[],
    },
];

/// What stands in the way where an answer is no feed, as far as it can be told.
pub fn recognise(answer: &Answer) -> Option<Barrier> {
    // The word of the one that stands there itself.
    if answer
        .header("cf-mitigated")
        .is_some_and(|said| said.eq_ignore_ascii_case("challenge"))
        || answer.header("x-datadome").is_some() && answer.status == 403
    {
        return Some(Barrier::Challenge);
    }
    if answer.body.is_empty()
        || crate::parse::parse(&answer.body, &answer.headers, &answer.final_url).is_ok()
    {
        return None;
    }
    let place = Url::parse(&answer.final_url).ok().map(|url| {
        let host = url.host_str().unwrap_or_default();
        format!("//{host}{}", url.path()).to_ascii_lowercase()
    });
    let place = place.unwrap_or_default();
    let head = &answer.body[..answer.body.len().min(LOOKED_AT)];
    let tags = web::tags(head, &answer.headers);
    let title = tags.iter().find(|tag| tag.name == "title");
    let title = title.map_or_else(String::new, |title| title.text.to_lowercase());
    let text = head.to_ascii_lowercase();
    let asks_a_password = has(&text, "type=\"password\"")
        || has(&text, "type='password'")
        || has(&text, "type=password");
    let found = MARKS.iter().find(|marks| {
        let is_there = marks.places.iter().any(|part| place.contains(part));
        let is_called = marks.titles.iter().any(|part| title.starts_with(part));
        let has_piece = marks.pieces.iter().any(|piece| has(&text, piece));
        match marks.barrier {
            // Many pages have a form to log in somewhere, and some are about logging in.
            Barrier::Login => asks_a_password && (is_there || is_called),
            _ => is_there || is_called || has_piece,
        }
    });
    found.map(|marks| marks.barrier)
}

fn has(text: &[u8], piece: &str) -> bool {
    memmem::find(text, piece.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str, body: &str) -> Answer {
        Answer {
            final_url: url.into(),
            status: 200,
            headers: vec![("content-type".into(), "text/html".into())],
            body: body.into(),
            ..Answer::default()
        }
    }

    #[track_caller]
    fn check(url: &str, body: &str, expected: Option<Barrier>) {
        assert_eq!(recognise(&at(url, body)), expected, "{url} {body}");
    }

    #[test]
    fn pages_in_the_way_are_told_apart() {
        let feed = "https://a.example/rss";
        let page = |title: &str, body: &str| {
            format!("<!doctype html><html><title>{title}</title>{body}</html>")
        };
        let challenge = Some(Barrier::Challenge);
        check(feed, &page("Just a moment...", ""), challenge);
        check(
            feed,
            &page(
                "x",
                "<script src='/cdn-cgi/challenge-platform/h/b'></script>",
            ),
            challenge,
        );
        check(
            feed,
            &page("a.example", "<div class='g-recaptcha'>"),
            challenge,
        );
        let consent = Some(Barrier::Consent);
        check(
            "https://consent.a.example/collect?x=rss",
            &page("A", ""),
            consent,
        );
        check(
            "https://a.example/privacy-gate?to=/rss",
            &page("A", ""),
            consent,
        );
        check(feed, &page("Before you continue to A", ""), consent);
        let form = "<form><input type=\"password\" name=p></form>";
        check(
            "https://a.example/login?next=/rss",
            &page("A", form),
            Some(Barrier::Login),
        );
        check(feed, &page("Sign in - A", form), Some(Barrier::Login));
    }

    #[test]
    fn other_pages_and_feeds_are_not() {
        check(
            "https://a.example/",
            "<html><title>A</title><p>News of today</html>",
            None,
        );
        check(
            "https://a.example/",
            "<html><title>A</title><input type=password></html>",
            None,
        );
        check(
            "https://a.example/log-in-crisis",
            "<html><title>Login crisis at A</title></html>",
            None,
        );
        let feed = "<rss version='2.0'><channel><title>Just a moment</title>\
            <item><title>g-recaptcha explained</title></item></channel></rss>";
        check("https://consent.a.example/rss", feed, None);
        check("https://a.example/rss", "", None);
    }

    #[test]
    fn a_header_that_says_so_is_enough() {
        let mut answer = at("https://a.example/rss", "");
        answer.status = 403;
        answer.headers = vec![("cf-mitigated".into(), "challenge".into())];
        assert_eq!(recognise(&answer), Some(Barrier::Challenge));
    }
}
