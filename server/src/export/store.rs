//! Rows of an export in the database.

use super::{
    Rows,
    table::{TABLES, Table},
};
use crate::db::{Cells, Kind, Result, Tx};
use domain::id::LearnerId;
use serde_json::{Map, Value};
use sqlx::types::Json;
use std::{collections::HashMap, sync::LazyLock};
use uuid::Uuid;

/// The statements of a table; there are so many for ever.
struct Statements {
    rows: &'static str,
    own: &'static str,
    same: Option<&'static str>,
    insert: &'static str,
}

static STATEMENTS: LazyLock<HashMap<&'static str, Statements>> =
    LazyLock::new(|| TABLES.iter().map(|table| (table.name, statements(table))).collect());

fn statements(table: &Table) -> Statements {
    let kept = |sql: String| -> &'static str { Box::leak(sql.into_boxed_str()) };
    let Table { name, owner, of, columns, same } = table;
    // words that SQL has its own ideas about
    let quoted: Vec<String> = columns.iter().map(|field| format!("\"{}\"", field.name)).collect();
    let list = quoted.join(", ");
    // ids grow with time; what has none is told apart by its first two columns
    let order = if table.has_id() { "id".to_string() } else { quoted[..quoted.len().min(2)].join(", ") };
    let mut into = list.clone();
    let mut values: Vec<String> = (1..=columns.len()).map(|n| format!("${}", n + 1)).collect();
    if owner.is_empty() {
        // the learner is bound all the same
        values = (1..=columns.len()).map(|n| format!("${n}")).collect();
    } else {
        into = format!("{owner}, {into}");
        values.insert(0, "$1".into());
    }
    if *name == "material" {
        into.push_str(", state, warnings");
        values.extend(["'queued'".into(), "'[]'".into()]);
    }
    let alike: Vec<String> = same
        .iter()
        .enumerate()
        .map(|(n, column)| format!("\"{column}\" IS NOT DISTINCT FROM ${}", n + 2))
        .collect();
    let alike = alike.join(" AND ");
    Statements {
        rows: kept(format!("SELECT {list} FROM {name} WHERE {of} ORDER BY {order}")),
        own: kept(format!("SELECT id FROM {name} WHERE ({of}) AND id = $2")),
        same: (table.has_id() && !same.is_empty()).then(|| match owner.is_empty() {
            true => kept(format!("SELECT id FROM {name} WHERE $1 IS NOT NULL AND {alike}")),
            false => kept(format!("SELECT id FROM {name} WHERE {owner} = $1 AND {alike}")),
        }),
        insert: kept(format!(
            "INSERT INTO {name} ({into}) VALUES ({}) ON CONFLICT DO NOTHING",
            values.join(", ")
        )),
    }
}

fn of(table: &Table) -> &'static Statements {
    &STATEMENTS[table.name]
}

/// Address, settings and age of an account; `None` if there is none.
pub(super) async fn account(tx: &mut Tx, learner: LearnerId) -> Result<Option<(Option<String>, Value, i64)>> {
    let query = tx.query("SELECT email, settings, created FROM learner WHERE id = $1").bind(learner.0);
    let row = query.maybe::<(Option<String>, Json<Value>, i64)>().await?;
    Ok(row.map(|(email, Json(settings), created)| (email, settings, created)))
}

/// Whether a learner has not done anything yet.
pub(super) async fn is_new(tx: &mut Tx, learner: LearnerId) -> Result<bool> {
    let sql =
        "SELECT id FROM answer WHERE learner = $1 UNION SELECT id FROM material WHERE owner = $1 LIMIT 1";
    Ok(tx.query(sql).bind(learner.0).maybe::<(Uuid,)>().await?.is_none())
}

pub(super) async fn set_settings(tx: &mut Tx, learner: LearnerId, settings: &Value) -> Result<()> {
    let query = tx.query("UPDATE learner SET settings = $2 WHERE id = $1").bind(learner.0);
    query.bind(Json(settings.clone())).run().await?;
    Ok(())
}

/// Bytes of a learner's files.
pub(super) async fn bytes(tx: &mut Tx, learner: LearnerId) -> Result<u64> {
    crate::library::store::bytes_of(tx, learner).await
}

/// The rows of a learner, in an order that is always the same.
pub(super) async fn rows(tx: &mut Tx, table: &Table, learner: LearnerId) -> Result<Rows> {
    let cells = tx.query(of(table).rows).bind(learner.0).all::<Cells>().await?;
    let row = |cells: Cells| {
        let values = cells.into_json(table.columns.iter().map(|field| field.kind))?;
        Ok(table.columns.iter().map(|field| field.name.to_string()).zip(values).collect::<Map<_, _>>())
    };
    cells.into_iter().map(row).collect()
}

/// Whether a learner has a row of this id.
pub(super) async fn own(tx: &mut Tx, table: &Table, learner: LearnerId, id: Uuid) -> Result<Option<Uuid>> {
    let row = tx.query(of(table).own).bind(learner.0).bind(id).maybe::<(Uuid,)>().await?;
    Ok(row.map(|(id,)| id))
}

/// The row of a learner that is the same thing as this one under another id.
pub(super) async fn same(
    tx: &mut Tx,
    table: &Table,
    learner: LearnerId,
    row: &Map<String, Value>,
) -> Result<Option<Uuid>> {
    let Some(sql) = of(table).same else { return Ok(None) };
    if table.same.iter().all(|column| row[*column].is_null()) {
        return Ok(None);
    }
    let kind = |column: &str| {
        table.columns.iter().find(|field| field.name == column).map_or(Kind::Text, |field| field.kind)
    };
    let query = tx.query(sql).bind(learner.0);
    let query = table.same.iter().fold(query, |query, column| query.bind_json(&row[*column], kind(column)));
    Ok(query.maybe::<(Uuid,)>().await?.map(|(id,)| id))
}

/// Adds a row; whether it was not there.
pub(super) async fn insert(
    tx: &mut Tx,
    table: &Table,
    learner: LearnerId,
    row: &Map<String, Value>,
) -> Result<bool> {
    let query = tx.query(of(table).insert);
    let query = if table.owner.is_empty() { query } else { query.bind(learner.0) };
    let query =
        table.columns.iter().fold(query, |query, field| query.bind_json(&row[field.name], field.kind));
    Ok(query.run().await? == 1)
}
