//! The services of a process at work, each on its stages of the live generation, and how they change
//! over when another goes live.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pipeline::generations::{Generations, Watch};
use pipeline::log::Log;
use pipeline::topics::Topology;
use pipeline::{Runtime, Shutdown, Staged, Waker};
use tokio::runtime::Handle;

use crate::service::Service;
use crate::{Config, live};

/// How long a service may take to finish what it has begun before it changes over.
const DRAIN: Duration = Duration::from_secs(24);

/// What services are made of.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) config: Config,
    /// The fetcher's configuration, which knows where the newsroom is.
    pub(crate) fetching: fetcher::Config,
    pub(crate) handle: Handle,
}

/// One service at work.
#[derive(Debug)]
struct Crew {
    service: Service,
    shutdown: Shutdown,
    generation: u32,
    threads: Vec<JoinHandle<()>>,
}

/// The services of a process at work.
#[derive(Debug)]
pub(crate) struct Crews<L: Log> {
    runtime: Runtime<L>,
    plan: Plan,
    at_work: Vec<Crew>,
    watch: Watch<L>,
}

impl<L: Log> Crews<L> {
    /// Starts the services that `service` covers, in the generation of `runtime`.
    pub(crate) fn start(
        runtime: Runtime<L>,
        service: Service,
        plan: Plan,
        known: Generations,
    ) -> anyhow::Result<Self> {
        let watch = Watch::new(&runtime.log, &plan.config.topology(), known);
        let mut crews = Self {
            runtime,
            plan,
            at_work: Vec::new(),
            watch,
        };
        // The last first: what comes out of one finds the next at work.
        for each in [Service::Enricher, Service::Cleaner, Service::Fetcher] {
            if service.covers(each) {
                crews.add(each)?;
            }
        }
        Ok(crews)
    }

    fn add(&mut self, service: Service) -> anyhow::Result<()> {
        let mut runtime = self.runtime.clone();
        runtime.shutdown = self.runtime.shutdown.part();
        let shutdown = runtime.shutdown.clone();
        let generation = generation_of(&runtime.topology, service);
        let threads = match service {
            Service::Enricher => {
                let enrich = self.plan.config.enrich();
                vec![pipeline::start(&runtime, Arc::new(Staged(enrich)))?]
            }
            Service::Cleaner => vec![pipeline::start(&runtime, Arc::new(Staged(cleaner::Clean)))?],
            Service::Fetcher | Service::Whole => {
                let (config, handle) = (self.plan.fetching.clone(), self.plan.handle.clone());
                fetcher::start(&runtime, config, handle)?
            }
        };
        self.at_work.push(Crew {
            service,
            shutdown,
            generation,
            threads,
        });
        Ok(())
    }

    /// A thread that ended though nobody asked it to.
    pub(crate) fn ended(&self) -> Option<&JoinHandle<()>> {
        let mut threads = self.at_work.iter().flat_map(|crew| &crew.threads);
        threads.find(|thread| thread.is_finished())
    }

    /// Changes over where another generation has gone live.
    ///
    /// # Errors
    /// A generation that cannot be worked on.
    pub(crate) fn look(&mut self) -> anyhow::Result<()> {
        let known = match self.watch.news() {
            Ok(Some(known)) => known.clone(),
            Ok(None) => return Ok(()),
            Err(failure) => {
                tracing::debug!("which generation is live is asked again: {failure}");
                return Ok(());
            }
        };
        let topology = live::of(&known, known.live(), &self.plan.config)?;
        if topology == *self.runtime.topology {
            return Ok(());
        }
        let ground = self.plan.config.topology();
        let configured = |name: &str| self.plan.config.topics.get(name);
        self.runtime.forebear = known.forebear(&topology, &ground, configured)?;
        self.runtime.topology = Arc::new(topology);
        tracing::info!(
            generation = known.live(),
            "generation {} is live: changing over",
            known.live()
        );
        self.change_over()?;
        self.runtime.live.change(self.runtime.topology.clone());
        Ok(())
    }

    /// Ends what works on another generation than it should, then begins anew.
    fn change_over(&mut self) -> anyhow::Result<()> {
        let topology = self.runtime.topology.clone();
        let is_right = |crew: &Crew| crew.generation == generation_of(&topology, crew.service);
        let (right, wrong): (Vec<_>, Vec<_>) = self.at_work.drain(..).partition(is_right);
        self.at_work = right;
        for crew in &wrong {
            crew.shutdown.end();
        }
        for crew in wrong {
            drain(crew.threads);
            self.add(crew.service)?;
        }
        Ok(())
    }

    /// Every thread, for whoever waits for the end.
    pub(crate) fn into_threads(self) -> Vec<JoinHandle<()>> {
        let crews = self.at_work.into_iter();
        crews.flat_map(|crew| crew.threads).collect()
    }

    #[cfg(test)]
    pub(crate) fn join(&mut self, thread: JoinHandle<()>) {
        if let Some(crew) = self.at_work.first_mut() {
            crew.threads.push(thread);
        }
    }
}

/// Waits until some threads have ended, but not for ever: what a task does not finish is done again.
fn drain(threads: Vec<JoinHandle<()>>) {
    let (asked, bell) = (Instant::now(), Waker::default());
    for thread in threads {
        while !thread.is_finished() && asked.elapsed() < DRAIN {
            bell.wait(Duration::from_millis(10));
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

/// The generation that a service works on.
fn generation_of(topology: &Topology, service: Service) -> u32 {
    topology.generation_of(match service {
        Service::Whole | Service::Fetcher => "poll",
        Service::Cleaner => "clean",
        Service::Enricher => "enrich",
    })
}
