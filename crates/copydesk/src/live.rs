//! The live generation: its topics are what services continue and what commands read.

use pipeline::generations::{GenerationError, Generations};
use pipeline::log::Log;
use pipeline::topics::Topology;

use crate::Config;
use crate::patience::patiently;

/// What is known of generations.
///
/// # Errors
/// A log that cannot be read.
pub fn generations<L: Log>(log: &L, config: &Config) -> anyhow::Result<Generations> {
    let ground = config.topology();
    Ok(patiently(|| Generations::read(log, &ground))?)
}

/// The topics of the live generation.
///
/// # Errors
/// A log that cannot be read.
pub fn topology<L: Log>(log: &L, config: &Config) -> anyhow::Result<Topology> {
    let known = generations(log, config)?;
    Ok(of(&known, known.live(), config)?)
}

/// The topics of a generation.
///
/// # Errors
/// One that is not there.
pub fn of(known: &Generations, number: u32, config: &Config) -> Result<Topology, GenerationError> {
    known.topology(number, &config.topology(), |name| config.topics.get(name))
}
