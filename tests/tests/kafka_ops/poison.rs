//! Garbage on every topic that a stage reads, from a stranger: buried once each, and the rest flows.

mod kinds;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use article::{ArticleId, Cleaned, Discovered, Enriched, Feed, Fetched, Message};
use pipeline::dead::Buried;
use pipeline::headers::Headers;
use pipeline::invariants::conserved;
use pipeline::log::Log as _;
use pipeline::staged::decode;
use tests::{Broker, BrokerOptions, Ledger, Place, World, await_that};

use crate::kcat::kcat;
use crate::stranger::Stranger;
use crate::{MINUTE, generated};
use kinds::{Poison, poisons};

/// So many that one in twenty records of a topic is garbage.
const ARTICLES: usize = 220;
const RATE: f64 = 30.0;
/// A value that kcat writes, under a name of a header that is no text.
const ODD: &str = "odd";

/// Where each poison came to lie: topic, partition, offset.
type Written = BTreeMap<(String, u32, u64), Poison>;

#[test]
fn garbage_from_strangers_is_buried_once_and_the_rest_flows() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = generated(ARTICLES, Some(RATE));
    let place = Place::on_kafka(&world, &servers, &servers, "");
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(20, MINUTE, || place.last_words());

    let stranger = Stranger::at(&servers);
    let mut written = Written::new();
    strike(&stranger, &ledger, Feed::TOPIC, &mut written);
    strike(&stranger, &ledger, Discovered::TOPIC, &mut written);
    // Once each, also where a process dies over it.
    service.kill();
    let service = place.start();
    strike(&stranger, &ledger, Fetched::TOPIC, &mut written);
    strike(&stranger, &ledger, Cleaned::TOPIC, &mut written);
    let odd = strike_oddly(&servers);

    let total = written.len() + usize::from(odd);
    ledger.await_enriched(ARTICLES as u64, 2 * MINUTE, || place.last_words());
    await_that(
        2 * MINUTE,
        || ledger.dead().len() >= total,
        || {
            let buried = ledger.dead().len();
            format!("{buried} of {total} buried\n{}", place.last_words())
        },
    );
    assert!(service.stop().success());
    assert_buried(&written, odd, &ledger.dead());
    assert_flowed(&ledger, &world);
}

/// Writes every poison to a topic, over all its partitions.
fn strike(stranger: &Stranger, ledger: &Ledger, topic: &str, written: &mut Written) {
    let partitions = ledger.kafka().partitions(topic);
    let partitions = partitions.expect("the broker answers").expect("a topic");
    for (number, poison) in (0..).zip(poisons(topic == Feed::TOPIC)) {
        let partition = number % partitions;
        let offset = stranger.write(topic, partition, &poison.record);
        written.insert((topic.to_owned(), partition, offset), poison);
    }
}

/// Writes a record whose header has a name that is no UTF-8, which only kcat lets through here. Whether
/// there is kcat to do so.
fn strike_oddly(servers: &str) -> bool {
    let writing = kcat(servers)
        .args(["-P", "-t", Fetched::TOPIC, "-p", "1", "-H"])
        .arg(OsStr::from_bytes(b"\xff\xfe=1"))
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut writing) = writing else {
        println!("skipped: a header's name that is no text (kcat is not installed)");
        return false;
    };
    let mut value = writing.stdin.take().expect("it is piped");
    value.write_all(ODD.as_bytes()).expect("kcat reads");
    drop(value);
    assert!(writing.wait().expect("kcat ends").success());
    true
}

/// Each poison has one letter, which says where it stood and has its bytes; nothing else is dead.
#[track_caller]
fn assert_buried(written: &Written, odd: bool, dead: &[Buried]) {
    let (odd_ones, dead): (Vec<&Buried>, Vec<&Buried>) = dead
        .iter()
        .partition(|letter| letter.value.as_deref() == Some(ODD.as_bytes()));
    assert_eq!(odd_ones.len(), usize::from(odd), "{odd_ones:?}");
    let place = |letter: &Buried| {
        let (partition, offset) = letter.source.expect("it was a record");
        (letter.topic.clone(), partition, offset)
    };
    let places = dead.iter().map(|letter| place(letter));
    if let Err(broken) = conserved(written.keys().cloned(), places) {
        panic!("dead letters: {broken}");
    }
    for letter in dead {
        let poison = &written[&place(letter)];
        let name = format!("{} on {:?}", poison.name, place(letter));
        assert_eq!(letter.reason, poison.reason, "{name}: {}", letter.detail);
        let (key, value) = (&poison.record.key, &poison.record.value);
        if poison.is_whole {
            assert!(letter.key == *key, "{name}: the key is another");
            assert!(letter.value == *value, "{name}: the value is another");
            assert_eq!(letter.headers, own_headers(poison), "{name}");
            continue;
        }
        let begins = |whole: &Option<Vec<u8>>, kept: &Option<Vec<u8>>| {
            let (whole, kept) = (whole.as_deref(), kept.as_deref());
            !kept.unwrap_or_default().is_empty()
                && whole
                    .unwrap_or_default()
                    .starts_with(kept.unwrap_or_default())
        };
        assert!(begins(key, &letter.key), "{name}: the key is another");
        assert!(begins(value, &letter.value), "{name}: the value is another");
    }
}

/// The headers that a letter shows of a record: all but those that only letters have.
fn own_headers(poison: &Poison) -> Headers {
    let headers = poison.record.headers.iter();
    let own = headers.filter(|(name, _)| !name.starts_with("dead."));
    Headers(
        own.map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    )
}

/// Of the newsroom's articles each is found once on every hop, garbage apart.
#[track_caller]
fn assert_flowed(ledger: &Ledger, world: &World) {
    check_hop::<Discovered>(ledger, world, |found| found.id);
    check_hop::<Fetched>(ledger, world, |fetched| fetched.id);
    check_hop::<Cleaned>(ledger, world, |cleaned| cleaned.id);
    check_hop::<Enriched>(ledger, world, |enriched| enriched.article.id);
}

#[track_caller]
fn check_hop<M: Message>(ledger: &Ledger, world: &World, id: fn(M) -> ArticleId) {
    let records = ledger.stored(M::TOPIC).into_iter();
    let found = records.filter_map(|(_, stored)| decode::<M>(&stored).ok());
    let truth = world.newsroom.truth().articles;
    let expected = truth.into_iter().map(|article| article.id);
    if let Err(broken) = conserved(expected, found.map(id)) {
        panic!("{}: {broken}", M::TOPIC);
    }
}
