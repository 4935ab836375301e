//! Compare two generations of a topic: what was added, removed or changed, field by field.

use std::io::BufWriter;

use anyhow::bail;
use article::{Enriched, Message as _};
use pipeline::generations::{Generations, Step};
use pipeline::log::Log;
use pipeline::topics::{Stage, names, replayed_by};

use crate::cli::Diff;
use crate::config::Config;
use crate::diff::{Printer, Side, compare};
use crate::exit::{Differ, Uncompared};
use crate::live;
use crate::named::hint;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, diff: &Diff) -> anyhow::Result<()> {
    let outcome =
        storage::beside(config, &[]).and_then(|opened| opened.run(Compare { config, diff }));
    let differs = outcome.map_err(|error| error.context(Uncompared))?;
    if differs {
        return Err(Differ.into());
    }
    Ok(())
}

struct Compare<'a> {
    config: &'a Config,
    diff: &'a Diff,
}

impl Job for Compare<'_> {
    /// Whether the two differ, as far as is asked for.
    type Output = bool;

    fn on<L: Log>(self, log: L) -> anyhow::Result<bool> {
        let Diff {
            topic,
            json,
            limit,
            ignore_order,
            ..
        } = self.diff;
        if !names().any(|name| name == topic) {
            bail!("there is no topic {topic}{}", hint(topic));
        }
        let known = live::generations(&log, self.config)?;
        let sides = [
            self.side(&known, self.diff.from.0)?,
            self.side(&known, self.diff.to.0)?,
        ];
        if sides[0].topic == sides[1].topic {
            bail!(
                "{topic} is the same topic in both generations, {}: neither {} nor {} has one of its own \
                 that the other has not",
                sides[0].topic,
                sides[0].name,
                sides[1].name
            );
        }
        let out = BufWriter::new(std::io::stdout().lock());
        let mut printer = Printer::new(out, *json, *limit);
        let summary = compare(&log, topic, &sides, |difference| printer.tell(difference))?;
        printer.finish(&summary)?;
        if summary.is_of_nothing() {
            bail!(
                "nothing was compared: no record of {} lies where {} has any; `copydesk replay list` tells \
                 how far each has come",
                sides[0].name,
                sides[1].name
            );
        }
        let orderly = if *ignore_order { summary.order } else { 0 };
        Ok(summary.differing() > orderly)
    }
}

impl Compare<'_> {
    fn side(&self, known: &Generations, number: u32) -> anyhow::Result<Side> {
        let topology = live::of(known, number, self.config)?;
        let base = self.diff.topic.as_str();
        let named = |base: &str| topology.topic(base).map(|topic| topic.name.clone());
        let Some(topic) = named(base) else {
            bail!("generation {number} has no topic {base}");
        };
        Ok(Side {
            name: format!("g{number}"),
            step: replayed_by(base)
                .and_then(|Stage { name, .. }| step(known, topology.generation_of(name), name)),
            topic,
            enriched: named(Enriched::TOPIC),
        })
    }
}

/// What the replay of a generation handled in a stage.
fn step(known: &Generations, generation: u32, stage: &str) -> Option<Step> {
    let generation = known.known().find(|known| known.number == generation)?;
    let mut steps = generation.steps.iter();
    steps.find(|step| step.stage == stage).cloned()
}
