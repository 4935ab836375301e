//! Recorded polls of real feeds through `ingest`: every item is discovered once. And through the schedule: none
//! is missed, with fewer polls than at a fixed interval.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use article::{Discovered, Feed};
use fetcher::Config;
use fetcher::canonical;
use fetcher::ingest::{FeedState, Listing, ingest};
use fetcher::outcome::{Answer, Kind, Outcome, Validators};
use fetcher::schedule::Pace;
use flate2::read::GzDecoder;
use jiff::Timestamp;

/// A recorded poll.
#[derive(serde::Deserialize)]
struct Snapshot {
    fetched_at: Timestamp,
    body: String,
}

/// A document's items by guid and link, found by a plain search without any parser of ours.
fn items(body: &str) -> impl Iterator<Item = (Option<String>, Option<String>)> {
    body.split("<item").skip(1).map(|item| {
        let item = item.split("</item").next().unwrap_or_default();
        let text = |tag: &str| {
            let element = item.split_once(&format!("<{tag}"))?.1;
            let text = element.split_once('>')?.1.split_once("</")?.0.trim();
            let text = text.trim_start_matches("<![CDATA[").trim_end_matches("]]>");
            Some(text.trim().replace("&amp;", "&"))
        };
        let (guid, link) = (text("guid"), text("link"));
        assert!(guid.is_some() || link.is_some(), "{item}");
        (guid, link)
    })
}

/// What was discovered so far.
#[derive(Default)]
struct Discoveries {
    guids: BTreeSet<String>,
    keys: BTreeSet<String>,
    new: usize,
    edits: usize,
}

impl Discoveries {
    /// Takes up what a poll led to. What has a guid or a link that is known already is not new.
    fn add(&mut self, found: &[Discovered], name: &str) {
        let mut fresh = Vec::new();
        for item in found {
            let key = canonical::key(&item.url);
            if item.revision == 1 {
                let is_known = self.guids.contains(&item.identity) || self.keys.contains(&key);
                assert!(!is_known, "{name}: {} is not new", item.identity);
                self.new += 1;
            } else {
                self.edits += 1;
            }
            fresh.push((item.identity.clone(), key));
        }
        for (guid, key) in fresh {
            self.guids.insert(guid);
            self.keys.insert(key);
        }
    }

    fn has(&self, guid: Option<&String>, link: Option<&String>) -> bool {
        guid.is_some_and(|guid| self.guids.contains(guid))
            || link.is_some_and(|link| self.keys.contains(&canonical::key(link)))
    }
}

fn snapshots(path: &Path) -> Vec<Snapshot> {
    let file = std::fs::File::open(path).expect("it was listed");
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let read = |line: std::io::Result<String>| serde_json::from_str(&line.expect("text"));
    lines
        .map(|line| read(line).expect("a snapshot a line"))
        .collect()
}

const URL: &str = "https://recorded.example/feed";

/// A recorded feed, polled whenever its schedule says.
struct Polls {
    state: FeedState,
    seen: Listing,
    discoveries: Discoveries,
    made: usize,
    /// Polls after the first of a sitting, and those among them that brought an item.
    later: usize,
    rewarded: usize,
}

impl Polls {
    fn new(interval: Option<u64>) -> Self {
        let feed = Feed {
            interval_seconds: interval,
            ..Feed::at(URL)
        };
        Self {
            state: FeedState {
                feed,
                ..FeedState::default()
            },
            seen: Listing::new(),
            discoveries: Discoveries::default(),
            made: 0,
            later: 0,
            rewarded: 0,
        }
    }

    /// A poll, of a server that answers 304 to what it has sent before.
    fn poll(&mut self, pace: &Pace, at: Timestamp, served: &Snapshot) {
        self.made += 1;
        let etag = format!("\"{}\"", served.fetched_at).into_bytes();
        let validators = Validators {
            etag: Some(etag.into()),
            last_modified: None,
        };
        let is_known = self.state.conditions() == validators;
        let answer = Answer {
            final_url: URL.into(),
            status: if is_known { 304 } else { 200 },
            body: if is_known {
                Vec::new()
            } else {
                served.body.clone().into_bytes()
            },
            validators,
            ..Answer::default()
        };
        let outcome = Outcome {
            at,
            host: article::host_of(URL),
            result: Ok(answer),
        };
        let done = ingest(pace, self.state.clone(), &self.seen, outcome);
        self.discoveries.add(&done.discovered, URL);
        for (key, note) in done.seen {
            match note {
                Some(note) => _ = self.seen.insert(key, note),
                None => _ = self.seen.remove(&key),
            }
        }
        self.state = done.state;
    }

    /// Polls through a recording: through the times in which somebody recorded, for what was between nobody
    /// knows. What was listed last goes on to be, until the next poll.
    fn through(&mut self, pace: &Pace, recorded: &[Snapshot], sittings: &[(Timestamp, Timestamp)]) {
        for (from, to) in sittings {
            let within = |snapshot: &&Snapshot| (*from..=*to).contains(&snapshot.fetched_at);
            let sitting: Vec<&Snapshot> = recorded.iter().filter(within).collect();
            let Some(first) = sitting.first() else {
                continue;
            };
            let mut now = first.fetched_at.max(self.state.next_due);
            loop {
                let served = sitting
                    .iter()
                    .rev()
                    .find(|snapshot| snapshot.fetched_at <= now);
                let before = self.discoveries.new;
                self.poll(pace, now, served.expect("it has begun"));
                if now > first.fetched_at {
                    self.later += 1;
                    self.rewarded += usize::from(self.discoveries.new > before);
                }
                if now >= *to {
                    break;
                }
                now = self.state.next_due;
            }
        }
    }
}

/// Within what times polls were recorded, of any of the feeds.
fn sittings(recordings: &[Vec<Snapshot>]) -> Vec<(Timestamp, Timestamp)> {
    let times: BTreeSet<Timestamp> = recordings.iter().flatten().map(|s| s.fetched_at).collect();
    let mut sittings: Vec<(Timestamp, Timestamp)> = Vec::new();
    for time in times {
        match sittings.last_mut() {
            Some((_, to)) if time.duration_since(*to).as_mins() < 40 => *to = time,
            _ => sittings.push((time, time)),
        }
    }
    sittings
}

#[test]
fn no_recorded_item_is_missed_with_fewer_polls_than_at_a_fixed_interval() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds/history");
    let Ok(entries) = std::fs::read_dir(&dir) else {
        println!("skipped: no recorded polls");
        return;
    };
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let recordings: Vec<Vec<Snapshot>> = paths.iter().map(|path| snapshots(path)).collect();
    let sittings = sittings(&recordings);
    let pace = Pace::new(&Config::default());
    let exact = Pace {
        jitter_percent: 0,
        ..pace.clone()
    };
    let (mut all, mut all_fixed, mut regular) = (0, 0, 0);
    for (path, recorded) in paths.iter().zip(&recordings) {
        let name = path.file_stem().expect("a name").display();
        let mut fixed = Polls::new(Some(900));
        fixed.through(&exact, recorded, &sittings);
        let mut polls = Polls::new(None);
        polls.through(&pace, recorded, &sittings);
        let missed = recorded.iter().flat_map(|snapshot| items(&snapshot.body));
        let missed: BTreeSet<_> = missed
            .filter(|(guid, link)| !polls.discoveries.has(guid.as_ref(), link.as_ref()))
            .collect();
        let share = polls.made as f64 / fixed.made as f64;
        println!(
            "{name}: {} polls, {} at a fixed interval ({:.0} %), {} items missed, {} gaps, {:.0} items a day",
            polls.made,
            fixed.made,
            share * 100.0,
            missed.len(),
            polls.state.window.gaps,
            polls.state.rhythm.items_a_day().unwrap_or_default(),
        );
        assert!(missed.is_empty(), "{name}: {missed:?}");
        // Where most polls at the fixed interval bring something, there is little to be saved.
        let is_regular = fixed.rewarded * 5 < fixed.later * 3;
        assert!(!is_regular || share < 0.6, "{name}: {share}");
        regular += usize::from(is_regular);
        all += polls.made;
        all_fixed += fixed.made;
    }
    println!("all: {all} polls, {all_fixed} at a fixed interval");
    assert!(
        all <= all_fixed && regular > 0,
        "{regular} feeds are regular"
    );
}

fn check(path: &Path) {
    let name = path.display().to_string();
    let url = URL;
    let mut state = FeedState {
        feed: Feed::at(url),
        ..FeedState::default()
    };
    let pace = Pace::new(&Config::default());
    let mut seen = Listing::new();
    let mut discoveries = Discoveries::default();
    for snapshot in snapshots(path) {
        let listed: Vec<_> = items(&snapshot.body).collect();
        let answer = Answer {
            final_url: url.into(),
            status: 200,
            body: snapshot.body.into_bytes(),
            ..Answer::default()
        };
        let outcome = Outcome {
            at: snapshot.fetched_at,
            host: article::host_of(url),
            result: Ok(answer),
        };
        let done = ingest(&pace, state, &seen, outcome);
        assert_eq!(
            done.state.last,
            Kind::Read,
            "{name}: {:?}",
            done.state.detail
        );
        discoveries.add(&done.discovered, &name);
        for (guid, link) in listed {
            let is_found = discoveries.has(guid.as_ref(), link.as_ref());
            assert!(is_found, "{name}: {guid:?} {link:?} is missed");
        }
        assert_eq!(done.dead, [], "{name}");
        for (key, note) in done.seen {
            match note {
                Some(note) => _ = seen.insert(key, note),
                None => _ = seen.remove(&key),
            }
        }
        state = done.state;
    }
    let Discoveries { new, edits, .. } = discoveries;
    println!("{name}: {new} items, each discovered once, {edits} edits");
}

#[test]
fn every_item_of_every_recorded_poll_is_discovered_once() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds/history");
    let Ok(entries) = std::fs::read_dir(&dir) else {
        println!("skipped: no recorded polls");
        return;
    };
    for entry in entries {
        check(&entry.expect("a folder's entry").path());
    }
}
