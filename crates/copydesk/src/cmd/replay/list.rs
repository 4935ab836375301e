//! List the generations.

use std::fmt::Write as _;
use std::io::Write as _;

use pipeline::generations::{FIRST, Generation, Standing};
use pipeline::log::Log;
use serde_json::json;

use crate::config::Config;
use crate::live;
use crate::storage::{self, Job};

pub(super) fn run(config: &Config, json: bool) -> anyhow::Result<()> {
    storage::beside(config, &[])?.run(Listing { config, json })
}

struct Listing<'a> {
    config: &'a Config,
    json: bool,
}

impl Job for Listing<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let known = live::generations(&log, self.config)?;
        let live = known.live();
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(
                out,
                "{}",
                json!({ "number": FIRST, "live": live == FIRST, "standing": "first" })
            )?;
            for generation in known.known() {
                let mut whole = serde_json::to_value(generation)?;
                whole["live"] = json!(generation.number == live);
                writeln!(out, "{whole}")?;
            }
            return Ok(());
        }
        let mark = |number| if number == live { "live" } else { "" };
        writeln!(out, "{:>4}  {:<4}  the first", FIRST, mark(FIRST))?;
        for generation in known.known() {
            let number = generation.number;
            writeln!(
                out,
                "{number:>4}  {:<4}  {}",
                mark(number),
                words(generation)
            )?;
        }
        Ok(())
    }
}

fn words(generation: &Generation) -> String {
    let services = if generation.service == generation.through {
        generation.service.clone()
    } else {
        format!("{} through {}", generation.service, generation.through)
    };
    let standing = match generation.standing {
        Standing::Replaying => "not at its end",
        Standing::Replayed => "replayed",
        Standing::Dropping => "being dropped",
        Standing::Dropped => "dropped",
    };
    let mut missing = String::new();
    for step in generation.steps.iter().filter(|step| step.gone > 0) {
        let _ = write!(missing, ", without {} offsets of {}", step.gone, step.topic);
    }
    format!(
        "{services}, reads {}, {standing}, begun {:.0} by copydesk {} ({}){}{}{missing}",
        generation.reads,
        generation.made_at,
        generation.version,
        generation.config,
        if generation.asked.is_empty() {
            ""
        } else {
            ", "
        },
        generation.asked
    )
}
