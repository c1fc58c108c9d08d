//! XP, days and settings in the database.

use super::Day;
use crate::db::{Result, Tx};
use app::account::api::Settings;
use domain::{id::LearnerId, xp::XpGain};
use sqlx::types::Json;
use uuid::Uuid;

/// What the learner has set; the defaults where what is kept cannot be read. `None` if there is no such learner.
pub(super) async fn settings(tx: &mut Tx, learner: LearnerId) -> Result<Option<Settings>> {
    let query = tx.query("SELECT settings FROM learner WHERE id = $1").bind(learner.0);
    let kept = query.maybe::<(Json<serde_json::Value>,)>().await?;
    Ok(kept.map(|(Json(kept),)| serde_json::from_value(kept).unwrap_or_default()))
}

pub(super) async fn pay(
    tx: &mut Tx,
    id: Uuid,
    day: &Day,
    of: (&'static str, Uuid),
    gain: XpGain,
) -> Result<()> {
    tx.query(
        "INSERT INTO xp (id, learner, source, reference, amount, reason, at, day)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, reference) DO NOTHING",
    )
    .bind(id)
    .bind(day.learner.0)
    .bind(of.0)
    .bind(of.1)
    .bind(i64::from(gain.amount))
    .bind(gain.reason.slug())
    .bind(day.now)
    .bind(i64::from(day.local.day))
    .run()
    .await?;
    Ok(())
}

pub(super) async fn take_back(tx: &mut Tx, learner: LearnerId, of: (&'static str, Uuid)) -> Result<()> {
    let query = tx.query("DELETE FROM xp WHERE learner = $1 AND source = $2 AND reference = $3");
    query.bind(learner.0).bind(of.0).bind(of.1).run().await?;
    Ok(())
}

pub(super) async fn paid(
    tx: &mut Tx,
    learner: LearnerId,
    of: (&'static str, Uuid),
) -> Result<Option<(i64, String)>> {
    let query =
        tx.query("SELECT amount, reason FROM xp WHERE learner = $1 AND source = $2 AND reference = $3");
    query.bind(learner.0).bind(of.0).bind(of.1).maybe().await
}

/// XP in all, less what was paid after `at` and `reference`: that is little, and the sum stands with the learner.
pub(super) async fn total(tx: &mut Tx, learner: LearnerId, at: i64, reference: Uuid) -> Result<i64> {
    let query = tx.query(
        "SELECT CAST(l.xp - coalesce((SELECT sum(x.amount) FROM xp x WHERE x.learner = l.id AND x.at >= $2
                                        AND (x.at > $2 OR x.reference > $3)), 0) AS BIGINT)
         FROM learner l WHERE l.id = $1",
    );
    Ok(query.bind(learner.0).bind(at).bind(reference).one::<(i64,)>().await?.0)
}

pub(super) async fn of_day(tx: &mut Tx, learner: LearnerId, day: i32) -> Result<i64> {
    let query =
        tx.query("SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM xp WHERE learner = $1 AND day = $2");
    Ok(query.bind(learner.0).bind(i64::from(day)).one::<(i64,)>().await?.0)
}

/// Days on which something was answered or graded. Each is found from the one before by one look into an index, so that
/// a day of a thousand reviews costs what a day of one does.
pub(super) async fn days(tx: &mut Tx, learner: LearnerId) -> Result<Vec<i32>> {
    let query = tx.query(
        "WITH RECURSIVE answered (day) AS (
           SELECT min(day) FROM answer WHERE learner = $1
           UNION ALL
           SELECT (SELECT min(a.day) FROM answer a WHERE a.learner = $1 AND a.day > answered.day)
           FROM answered WHERE answered.day IS NOT NULL),
         graded (day) AS (
           SELECT min(day) FROM review WHERE learner = $1
           UNION ALL
           SELECT (SELECT min(r.day) FROM review r WHERE r.learner = $1 AND r.day > graded.day)
           FROM graded WHERE graded.day IS NOT NULL)
         SELECT day FROM answered WHERE day IS NOT NULL UNION SELECT day FROM graded WHERE day IS NOT NULL",
    );
    let days = query.bind(learner.0).all::<(i64,)>().await?;
    Ok(days.into_iter().filter_map(|(day,)| i32::try_from(day).ok()).collect())
}

/// Whether something was learned on a day before this answer.
pub(super) async fn learned_before(
    tx: &mut Tx,
    learner: LearnerId,
    day: i32,
    at: i64,
    answer: Uuid,
) -> Result<bool> {
    let query = tx.query(
        "SELECT id FROM answer WHERE learner = $1 AND day = $2 AND (at < $3 OR (at = $3 AND id < $4))
         UNION SELECT id FROM review WHERE learner = $1 AND day = $2 AND (at < $3 OR (at = $3 AND id < $4))
         LIMIT 1",
    );
    let query = query.bind(learner.0).bind(i64::from(day)).bind(at).bind(answer);
    Ok(query.maybe::<(Uuid,)>().await?.is_some())
}

/// The set that was begun last and has questions left: id, title, left, length.
pub(super) async fn open_quiz(tx: &mut Tx, learner: LearnerId) -> Result<Option<(Uuid, String, i64, i64)>> {
    tx.query(
        "SELECT s.id, s.title, s.unanswered, s.length FROM (
           SELECT z.id, z.title, z.started, COUNT(*) AS length,
                  CAST(SUM(CASE WHEN a.id IS NULL AND i.question IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS unanswered
           FROM quiz z JOIN quiz_item i ON i.quiz = z.id
           LEFT JOIN answer a ON a.quiz = i.quiz AND a.position = i.position
           WHERE z.learner = $1 AND z.finished IS NULL GROUP BY z.id, z.title, z.started) s
         WHERE s.unanswered > 0 ORDER BY s.started DESC, s.id DESC LIMIT 1",
    )
    .bind(learner.0)
    .maybe()
    .await
}

/// Pages, owner and time of each material that the learner may see: id, title, own, created, pages.
pub(super) async fn materials(
    tx: &mut Tx,
    learner: LearnerId,
) -> Result<Vec<(Uuid, String, bool, i64, i64)>> {
    tx.query(
        "SELECT id, title, owner IS NOT NULL, created, pages_read FROM material
         WHERE (owner = $1 OR owner IS NULL) AND state <> 'failed' ORDER BY created, id",
    )
    .bind(learner.0)
    .all()
    .await
}
