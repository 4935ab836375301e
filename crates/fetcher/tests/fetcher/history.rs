//! Recorded polls of real feeds through `ingest`: every item is discovered once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use article::{Discovered, Feed};
use fetcher::Config;
use fetcher::canonical;
use fetcher::ingest::{FeedState, Listing, ingest};
use fetcher::outcome::{Answer, Kind, Outcome};
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

fn check(path: &Path) {
    let name = path.display().to_string();
    let file = std::fs::File::open(path).expect("it was listed");
    let url = "https://recorded.example/feed";
    let mut state = FeedState {
        feed: Feed::at(url),
        ..FeedState::default()
    };
    let pace = Pace::new(&Config::default());
    let mut seen = Listing::new();
    let mut discoveries = Discoveries::default();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let snapshot: Snapshot =
            serde_json::from_str(&line.expect("text")).expect("a snapshot a line");
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
