//! A replay that is killed goes on where it was, and comes to the same.

use std::process::{Command, Stdio};
use std::time::Duration;

use tests::Random;

use crate::{Desk, check_same, generated};

/// Enough that a replay is still at work when it is killed.
const ARTICLES: usize = 300;
/// Each comes later than the one before, so that some hit the work and not only the start.
const KILLS: u64 = 10;

fn silent(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null())
}

#[test]
fn a_replay_under_kills_comes_to_the_same_bytes() {
    let desk = Desk::local(generated(ARTICLES, None));
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles);
    assert!(service.stop().success());
    desk.replay(&["cleaner", "--generation", "2", "--through", "enricher"]);
    let again = [
        "replay",
        "cleaner",
        "--generation",
        "3",
        "--through",
        "enricher",
        "--reads",
        "1",
    ];
    let mut random = Random::seeded();
    let mut kills = 0;
    for wait in (0..KILLS).map(|number| 30 + 60 * number) {
        let mut replay = silent(&mut desk.place.command(&again))
            .spawn()
            .expect("copydesk starts");
        std::thread::sleep(Duration::from_millis(wait + random.below(60)));
        if replay.try_wait().expect("it can be waited for").is_some() {
            break;
        }
        replay.kill().expect("it is there");
        replay.wait().expect("it is gone");
        kills += 1;
    }
    assert!(kills > 0, "it was killed at least once");
    desk.replay(&again[1..]);
    let listed = desk.place.ok(&["replay", "list"]);
    assert!(!listed.contains("not at its end"), "{listed}");
    for topic in [
        "articles.cleaned",
        "articles.enriched",
        "articles.lineage",
        "stories",
    ] {
        check_same(&ledger, &format!("{topic}.g2"), &format!("{topic}.g3"));
    }
    println!("the same bytes after {kills} kills");
}
