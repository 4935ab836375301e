//! What is written down of a generation before and while it is derived.

use std::time::Duration;

use anyhow::bail;
use jiff::Timestamp;
use pipeline::generations::{self, Change, Generation, GenerationError, Generations, Standing};
use pipeline::log::Log;
use pipeline::replay::{Bound, spans};
use pipeline::topics::{REPLAYED, Topology};

use super::{Derivation, provenance};
use crate::{Config, live};

/// What somebody wants to have derived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The number.
    pub generation: u32,
    /// The first service.
    pub service: String,
    /// The last service.
    pub through: String,
    /// The generation that it reads; the live one where nothing is said.
    pub reads: Option<u32>,
    /// Where its first step begins.
    pub from: Bound,
    /// Where its first step ends.
    pub to: Bound,
    /// Both in words.
    pub words: String,
}

/// What is known of the generation that is asked for, written down where it is new.
///
/// # Errors
/// A number that is taken, a generation to read that is not there, or a log that cannot be written.
pub fn begin<L: Log>(
    log: &L,
    config: &Config,
    asked: &Asked,
) -> anyhow::Result<(Generations, Generation)> {
    let known = live::generations(log, config)?;
    let number = asked.generation;
    let there = known.known().find(|known| known.number == number);
    if let Some(there) = there {
        let there = there.clone();
        check_same(config, known.live(), asked, &there)?;
        return Ok((known, there));
    }
    let next = known.next();
    if number < next {
        bail!("generation {number} cannot be begun any more; the next free number is {next}");
    }
    let reads = asked.reads.unwrap_or_else(|| known.live());
    check_whole(&known, reads)?;
    check_bounds(log, &live::of(&known, reads, config)?, asked)?;
    let made_by = provenance(config);
    let generation = Generation {
        number,
        reads,
        service: asked.service.clone(),
        through: asked.through.clone(),
        standing: Standing::Replaying,
        lived: false,
        made_at: Timestamp::now(),
        version: made_by.version.clone(),
        config: made_by.config.clone(),
        asked: asked.words.clone(),
        steps: Vec::new(),
    };
    let ground = config.topology();
    let written = generations::change(log, &ground, &made_by.version, |known| {
        if known.next() > number {
            return Err(GenerationError::Refused(format!(
                "somebody else has just begun generation {number}; the next free number is {}",
                known.next()
            )));
        }
        // Dropped meanwhile, perhaps.
        known.get(reads)?;
        Ok((vec![Change::Known(Box::new(generation.clone()))], ()))
    });
    written?;
    Ok((live::generations(log, config)?, generation))
}

/// Refuses a generation that is not there, or that rests on one whose replay has not come to its end.
///
/// # Errors
/// Which one, and what to do.
pub fn check_whole(known: &Generations, number: u32) -> Result<(), GenerationError> {
    for number in known.ancestry(number) {
        if let Some(generation) = known.get(number)?
            && generation.standing == Standing::Replaying
        {
            let through = if generation.through == generation.service {
                String::new()
            } else {
                format!(" --through {}", generation.through)
            };
            return Err(GenerationError::Refused(format!(
                "the replay of generation {number} has not come to its end: `copydesk replay {} \
                 --generation {number}{through}` goes on with it",
                generation.service
            )));
        }
    }
    Ok(())
}

/// Refuses bounds that are not there, before anything is written down.
fn check_bounds<L: Log>(log: &L, reads: &Topology, asked: &Asked) -> anyhow::Result<()> {
    let first = REPLAYED.iter().find(|stage| stage.service == asked.service);
    if let Some(input) = first.and_then(|stage| reads.topic(stage.input)) {
        let spans = spans(log, input, &asked.from, &asked.to, Some(Duration::ZERO))?;
        let is_bounded = asked.from != Bound::Open && asked.to != Bound::Open;
        if is_bounded && spans.iter().all(|span| span.from >= span.to) {
            bail!(
                "nothing of {} lies there ({}): the end must come after the beginning",
                input.name,
                asked.words
            );
        }
    }
    Ok(())
}

/// How this copydesk and its configuration differ from those that a generation was begun with.
pub fn other_kind(config: &Config, there: &Generation) -> Option<String> {
    let now = provenance(config);
    (now.version != there.version || now.config != there.config).then(|| {
        format!(
            "copydesk {} with configuration {}, and this is {} with {}",
            there.version, there.config, now.version, now.config
        )
    })
}

/// Whether to go on with a generation is what was asked for.
fn check_same(config: &Config, live: u32, asked: &Asked, there: &Generation) -> anyhow::Result<()> {
    let number = there.number;
    match there.standing {
        Standing::Dropped => return Err(GenerationError::Dropped(number).into()),
        Standing::Dropping => return Err(GenerationError::Dropping(number).into()),
        Standing::Replaying | Standing::Replayed => {}
    }
    if there.lived {
        bail!(
            "generation {number} {}: services have gone on with it, so a replay would write what is there. \
             Begin another",
            if there.number == live {
                "is live"
            } else {
                "has been live"
            }
        );
    }
    if there.service != asked.service || there.through != asked.through {
        bail!(
            "generation {number} is there already, of {} through {}: repeat these to go on with it, or \
             begin another",
            there.service,
            there.through
        );
    }
    if let Some(reads) = asked.reads
        && reads != there.reads
    {
        bail!(
            "generation {number} reads generation {}, not {reads}: leave --reads out to go on with it, \
             or begin another",
            there.reads
        );
    }
    if let Some(difference) = other_kind(config, there) {
        bail!(
            "generation {number} was begun by {difference}: its articles would be of two kinds. Begin another"
        );
    }
    Ok(())
}

impl<L: Log> Derivation<'_, L> {
    /// Writes down how far the generation has come.
    pub(super) fn register(&mut self) -> anyhow::Result<()> {
        let generation = &self.generation;
        self.register.change(|known| {
            // Dropped meanwhile by somebody else, or chosen.
            if known
                .get(generation.number)?
                .is_some_and(|known| known.lived)
            {
                return Err(GenerationError::Refused(format!(
                    "generation {} went live meanwhile: the services go on with it",
                    generation.number
                )));
            }
            Ok((vec![Change::Known(Box::new(generation.clone()))], ()))
        })?;
        Ok(())
    }
}
