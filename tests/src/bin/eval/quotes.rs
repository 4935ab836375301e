//! What is quoted and by whom: F1 of quotations and accuracy of speakers, by language, as the scorer says them.

use std::path::Path;

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let table = Workplace::new(data)?.detected("--quotes")?;
    Ok(table.lines().flat_map(figures).collect())
}

/// Of a line such as `en quotes=45 P=1.0 R=1.0 F1=1.0 speaker=35/36=0.9722`: F1, and the share of speakers.
fn figures(line: &str) -> Vec<(String, f64)> {
    let Some(group) = line.split_whitespace().next() else {
        return Vec::new();
    };
    let value = |name: &str| {
        let rest = line.split(name).nth(1)?.split_whitespace().next()?;
        rest.rsplit('=').next()?.parse().ok()
    };
    let named = [("quotes", value(" F1=")), ("speaker", value(" speaker="))];
    named
        .into_iter()
        .filter_map(|(name, value)| Some((format!("{group}.{name}"), value?)))
        .collect()
}
