//! Generations that are refused, and those that nobody needs any more.

use std::process::Stdio;
use std::time::Duration;

use crate::{Desk, generated};

#[test]
fn what_cannot_be_derived_or_dropped_is_refused_with_the_reason() {
    let desk = Desk::local(generated(12, None));
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles);
    let refused = |arguments: &[&str], expected: &str| {
        let said = desk.refused(arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    };
    refused(&["switch", "2"], "there is no generation 2");
    refused(&["switch", "1"], "generation 1 is live already");
    refused(&["drop", "1"], "the first generation cannot be dropped");
    refused(
        &["enricher", "--generation", "2", "--through", "cleaner"],
        "--through cleaner comes before enricher",
    );
    refused(
        &["enricher", "--generation", "2", "--from-offset", "7:0"],
        "topic articles.cleaned has no partition 7: it has 1",
    );
    refused(
        &["enricher", "--generation", "2", "--reads", "9"],
        "there is no generation 9",
    );
    desk.replay(&["cleaner", "--generation", "3"]);
    refused(
        &["enricher", "--generation", "2"],
        "the next free number is 4",
    );
    refused(
        &["enricher", "--generation", "3"],
        "is there already, of cleaner",
    );
    desk.replay(&["enricher", "--generation", "4", "--reads", "3"]);
    assert_eq!(ledger.count("articles.enriched.g4"), desk.articles);
    refused(&["drop", "3"], "generation 4 reads it");

    desk.place.ok(&["replay", "drop", "4"]);
    desk.place.ok(&["replay", "drop", "3"]);
    // Once more, as after a crash in the middle.
    desk.place.ok(&["replay", "drop", "3"]);
    refused(&["switch", "3"], "generation 3 was dropped");
    let said = desk
        .place
        .run(&["tail", "articles.cleaned.g3", "--no-follow"]);
    assert!(!said.status.success(), "its topics are gone");
    assert!(service.stop().success());
}

/// What is killed while it drops is neither dropped nor whole: nobody may go on with it but a dropping.
#[test]
fn a_dropping_that_was_cut_goes_on_and_nothing_else_does() {
    let desk = Desk::local(generated(12, None));
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles);
    desk.replay(&["enricher", "--generation", "2"]);
    // At whatever it is by then: before it has begun, halfway, or done.
    let mut halfway = 0;
    for number in 0..30 {
        let generation = (number + 3).to_string();
        desk.replay(&["enricher", "--generation", &generation, "--reads", "1"]);
        let drop = ["replay", "drop", &generation];
        let mut command = desk.place.command(&drop);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut dropping = command.spawn().expect("copydesk starts");
        std::thread::sleep(Duration::from_millis(4 * number));
        dropping.kill().expect("it is there, or was");
        dropping.wait().expect("it is gone");
        let listed = desk.place.ok(&["replay", "list"]);
        let line = listed
            .lines()
            .find(|line| line.trim_start().starts_with(&generation));
        let line = line.unwrap_or_else(|| panic!("{generation}: {listed}"));
        if line.contains("being dropped") {
            halfway += 1;
            let said = desk.refused(&["switch", &generation]);
            assert!(said.contains("is being dropped"), "{said}");
            let said = desk.refused(&["enricher", "--generation", &generation]);
            assert!(said.contains("is being dropped"), "{said}");
        } else if line.contains("replayed") {
            let topic = format!("articles.enriched.g{generation}");
            assert_eq!(ledger.count(&topic), desk.articles, "it is whole");
        }
        desk.place.ok(&drop);
        let said = desk.refused(&["switch", &generation]);
        assert!(said.contains("was dropped"), "{said}");
        if halfway > 1 {
            break;
        }
    }
    assert!(halfway > 0, "no kill came in between");
    assert!(service.stop().success());
}

/// Whoever has replayed has left the group, so nobody waits for its session to run out.
#[test]
fn what_was_just_derived_can_be_dropped_at_once() {
    let Some(desk) = Desk::on_kafka(generated(12, None)) else {
        return;
    };
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles);
    desk.replay(&["cleaner", "--generation", "2", "--through", "enricher"]);
    desk.place.ok(&["replay", "drop", "2"]);
    assert!(service.stop().success());
}
