//! The fetcher goes on in a generation that was derived.

use article::{Discovered, Feed, Fetched, Message, Outgoing};
use fetcher::replay::{Pair, Reingest};
use jiff::Timestamp;
use pipeline::Runtime;
use pipeline::generations::{Change, Generation, Span, Standing, change};
use pipeline::log::local::LocalLog;
use pipeline::log::{Log, Stored};
use pipeline::replay::{Reads, Replayed, input, run};
use pipeline::staged::decode;
use pipeline::topics::Topology;

use crate::world::{World, feed, page, status};

const FEED: &str = "http://a.example/feed";
const OLD: [&str; 3] = [
    "http://b.example/1",
    "http://b.example/2",
    "http://b.example/3",
];
const NEW: &str = "http://b.example/4";
/// Cannot be had before the generation goes live.
const LATE: &str = "http://b.example/late";
/// More than are read at once.
const MANY: usize = 3_000;

fn generation() -> Generation {
    Generation {
        number: 2,
        reads: 1,
        service: "fetcher".into(),
        through: "fetcher".into(),
        standing: Standing::Replayed,
        lived: true,
        made_at: Timestamp::UNIX_EPOCH,
        version: "0".into(),
        config: "0".into(),
        asked: String::new(),
        steps: Vec::new(),
    }
}

/// Replays a stage over the end of what it reads: as where the log has nothing of it any more.
fn replay_nothing<R: Replayed>(runtime: &Runtime<LocalLog>, stage: &R) {
    let topic = input::<LocalLog, R>(runtime);
    let spans = (0..topic.partitions).map(|partition| {
        let end = runtime
            .log
            .bounds(&topic.name, partition)
            .expect("bounds")
            .end;
        Span {
            fold: end,
            from: end,
            to: end,
        }
    });
    let spans: Vec<Span> = spans.collect();
    run(runtime, stage, &spans, Reads::Another, |_| {}).expect("a replay");
}

fn messages<M: Message>(records: &[Stored]) -> Vec<M> {
    let read = |record: &Stored| decode(record).expect("one of ours");
    records.iter().map(read).collect()
}

/// What the replay found of the page that waits, in words of its own.
fn told_anew(waiting: Discovered) -> Discovered {
    Discovered {
        title: Some("told anew".into()),
        ..waiting
    }
}

#[test]
fn what_the_log_no_longer_has_is_not_found_again_and_pages_that_wait_are_told_anew() {
    let world = World::new();
    let all = [OLD[0], OLD[1], OLD[2], LATE];
    world.serve(FEED, &[feed(&all)]);
    for url in OLD.into_iter().chain([NEW]) {
        world.serve(url, &[page(format!("<p>{url}"))]);
    }
    world.serve(LATE, &[status(503)]);
    let config = fetcher::Config {
        attempts: 100,
        ..world.config()
    };
    let running = world.start(config.clone());
    running.add_feeds(&[FEED]);
    running.until("three pages, and one that waits", || {
        running.fetched().len() == 3 && world.asked(LATE) > 0
    });
    let found = running.discovered();
    running.stop();
    let asked = OLD.map(|url| world.asked(url));

    let ground = Topology::new(1, |_| None);
    let own = ground.branch("fetcher", 2, |_| None).expect("a service");
    let log = world.log();
    let (topics, _) = own.belongings(2);
    log.create(&topics).expect("topics");
    let runtime = world.runtime(log, own, Some(ground.clone()));
    replay_nothing(&runtime, &Reingest::new(&config, "articles.discovered.g2"));
    replay_nothing(&runtime, &Pair);
    change(&runtime.log, &ground, "0", |_| {
        let changes = vec![Change::Known(Box::new(generation())), Change::Live(2)];
        Ok((changes, ()))
    })
    .expect("it is live");
    world.serve(FEED, &[feed(&[all[0], all[1], all[2], LATE, NEW])]);
    world.serve(LATE, &[page("<p>late")]);
    let of = |url: &str| {
        let mut found = found.iter().filter(|found| found.url == url);
        found.next().expect("it was found").clone()
    };
    let running = world.idle(runtime);
    // A long way behind others of its partition.
    let known = running.record(Outgoing::of(&of(OLD[0])));
    let mut records = vec![known; MANY];
    records.push(running.record(Outgoing::of(&told_anew(of(LATE)))));
    running.send(records);

    let running = world.work(running.runtime, config);
    // The same with another interval is polled soon.
    let hasty = Feed {
        interval_seconds: Some(1),
        ..Feed::at(FEED)
    };
    running.send(vec![running.record(Outgoing::of(&hasty))]);
    running.until("what is new, and what was late", || {
        running.records("articles.fetched.g2").len() == 2
    });
    let found: Vec<Discovered> = messages(&running.records("articles.discovered.g2"));
    let urls = found.iter().map(|found| found.url.as_str());
    let mut urls: Vec<_> = urls.filter(|url| *url != OLD[0]).collect();
    urls.sort_unstable();
    assert_eq!(urls, [NEW, LATE], "nothing old was found again");
    assert_eq!(found.len(), MANY + 2);
    let fetched: Vec<Fetched> = messages(&running.records("articles.fetched.g2"));
    let late = fetched.iter().find(|page| page.discovered.url == LATE);
    let title = late.and_then(|page| page.discovered.title.as_deref());
    assert_eq!(title, Some("told anew"));
    assert_eq!(
        asked,
        OLD.map(|url| world.asked(url)),
        "nothing is fetched again"
    );
    running.stop();
}
