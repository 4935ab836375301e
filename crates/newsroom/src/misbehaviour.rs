//! What goes wrong on request.

use std::str::FromStr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// One rule of misbehaviour. As a string: `[HOST][/PREFIX]:WHAT[=VALUE][,share=S][,times=N]`, for
/// example `harbour.example:429=5`, `*:500,share=0.1` or `mpa.example/feed:truncate,times=3`.
///
/// | WHAT | the request is answered |
/// |---|---|
/// | `429[=SECONDS]` | 429 with Retry-After (5) |
/// | `500` to `599` | with this status |
/// | `301`, `302`, `303`, `307`, `308`, each `[=HOPS]` | through so many redirects (1) |
/// | `304` | 304, whatever the client has |
/// | `gone` | 410 |
/// | `slow=BYTES` | with so many bytes a second |
/// | `delay=SECONDS` | after so long |
/// | `broken-xml` | with a document that no XML parser takes |
/// | `wrong-encoding` | with windows-1252 that calls itself UTF-8 |
/// | `truncate` | with the first half, then the connection breaks |
#[derive(Clone, Debug, PartialEq)]
pub struct Misbehaviour {
    /// The host that misbehaves; `None`: all of them.
    pub host: Option<String>,
    /// Only paths that begin with this; empty: all.
    pub path_prefix: String,
    /// What goes wrong.
    pub what: What,
    /// For which share of the requests, 0 to 1, evenly spread by count: at 0.25 every fourth.
    pub share: f64,
    /// At most so often; `None`: always.
    pub times: Option<u32>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// 429 with a Retry-After of so many seconds.
    TooManyRequests {
        /// The value of Retry-After.
        retry_after_s: u64,
    },
    /// This status, 500 to 599.
    ServerError(u16),
    /// Redirects in a row before the document.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// How many.
        hops: u32,
    },
    /// 304, whatever the client has.
    NotModified,
    /// 410.
    Gone,
    /// The answer takes long.
    Slow {
        /// Before the first byte.
        delay: Duration,
        /// Then so fast; `None`: at once.
        bytes_per_second: Option<u32>,
    },
    /// A document that no XML parser takes.
    BrokenXml,
    /// Bytes of windows-1252 that are declared as UTF-8.
    WrongEncoding,
    /// The first half of the bytes, then the connection breaks.
    Truncate,
}

impl What {
    /// Whether the document does not arrive as it is, or not at all.
    pub(crate) fn spoils(&self) -> bool {
        !matches!(self, Self::Slow { .. })
    }
}

/// Why a string is no rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("misbehaviour {rule:?}: {reason}")]
pub struct MisbehaviourError {
    rule: String,
    reason: String,
}

const FORM: &str = "expected [HOST][/PREFIX]:WHAT[=VALUE][,share=S][,times=N]";
const KINDS: &str = "429[=SECONDS], 500 to 599, 301|302|303|307|308[=HOPS], 304, gone, slow=BYTES, \
                     delay=SECONDS, broken-xml, wrong-encoding or truncate";

impl FromStr for Misbehaviour {
    type Err = MisbehaviourError;

    fn from_str(rule: &str) -> Result<Self, Self::Err> {
        parse(rule).map_err(|reason| MisbehaviourError {
            rule: rule.to_owned(),
            reason,
        })
    }
}

fn parse(rule: &str) -> Result<Misbehaviour, String> {
    let (place, what) = rule.rsplit_once(':').ok_or_else(|| FORM.to_owned())?;
    let (host, prefix) = match place.find('/') {
        Some(slash) => place.split_at(slash),
        None => (place, ""),
    };
    let mut parts = what.split(',');
    let mut parsed = Misbehaviour {
        host: (!matches!(host, "" | "*")).then(|| host.to_ascii_lowercase()),
        path_prefix: prefix.to_owned(),
        what: parse_what(parts.next().unwrap_or_default())?,
        share: 1.0,
        times: None,
    };
    for part in parts {
        match part.split_once('=') {
            Some(("share", share)) => {
                parsed.share = share
                    .parse()
                    .ok()
                    .filter(|share| (0.0..=1.0).contains(share))
                    .ok_or_else(|| format!("share {share:?} must be a number from 0 to 1"))?;
            }
            Some(("times", times)) => parsed.times = Some(number("times", times)?),
            _ => return Err(format!("{part:?} must be share=S or times=N")),
        }
    }
    Ok(parsed)
}

fn parse_what(what: &str) -> Result<What, String> {
    let (kind, value) = match what.split_once('=') {
        Some((kind, value)) => (kind, Some(value)),
        None => (what, None),
    };
    let parsed = match (kind, value) {
        ("429", value) => What::TooManyRequests {
            retry_after_s: value.map_or(Ok(5), |value| number("seconds", value))?,
        },
        ("301" | "302" | "303" | "307" | "308", value) => What::Redirect {
            status: number("status", kind)?,
            hops: value.map_or(Ok(1), |value| number("hops", value))?,
        },
        ("slow", Some(value)) => What::Slow {
            delay: Duration::ZERO,
            bytes_per_second: Some(number("bytes a second", value)?).filter(|rate| *rate > 0),
        },
        ("delay", Some(value)) => What::Slow {
            delay: value
                .parse()
                .ok()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .ok_or_else(|| format!("delay {value:?} must be a number of seconds"))?,
            bytes_per_second: None,
        },
        ("304", None) => What::NotModified,
        ("gone" | "410", None) => What::Gone,
        ("broken-xml", None) => What::BrokenXml,
        ("wrong-encoding", None) => What::WrongEncoding,
        ("truncate", None) => What::Truncate,
        (status, None) => match status.parse() {
            Ok(status @ 500..=599) => What::ServerError(status),
            _ => return Err(format!("{kind:?} must be {KINDS}")),
        },
        _ => return Err(format!("{what:?} must be {KINDS}")),
    };
    Ok(parsed)
}

fn number<N: FromStr>(name: &str, value: &str) -> Result<N, String> {
    value
        .parse()
        .map_err(|_| format!("{name} {value:?} must be a whole number"))
}

/// The rules with their counts.
#[derive(Debug)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    says: Misbehaviour,
    /// Requests that the rule is about.
    seen: AtomicU64,
    /// Requests that it struck.
    struck: AtomicU32,
}

impl Rules {
    pub(crate) fn new(rules: Vec<Misbehaviour>) -> Self {
        let rules = rules.into_iter().map(|says| Rule {
            says,
            seen: AtomicU64::new(0),
            struck: AtomicU32::new(0),
        });
        Self(rules.collect())
    }

    /// What goes wrong with this request: the first rule that strikes. A request that has been
    /// `moved` already is not redirected again.
    pub(crate) fn strike(&self, host: &str, target: &str, moved: bool) -> Option<&What> {
        self.0
            .iter()
            .filter(|rule| !(moved && matches!(rule.says.what, What::Redirect { .. })))
            .find(|rule| rule.strikes(host, target))
            .map(|rule| &rule.says.what)
    }
}

impl Rule {
    fn strikes(&self, host: &str, target: &str) -> bool {
        let Misbehaviour {
            host: only,
            path_prefix,
            share,
            times,
            ..
        } = &self.says;
        if only.as_deref().is_some_and(|only| only != host) || !target.starts_with(path_prefix) {
            return false;
        }
        let before = self.seen.fetch_add(1, Ordering::Relaxed) as f64;
        if ((before + 1.0) * share).floor() <= (before * share).floor() {
            return false;
        }
        let once_more = |struck: u32| match times {
            Some(times) if struck >= *times => None,
            _ => struck.checked_add(1),
        };
        self.struck
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, once_more)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(host: Option<&str>, path_prefix: &str, what: What) -> Misbehaviour {
        Misbehaviour {
            host: host.map(str::to_owned),
            path_prefix: path_prefix.to_owned(),
            what,
            share: 1.0,
            times: None,
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &Misbehaviour) {
        assert_eq!(text.parse::<Misbehaviour>().as_ref(), Ok(expected));
    }

    #[track_caller]
    fn check_refused(text: &str, reason: &str) {
        let error = text.parse::<Misbehaviour>().expect_err("no rule");
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }

    #[test]
    fn rules_read() {
        let retry = What::TooManyRequests { retry_after_s: 7 };
        check(
            "harbour.example:429=7",
            &rule(Some("harbour.example"), "", retry),
        );
        let hops = What::Redirect {
            status: 301,
            hops: 4,
        };
        check("*/feed:301=4", &rule(None, "/feed", hops));
        let half = What::Slow {
            delay: Duration::from_millis(500),
            bytes_per_second: None,
        };
        check("A.example:delay=0.5", &rule(Some("a.example"), "", half));
        check(
            ":503,share=0.25,times=2",
            &Misbehaviour {
                share: 0.25,
                times: Some(2),
                ..rule(None, "", What::ServerError(503))
            },
        );
        for (name, what) in [
            ("304", What::NotModified),
            ("gone", What::Gone),
            ("broken-xml", What::BrokenXml),
            ("wrong-encoding", What::WrongEncoding),
            ("truncate", What::Truncate),
        ] {
            check(&format!("*:{name}"), &rule(None, "", what));
        }
    }

    #[test]
    fn what_is_no_rule_says_why() {
        check_refused("harbour.example", "expected [HOST]");
        check_refused("*:418", "must be 429");
        check_refused("*:slow", "must be 429");
        check_refused("*:gone=3", "must be 429");
        check_refused("*:429=soon", "seconds \"soon\"");
        check_refused("*:gone,share=2", "share \"2\"");
        check_refused("*:gone,often", "share=S or times=N");
    }

    #[test]
    fn a_share_is_spread_evenly_and_times_end_it() {
        let rules = Rules::new(vec![Misbehaviour {
            share: 0.25,
            times: Some(2),
            ..rule(Some("a.example"), "/p", What::Gone)
        }]);
        let struck: Vec<usize> = (0..16)
            .filter(|_| rules.strike("b.example", "/p", false).is_none())
            .filter(|_| rules.strike("a.example", "/q", false).is_none())
            .filter(|_| rules.strike("a.example", "/p/1", false).is_some())
            .collect();
        assert_eq!(struck, [3, 7]);
    }
}
