//! A durable queue in the same database: enqueued in the writing transaction, claimed with a lease, kept alive by a
//! heartbeat, retried with backoff, fenced by the attempt number.

use crate::db::{Db, Result, Tx};
use sqlx::types::Json;
use uuid::Uuid;

/// No job waits longer than for the next day's budget. What is due later was put off by a clock that ran ahead, and is due.
const FARTHEST: i64 = 26 * 3_600_000;

/// A claimed job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: Json<serde_json::Value>,
    /// Which try this is, from 1; a later try takes the job away from an earlier one.
    pub attempt: i64,
}

/// A job to be done.
#[derive(Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub kind: &'a str,
    /// The same kind and key is one job.
    pub key: &'a str,
    /// With what.
    pub payload: serde_json::Value,
    /// Not before, milliseconds since 1970.
    pub due: i64,
}

/// Puts a job in the queue, in the transaction that makes it necessary. A job of the same kind and key that waits
/// or runs stays as it is; one that is done or dead starts again. Returns whether anything changed.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, new: New<'_>) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO job (id, kind, key, payload, state, due, attempt) VALUES ($1, $2, $3, $4, 'ready', $5, 0)
             ON CONFLICT (kind, key) DO UPDATE SET state = 'ready', due = excluded.due, attempt = 0, reason = NULL,
               payload = excluded.payload
             WHERE job.state IN ('done', 'dead')",
        )
        .bind(new.id)
        .bind(new.kind.to_string())
        .bind(new.key.to_string())
        .bind(Json(new.payload))
        .bind(new.due)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Takes the job that has been due longest and holds it until `now + lease` (milliseconds). What nobody waits for comes
/// after all that somebody may wait for: a model's thoughts on a material take minutes, embedding a whole library anew hours.
///
/// # Errors
/// When the database fails.
pub async fn claim(db: &Db, now: i64, lease: i64) -> Result<Option<Job>> {
    macro_rules! sql {
        ($skip:literal) => {
            concat!(
                "UPDATE job SET state = 'running', due = $2, attempt = attempt + 1
                 WHERE id = (SELECT id FROM job WHERE state IN ('ready', 'running') AND (due <= $1 OR due > $3)
                             ORDER BY CASE kind WHEN 'embed' THEN 2 WHEN 'analyse' THEN 1 WHEN 'question' THEN 1 ELSE 0 END,
                               due, id LIMIT 1 ",
                $skip,
                ") RETURNING id, kind, payload, attempt"
            )
        };
    }
    let mut tx = db.write().await?;
    let query = tx.query_per(sql!(""), sql!("FOR UPDATE SKIP LOCKED"));
    let job = query.bind(now).bind(now + lease).bind(now + FARTHEST).maybe().await?;
    tx.commit().await?;
    Ok(job)
}

/// When the next job is due, milliseconds since 1970; the runner sleeps until then.
///
/// # Errors
/// When the database fails.
pub async fn next_due(db: &Db, now: i64) -> Result<Option<i64>> {
    let mut tx = db.read().await?;
    let sql = "SELECT due FROM job WHERE state IN ('ready', 'running') ORDER BY due, id LIMIT 1";
    let next = tx.query(sql).maybe::<(i64,)>().await?.map(|(due,)| due);
    Ok(next.map(|due| if due > now + FARTHEST { now } else { due }))
}

/// Holds the job until `until`. False: it was lost to another worker, stop.
///
/// # Errors
/// When the database fails.
pub async fn heartbeat(tx: &mut Tx, job: &Job, until: i64) -> Result<bool> {
    let sql = "UPDATE job SET due = $3 WHERE id = $1 AND attempt = $2 AND state = 'running'";
    Ok(tx.query(sql).bind(job.id).bind(job.attempt).bind(until).run().await? == 1)
}

/// Call it in the transaction that saves the job's result: saved and done, or neither. False: the job was lost,
/// roll back.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<bool> {
    let sql = "UPDATE job SET state = 'done' WHERE id = $1 AND attempt = $2 AND state = 'running'";
    Ok(tx.query(sql).bind(job.id).bind(job.attempt).run().await? == 1)
}

/// Gives the job up for now: tried again after 2, 4, 8 … seconds, at most an hour; after `max_attempts` tries, or
/// at once if `max_attempts` is 0, it is dead, with the reason for the learner. Returns whether it is dead now;
/// `None` if it was lost to another worker.
///
/// # Errors
/// When the database fails.
pub async fn fail(tx: &mut Tx, job: &Job, reason: &str, now: i64, max_attempts: i64) -> Result<Option<bool>> {
    let dead = job.attempt >= max_attempts;
    let wait = (1_000 << job.attempt.clamp(0, 12)).min(3_600_000);
    let (state, due) = if dead { ("dead", now) } else { ("ready", now + wait) };
    let sql = "UPDATE job SET state = $3, due = $4, reason = $5
               WHERE id = $1 AND attempt = $2 AND state = 'running'";
    let query = tx.query(sql).bind(job.id).bind(job.attempt).bind(state.to_string()).bind(due);
    Ok((query.bind(reason.to_string()).run().await? == 1).then_some(dead))
}

/// Makes what waits of a kind due now: what it waited for may be there.
///
/// # Errors
/// When the database fails.
pub async fn hasten(tx: &mut Tx, kind: &str, now: i64) -> Result<()> {
    let query = tx.query("UPDATE job SET due = $2 WHERE kind = $1 AND state = 'ready' AND due > $2");
    query.bind(kind.to_string()).bind(now).run().await?;
    Ok(())
}

/// Removes a job that is no longer wanted (its material was deleted), whoever holds it.
///
/// # Errors
/// When the database fails.
pub async fn cancel(tx: &mut Tx, kind: &str, key: &str) -> Result<()> {
    let query = tx.query("DELETE FROM job WHERE kind = $1 AND key = $2");
    query.bind(kind.to_string()).bind(key.to_string()).run().await?;
    Ok(())
}

/// Makes all running jobs due now. Only where no other process can be working on them.
///
/// # Errors
/// When the database fails.
pub async fn release_all(db: &Db, now: i64) -> Result<u64> {
    let mut tx = db.write().await?;
    let released = tx.query("UPDATE job SET due = $1 WHERE state = 'running'").bind(now).run().await?;
    tx.commit().await?;
    Ok(released)
}
