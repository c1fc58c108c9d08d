//! What was used of models, in SQL.

use crate::db::{Result, Tx};

/// What one call adds.
pub(super) struct Entry<'e> {
    /// Days since 1970, UTC.
    pub(super) day: i64,
    /// As its provider calls it.
    pub(super) model: &'e str,
    /// What for.
    pub(super) task: &'e str,
    /// As its provider counts them.
    pub(super) tokens: i64,
    /// Nanodollars.
    pub(super) cost: i64,
}

/// Adds a call to its day.
pub(super) async fn add(tx: &mut Tx, entry: &Entry<'_>) -> Result<()> {
    let sql = "INSERT INTO model_usage (day, model, task, calls, tokens, nanodollars) VALUES ($1, $2, $3, 1, $4, $5)
        ON CONFLICT (day, model, task) DO UPDATE SET calls = model_usage.calls + 1,
          tokens = model_usage.tokens + excluded.tokens, nanodollars = model_usage.nanodollars + excluded.nanodollars";
    let query = tx.query(sql).bind(entry.day).bind(entry.model.to_string()).bind(entry.task.to_string());
    query.bind(entry.tokens).bind(entry.cost).run().await?;
    Ok(())
}
