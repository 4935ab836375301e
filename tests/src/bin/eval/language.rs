//! What language a text is in: accuracy by kind of text, in which near relatives count as one, as the
//! figures of the peers do.

use std::path::Path;

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let place = Workplace::new(data)?;
    let (gold, ours) = (place.data("gold.jsonl"), place.file("ours.tsv"));
    place.copydesk(
        &["detect".as_ref(), "--language".as_ref(), gold.as_ref()],
        None,
        &ours,
    )?;
    let table = place.file("table.txt");
    let scorer = place.data("score.py");
    place.python(
        Path::new("python3"),
        &[scorer.as_ref(), gold.as_ref(), ours.as_ref()],
        &table,
    )?;
    let table = std::fs::read_to_string(table)?;
    println!("\n-- copydesk\n{table}");
    Ok(table.lines().filter_map(accuracy).collect())
}

/// A line such as `short n= 2347 accuracy=0.9 lenient=0.9 unanswered=0.0`.
fn accuracy(line: &str) -> Option<(String, f64)> {
    let kind = line.split_whitespace().next()?;
    let lenient = line.split("lenient=").nth(1)?.split_whitespace().next()?;
    Some((format!("{kind}.lenient"), lenient.parse().ok()?))
}
