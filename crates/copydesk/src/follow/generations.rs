//! Following a topic of the live generation, also when another one goes live.

use std::io::Write;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use pipeline::generations::Watch;
use pipeline::log::{Failure, Log};
use pipeline::topics::{Topic, Topology, names};
use pipeline::{Live, Shutdown};

use super::known::Known;
use super::{Following, Passed, follow};
use crate::config::Config;
use crate::line::Lines;
use crate::live;
use crate::scan::Start;
use crate::select::Selector;

/// How often it is asked which generation is live.
const ASK: Duration = Duration::from_secs(1);
/// How long a topic that cannot be read any more may be that of a generation that was followed by another
/// and dropped.
const GONE: Duration = Duration::from_secs(3);
/// How far the clocks of those who write may be behind ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// Prints a topic as [`super::print`] does, in whichever generation is `live`. What `following` calls the
/// topic is its name in the first one.
///
/// A generation that goes live has its own records of what the one before has told already: those that its
/// replay wrote, and those that its services write until they have come to where the others stopped. Printed
/// of them is what was written since the beginning and was not read in the generation before. So nothing
/// comes twice that tells the same, and nothing is missing that was written while somebody followed. Standard
/// error says where it goes on.
///
/// # Errors
/// As [`super::print`].
pub fn print_live<L: Log>(
    log: &L,
    live: &Live,
    following: &Following,
    out: &mut impl Write,
    lines: &mut Lines,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let began = Timestamp::now() - CLOCKS;
    let mut selector = Selector::new(following.select.clone(), &following.topic)?;
    let mut known = Known::of(topic(&live.topology(), &following.topic)?.cleanup);
    let mut now = following.clone();
    loop {
        let (topology, changed) = live.now();
        // Asked after that: whoever requests it has the change told next.
        if shutdown.is_requested() {
            return Ok(());
        }
        now.topic = topic(&topology, &following.topic)?.name;
        let outcome = follow(log, &now, &mut selector, &known, out, lines, &changed);
        let is_gone = |error: &anyhow::Error| error.is::<Failure>();
        if outcome.as_ref().is_err_and(is_gone) {
            changed.wait(GONE);
        }
        let is_enough = |passed: &Passed| passed.left == Some(0);
        if outcome.as_ref().is_err_and(|error| !is_gone(error))
            || shutdown.is_requested()
            || !changed.is_requested()
            || outcome.as_ref().is_ok_and(is_enough)
        {
            return outcome.map(drop);
        }
        let next = live.topology();
        eprintln!(
            "generation {} is live: going on in {}, without what {} has told already",
            next.generation(),
            topic(&next, &following.topic)?.name,
            now.topic
        );
        now.start = Start::Since(began);
        let read = outcome.and_then(|passed| {
            now.limit = passed.left;
            known.add(log, &now.topic, &passed.span)
        });
        if let Err(error) = read {
            eprintln!(
                "warning: {} cannot be read any more ({error:#}); going on with what comes from now on",
                now.topic
            );
            now.start = Start::End;
        }
    }
}

fn topic(topology: &Topology, base: &str) -> anyhow::Result<Topic> {
    let topic = topology.topic(base);
    let topic = topic.with_context(|| format!("the live generation has no topic {base}"))?;
    Ok(topic.clone())
}

/// Whether a topic that a user named is the live generation's, whichever that is.
pub fn is_live(given: &str) -> bool {
    names().any(|name| name == given)
}

/// The live generation, watched for as long as `until` is not requested, for whoever reads `topic` of it.
///
/// # Errors
/// A log that cannot be read.
pub fn watch<L: Log>(
    log: &L,
    config: &Config,
    topic: &str,
    until: &Shutdown,
) -> anyhow::Result<Live> {
    let known = live::generations(log, config)?;
    let mut watch = Watch::new(log, &config.topology(), known.clone());
    let live = Live::new(live::of(&known, known.live(), config)?.into());
    let (watched, config) = (live.clone(), config.clone());
    let (topic, until) = (topic.to_owned(), until.clone());
    std::thread::Builder::new()
        .name("generations".into())
        .spawn(move || {
            while !until.wait(ASK) {
                let known = match watch.news() {
                    Ok(Some(known)) => known,
                    Ok(None) => continue,
                    Err(failure) => {
                        tracing::debug!("which generation is live is asked again: {failure}");
                        continue;
                    }
                };
                match live::of(known, known.live(), &config) {
                    // The stages before a generation's first are those of the one that it reads.
                    Ok(next) if next.topic(&topic) != watched.topology().topic(&topic) => {
                        watched.change(next.into());
                    }
                    Ok(_) => {}
                    Err(error) => eprintln!("warning: {error}"),
                }
            }
        })?;
    Ok(live)
}
