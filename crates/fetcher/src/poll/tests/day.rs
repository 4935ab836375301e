//! A day of ten thousand feeds, by the schedule alone: servers that answer well, late, wrongly and not at all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use pipeline::state::Journalled as _;
use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::ingest::FeedState;
use crate::outcome::{Answer, Outcome, Trouble, Validators};

const FEEDS: u64 = 10_000;
/// These are all at one host.
const CROWD: u64 = 200;
const HOSTS: u64 = 2_500;
/// How many requests may be under way at once.
const MOST: usize = 64;
/// How late a poll may be: until everybody of the crowd has had a turn. And in the first hour, which begins
/// with all of them at once.
const LATE: i64 = 10 * MINUTE;
const RUSH: i64 = 20 * MINUTE;

/// How a server treats a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Well,
    WithoutValidators,
    Slowly,
    TooMany,
    Broken,
    Silent,
    NoFeed,
    Missing,
    Gone,
    Lying,
}

struct Outlet {
    number: u64,
    manner: Manner,
    /// Seconds between two items.
    period: i64,
}

impl Outlet {
    fn new(number: u64) -> Self {
        let hash = xxh3_64(&number.to_le_bytes());
        let host = xxh3_64(&(number % HOSTS).to_le_bytes());
        let manner = match hash % 20 {
            _ if number < CROWD => [Manner::Well, Manner::WithoutValidators][hash as usize % 2],
            _ if host % 20 == 13 => Manner::TooMany,
            0..=10 => Manner::Well,
            11..=12 => Manner::WithoutValidators,
            13 => Manner::Slowly,
            14 => Manner::Broken,
            15 => Manner::Silent,
            16 => Manner::NoFeed,
            17 => Manner::Missing,
            18 => Manner::Gone,
            _ => Manner::Lying,
        };
        // From two hours to four days, as many of each magnitude.
        let period = (2 * HOUR) << ((hash >> 32) % 6);
        let period = period + (hash >> 40) as i64 % period;
        Self {
            number,
            manner,
            period,
        }
    }

    fn is_healthy(&self) -> bool {
        matches!(
            self.manner,
            Manner::Well | Manner::WithoutValidators | Manner::Slowly
        )
    }

    fn url(&self) -> String {
        let number = self.number;
        if number < CROWD {
            format!("http://crowd.example/{number}")
        } else {
            format!("http://h{}.example/{number}", number % HOSTS)
        }
    }

    /// The number of the item that appeared last.
    fn newest(&self, second: i64) -> i64 {
        (second + 100 * DAY + self.number as i64) / self.period
    }

    fn body(&self, newest: i64) -> Vec<u8> {
        let item = |n: i64| {
            format!(
                "<item><link>http://a.example/{}/{n}</link></item>",
                self.number
            )
        };
        let items: String = (newest - 3..=newest).rev().map(item).collect();
        format!("<rss version='2.0'><channel>{items}</channel></rss>").into_bytes()
    }

    /// What it answers, and after how many seconds.
    fn answer(&self, second: i64, conditions: &Validators) -> (i64, Result<Answer, Trouble>) {
        let newest = self.newest(second);
        let of = |code: u16, body: Vec<u8>| Answer {
            status: code,
            body,
            final_url: self.url(),
            ..Answer::default()
        };
        let chance = xxh3_64(&[self.number, second as u64].map(u64::to_le_bytes).concat()) % 100;
        let stuck = newest.min(self.newest(6 * HOUR));
        let tag = if self.manner == Manner::Lying {
            stuck
        } else {
            newest
        };
        let validators = Validators {
            etag: Some(tag.to_string().into_bytes().into()),
            last_modified: None,
        };
        let well = || {
            if *conditions == validators {
                return of(304, Vec::new());
            }
            Answer {
                validators: validators.clone(),
                ..of(200, self.body(newest))
            }
        };
        match self.manner {
            Manner::WithoutValidators => (1, Ok(of(200, self.body(newest)))),
            Manner::Slowly => (12, Ok(well())),
            // All of its host, for an hour in four.
            Manner::TooMany if (second / HOUR + (self.number % HOSTS) as i64) % 4 == 0 => {
                let headers = vec![("retry-after".into(), "1800".into())];
                let answer = of(429, Vec::new());
                (1, Ok(Answer { headers, ..answer }))
            }
            Manner::Broken if chance < 60 => (2, Ok(of(502, Vec::new()))),
            Manner::Well | Manner::Lying | Manner::TooMany | Manner::Broken => (1, Ok(well())),
            Manner::Silent => (20, Err(Trouble::Timeout("header"))),
            Manner::NoFeed => (1, Ok(of(200, b"<html><p>busy".to_vec()))),
            Manner::Missing => (1, Ok(of(404, Vec::new()))),
            Manner::Gone => (1, Ok(of(410, Vec::new()))),
        }
    }
}

/// What a host has seen of us.
#[derive(Default)]
struct Host {
    is_asked: bool,
    answered: i64,
    /// It has asked to be left alone until then.
    until: i64,
}

struct Day {
    state: PollState,
    pace: Pace,
    outlets: BTreeMap<String, Outlet>,
    hosts: BTreeMap<String, Host>,
    flying: BinaryHeap<Reverse<(i64, String)>>,
    outcomes: BTreeMap<String, (i64, Outcome)>,
    /// The item that each feed had last when it was asked.
    seen: BTreeMap<String, i64>,
    polls: usize,
    found: usize,
    /// How late polls were, in the first hour and after it.
    latest: [i64; 2],
}

impl Day {
    fn new() -> Self {
        let pace = Pace::new(&Config::default());
        let mut state = PollState::default();
        let outlets: BTreeMap<String, Outlet> = (0..FEEDS)
            .map(Outlet::new)
            .map(|outlet| (outlet.url(), outlet))
            .collect();
        for url in outlets.keys() {
            state.add(Feed::at(url), at(0));
        }
        Self {
            state,
            pace,
            outlets,
            hosts: BTreeMap::new(),
            flying: BinaryHeap::new(),
            outcomes: BTreeMap::new(),
            seen: BTreeMap::new(),
            polls: 0,
            found: 0,
            latest: [0, 0],
        }
    }

    fn state_of(&self, url: &str) -> &FeedState {
        self.state.feed(url).expect("it was added")
    }

    fn launch(&mut self, now: i64) {
        while self.flying.len() < MOST
            && let Some(url) = rounds::pick::<LocalLog, Poll>(&mut self.state, at(now))
        {
            let request = self.state.request(&url, 1 << 20).expect("it was added");
            let name = article::host_of(&request.url);
            let host = self.hosts.entry(name.clone()).or_default();
            let pause = HOST_INTERVAL.as_secs() as i64;
            assert!(!host.is_asked, "{name} is asked twice at once");
            let is_free = host.answered == 0 || now >= host.answered + pause;
            assert!(is_free && now >= host.until, "{name} is asked at {now}");
            host.is_asked = true;
            let outlet = &self.outlets[&url];
            let (took, result) = outlet.answer(now, &request.validators);
            if outlet.is_healthy() {
                let due = self.state_of(&url).next_due.as_second() - MONDAY;
                let latest = &mut self.latest[usize::from(now > HOUR)];
                *latest = (now - due).max(*latest);
            }
            let outcome = Outcome {
                at: at(now + took),
                host: name,
                result,
            };
            self.polls += 1;
            self.outcomes.insert(url.clone(), (now, outcome));
            self.flying.push(Reverse((now + took, url)));
        }
    }

    fn land(&mut self, now: i64, url: &String) {
        let (asked, outcome) = self.outcomes.remove(url).expect("it was asked");
        let host = self.hosts.get_mut(&outcome.host).expect("it was asked");
        (host.is_asked, host.answered) = (false, now);
        if let Ok(answer) = &outcome.result
            && answer.status == 429
        {
            host.until = now + 1_800;
        }
        let landed = self.state.land(&self.pace, HOST_INTERVAL, url, outcome);
        let done = landed.done.expect("it is known");
        for table in self.state.tables() {
            table.keep();
        }
        let outlet = &self.outlets[url];
        self.found += done.discovered.len();
        if outlet.is_healthy() {
            // None that has appeared since the last poll is missed.
            let newest = outlet.newest(asked);
            let before = self.seen.insert(url.clone(), newest);
            let expected = before.map_or(4, |before| newest - before);
            assert_eq!(done.discovered.len() as i64, expected, "{url} at {now}");
        }
    }

    fn until(&mut self, end: i64) {
        let mut now = 0;
        loop {
            self.launch(now);
            let landing = self.flying.peek().map(|Reverse((at, _))| *at);
            let has_room = self.flying.len() < MOST;
            let due = self.state.frontier.wake_at().filter(|_| has_room);
            // To the second after, as the clock here has no parts of one.
            let due = due.map(|due| due.as_millisecond().div_euclid(1_000) + 1 - MONDAY);
            let Some(next) = landing
                .into_iter()
                .chain(due)
                .min()
                .filter(|next| *next <= end)
            else {
                break;
            };
            now = now.max(next);
            while let Some(Reverse((at, _))) = self.flying.peek()
                && *at <= now
                && let Some(Reverse((_, url))) = self.flying.pop()
            {
                self.land(now, &url);
            }
        }
    }

    /// Bytes of the state but for the items, of which each feed keeps its own.
    fn bytes(&mut self) -> (usize, u64) {
        while self.state.feeds.has_changes() {
            self.state.feeds.keep();
            self.state.feeds.take_changes(usize::MAX);
        }
        let entries = self.state.hosts.entries() + self.state.frontier.waiting();
        (entries, self.state.feeds.bytes())
    }
}

#[test]
fn a_day_of_ten_thousand_feeds() {
    let mut day = Day::new();
    day.until(12 * HOUR);
    let (entries, bytes) = day.bytes();
    let noon = day.polls;
    day.until(DAY);
    let (entries_after, bytes_after) = day.bytes();
    println!(
        "{} polls, {noon} until noon; {} items; {:?} s late at the most; {} bytes a feed, {} at noon",
        day.polls,
        day.found,
        day.latest,
        bytes_after / FEEDS,
        bytes / FEEDS,
    );
    let [rush, late] = day.latest;
    assert!(
        rush <= RUSH && late <= LATE,
        "polls were {rush} and {late} s late"
    );
    // Whatever a healthy feed had is found: each was polled within its interval.
    for (url, outlet) in &day.outlets {
        let state = day.state_of(url);
        let polled = state.polled_at.expect("all were polled").as_second() - MONDAY;
        let interval = i64::from(state.interval.seconds);
        if outlet.is_healthy() {
            assert!(polled + interval * 11 / 10 + LATE >= DAY, "{url}: {polled}");
            assert!(interval <= 6 * HOUR);
        }
        if outlet.manner == Manner::Lying && outlet.period < 4 * HOUR {
            assert!(state.window.gaps <= 1, "{url}");
        }
    }
    // Feeds do not grow, and of hosts only those are remembered that refused.
    assert!(
        bytes_after <= bytes * 105 / 100,
        "{bytes} to {bytes_after} bytes"
    );
    assert!(
        entries_after <= entries * 105 / 100,
        "{entries} to {entries_after}"
    );
    assert!(
        bytes_after / FEEDS < 700,
        "{} bytes a feed",
        bytes_after / FEEDS
    );
}

/// As a task does after each of its transactions.
fn commit(state: &mut PollState) {
    for table in state.tables() {
        table.keep();
        table.take_changes(usize::MAX);
    }
}

/// A feed without an item.
const NOTHING_YET: &[u8] = b"<rss version='2.0'><channel><title>Outlet</title></channel></rss>";

/// The resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0_u64) * 4_096
}

/// `cargo test --release --workspace --locked --lib poll::tests::day::two_hundred -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement of some seconds"]
fn two_hundred_thousand_feeds() {
    const MANY: u64 = 200_000;
    let before = resident();
    let mut state = PollState::default();
    for n in 0..MANY {
        let url = format!("http://www.outlet{}.example/section/{n}/feed.xml", n / 2);
        state.add(Feed::at(url), at(n as i64 % (15 * MINUTE)));
        commit(&mut state);
    }
    let pace = Pace::new(&Config::default());
    let (mut polls, mut now) = (0_u64, 0);
    let started = std::time::Instant::now();
    while now < 2 * HOUR {
        now += 1;
        while let Some(url) = rounds::pick::<LocalLog, Poll>(&mut state, at(now)) {
            let request = state.request(&url, 1 << 20).expect("it was added");
            let is_known = request.validators.any();
            let body: &[u8] = if is_known { b"" } else { NOTHING_YET };
            let outcome = Outcome {
                at: at(now),
                host: article::host_of(&request.url),
                result: Ok(Answer {
                    status: if is_known { 304 } else { 200 },
                    final_url: request.url,
                    validators: Validators {
                        etag: Some(article::Bytes(b"\"5f3e-62a7\"".to_vec())),
                        ..Validators::default()
                    },
                    body: body.into(),
                    ..Answer::default()
                }),
            };
            state.land(&pace, HOST_INTERVAL, &url, outcome);
            polls += 1;
        }
        commit(&mut state);
    }
    let step = started.elapsed().as_micros() as f64 / polls as f64;
    let memory = resident().saturating_sub(before) / MANY;
    let started = std::time::Instant::now();
    state.rebuild();
    println!(
        "{MANY} feeds: {polls} polls, {step:.1} us of schedule each; {memory} bytes a feed; {:.2} s to begin anew",
        started.elapsed().as_secs_f64()
    );
}
