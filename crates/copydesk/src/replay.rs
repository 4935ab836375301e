//! Deriving a generation: which stages, over which records, and how it goes on after it was ended.
//!
//! What a generation is made of is written to the topic of generations before the work begins, so that
//! whoever goes on does the same work.

mod register;
mod steps;

use std::path::PathBuf;
use std::sync::Arc;

use pipeline::generations::{Generation, Generations, Register, Standing};
use pipeline::log::Log;
use pipeline::replay::{Bound, Ended, Progress};
use pipeline::topics::REPLAYED;
use pipeline::{Board, Live, Provenance, Runtime, Shutdown, Stores, Verdict};

pub use register::{Asked, begin, check_whole, other_kind};

use crate::patience::patiently;
use crate::{Config, live};

/// The services, in the order of the flow.
pub const SERVICES: [&str; 3] = ["fetcher", "cleaner", "enricher"];

/// A generation being derived.
#[derive(Debug)]
pub struct Derivation<'a, L: Log> {
    runtime: Runtime<L>,
    config: &'a Config,
    generation: Generation,
    register: Register<L>,
}

/// Hears of a replay.
pub trait Audience {
    /// A step begins: the stage, the topic that it reads, how many offsets it folds first without
    /// output, and how many there are in all.
    fn begins(&mut self, stage: &str, topic: &str, folds: u64, total: u64);
    /// The log does not reach back as far as the state does: what the text says.
    fn falls_short(&mut self, what: &str);
    /// The log no longer has what the step was to handle: what the text says.
    fn misses(&mut self, what: &str);
    /// A transaction was committed.
    fn moves(&mut self, progress: Progress);
    /// A step has come to its end.
    fn ends(&mut self);
}

/// The headers' words on whoever writes.
pub fn provenance(config: &Config) -> Provenance {
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: config.fingerprint(),
    }
}

impl<'a, L: Log> Derivation<'a, L> {
    /// The derivation of a generation that was begun. Copies of its states lie under `state`.
    ///
    /// # Errors
    /// Topics that cannot be made.
    pub fn of(
        log: L,
        config: &'a Config,
        known: &Generations,
        generation: Generation,
        state: PathBuf,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let reads = live::of(known, generation.reads, config)?;
        let configured = |name: &str| config.topics.get(name);
        let topology = reads
            .branch(&generation.service, generation.number, configured)
            .ok_or_else(|| anyhow::anyhow!("there is no service {}", generation.service))?;
        let (topics, _) = topology.belongings(generation.number);
        patiently(|| log.create(&topics))?;
        let topology = Arc::new(topology);
        let runtime = Runtime {
            log,
            forebear: Some(Arc::new(reads)),
            live: Live::new(topology.clone()),
            topology,
            stores: Stores::Disk(state),
            provenance: provenance(config),
            shutdown: shutdown.clone(),
            board: Board::default(),
            verdict: Verdict::default(),
        };
        let version = &runtime.provenance.version;
        let register = Register::new(&runtime.log, &config.topology(), version);
        Ok(Self {
            runtime,
            config,
            generation,
            register,
        })
    }

    /// The generation as it is registered.
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Derives every step up to its end. Where all of it was done before, up to the end that there is
    /// now. `from` and `to` bound the first step of a generation that has not begun.
    ///
    /// # Errors
    /// A log that cannot be used, bounds that are not there, or somebody else at work on the
    /// generation.
    pub fn derive(
        &mut self,
        from: &Bound,
        to: &Bound,
        audience: &mut impl Audience,
    ) -> anyhow::Result<Ended> {
        let extends = self.generation.standing == Standing::Replayed;
        self.generation.standing = Standing::Replaying;
        if extends {
            // Written down with the first step, so that whoever goes on after a kill handles them all.
            for step in &mut self.generation.steps {
                step.done = false;
            }
        }
        if self.generation.service == "fetcher" && (extends || self.generation.steps.is_empty()) {
            self.plan_fetcher(from, to)?;
        }
        for (index, stage) in self.stages().into_iter().enumerate() {
            let is_first = index == 0;
            let open = Bound::Open;
            let bounds = if is_first { (from, to) } else { (&open, &open) };
            if self.step(index, stage, bounds, extends, audience)? == Ended::Asked {
                return Ok(Ended::Asked);
            }
        }
        self.generation.standing = Standing::Replayed;
        self.register()?;
        Ok(Ended::Done)
    }

    /// Whether the generation is the live one.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn is_live(&mut self) -> anyhow::Result<bool> {
        let register = &mut self.register;
        let live = patiently(|| register.known().map(Generations::live))?;
        Ok(live == self.generation.number)
    }

    /// Whether the topic that the first step reads has grown since.
    ///
    /// # Errors
    /// A log that cannot be asked.
    pub fn is_behind(&self) -> anyhow::Result<bool> {
        for step in &self.generation.steps {
            for (partition, span) in (0..).zip(&step.spans) {
                let there = patiently(|| self.runtime.log.bounds(&step.topic, partition))?;
                if there.end > span.to {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The stages that are derived, in the order of the flow.
    fn stages(&self) -> Vec<&'static str> {
        let place = |name: &str| SERVICES.iter().position(|service| *service == name);
        let first = place(&self.generation.service).unwrap_or(0);
        let last = place(&self.generation.through).unwrap_or(first);
        let services = &SERVICES[first..=last.max(first)];
        let stages = REPLAYED
            .iter()
            .filter(|stage| services.contains(&stage.service));
        stages.map(|stage| stage.name).collect()
    }
}
