//! Write the records of a topic to a file or standard output.

use std::io::IsTerminal as _;

use anyhow::bail;
use indicatif::ProgressBar;
use pipeline::log::Log;

use crate::cli::{self, Export};
use crate::config::Config;
use crate::export::{self, Destination, Form, Outcome, Wanted, Watch};
use crate::named;
use crate::progress;
use crate::storage::{self, Job};

/// So many records that do not fit are told of one by one.
const TOLD: u64 = 10;

pub(super) fn run(config: &Config, export: &Export) -> anyhow::Result<()> {
    let is_parquet = export.format == cli::Form::Parquet;
    if is_parquet && export.output.is_none() && std::io::stdout().is_terminal() {
        bail!("parquet is nothing to look at; name a file with --output");
    }
    storage::beside(config, &[])?.run(OfTopic { config, export })
}

struct OfTopic<'a> {
    config: &'a Config,
    export: &'a Export,
}

impl Job for OfTopic<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let asked = self.export;
        let wanted = Wanted {
            topic: named::topic(&log, self.config, &asked.topic)?,
            from: asked.from,
            to: asked.to,
            form: match asked.format {
                cli::Form::Jsonl => Form::Jsonl,
                cli::Form::Parquet => Form::Parquet,
            },
            envelope: asked.envelope,
            select: asked.wanted.select(),
        };
        let out = match &asked.output {
            Some(name) => Destination::file(name)?,
            None => Destination::stdout(),
        };
        let mut progress = Progress::default();
        let outcome = export::export(&log, &wanted, out, &mut progress);
        progress.bar.finish_and_clear();
        let outcome = outcome?;
        tell(&outcome);
        check(&outcome)
    }
}

/// A bar on a terminal, and the first of the records that do not fit.
struct Progress {
    bar: ProgressBar,
    missed: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            missed: 0,
        }
    }
}

impl Watch for Progress {
    fn begins(&mut self, offsets: u64) {
        self.bar = progress::bar(offsets, "records");
    }

    fn reads(&mut self) {
        self.bar.inc(1);
    }

    fn misses(&mut self, place: &str, why: &str) {
        self.missed += 1;
        if self.missed <= TOLD {
            self.bar
                .suspend(|| eprintln!("warning: {place} is left out: {why}"));
        }
    }
}

/// What was done, on standard error: standard output has the records.
fn tell(outcome: &Outcome) {
    if !outcome.without_column.is_empty() {
        eprintln!(
            "warning: no columns for {}: a later build wrote them; --format jsonl has them",
            outcome.without_column.join(", ")
        );
    }
    eprintln!("exported {} records", outcome.exported);
}

/// # Errors
/// Where anything that was wanted is missing.
fn check(outcome: &Outcome) -> anyhow::Result<()> {
    if outcome.gone > 0 {
        bail!(
            "{} chosen records were dropped by retention before they could be written; a later --from keeps clear of it",
            outcome.gone
        );
    }
    if outcome.unfit > 0 {
        bail!(
            "{} records were left out because they do not fit; all others were exported",
            outcome.unfit
        );
    }
    Ok(())
}
