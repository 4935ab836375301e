//! List, show and send back the records that no stage could handle.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use anyhow::bail;
use pipeline::dead::Buried;
use pipeline::log::Log;
use pipeline::topics::{Topology, generation_of};

use crate::cli::{At, Dead};
use crate::config::Config;
use crate::graveyard::{Graveyard, Readers, retry};
use crate::line::{is_obeyed, plain, source_text};
use crate::live;
use crate::progress;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, dead: &Dead) -> anyhow::Result<()> {
    let ground = config.topology();
    let first: Vec<_> = ground.all_dead().collect();
    let opened = storage::beside(config, &first)?;
    opened.run(OnGraves { config, dead })
}

struct OnGraves<'a> {
    config: &'a Config,
    dead: &'a Dead,
}

impl Job for OnGraves<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let known = live::generations(&log, self.config)?;
        let topology = live::of(&known, known.live(), self.config)?;
        let readers = Readers {
            topology: &topology,
            known: &known,
        };
        match self.dead {
            Dead::List { reason, limit } => list(&log, &topology, reason.as_deref(), *limit),
            Dead::Show { at, value } => {
                let topic = topic_of(&topology, *at)?;
                show(&log, topic, *at, *value)
            }
            Dead::Retry { at, all, reason } if at.is_empty() => {
                let wanted = |letter: &Buried| *all || reason.as_ref() == Some(&letter.reason);
                for topic in topology.all_dead() {
                    retry_all(&log, readers, &topic.name, wanted)?;
                }
                Ok(())
            }
            Dead::Retry { at, .. } => {
                let mut places: BTreeMap<&str, BTreeSet<(u32, u64)>> = BTreeMap::new();
                for at in at {
                    let places = places.entry(topic_of(&topology, *at)?).or_default();
                    places.insert((at.partition, at.offset));
                }
                for (topic, places) in &places {
                    retry_these(&log, readers, topic, places)?;
                }
                Ok(())
            }
        }
    }
}

/// What a dead letter in `topic` is called.
fn at(topic: &str, (partition, offset): (u32, u64)) -> At {
    At {
        generation: generation_of(topic),
        partition,
        offset,
    }
}

/// The topic that a dead letter's place is in: of the live generation and those that it rests on.
fn topic_of(topology: &Topology, at: At) -> anyhow::Result<&str> {
    let mut topics = topology.all_dead().map(|topic| topic.name.as_str());
    let Some(topic) = topics.find(|topic| generation_of(topic) == at.generation) else {
        bail!(
            "no stage of the live generation works in generation {}, so {at} names no dead letter; \
             `copydesk dead list` lists them",
            at.generation
        );
    };
    Ok(topic)
}

fn list<L: Log>(
    log: &L,
    topology: &Topology,
    reason: Option<&str>,
    limit: Option<usize>,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut left = limit.unwrap_or(usize::MAX);
    for topic in topology.all_dead() {
        let mut graveyard = Graveyard::open(log, &topic.name)?;
        while left > 0
            && let Some(letter) = graveyard.next_letter()?
        {
            if reason.is_some_and(|reason| reason != letter.reason) {
                continue;
            }
            writeln!(
                out,
                "{:<8}  {:.0}  {:<6}  {:<14}  {}  {}",
                at(&topic.name, letter.at).to_string(),
                letter.written_at,
                letter.stage,
                letter.reason,
                source_text(&letter),
                plain(&letter.detail),
            )?;
            left -= 1;
        }
    }
    Ok(())
}

fn show<L: Log>(log: &L, topic: &str, at: At, only_value: bool) -> anyhow::Result<()> {
    let place = (at.partition, at.offset);
    let mut graveyard = Graveyard::open(log, topic)?;
    let letter = loop {
        match graveyard.next_letter()? {
            Some(letter) if letter.at == place => break letter,
            Some(_) => {}
            None if graveyard.is_retried(place) => bail!("dead letter {at} was sent back"),
            None => bail!("there is no dead letter {at}; `copydesk dead list` lists them"),
        }
    };
    let mut out = std::io::stdout().lock();
    let value = letter.value.as_deref().unwrap_or_default();
    if only_value {
        out.write_all(value)?;
        return Ok(());
    }
    writeln!(out, "dead letter  {at}, buried {:.0}", letter.written_at)?;
    writeln!(out, "stage        {}", letter.stage)?;
    writeln!(out, "reason       {}", letter.reason)?;
    writeln!(out, "detail       {}", plain(&letter.detail))?;
    writeln!(out, "source       {}", source_text(&letter))?;
    if let Some(trace) = letter.trace.trace_id() {
        writeln!(out, "trace        {trace}")?;
    }
    let key = letter.key.as_deref().map(String::from_utf8_lossy);
    writeln!(
        out,
        "key          {}",
        plain(key.as_deref().unwrap_or("none"))
    )?;
    for (name, header) in &letter.headers.0 {
        writeln!(
            out,
            "header       {name}: {}",
            plain(&String::from_utf8_lossy(header))
        )?;
    }
    writeln!(out, "value        {} bytes", value.len())?;
    // What a terminal would obey is made visible; --value has the bytes.
    for line in String::from_utf8_lossy(value).lines() {
        let visible = line
            .chars()
            .map(|c| if is_obeyed(c) { '\u{fffd}' } else { c });
        writeln!(out, "{}", visible.collect::<String>())?;
    }
    Ok(())
}

fn retry_all<L: Log>(
    log: &L,
    readers: Readers<'_>,
    topic: &str,
    wanted: impl Fn(&Buried) -> bool,
) -> anyhow::Result<()> {
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut count = 0;
    while let Some(letter) = graveyard.next_letter()? {
        count += u64::from(wanted(&letter));
    }
    let bar = progress::bar(count, "dead letters");
    let outcome = retry(log, readers, topic, wanted, |done| {
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    for (place, why) in &outcome.kept {
        writeln!(out, "{} stays: {why}", at(topic, *place))?;
    }
    writeln!(
        out,
        "{} sent back, {} stay",
        outcome.sent.len(),
        outcome.kept.len()
    )?;
    Ok(())
}

/// Those that were named, all or none where one of them is not there.
fn retry_these<L: Log>(
    log: &L,
    readers: Readers<'_>,
    topic: &str,
    places: &BTreeSet<(u32, u64)>,
) -> anyhow::Result<()> {
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut missing = places.clone();
    while !missing.is_empty()
        && let Some(letter) = graveyard.next_letter()?
    {
        missing.remove(&letter.at);
    }
    if let Some(place) = missing.first() {
        let at = at(topic, *place);
        if graveyard.is_retried(*place) {
            bail!("dead letter {at} was sent back already");
        }
        bail!("there is no dead letter {at}; `copydesk dead list` lists them");
    }
    retry_all(log, readers, topic, |letter| places.contains(&letter.at))
}
