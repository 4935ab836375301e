//! Make the pipeline's topics and change how long they keep, or tell what would be done.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use pipeline::log::Log;
use pipeline::log::local::{LocalLog, OpenError};
use pipeline::plan::{Plan, Setting, Step, plan};
use serde_json::{Value, json};

use crate::cli::Topics;
use crate::config::Config;
use crate::live;
use crate::patience::patiently;
use crate::storage::{self, Job, Opened};

pub(super) fn run(config: &Config, topics: &Topics) -> anyhow::Result<()> {
    match topics {
        Topics::Plan { json } => show(&planned(config)?, *json),
        Topics::Apply { yes } => apply(config, *yes),
    }
}

/// The plan, read beside whoever runs the log. Where there is no log yet, everything is missing.
fn planned(config: &Config) -> anyhow::Result<Plan> {
    if !config.kafka.is_set() {
        let opened = LocalLog::beside(storage::local_config(config));
        if let Err(OpenError::Missing { .. }) = opened {
            return Ok(Plan::new(&[], &config.topology().all()));
        }
    }
    storage::beside(config, &[])?.run(Planning { config })
}

struct Planning<'a> {
    config: &'a Config,
}

impl Job for Planning<'_> {
    type Output = Plan;

    fn on<L: Log>(self, log: L) -> anyhow::Result<Plan> {
        let wanted = live::topology(&log, self.config)?.all();
        Ok(patiently(|| plan(&log, &wanted))?)
    }
}

fn show(plan: &Plan, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        let steps: Vec<Value> = plan.steps().iter().map(step_json).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&steps)?)?;
    } else {
        write!(out, "{plan}")?;
    }
    Ok(())
}

fn apply(config: &Config, yes: bool) -> anyhow::Result<()> {
    let opened = if config.kafka.is_set() {
        storage::beside(config, &[])?
    } else {
        match LocalLog::open(storage::local_config(config)) {
            Err(OpenError::Held { pid, .. }) => return leave_to(pid, config, yes),
            opened => Opened::Local(opened.with_context(|| {
                format!("the log in {} cannot be opened", config.data_dir.display())
            })?),
        }
    };
    opened.run(Applying { config, yes })
}

/// A local log has one process that decides about its topics, and it does so when it starts.
fn leave_to(pid: u32, config: &Config, yes: bool) -> anyhow::Result<()> {
    let plan = planned(config)?;
    show(&plan, false)?;
    permit(&plan, yes)?;
    if plan.steps().is_empty() {
        return Ok(());
    }
    bail!(
        "nothing was done: process {pid} runs the log in {}, and takes this over when it is started again",
        config.data_dir.display()
    )
}

struct Applying<'a> {
    config: &'a Config,
    yes: bool,
}

impl Job for Applying<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let wanted = live::topology(&log, self.config)?.all();
        let plan = patiently(|| plan(&log, &wanted))?;
        show(&plan, false)?;
        permit(&plan, self.yes)?;
        if plan.steps().is_empty() {
            return Ok(());
        }
        patiently(|| log.create(&wanted))?;
        let (made, changed): (Vec<&Step>, Vec<&Step>) = plan
            .steps()
            .iter()
            .partition(|step| matches!(step, Step::Create(_)));
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "done: {} topics created, {} changed",
            made.len(),
            names(changed).len()
        )?;
        Ok(())
    }
}

/// All of the plan or nothing of it.
fn permit(plan: &Plan, yes: bool) -> anyhow::Result<()> {
    if plan.is_refused() {
        bail!(
            "nothing was done: a step of the plan is refused, and its line says what to do instead"
        );
    }
    if plan.is_lossy() && !yes {
        let lossy = plan.steps().iter().filter(|step| step.loss().is_some());
        bail!(
            "nothing was done: records of {} would go for good; --yes applies the plan all the same",
            names(lossy).join(", ")
        );
    }
    Ok(())
}

/// The topics of some steps, each once: its steps follow each other.
fn names<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Vec<&'a str> {
    let mut names: Vec<&str> = steps.into_iter().map(Step::topic).collect();
    names.dedup();
    names
}

/// A step for a program: a change and a refusal name the setting, and its value as it is and as it is
/// wanted; null is without bound.
fn step_json(step: &Step) -> Value {
    match step {
        Step::Create(topic) => json!({
            "step": "create",
            "topic": topic.name,
            "partitions": topic.partitions,
            "cleanup": topic.cleanup.to_string(),
            "retention_ms": topic.retention.map(millis),
            "retention_bytes": topic.retention_bytes,
        }),
        Step::Change { topic, setting } => {
            let (name, from, to) = match *setting {
                Setting::Other(ref other) => (other.name, json!(other.from), json!(other.to)),
                Setting::Cleanup { from, to } => {
                    ("cleanup", json!(from.to_string()), json!(to.to_string()))
                }
                Setting::Retention { from, to } => (
                    "retention_ms",
                    json!(from.map(millis)),
                    json!(to.map(millis)),
                ),
                Setting::RetentionBytes { from, to } => ("retention_bytes", json!(from), json!(to)),
            };
            json!({
                "step": "change",
                "topic": topic,
                "setting": name,
                "from": from,
                "to": to,
                "needs_yes": step.loss().is_some(),
            })
        }
        Step::Refused {
            topic,
            there,
            wanted,
        } => json!({
            "step": "refused",
            "topic": topic,
            "setting": "partitions",
            "from": there,
            "to": wanted,
        }),
    }
}

fn millis(kept: Duration) -> u64 {
    u64::try_from(kept.as_millis()).unwrap_or(u64::MAX)
}
