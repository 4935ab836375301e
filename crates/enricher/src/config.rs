//! What can be set of the enricher.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How long articles are remembered, and from where on they count as tied.
///
/// Scores run from 0 to 1. The defaults were chosen on labelled articles of real outlets; a higher
/// threshold misses ties, a lower one makes false ones.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is looked for in a text, each a switch of its own"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Days of event time that an article can be tied to: 1 to 90. State grows with it, by about
    /// 1.4 KB an article in the changelog and 2.2 KB in memory, the index included.
    pub window_days: u32,
    /// From this score on one article counts as made from the other, and joins its family.
    pub derived: f64,
    /// Share of each text that must stand in the other for a copy.
    pub copy: f64,
    /// Share of one text's narration that must stand in the other for edited copy.
    pub near: f64,
    /// From this score on two articles count as telling of one event, and share a story.
    pub same_event: f64,
    /// A passage that articles of so many different families of one outlet carry is furniture of
    /// the outlet's pages: it ties nothing. 2 to 64.
    pub furniture_articles: u32,
    /// Earlier articles compared with each new one, the most promising first: 1 to 256.
    pub candidates: u32,
    /// Whether quotations are looked for, with their speakers.
    pub quotations: bool,
    /// Whether names are listed.
    pub names: bool,
    /// Whether the countries that are mentioned are listed.
    pub places: bool,
    /// Whether the words are listed that tell an article from others.
    pub keywords: bool,
    /// Whether to find out which agencies an article owes its words and facts to. Without it none states
    /// an origin, but where its feed is an agency's, and lines of credit count as text when articles are compared.
    pub agencies: bool,
    /// A file with the table of agencies that takes the place of the one that is built in; empty: that one. Read
    /// by whoever makes the stage, and handed to [`crate::Enrich::new`] with the settings.
    pub agencies_table: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            window_days: 14,
            derived: 0.5,
            copy: 0.85,
            near: 0.5,
            same_event: 0.4,
            furniture_articles: 3,
            candidates: 32,
            quotations: true,
            names: true,
            places: true,
            keywords: true,
            agencies: true,
            agencies_table: PathBuf::new(),
        }
    }
}

/// A setting that cannot hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("enricher.{key} is {value}; it must be {allowed}")]
pub struct ConfigError {
    /// The setting's name within the enricher's table.
    pub key: &'static str,
    /// What it is set to.
    pub value: String,
    /// What it may be.
    pub allowed: &'static str,
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`ConfigError`] names the first setting that is out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let whole = [
            ("window_days", self.window_days, 1..=90, "1 to 90"),
            (
                "furniture_articles",
                self.furniture_articles,
                2..=64,
                "2 to 64",
            ),
            ("candidates", self.candidates, 1..=256, "1 to 256"),
        ];
        for (key, value, range, allowed) in whole {
            if !range.contains(&value) {
                let value = value.to_string();
                return Err(ConfigError {
                    key,
                    value,
                    allowed,
                });
            }
        }
        let shares = [
            ("derived", self.derived),
            ("copy", self.copy),
            ("near", self.near),
            ("same_event", self.same_event),
        ];
        for (key, value) in shares {
            // Also turns away NaN, which is in no range.
            if !(value > 0.0 && value <= 1.0) {
                return Err(ConfigError {
                    key,
                    value: value.to_string(),
                    allowed: "above 0 and at most 1",
                });
            }
        }
        if self.near > self.copy {
            return Err(ConfigError {
                key: "near",
                value: self.near.to_string(),
                allowed: "at most enricher.copy",
            });
        }
        Ok(())
    }

    /// The window in milliseconds of event time.
    pub(crate) fn span(&self) -> i64 {
        i64::from(self.window_days) * 24 * 60 * 60 * 1_000
    }
}
