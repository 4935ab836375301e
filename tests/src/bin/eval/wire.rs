//! Which agencies articles owe their words and facts to: real pages, and made-up lines for agencies and forms
//! that these lack.

use std::path::Path;

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let table = Workplace::new(data)?.detected("--agencies")?;
    Ok(figures(&table))
}

/// Lines such as `[real] records=179`, `text_from P=0.98 R=1.0 F1=0.99` and
/// `false_wire=1/122=0.0082 cites:1/24 photo:0/48`.
fn figures(table: &str) -> Figures {
    let mut figures = Figures::new();
    let mut part = String::new();
    for line in table.lines() {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            name.clone_into(&mut part);
            continue;
        }
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if let Some(share) = first.strip_prefix("false_wire=") {
            let share = share
                .rsplit('=')
                .next()
                .and_then(|share| share.parse().ok());
            figures.extend(share.map(|share: f64| (format!("{part}.false_wire"), share)));
            // How many of the kind were taken for copy.
            for (kind, wrong) in words.filter_map(|word| word.split_once(':')) {
                let wrong = wrong.split('/').next().and_then(|wrong| wrong.parse().ok());
                figures.extend(wrong.map(|wrong: f64| (format!("{part}.false.{kind}"), wrong)));
            }
            continue;
        }
        for (name, share) in words.filter_map(|word| word.split_once('=')) {
            let share = share.parse().ok();
            figures.extend(share.map(|share: f64| (format!("{part}.{first}.{name}"), share)));
        }
    }
    figures
}
