//! Records in the form that is asked for.

use std::io::Write as _;

use anyhow::bail;
use article::Bytes;
use pipeline::log::Stored;
use serde_json::{Value, json};

use super::Wanted;
use super::destination::Destination;
use super::forms::{self, form};
use super::parquet::{About, ParquetFile};
use crate::line::{json_line, value_line};

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON value a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

/// Why a record was not written.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The record does not fit the form; others may.
    #[error("{0}")]
    Unfit(String),
    /// The output takes no more.
    #[error("{0}")]
    Output(#[from] anyhow::Error),
}

/// An export that is being written.
#[derive(Debug)]
pub struct Rows {
    topic: String,
    envelope: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Lines(Destination),
    Parquet(Box<ParquetFile>),
}

impl Rows {
    /// Begins to write what is wanted.
    ///
    /// # Errors
    /// A topic whose values have no such form, or an output that takes nothing.
    pub fn new(wanted: &Wanted, out: Destination) -> anyhow::Result<Self> {
        let topic = wanted.topic.clone();
        let kind = match wanted.form {
            Form::Jsonl => Kind::Lines(out),
            Form::Parquet => {
                let form = if wanted.envelope {
                    Some(forms::envelope())
                } else {
                    form(&topic)
                };
                let Some(form) = form else {
                    bail!(
                        "values of {topic} have no columns; --envelope writes whole records, in jsonl too"
                    );
                };
                let about = About {
                    topic: &topic,
                    schema: form.schema,
                };
                Kind::Parquet(Box::new(ParquetFile::begin(&form.columns, about, out)?))
            }
        };
        Ok(Self {
            topic,
            envelope: wanted.envelope,
            kind,
        })
    }

    /// Writes a record.
    ///
    /// # Errors
    /// See [`RowError`].
    pub fn write(&mut self, partition: u32, record: &Stored) -> Result<(), RowError> {
        match &mut self.kind {
            Kind::Lines(out) => {
                let line = if self.envelope {
                    json_line(&self.topic, partition, record)
                } else {
                    let line = record.value.as_deref().and_then(value_line);
                    line.ok_or_else(|| RowError::Unfit(no_json(record)))?
                };
                writeln!(out, "{line}").map_err(|error| RowError::Output(error.into()))
            }
            Kind::Parquet(file) => {
                let value = if self.envelope {
                    whole(partition, record)
                } else {
                    let read = serde_json::from_slice(record.value.as_deref().unwrap_or_default());
                    read.map_err(|_| RowError::Unfit(no_json(record)))?
                };
                file.write(&value)
            }
        }
    }

    /// Members of values that have no column.
    pub fn without_column(&self) -> Vec<String> {
        match &self.kind {
            Kind::Lines(_) => Vec::new(),
            Kind::Parquet(file) => file.without_column(),
        }
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// An output that takes no more.
    pub fn finish(self) -> anyhow::Result<Destination> {
        match self.kind {
            Kind::Lines(mut out) => {
                out.flush()?;
                Ok(out)
            }
            Kind::Parquet(file) => file.finish(),
        }
    }
}

fn no_json(record: &Stored) -> String {
    match &record.value {
        None => "it has no value; --envelope writes whole records".to_owned(),
        Some(bytes) => {
            let head = &bytes[..bytes.len().min(40)];
            format!(
                "its value is not JSON: {:?}; --envelope writes whole records",
                String::from_utf8_lossy(head)
            )
        }
    }
}

/// The record as a row of the envelope's form.
fn whole(partition: u32, record: &Stored) -> Value {
    let bytes = |bytes: &Option<Vec<u8>>| bytes.clone().map(Bytes);
    let headers: serde_json::Map<String, Value> = record
        .headers
        .0
        .iter()
        .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into()))
        .collect();
    json!({
        "partition": partition,
        "offset": record.offset,
        "written_at": record.written_at,
        "key": bytes(&record.key),
        "headers": headers,
        "value": bytes(&record.value),
    })
}
