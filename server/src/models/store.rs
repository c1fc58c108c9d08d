//! The book of calls and what learners agreed to, in SQL.

use crate::db::{Result, Tx};
use domain::id::{LearnerId, MaterialId};
use uuid::Uuid;

/// A call of a language model.
pub(super) struct CallRow<'c> {
    pub(super) id: Uuid,
    /// `None` for work that is nobody's own.
    pub(super) learner: Option<LearnerId>,
    pub(super) at: i64,
    pub(super) day: i64,
    pub(super) task: &'c str,
    pub(super) tier: &'c str,
    pub(super) endpoint: &'c str,
    pub(super) model: &'c str,
    pub(super) source: &'c str,
    pub(super) input: i64,
    pub(super) cached: i64,
    pub(super) output: i64,
    pub(super) nanodollars: i64,
    pub(super) first_word: Option<i64>,
    pub(super) whole: i64,
    pub(super) outcome: &'c str,
}

/// Writes a call down. That the learner is gone meanwhile does not take it out of the book.
pub(super) async fn insert_call(tx: &mut Tx, call: &CallRow<'_>) -> Result<()> {
    let sql =
        "INSERT INTO model_call (id, learner, at, day, task, tier, endpoint, model, source, input_tokens, cached_tokens,
           output_tokens, nanodollars, first_word, whole, outcome)
         VALUES ($1, (SELECT id FROM learner WHERE id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let query =
        tx.query(sql).bind(call.id).bind(call.learner.map(|learner| learner.0)).bind(call.at).bind(call.day);
    let query = query.bind(call.task.to_string()).bind(call.tier.to_string()).bind(call.endpoint.to_string());
    let query = query.bind(call.model.to_string()).bind(call.source.to_string());
    let query = query.bind(call.input).bind(call.cached).bind(call.output).bind(call.nanodollars);
    query.bind(call.first_word).bind(call.whole).bind(call.outcome.to_string()).run().await?;
    Ok(())
}

/// Billionths of a dollar spent on a day: on the learner, and on everybody.
pub(super) async fn spent(tx: &mut Tx, learner: LearnerId, day: i64) -> Result<(i64, i64)> {
    let sql = "SELECT CAST(coalesce(sum(CASE WHEN learner = $1 THEN nanodollars ELSE 0 END), 0) AS BIGINT),
           CAST(coalesce(sum(nanodollars), 0) AS BIGINT)
         FROM model_call WHERE day = $2";
    tx.query(sql).bind(learner.0).bind(day).one().await
}

/// The endpoints that a learner agreed to.
pub(super) async fn agreed(tx: &mut Tx, learner: LearnerId) -> Result<Vec<String>> {
    let query = tx.query("SELECT endpoint FROM model_consent WHERE learner = $1 ORDER BY endpoint");
    let rows: Vec<(String,)> = query.bind(learner.0).all().await?;
    Ok(rows.into_iter().map(|(endpoint,)| endpoint).collect())
}

/// A learner agrees; again changes nothing.
pub(super) async fn agree(tx: &mut Tx, learner: LearnerId, endpoint: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO model_consent (learner, endpoint, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.query(sql).bind(learner.0).bind(endpoint.to_string()).bind(at).run().await?;
    Ok(())
}

/// A learner takes it back.
pub(super) async fn withdraw(tx: &mut Tx, learner: LearnerId, endpoint: &str) -> Result<()> {
    let query = tx.query("DELETE FROM model_consent WHERE learner = $1 AND endpoint = $2");
    query.bind(learner.0).bind(endpoint.to_string()).run().await?;
    Ok(())
}

/// How far a material's text may go.
#[derive(sqlx::FromRow)]
pub(super) struct Reach {
    pub(super) stays_here: bool,
    /// It is nobody's own.
    pub(super) public: bool,
}

/// `None` where it is not there or not the learner's to read.
pub(super) async fn reach(tx: &mut Tx, learner: LearnerId, material: MaterialId) -> Result<Option<Reach>> {
    let sql = "SELECT stays_here, owner IS NULL AS public FROM material WHERE id = $1 AND (owner = $2 OR owner IS NULL)";
    tx.query(sql).bind(material.0).bind(learner.0).maybe().await
}

/// Marks a learner's material; `false` where it is not there.
pub(super) async fn set_stays_here(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    stays: bool,
) -> Result<bool> {
    let query = tx.query("UPDATE material SET stays_here = $1 WHERE id = $2 AND owner = $3");
    Ok(query.bind(stays).bind(material.0).bind(learner.0).run().await? > 0)
}
