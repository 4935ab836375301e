//! What language a text is in: accuracy by kind of text, in which near relatives count as one, as the
//! figures of the peers do.

use std::path::Path;

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let table = Workplace::new(data)?.detected("--language")?;
    Ok(table.lines().filter_map(accuracy).collect())
}

/// A line such as `short n= 2347 accuracy=0.9 lenient=0.9 unanswered=0.0`.
fn accuracy(line: &str) -> Option<(String, f64)> {
    let kind = line.split_whitespace().next()?;
    let lenient = line.split("lenient=").nth(1)?.split_whitespace().next()?;
    Some((format!("{kind}.lenient"), lenient.parse().ok()?))
}
