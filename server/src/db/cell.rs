//! Values of columns whose kinds are known only when the program runs: for copies of whole tables.

use super::{Query, Result};
use sqlx::{Column, FromRow, Row, TypeInfo, ValueRef, postgres::PgRow, sqlite::SqliteRow, types::Json};
use uuid::Uuid;

/// What a column can hold, the same on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A UUID.
    Id,
    /// A number without a fraction.
    Int,
    /// One with.
    Real,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// JSON.
    Json,
    /// Bytes, written in hexadecimal digits.
    Bytes,
}

/// A row as it came: each column in the database's own terms.
#[derive(Debug, Clone)]
pub struct Cells(Vec<Cell>);

#[derive(Debug, Clone)]
enum Cell {
    Null,
    Id(Uuid),
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    Json(serde_json::Value),
    Bytes(Vec<u8>),
}

impl<'r> FromRow<'r, SqliteRow> for Cells {
    fn from_row(row: &'r SqliteRow) -> Result<Self> {
        let cell = |at: usize| {
            let raw = row.try_get_raw(at)?;
            if raw.is_null() {
                return Ok(Cell::Null);
            }
            Ok(match raw.type_info().name() {
                "INTEGER" => Cell::Int(row.try_get(at)?),
                "REAL" => Cell::Real(row.try_get(at)?),
                "BLOB" => Cell::Bytes(row.try_get(at)?),
                _ => Cell::Text(row.try_get(at)?),
            })
        };
        (0..row.columns().len()).map(cell).collect::<Result<_>>().map(Self)
    }
}

impl<'r> FromRow<'r, PgRow> for Cells {
    fn from_row(row: &'r PgRow) -> Result<Self> {
        let cell = |at: usize| {
            if row.try_get_raw(at)?.is_null() {
                return Ok(Cell::Null);
            }
            Ok(match row.column(at).type_info().name() {
                "INT8" => Cell::Int(row.try_get(at)?),
                "FLOAT8" => Cell::Real(row.try_get(at)?),
                "BYTEA" => Cell::Bytes(row.try_get(at)?),
                "BOOL" => Cell::Bool(row.try_get(at)?),
                "UUID" => Cell::Id(row.try_get(at)?),
                "JSONB" => Cell::Json(row.try_get(at)?),
                _ => Cell::Text(row.try_get(at)?),
            })
        };
        (0..row.columns().len()).map(cell).collect::<Result<_>>().map(Self)
    }
}

impl Cells {
    /// As JSON, of these kinds.
    ///
    /// # Errors
    /// When a column holds something else.
    pub fn into_json(self, kinds: impl Iterator<Item = Kind>) -> Result<Vec<serde_json::Value>> {
        use serde_json::Value;
        let odd = |cell: &Cell, kind: Kind| sqlx::Error::Decode(format!("{cell:?} is no {kind:?}").into());
        let one = |(cell, kind): (Cell, Kind)| {
            Ok(match (kind, cell) {
                (_, Cell::Null) => Value::Null,
                (Kind::Id, Cell::Id(id)) => id.to_string().into(),
                (Kind::Id, Cell::Bytes(bytes)) => {
                    Uuid::from_slice(&bytes).map_err(|e| sqlx::Error::Decode(e.into()))?.to_string().into()
                }
                (Kind::Int, Cell::Int(n)) => n.into(),
                (Kind::Real, Cell::Real(n)) => n.into(),
                (Kind::Bool, Cell::Bool(yes)) => yes.into(),
                (Kind::Bool, Cell::Int(n)) => (n != 0).into(),
                (Kind::Text, Cell::Text(text)) => text.into(),
                (Kind::Json, Cell::Json(value)) => value,
                (Kind::Json, Cell::Text(text)) => {
                    serde_json::from_str(&text).map_err(|e| sqlx::Error::Decode(e.into()))?
                }
                (Kind::Bytes, Cell::Bytes(bytes)) => hex(&bytes).into(),
                (kind, cell) => return Err(odd(&cell, kind)),
            })
        };
        self.0.into_iter().zip(kinds).map(one).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hexadecimal digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits?;
    (digits.len() % 2 == 0).then(|| digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect())
}

/// Whether JSON is of a kind; null is of each.
pub fn fits(value: &serde_json::Value, kind: Kind) -> bool {
    match kind {
        _ if value.is_null() => true,
        Kind::Id => value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok()),
        Kind::Int => value.is_i64(),
        Kind::Real => value.is_number(),
        Kind::Bool => value.is_boolean(),
        // PostgreSQL has no NUL in text
        Kind::Text => value.as_str().is_some_and(|text| !text.contains('\0')),
        Kind::Json => !value.to_string().contains("\\u0000"),
        Kind::Bytes => value.as_str().is_some_and(|text| unhex(text).is_some()),
    }
}

impl Query<'_> {
    /// Binds JSON that [`fits`] a kind; what does not is bound as NULL.
    pub fn bind_json(self, value: &serde_json::Value, kind: Kind) -> Self {
        match kind {
            Kind::Id => self.bind(value.as_str().and_then(|text| Uuid::parse_str(text).ok())),
            Kind::Int => self.bind(value.as_i64()),
            Kind::Real => self.bind(value.as_f64()),
            Kind::Bool => self.bind(value.as_bool()),
            Kind::Text => self.bind(value.as_str().map(str::to_string)),
            Kind::Json => self.bind((!value.is_null()).then(|| Json(value.clone()))),
            Kind::Bytes => self.bind(value.as_str().and_then(unhex)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_does_not_fit_is_seen() {
        for (value, kind, yes) in [
            (json!(null), Kind::Int, true),
            (json!(3), Kind::Int, true),
            (json!(3.5), Kind::Int, false),
            (json!("3"), Kind::Int, false),
            (json!(3), Kind::Real, true),
            (json!("x"), Kind::Text, true),
            (json!("a\0b"), Kind::Text, false),
            (json!({ "a": "b\0" }), Kind::Json, false),
            (json!("0aFf"), Kind::Bytes, true),
            (json!("0aF"), Kind::Bytes, false),
            (json!("no id"), Kind::Id, false),
            (json!(1), Kind::Bool, false),
        ] {
            assert_eq!(fits(&value, kind), yes, "{value} as {kind:?}");
        }
        assert_eq!(unhex(&hex(&[0, 10, 255])), Some(vec![0, 10, 255]));
    }
}
