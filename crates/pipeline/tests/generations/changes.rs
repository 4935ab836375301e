//! Several who change what is known of generations at the same time.

use jiff::Timestamp;
use pipeline::generations::{self, Change, Generation, Generations, Standing};
use pipeline::log::Log as _;
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::topics::Topology;

const AT_ONCE: u32 = 6;
const EACH: u32 = 4;

fn generation(number: u32) -> Generation {
    Generation {
        number,
        reads: 1,
        service: "enricher".to_owned(),
        through: "enricher".to_owned(),
        standing: Standing::Replaying,
        lived: false,
        made_at: Timestamp::UNIX_EPOCH,
        version: "0".to_owned(),
        config: "0".to_owned(),
        asked: String::new(),
        steps: Vec::new(),
    }
}

#[test]
fn each_of_several_changes_at_once_comes_to_its_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = LocalLog::open(LocalConfig {
        dir: folder.path().to_owned(),
        fsync: Fsync::Always,
        segment_bytes: 1 << 20,
        min_free_bytes: 0,
    })
    .expect("the log opens");
    let ground = Topology::new(1, |_| None);
    log.create(&ground.all()).expect("topics");
    let begin = || {
        generations::change(&log, &ground, "0", |known| {
            let number = known.next();
            Ok((vec![Change::Known(Box::new(generation(number)))], number))
        })
    };
    let mut numbers: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(|| (0..EACH).map(|_| begin()).collect::<Result<Vec<_>, _>>()))
            .collect();
        let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .flat_map(|made| made.expect("no panic").expect("each is made"))
            .collect()
    });
    numbers.sort_unstable();
    // Each was decided on what the others had written: no number twice.
    assert_eq!(numbers, (2..2 + AT_ONCE * EACH).collect::<Vec<_>>());
    let known = Generations::read(&log, &ground).expect("it reads");
    assert_eq!(known.next(), 2 + AT_ONCE * EACH);
}
