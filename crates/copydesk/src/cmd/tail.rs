//! Print the records of a topic, a line each, whether the pipeline runs or not.

use std::io::BufWriter;

use anyhow::bail;
use pipeline::Shutdown;
use pipeline::log::Log as _;
use pipeline::topics::names;

use crate::cli::Tail;
use crate::config::Config;
use crate::follow::{self, Following};
use crate::hint::nearest;
use crate::patience::patiently;
use crate::scan::Start;
use crate::storage;

pub(super) fn run(config: &Config, tail: &Tail) -> anyhow::Result<()> {
    let log = storage::beside(config)?;
    let topic = &tail.topic;
    if patiently(|| log.partitions(topic))?.is_none() {
        match nearest(topic, names()) {
            Some(near) if near != topic => bail!("there is no topic {topic}; did you mean {near}?"),
            _ => bail!(
                "there is no topic {topic}; there is {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        }
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
