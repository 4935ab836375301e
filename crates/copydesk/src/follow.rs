//! Printing a topic as it grows.

mod generations;
mod known;

use std::io::{IsTerminal as _, Write};
use std::time::{Duration, Instant};

use article::{Enriched, Message as _};
use jiff::tz::TimeZone;
use pipeline::log::{Failure, Log, Offset, Stored};
use pipeline::{Shutdown, Waker, topics};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::line::{Lines, json_line};
use crate::patience::patiently;
use crate::scan::{Scan, Span, Start};
use crate::select::{Select, Selector};

pub use self::generations::{is_live, print_live, watch};
use self::known::Known;

/// A wait ends at the latest after this: a reader of another process's log is not rung for
/// everything.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How many articles before the first line are looked at, to know by name the sources of the first
/// copies.
const BEFORE: Offset = 2_000;

/// A log that could not be read for so long is told of.
const OUTAGE: Duration = Duration::from_secs(10);

/// What to print and for how long.
#[derive(Clone, Debug)]
pub struct Following {
    /// The topic.
    pub topic: String,
    /// Where to begin.
    pub start: Start,
    /// Which of its records.
    pub select: Select,
    /// Whether to wait for more at the end.
    pub follow: bool,
    /// Whole records as JSON.
    pub json: bool,
    /// How many records at the most.
    pub limit: Option<u64>,
}

/// Prints records until the limit, or until the end where it does not follow or is asked to stop: what
/// is there by then is printed first. Who follows outlives an outage of the log, with a warning on
/// standard error.
///
/// # Errors
/// A log that cannot be read, a selection that the topic's values do not allow, or an output that takes
/// no more.
pub fn print<L: Log>(
    log: &L,
    following: &Following,
    out: &mut impl Write,
    lines: &mut Lines,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let mut selector = Selector::new(following.select.clone(), &following.topic)?;
    let known = Known::default();
    follow(log, following, &mut selector, &known, out, lines, shutdown).map(drop)
}

/// How far somebody has come.
#[derive(Debug)]
struct Passed {
    /// What of the topic lies before that.
    span: Span,
    /// How many records more are wanted.
    left: Option<u64>,
}

/// As [`print`], but for what is `known`.
fn follow<L: Log>(
    log: &L,
    following: &Following,
    selector: &mut Selector,
    known: &Known,
    out: &mut impl Write,
    lines: &mut Lines,
    shutdown: &Shutdown,
) -> anyhow::Result<Passed> {
    let waker = Waker::default();
    shutdown.rings(&waker);
    let topic = following.topic.as_str();
    let mut scan = open(log, following, &waker)?;
    if topics::base(topic) == Some(Enriched::TOPIC) && !following.json {
        prime(log, following, lines)?;
    }
    let mut outage = Outage::default();
    let mut left = following.limit.unwrap_or(u64::MAX);
    while left > 0 {
        let is_last_look = !following.follow || shutdown.is_requested();
        let next = match scan.next_record() {
            Err(failure) if !is_last_look => outage.meets(failure, log, &mut scan)?,
            next => {
                outage.ends();
                next?
            }
        };
        let Some((partition, record)) = next else {
            out.flush()?;
            // Where records are rare, the next write may be hours away.
            if is_last_look || is_deserted() {
                break;
            }
            waker.wait(LOOK_AGAIN);
            continue;
        };
        if known.has(&record) || !selector.takes(&record) {
            continue;
        }
        let line = if following.json {
            json_line(topic, partition, &record)
        } else {
            lines.line(topic, partition, &record)
        };
        writeln!(out, "{line}")?;
        left -= 1;
    }
    out.flush()?;
    Ok(Passed {
        span: scan.passed(),
        left: following.limit.map(|_| left),
    })
}

fn open<L: Log>(log: &L, following: &Following, waker: &Waker) -> Result<Scan<L::Reader>, Failure> {
    if following.follow {
        Scan::following(log, &following.topic, following.start, waker)
    } else {
        Scan::bounded(log, &following.topic, following.start)
    }
}

/// How long the log could not be read.
#[derive(Debug)]
struct Outage {
    well: Instant,
    is_told: bool,
}

impl Default for Outage {
    fn default() -> Self {
        Self {
            well: Instant::now(),
            is_told: false,
        }
    }
}

impl Outage {
    /// Does what can be done about a failure: nothing but to try again, or to open the partitions again.
    ///
    /// # Errors
    /// What no waiting mends.
    fn meets<L: Log>(
        &mut self,
        failure: Failure,
        log: &L,
        scan: &mut Scan<L::Reader>,
    ) -> Result<Option<(u32, Stored)>, Failure> {
        if !self.is_told && self.well.elapsed() >= OUTAGE {
            self.is_told = true;
            eprintln!("warning: {failure}; trying on until it succeeds");
        }
        let mended = match failure {
            Failure::Retry(_) => Ok(()),
            Failure::Reopen(_) => scan.reopen(log),
            Failure::Fenced(_) | Failure::Fatal(_) | Failure::Unfit(_) => Err(failure),
        };
        match mended {
            Err(worse @ (Failure::Fenced(_) | Failure::Fatal(_) | Failure::Unfit(_))) => Err(worse),
            _ => Ok(None),
        }
    }

    fn ends(&mut self) {
        if self.is_told {
            eprintln!("the log can be read again");
        }
        *self = Self::default();
    }
}

/// Whether whoever read standard output has gone, as `head` does when it has enough.
fn is_deserted() -> bool {
    let stdout = std::io::stdout();
    let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let asked = poll(&mut polled, Some(&at_once));
    asked.is_ok()
        && polled[0]
            .revents()
            .intersects(PollFlags::ERR | PollFlags::HUP)
}

/// Lets `lines` see the articles that came just before the first one to print.
fn prime<L: Log>(log: &L, following: &Following, lines: &mut Lines) -> anyhow::Result<()> {
    let topic = following.topic.as_str();
    let count = patiently(|| log.partitions(topic))?.unwrap_or(0);
    let mut oldest = Offset::MAX;
    let mut newest = 0;
    for partition in 0..count {
        let bounds = patiently(|| log.bounds(topic, partition))?;
        let start = match following.start {
            Start::Beginning => bounds.start,
            Start::At(offset) => offset,
            Start::End | Start::Since(_) | Start::Around(..) => bounds.end,
        };
        oldest = oldest.min(start.saturating_sub(BEFORE));
        newest = newest.max(start);
    }
    let mut scan = Scan::bounded(log, topic, Start::At(oldest))?;
    while let Some((_, record)) = scan.next_record()? {
        if record.offset < newest {
            lines.note(&record);
        }
    }
    Ok(())
}

/// Lines for this process's standard output: local time, coloured on a terminal that wants colours.
pub fn lines_for_stdout() -> Lines {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    Lines::new(TimeZone::system(), colour)
}
