//! Topics by a plan, and what services say of topics that do not fit.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use pipeline::log::Log as _;
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use pipeline::plan::{check, plan};
use pipeline::topics::{Cleanup, Topic, TopicConfig, Topology};
use tests::{Broker, BrokerOptions, await_that, binary};

const FITS: &str = "= as it should be (13 topics)\n";

fn connect(broker: &Broker) -> KafkaLog {
    let config = KafkaConfig {
        bootstrap_servers: broker.bootstrap(),
        ..KafkaConfig::default()
    };
    KafkaLog::connect(&config, None).expect("the broker answers")
}

/// Waits until the plan reads so: a changed setting is answered for a moment later.
#[track_caller]
fn await_plan(log: &KafkaLog, wanted: &[Topic], expected: &str) {
    let planned = || plan(log, wanted).expect("a plan").to_string();
    let patience = Duration::from_secs(20);
    await_that(patience, || planned() == expected, planned);
}

#[test]
fn a_plan_comes_to_rest_on_a_broker() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    let log = connect(broker);
    // A bound that three partitions cannot share evenly.
    let thirds = TopicConfig {
        partitions: Some(3),
        ..TopicConfig::default()
    };
    let topology = Topology::new(701, |name| (name == "feeds.polled").then_some(&thirds));
    let wanted = topology.all();
    let trouble = check(&log, &wanted).expect_err("nothing is there");
    let trouble = trouble.to_string();
    assert!(
        trouble.starts_with("topics missing: feeds.g701, feeds.polled.g701, "),
        "{trouble}"
    );

    let mut there = wanted.clone();
    there.retain(|topic| topic.name != "articles.dead.g701");
    for topic in &mut there {
        match topic.name.as_str() {
            "articles.cleaned.g701" => topic.retention = None,
            "stories.g701" => topic.cleanup = Cleanup::Delete,
            "articles.enriched.g701" => topic.cleanup = Cleanup::Compact,
            _ => {}
        }
    }
    log.create(&there).expect("made");
    let yes = "only with --yes";
    let expected = format!(
        "~ change articles.cleaned.g701: kept for ever -> 14 days (a replay reaches less far back: {yes})\n\
         ~ change articles.enriched.g701: cleanup compact -> delete\n\
         ~ change stories.g701: cleanup delete -> compact (of each key only the last record stays: {yes})\n\
         ~ change stories.g701: segment.bytes 1073741824 -> 67108864\n\
         + create articles.dead.g701: 1 partition, delete, kept 30 days, at most 2 GiB\n\
         = as it should be (9 topics)\n"
    );
    await_plan(&log, &wanted, &expected);
    let trouble = check(&log, &wanted).expect_err("one is missing");
    assert_eq!(
        trouble.to_string(),
        "topics missing: articles.dead.g701; topics with another cleanup: articles.enriched.g701 \
         (compact, not delete), stories.g701 (delete, not compact): `copydesk topics apply` mends it"
    );

    log.create(&wanted).expect("changed");
    await_plan(&log, &wanted, FITS);
    check(&log, &wanted).expect("all is there");
}

struct Desk<'a> {
    dir: &'a Path,
    servers: String,
}

impl Desk<'_> {
    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .current_dir(self.dir)
            .args(["--bootstrap-servers", &self.servers])
            .args(args);
        command.output().expect("copydesk runs")
    }

    #[track_caller]
    fn said(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
        String::from_utf8(output.stdout).expect("output is UTF-8")
    }

    #[track_caller]
    fn refused(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        String::from_utf8(output.stderr).expect("errors are UTF-8")
    }

    fn configure(&self, toml: &str) {
        std::fs::write(self.dir.join("copydesk.toml"), toml).expect("written");
    }
}

/// A broker of its own: the names are those of the first generation.
#[test]
fn services_wait_for_nobody_to_make_their_topics() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let desk = Desk {
        dir: folder.path(),
        servers: broker.bootstrap(),
    };
    for service in ["cleaner", "run"] {
        let error = desk.refused(&[service], 78);
        assert!(
            error.contains("error: topics missing: feeds, feeds.polled, ")
                && error.contains(": `copydesk topics apply` mends it\n"),
            "{error}"
        );
    }
    let error = desk.refused(&["feeds", "add", "https://a.example/rss"], 78);
    let expected = "error: topics missing: feeds: `copydesk topics apply` mends it\n";
    assert_eq!(error, expected);

    let plan = desk.said(&["topics", "plan"]);
    let done = desk.said(&["topics", "apply"]);
    assert_eq!(done, format!("{plan}done: 13 topics created, 0 changed\n"));
    assert_eq!(desk.said(&["topics", "apply"]), FITS);
    desk.said(&["feeds", "add", "https://a.example/rss"]);

    desk.configure("[topics.stories]\npartitions = 4\n");
    let error = desk.refused(&["cleaner"], 78);
    assert!(
        error.contains("topic stories has 1 partition, not 4; ")
            && error.contains("set topics.stories.partitions to 1, or begin a new generation\n"),
        "{error}"
    );

    desk.configure("[topics.\"articles.fetched\"]\nretention_hours = 24\n");
    let log = connect(&broker);
    let fetched = || {
        let topic = log.topic("articles.fetched").expect("an answer");
        topic.expect("it is there").retention
    };
    let days = |days: u64| Some(Duration::from_secs(days * 24 * 60 * 60));
    desk.refused(&["topics", "apply"], 1);
    assert_eq!(fetched(), days(30));
    desk.said(&["topics", "apply", "--yes"]);
    let changed = || fetched() == days(1);
    await_that(Duration::from_secs(20), changed, || {
        format!("{:?}", fetched())
    });
}
