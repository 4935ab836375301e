//! Which articles were made from which, and which tell of one event: families and stories of a stream
//! that brings distractors too, as `copydesk enrich --final` leaves them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let place = Workplace::new(data)?;
    let mut figures = Figures::new();
    let derived = "wire_real,wiregen,hand";
    let families = enriched(&place, "families", &["--sets", derived, "--hay", "400"])?;
    let asked = ["--field", "family", "--pool", derived, "--only", derived];
    take(&place, "families", &families, &asked, &mut figures)?;
    let stories = enriched(&place, "stories", &["--sets", "basil", "--hay", "400"])?;
    let asked = ["--field", "story", "--only", "basil"];
    take(&place, "stories", &stories, &asked, &mut figures)?;
    let seeds = enriched(&place, "seeds", &["--sets", "seeds", "--hay", "0"])?;
    let asked = ["--field", "story", "--only", "seeds"];
    take(&place, "seeds", &seeds, &asked, &mut figures)?;
    Ok(figures)
}

/// Where each document that `arrivals.py` prints with `arguments` ended.
fn enriched(place: &Workplace, name: &str, arguments: &[&str]) -> Result<PathBuf, Trouble> {
    let script = place.data("arrivals.py");
    let documents = place.file(&format!("{name}.jsonl"));
    let mut all = vec![script.as_os_str()];
    all.extend(arguments.iter().map(OsStr::new));
    place.python(Path::new("python3"), &all, &documents)?;
    let output = place.file(&format!("{name}.final.jsonl"));
    let command = ["enrich".as_ref(), "--final".as_ref(), documents.as_ref()];
    place.copydesk(&command, None, &output)?;
    Ok(output)
}

/// Scores what was predicted. The scorer prints lines of a set and `name=figure`, no JSON.
fn take(
    place: &Workplace,
    title: &str,
    predicted: &Path,
    arguments: &[&str],
    figures: &mut Figures,
) -> Result<(), Trouble> {
    let scorer = place.data("score.py");
    let folder = place.data("");
    let mut all = vec![
        scorer.as_os_str(),
        folder.as_os_str(),
        predicted.as_os_str(),
    ];
    all.extend(arguments.iter().map(OsStr::new));
    let table = place.file(&format!("{title}.txt"));
    place.python(Path::new("python3"), &all, &table)?;
    let table = std::fs::read_to_string(table)?;
    println!("\n-- {title}\n{table}");
    for line in table.lines() {
        let mut words = line.split_whitespace();
        let Some(set) = words.next() else { continue };
        let pairs = words.filter_map(|word| word.split_once('='));
        for (name, figure) in pairs {
            if let Ok(figure) = figure.parse() {
                figures.insert(format!("{title}.{set}.{name}"), figure);
            }
        }
    }
    Ok(())
}
