//! Read feeds as the fetcher reads them, and show what it sees.

mod json;
mod lines;
mod shown;

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, IsTerminal as _, Read as _, Write};
use std::path::Path;

use anyhow::Context as _;
use fetcher::parse;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::Parse;

/// A feed to read, with what it came with. Of what is said beside the file, what makes no sense is passed
/// over: a file that is named is answered for.
#[derive(Debug, Deserialize)]
struct Source {
    file: String,
    #[serde(default)]
    url: Value,
    #[serde(default)]
    headers: Value,
}

impl Source {
    fn url(&self) -> &str {
        self.url.as_str().unwrap_or_default()
    }

    fn headers(&self) -> Vec<(String, String)> {
        let fields = self.headers.as_object().into_iter().flatten();
        let said = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        fields
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), said(value)?)))
            .collect()
    }
}

pub(super) fn run(parse: &Parse) -> anyhow::Result<()> {
    let stdout = std::io::stdout();
    let is_terminal = stdout.is_terminal();
    let mut out = BufWriter::new(stdout.lock());
    if parse.dates {
        return lines::dates(&mut out);
    }
    if parse.canonical {
        return lines::canonical(&mut out);
    }
    let form = if parse.json || !is_terminal || parse.manifest.is_some() {
        Form::Json
    } else {
        let is_plain = std::env::var_os("NO_COLOR").is_some();
        Form::Shown { colour: !is_plain }
    };
    match &parse.manifest {
        Some(manifest) => of_manifest(manifest, form, &mut out)?,
        None => {
            for file in &parse.files {
                let url = parse.url.as_deref().unwrap_or_default();
                let name = file.to_string_lossy();
                print(&name, url, &parse.headers, form, &mut out)?;
            }
        }
    }
    Ok(out.flush()?)
}

#[derive(Clone, Copy)]
enum Form {
    Json,
    Shown { colour: bool },
}

fn of_manifest(manifest: &Path, form: Form, out: &mut impl Write) -> anyhow::Result<()> {
    let file =
        File::open(manifest).with_context(|| format!("{} cannot be opened", manifest.display()))?;
    let mut unread = 0;
    for (number, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("{} cannot be read", manifest.display()))?;
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let source: Source = match serde_json::from_slice(line) {
            Ok(source) => source,
            Err(error) => {
                let (number, manifest) = (number + 1, manifest.display());
                eprintln!("warning: line {number} of {manifest} names no file: {error}");
                unread += 1;
                continue;
            }
        };
        print(&source.file, source.url(), &source.headers(), form, out)?;
    }
    anyhow::ensure!(
        unread == 0,
        "{unread} lines of {} are no objects with a file",
        manifest.display()
    );
    Ok(())
}

fn print(
    file: &str,
    url: &str,
    headers: &[(String, String)],
    form: Form,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let read = bytes_of(file)
        .map_err(|error| format!("it cannot be read: {error}"))
        .and_then(|bytes| fetcher::unpacked(bytes, parse::MAX_BYTES))
        .and_then(|bytes| parse::parse(&bytes, headers, url).map_err(|error| error.to_string()));
    match form {
        Form::Json => writeln!(out, "{}", json::of(file, read.as_ref()))?,
        Form::Shown { colour } => {
            let shown = shown::of(file, read.as_ref(), colour);
            out.write_all(shown.as_bytes())?;
        }
    }
    Ok(())
}

fn bytes_of(file: &str) -> std::io::Result<Vec<u8>> {
    // One byte more than is read: no more of it is looked at.
    let most = parse::MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
