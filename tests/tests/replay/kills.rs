//! A replay that is killed goes on where it was, and comes to the same.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::Random;

use crate::{Desk, check_same, generated};

/// Enough for several transactions: a replay is still at work when the first of them can be seen.
const ARTICLES: usize = 900;
/// Each comes later than the one before.
const KILLS: u64 = 6;
/// What a replay is killed at that has begun to write.
const WORK_KILLS: u32 = 4;
/// How long one may take to begin.
const BEGINS: Duration = Duration::from_secs(30);

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
    // The start, which reads generations and opens states, is to be hit as well.
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
    let written = || ledger.count("articles.cleaned.g3") + ledger.count("articles.enriched.g3");
    let mut hits = 0;
    for _ in 0..WORK_KILLS {
        let before = written();
        let mut replay = silent(&mut desk.place.command(&again))
            .spawn()
            .expect("copydesk starts");
        let deadline = Instant::now() + BEGINS;
        while written() == before && replay.try_wait().expect("it can be waited for").is_none() {
            assert!(Instant::now() < deadline, "nothing is written");
            std::thread::sleep(Duration::from_millis(2));
        }
        replay.kill().expect("it is there");
        replay.wait().expect("it is gone");
        kills += 1;
        let partly = 1..2 * desk.articles;
        hits += u32::from(partly.contains(&written()));
    }
    assert!(hits > 0, "a kill found the work half done");
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
    println!("the same bytes after {kills} kills, {hits} of them half way");
}
