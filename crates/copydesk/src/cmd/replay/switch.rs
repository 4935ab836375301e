//! Choose the live generation, and delete what nobody needs any more.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::bail;
use pipeline::Shutdown;
use pipeline::generations::{
    self, Change, FIRST, Generation, GenerationError, Generations, Standing,
};
use pipeline::log::Log;
use pipeline::replay::{Bound, Ended};

use super::Held;
use super::derive::Telling;
use crate::config::Config;
use crate::live;
use crate::patience::patiently;
use crate::replay::{Derivation, provenance};
use crate::signals::stop_on_signals;
use crate::storage::Job;

pub(super) fn switch(config: &Config, number: u32) -> anyhow::Result<()> {
    let held = Held::take(config, number)?;
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    let state = held.state();
    held.opened.run(Switching {
        config,
        number,
        state,
        shutdown,
    })
}

struct Switching<'a> {
    config: &'a Config,
    number: u32,
    state: PathBuf,
    shutdown: Shutdown,
}

impl Job for Switching<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let Self { config, number, .. } = self;
        let known = live::generations(&log, config)?;
        let before = known.live();
        if before == number {
            bail!("generation {number} is live already");
        }
        if let Some(generation) = known.get(number)?.cloned() {
            check_whole(&generation)?;
            if generation.service == "fetcher" {
                self.catch_up(&log, &known, generation)?;
            }
        }
        let version = provenance(config).version;
        generations::change(&log, &config.topology(), &version, |known| {
            known.get(number)?;
            Ok((Change::Live(number), ()))
        })?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "generation {number} is live, after {before}: services that run change over within seconds, \
             and it is what is read from now on"
        )?;
        Ok(())
    }
}

impl Switching<'_> {
    /// What was polled and fetched since the replay came to its end is handled first, so that little is
    /// left for the moment of the change.
    fn catch_up<L: Log>(
        &self,
        log: &L,
        known: &Generations,
        generation: Generation,
    ) -> anyhow::Result<()> {
        let state = self.state.clone();
        let mut derivation = Derivation::of(
            log.clone(),
            self.config,
            known,
            generation,
            state,
            &self.shutdown,
        )?;
        let mut telling = Telling::default();
        match derivation.derive(&Bound::Open, &Bound::Open, &mut telling)? {
            Ended::Done => Ok(()),
            Ended::Asked => bail!("ended early: the live generation is as it was"),
        }
    }
}

fn check_whole(generation: &Generation) -> anyhow::Result<()> {
    let number = generation.number;
    if generation.standing == Standing::Replaying {
        bail!(
            "the replay of generation {number} has not come to its end: `copydesk replay {} \
             --generation {number}` goes on with it",
            generation.service
        );
    }
    Ok(())
}

pub(super) fn drop(config: &Config, number: u32) -> anyhow::Result<()> {
    let held = Held::take(config, number)?;
    let folder = held.slot.folder().to_owned();
    let states = [folder.join("state"), config.data_dir.join("state")];
    held.opened.run(Dropping {
        config,
        number,
        states,
    })
}

struct Dropping<'a> {
    config: &'a Config,
    number: u32,
    states: [PathBuf; 2],
}

impl Job for Dropping<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let Self { config, number, .. } = self;
        let known = live::generations(&log, config)?;
        let Some(generation) = known.known().find(|known| known.number == number) else {
            return Err(refused(number).into());
        };
        check_unused(&known, number)?;
        // Its topology as it was, also where an earlier try has marked it and not come to its end.
        let reads = live::of(&known, generation.reads, config)?;
        let configured = |name: &str| config.topics.get(name);
        let topology = reads.branch(&generation.service, number, configured);
        let topology = topology.ok_or(GenerationError::Unknown(number))?;
        let (topics, groups) = topology.belongings(number);
        let topics: Vec<String> = topics.into_iter().map(|topic| topic.name).collect();
        let mut dropped = generation.clone();
        dropped.standing = Standing::Dropped;
        let version = provenance(config).version;
        generations::change(&log, &config.topology(), &version, |known| {
            check_unused(known, number)
                .map_err(|error| GenerationError::Refused(error.to_string()))?;
            Ok((Change::Known(Box::new(dropped)), ()))
        })?;
        patiently(|| log.remove(&topics, &groups))?;
        for folder in self.states {
            for group in &groups {
                // Copies that nothing rests on.
                let _ = std::fs::remove_dir_all(folder.join(group));
            }
        }
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "generation {number} is dropped: {} topics are gone",
            topics.len()
        )?;
        Ok(())
    }
}

fn refused(number: u32) -> GenerationError {
    if number == FIRST {
        return GenerationError::Refused(
            "the first generation cannot be dropped: all others rest on it".into(),
        );
    }
    GenerationError::Unknown(number)
}

/// Refuses for the live generation and for those that others rest on.
fn check_unused(known: &Generations, number: u32) -> anyhow::Result<()> {
    let live = known.live();
    if number == live {
        bail!("generation {number} is live; `copydesk replay switch` to another first");
    }
    if known.ancestry(live).contains(&number) {
        bail!("generation {number} cannot be dropped: the live one, {live}, reads it");
    }
    let mut others = known
        .known()
        .filter(|other| other.standing != Standing::Dropped && other.number != number);
    if let Some(other) = others.find(|other| known.ancestry(other.number).contains(&number)) {
        bail!(
            "generation {number} cannot be dropped: generation {} reads it; drop that one first",
            other.number
        );
    }
    Ok(())
}
