//! Who looks how far the input of each task reaches, for the lag, and how far back the log does: a thread of
//! its own, because a task that hangs or waits cannot tell.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::ahead;
use crate::horizon::Horizon;
use crate::lag::Question;
use crate::log::{Failure, Log};
use crate::runtime::Runtime;
use crate::worker::spawn;

/// How often each partition's end is asked for.
const ROUND: Duration = Duration::from_secs(2);
/// How often it is asked how far back the log reaches. Between two scrapes, and it changes every few hours.
const BACK: Duration = Duration::from_secs(10);

/// Starts it. It ends when the shutdown is requested, on Kafka after the question that is under way.
///
/// # Errors
/// A thread that cannot be started.
pub fn start<L: Log>(runtime: &Runtime<L>) -> Result<JoinHandle<()>, Failure> {
    let runtime = runtime.clone();
    spawn("lookout", move || {
        let mut looked_back: Option<Instant> = None;
        while !runtime.shutdown.wait(ROUND) {
            if looked_back.is_none_or(|looked| looked.elapsed() >= BACK) {
                let topology = runtime.live.topology();
                let before = runtime.board.horizon();
                let horizon = Horizon::look(&runtime.log, &topology, &before);
                runtime.board.reaches_back(horizon);
                looked_back = Some(Instant::now());
            }
            for (stage, partition, question) in runtime.board.questions() {
                if runtime.shutdown.is_requested() {
                    break;
                }
                // A log that does not answer is told of by those who cannot go on without it.
                if let Err(failure) = ask(&runtime, stage, partition, &question) {
                    tracing::debug!(stage, partition, "the lag is not known: {failure}");
                }
            }
        }
    })
}

fn ask<L: Log>(
    runtime: &Runtime<L>,
    stage: &'static str,
    partition: u32,
    question: &Question,
) -> Result<(), Failure> {
    let (log, topic) = (&runtime.log, question.topic.as_str());
    let bounds = log.bounds(topic, partition)?;
    let next = if let Some(next) = question.next {
        next
    } else {
        let committed = log.committed(&question.group, topic, partition)?;
        committed.unwrap_or(bounds.start)
    };
    // What retention has dropped waits no more.
    let next = next.max(bounds.start);
    let mut offsets = None;
    runtime.board.way(stage, partition, |way| {
        offsets = way.reaches(question, next, bounds.end, Instant::now());
    });
    let Some(offsets) = offsets else {
        return Ok(());
    };
    let ahead = ahead::look(log, topic, partition, &offsets)?;
    runtime.board.way(stage, partition, |way| {
        way.shows(question, ahead, offsets.end);
    });
    Ok(())
}
