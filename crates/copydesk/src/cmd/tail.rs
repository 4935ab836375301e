//! Print the records of a topic, a line each, whether the pipeline runs or not.

use std::io::BufWriter;

use pipeline::Shutdown;
use pipeline::log::Log;

use crate::cli::Tail;
use crate::config::Config;
use crate::follow::{self, Following};
use crate::named;
use crate::scan::Start;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, tail: &Tail) -> anyhow::Result<()> {
    storage::beside(config, &[])?.run(OnTopic { config, tail })
}

struct OnTopic<'a> {
    config: &'a Config,
    tail: &'a Tail,
}

impl Job for OnTopic<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let tail = self.tail;
        let follow = tail.follow || !tail.no_follow;
        let usual = if follow { Start::End } else { Start::Beginning };
        let following = Following {
            topic: named::topic(&log, self.config, &tail.topic)?,
            start: tail.from.unwrap_or(usual),
            select: tail.wanted.select(),
            follow,
            json: tail.json,
            limit: tail.limit,
        };
        // Whole lines at a time: what is written while nothing comes after is flushed by the follower.
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut lines = follow::lines_for_stdout();
        let shutdown = Shutdown::default();
        if !follow || !follow::is_live(&tail.topic) {
            return follow::print(&log, &following, &mut out, &mut lines, &shutdown);
        }
        let watching = Shutdown::default();
        let live = follow::watch(&log, self.config, &tail.topic, &watching)?;
        let following = Following {
            topic: tail.topic.clone(),
            ..following
        };
        let printed = follow::print_live(&log, &live, &following, &mut out, &mut lines, &shutdown);
        watching.request();
        printed
    }
}
