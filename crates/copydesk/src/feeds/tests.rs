use super::*;
use crate::Config;

#[test]
fn an_addition_that_is_fenced_goes_on_where_it_was() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let config = Config {
        data_dir: dir.path().to_owned(),
        ..Config::default()
    };
    let log = storage::beside_or_new(&config).expect("a new log");
    let topology = config.topology();
    let feeds: Vec<Feed> = (0..=BATCH * 2)
        .map(|number| Feed::at(format!("https://one.example/{number}")))
        .collect();
    let mut fences = 0;
    let added = add(
        &log,
        &topology,
        &feeds,
        Known::Update,
        Writer::Command,
        |done| {
            if done == BATCH {
                log.producer(Writer::Command.id()).expect("a producer");
                fences += 1;
            }
        },
    );
    let expected = Added {
        new: feeds.len(),
        ..Added::default()
    };
    assert_eq!(added.expect("all are added"), expected);
    assert_eq!(fences, 1);
    assert_eq!(read(&log, &topology).expect("feeds").len(), feeds.len());
    let mut records = Scan::bounded(&log, name(&topology), Start::Beginning).expect("a scan");
    let mut written = 0;
    while records.next_record().expect("a record").is_some() {
        written += 1;
    }
    assert_eq!(written, feeds.len(), "nothing is written twice");
}

#[test]
fn what_a_list_does_not_say_stays() {
    let old = Feed {
        publisher: Some("The A".into()),
        interval_seconds: Some(60),
        paused: true,
        ..Feed::at("https://a.example/rss")
    };
    let new = Feed {
        title: Some("T".into()),
        interval_seconds: Some(90),
        unverified: true,
        ..Feed::at("https://a.example/rss")
    };
    let expected = Feed {
        title: Some("T".into()),
        interval_seconds: Some(90),
        ..old.clone()
    };
    let merged_once = merged(&old, new.clone());
    assert_eq!(merged_once, expected);
    assert_eq!(
        merged(&merged_once, new),
        expected,
        "and again nothing changes"
    );
}

#[track_caller]
fn check_refused(url: &str, expected: &str) {
    let error = check_address(url).expect_err("it is refused");
    assert!(error.to_string().contains(expected), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn what_cannot_be_polled_is_refused_without_telling_passwords() {
    check_address("https://a.example/rss").expect("a feed's address");
    check_refused("a.example/rss", "expected an address such as");
    check_refused("ftp://a.example/rss", "not http(s)");
    check_refused(
        "https://ann:hunter2@a.example/rss",
        "\"https://a.example/rss\" has credentials in it",
    );
    check_refused(
        "https://ann:hunter2@a.example:99999/rss",
        "\"https://a.example:99999/rss\" is no address",
    );
    check_refused("ftp://ann:hunter2@a.example/rss", "not http(s)");
}
