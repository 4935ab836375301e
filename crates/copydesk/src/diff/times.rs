//! When what a side read happened: the event time of each record of its input, as the articles tell that
//! were made from it.
//!
//! Where an article stands tells no time. It changes with every article that comes, and names the record
//! of the article that changed it last.

use pipeline::log::{Log, Offset};

use super::survey::{event_time, source};
use crate::scan::{Scan, Start};

/// By partition and offset of the input, the event time in microseconds.
#[derive(Debug)]
pub(super) struct Times {
    rows: Vec<((u16, Offset), u64)>,
}

impl Times {
    /// Reads them from a side's enriched articles.
    pub(super) fn read<L: Log>(log: &L, enriched: &str) -> anyhow::Result<Self> {
        let mut rows = Vec::new();
        let mut scan = Scan::bounded(log, enriched, Start::Beginning)?;
        while let Some((_, record)) = scan.next_record()? {
            let time = record.value.as_deref().and_then(event_time);
            if let (Some((_, partition, offset)), Some(time)) = (source(&record.headers), time) {
                rows.push(((partition, offset), time));
            }
        }
        rows.sort_unstable();
        Ok(Self { rows })
    }

    /// When the record happened that something was made from.
    pub(super) fn at(&self, (_, partition, offset): (&str, u16, Offset)) -> Option<u64> {
        let row = self
            .rows
            .binary_search_by_key(&(partition, offset), |row| row.0);
        row.ok().map(|row| self.rows[row].1)
    }
}
