//! Derive a generation from records that are there.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::bail;
use indicatif::ProgressBar;
use jiff::Timestamp;
use pipeline::Shutdown;
use pipeline::generations::Standing;
use pipeline::log::Log;
use pipeline::replay::{Bound, Ended, Progress};

use super::Held;
use crate::cli::{Derive, End};
use crate::config::Config;
use crate::progress;
use crate::replay::{Asked, Audience, Derivation, SERVICES, begin};
use crate::signals::stop_on_signals;
use crate::storage::Job;

/// How often progress is told where no bar can be shown.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How often it is looked for more, where a replay follows.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) fn run(config: &Config, service: &str, wanted: &Derive) -> anyhow::Result<()> {
    let (from, to) = bounds(wanted)?;
    let through = wanted.through.as_deref().unwrap_or(service);
    let place = |name: &str| SERVICES.iter().position(|service| *service == name);
    if place(through) < place(service) {
        bail!("--through {through} comes before {service}: name a service after it");
    }
    let asked = Asked {
        generation: wanted.generation,
        service: service.to_owned(),
        through: through.to_owned(),
        reads: wanted.reads,
        words: words(&from, &to),
        from,
        to,
    };
    let held = Held::take(config, wanted.generation)?;
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    let state = held.state();
    held.opened.run(Deriving {
        config,
        asked,
        follow: wanted.follow,
        state,
        shutdown,
    })
}

struct Deriving<'a> {
    config: &'a Config,
    asked: Asked,
    follow: bool,
    state: PathBuf,
    shutdown: Shutdown,
}

impl Job for Deriving<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let (known, generation) = begin(&log, self.config, &self.asked)?;
        let number = generation.number;
        // Moments such as @3d differ each time the same command is given, so this is no error.
        if !self.asked.words.is_empty() && self.asked.words != generation.asked {
            let named = &self.asked.words;
            eprintln!(
                "generation {number} keeps the bounds that it was begun with; {named}, as named now, changes \
                 nothing"
            );
        }
        if generation.standing == Standing::Replayed && self.asked.to != Bound::Open {
            eprintln!("generation {number} is derived{}", comma(&generation.asked));
            return Ok(());
        }
        if !generation.steps.is_empty() {
            let begun = comma(&generation.asked);
            match generation.standing {
                Standing::Replayed => eprintln!(
                    "generation {number}, which was derived as it was begun{begun}, goes on to the end that \
                     there is now"
                ),
                _ => eprintln!("generation {number} goes on as it was begun{begun}"),
            }
        }
        let mut derivation = Derivation::of(
            log,
            self.config,
            &known,
            generation,
            self.state.clone(),
            &self.shutdown,
        )?;
        let mut telling = Telling::default();
        if derivation.derive(&self.asked.from, &self.asked.to, &mut telling)? == Ended::Asked {
            bail!("ended early; the same command goes on");
        }
        if self.follow {
            return self.follow(&mut derivation, number);
        }
        eprintln!(
            "generation {number} is derived; `copydesk replay diff` compares it, and `copydesk replay \
             switch {number}` makes it the live one"
        );
        Ok(())
    }
}

impl Deriving<'_> {
    /// Derives what comes, until it is stopped or the services go on with the generation.
    fn follow<L: Log>(
        &self,
        derivation: &mut Derivation<'_, L>,
        number: u32,
    ) -> anyhow::Result<()> {
        eprintln!("following what comes; ^C ends it");
        let mut quiet = Quiet;
        while !self.shutdown.wait(LOOK_EVERY) {
            if derivation.is_live()? {
                eprintln!("generation {number} is live: the services go on with it");
                return Ok(());
            }
            if !derivation.is_behind()? {
                continue;
            }
            let derived = derivation.derive(&Bound::Open, &Bound::Open, &mut quiet);
            // Where it went live meanwhile that is what ended it, and the next look says so.
            if derived.is_err() && !derivation.is_live()? {
                derived?;
            }
        }
        Ok(())
    }
}

fn comma(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(", {words}")
    }
}

/// The bounds that the flags mean.
fn bounds(wanted: &Derive) -> anyhow::Result<(Bound, Bound)> {
    let mut from = BTreeMap::new();
    for place in &wanted.from_offset {
        if from.insert(place.0, place.1).is_some() {
            bail!("--from-offset names partition {} twice", place.0);
        }
    }
    let from = match wanted.from_timestamp {
        Some(moment) if moment.0 > Timestamp::now() => {
            bail!(
                "--from-timestamp {} lies in the future: nothing was written since",
                moment.0
            )
        }
        Some(moment) => Bound::Moment(moment.0),
        None if from.is_empty() => Bound::Open,
        None => Bound::Offsets(from),
    };
    let mut to = BTreeMap::new();
    for end in &wanted.to {
        match end {
            End::Moment(moment) if wanted.to.len() == 1 => {
                if matches!(&from, Bound::Moment(begin) if *begin >= moment.0) {
                    bail!("--to {} does not lie behind --from-timestamp", moment.0);
                }
                return Ok((from, Bound::Moment(moment.0)));
            }
            End::Moment(_) => bail!("--to takes one moment, or offsets of partitions"),
            End::Place(place) => {
                if to.insert(place.0, place.1).is_some() {
                    bail!("--to names partition {} twice", place.0);
                }
            }
        }
    }
    let to = if to.is_empty() {
        Bound::Open
    } else {
        Bound::Offsets(to)
    };
    Ok((from, to))
}

fn words(from: &Bound, to: &Bound) -> String {
    let one = |word: &str, bound: &Bound| match bound {
        Bound::Open => None,
        Bound::Moment(moment) => Some(format!("{word} {moment:.0}")),
        Bound::Offsets(offsets) => {
            let each = offsets.iter();
            let each = each.map(|(partition, offset)| format!("{partition}:{offset}"));
            Some(format!("{word} {}", each.collect::<Vec<_>>().join(" ")))
        }
    };
    let words = [one("from", from), one("to", to)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Tells of a replay on standard error: a bar on a terminal, plain lines otherwise.
#[derive(Debug)]
pub(super) struct Telling {
    bar: ProgressBar,
    stage: String,
    began: Instant,
    told: Instant,
    last: Progress,
}

impl Default for Telling {
    fn default() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            stage: String::new(),
            began: Instant::now(),
            told: Instant::now(),
            last: Progress::default(),
        }
    }
}

impl Telling {
    /// Records handled in a second.
    fn rate(&self) -> f64 {
        self.last.handled as f64 / self.began.elapsed().as_secs_f64().max(0.001)
    }
}

impl Audience for Telling {
    fn begins(&mut self, stage: &str, topic: &str, folds: u64, total: u64) {
        stage.clone_into(&mut self.stage);
        self.began = Instant::now();
        self.told = self.began;
        self.last = Progress::default();
        eprintln!("{stage}: {total} offsets of {topic}");
        if folds > 0 {
            eprintln!(
                "{stage}: the first {folds} are the window before, folded without anything written"
            );
        }
        self.bar = progress::bar(total, "offsets");
    }

    fn falls_short(&mut self, what: &str) {
        eprintln!("{}: {what}", self.stage);
    }

    fn misses(&mut self, what: &str) {
        self.bar.suspend(|| eprintln!("warning: {what}"));
    }

    fn moves(&mut self, progress: Progress) {
        self.last = progress;
        self.bar.set_position(progress.offsets);
        if !std::io::stderr().is_terminal() && self.told.elapsed() > TELL_EVERY {
            self.told = Instant::now();
            eprintln!(
                "{}: {} of {} offsets, {:.0} records/s",
                self.stage,
                progress.offsets,
                progress.total,
                self.rate()
            );
        }
    }

    fn ends(&mut self) {
        self.bar.finish_and_clear();
        let Progress {
            handled,
            written,
            dead,
            ..
        } = self.last;
        eprintln!(
            "{}: {handled} records handled in {:.1} s ({:.0}/s), {written} written, {dead} dead letters",
            self.stage,
            self.began.elapsed().as_secs_f64(),
            self.rate()
        );
    }
}

/// Tells only of what is missing.
struct Quiet;

impl Audience for Quiet {
    fn begins(&mut self, _: &str, _: &str, _: u64, _: u64) {}

    fn falls_short(&mut self, _: &str) {}

    fn misses(&mut self, what: &str) {
        eprintln!("warning: {what}");
    }

    fn moves(&mut self, _: Progress) {}

    fn ends(&mut self) {}
}
