//! Rows as a Parquet file, written forward only: standard output may be a pipe.

use std::sync::Arc;

use anyhow::Context as _;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use super::columns::Columns;
use super::destination::Destination;
use super::rows::RowError;

/// A row group is written when its values take so much in memory, about a quarter of it in the file.
/// Readers take a row group at a time, and the file's footer has 100 bytes for each column of each.
const GROUP_BYTES: usize = 16 << 20;

/// What the file says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    /// The topic that it was made from.
    pub(super) topic: &'a str,
    /// Name and version of the values' form.
    pub(super) schema: &'a str,
}

/// A file that is being written.
pub(super) struct ParquetFile {
    writer: SerializedFileWriter<Destination>,
    columns: Columns,
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetFile").finish_non_exhaustive()
    }
}

impl ParquetFile {
    /// Begins a file with the columns of a schema in Parquet's message notation.
    ///
    /// # Errors
    /// An output that takes nothing.
    pub(super) fn begin(schema: &str, about: About<'_>, out: Destination) -> anyhow::Result<Self> {
        let schema = Arc::new(parse_message_type(schema).context("the columns are no schema")?);
        let version = env!("CARGO_PKG_VERSION");
        let said = |name: &str, value: &str| KeyValue::new(name.to_owned(), value.to_owned());
        let properties = WriterProperties::builder()
            .set_created_by(format!("copydesk version {version}"))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // Of pages they would lie in memory until the end.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_key_value_metadata(Some(vec![
                said("copydesk.version", version),
                said("copydesk.topic", about.topic),
                said("copydesk.schema", about.schema),
            ]))
            .build();
        Ok(Self {
            columns: Columns::of(schema.clone()),
            writer: SerializedFileWriter::new(out, schema, Arc::new(properties))?,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// See [`RowError`].
    pub(super) fn write(&mut self, value: &Value) -> Result<(), RowError> {
        self.columns.add(value).map_err(RowError::Unfit)?;
        if self.columns.bytes() >= GROUP_BYTES {
            self.write_group().map_err(RowError::Output)?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for column in self.columns.all() {
            let writer = group.next_column()?;
            column.write(writer.context("the file has a column for each of ours")?)?;
        }
        group.close()?;
        self.columns.clear();
        Ok(())
    }

    pub(super) fn without_column(&self) -> Vec<String> {
        self.columns.unknown()
    }

    /// Writes the rest and the footer.
    ///
    /// # Errors
    /// An output that takes no more.
    pub(super) fn finish(mut self) -> anyhow::Result<Destination> {
        if self.columns.bytes() > 0 {
            self.write_group()?;
        }
        Ok(self.writer.into_inner()?)
    }
}
