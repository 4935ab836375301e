//! Every command says what it does and shows an example that the real parser takes.

use clap::{Command, CommandFactory as _, Parser as _};

use super::Cli;

fn tree() -> Command {
    let mut copydesk = Cli::command().disable_help_subcommand(true);
    copydesk.build();
    copydesk
}

/// Every command below, and this one.
fn all<'a>(command: &'a Command, into: &mut Vec<&'a Command>) {
    into.push(command);
    for below in command.get_subcommands() {
        all(below, into);
    }
}

/// What the shell hands to the first command of a line: quotes are taken off, and what follows belongs
/// to somebody else.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(character),
        }
    }
    let elsewhere = |word: &String| matches!(word.as_str(), "|" | ">" | "<" | "&");
    let end = words.iter().position(elsewhere).unwrap_or(words.len());
    words.truncate(end);
    words
}

/// What is wrong with the help of a command.
fn faults(command: &Command) -> Vec<String> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut faults = Vec::new();
    if command.get_about().is_none() {
        faults.push(format!("{name} has no sentence"));
    }
    let after = command.get_after_help().map(ToString::to_string);
    let after = after.unwrap_or_default();
    if !after.starts_with("Example: copydesk ") {
        faults.push(format!("{name} has no example: {after}"));
    }
    for line in after.lines() {
        let Some(line) = line.strip_prefix("Example: ") else {
            continue;
        };
        let own = line.split(' ').zip(name.split(' ')).all(|(a, b)| a == b);
        if !own {
            faults.push(format!("{name} has another command's example: {line}"));
        }
        if let Err(error) = Cli::try_parse_from(words(line)) {
            faults.push(format!("{name}: {line}: {error}"));
        }
    }
    faults
}

#[test]
fn every_command_has_a_sentence_and_an_example_that_parses() {
    let tree = tree();
    let mut commands = Vec::new();
    all(&tree, &mut commands);
    assert!(commands.len() > 20, "the tree was walked");
    let found: Vec<String> = commands.into_iter().flat_map(faults).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[track_caller]
fn check_fault(help: &'static str, said: &str) {
    let mut copydesk =
        Command::new("copydesk").subcommand(Command::new("tail").about("Print.").after_help(help));
    copydesk.build();
    let tail = copydesk.find_subcommand("tail").expect("it is there");
    let found = faults(tail);
    assert!(found.len() == 1 && found[0].contains(said), "{found:?}");
}

#[test]
fn a_wrong_example_is_found() {
    check_fault("", "has no example");
    check_fault("copydesk tail stories", "has no example");
    check_fault("Example: copydesk check", "another command's");
    check_fault("Example: copydesk tail stories --form x", "--form");
    check_fault("Example: copydesk tail", "TOPIC");
    check_fault("Example: copydesk tail stories --from 'a while'", "a while");
}

#[test]
fn clap_finds_nothing_wrong() {
    Cli::command().debug_assert();
}

#[test]
fn an_offered_value_is_not_the_only_one() {
    for topic in ["articles.enriched", "articles.enriched.g4", "elsewhere"] {
        let parsed = Cli::try_parse_from(["copydesk", "tail", topic]);
        assert!(parsed.is_ok(), "{topic}: {parsed:?}");
    }
}
