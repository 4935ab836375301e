//! Check the configuration and print every effective value with where it came from.

use std::io::Write as _;

use crate::config::{Setting, Sources};

pub(super) fn run(sources: &Sources, settings: &[Setting]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match &sources.file {
        Some(path) => writeln!(out, "# configuration file: {}", path.display())?,
        None => writeln!(out, "# no configuration file")?,
    }
    let lines: Vec<String> = settings
        .iter()
        .map(|setting| format!("{} = {}", setting.key, setting.value))
        .collect();
    let width = lines
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0)
        .min(60);
    for (line, setting) in lines.iter().zip(settings) {
        writeln!(out, "{line:<width$}  # {}", setting.place)?;
    }
    Ok(())
}
