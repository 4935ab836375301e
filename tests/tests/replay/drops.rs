//! Generations that are refused, and those that nobody needs any more.

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
