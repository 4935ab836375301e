//! The text and the facts of pages, in every dataset that lies there.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let place = Workplace::new(data)?;
    let (manifest, ours) = (manifest(&place)?, place.file("copydesk.jsonl"));
    let again = place.file("again.jsonl");
    for run in [&ours, &again] {
        place.copydesk(
            &["clean".as_ref(), "--manifest".as_ref(), manifest.as_ref()],
            None,
            run,
        )?;
    }
    let (ours_read, again_read) = (std::fs::read(&ours)?, std::fs::read(&again)?);
    let (asked, answered) = (lines(&std::fs::read(&manifest)?), lines(&ours_read));
    let figures = place.score("copydesk", &[ours.as_ref()])?;
    let mut figures: Figures = figures
        .into_iter()
        .filter_map(|(name, figure)| Some((name.strip_prefix("copydesk.")?.to_owned(), figure)))
        .collect();
    let shares = [
        (
            "two_runs.same",
            f64::from(u8::from(ours_read == again_read)),
        ),
        ("manifest.answered", answered as f64 / asked.max(1) as f64),
    ];
    figures.extend(shares.map(|(name, figure)| (name.to_owned(), figure)));
    Ok(figures)
}

fn lines(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).lines().count()
}

/// Every page of the data, with nothing of its labels.
fn manifest(place: &Workplace) -> Result<PathBuf, Trouble> {
    let path = place.file("manifest.jsonl");
    let mut file = File::create(&path)?;
    let mut lists: Vec<PathBuf> = std::fs::read_dir(place.data("."))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    lists.retain(|list| list.extension().is_some_and(|ending| ending == "jsonl"));
    lists.sort();
    for list in lists {
        for line in BufReader::new(File::open(&list)?).lines() {
            // An unknown value is NaN in some lists, which is no JSON.
            let row: Value = serde_json::from_str(&line?.replace(": NaN", ": null"))?;
            let row = json!({
                "dataset": row["dataset"], "id": row["id"], "file": row["file"], "url": row["url"],
            });
            writeln!(file, "{row}")?;
        }
    }
    Ok(path)
}
