//! What an operator does and sees: one process a folder, commands beside it, dead letters, state that
//! may be deleted.

use std::time::Duration;

use article::{Cleaned, Discovered, Feed, Fetched, Message};
use newsroom::{Options, Pace};
use pipeline::headers::Headers;
use pipeline::log::{Log, Producer, ToSend};
use tests::{Ledger, Place, World, await_that};

const MINUTE: Duration = Duration::from_secs(60);

/// A newsroom of `articles` generated ones and a pipeline configured for it.
fn scene(articles: usize, per_second: Option<f64>) -> (World, Place) {
    let mut options = Options::of(newsroom::World::Scale {
        articles,
        outlets: 10,
    });
    options.pace = Pace { per_second };
    let world = World::open(options);
    let place = Place::for_world(&world, "");
    (world, place)
}

#[test]
fn a_second_process_is_refused_with_the_holders_pid() {
    let (_world, place) = scene(5, None);
    let service = place.start();
    place.ledger();
    let refused = place.run(&["run"]);
    assert!(!refused.status.success());
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        words.contains(&service.pid().to_string()),
        "names the holder: {words}"
    );
    assert!(service.stop().success());
}

#[test]
fn stores_deleted_at_rest_change_nothing() {
    let (world, place) = scene(200, Some(40.0));
    let ledger = {
        let service = place.start();
        let ledger = place.ledger();
        ledger.await_enriched(80, MINUTE, || place.last_words());
        assert!(service.stop().success());
        ledger
    };
    let state = place.data().join("state");
    assert!(state.exists(), "a pipeline that has run has stores");
    std::fs::remove_dir_all(state).expect("the stores go");
    let service = place.start();
    ledger.await_enriched(200, MINUTE, || place.last_words());
    assert!(service.stop().success());
    ledger.assert_conserved(&world.newsroom.truth().articles);
}

/// Appends a record as any other process may.
fn append(ledger: &Ledger, topic: &str, value: &[u8]) {
    let mut producer = ledger
        .log()
        .producer("tests.append")
        .expect("a producer beside");
    producer.begin().expect("begins");
    producer
        .send(ToSend {
            topic: topic.to_owned(),
            partition: 0,
            key: Some(b"garbage".to_vec()),
            value: Some(value.to_vec()),
            headers: Headers::new().with("from", "nowhere"),
        })
        .expect("sent");
    producer.commit().expect("committed");
}

#[test]
fn garbage_on_every_topic_is_buried_once_and_the_rest_flows() {
    let (world, place) = scene(60, Some(20.0));
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(10, MINUTE, || place.last_words());
    let read = [
        Feed::TOPIC,
        Discovered::TOPIC,
        Fetched::TOPIC,
        Cleaned::TOPIC,
    ];
    for topic in read {
        append(
            &ledger,
            topic,
            format!("\u{0}garbage for {topic} {{").as_bytes(),
        );
    }
    ledger.await_enriched(60, MINUTE, || place.last_words());
    await_that(
        MINUTE,
        || ledger.dead().len() >= read.len(),
        || place.last_words(),
    );

    let dead = ledger.dead();
    assert_eq!(dead.len(), read.len(), "once each: {dead:?}");
    for topic in read {
        let letter = dead.iter().find(|letter| letter.topic == topic);
        let letter = letter.unwrap_or_else(|| panic!("{topic} has its letter"));
        assert_eq!(letter.reason, "undecodable");
        assert_eq!(
            letter.value.as_deref(),
            Some(format!("\u{0}garbage for {topic} {{").as_bytes())
        );
        assert_eq!(letter.key.as_deref(), Some(&b"garbage"[..]));
        assert_eq!(letter.headers, Headers::new().with("from", "nowhere"));
        assert!(letter.source.is_some(), "{topic}: it says where it stood");
    }

    // The commands work beside the running service.
    let list = place.ok(&["dead", "list"]);
    assert_eq!(list.matches("undecodable").count(), read.len(), "{list}");
    let at = format!("{}:{}", dead[0].at.0, dead[0].at.1);
    let shown = place.ok(&["dead", "show", &at]);
    assert!(
        shown.contains("undecodable") && shown.contains(&dead[0].topic),
        "{shown}"
    );
    place.ok(&["dead", "retry", &at]);
    await_that(
        MINUTE,
        || ledger.dead().len() == read.len() + 1,
        || "retried garbage is buried again".into(),
    );
    let list = place.ok(&["dead", "list"]);
    assert_eq!(
        list.matches("undecodable").count(),
        read.len(),
        "a retried letter is not listed: {list}"
    );

    assert!(service.stop().success());
    assert_eq!(ledger.count("articles.enriched"), 60);
    assert_eq!(world.newsroom.total(), 60);
}

#[test]
fn commands_say_the_same_whether_somebody_runs_or_not() {
    let (_world, place) = scene(30, None);
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(30, MINUTE, || place.last_words());
    await_that(
        MINUTE,
        || {
            let overview = pipeline::overview::overview(
                ledger.log(),
                &pipeline::topics::Topology::new(1, |_| None),
            );
            overview
                .expect("the log answers")
                .stages
                .iter()
                .all(|stage| stage.lag == 0)
        },
        || place.ok(&["status"]),
    );
    let commands: [&[&str]; 4] = [
        &[
            "tail",
            "articles.enriched",
            "--from",
            "beginning",
            "--no-follow",
        ],
        &[
            "tail",
            "articles.cleaned",
            "--from",
            "beginning",
            "--no-follow",
            "--json",
        ],
        &["feeds", "list"],
        &["dead", "list"],
    ];
    let beside: Vec<String> = commands.iter().map(|command| place.ok(command)).collect();
    let running = place.ok(&["status"]);
    assert!(running.contains(&service.pid().to_string()), "{running}");
    assert!(service.stop().success());
    for (command, beside) in commands.iter().zip(beside) {
        assert_eq!(place.ok(command), beside, "{command:?}");
        assert!(
            command[0] == "dead" || !beside.is_empty(),
            "{command:?} prints something"
        );
    }
    let stopped = place.ok(&["status"]);
    assert!(stopped.contains("not running"), "{stopped}");
}

#[test]
fn a_feed_added_beside_is_polled_and_a_removed_one_is_not() {
    let (world, place) = scene(20, None);
    std::fs::write(
        place.file("feeds.opml"),
        "<opml version=\"2.0\"><head/><body/></opml>",
    )
    .expect("an empty list");
    let service = place.start();
    let ledger = place.ledger();
    let url = world.newsroom.feeds()[0].url.clone();
    place.ok(&[
        "feeds",
        "add",
        &url,
        "--publisher",
        "The Added",
        "--interval",
        "1",
    ]);
    ledger.await_enriched(2, MINUTE, || place.last_words());
    assert!(place.ok(&["feeds", "list"]).contains(&url));
    place.ok(&["feeds", "remove", &url]);
    assert!(!place.ok(&["feeds", "list"]).contains(&url));
    let host = article::host_of(&url);
    let asked = || {
        let log = world.newsroom.log();
        log.requests
            .iter()
            .filter(|request| request.host == host && request.path.contains("feed"))
            .count()
    };
    // A poll may be under way while the feed goes; after that nothing may ask.
    await_that(
        MINUTE,
        || {
            let before = asked();
            std::thread::sleep(Duration::from_millis(2_500));
            asked() == before
        },
        || place.last_words(),
    );
    assert!(service.stop().success());
    let outlet = ledger.read::<article::Enriched>()[0]
        .value
        .article
        .outlet
        .clone();
    assert_eq!(outlet, "The Added");
}

#[test]
fn a_process_whose_output_nobody_reads_still_stops_when_asked() {
    let (_world, place) = scene(5, None);
    let mut command = place.command(&["run"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("copydesk starts");
    let pid = child.id().to_string();
    place.ledger();
    await_that(
        MINUTE,
        || place.ok(&["status"]).contains(&pid),
        || "the service never answers".into(),
    );
    // Its terminal goes away.
    drop((child.stdout.take(), child.stderr.take()));
    let asked = std::process::Command::new("kill")
        .args(["-TERM", &pid])
        .status();
    assert!(asked.expect("kill runs").success());
    let mut ended = None;
    await_that(
        Duration::from_secs(25),
        || {
            ended = child.try_wait().expect("the child can be waited for");
            ended.is_some()
        },
        || "still running".into(),
    );
    assert!(ended.expect("ended").success(), "{ended:?}");
}
