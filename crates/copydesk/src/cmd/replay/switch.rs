//! Choose the live generation, and delete what nobody needs any more.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use pipeline::Shutdown;
use pipeline::generations::{
    self, Change, FIRST, Generation, GenerationError, Generations, Standing,
};
use pipeline::heritage::has_taken_over;
use pipeline::log::Log;
use pipeline::replay::{Bound, Ended};
use pipeline::topics::STAGES;

use super::Held;
use super::derive::Telling;
use crate::config::Config;
use crate::live;
use crate::patience::patiently;
use crate::replay::{Derivation, check_whole, other_kind, provenance};
use crate::signals::stop_on_signals;
use crate::storage::{self, Job};

pub(super) fn switch(config: &Config, number: u32) -> anyhow::Result<()> {
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    // Of a generation with a fetcher of its own what came since is derived first.
    let due = storage::beside(config, &[])?.run(Due { config, number })?;
    let known_fetcher = match due {
        None => None,
        Some(fetcher) => {
            let held = Held::take(config, fetcher)?;
            let state = held.state();
            held.opened.run(CatchingUp {
                config,
                fetcher,
                state,
                shutdown,
            })?;
            Some(held.slot)
        }
    };
    let switched = storage::beside(config, &[])?.run(Switching { config, number });
    std::mem::drop(known_fetcher);
    switched
}

/// Which generation's fetcher has to catch up before a generation can go live.
struct Due<'a> {
    config: &'a Config,
    number: u32,
}

impl Job for Due<'_> {
    type Output = Option<u32>;

    fn on<L: Log>(self, log: L) -> anyhow::Result<Option<u32>> {
        let known = live::generations(&log, self.config)?;
        let due = check_may_live(&known, self.number)?;
        let live = known.live_fetcher();
        if due.is_some() && live != FIRST {
            let topology = live::of(&known, live, self.config)?;
            for stage in STAGES.iter().filter(|stage| stage.service == "fetcher") {
                if !patiently(|| has_taken_over(&log, &topology, stage))? {
                    bail!(
                        "the fetcher of generation {live} is live and has not taken over yet what the one \
                         before it knew: let it run until it has, then switch"
                    );
                }
            }
        }
        Ok(due)
    }
}

/// Refuses a generation that cannot go live; else tells which generation's fetcher takes over.
fn check_may_live(known: &Generations, number: u32) -> Result<Option<u32>, GenerationError> {
    let refuse = |why: String| Err(GenerationError::Refused(why));
    let live = known.live();
    if number == live {
        return refuse(format!("generation {number} is live already"));
    }
    check_whole(known, number)?;
    let (fetcher, now) = (known.fetcher_of(number), known.live_fetcher());
    if fetcher == now {
        return Ok(None);
    }
    // A fetcher goes on from what the one before it knew, and from nothing older: what was found
    // meanwhile would be lost.
    match known.get(fetcher)? {
        Some(own) if !own.lived && known.fetcher_of(own.reads) == now => Ok(Some(fetcher)),
        _ => refuse(format!(
            "generation {number} has the fetcher of generation {fetcher}, which cannot go on after that of \
             {now}: what was found since it stood still would be lost. Derive a new generation from the \
             live one"
        )),
    }
}

/// What was polled and fetched since the replay came to its end is handled, so that little is left for
/// the moment of the change.
struct CatchingUp<'a> {
    config: &'a Config,
    fetcher: u32,
    state: PathBuf,
    shutdown: Shutdown,
}

impl Job for CatchingUp<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let known = live::generations(&log, self.config)?;
        let Some(generation) = known.get(self.fetcher)?.cloned() else {
            return Ok(());
        };
        let (config, shutdown) = (self.config, &self.shutdown);
        let mut derivation = Derivation::of(log, config, &known, generation, self.state, shutdown)?;
        let mut telling = Telling::default();
        match derivation.derive(&Bound::Open, &Bound::Open, &mut telling)? {
            Ended::Done => Ok(()),
            Ended::Asked => bail!("ended early: the live generation is as it was"),
        }
    }
}

struct Switching<'a> {
    config: &'a Config,
    number: u32,
}

impl Job for Switching<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let Self { config, number } = self;
        let version = provenance(config).version;
        let (before, made) = generations::change(&log, &config.topology(), &version, |known| {
            check_may_live(known, number)?;
            let made = known.get(number)?.cloned();
            let mut changes = vec![Change::Live(number)];
            // Those that it rests on are worked in as well.
            for number in known.ancestry(number) {
                if let Some(generation) = known.get(number)? {
                    let mut lives = generation.clone();
                    lives.lived = true;
                    changes.push(Change::Known(Box::new(lives)));
                }
            }
            Ok((changes, (known.live(), made)))
        })?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "generation {number} is live, after {before}: services that run change over within seconds, \
             and it is what is read from now on"
        )?;
        let Some(made) = made else {
            return Ok(());
        };
        if let Some(difference) = other_kind(config, &made) {
            eprintln!(
                "warning: generation {number} was derived by {difference}: services that run with this one add \
                 articles of another kind. Start them with the one that it was derived with"
            );
        }
        if made.through != "enricher" {
            eprintln!(
                "its replay went as far as the {}: the services derive what comes after that from now \
                 on, in the order in which they come to it",
                made.through
            );
        }
        Ok(())
    }
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
        // First: once a topic is gone nobody may switch to it or read it, also where this ends halfway.
        if generation.standing != Standing::Dropped {
            mark(&log, config, generation, Standing::Dropping)?;
        }
        // Refused where somebody is still at work on it.
        patiently(|| log.remove(&topics, &groups)).with_context(|| {
            format!("generation {number} is not dropped yet; the same command goes on with it")
        })?;
        mark(&log, config, generation, Standing::Dropped)?;
        for folder in self.states {
            for group in &groups {
                // Copies that nothing rests on.
                let _ = std::fs::remove_dir_all(folder.join(group));
            }
        }
        let mut out = std::io::stdout().lock();
        if generation.standing == Standing::Dropped {
            writeln!(
                out,
                "generation {number} was dropped before: nothing of it is left"
            )?;
            return Ok(());
        }
        writeln!(
            out,
            "generation {number} is dropped: {} topics are gone",
            topics.len()
        )?;
        Ok(())
    }
}

/// Writes down how far the dropping has come, unless somebody needs the generation by now.
fn mark<L: Log>(
    log: &L,
    config: &Config,
    generation: &Generation,
    standing: Standing,
) -> Result<(), GenerationError> {
    let mut marked = generation.clone();
    marked.standing = standing;
    let version = provenance(config).version;
    generations::change(log, &config.topology(), &version, |known| {
        check_unused(known, marked.number)
            .map_err(|error| GenerationError::Refused(error.to_string()))?;
        Ok((vec![Change::Known(Box::new(marked.clone()))], ()))
    })
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
