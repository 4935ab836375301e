//! Every metric: its name, kind, unit, labels and help, in one place.
//!
//! Names are `copydesk_<what>_<unit>`, with `_total` for what only grows; those of the process itself are
//! the ones that Prometheus's own clients use. Labels are closed sets: no article, no host, no feed.
//!
//! Counters and histograms are counted where things happen. Gauges that belong to a task are read from
//! what the tasks posted when somebody scrapes, see [`scrape`]: one of a partition that has moved away is
//! gone with the next scrape, and a task that hangs is seen growing old.

mod process;
mod scrape;
mod written;

pub use written::Observed;

pub(crate) use scrape::scrape;
pub(crate) use written::Written;

use metrics::{Unit as Base, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// A metric as it is defined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it does with its value.
    pub kind: Kind,
    /// What its value counts.
    pub unit: Unit,
    /// What it says.
    pub help: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// The upper bounds of a histogram's buckets, in its unit; nothing for other kinds.
    pub buckets: &'static [f64],
    /// What must have happened before it appears. `None`: it is there as soon as every task of a process
    /// that runs all services is at work.
    pub after: Option<&'static str>,
}

/// What a metric does with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Sorts its values into buckets: `_bucket`, `_sum` and `_count` stand after its name.
    Histogram,
}

impl Kind {
    /// The name in the exposition format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What a metric's value counts. Base units only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, which the name tells.
    Count,
    /// Seconds; the name ends with it, before `_total`.
    Seconds,
    /// Bytes; the name ends with it, before `_total`.
    Bytes,
}

/// Input records handled, with the transactions that committed them.
pub const RECORDS_IN: &str = "copydesk_records_in_total";
/// Records committed, by the topic they were written to.
pub const RECORDS_OUT: &str = "copydesk_records_out_total";
/// Records that went to the dead letters.
pub const DEAD_LETTERS: &str = "copydesk_dead_letters_total";
/// Time a stage takes for a record.
pub const PROCESS_SECONDS: &str = "copydesk_process_seconds";
/// Time of a transaction.
pub const TRANSACTION_SECONDS: &str = "copydesk_transaction_seconds";
/// Records of a transaction.
pub const TRANSACTION_RECORDS: &str = "copydesk_transaction_records";
/// Times a task was opened.
pub const TASK_OPENS: &str = "copydesk_task_opens_total";
/// Time to open a task.
pub const RESTORE_SECONDS: &str = "copydesk_restore_seconds";
/// Entries of state.
pub const STATE_ENTRIES: &str = "copydesk_state_entries";
/// Bytes of state.
pub const STATE_BYTES: &str = "copydesk_state_bytes";
/// Partitions that the process has.
pub const ASSIGNED_PARTITIONS: &str = "copydesk_assigned_partitions";
/// Times partitions changed hands.
pub const REBALANCES: &str = "copydesk_rebalances_total";
/// Input records not handled yet.
pub const INPUT_LAG_RECORDS: &str = "copydesk_input_lag_records";
/// Age of the oldest input record not handled yet.
pub const INPUT_LAG_SECONDS: &str = "copydesk_input_lag_seconds";
/// Age of the oldest record that is kept.
pub const OLDEST_RECORD_SECONDS: &str = "copydesk_oldest_record_seconds";
/// How long a record is kept.
pub const RETENTION_SECONDS: &str = "copydesk_retention_seconds";
/// Time from publishing to available.
pub const PUBLISH_TO_AVAILABLE_SECONDS: &str = "copydesk_publish_to_available_seconds";
/// Time from fetched to available.
pub const FETCH_TO_AVAILABLE_SECONDS: &str = "copydesk_fetch_to_available_seconds";
/// Requests that the fetcher had to make.
pub const FETCHES: &str = "copydesk_fetches_total";
/// Time of a request.
pub const FETCH_SECONDS: &str = "copydesk_fetch_seconds";
/// Bytes received.
pub const FETCH_BYTES: &str = "copydesk_fetch_bytes_total";
/// Feeds, by how they are.
pub const FEEDS: &str = "copydesk_feeds";
/// Articles, by what they were made from.
pub const STORIES: &str = "copydesk_stories_total";
/// Requests to Kafka without an answer in time.
pub const KAFKA_REQUEST_TIMEOUTS: &str = "copydesk_kafka_request_timeouts_total";
/// What runs.
pub const BUILD_INFO: &str = "copydesk_build_info";
/// Time on a processor.
pub const PROCESS_CPU_SECONDS: &str = "process_cpu_seconds_total";
/// Memory in use.
pub const PROCESS_RESIDENT_MEMORY_BYTES: &str = "process_resident_memory_bytes";
/// Files and connections open.
pub const PROCESS_OPEN_FDS: &str = "process_open_fds";
/// How many files and connections may be open.
pub const PROCESS_MAX_FDS: &str = "process_max_fds";
/// Threads.
pub const PROCESS_THREADS: &str = "process_threads";
/// When the process started.
pub const PROCESS_START_TIME_SECONDS: &str = "process_start_time_seconds";

/// A record of a feed takes tens of microseconds, a page milliseconds, an article against a full window
/// tens of them; from a second on something is wrong with it.
const OF_A_RECORD: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    5.0,
];
/// A commit takes a few milliseconds on either log and 20 to 40 on a busy broker; 10 s is one request
/// without an answer, after which the producer counts as suspect, 15 s a step given up.
const OF_A_TRANSACTION: &[f64] = &[
    0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0,
];
/// An idle partition writes one record at a time, a batch is 500 input records at the most, and an article
/// writes three and more.
const IN_A_TRANSACTION: &[f64] = &[
    0.0, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0,
];
/// With its store a task opens in milliseconds on the local log and within a second on Kafka; from the
/// changelog alone a full window takes minutes.
const OF_A_RESTORE: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
];
/// A feed is polled every few minutes, so minutes are the rule: fine between one and fifteen of them, where
/// the objective lies, and coarse up to the seven days beyond which a date counts as no news.
const SINCE_PUBLISHED: &[f64] = &[
    10.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0,
    86_400.0, 259_200.0, 604_800.0,
];
/// Ours alone: three commits, so well below a second, and hours where a stage has stood still.
const SINCE_FETCHED: &[f64] = &[
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 14_400.0,
];
/// From a server next door to the longest that a request may take.
const OF_A_FETCH: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0,
];

/// Every metric of a process.
pub const ALL: &[Metric] = &[
    counter(RECORDS_IN, "Input records handled", &["stage", "topic"])
        .after("a record was handled"),
    counter(RECORDS_OUT, "Records committed, dead letters included, changes of state apart", &["stage", "topic"])
        .after("a record was written"),
    counter(DEAD_LETTERS, "Records sent to the dead letters", &["stage", "reason"])
        .after("a record went to the dead letters"),
    histogram(PROCESS_SECONDS, OF_A_RECORD, "Time a stage takes for a record, averaged over its batch", &["stage"])
        .after("a record was handled"),
    histogram(TRANSACTION_SECONDS, OF_A_TRANSACTION, "Time from a transaction's begin to its end", &["stage", "outcome"])
        .after("a transaction has ended"),
    Metric {
        unit: Unit::Count,
        ..histogram(TRANSACTION_RECORDS, IN_A_TRANSACTION, "Records that a transaction writes, changes of state apart", &["stage", "outcome"])
    }
    .after("a transaction has ended"),
    counter(TASK_OPENS, "Times a task was opened, by what made it necessary", &["stage", "cause"]),
    histogram(RESTORE_SECONDS, OF_A_RESTORE, "Time to open a task: fence, read the offset, restore the state", &["stage"]),
    gauge(STATE_ENTRIES, Unit::Count, "Entries of the state of this process's tasks", &["stage", "table"]),
    gauge(STATE_BYTES, Unit::Bytes, "Size of the state of this process's tasks, as its changelog holds it", &["stage", "table"]),
    gauge(ASSIGNED_PARTITIONS, Unit::Count, "Partitions that this process works on", &["stage"]),
    counter(REBALANCES, "Times the group gave partitions to this process or took some away", &["stage"]),
    gauge(INPUT_LAG_RECORDS, Unit::Count, "Committed input records that are not handled yet; estimated where they are many", &["stage", "topic", "partition"]),
    gauge(INPUT_LAG_SECONDS, Unit::Seconds, "Age of the oldest input record that is not handled yet; 0 where there is none", &["stage", "topic", "partition"]),
    gauge(OLDEST_RECORD_SECONDS, Unit::Seconds, "Age of the oldest record of what a stage or a replay reads: no replay begins before it", &["topic", "partition"])
        .after("a record was written there, and some seconds"),
    gauge(RETENTION_SECONDS, Unit::Seconds, "How long the configuration keeps a record of what a stage or a replay reads, at the most", &["topic"])
        .after("some seconds"),
    histogram(PUBLISH_TO_AVAILABLE_SECONDS, SINCE_PUBLISHED, "Time from the publisher's date to the commit that makes an article's first version available", &[])
        .after("an article with a date of the last seven days became available"),
    histogram(FETCH_TO_AVAILABLE_SECONDS, SINCE_FETCHED, "Time from an article's fetch to the commit that makes it available", &[])
        .after("an article became available"),
    counter(FETCHES, "Requests that were due, by what they came to: new, not_modified, error or denied, and in one word why", &["what", "outcome", "kind"])
        .after("a feed or a page was due"),
    histogram(FETCH_SECONDS, OF_A_FETCH, "Time from a request, its turn at the host included, to its answer's last byte", &["what"])
        .after("a feed or a page was due"),
    Metric {
        unit: Unit::Bytes,
        ..counter(FETCH_BYTES, "Bytes of answers' bodies, decoded", &["what"])
    }
    .after("a feed or a page was due"),
    gauge(FEEDS, Unit::Count, "Feeds of this process's partitions: ok, failing, gone, or new where none was polled yet", &["state"]),
    counter(STORIES, "Articles made available, by the strongest tie to what they were made from", &["relation"])
        .after("an article became available"),
    counter(KAFKA_REQUEST_TIMEOUTS, "Requests to Kafka that were not answered in time", &[]),
    gauge(BUILD_INFO, Unit::Count, "1, with the version that runs and the hash of its configuration", &["version", "config"]),
    Metric {
        unit: Unit::Seconds,
        ..counter(PROCESS_CPU_SECONDS, "Time on a processor, user and system", &[])
    }
    .after("on Linux"),
    gauge(PROCESS_RESIDENT_MEMORY_BYTES, Unit::Bytes, "Memory in use", &[]).after("on Linux"),
    gauge(PROCESS_OPEN_FDS, Unit::Count, "Files and connections open", &[]).after("on Linux"),
    gauge(PROCESS_MAX_FDS, Unit::Count, "Files and connections that may be open", &[]).after("on Linux"),
    gauge(PROCESS_THREADS, Unit::Count, "Threads", &[]).after("on Linux"),
    gauge(PROCESS_START_TIME_SECONDS, Unit::Seconds, "When the process started, since 1970", &[])
        .after("on Linux"),
];

impl Metric {
    const fn after(self, what: &'static str) -> Self {
        Self {
            after: Some(what),
            ..self
        }
    }
}

const fn counter(
    name: &'static str,
    help: &'static str,
    labels: &'static [&'static str],
) -> Metric {
    Metric {
        name,
        kind: Kind::Counter,
        unit: Unit::Count,
        help,
        labels,
        buckets: &[],
        after: None,
    }
}

const fn gauge(
    name: &'static str,
    unit: Unit,
    help: &'static str,
    labels: &'static [&'static str],
) -> Metric {
    Metric {
        kind: Kind::Gauge,
        unit,
        ..counter(name, help, labels)
    }
}

const fn histogram(
    name: &'static str,
    buckets: &'static [f64],
    help: &'static str,
    labels: &'static [&'static str],
) -> Metric {
    Metric {
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        buckets,
        ..counter(name, help, labels)
    }
}

/// The recorder's settings: real histograms, with buckets of their own each.
///
/// # Errors
/// A histogram without buckets.
pub(crate) fn recorder() -> Result<PrometheusBuilder, BuildError> {
    let histograms = ALL.iter().filter(|metric| metric.kind == Kind::Histogram);
    let mut builder = PrometheusBuilder::new();
    for metric in histograms {
        let name = Matcher::Full(metric.name.to_owned());
        builder = builder.set_buckets_for_metric(name, metric.buckets)?;
    }
    Ok(builder)
}

/// Tells the recorder unit and help of every metric, and begins the counters that must be there before
/// anything happened, so that their rates are right from the first event on.
pub(crate) fn describe() {
    for metric in ALL {
        let unit = match metric.unit {
            Unit::Count => Base::Count,
            Unit::Seconds => Base::Seconds,
            Unit::Bytes => Base::Bytes,
        };
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, unit, metric.help),
            Kind::Gauge => describe_gauge!(metric.name, unit, metric.help),
            Kind::Histogram => describe_histogram!(metric.name, unit, metric.help),
        }
    }
    metrics::counter!(KAFKA_REQUEST_TIMEOUTS).absolute(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_kind_and_unit() {
        for metric in ALL {
            let name = metric.name;
            assert_eq!(
                metric.kind == Kind::Counter,
                name.ends_with("_total"),
                "{name}"
            );
            let bare = name.trim_end_matches("_total");
            assert_eq!(
                metric.unit == Unit::Seconds,
                bare.ends_with("_seconds"),
                "{name}"
            );
            assert_eq!(
                metric.unit == Unit::Bytes,
                bare.ends_with("_bytes"),
                "{name}"
            );
            assert_eq!(
                metric.kind == Kind::Histogram,
                !metric.buckets.is_empty(),
                "{name}"
            );
            assert!(metric.buckets.is_sorted_by(|a, b| a < b), "{name}");
            let namesakes = ALL.iter().filter(|other| other.name == name);
            assert_eq!(namesakes.count(), 1, "{name}");
        }
    }
}
