//! One column.

use std::mem::size_of;

use article::Bytes;
use jiff::Timestamp;
use parquet::basic::{LogicalType, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::ColumnDescriptor;
use serde::Deserialize as _;
use serde_json::Value;

/// The values of one field, with their levels.
#[derive(Debug)]
pub(crate) struct Column {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// What strings and bytes take beside their place in the list.
    bytes: usize,
}

#[derive(Debug)]
enum Values {
    Text(Vec<ByteArray>),
    /// Any JSON, as text.
    Json(Vec<ByteArray>),
    /// Bytes as received: [`article::Bytes`].
    Raw(Vec<ByteArray>),
    Moment(Vec<i64>),
    Whole(Vec<i64>),
    Real(Vec<f64>),
    Flag(Vec<bool>),
}

/// How much a column had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    values: usize,
    levels: usize,
    bytes: usize,
}

impl Column {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let values = match (column.physical_type(), column.logical_type_ref()) {
            (Physical::BYTE_ARRAY, Some(LogicalType::Json)) => Values::Json(Vec::new()),
            (Physical::BYTE_ARRAY, Some(_)) => Values::Text(Vec::new()),
            (Physical::BYTE_ARRAY, None) => Values::Raw(Vec::new()),
            (Physical::INT64, Some(_)) => Values::Moment(Vec::new()),
            (Physical::INT64, None) => Values::Whole(Vec::new()),
            (Physical::DOUBLE, _) => Values::Real(Vec::new()),
            (Physical::BOOLEAN, _) => Values::Flag(Vec::new()),
            (other, _) => unreachable!("no column of a topic is {other}"),
        };
        Self {
            values,
            definitions: Vec::new(),
            repetitions: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn is_flag(&self) -> bool {
        matches!(self.values, Values::Flag(_))
    }

    /// Adds a value.
    ///
    /// # Errors
    /// What was expected instead.
    pub(super) fn push(
        &mut self,
        value: &Value,
        definition: i16,
        repetition: i16,
    ) -> Result<(), &'static str> {
        let bytes = match &mut self.values {
            Values::Text(values) => {
                let text = value.as_str().ok_or("text")?;
                values.push(ByteArray::from(text));
                text.len()
            }
            Values::Json(values) => {
                let text = value.to_string();
                let length = text.len();
                values.push(ByteArray::from(text.into_bytes()));
                length
            }
            Values::Raw(values) => {
                let bytes = Bytes::deserialize(value).map_err(|_| "bytes")?;
                let length = bytes.len();
                values.push(ByteArray::from(bytes.0));
                length
            }
            Values::Moment(values) => {
                let moment = value.as_str().and_then(|text| text.parse().ok());
                values.push(moment.map(Timestamp::as_microsecond).ok_or("a moment")?);
                0
            }
            Values::Whole(values) => {
                values.push(value.as_i64().ok_or("a whole number below 2^63")?);
                0
            }
            Values::Real(values) => {
                values.push(value.as_f64().ok_or("a number")?);
                0
            }
            Values::Flag(values) => {
                values.push(value.as_bool().ok_or("true or false")?);
                0
            }
        };
        self.bytes += bytes;
        self.push_absent(definition, repetition);
        Ok(())
    }

    /// Adds the levels alone: there is no value at this depth.
    pub(super) fn push_absent(&mut self, definition: i16, repetition: i16) {
        self.definitions.push(definition);
        self.repetitions.push(repetition);
    }

    fn count(&self) -> usize {
        match &self.values {
            Values::Text(values) | Values::Json(values) | Values::Raw(values) => values.len(),
            Values::Moment(values) | Values::Whole(values) => values.len(),
            Values::Real(values) => values.len(),
            Values::Flag(values) => values.len(),
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            values: self.count(),
            levels: self.definitions.len(),
            bytes: self.bytes,
        }
    }

    /// Drops what came after the mark.
    pub(super) fn cut(&mut self, mark: Mark) {
        match &mut self.values {
            Values::Text(values) | Values::Json(values) | Values::Raw(values) => {
                values.truncate(mark.values);
            }
            Values::Moment(values) | Values::Whole(values) => values.truncate(mark.values),
            Values::Real(values) => values.truncate(mark.values),
            Values::Flag(values) => values.truncate(mark.values),
        }
        self.definitions.truncate(mark.levels);
        self.repetitions.truncate(mark.levels);
        self.bytes = mark.bytes;
    }

    pub(super) fn clear(&mut self) {
        self.cut(Mark {
            values: 0,
            levels: 0,
            bytes: 0,
        });
    }

    pub(super) fn bytes(&self) -> usize {
        let place = match &self.values {
            Values::Text(_) | Values::Json(_) | Values::Raw(_) => size_of::<ByteArray>(),
            Values::Moment(_) | Values::Whole(_) | Values::Real(_) => size_of::<i64>(),
            Values::Flag(_) => size_of::<bool>(),
        };
        let levels = 2 * size_of::<i16>();
        self.bytes + self.count() * place + self.definitions.len() * levels
    }

    /// Writes all to the file.
    ///
    /// # Errors
    /// An output that takes no more.
    pub(crate) fn write(&self, mut writer: SerializedColumnWriter<'_>) -> anyhow::Result<()> {
        // Where a column has no such levels the writer wants none, and does not look at these.
        let definitions = Some(self.definitions.as_slice());
        let repetitions = Some(self.repetitions.as_slice());
        match &self.values {
            Values::Text(values) | Values::Json(values) | Values::Raw(values) => writer
                .typed::<ByteArrayType>()
                .write_batch(values, definitions, repetitions)?,
            Values::Moment(values) | Values::Whole(values) => writer
                .typed::<Int64Type>()
                .write_batch(values, definitions, repetitions)?,
            Values::Real(values) => {
                writer
                    .typed::<DoubleType>()
                    .write_batch(values, definitions, repetitions)?
            }
            Values::Flag(values) => {
                writer
                    .typed::<BoolType>()
                    .write_batch(values, definitions, repetitions)?
            }
        };
        Ok(writer.close()?)
    }
}
