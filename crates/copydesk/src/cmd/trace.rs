//! Show the way of one article from the poll of its feed on, as a waterfall.

mod json;
mod waterfall;

use std::io::{IsTerminal as _, Write as _};

use jiff::tz::TimeZone;
use pipeline::log::Log;

use crate::cli::Trace;
use crate::config::Config;
use crate::live;
use crate::storage::{self, Job};
use crate::way::{Way, find};

pub(super) fn run(config: &Config, trace: &Trace) -> anyhow::Result<()> {
    storage::beside(config, &[])?.run(OfArticle { config, trace })
}

struct OfArticle<'a> {
    config: &'a Config,
    trace: &'a Trace,
}

impl Job for OfArticle<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let topology = live::topology(&log, self.config)?;
        let found = find(&log, &topology, &self.trace.article)?;
        let way = Way::back_from(&log, &topology, found)?;
        let stdout = std::io::stdout();
        let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let text = if self.trace.json {
            format!("{:#}\n", json::of(&way))
        } else {
            waterfall::of(&way, &TimeZone::system(), colour)
        };
        Ok(stdout.lock().write_all(text.as_bytes())?)
    }
}
