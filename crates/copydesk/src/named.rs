//! The topic that a user means.

use anyhow::bail;
use pipeline::log::Log;
use pipeline::topics::names;

use crate::config::Config;
use crate::hint::nearest;
use crate::live;
use crate::patience::patiently;

/// The topic's name in the log for what a user called it: one of generation 1 means that topic in the
/// live generation, and `articles.cleaned.g1` the first one's all the same.
///
/// # Errors
/// Where the log has no such topic: with what was meant, or what is to be done.
pub fn topic<L: Log>(log: &L, config: &Config, given: &str) -> anyhow::Result<String> {
    let topology = live::topology(log, config)?;
    let is_base = names().any(|name| name == given);
    let first = given.strip_suffix(".g1");
    let meant = match topology.topic(given).filter(|_| is_base) {
        Some(topic) => topic.name.as_str(),
        None => first.unwrap_or(given),
    };
    if patiently(|| log.partitions(meant))?.is_none() {
        bail!("there is no topic {given}{}", hint(given));
    }
    Ok(meant.to_owned())
}

/// What was meant, or what is to be done.
pub(crate) fn hint(topic: &str) -> String {
    match nearest(topic, names()) {
        Some(near) if near == topic => " yet: `copydesk topics apply` makes it".to_owned(),
        Some(near) => format!("; did you mean {near}?"),
        None => format!("; there is {}", names().collect::<Vec<_>>().join(", ")),
    }
}
