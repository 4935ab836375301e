//! Telling the outcome of a comparison.

use std::io::Write;

use super::report::{Difference, Summary};

/// So many differences are shown to people who ask for no other number.
pub const USUALLY_SHOWN: usize = 100;

/// Prints differences and their summary: for people the summary first, for programs an object a line
/// as they are found, the summary last.
#[derive(Debug)]
pub struct Printer<W> {
    out: W,
    json: bool,
    limit: usize,
    told: usize,
    /// For people: what is printed when the summary is known.
    lines: Vec<String>,
}

impl<W: Write> Printer<W> {
    /// A printer of `limit` differences at the most: of [`USUALLY_SHOWN`] for people and of all for
    /// programs where none is given.
    pub fn new(out: W, json: bool, limit: Option<usize>) -> Self {
        let usual = if json { usize::MAX } else { USUALLY_SHOWN };
        Self {
            out,
            json,
            limit: limit.unwrap_or(usual),
            told: 0,
            lines: Vec::new(),
        }
    }

    /// Takes a difference.
    ///
    /// # Errors
    /// An output that takes no more.
    pub fn tell(&mut self, difference: &Difference) -> anyhow::Result<()> {
        if self.told == self.limit {
            return Ok(());
        }
        self.told += 1;
        if self.json {
            serde_json::to_writer(&mut self.out, difference)?;
            writeln!(self.out)?;
        } else {
            self.lines.push(difference.to_string());
        }
        Ok(())
    }

    /// Prints the summary and what waits for it.
    ///
    /// # Errors
    /// An output that takes no more.
    pub fn finish(mut self, summary: &Summary) -> anyhow::Result<()> {
        if self.json {
            writeln!(self.out, "{}", summary.json())?;
        } else {
            writeln!(self.out, "{summary}")?;
            for line in &self.lines {
                writeln!(self.out, "{line}")?;
            }
            let more = summary.differing().saturating_sub(self.told as u64);
            if more > 0 {
                writeln!(self.out, "and {more} more, which --limit shows")?;
            }
        }
        self.out.flush()?;
        Ok(())
    }
}
