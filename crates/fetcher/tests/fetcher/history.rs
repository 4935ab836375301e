//! Recorded polls of real feeds through `ingest`: every item is discovered once.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use article::Feed;
use fetcher::Config;
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

/// The guids of a document's items by a plain search, without any parser of ours.
fn guids(body: &str) -> impl Iterator<Item = String> {
    body.split("<item").skip(1).map(|item| {
        let guid = item.split_once("<guid").expect("every recorded item has a guid").1;
        let guid = guid.split_once('>').expect("the tag ends").1;
        let guid = guid.split_once("</guid").expect("the element ends").0;
        let guid = guid.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
        guid.trim().replace("&amp;", "&")
    })
}

fn check(path: &Path) {
    let file = std::fs::File::open(path).expect("it was listed");
    let url = "https://recorded.example/feed";
    let mut state = FeedState {
        feed: Feed::at(url),
        ..FeedState::default()
    };
    let pace = Pace::new(&Config::default());
    let mut seen = Listing::new();
    let mut listed: BTreeMap<String, u32> = BTreeMap::new();
    let mut discovered: BTreeMap<String, u32> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let snapshot: Snapshot =
            serde_json::from_str(&line.expect("text")).expect("a snapshot a line");
        for guid in guids(&snapshot.body) {
            listed.insert(guid, 0);
        }
        let answer = Answer {
            final_url: url.into(),
            status: 200,
            body: snapshot.body.into_bytes(),
            ..Answer::default()
        };
        let outcome = Outcome {
            at: snapshot.fetched_at,
            result: Ok(answer),
        };
        let done = ingest(&pace, state, &seen, outcome);
        assert_eq!(done.state.last, Kind::Read, "{path:?}: {:?}", done.state.detail);
        for item in done.discovered {
            let last = discovered.entry(item.identity).or_default();
            assert_eq!(item.revision, *last + 1, "{path:?}");
            *last += 1;
        }
        assert_eq!(done.dead, [], "{path:?}");
        seen.extend(done.seen.into_iter().filter_map(|(key, seen)| Some((key, seen?))));
        state = done.state;
    }
    let listed: Vec<&String> = listed.keys().collect();
    let found: Vec<&String> = discovered.keys().collect();
    assert_eq!(found, listed, "{path:?}");
    println!("{path:?}: {} items, each discovered once", found.len());
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
