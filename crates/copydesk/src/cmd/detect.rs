//! Tell what the pipeline would find in texts, a line each.

mod agencies;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::Detect;

/// So many lines that cannot be read are told of one by one.
const TOLD: u64 = 10;

pub(super) fn run(detect: &Detect) -> anyhow::Result<()> {
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
    let output = BufWriter::new(std::io::stdout().lock());
    // The command line wants exactly one of what there is to detect.
    match detect {
        Detect { agencies: true, .. } => answer(&name, input, output, agencies::line),
        _ => answer(&name, input, output, language),
    }
}

/// The columns for a text's language.
fn language(line: &[u8]) -> Result<String, String> {
    let (id, text) = parsed(line)?;
    let found = language::detect(&text);
    Ok(format!("{id}\t{}\t{:.3}", found.language, found.confidence))
}

/// A line of the input. Fields that are not needed are ignored.
#[derive(Deserialize)]
struct Line<'a> {
    id: Value,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
}

/// Answers every line that can be read with what `says` of it. Others are told of.
///
/// # Errors
/// Where a line had no answer, after all others were answered.
fn answer(
    name: &str,
    mut input: impl BufRead,
    mut output: impl Write,
    says: impl Fn(&[u8]) -> Result<String, String>,
) -> anyhow::Result<()> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    let mut unanswered = 0_u64;
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
            Ok(answer) => writeln!(output, "{answer}")?,
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

/// Id and text of a line, or why it has none.
fn parsed(line: &[u8]) -> Result<(String, Cow<'_, str>), String> {
    let Line { id, text } = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let id = match id {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        other => {
            return Err(format!(
                "its id is {other}; it must be a string or a number"
            ));
        }
    };
    if id.contains(char::is_control) {
        return Err(format!("its id is {id:?}; it must fit into a column"));
    }
    Ok((id, text.unwrap_or_default()))
}
