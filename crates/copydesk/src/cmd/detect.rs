//! Tell what the pipeline would find in texts, a line each.

mod agencies;
mod fields;
mod quotes;
mod shown;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use crate::cli::Detect;
use crate::config::Config;
use anyhow::{Context as _, bail};
use fields::{Answer, Fields};

/// So many lines that cannot be read are told of one by one, and as many fields.
const TOLD: u64 = 10;

pub(super) fn run(config: &Config, detect: &Detect) -> anyhow::Result<()> {
    let table = config.agency_table.agencies();
    let (name, input): (String, Box<dyn BufRead>) = match &detect.file {
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
            (name, Box::new(BufReader::new(file)))
        }
        None => (
            "standard input".to_owned(),
            Box::new(std::io::stdin().lock()),
        ),
    };
    match detect {
        Detect { quotes: true, .. } => answer(&name, input, buffered(), quotes::line),
        Detect { agencies: true, .. } => answer(&name, input, buffered(), |line| {
            agencies::line(line, &table)
        }),
        Detect { language: true, .. } => answer(&name, input, buffered(), language),
        _ => shown::run(&name, input, &table),
    }
}

fn buffered() -> impl Write {
    BufWriter::new(std::io::stdout().lock())
}

/// The columns for a text's language.
fn language(line: &[u8]) -> Result<Answer, String> {
    let mut fields = parsed(line)?;
    let found = language::detect(&fields.text("text"));
    let id = fields.name();
    Ok(fields.answered(format!("{id}\t{}\t{:.3}", found.language, found.confidence)))
}

/// The code of a text's language, empty where it has none.
fn code_of(text: &str) -> String {
    let found = language::detect(text).language;
    if found == "und" {
        String::new()
    } else {
        found.to_owned()
    }
}

/// Answers every line that can be read with what `says` of it. Others are told of.
///
/// # Errors
/// Where a line had no answer, after all others were answered.
fn answer(
    name: &str,
    mut input: impl BufRead,
    mut output: impl Write,
    says: impl Fn(&[u8]) -> Result<Answer, String>,
) -> anyhow::Result<()> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    let mut unanswered = 0_u64;
    let mut told = 0_u64;
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.with_context(|| format!("{name} cannot be read"))? == 0 {
            break;
        }
        number += 1;
        let bytes = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match says(bytes) {
            Ok(answer) => {
                writeln!(output, "{}", answer.text)?;
                for wrong in answer.wrong {
                    told += 1;
                    if told <= TOLD {
                        eprintln!("warning: line {number} of {name} is read in part: {wrong}");
                    }
                }
            }
            Err(reason) => {
                unanswered += 1;
                if unanswered <= TOLD {
                    eprintln!("warning: line {number} of {name} has no answer: {reason}");
                }
            }
        }
    }
    output.flush()?;
    if unanswered > 0 {
        bail!(
            "{unanswered} of {number} lines of {name} have no answer; each must be a JSON object with id and text"
        );
    }
    Ok(())
}

/// A line with an id that is a name, or why it is none.
fn parsed(line: &[u8]) -> Result<Fields, String> {
    let fields = Fields::of(line)?;
    let id = fields.name();
    if id.contains(char::is_control) {
        return Err(format!("its id is {id:?}; it must fit into a column"));
    }
    Ok(fields)
}
