//! Print a command's manual page, or write those of all.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::cli::{Cli, Man};

const SECTION: &str = "1";
/// How a command's help begins an example.
const EXAMPLE: &str = "Example: ";

pub(super) fn run(man: &Man) -> anyhow::Result<()> {
    let mut copydesk = Cli::command().disable_help_subcommand(true);
    // Only then do commands know their whole names and what every command takes.
    copydesk.build();
    if let Some(dir) = &man.dir {
        std::fs::create_dir_all(dir)
            .with_context(|| format!("the folder {} cannot be made", dir.display()))?;
        return write_all(&copydesk, dir);
    }
    let mut command = &copydesk;
    for name in &man.command {
        let Some(found) = command.find_subcommand(name) else {
            bail!("{} has no command {name}", called(command));
        };
        command = found;
    }
    std::io::stdout().lock().write_all(&page(command)?)?;
    Ok(())
}

/// Writes the pages of a command and of those below it, each named as `man` looks for it.
fn write_all(command: &Command, dir: &Path) -> anyhow::Result<()> {
    let path = dir.join(format!("{}.{SECTION}", dashed(command)));
    std::fs::write(&path, page(command)?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    for below in command.get_subcommands() {
        write_all(below, dir)?;
    }
    Ok(())
}

/// A command's page.
fn page(command: &Command) -> std::io::Result<Vec<u8>> {
    let version = command.get_version().unwrap_or_default();
    let page = Page::new(command.clone())
        .title(dashed(command).to_uppercase())
        .section(SECTION)
        .source(format!("copydesk {version}"))
        .manual("Copydesk");
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut out)?;
    }
    if let Some(after) = command.get_after_help() {
        examples_and_notes(&after.to_string()).to_writer(&mut out)?;
    }
    Ok(out)
}

/// What stands below a command's help: its examples, and what else there is to say.
fn examples_and_notes(after: &str) -> Roff {
    let (examples, notes): (Vec<&str>, Vec<&str>) =
        after.lines().partition(|line| line.starts_with(EXAMPLE));
    let mut roff = Roff::new();
    for (heading, lines) in [("EXAMPLE", examples), ("NOTES", notes)] {
        if lines.iter().all(|line| line.trim().is_empty()) {
            continue;
        }
        roff.control("SH", [heading]);
        for line in lines {
            roff.control("PP", []);
            roff.text([roman(line.strip_prefix(EXAMPLE).unwrap_or(line))]);
        }
    }
    roff
}

/// A command's name in the manual: `copydesk-feeds-add`.
fn dashed(command: &Command) -> String {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name()).to_owned()
}

/// A command's name as it is typed.
fn called(command: &Command) -> String {
    let name = command.get_bin_name();
    name.unwrap_or_else(|| command.get_name()).to_owned()
}
