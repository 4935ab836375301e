//! A stage's part of a derivation.

use std::time::Duration;

use fetcher::replay::{Pair, Reingest};
use pipeline::generations::Step;
use pipeline::log::Log;
use pipeline::replay::{self, Bound, Ended, Reads, Replayed};
use pipeline::state::State as _;
use pipeline::topics::Topic;
use pipeline::{Runtime, Staged};

use super::{Audience, Derivation};
use crate::patience::patiently;

impl<L: Log> Derivation<'_, L> {
    /// Derives the step `index`, which is that of `stage`, from wherever it has come to.
    pub(super) fn step(
        &mut self,
        index: usize,
        stage: &str,
        bounds: (&Bound, &Bound),
        extends: bool,
        audience: &mut impl Audience,
    ) -> anyhow::Result<Ended> {
        match stage {
            "ingest" => {
                let discovered = self.runtime.topology.topic("articles.discovered");
                let discovered = discovered.map(|topic| topic.name.clone());
                let name = discovered.unwrap_or_default();
                let ingest = Reingest::new(&self.config.fetcher, &name);
                self.run(index, &ingest, bounds, extends, audience)
            }
            "pair" => self.run(index, &Pair, bounds, extends, audience),
            "clean" => self.run(index, &Staged(cleaner::Clean), bounds, extends, audience),
            _ => {
                let enrich = enricher::Enrich::new(self.config.enricher.clone());
                self.run(index, &Staged(enrich), bounds, extends, audience)
            }
        }
    }

    fn run<R: Replayed>(
        &mut self,
        index: usize,
        stage: &R,
        bounds: (&Bound, &Bound),
        extends: bool,
        audience: &mut impl Audience,
    ) -> anyhow::Result<Ended> {
        let input = replay::input::<L, R>(&self.runtime).clone();
        if self.generation.steps.len() <= index {
            let step = planned(&self.runtime, stage, &input, bounds)?;
            self.generation.steps.push(step);
            self.register()?;
        } else if extends {
            // What came since is handled too; where it began stands.
            let now = planned(&self.runtime, stage, &input, (&Bound::Open, &Bound::Open))?;
            let step = &mut self.generation.steps[index];
            for (span, now) in step.spans.iter_mut().zip(now.spans) {
                span.to = span.to.max(now.to);
            }
            step.done = false;
            self.register()?;
        } else if self.generation.steps[index].done {
            return Ok(Ended::Done);
        }
        let spans = self.generation.steps[index].spans.clone();
        let folds = spans.iter().map(|span| span.from - span.fold).sum();
        let total = spans.iter().map(|span| span.to - span.fold).sum();
        audience.begins(R::NAME, &input.name, folds, total);
        if R::BESIDE.is_none() {
            let short = patiently(|| {
                replay::short_of_window(&self.runtime.log, &input, &spans, reach(stage))
            })?;
            for (partition, oldest, needed) in short {
                audience.falls_short(&format!(
                    "{}/{partition} reaches back to {oldest:.0}, and what {} remembers to {needed:.0}: the \
                     first articles do not find what they were made from before that",
                    input.name,
                    R::NAME
                ));
            }
        }
        let reads = if index == 0 || R::READS_FOREBEAR {
            Reads::Another
        } else {
            Reads::StepBefore
        };
        let ended = replay::run(&self.runtime, stage, &spans, reads, |progress| {
            audience.moves(progress);
        })?;
        if ended == Ended::Done {
            audience.ends();
            self.generation.steps[index].done = true;
            self.register()?;
        }
        Ok(ended)
    }
}

/// What a step that has not begun will handle.
fn planned<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    stage: &R,
    input: &Topic,
    (from, to): (&Bound, &Bound),
) -> anyhow::Result<Step> {
    Ok(Step {
        stage: R::NAME.to_owned(),
        topic: input.name.clone(),
        spans: replay::spans(&runtime.log, input, from, to, reach(stage))?,
        done: false,
    })
}

/// How much event time the state of a stage reaches back; none for one that has no state.
fn reach<R: Replayed>(stage: &R) -> Option<Duration> {
    let remembers = !R::State::default().tables().is_empty();
    if remembers || R::BESIDE.is_some() {
        stage.reach()
    } else {
        Some(Duration::ZERO)
    }
}
