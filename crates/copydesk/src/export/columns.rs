//! JSON values taken apart into columns.
//!
//! A column holds the values of one field, and for each row how deep the field was there (definition) and
//! at which list it goes on (repetition), as the Dremel paper has it. The schema is walked beside the
//! value, so that nothing here knows a topic.

mod column;

use std::collections::BTreeSet;

use parquet::basic::{LogicalType, Repetition};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use serde_json::{Map, Value};

pub(super) use self::column::Column;

/// So many members without a column are named; one build does not add more.
const NAMED: usize = 100;

/// The rows of a group that is not written yet.
#[derive(Debug)]
pub(super) struct Columns {
    schema: TypePtr,
    leaves: Vec<Column>,
    /// The column that the walk has come to.
    next: usize,
    unknown: BTreeSet<String>,
}

/// Where in the nesting a walk is.
#[derive(Clone, Copy, Debug, Default)]
struct Levels {
    definition: i16,
    repetition: i16,
    /// Lists around it.
    lists: i16,
}

impl Columns {
    pub(super) fn of(schema: TypePtr) -> Self {
        let descriptor = SchemaDescriptor::new(schema.clone());
        let columns = descriptor.columns().iter();
        Self {
            leaves: columns.map(|column| Column::of(column)).collect(),
            schema,
            next: 0,
            unknown: BTreeSet::new(),
        }
    }

    /// Adds a row; all of it or nothing.
    ///
    /// # Errors
    /// Which member is not what the schema says.
    pub(super) fn add(&mut self, value: &Value) -> Result<(), String> {
        let before: Vec<_> = self.leaves.iter().map(Column::mark).collect();
        self.next = 0;
        let schema = self.schema.clone();
        let taken = match value {
            Value::Object(members) => self.members(&schema, members, Levels::default()),
            _ => Err("its value is no JSON object".to_owned()),
        };
        if taken.is_err() {
            for (column, mark) in self.leaves.iter_mut().zip(before) {
                column.cut(mark);
            }
        }
        taken
    }

    fn members(
        &mut self,
        group: &Type,
        members: &Map<String, Value>,
        at: Levels,
    ) -> Result<(), String> {
        let mut known = 0;
        for field in group.get_fields() {
            let value = members.get(field.name());
            known += usize::from(value.is_some());
            self.field(field, value.filter(|value| !value.is_null()), at)?;
        }
        if known < members.len() && self.unknown.len() < NAMED {
            let has = |name: &str| group.get_fields().iter().any(|field| field.name() == name);
            let more = members.keys().filter(|name| !has(name));
            self.unknown.extend(more.cloned());
        }
        Ok(())
    }

    fn field(&mut self, field: &Type, value: Option<&Value>, at: Levels) -> Result<(), String> {
        let is_optional = field.get_basic_info().repetition() == Repetition::OPTIONAL;
        let within = Levels {
            definition: at.definition + i16::from(is_optional),
            ..at
        };
        if is_list(field) {
            return self.list(field, value, within);
        }
        let Some(value) = value else {
            if is_optional {
                self.absent(field, at);
                return Ok(());
            }
            return self.left_out(field, at);
        };
        if !field.is_group() {
            let column = self.column();
            return column
                .push(value, within.definition, within.repetition)
                .map_err(|expected| {
                    format!("{} is {}, not {expected}", field.name(), brief(value))
                });
        }
        match value {
            Value::Object(members) => self.members(field, members, within),
            _ => Err(format!(
                "{} is {}, not an object",
                field.name(),
                brief(value)
            )),
        }
    }

    /// A list that is left out is empty.
    fn list(&mut self, field: &Type, value: Option<&Value>, at: Levels) -> Result<(), String> {
        let item = &field.get_fields()[0].get_fields()[0];
        let items = match value {
            None => &[][..],
            Some(Value::Array(items)) => items.as_slice(),
            Some(other) => {
                return Err(format!("{} is {}, not a list", field.name(), brief(other)));
            }
        };
        if items.is_empty() {
            self.absent(item, at);
            return Ok(());
        }
        let first_column = self.next;
        let lists = at.lists + 1;
        for (number, value) in items.iter().enumerate() {
            self.next = first_column;
            let within = Levels {
                definition: at.definition + 1,
                repetition: if number == 0 { at.repetition } else { lists },
                lists,
            };
            self.field(item, Some(value), within)?;
        }
        Ok(())
    }

    /// A required member that is not there: flags are left out where they are not set.
    fn left_out(&mut self, field: &Type, at: Levels) -> Result<(), String> {
        if field.is_group() || !self.leaves[self.next].is_flag() {
            return Err(format!("{} is missing", field.name()));
        }
        let column = self.column();
        let pushed = column.push(&Value::Bool(false), at.definition, at.repetition);
        pushed.map_err(str::to_owned)
    }

    /// Nothing in each column below.
    fn absent(&mut self, field: &Type, at: Levels) {
        if !field.is_group() {
            self.column().push_absent(at.definition, at.repetition);
            return;
        }
        for field in field.get_fields() {
            self.absent(field, at);
        }
    }

    fn column(&mut self) -> &mut Column {
        self.next += 1;
        &mut self.leaves[self.next - 1]
    }

    pub(super) fn all(&self) -> &[Column] {
        &self.leaves
    }

    /// About how much memory the rows take.
    pub(super) fn bytes(&self) -> usize {
        self.leaves.iter().map(Column::bytes).sum()
    }

    pub(super) fn clear(&mut self) {
        for column in &mut self.leaves {
            column.clear();
        }
    }

    pub(super) fn unknown(&self) -> Vec<String> {
        self.unknown.iter().cloned().collect()
    }
}

fn is_list(field: &Type) -> bool {
    field.is_group() && field.get_basic_info().logical_type_ref() == Some(&LogicalType::List)
}

/// The beginning of a value, for an error.
fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 40 {
        return text;
    }
    text.chars().take(39).chain(['…']).collect()
}
