//! The committed floors: what a figure must not fall below.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::run::{Figures, Trouble};

/// The floors of every part, from `tests/eval/floors.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Floors(BTreeMap<String, BTreeMap<String, Floor>>);

/// What a figure is held to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    /// It must not be less than this.
    least: Option<f64>,
    /// It must not be more than this: for what should not be there.
    most: Option<f64>,
    /// What it should reach, for information.
    goal: f64,
}

impl Floors {
    pub(crate) fn read() -> Result<Self, Trouble> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval/floors.toml");
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Trouble(format!("{} cannot be read: {error}", file.display())))?;
        toml::from_str(&text).map_err(|error| Trouble(format!("{}: {error}", file.display())))
    }

    /// Prints the figures of a part that have a floor, and counts those that do not hold it. A figure that
    /// was not measured holds nothing.
    pub(crate) fn judge(&self, part: &str, figures: &Figures) -> usize {
        let mut below = 0;
        println!(
            "{:<52} {:>9} {:>9} {:>9}",
            "figure", "measured", "floor", "goal"
        );
        for (name, floor) in self.0.get(part).into_iter().flatten() {
            let measured = figures.get(name).copied();
            let holds = measured.is_some_and(|figure| floor.holds(figure));
            below += usize::from(!holds);
            let measured = measured.map_or_else(|| "-".to_owned(), number);
            let bound = floor.least.or(floor.most).unwrap_or(floor.goal);
            let verdict = if holds { "" } else { "  BELOW ITS FLOOR" };
            println!(
                "{name:<52} {measured:>9} {:>9} {:>9}{verdict}",
                number(bound),
                number(floor.goal)
            );
        }
        below
    }
}

impl Floor {
    fn holds(&self, figure: f64) -> bool {
        self.least.is_none_or(|least| figure >= least)
            && self.most.is_none_or(|most| figure <= most)
    }
}

fn number(figure: f64) -> String {
    if figure.fract() == 0.0 {
        format!("{figure}")
    } else {
        format!("{figure:.4}")
    }
}
