//! Real pages and recorded polls of real feeds through the whole pipeline. Nothing may be lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use article::{ArticleId, Discovered, Enriched, Polled};
use newsroom::Options;
use tests::{Ledger, Place, World, await_that, shared_data};

/// A manifest `{url, file}` of every labelled page, written to `folder`.
fn pages(extraction: &Path, folder: &Path) -> PathBuf {
    let mut lines = Vec::new();
    let mut sets: Vec<PathBuf> = std::fs::read_dir(extraction)
        .expect("the folder lists")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    sets.sort();
    for set in sets {
        for row in std::fs::read_to_string(set).expect("the rows read").lines() {
            // Some missing values are written as NaN, which is no JSON.
            let row = row.replace(": NaN", ": null");
            let row: serde_json::Value = serde_json::from_str(&row).expect("a row");
            let file = extraction.join(row["file"].as_str().expect("a file"));
            lines.push(serde_json::json!({ "url": row["url"], "file": file }).to_string());
        }
    }
    let path = folder.join("pages.jsonl");
    std::fs::write(&path, lines.join("\n")).expect("written");
    path
}

#[test]
fn every_recorded_page_is_enriched_once_or_dead_with_a_reason() {
    let Some(extraction) = shared_data("extraction") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = pages(&extraction, folder.path());
    let world = World::open(Options::of(newsroom::World::Pages(manifest)));
    let place = Place::for_world(&world, "");
    let service = place.start();
    let truth = world.newsroom.truth();
    let total = truth.articles.len();
    let ledger = place.ledger();
    let done = || ledger.count("articles.enriched") + ledger.count("articles.dead");
    await_that(
        Duration::from_secs(240),
        || done() >= total as u64,
        || format!("{} of {total}\n{}", done(), place.last_words()),
    );
    assert!(service.stop().success());

    let mut seen: BTreeMap<ArticleId, u32> = BTreeMap::new();
    for entry in ledger.read::<Enriched>() {
        *seen.entry(entry.value.article.id).or_default() += 1;
    }
    let enriched = seen.len();
    let dead = ledger.dead();
    for letter in &dead {
        let key = String::from_utf8(letter.key.clone().unwrap_or_default()).expect("an article id");
        let id = ArticleId::parse(&key).expect("an article id");
        assert!(!letter.detail.is_empty(), "{id} is dead without a word");
        *seen.entry(id).or_default() += 1;
    }
    for article in &truth.articles {
        assert_eq!(
            seen.remove(&article.id),
            Some(1),
            "{} exactly once",
            article.url
        );
    }
    assert!(seen.is_empty(), "nothing but the pages: {seen:?}");
    println!("{total} pages: {enriched} enriched, {} dead", dead.len());
    for letter in dead {
        println!("  {} {}: {}", letter.stage, letter.reason, letter.detail);
    }
}

#[test]
fn every_item_of_every_recorded_poll_is_discovered_once() {
    let Some(history) = shared_data("feeds/history") else {
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(history)
        .expect("the folder lists")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let world = World::open(Options::of(newsroom::World::History(files.clone())));
    let place = Place::for_world(&world, "");
    place_polls_as_fast_as_it_can(&world, &place);
    let service = place.start();
    let ledger = place.ledger();
    let polls: usize = files.iter().map(|file| recorded(file)).sum();
    let polled = || ledger.count("feeds.polled") as usize;
    await_that(
        Duration::from_secs(180),
        || polled() >= polls,
        || format!("{} of {polls} polls\n{}", polled(), place.last_words()),
    );
    // Every poll is in the log; now everything discovered in them runs to its end.
    let settled = || {
        let discovered: BTreeSet<ArticleId> = ledger
            .read::<Discovered>()
            .into_iter()
            .map(|e| e.value.id)
            .collect();
        let enriched: BTreeSet<ArticleId> = ledger
            .read::<Enriched>()
            .into_iter()
            .map(|e| e.value.article.id)
            .collect();
        enriched.len() + ledger.dead().len() >= discovered.len()
    };
    await_that(Duration::from_secs(120), settled, || place.last_words());
    assert!(service.stop().success());

    assert_eq!(
        polled(),
        polls,
        "every recorded poll once: each had other bytes than the one before"
    );
    // By article: what a feed calls its items is believed only as long as it proves to be a name.
    let mut revisions: BTreeMap<(String, ArticleId), Vec<u32>> = BTreeMap::new();
    for entry in ledger.read::<Discovered>() {
        let item = (entry.value.feed.url, entry.value.id);
        revisions
            .entry(item)
            .or_default()
            .push(entry.value.revision);
    }
    let mut moved = 0;
    for (item, each) in &revisions {
        let first = each[0];
        let expected: Vec<u32> = (first..).take(each.len()).collect();
        assert_eq!(*each, expected, "{item:?}: new once, then edits in order");
        if first > 1 {
            // Its publisher gave the item another address: there it goes on where it stood at the one before.
            let stood = |(at, all): (&(String, ArticleId), &Vec<u32>)| {
                at.0 == item.0 && at.1 != item.1 && all.contains(&(first - 1))
            };
            assert!(revisions.iter().any(stood), "{item:?} begins as {first}");
            moved += 1;
        }
    }
    let items = items_in_the_polls(&ledger);
    let mut lost = items.clone();
    for item in revisions.keys() {
        lost.remove(item);
    }
    assert!(lost.is_empty(), "listed but never discovered: {lost:?}");
    assert_eq!(revisions.len(), items.len(), "and nothing else");
    println!(
        "{polls} polls, {} articles, {} edits, {moved} moved to another address",
        revisions.len(),
        revisions.values().map(|r| r.len() - 1).sum::<usize>()
    );
}

fn place_polls_as_fast_as_it_can(world: &World, place: &Place) {
    world.write_opml(&place.file("feeds.opml"), 0);
}

fn recorded(file: &Path) -> usize {
    use std::io::Read as _;
    let bytes = std::fs::File::open(file).expect("the recording opens");
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .expect("the recording unpacks");
    let mut bodies: Vec<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("a poll")["body"].to_string()
        })
        .collect();
    bodies.dedup();
    bodies.len()
}

/// Feed and article (by link, else guid) of every item in the bodies, read with nothing but string
/// search: a second opinion on the parser.
fn items_in_the_polls(ledger: &Ledger) -> BTreeSet<(String, ArticleId)> {
    let mut items = BTreeSet::new();
    for entry in ledger.read::<Polled>() {
        let feed = entry.value.feed.url;
        let body = String::from_utf8_lossy(entry.value.body.as_slice()).into_owned();
        for item in body.split("<item").skip(1) {
            let item = item.split("</item>").next().unwrap_or_default();
            let address = element(item, "link").or_else(|| element(item, "guid"));
            let address =
                address.unwrap_or_else(|| panic!("{feed}: neither guid nor link in {item}"));
            items.insert((feed.clone(), ArticleId::of_url(&address)));
        }
    }
    items
}

fn element(item: &str, name: &str) -> Option<String> {
    let (_, rest) = item.split_once(&format!("<{name}"))?;
    let (_, rest) = rest.split_once('>')?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text
        .trim()
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("]]>");
    Some(text.trim().replace("&amp;", "&"))
}
