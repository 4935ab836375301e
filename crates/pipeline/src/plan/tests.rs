use super::*;
use crate::log::local::{LocalConfig, LocalLog};
use crate::topics::Topology;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn wanted() -> Vec<Topic> {
    Topology::new(1, |_| None).all()
}

/// The topics as they should be, with `change` made to the one of this name.
fn with(name: &str, change: impl FnOnce(&mut Topic)) -> Vec<Topic> {
    let mut topics = wanted();
    let topic = topics.iter_mut().find(|topic| topic.name == name);
    change(topic.expect("a topic of ours"));
    topics
}

#[track_caller]
fn check(there: &[Topic], wanted: &[Topic], expected: &str) {
    let plan = Plan::new(there, wanted);
    assert_eq!(plan.to_string(), expected);
}

#[test]
fn what_is_missing_is_made_in_the_order_of_the_flow() {
    let expected = "\
+ create feeds: 4 partitions, compact, kept for ever
+ create feeds.polled: 4 partitions, delete, kept 7 days, at most 4 GiB
+ create articles.discovered: 4 partitions, delete, kept 7 days, at most 2 GiB
+ create articles.fetched: 4 partitions, delete, kept 30 days, at most 20 GiB
+ create articles.cleaned: 1 partition, delete, kept 14 days, at most 4 GiB
+ create articles.enriched: 1 partition, delete, kept 14 days, at most 4 GiB
+ create articles.lineage: 1 partition, compact, kept 14 days
+ create stories: 1 partition, compact, kept 14 days
+ create articles.dead: 1 partition, delete, kept 30 days, at most 2 GiB
+ create copydesk.poll.changelog: 4 partitions, compact, kept for ever
+ create copydesk.page.changelog: 4 partitions, compact, kept for ever
+ create copydesk.enrich.changelog: 1 partition, compact, kept for ever
+ create generations: 1 partition, compact, kept for ever
";
    check(&[], &wanted(), expected);
    let mut backwards = wanted();
    backwards.reverse();
    check(&backwards, &wanted(), "= as it should be (13 topics)\n");
}

#[test]
fn topics_that_nobody_asked_for_are_left_alone() {
    let mut there = wanted();
    there.extend(Topology::new(2, |_| None).all());
    there.push(Topic {
        name: "articles.lost".to_owned(),
        ..there[0].clone()
    });
    check(&there, &wanted(), "= as it should be (13 topics)\n");
    let one = &wanted()[..1];
    check(one, one, "= as it should be (1 topic)\n");
}

#[test]
fn what_differs_is_told_with_both_values() {
    #[track_caller]
    fn check_change(name: &str, was: impl FnOnce(&mut Topic), expected: &str) {
        let expected = format!("~ change {name}: {expected}\n= as it should be (12 topics)\n");
        check(&with(name, was), &wanted(), &expected);
    }
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
    check_change(
        "articles.fetched",
        |was| was.retention = hours(36),
        "kept 36 hours -> 30 days",
    );
    check_change(
        "articles.enriched",
        |was| was.retention = None,
        "kept for ever -> 14 days",
    );
    check_change(
        "copydesk.poll.changelog",
        |was| was.retention = hours(1),
        "kept 1 hour -> for ever",
    );
    check_change(
        "articles.enriched",
        |was| was.retention = Some(Duration::from_millis(90_500)),
        "kept 90.5s -> 14 days",
    );
    check_change(
        "articles.dead",
        |was| was.retention_bytes = Some(100 << 20),
        "size 100 MiB -> 2 GiB",
    );
    check_change(
        "articles.dead",
        |was| was.retention_bytes = Some(1_000),
        "size 1000 bytes -> 2 GiB",
    );
    check_change(
        "articles.fetched",
        |was| was.cleanup = Cleanup::Compact,
        "cleanup compact -> delete",
    );
}

#[test]
fn another_count_of_partitions_is_refused_and_nothing_else_said_of_the_topic() {
    let changed = |name| {
        with(name, |topic| {
            topic.partitions = 8;
            topic.retention = Some(DAY);
        })
    };
    let refused = |line: &str| format!("! refused {line}\n= as it should be (12 topics)\n");
    let expected = refused(
        "articles.fetched: it has 8 partitions, not 4; another count would move its keys to other \
         partitions: set topics.\"articles.fetched\".partitions to 8, or begin a new generation",
    );
    check(&changed("articles.fetched"), &wanted(), &expected);
    let expected = refused(
        "stories: it has 1 partition, not 8; another count would move its keys to other partitions: \
         set topics.stories.partitions to 1, or begin a new generation",
    );
    check(&wanted(), &changed("stories"), &expected);
    let expected = refused(
        "copydesk.page.changelog: it has 8 partitions, not 4; it must have a partition for each of \
         those that its stage reads: keep their count, or begin a new generation",
    );
    check(&changed("copydesk.page.changelog"), &wanted(), &expected);
    assert!(Plan::new(&changed("stories"), &wanted()).is_refused());
    assert!(!Plan::new(&[], &wanted()).is_refused());
}

#[test]
fn what_a_replay_reads_goes_sooner_only_for_who_says_so() {
    #[track_caller]
    fn check(name: &str, to: impl FnOnce(&mut Topic), expected: Option<Loss>) {
        let plan = Plan::new(&wanted(), &with(name, to));
        assert_eq!(plan.steps().len(), 1, "{plan}");
        assert_eq!(plan.steps()[0].topic(), name);
        assert_eq!(plan.steps()[0].loss(), expected, "{plan}");
        assert_eq!(plan.is_lossy(), expected.is_some(), "{plan}");
        let is_told = plan.to_string().contains(": only with --yes)\n");
        assert_eq!(is_told, expected.is_some(), "{plan}");
    }
    let horizon = Some(Loss::Horizon);
    let replayed = [
        "feeds.polled",
        "articles.discovered",
        "articles.fetched",
        "articles.cleaned",
    ];
    for name in replayed {
        check(name, |to| to.retention = Some(DAY), horizon);
        check(name, |to| to.retention_bytes = Some(1 << 30), horizon);
        check(name, |to| to.retention = Some(DAY * 365), None);
        check(name, |to| to.retention = None, None);
        check(name, |to| to.retention_bytes = Some(1 << 40), None);
        check(name, |to| to.retention_bytes = None, None);
    }
    // Feeds are kept for ever: with a bound they are forgotten.
    check("feeds", |to| to.retention = Some(DAY * 365), horizon);
    for name in ["articles.enriched", "articles.dead"] {
        check(name, |to| to.retention = Some(DAY), None);
        check(name, |to| to.retention_bytes = Some(1 << 30), None);
    }
    check("stories", |to| to.retention = Some(DAY), None);
    let earlier = Some(Loss::EarlierRecords);
    check("articles.dead", |to| to.cleanup = Cleanup::Compact, earlier);
    check("feeds", |to| to.cleanup = Cleanup::Delete, None);
}

#[test]
fn the_horizon_is_that_of_every_generation() {
    let there = Topology::new(3, |_| None).all();
    let mut wanted = there.clone();
    wanted[3].retention = Some(DAY);
    let expected = "~ change articles.fetched.g3: kept 30 days -> 24 hours (a replay reaches less far \
                    back: only with --yes)\n= as it should be (12 topics)\n";
    check(&there, &wanted, expected);
}

#[test]
fn a_bound_that_was_split_among_partitions_is_no_difference() {
    #[track_caller]
    fn check(bytes: u64, there: u64, is_same: bool) {
        let topic = |bytes| Topic {
            name: "feeds.polled".to_owned(),
            partitions: 3,
            cleanup: Cleanup::Delete,
            retention: None,
            retention_bytes: Some(bytes),
        };
        let plan = Plan::new(&[topic(there)], &[topic(bytes)]);
        assert_eq!(plan.steps().is_empty(), is_same, "{there} for {bytes}");
    }
    check(1 << 30, (1_u64 << 30).div_ceil(3) * 3, true);
    check(10, 10, true);
    check(10, 12, true);
    check(10, 13, false);
    check(10, 9, false);
}

/// What [`check`](super::check) says of a local log with these topics.
fn checked(there: &[Topic], wanted: &[Topic]) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(there).expect("created");
    super::check(&log, wanted).map_err(|trouble| trouble.to_string())
}

#[test]
fn topics_that_can_be_worked_with_pass() {
    assert_eq!(checked(&wanted(), &wanted()), Ok(()));
    assert_eq!(checked(&wanted(), &wanted()[3..5]), Ok(()));
    let sooner = with("articles.fetched", |topic| {
        topic.retention = Some(DAY);
        topic.retention_bytes = None;
    });
    assert_eq!(checked(&sooner, &wanted()), Ok(()), "only a warning");
}

#[test]
fn everything_that_is_wrong_is_named_at_once_with_what_mends_it() {
    let mut there = wanted();
    there.retain(|topic| !["feeds", "articles.dead"].contains(&topic.name.as_str()));
    for topic in &mut there {
        match topic.name.as_str() {
            "stories" => topic.cleanup = Cleanup::Delete,
            "articles.cleaned" => topic.partitions = 2,
            _ => {}
        }
    }
    let expected = "topics missing: feeds, articles.dead; topics with another cleanup: stories (delete, \
                    not compact): `copydesk topics apply` mends it; topic articles.cleaned has 2 \
                    partitions, not 1; another count would move its keys to other partitions: set \
                    topics.\"articles.cleaned\".partitions to 2, or begin a new generation";
    assert_eq!(checked(&there, &wanted()), Err(expected.to_owned()));
    let expected = "topics missing: feeds: `copydesk topics apply` mends it";
    let missing = checked(&there, &wanted()[..1]);
    assert_eq!(missing, Err(expected.to_owned()));
}
