//! Tell what the pipeline would find in texts, a line each.

mod agencies;
mod quotes;
mod shown;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::Detect;
use crate::config::Config;

/// So many lines that cannot be read are told of one by one.
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

/// Why a line cannot be answered as it should.
struct Unread {
    why: String,
    /// The answer all the same, where the line says whose text it is that nobody can read.
    row: Option<String>,
}

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self { why, row: None }
    }
}

/// The columns for a text's language.
fn language(line: &[u8]) -> Result<String, Unread> {
    let line = parsed(line).map_err(|why| {
        // What stands in other fields than the id is not looked at, however broken.
        let named: Option<Named> = serde_json::from_slice(line).ok();
        let name = named.and_then(|named| name_of(&named.id).ok());
        let row = name.map(|name| format!("{name}\t{}\t0.000", language::UNDETERMINED));
        Unread { why, row }
    })?;
    let found = language::detect(line.text());
    let id = line.name();
    Ok(format!("{id}\t{}\t{:.3}", found.language, found.confidence))
}

/// What a line is told apart by.
#[derive(Deserialize)]
struct Named {
    id: Value,
}

/// A line of the input. Fields that are not needed are ignored.
#[derive(Deserialize)]
struct Line<'a> {
    id: Value,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    /// The language, where the record says it.
    #[serde(borrow, default)]
    lang: Option<Cow<'a, str>>,
}

impl Line<'_> {
    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The id as it stands in a column.
    fn name(&self) -> String {
        column(&self.id)
    }

    /// The code of the text's language, as the record says or as it is found; empty where it has none.
    fn code(&self) -> String {
        match &self.lang {
            Some(said) => said.clone().into_owned(),
            None => code_of(self.text()),
        }
    }
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
fn answer<E: Into<Unread>>(
    name: &str,
    mut input: impl BufRead,
    mut output: impl Write,
    says: impl Fn(&[u8]) -> Result<String, E>,
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
        match says(bytes).map_err(Into::into) {
            Ok(answer) => writeln!(output, "{answer}")?,
            Err(Unread { why, row }) => {
                let how = if let Some(row) = row {
                    writeln!(output, "{row}")?;
                    "is answered as a text of no language"
                } else {
                    unanswered += 1;
                    "has no answer"
                };
                told += 1;
                if told <= TOLD {
                    eprintln!("warning: line {number} of {name} {how}: {why}");
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
fn parsed(line: &[u8]) -> Result<Line<'_>, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    name_of(&line.id)?;
    Ok(line)
}

/// An id as it stands in a column, or why it cannot.
fn name_of(id: &Value) -> Result<String, String> {
    if !matches!(id, Value::String(_) | Value::Number(_)) {
        return Err(format!("its id is {id}; it must be a string or a number"));
    }
    let name = column(id);
    if name.contains(char::is_control) {
        return Err(format!("its id is {name:?}; it must fit into a column"));
    }
    Ok(name)
}

fn column(id: &Value) -> String {
    match id {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    }
}
