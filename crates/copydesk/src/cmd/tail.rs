//! Print the records of a topic, a line each, whether the pipeline runs or not.

use std::io::BufWriter;

use anyhow::bail;
use pipeline::Shutdown;
use pipeline::log::Log;
use pipeline::topics::names;

use crate::cli::Tail;
use crate::config::Config;
use crate::follow::{self, Following};
use crate::hint::nearest;
use crate::patience::patiently;
use crate::scan::Start;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, tail: &Tail) -> anyhow::Result<()> {
    storage::beside(config, &[])?.run(OnTopic { tail })
}

struct OnTopic<'a> {
    tail: &'a Tail,
}

impl Job for OnTopic<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let tail = self.tail;
        let topic = &tail.topic;
        if patiently(|| log.partitions(topic))?.is_none() {
            bail!("there is no topic {topic}{}", hint(topic));
        }
        let follow = tail.follow || !tail.no_follow;
        let usual = if follow { Start::End } else { Start::Beginning };
        let following = Following {
            topic: topic.clone(),
            start: tail.from.unwrap_or(usual),
            follow,
            json: tail.json,
            limit: tail.limit,
        };
        // Whole lines at a time: what is written while nothing comes after is flushed by the follower.
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut lines = follow::lines_for_stdout();
        follow::print(&log, &following, &mut out, &mut lines, &Shutdown::default())
    }
}

/// What was meant, or what is to be done.
fn hint(topic: &str) -> String {
    match nearest(topic, names()) {
        Some(near) if near == topic => " yet: `copydesk topics apply` makes it".to_owned(),
        Some(near) => format!("; did you mean {near}?"),
        None => format!("; there is {}", names().collect::<Vec<_>>().join(", ")),
    }
}
