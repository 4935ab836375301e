//! The real task over the simulated log: right in every schedule, and each way to break it is caught.
//!
//! `TEST_SCHEDULES` says how many schedules each right variant is given; `TEST_SEED` asks for a single
//! one, whose steps are printed where it goes wrong.

use std::thread::ScopedJoinHandle;
use std::time::Duration;

use pipeline::log::conformance::{self, World};
use pipeline::log::model::{ModelLog, Report, Variant, Violation, Wrong, simulate};

/// How many schedules run where nobody says otherwise.
const SCHEDULES: u64 = 20_000;
const THREADS: u64 = 2;
/// How many of the last steps are printed of a schedule that goes wrong.
const SHOWN: usize = 40;

/// A model without faults.
struct Calm(ModelLog);

impl World for Calm {
    type Log = ModelLog;

    fn log(&self) -> ModelLog {
        self.0.clone()
    }

    fn name(&self, base: &str) -> String {
        base.to_owned()
    }

    fn restart(&mut self) {
        self.0.abandon();
    }

    fn shows_at_once(&self) -> bool {
        false
    }

    fn pass(&self, time: Duration) -> bool {
        self.0.pass(time);
        true
    }
}

#[test]
fn the_model_conforms() {
    conformance::all(|| Calm(ModelLog::calm()));
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is to be a number, not {text:?}")))
}

/// Runs schedules on every core. What happened in all of them together; panics with the first violation
/// and the command that repeats it.
fn run_all(variant: Variant, test: &str, count: u64) -> Report {
    let only = number("TEST_SEED");
    let seeds = only.map_or(1..=count, |seed| seed..=seed);
    let part = |first: u64| -> Result<Report, Box<Violation>> {
        let mut total = Report::default();
        for seed in seeds.clone().filter(|seed| seed % THREADS == first) {
            total += simulate(seed, variant)?;
        }
        Ok(total)
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|first| scope.spawn(move || part(first)))
            .collect();
        let joined = threads.into_iter().map(ScopedJoinHandle::join);
        joined
            .map(|part| part.expect("no schedule panics"))
            .collect()
    });
    let mut total = Report::default();
    for part in parts {
        match part {
            Ok(report) => total += report,
            Err(violation) => fail(&violation, test, only.is_some()),
        }
    }
    println!("{variant:?}: {total:?}");
    total
}

fn fail(violation: &Violation, test: &str, whole: bool) -> ! {
    let trace = &violation.trace;
    let first = if whole {
        0
    } else {
        trace.len().saturating_sub(SHOWN)
    };
    panic!(
        "{}\n{violation}\nrepeat it, from the first step on:\nTEST_SEED={} cargo test -p pipeline --test model {test}",
        trace[first..].join("\n"),
        violation.seed
    );
}

#[test]
fn right_is_right_in_every_schedule() {
    let count = number("TEST_SCHEDULES").unwrap_or(SCHEDULES);
    let total = run_all(Variant::Right, "right_is_right_in_every_schedule", count);
    if number("TEST_SEED").is_some() {
        return;
    }
    // Of each fault there was plenty: otherwise nothing was shown.
    let Report {
        steps: _,
        crashes,
        restarts,
        forgotten,
        stalls,
        rebalances,
        hand_overs,
        opens,
        committed,
        aborted,
        timeouts,
        lost,
        delayed,
        late,
        doubled,
        unmarked,
        suspects,
    } = total;
    let rare = [restarts, forgotten, hand_overs, timeouts, unmarked];
    let common = [
        crashes, stalls, rebalances, opens, committed, aborted, lost, delayed, late, doubled,
        suspects,
    ];
    assert!(rare.iter().all(|found| *found > count / 5), "{total:?}");
    assert!(common.iter().all(|found| *found > count), "{total:?}");
}

#[test]
fn ids_of_partitions_fence_by_themselves() {
    let count = number("TEST_SCHEDULES").unwrap_or(SCHEDULES);
    run_all(
        Variant::RightWithoutGroupFencing,
        "ids_of_partitions_fence_by_themselves",
        count,
    );
}

#[test]
fn the_groups_generation_fences_by_itself() {
    let count = number("TEST_SCHEDULES").unwrap_or(SCHEDULES) / 4;
    run_all(
        Variant::RandomIds,
        "the_groups_generation_fences_by_itself",
        count,
    );
}

#[test]
fn a_seed_is_one_schedule() {
    for seed in 1..=20 {
        let reports = [(); 2].map(|()| simulate(seed, Variant::Right).expect("right"));
        assert_eq!(reports[0], reports[1], "seed {seed}");
    }
}

/// Some schedule among the first `within` shows that the variant is broken, and how.
#[track_caller]
fn check_caught(variant: Variant, within: u64, is_expected: impl Fn(&Wrong) -> bool) {
    let caught = (1..=within).find_map(|seed| simulate(seed, variant).err());
    let Some(violation) = caught else {
        panic!("{variant:?} breaks nothing in {within} schedules");
    };
    assert!(is_expected(&violation.what), "{violation}");
    println!("{violation}");
}

#[test]
fn a_store_before_the_commit_is_caught() {
    check_caught(Variant::StoreBeforeCommit, 100, |what| {
        matches!(what, Wrong::Broken(_))
    });
}

#[test]
fn random_ids_without_group_fencing_are_caught() {
    check_caught(Variant::RandomIdsWithoutGroupFencing, 2_000, |what| {
        !matches!(what, Wrong::Panicked(_))
    });
}

#[test]
fn random_ids_restored_to_what_is_stable_are_caught() {
    check_caught(Variant::RandomIdsRestoredToStable, 100, |what| {
        matches!(what, Wrong::Refused(_))
    });
}

#[test]
fn an_offset_read_before_the_fence_is_caught() {
    let variant = Variant::OffsetsBeforeInitWithoutGroupFencing;
    check_caught(variant, 5_000, |what| matches!(what, Wrong::Refused(_)));
}

#[test]
fn a_suspect_producer_that_is_kept_is_caught() {
    check_caught(Variant::SuspectKept, 5_000, |what| {
        !matches!(what, Wrong::Panicked(_))
    });
}

#[test]
fn ownership_as_a_flag_stands_still() {
    check_caught(Variant::OwnershipAsFlag, 2_000, |what| {
        matches!(what, Wrong::Stalled(_))
    });
}

#[test]
fn an_abort_that_overtakes_records_is_caught() {
    check_caught(Variant::AbortWithRecordsUnderWay, 2_000, |what| {
        !matches!(what, Wrong::Panicked(_))
    });
}

#[test]
fn a_partition_that_is_opened_without_settling_is_caught() {
    check_caught(Variant::OpensWithoutSettling, 2_000, |what| {
        !matches!(what, Wrong::Panicked(_))
    });
}

/// What such a broker lets through doubles nothing and loses nothing. It only blocks: see the model.
#[test]
fn without_verification_work_may_stand_still_and_stays_right() {
    let violations =
        (1..=2_000).filter_map(|seed| simulate(seed, Variant::WithoutVerification).err());
    let mut stalls = 0;
    for violation in violations {
        assert!(matches!(violation.what, Wrong::Stalled(_)), "{violation}");
        stalls += 1;
    }
    assert!(stalls > 0, "nothing stands still: is the broker verifying?");
}
