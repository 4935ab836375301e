//! Copies of the state beside the log: lost, cut, scrambled, old, and of a future that never came. The
//! outcome is always that of a run that nothing happened to.

use std::path::{Path, PathBuf};

use article::{Enriched, Message as _};
use redb::{Database, ReadableDatabase as _, TableDefinition};
use tests::{Broker, BrokerOptions, Place, await_that};

use crate::{MINUTE, generated};

/// The tables of a copy.
const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");
const META: TableDefinition<'_, &str, &str> = TableDefinition::new("meta");
/// The facts that say how much of the changelog a copy has, and of which log's.
const POSITION: &str = "position";
const LOG: &str = "log";

/// Enough that some are still to come when the last harm is done.
const ARTICLES: u64 = 600;
const RATE: f64 = 4.0;
/// How many articles each run brings at the least.
const MORE: u64 = 4;
/// What is logged where a copy does not fit the group's offset.
const ALONE: &str = "the state is made from the changelog alone";

/// What is done to a copy, given what it was like a run ago.
type Harm = fn(&Path, &Path);

/// Harms after which a copy is filled up from the changelog, or begun anew, without further ado.
const PLAIN: [Harm; 7] = [
    delete,
    cut,
    scramble,
    clear,
    replace,
    empty_and_place_in_the_future,
    empty_and_pass_for_another_logs,
];

fn delete(copy: &Path, _: &Path) {
    std::fs::remove_file(copy).expect("it goes");
}

fn cut(copy: &Path, _: &Path) {
    let file = std::fs::File::options().write(true).open(copy);
    let file = file.expect("it opens");
    let length = file.metadata().expect("a length").len();
    file.set_len(length / 2).expect("it is cut");
}

fn scramble(copy: &Path, _: &Path) {
    std::fs::write(copy, vec![0xa5; 100_000]).expect("written");
}

fn clear(copy: &Path, _: &Path) {
    std::fs::write(copy, b"").expect("written");
}

/// It stands where it says that it does, so the rest of the changelog is all that it lacks.
fn replace(copy: &Path, older: &Path) {
    std::fs::copy(older, copy).expect("copied");
}

/// Ahead of its changelog, and without what a stage must remember.
fn empty_and_place_in_the_future(copy: &Path, _: &Path) {
    empty(copy);
    let there: u64 = fact(copy, POSITION).parse().expect("an offset");
    set_fact(copy, POSITION, &(there + 1_000).to_string());
}

/// As far as its changelog, without what a stage must remember, and of a cluster that is no more.
fn empty_and_pass_for_another_logs(copy: &Path, _: &Path) {
    empty(copy);
    set_fact(copy, LOG, "kafka:another");
}

/// An older copy that passes for this one. It is found out where every transaction moves the input's
/// offset, as the enricher's do. A poll or a page may change the state alone, so of the fetcher such a
/// forgery would go unseen.
fn forge(copy: &Path, older: &Path) {
    if copy.to_string_lossy().contains("copydesk.enrich") {
        let there = fact(copy, POSITION);
        replace(copy, older);
        set_fact(copy, POSITION, &there);
    }
}

/// A copy of a transaction that never was: it names another offset of the input than the group has.
fn invent(copy: &Path, _: &Path) {
    let database = Database::open(copy).expect("a copy opens");
    let write = database.begin_write().expect("it takes changes");
    let mut entries = write.open_table(ENTRIES).expect("entries");
    let offset = b"1000000".as_slice();
    entries.insert(b"@position".as_slice(), offset).expect("in");
    drop(entries);
    write.commit().expect("committed");
}

fn empty(copy: &Path) {
    let database = Database::open(copy).expect("a copy opens");
    let write = database.begin_write().expect("it takes changes");
    let mut entries = write.open_table(ENTRIES).expect("entries");
    entries.retain(|_, _| false).expect("all go");
    drop(entries);
    write.commit().expect("committed");
}

fn fact(copy: &Path, name: &str) -> String {
    let database = Database::open(copy).expect("a copy opens");
    let read = database.begin_read().expect("it reads");
    let facts = read.open_table(META).expect("facts");
    let fact = facts.get(name).expect("it reads");
    fact.expect("every copy has it").value().to_owned()
}

fn set_fact(copy: &Path, name: &str, fact: &str) {
    let database = Database::open(copy).expect("a copy opens");
    let write = database.begin_write().expect("it takes changes");
    let mut facts = write.open_table(META).expect("facts");
    assert!(facts.insert(name, fact).expect("in").is_some(), "{name}");
    drop(facts);
    write.commit().expect("committed");
}

/// The copies of the process that runs all services, by group and partition.
fn copies(place: &Place) -> Vec<PathBuf> {
    let state = place.data().join("services/run.0/state");
    let tasks = [
        ("copydesk.poll", 4),
        ("copydesk.page", 4),
        ("copydesk.enrich", 1),
    ];
    let files = tasks.into_iter().flat_map(|(group, partitions)| {
        let folder = state.join(group);
        (0..partitions).map(move |partition| folder.join(format!("{partition}.redb")))
    });
    files.collect()
}

/// How often the log tells that a copy was not to be trusted.
fn told(place: &Place) -> usize {
    let log = std::fs::read_to_string(place.file("run.err")).expect("the log reads");
    log.matches(ALONE).count()
}

#[test]
fn whatever_becomes_of_the_copies_of_the_state_the_outcome_is_the_same() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = generated(ARTICLES as usize, Some(RATE));
    let place = Place::on_kafka(&world, &servers, &servers, "");
    let ledger = place.ledger();
    // Tasks open one after the other: those without input may be told of after the last article.
    let run = |more: u64, say: usize| {
        let wanted = ledger.count(Enriched::TOPIC) + more;
        let service = place.start();
        ledger.await_enriched(wanted, MINUTE, || place.last_words());
        await_that(MINUTE, || told(&place) >= say, || place.last_words());
        assert!(service.stop().success());
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kept = |round: usize, copy: usize| folder.path().join(format!("{round}.{copy}.redb"));
    let keep = |round: usize| {
        for (number, copy) in copies(&place).iter().enumerate() {
            std::fs::copy(copy, kept(round, number)).expect("a stage that has run has a copy");
        }
    };
    run(MORE, 0);
    keep(0);
    run(MORE, 0);
    // Each of the plain ones strikes every stage, over two rounds.
    let rounds: [(&[Harm], usize); 4] = [(&PLAIN, 0), (&PLAIN, 0), (&[forge], 1), (&[invent], 9)];
    for (round, (harms, expected)) in rounds.into_iter().enumerate() {
        keep(round + 1);
        for (number, copy) in copies(&place).iter().enumerate() {
            let harm = harms[(number + 3 * round) % harms.len()];
            harm(copy, &kept(round, number));
        }
        let before = told(&place);
        run(MORE, before + expected);
        assert_eq!(told(&place) - before, expected, "round {round}");
    }
    let left = ARTICLES - ledger.count(Enriched::TOPIC);
    assert!(left > MORE, "the newsroom had to say more all the time");
    world.newsroom.publish_all();
    run(left, 0);
    ledger.assert_conserved(&world.newsroom.truth().articles);
}
