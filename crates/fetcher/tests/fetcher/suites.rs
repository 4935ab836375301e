//! The feeds of many parsers' test suites, and recorded ones: every entry is read, or its loss is told.

use std::collections::BTreeMap;
use std::path::Path;

use fetcher::parse::{ParseError, parse};
use serde_json::Value;

/// How many feeds of the suites may lack an entry: some nest one within another, and we do not.
const ODD: usize = 14;

#[test]
fn every_entry_is_read_or_its_loss_is_told() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds");
    if !data.exists() {
        println!("skipped: feeds of the shared data is not here");
        return;
    }
    let rows = |name| {
        let text = std::fs::read_to_string(data.join(name)).expect("the list");
        let rows = text.lines().map(serde_json::from_str);
        rows.collect::<Result<Vec<Value>, _>>()
            .expect("rows of JSON")
    };
    let mut short = BTreeMap::new();
    for row in rows("expected_counts.jsonl") {
        let file = row["file"].as_str().expect("a file");
        let bytes = std::fs::read(data.join(file)).expect("a feed");
        let feed = match parse(&bytes, &[], "") {
            Ok(feed) => feed,
            Err(error) => panic!("{file}: {error}"),
        };
        let expected = row["entries"].as_u64().expect("a count");
        if (feed.items.len() as u64) < expected {
            assert!(
                !feed.report.losses.is_empty(),
                "{file}: lost without a word"
            );
            assert_ne!(row["kind"], "real", "{file}");
            short.insert(file.to_owned(), feed.items.len());
        }
    }
    assert!(short.len() <= ODD, "{short:#?}");
    for row in rows("manifest.jsonl") {
        let file = row["file"].as_str().expect("a file");
        let read = parse(&std::fs::read(data.join(file)).expect("a file"), &[], "");
        assert!(
            !matches!(read, Err(ParseError::Panicked(_))),
            "{file}: {read:?}"
        );
    }
}
