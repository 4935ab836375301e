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
mod tests;
