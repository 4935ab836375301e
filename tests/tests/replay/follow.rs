//! A replay that follows derives what comes, until the services go on with its generation.

use std::fs::File;
use std::process::{Child, ExitStatus};

use newsroom::Pace;
use tests::await_that;

use crate::live::counts;
use crate::{Desk, MINUTE, generated};

const ARTICLES: usize = 48;
/// Slow enough that some come only when the generation is live.
const PACE: f64 = 4.0;

/// Waits until a process has ended.
#[track_caller]
fn ended(process: &mut Child) -> ExitStatus {
    let mut status = None;
    await_that(
        MINUTE,
        || {
            status = process.try_wait().expect("it can be waited for");
            status.is_some()
        },
        || "the replay goes on".to_owned(),
    );
    status.expect("it has ended")
}

#[test]
fn a_replay_that_follows_hands_over_to_the_services() {
    let desk = Desk::local(generated(ARTICLES, Some(0.0)));
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.place.await_running();
    desk.world.newsroom.begin(Pace {
        per_second: Some(PACE),
    });
    desk.await_count(&ledger, "articles.enriched", 5);
    let said = desk.place.file("follow.err");
    let arguments = ["replay", "enricher", "--generation", "2", "--follow"];
    let mut follower = desk
        .place
        .command(&arguments)
        .stderr(File::create(&said).expect("a file"))
        .spawn()
        .expect("copydesk starts");
    // Again and again: what is derived is never the end.
    for _ in 0..3 {
        let now = ledger.count("articles.enriched");
        desk.await_count(&ledger, "articles.enriched.g2", now + 1);
    }
    assert!(follower.try_wait().expect("it can be waited for").is_none());
    // Refused while something that has just come is being derived.
    let switch = || desk.place.run(&["replay", "switch", "2"]);
    await_that(
        MINUTE,
        || switch().status.success(),
        || "the generation is never whole".to_owned(),
    );
    let status = ended(&mut follower);
    let said = std::fs::read_to_string(said).expect("it reads");
    assert!(status.success(), "{said}");
    assert!(
        said.contains("generation 2 is live: the services go on"),
        "{said}"
    );
    desk.world.newsroom.publish_all();
    desk.await_count(&ledger, "articles.enriched.g2", desk.articles);
    let counts = counts(&ledger, "articles.enriched.g2");
    assert_eq!(counts.len(), desk.articles as usize);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    // What has been live no replay writes to any more.
    let said = desk.refused(&["enricher", "--generation", "2"]);
    assert!(said.contains("generation 2 is live"), "{said}");
    assert!(service.stop().success());
}
