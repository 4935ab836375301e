//! Recorded polls of real feeds through `ingest`: every item is discovered once.

use std::collections::{BTreeMap, BTreeSet};
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

/// The names of a document's items, their guids or else their links, by a plain search without any
/// parser of ours.
fn names(body: &str) -> impl Iterator<Item = String> {
    body.split("<item").skip(1).map(|item| {
        let item = item.split("</item").next().unwrap_or_default();
        let text = |tag: &str| {
            let element = item.split_once(&format!("<{tag}"))?.1;
            let text = element.split_once('>')?.1.split_once("</")?.0.trim();
            let text = text.trim_start_matches("<![CDATA[").trim_end_matches("]]>");
            Some(text.trim().replace("&amp;", "&"))
        };
        text("guid")
            .or_else(|| text("link"))
            .expect("every recorded item has one or the other")
    })
}

fn check(path: &Path) {
    let name = path.display();
    let file = std::fs::File::open(path).expect("it was listed");
    let url = "https://recorded.example/feed";
    let mut state = FeedState {
        feed: Feed::at(url),
        ..FeedState::default()
    };
    let pace = Pace::new(&Config::default());
    let mut seen = Listing::new();
    let mut listed: BTreeSet<String> = BTreeSet::new();
    let mut discovered: BTreeMap<String, u32> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let snapshot: Snapshot =
            serde_json::from_str(&line.expect("text")).expect("a snapshot a line");
        listed.extend(names(&snapshot.body));
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
        for item in done.discovered {
            let last = discovered.entry(item.identity).or_default();
            assert_eq!(item.revision, *last + 1, "{name}");
            *last += 1;
        }
        assert_eq!(done.dead, [], "{name}");
        seen.extend(
            done.seen
                .into_iter()
                .filter_map(|(key, seen)| Some((key, seen?))),
        );
        state = done.state;
    }
    let listed: Vec<&String> = listed.iter().collect();
    let found: Vec<&String> = discovered.keys().collect();
    assert_eq!(found, listed, "{name}");
    println!("{name}: {} items, each discovered once", found.len());
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
