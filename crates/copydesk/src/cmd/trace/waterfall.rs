//! An article's way for people.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use owo_colors::OwoColorize as _;
use serde_json::Value;

use crate::line::is_obeyed;
use crate::way::{Break, Step, Way, outlet, steps, url};

/// How wide the bars are together, in characters.
const WIDTH: usize = 36;
const NAME_WIDTH: usize = 26;

/// All of it as text, with times of `zone`.
pub(super) fn of(way: &Way, zone: &TimeZone, colour: bool) -> String {
    let mut text = head(way, zone);
    let steps = steps(way);
    text.push('\n');
    match &way.broken {
        Some(Break::Gone(record)) => line(
            &mut text,
            &format!("  what came before has gone, as {record} is no longer kept"),
        ),
        Some(Break::Untold(record)) => line(
            &mut text,
            &format!(
                "  what came before is not known: {record} does not tell what it was made from"
            ),
        ),
        None => {}
    }
    if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
        let scale = Scale {
            begin: first.from,
            whole: milliseconds(first.from, last.to).max(1),
        };
        for step in &steps {
            line(&mut text, &row(step, last, &scale, colour));
        }
    }
    for letter in &way.dead {
        let when = letter.written_at.to_zoned(zone.clone());
        let trace = letter.trace.trace_id().unwrap_or_else(|| "none".to_owned());
        line(
            &mut text,
            &format!(
                "  dead letter {}:{} of {} at {}: {}: {}  trace {trace}",
                letter.at.0,
                letter.at.1,
                letter.stage,
                when.strftime("%T"),
                letter.reason,
                plain(&letter.detail)
            ),
        );
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// What article it is, and how long all of it took.
fn head(way: &Way, zone: &TimeZone) -> String {
    let mut text = String::new();
    let Some(last) = way.stops.last() else {
        line(&mut text, &format!("article  {}", way.id));
        return text;
    };
    let value = last.value().unwrap_or_default();
    let field = |name: &str| value[name].as_str().map(plain);
    if let Some(title) = field("title").filter(|title| !title.is_empty()) {
        line(&mut text, &title);
    }
    let outlet = plain(outlet(&value).unwrap_or_default());
    let url = plain(url(&value).unwrap_or_default());
    line(&mut text, format!("{outlet}  {url}").trim_start());
    let version = value["version"].as_u64().filter(|version| *version > 1);
    let version = version.map_or_else(String::new, |version| format!(", version {version}"));
    line(&mut text, &format!("article  {}{version}", way.id));
    let trace = last.trace();
    let kept = if trace.is_sampled() {
        "recorded"
    } else {
        "not recorded"
    };
    let id = trace.trace_id();
    let id = id.map_or_else(|| "none".to_owned(), |id| format!("{id} ({kept})"));
    line(&mut text, &format!("trace    {id}"));
    line(&mut text, &format!("took     {}", took(way, &value, zone)));
    text
}

fn took(way: &Way, value: &Value, zone: &TimeZone) -> String {
    let steps = steps(way);
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return "nothing that is known".to_owned();
    };
    let began = first.from.to_zoned(zone.clone());
    let mut text = format!(
        "{} from {} on",
        duration(milliseconds(first.from, last.to)),
        began.strftime("%F %T%.3f")
    );
    let published: Option<Timestamp> = value["published"].as_str().and_then(|at| at.parse().ok());
    if let Some(published) = published
        && published <= first.from
    {
        let after = duration(milliseconds(published, first.from));
        let _ = write!(text, ", {after} after it was published");
    }
    text
}

struct Scale {
    begin: Timestamp,
    /// In milliseconds.
    whole: u64,
}

impl Scale {
    fn column(&self, moment: Timestamp) -> usize {
        let after = milliseconds(self.begin, moment).min(self.whole);
        (u128::from(after) * WIDTH as u128 / u128::from(self.whole)) as usize
    }
}

fn row(step: &Step, last: &Step, scale: &Scale, colour: bool) -> String {
    let from = scale.column(step.from).min(WIDTH - 1);
    let to = scale.column(step.to).max(from + 1);
    let bar = "━".repeat(to - from);
    let bar = if colour { bar.cyan().to_string() } else { bar };
    let name = format!("{:<NAME_WIDTH$}", step.name);
    let after = duration(milliseconds(scale.begin, step.from));
    let took = duration(milliseconds(step.from, step.to));
    let place = step.place.as_deref().unwrap_or_default();
    let other = match &step.trace {
        Some(trace) if step.trace != last.trace => format!("  in trace {trace}"),
        _ => String::new(),
    };
    format!(
        "  {after:>9}  {name}  {}{bar}{}  {took:>9}  {place}{other}",
        " ".repeat(from),
        " ".repeat(WIDTH - to)
    )
}

/// Clocks differ: what ends before it begins took no time.
fn milliseconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}

fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{:03} s", milliseconds % 1000),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86400, seconds / 3600 % 24),
    }
}

/// Without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_obeyed(*c)).collect()
}

#[cfg(test)]
mod tests;
