//! A stage's part of a derivation.

use std::time::Duration;

use fetcher::replay::{Pair, Reingest};
use pipeline::generations::{Span, Step};
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
                let enrich = self.config.enrich();
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
        self.plan(index, stage, bounds, extends)?;
        let step = &self.generation.steps[index];
        if step.done {
            return Ok(Ended::Done);
        }
        let spans = step.spans.clone();
        tell(&self.runtime, stage, &input, &spans, audience)?;
        let reads = if index == 0 || R::READS_FOREBEAR {
            Reads::Another
        } else {
            Reads::StepBefore
        };
        let (runtime, before) = (self.runtime.clone(), step.gone);
        let mut registered = Ok(());
        let ended = replay::run(&runtime, stage, &spans, reads, |progress| {
            let gone = before + progress.gone;
            if gone > self.generation.steps[index].gone {
                audience.misses(&missed(R::NAME, &input.name, gone));
                // At once: whoever goes on after a kill does not come by there again.
                self.generation.steps[index].gone = gone;
                registered = self.register();
            }
            audience.moves(progress);
        })?;
        registered?;
        if ended == Ended::Done {
            audience.ends();
            self.generation.steps[index].done = true;
            self.register()?;
        }
        Ok(ended)
    }

    /// Writes down what the fetcher's two steps will handle. The pages' end first: each page that is
    /// there was found by a poll that is there too.
    pub(super) fn plan_fetcher(&mut self, from: &Bound, to: &Bound) -> anyhow::Result<()> {
        let (runtime, open) = (&self.runtime, &Bound::Open);
        let pages = replay::input::<L, Pair>(runtime);
        let pair = planned(runtime, &Pair, pages, (open, open))?;
        let polls = replay::input::<L, Reingest>(runtime);
        let is_new = self.generation.steps.is_empty();
        let bounds = if is_new { (from, to) } else { (open, open) };
        let ingest = Reingest::new(&self.config.fetcher, "");
        let ingest = planned(runtime, &ingest, polls, bounds)?;
        if is_new {
            self.generation.steps = vec![ingest, pair];
        } else {
            let steps = self.generation.steps.iter_mut();
            for (step, now) in steps.zip([ingest, pair]) {
                extend(step, now);
            }
        }
        self.register()
    }

    /// Writes down what a step will handle, before it begins and where there is more than it has
    /// handled: what another generation holds where the replay `extends`, and all that the step before
    /// has written.
    fn plan<R: Replayed>(
        &mut self,
        index: usize,
        stage: &R,
        bounds: (&Bound, &Bound),
        extends: bool,
    ) -> anyhow::Result<()> {
        let is_fetchers = index < 2 && self.generation.service == "fetcher";
        let is_known = index < self.generation.steps.len();
        if is_fetchers || is_known && index == 0 && !extends {
            return Ok(());
        }
        let input = replay::input::<L, R>(&self.runtime);
        let open = Bound::Open;
        let bounds = if is_known { (&open, &open) } else { bounds };
        let now = planned(&self.runtime, stage, input, bounds)?;
        match self.generation.steps.get_mut(index) {
            Some(step) => extend(step, now),
            None => self.generation.steps.push(now),
        }
        self.register()
    }
}

/// Moves the end of a step to where it is now; where it began stands.
fn extend(step: &mut Step, now: Step) {
    for (span, now) in step.spans.iter_mut().zip(now.spans) {
        step.done &= span.to >= now.to;
        span.to = span.to.max(now.to);
    }
}

/// Tells what a step is about to do, and where the log does not reach back far enough for it.
fn tell<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    stage: &R,
    input: &Topic,
    spans: &[Span],
    audience: &mut impl Audience,
) -> anyhow::Result<()> {
    let folds = spans.iter().map(|span| span.from - span.fold).sum();
    let total = spans.iter().map(|span| span.to - span.fold).sum();
    audience.begins(R::NAME, &input.name, folds, total);
    if R::BESIDE.is_some() {
        // What it remembers is made anew of this generation's own topic.
        return Ok(());
    }
    let short = patiently(|| replay::short_of_window(&runtime.log, input, spans, reach(stage)))?;
    for (partition, oldest, needed) in short {
        audience.falls_short(&format!(
            "{}/{partition} reaches back to {oldest:.0}, and what {} remembers to {needed:.0}: the first \
             articles do not find what they were made from before that",
            input.name,
            R::NAME
        ));
    }
    Ok(())
}

fn missed(stage: &str, topic: &str, gone: u64) -> String {
    format!(
        "{gone} offsets of {topic} were dropped by retention before {stage} came to them: the generation goes \
         on without what they held. Begin another, or keep the topic longer"
    )
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
        gone: 0,
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
