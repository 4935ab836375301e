//! List, show and send back the records that no stage could handle.

use std::collections::BTreeSet;
use std::io::Write as _;

use anyhow::{Context as _, bail};
use pipeline::dead::Buried;
use pipeline::log::Log;
use pipeline::topics::DEAD;

use crate::cli::{At, Dead};
use crate::config::Config;
use crate::graveyard::{Graveyard, retry};
use crate::line::{plain, source_text};
use crate::progress;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, dead: &Dead) -> anyhow::Result<()> {
    let topology = config.topology();
    let topic = topology
        .topic(DEAD)
        .context("the topology has dead letters")?;
    let opened = storage::beside(config, &[topic])?;
    opened.run(OnGraves {
        topic: &topic.name,
        dead,
    })
}

struct OnGraves<'a> {
    topic: &'a str,
    dead: &'a Dead,
}

impl Job for OnGraves<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let topic = self.topic;
        match self.dead {
            Dead::List { reason, limit } => list(&log, topic, reason.as_deref(), *limit),
            Dead::Show { at, value } => show(&log, topic, *at, *value),
            Dead::Retry { at, all, reason } => {
                let places: BTreeSet<(u32, u64)> = at.iter().map(|at| (at.0, at.1)).collect();
                if places.is_empty() {
                    let wanted = |letter: &Buried| {
                        *all || reason
                            .as_ref()
                            .is_some_and(|reason| *reason == letter.reason)
                    };
                    return retry_all(&log, topic, wanted);
                }
                retry_these(&log, topic, &places)
            }
        }
    }
}

fn list<L: Log>(
    log: &L,
    topic: &str,
    reason: Option<&str>,
    limit: Option<usize>,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut left = limit.unwrap_or(usize::MAX);
    while left > 0
        && let Some(letter) = graveyard.next_letter()?
    {
        if reason.is_some_and(|reason| reason != letter.reason) {
            continue;
        }
        writeln!(
            out,
            "{:<8}  {:.0}  {:<6}  {:<14}  {}  {}",
            At(letter.at.0, letter.at.1).to_string(),
            letter.written_at,
            letter.stage,
            letter.reason,
            source_text(&letter),
            plain(&letter.detail),
        )?;
        left -= 1;
    }
    Ok(())
}

fn show<L: Log>(log: &L, topic: &str, at: At, only_value: bool) -> anyhow::Result<()> {
    let mut graveyard = Graveyard::open(log, topic)?;
    let letter = loop {
        match graveyard.next_letter()? {
            Some(letter) if letter.at == (at.0, at.1) => break letter,
            Some(_) => {}
            None if graveyard.is_retried((at.0, at.1)) => bail!("dead letter {at} was sent back"),
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
            .map(|c| if c.is_control() { '\u{fffd}' } else { c });
        writeln!(out, "{}", visible.collect::<String>())?;
    }
    Ok(())
}

fn retry_all<L: Log>(log: &L, topic: &str, wanted: impl Fn(&Buried) -> bool) -> anyhow::Result<()> {
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut count = 0;
    while let Some(letter) = graveyard.next_letter()? {
        count += u64::from(wanted(&letter));
    }
    let bar = progress::bar(count, "dead letters");
    let outcome = retry(log, topic, wanted, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    for ((partition, offset), why) in &outcome.kept {
        writeln!(out, "{partition}:{offset} stays: {why}")?;
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
fn retry_these<L: Log>(log: &L, topic: &str, places: &BTreeSet<(u32, u64)>) -> anyhow::Result<()> {
    let mut graveyard = Graveyard::open(log, topic)?;
    let mut missing = places.clone();
    while !missing.is_empty()
        && let Some(letter) = graveyard.next_letter()?
    {
        missing.remove(&letter.at);
    }
    if let Some((partition, offset)) = missing.first() {
        if graveyard.is_retried((*partition, *offset)) {
            bail!("dead letter {partition}:{offset} was sent back already");
        }
        bail!("there is no dead letter {partition}:{offset}; `copydesk dead list` lists them");
    }
    retry_all(log, topic, |letter| places.contains(&letter.at))
}
