//! Hosts that want to be left alone: they say so, or do not answer at all. Pure.
//!
//! What refuses is taken for the whole host, until it shows otherwise. Narrower: an address that is refused
//! again although others of the host were answered in between has a limit of its own, and holds up nobody.
//! Wider: where hosts of one site say "too many" one after the other, they count together, and all of the
//! site is left alone.

use article::host_of;
use jiff::Timestamp;
use pipeline::Table;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::outcome::{Outcome, Standing, Trouble};
use crate::schedule::Pace;

/// How many addresses of a host may have limits of their own; where more do, it is the host's.
const NARROW_MOST: usize = 8;
/// How often an address must be refused, others being answered in between, until the limit is its own: by
/// chance a host's limit meets the same one twice.
const NARROW_FROM: u32 = 3;
/// How many hosts of a site must say "too many", one after the other, until it is the site that says so.
const WIDE_FROM: u32 = 3;
/// Within how many seconds of each other.
const WIDE_WITHIN: i64 = 60 * 60;
/// How long what a host has shown is remembered after its pause.
const REMEMBERED: i64 = 7 * 24 * 60 * 60;

/// Until when a host is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pause {
    pub(crate) until: Timestamp,
    /// How often in a row the host has refused, whatever it was asked for.
    #[serde(default)]
    pub(crate) refusals: u32,
    /// The hash of the address that was refused last; of a site, of the host.
    #[serde(default)]
    by: u64,
    /// How often in a row that was so, although others were answered in between.
    #[serde(default)]
    streak: u32,
    /// Whether another address was answered since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    others_answer: bool,
    /// The hashes of the addresses that have a limit of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    narrow: Vec<u64>,
}

/// What is left alone until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) until: Timestamp,
    /// The whole host; else the address that was asked for.
    pub(crate) is_host: bool,
}

/// Notes what an outcome of asking for `url` says of the host that was asked last: what is left alone until
/// when, where it refused. A host that answers starts anew, and so does that of `url` where it has led to
/// the other.
pub(crate) fn note(
    hosts: &mut Table<String, Pause>,
    pace: &Pace,
    url: &str,
    outcome: &Outcome,
) -> Option<Held> {
    let host = &outcome.host;
    let standing = outcome.standing();
    let first = host_of(url);
    let address = xxh3_64(url.as_bytes());
    if first != *host && standing != Standing::Unknown {
        answered(hosts, &first, address, outcome.at);
    }
    match standing {
        Standing::Unknown => None,
        Standing::Answered => {
            answered(hosts, host, address, outcome.at);
            None
        }
        Standing::Refused => {
            let is_narrow = may_be_narrow(outcome) && is_narrow(hosts, host, address);
            let before = hosts.get(host).map_or(0, |pause| pause.refusals);
            let refusals = before.saturating_add(1);
            let asked = outcome.asks_for(pace.retry_after_max);
            let until = pace.refused(host, refusals, asked, outcome.at);
            if is_narrow {
                return Some(Held {
                    until,
                    is_host: false,
                });
            }
            let known = hosts.get(host).filter(|known| known.by == address);
            let streak = known.map_or(0, |known| known.streak + u32::from(known.others_answer));
            let narrow = hosts.get(host).map(|pause| pause.narrow.clone());
            let pause = Pause {
                until,
                refusals,
                by: address,
                streak,
                others_answer: false,
                narrow: narrow.unwrap_or_default(),
            };
            hosts.insert(host.clone(), pause);
            widen(hosts, host, until, outcome);
            Some(Held {
                until,
                is_host: true,
            })
        }
    }
}

/// Takes up that a host has answered when it was asked for `address`.
fn answered(hosts: &mut Table<String, Pause>, host: &String, address: u64, at: Timestamp) {
    if let Some(site) = site_of(host) {
        hosts.remove(&site);
    }
    let Some(pause) = hosts.get(host) else {
        return;
    };
    let mut pause = pause.clone();
    pause.narrow.retain(|narrow| *narrow != address);
    if pause.by == address {
        pause.by = 0;
    }
    let is_old = at.duration_since(pause.until).as_secs() > REMEMBERED;
    if is_old || (pause.by == 0 && pause.narrow.is_empty()) {
        hosts.remove(host);
        return;
    }
    (pause.refusals, pause.others_answer) = (0, true);
    pause.until = pause.until.min(at);
    if hosts.get(host) != Some(&pause) {
        hosts.insert(host.clone(), pause);
    }
}

/// Whether a refusal may be one address's alone: a connection that does not come about is not.
fn may_be_narrow(outcome: &Outcome) -> bool {
    !matches!(outcome.result, Err(Trouble::Connect(_) | Trouble::Tls(_)))
}

/// Whether an address that is refused has a limit of its own, as far as has shown with this refusal.
fn is_narrow(hosts: &mut Table<String, Pause>, host: &String, address: u64) -> bool {
    let Some(pause) = hosts.get(host) else {
        return false;
    };
    if pause.narrow.contains(&address) {
        return true;
    }
    let refusals = pause.streak + 2;
    if pause.by != address || !pause.others_answer || refusals < NARROW_FROM {
        return false;
    }
    let is_one_more = pause.narrow.len() < NARROW_MOST;
    hosts.update(host, |pause| {
        if is_one_more {
            pause.narrow.push(address);
        } else {
            pause.narrow.clear();
        }
    });
    is_one_more
}

/// Takes up that a host of a site has said "too many", and leaves the site alone where others have too.
fn widen(hosts: &mut Table<String, Pause>, host: &str, until: Timestamp, outcome: &Outcome) {
    let is_too_many = outcome
        .result
        .as_ref()
        .is_ok_and(|answer| answer.status == 429);
    let Some(site) = site_of(host).filter(|_| is_too_many) else {
        return;
    };
    let by = xxh3_64(host.as_bytes());
    let before = hosts
        .get(&site)
        .filter(|before| outcome.at.duration_since(before.until).as_secs() < WIDE_WITHIN);
    let (hosts_before, last) = before.map_or((0, 0), |before| (before.refusals, before.by));
    let refusals = if last == by {
        hosts_before
    } else {
        hosts_before + 1
    };
    let is_wide = refusals >= WIDE_FROM;
    let pause = Pause {
        until: if is_wide { until } else { outcome.at },
        refusals,
        by,
        streak: 0,
        others_answer: false,
        narrow: Vec::new(),
    };
    hosts.insert(site, pause);
}

/// Until when the whole site of `host` is left alone, where it is.
pub(crate) fn site_until(
    hosts: &Table<String, Pause>,
    host: &str,
    now: Timestamp,
) -> Option<Timestamp> {
    let pause = hosts.get(&site_of(host)?)?;
    (pause.refusals >= WIDE_FROM && pause.until > now).then_some(pause.until)
}

/// The entry of all hosts that may be one site with `host`: what a registrar gave out, as far as that can be
/// told from the name alone. Evidence decides, so a wrong guess costs little. `None` for a site's only
/// name and for IP addresses.
fn site_of(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let [.., second, top] = labels.as_slice() else {
        return None;
    };
    let is_address = top.bytes().all(|byte| byte.is_ascii_digit()) || host.contains(':');
    let is_country_wide = top.len() == 2 && second.len() <= 3;
    let own = if is_country_wide { 3 } else { 2 };
    if is_address || labels.len() <= own {
        return None;
    }
    Some(format!("*.{}", labels[labels.len() - own..].join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::outcome::{Answer, Trouble};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number of seconds")
    }

    fn pace() -> Pace {
        Pace {
            jitter_percent: 0,
            ..Pace::new(&Config::default())
        }
    }

    type Came = Result<Answer, Trouble>;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status,
            headers: headers.iter().map(own).collect(),
            ..Answer::default()
        }
    }

    /// How long a host is left alone after each of these, every one of another page.
    #[track_caller]
    fn check(results: &[Came], expected: &[Option<i64>]) {
        let mut hosts = Table::named("hosts");
        let mut waits = Vec::new();
        for (page, result) in results.iter().enumerate() {
            let outcome = Outcome {
                at: at(2_000),
                host: "a.example".into(),
                result: result.clone(),
            };
            let until = note(
                &mut hosts,
                &pace(),
                &format!("http://a.example/{page}"),
                &outcome,
            );
            waits.push(until.map(|held| held.until.duration_since(outcome.at).as_secs()));
        }
        assert_eq!(waits, expected, "{results:?}");
    }

    #[test]
    fn refusals_in_a_row_count_for_the_host_whatever_it_was_asked_for() {
        let busy = || Ok(answer(429, &[]));
        check(
            &[busy(), busy(), busy(), Ok(answer(200, &[])), busy()],
            &[Some(30), Some(60), Some(120), None, Some(30)],
        );
        let timeout = || Err(Trouble::Timeout("header"));
        let connect = || Err(Trouble::Connect("refused".into()));
        check(
            &[
                timeout(),
                connect(),
                Ok(answer(503, &[])),
                Ok(answer(404, &[])),
                timeout(),
            ],
            &[Some(30), Some(60), Some(120), None, Some(30)],
        );
        let many: Vec<_> = (0..40).map(|_| timeout()).collect();
        let mut waits: Vec<_> = (0..40).map(|n| Some(30 << n.min(20))).collect();
        waits
            .iter_mut()
            .flatten()
            .for_each(|wait| *wait = (*wait).min(21_600));
        check(&many, &waits);
    }

    #[test]
    fn what_a_host_asks_for_is_obeyed_in_bounds() {
        check(
            &[
                Ok(answer(429, &[("retry-after", "7200")])),
                Ok(answer(503, &[("retry-after", "120")])),
                Ok(answer(
                    429,
                    &[("retry-after", "Thu, 01 Jan 1970 00:35:00 GMT")],
                )),
                Ok(answer(429, &[("retry-after", "316800")])),
                Ok(answer(429, &[])),
            ],
            &[Some(7_200), Some(120), Some(100), Some(86_400), Some(480)],
        );
    }

    #[test]
    fn where_nobody_was_asked_nothing_changes() {
        let offline = || Err(Trouble::Offline("a.example".into()));
        let dns = || Err(Trouble::Dns("no such name".into()));
        check(
            &[Ok(answer(429, &[])), offline(), dns(), Ok(answer(429, &[]))],
            &[Some(30), None, None, Some(60)],
        );
        check(&[Ok(answer(500, &[("retry-after", "120")]))], &[None]);
    }

    #[test]
    fn a_redirect_clears_the_host_that_led_on_and_pauses_the_one_that_refused() {
        let mut hosts = Table::named("hosts");
        let mut refuse = |host: &str, url| {
            let outcome = Outcome {
                at: at(0),
                host: host.into(),
                result: Ok(answer(429, &[])),
            };
            note(&mut hosts, &pace(), url, &outcome);
            hosts
                .iter()
                .filter(|(_, pause)| pause.until > at(0))
                .map(|(host, _)| host.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(refuse("a.example", "http://a.example/1"), ["a.example"]);
        assert_eq!(refuse("b.example", "http://a.example/2"), ["b.example"]);
    }

    #[test]
    fn a_pause_of_before_is_read() {
        let pause: Pause =
            serde_json::from_str("{\"until\":\"1970-01-01T00:00:07Z\"}").expect("a pause");
        assert_eq!((pause.until, pause.refusals), (at(7), 0));
    }

    /// What is left alone when these addresses are asked for, one after the other: `429` with a busy answer.
    #[track_caller]
    fn check_scope(asked: &[(&str, u16)], expected: &[&str]) {
        let mut hosts = Table::named("hosts");
        let mut scopes = Vec::new();
        for (second, (url, status)) in asked.iter().enumerate() {
            let outcome = Outcome {
                at: at(second as i64),
                host: host_of(url),
                result: Ok(answer(*status, &[])),
            };
            let held = note(&mut hosts, &pace(), url, &outcome);
            let is_site = site_until(&hosts, &outcome.host, outcome.at).is_some();
            scopes.push(match held {
                None => "none",
                Some(_) if is_site => "site",
                Some(held) if held.is_host => "host",
                Some(_) => "address",
            });
        }
        assert_eq!(scopes, expected, "{asked:?}");
    }

    #[test]
    fn an_address_that_is_refused_while_others_are_answered_holds_up_nobody() {
        let (bad, good) = ("http://gateway.example/bad", "http://gateway.example/good");
        let thrice = [(bad, 429), (good, 200), (bad, 429), (good, 200), (bad, 429)];
        let shown = ["host", "none", "host", "none", "address"];
        let later = [(good, 200), (bad, 429), (good, 429)];
        check_scope(
            &[&thrice[..], &later].concat(),
            &[&shown[..], &["none", "address", "host"]].concat(),
        );
        // Until it is answered.
        check_scope(
            &[&thrice[..], &[(bad, 200), (bad, 429)]].concat(),
            &[&shown[..], &["none", "host"]].concat(),
        );
        // Another that is refused in between: the host.
        check_scope(
            &[(bad, 429), (good, 200), (bad, 429), (good, 429), (bad, 429)],
            &["host", "none", "host", "host", "host"],
        );
        // Nothing is answered: the host.
        check_scope(
            &[(bad, 503), (bad, 503), (bad, 503)],
            &["host", "host", "host"],
        );
    }

    #[test]
    fn hosts_of_a_site_that_refuse_together_are_left_alone_together() {
        let blogs = [
            "http://a.blogs.example/",
            "http://b.blogs.example/",
            "http://c.blogs.example/",
        ];
        let [a, b, c] = blogs;
        check_scope(
            &[(a, 429), (a, 429), (b, 429), (c, 429)],
            &["host", "host", "host", "site"],
        );
        check_scope(
            &[(a, 429), (b, 429), (a, 200), (c, 429)],
            &["host", "host", "none", "host"],
        );
        check_scope(&[(a, 503), (b, 503), (c, 503)], &["host", "host", "host"]);
    }

    #[test]
    fn what_is_one_site() {
        for (host, site) in [
            ("a.example", None),
            ("news.a.example", Some("*.a.example")),
            ("x.news.a.example", Some("*.a.example")),
            ("paper.co.uk", None),
            ("www.paper.co.uk", Some("*.paper.co.uk")),
            ("192.0.2.1", None),
            ("localhost", None),
        ] {
            assert_eq!(site_of(host).as_deref(), site, "{host}");
        }
    }
}
