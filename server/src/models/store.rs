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
    pub(super) written: i64,
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
           output_tokens, nanodollars, first_word, whole, outcome, written_tokens)
         VALUES ($1, (SELECT id FROM learner WHERE id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
           $17)";
    let query =
        tx.query(sql).bind(call.id).bind(call.learner.map(|learner| learner.0)).bind(call.at).bind(call.day);
    let query = query.bind(call.task.to_string()).bind(call.tier.to_string()).bind(call.endpoint.to_string());
    let query = query.bind(call.model.to_string()).bind(call.source.to_string());
    let query = query.bind(call.input).bind(call.cached).bind(call.output).bind(call.nanodollars);
    let query = query.bind(call.first_word).bind(call.whole).bind(call.outcome.to_string());
    query.bind(call.written).run().await?;
    Ok(())
}

/// Billionths of a dollar spent on a day: on the learner, and on everybody.
pub(super) async fn spent(tx: &mut Tx, learner: LearnerId, day: i64) -> Result<(i64, i64)> {
    let sql = "SELECT CAST(coalesce(sum(CASE WHEN learner = $1 THEN nanodollars ELSE 0 END), 0) AS BIGINT),
           CAST(coalesce(sum(nanodollars), 0) AS BIGINT)
         FROM model_call WHERE day = $2";
    tx.query(sql).bind(learner.0).bind(day).one().await
}

/// A provider's key, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct KeyRow {
    pub(super) endpoint: String,
    pub(super) sealed: Vec<u8>,
    pub(super) at: i64,
}

/// All keys that were set.
pub(super) async fn keys(tx: &mut Tx) -> Result<Vec<KeyRow>> {
    tx.query("SELECT endpoint, sealed, at FROM provider_key ORDER BY endpoint").all().await
}

/// Keeps a key in the place of the one before.
pub(super) async fn save_key(tx: &mut Tx, key: KeyRow) -> Result<()> {
    let sql = "INSERT INTO provider_key (endpoint, sealed, at) VALUES ($1, $2, $3)
         ON CONFLICT (endpoint) DO UPDATE SET sealed = excluded.sealed, at = excluded.at";
    tx.query(sql).bind(key.endpoint).bind(key.sealed).bind(key.at).run().await?;
    Ok(())
}

/// False: none was set.
pub(super) async fn remove_key(tx: &mut Tx, endpoint: &str) -> Result<bool> {
    let query = tx.query("DELETE FROM provider_key WHERE endpoint = $1");
    Ok(query.bind(endpoint.to_string()).run().await? == 1)
}

/// Who agreed to which endpoint.
pub(super) async fn agreements(tx: &mut Tx) -> Result<Vec<(LearnerId, String)>> {
    let sql = "SELECT learner, endpoint FROM model_consent ORDER BY learner, endpoint";
    let rows: Vec<(Uuid, String)> = tx.query(sql).all().await?;
    Ok(rows.into_iter().map(|(learner, endpoint)| (LearnerId(learner), endpoint)).collect())
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

/// What was spent on a day and a task.
#[derive(sqlx::FromRow)]
pub(super) struct DayRow {
    pub(super) day: i64,
    pub(super) task: String,
    pub(super) nanodollars: i64,
}

/// What was spent on each task of each day from `since` on. Rows from before tasks were booked are of vectors.
pub(super) async fn costs(tx: &mut Tx, since: i64) -> Result<Vec<DayRow>> {
    let sql = "SELECT day, CASE task WHEN '' THEN 'embedding' ELSE task END AS task,
           CAST(sum(nanodollars) AS BIGINT) AS nanodollars
         FROM model_call WHERE day >= $1 GROUP BY 1, 2 ORDER BY 1, 2";
    tx.query(sql).bind(since).all().await
}

/// What is counted of some calls.
#[derive(sqlx::FromRow)]
pub(super) struct LineRow {
    pub(super) name: String,
    pub(super) calls: i64,
    pub(super) cached: i64,
    pub(super) shared: i64,
    pub(super) failed: i64,
    pub(super) input: i64,
    pub(super) output: i64,
    pub(super) cost: i64,
    pub(super) median: Option<i64>,
    pub(super) p95: Option<i64>,
}

/// What is a failed call; one that nobody listened to any longer is none.
macro_rules! failed {
    () => {
        "source = 'model' AND outcome NOT IN ('whole', 'length', 'left')"
    };
}

/// Calls by a name that is made of each. The times are ranked among those of its name that were asked and said
/// something; the p-th part of n is the one of rank p * n, rounded up.
macro_rules! lines {
    ($name:literal, $which:literal) => {
        concat!(
            "WITH call AS (
               SELECT ",
            $name,
            " AS name, source, outcome, input_tokens, output_tokens, nanodollars, first_word,
                 source = 'model' AND first_word IS NOT NULL AS timed
               FROM model_call WHERE day >= $1 AND ",
            $which,
            "),
             ranked AS (
               SELECT call.*, row_number() OVER (PARTITION BY name, timed ORDER BY first_word) AS place,
                 count(*) OVER (PARTITION BY name, timed) AS many
               FROM call)
             SELECT name, CAST(count(*) AS BIGINT) AS calls,
               CAST(sum(CASE WHEN source = 'cache' THEN 1 ELSE 0 END) AS BIGINT) AS cached,
               CAST(sum(CASE WHEN source = 'shared' THEN 1 ELSE 0 END) AS BIGINT) AS shared,
               CAST(sum(CASE WHEN ",
            failed!(),
            " THEN 1 ELSE 0 END) AS BIGINT) AS failed,
               CAST(sum(input_tokens) AS BIGINT) AS input, CAST(sum(output_tokens) AS BIGINT) AS output,
               CAST(sum(nanodollars) AS BIGINT) AS cost,
               CAST(max(CASE WHEN timed AND place = (many + 1) / 2 THEN first_word END) AS BIGINT) AS median,
               CAST(max(CASE WHEN timed AND place = (many * 95 + 99) / 100 THEN first_word END) AS BIGINT) AS p95
             FROM ranked GROUP BY name ORDER BY cost DESC, calls DESC, name"
        )
    };
}

/// Calls by task, the dearest first.
pub(super) async fn by_task(tx: &mut Tx, since: i64) -> Result<Vec<LineRow>> {
    let sql = lines!("CASE task WHEN '' THEN 'embedding' ELSE task END", "TRUE");
    tx.query(sql).bind(since).all().await
}

/// Calls by model, the dearest first; those that asked none are of none.
pub(super) async fn by_model(tx: &mut Tx, since: i64) -> Result<Vec<LineRow>> {
    tx.query(lines!("model", "model <> ''")).bind(since).all().await
}

/// All calls of language models as one; `None` where there were none.
pub(super) async fn together(tx: &mut Tx, since: i64) -> Result<Option<LineRow>> {
    tx.query(lines!("'all'", "task NOT IN ('', 'embedding')")).bind(since).maybe().await
}

/// How often calls of language models failed for what, the most frequent first.
pub(super) async fn failures(tx: &mut Tx, since: i64) -> Result<Vec<(String, i64)>> {
    let sql = concat!(
        "SELECT outcome, CAST(count(*) AS BIGINT) FROM model_call WHERE day >= $1 AND task NOT IN ('', 'embedding') AND ",
        failed!(),
        " GROUP BY outcome ORDER BY 2 DESC, 1"
    );
    tx.query(sql).bind(since).all().await
}

/// Billionths of a dollar spent on a day: on everybody, and on the learner on whom most was spent.
pub(super) async fn spent_at_most(tx: &mut Tx, day: i64) -> Result<(i64, i64)> {
    let sql = "SELECT CAST(coalesce(sum(cost), 0) AS BIGINT),
           CAST(coalesce(max(CASE WHEN learner IS NOT NULL THEN cost END), 0) AS BIGINT)
         FROM (SELECT learner, sum(nanodollars) AS cost FROM model_call WHERE day = $1 GROUP BY learner) AS learners";
    tx.query(sql).bind(day).one().await
}

/// What calls of a day, a task and a model come to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct SumRow {
    pub(super) day: i64,
    pub(super) task: String,
    pub(super) endpoint: String,
    pub(super) model: String,
    pub(super) calls: i64,
    pub(super) cached: i64,
    pub(super) shared: i64,
    pub(super) failed: i64,
    pub(super) input: i64,
    pub(super) kept_input: i64,
    pub(super) output: i64,
    pub(super) nanodollars: i64,
}

/// The sums of each day, task and model, the newest day first.
pub(super) async fn sums(tx: &mut Tx, since: i64) -> Result<Vec<SumRow>> {
    let sql = concat!(
        "SELECT day, CASE task WHEN '' THEN 'embedding' ELSE task END AS task, endpoint, model,
           CAST(count(*) AS BIGINT) AS calls,
           CAST(sum(CASE WHEN source = 'cache' THEN 1 ELSE 0 END) AS BIGINT) AS cached,
           CAST(sum(CASE WHEN source = 'shared' THEN 1 ELSE 0 END) AS BIGINT) AS shared,
           CAST(sum(CASE WHEN ",
        failed!(),
        " THEN 1 ELSE 0 END) AS BIGINT) AS failed,
           CAST(sum(input_tokens) AS BIGINT) AS input, CAST(sum(cached_tokens) AS BIGINT) AS kept_input,
           CAST(sum(output_tokens) AS BIGINT) AS output, CAST(sum(nanodollars) AS BIGINT) AS nanodollars
         FROM model_call WHERE day >= $1 GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 3, 4"
    );
    tx.query(sql).bind(since).all().await
}
