//! The life of a cluster's topics: missing, planned, made, changed, refused, lost.

use std::path::Path;
use std::process::Command;

use pipeline::topics::Topology;
use serde_json::{Value, json};
use tests::{Broker, BrokerOptions, await_that, binary};

use crate::MINUTE;
use crate::said::Said;
use crate::stranger::{create_topic, delete_topic};

const VARIABLE: &str = "COPYDESK_KAFKA__BOOTSTRAP_SERVERS";
const FITS: &str = "= as it should be (13 topics)\n";

/// Somebody in a folder that holds nothing but a configuration.
struct Desk<'a> {
    dir: &'a Path,
    servers: &'a str,
}

impl Desk<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.env_clear().current_dir(self.dir).args(arguments);
        command
    }

    /// A command with the broker in the environment, and no other setting but the file's.
    fn says(&self, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        command.env(VARIABLE, self.servers);
        Said::by(&mut command)
    }

    fn configure(&self, toml: &str) {
        std::fs::write(self.dir.join("copydesk.toml"), toml).expect("written");
    }

    fn plan_json(&self) -> Value {
        let plan = self.says(&["topics", "plan", "--json"]).well();
        serde_json::from_str(&plan).expect("the plan is JSON")
    }

    /// Waits until the plan reads so: a changed setting is answered for a moment later.
    #[track_caller]
    fn await_plan(&self, expected: &str) {
        let plan = || self.says(&["topics", "plan"]).well();
        await_that(MINUTE, || plan() == expected, plan);
    }
}

#[test]
fn a_cluster_gets_its_topics_by_a_plan_and_nothing_runs_before() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let desk = Desk {
        dir: folder.path(),
        servers: &broker.bootstrap(),
    };
    the_broker_is_named_in_three_ways(&desk);
    nothing_works_without_topics(&desk);
    the_plan_is_applied_once(&desk);
    another_count_of_partitions_is_refused(&desk);
    a_shorter_horizon_needs_a_yes(&desk);
    a_lost_changelog_stops_every_service(&desk);
    a_topic_made_by_hand_is_mended(&desk);
}

/// File, environment, flag: each wins over those before.
fn the_broker_is_named_in_three_ways(desk: &Desk<'_>) {
    let wrong = "127.0.0.1:1";
    let list = ["feeds", "list"];
    let check = |command: &mut Command| {
        let error = Said::by(command).refused(78);
        let expected = "error: topics missing: feeds: `copydesk topics apply` mends it\n";
        assert_eq!(error, expected, "the cluster is asked");
    };
    let config = |servers: &str| format!("[kafka]\nbootstrap_servers = \"{servers}\"\n");
    desk.configure(&config(desk.servers));
    check(&mut desk.command(&list));
    desk.configure(&config(wrong));
    check(desk.command(&list).env(VARIABLE, desk.servers));
    let flag = ["--bootstrap-servers", desk.servers];
    check(desk.command(&list).env(VARIABLE, wrong).args(flag));
    let checked = Said::by(desk.command(&["check"]).env(VARIABLE, wrong).args(flag)).well();
    let mut lines = checked.lines();
    let line = lines.find(|line| line.starts_with("kafka.bootstrap_servers = "));
    let line = line.unwrap_or_else(|| panic!("the setting is told: {checked}"));
    assert!(line.contains(desk.servers), "{line}");
    assert!(line.ends_with("# flag --bootstrap-servers"), "{line}");
    desk.configure("");
}

fn nothing_works_without_topics(desk: &Desk<'_>) {
    for service in ["run", "fetcher", "cleaner", "enricher"] {
        let error = desk.says(&[service]).refused(78);
        let all = Topology::new(1, |_| None).all().into_iter();
        let names: Vec<String> = all.map(|topic| topic.name).collect();
        let missing = names.join(", ");
        let expected =
            format!("error: topics missing: {missing}: `copydesk topics apply` mends it\n");
        assert_eq!(error, expected, "{service}");
    }
    let mends: [(&[&str], i32); 4] = [
        (&["feeds", "add", "https://a.example/rss"], 78),
        (&["feeds", "export"], 78),
        (&["dead", "list"], 78),
        (&["tail", "articles.enriched"], 1),
    ];
    for (arguments, code) in mends {
        let error = desk.says(arguments).refused(code);
        assert!(error.contains("`copydesk topics apply`"), "{error}");
    }
    let status = desk.says(&["status"]).well();
    assert!(status.starts_with("not running\n"), "{status}");
}

fn the_plan_is_applied_once(desk: &Desk<'_>) {
    let plan = desk.says(&["topics", "plan"]).well();
    assert_eq!(plan.matches("+ create ").count(), 13, "{plan}");
    assert_eq!(desk.plan_json().as_array().map(Vec::len), Some(13));
    let again = desk.says(&["topics", "plan"]).well();
    assert_eq!(again, plan, "planning does nothing");
    let applied = desk.says(&["topics", "apply"]).well();
    let expected = format!("{plan}done: 13 topics created, 0 changed\n");
    assert_eq!(applied, expected);
    assert_eq!(desk.says(&["topics", "apply"]).well(), FITS);
    assert_eq!(desk.says(&["topics", "plan"]).well(), FITS);
    assert_eq!(desk.plan_json(), json!([]));
}

fn another_count_of_partitions_is_refused(desk: &Desk<'_>) {
    // The missing changelog's fate hangs on the same plan: all of it is done, or nothing.
    delete_topic(desk.servers, "copydesk.poll.changelog");
    desk.configure(
        "[topics.\"articles.fetched\"]\npartitions = 8\n[topics.stories]\nretention_hours = 1\n",
    );
    let plan = desk.says(&["topics", "plan"]).well();
    let way_out = "set topics.\"articles.fetched\".partitions to 4, or begin a new generation";
    let refused = "! refused articles.fetched: it has 4 partitions, not 8; ";
    assert!(plan.contains(refused) && plan.contains(way_out), "{plan}");
    for arguments in [["topics", "apply", "--yes"], ["topics", "apply", "--yes"]] {
        let said = desk.says(&arguments);
        assert_eq!(said.out, plan, "nothing of it was done before either");
        let error = said.refused(1);
        assert!(error.contains("nothing was done: a step"), "{error}");
    }
    for service in ["run", "cleaner"] {
        let error = desk.says(&[service]).refused(78);
        assert!(error.contains(way_out), "{service}: {error}");
    }
    desk.configure("");
    let applied = desk.says(&["topics", "apply"]).well();
    assert!(applied.contains("1 topics created, 0 changed"), "{applied}");
}

fn a_shorter_horizon_needs_a_yes(desk: &Desk<'_>) {
    const CHANGED: &str = "~ change articles.fetched: kept 30 days -> 24 hours \
        (a replay reaches less far back: only with --yes)\n= as it should be (12 topics)\n";
    desk.configure("[topics.\"articles.fetched\"]\nretention_hours = 24\n");
    let said = desk.says(&["topics", "apply"]);
    assert_eq!(said.out, CHANGED);
    let expected = "error: nothing was done: records of articles.fetched would go for good; --yes \
        applies the plan all the same\n";
    assert_eq!(said.refused(1), expected);
    let step = &desk.plan_json()[0];
    let hour = 3_600_000_u64;
    let expected = json!({
        "step": "change",
        "topic": "articles.fetched",
        "setting": "retention_ms",
        "from": 30 * 24 * hour,
        "to": 24 * hour,
        "needs_yes": true,
    });
    assert_eq!(*step, expected);
    let applied = desk.says(&["topics", "apply", "--yes"]).well();
    assert_eq!(
        applied,
        format!("{CHANGED}done: 0 topics created, 1 changed\n")
    );
    desk.await_plan(FITS);
    // Longer again is nobody's loss.
    desk.configure("");
    desk.says(&["topics", "apply"]).well();
    desk.await_plan(FITS);
}

fn a_lost_changelog_stops_every_service(desk: &Desk<'_>) {
    delete_topic(desk.servers, "copydesk.enrich.changelog");
    let expected =
        "error: topics missing: copydesk.enrich.changelog: `copydesk topics apply` mends it\n";
    for service in ["run", "fetcher", "cleaner", "enricher"] {
        let error = desk.says(&[service]).refused(78);
        assert_eq!(error, expected, "{service}");
    }
    // What needs no changelog goes on.
    desk.says(&["feeds", "list"]).well();
    desk.says(&["topics", "apply"]).well();
    desk.await_plan(FITS);
}

/// With a broker's defaults it would take no large page, and nobody would know before one comes.
fn a_topic_made_by_hand_is_mended(desk: &Desk<'_>) {
    delete_topic(desk.servers, "articles.fetched");
    create_topic(desk.servers, "articles.fetched", 4);
    let plan = || desk.says(&["topics", "plan"]).well();
    let too_small = "~ change articles.fetched: max.message.bytes 1048588 -> ";
    await_that(MINUTE, || plan().contains(too_small), plan);
    let clock = "~ change articles.fetched: message.timestamp.type CreateTime -> LogAppendTime\n";
    assert!(plan().contains(clock), "{}", plan());
    for service in ["run", "fetcher", "cleaner", "enricher"] {
        let error = desk.says(&[service]).refused(78);
        let expected = "error: topics with settings that cannot be worked with: articles.fetched \
            (max.message.bytes 1048588 -> ";
        assert!(error.contains(expected), "{service}: {error}");
        assert!(
            error.ends_with("`copydesk topics apply` mends it\n"),
            "{error}"
        );
    }
    desk.says(&["topics", "apply", "--yes"]).well();
    desk.await_plan(FITS);
}
