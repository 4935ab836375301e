//! Reading feeds: entries, fields, dates and addresses, beside Python feedparser where it can be had.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let place = Workplace::new(data)?;
    let manifest = manifest(&place)?;
    let ours = place.file("ours.jsonl");
    place.copydesk(
        &["parse".as_ref(), "--manifest".as_ref(), manifest.as_ref()],
        None,
        &ours,
    )?;
    let dates = by_line(&place, "dates", "--dates")?;
    let addresses = by_line(&place, "urls", "--canonical")?;
    if let Some(theirs) = peer(&place, &manifest)? {
        place.score("feedparser", &[theirs.as_ref()])?;
    }
    let mut figures = place.score(
        "copydesk",
        &[
            ours.as_ref(),
            "--dates".as_ref(),
            dates.as_ref(),
            "--canonical".as_ref(),
            addresses.as_ref(),
            "--worst".as_ref(),
            "10".as_ref(),
        ],
    )?;
    shares(&mut figures);
    Ok(figures)
}

/// Every feed document of the data with its HTTP headers.
fn manifest(place: &Workplace) -> Result<PathBuf, Trouble> {
    let path = place.file("manifest.jsonl");
    let mut file = File::create(&path)?;
    for line in BufReader::new(File::open(place.data("manifest.jsonl"))?).lines() {
        let row: Value = serde_json::from_str(&line?)?;
        if row["kind"] != "expected" {
            let row = json!({"file": row["file"], "headers": row["headers"]});
            writeln!(file, "{row}")?;
        }
    }
    Ok(path)
}

/// What a mode of `copydesk parse` says to the lines that the scorer lists.
fn by_line(place: &Workplace, list: &str, mode: &str) -> Result<PathBuf, Trouble> {
    let (asked, said) = (
        place.file(&format!("{list}.in")),
        place.file(&format!("{list}.out")),
    );
    let scorer = place.data("score.py");
    let arguments: [&OsStr; 3] = [scorer.as_ref(), "--list".as_ref(), list.as_ref()];
    place.python(Path::new("python3"), &arguments, &asked)?;
    place.copydesk(&["parse".as_ref(), mode.as_ref()], Some(&asked), &said)?;
    Ok(said)
}

/// What feedparser reads, where it can be installed.
fn peer(place: &Workplace, manifest: &Path) -> Result<Option<PathBuf>, Trouble> {
    let Some(python) = tests::feedparser() else {
        return Ok(None);
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval/feedparser_peer.py");
    let said = place.file("feedparser.jsonl");
    place.python(&python, &[script.as_ref(), manifest.as_ref()], &said)?;
    Ok(Some(said))
}

/// Goals are shares where the scorer counts.
fn shares(figures: &mut Figures) {
    let exact: Vec<(String, f64)> = figures
        .iter()
        .filter_map(|(name, exact)| {
            let group = name.strip_suffix(".exact")?;
            let values = figures.get(&format!("{group}.values"))?;
            Some((format!("{group}.share"), exact / values.max(1.0)))
        })
        .collect();
    figures.extend(exact);
}
