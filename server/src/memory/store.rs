//! What is remembered, in SQL.

use super::Lesson;
use crate::db::{Result, Tx};
use domain::{
    id::{LearnerId, MaterialId, MemoryId},
    memory::Kind,
};
use uuid::Uuid;

/// Something that is remembered.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct MemoryRow {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) material: Option<Uuid>,
    pub(super) title: Option<String>,
    pub(super) concept: String,
    pub(super) text: String,
    pub(super) times: i64,
    pub(super) at: i64,
}

/// Something to remember.
pub(super) struct NewMemory<'m> {
    pub(super) id: MemoryId,
    pub(super) kind: Kind,
    /// The lesson that left it, with the key of its concept; `None` for what a learner writes.
    pub(super) lesson: Option<(Lesson<'m>, &'m str)>,
    pub(super) text: &'m str,
    pub(super) mark: &'m str,
    pub(super) at: i64,
}

/// Memories of the learner `$1`.
macro_rules! memories {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.kind, r.material, m.title, r.concept, r.text, r.times, r.at
             FROM memory r LEFT JOIN material m ON m.id = r.material WHERE r.learner = $1 ",
            $rest
        )
    };
}

/// All, the newest first.
pub(super) async fn all(tx: &mut Tx, learner: LearnerId) -> Result<Vec<MemoryRow>> {
    tx.query(memories!("ORDER BY r.at DESC, r.id DESC")).bind(learner.0).all().await
}

/// Those of a material and those of none, the newest first.
pub(super) async fn of_material(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
) -> Result<Vec<MemoryRow>> {
    let query =
        tx.query(memories!("AND (r.material = $2 OR r.material IS NULL) ORDER BY r.at DESC, r.id DESC"));
    query.bind(learner.0).bind(material.0).all().await
}

pub(super) async fn count(tx: &mut Tx, learner: LearnerId) -> Result<i64> {
    let query = tx.query("SELECT COUNT(*) FROM memory WHERE learner = $1");
    Ok(query.bind(learner.0).one::<(i64,)>().await?.0)
}

/// Counts one up that is there already, unless this talk did before. False: there is none.
pub(super) async fn repeat(tx: &mut Tx, learner: LearnerId, again: &NewMemory<'_>) -> Result<bool> {
    let query = tx.query(
        "UPDATE memory SET times = times + CASE WHEN talk = $2 THEN 0 ELSE 1 END, talk = $2, at = $3
         WHERE learner = $1 AND kind = $4 AND mark = $5 AND concept_key = $6 AND material = $7",
    );
    let Some((lesson, concept_key)) = &again.lesson else { return Ok(false) };
    let query = query
        .bind(learner.0)
        .bind(lesson.talk.0)
        .bind(again.at)
        .bind(again.kind.slug())
        .bind(again.mark.to_string())
        .bind((*concept_key).to_string())
        .bind(lesson.material.0);
    Ok(query.run().await? > 0)
}

/// Makes one that the learner wrote in the same words the newest. False: there is none.
pub(super) async fn touch(tx: &mut Tx, learner: LearnerId, again: &NewMemory<'_>) -> Result<bool> {
    let query = tx.query("UPDATE memory SET at = $4 WHERE learner = $1 AND kind = $2 AND text = $3");
    let query = query.bind(learner.0).bind(again.kind.slug()).bind(again.text.to_string());
    Ok(query.bind(again.at).run().await? > 0)
}

pub(super) async fn insert(tx: &mut Tx, learner: LearnerId, new: &NewMemory<'_>) -> Result<()> {
    let (lesson, key) = new.lesson.map_or((None, ""), |(lesson, key)| (Some(lesson), key));
    tx.query(
        "INSERT INTO memory (id, learner, kind, material, concept, concept_key, text, mark, times, talk, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
    )
    .bind(new.id.0)
    .bind(learner.0)
    .bind(new.kind.slug())
    .bind(lesson.map(|lesson| lesson.material.0))
    .bind(lesson.map(|lesson| lesson.concept.to_string()).unwrap_or_default())
    .bind(key.to_string())
    .bind(new.text.to_string())
    .bind(new.mark.to_string())
    .bind(lesson.map(|lesson| lesson.talk.0))
    .bind(new.at)
    .run()
    .await?;
    Ok(())
}

/// False: the learner wrote all there is.
pub(super) async fn forget_oldest_episode(tx: &mut Tx, learner: LearnerId) -> Result<bool> {
    let query = tx.query(
        "DELETE FROM memory WHERE id = (SELECT id FROM memory WHERE learner = $1 AND kind NOT IN ('goal', 'note')
           ORDER BY at, id LIMIT 1)",
    );
    Ok(query.bind(learner.0).run().await? > 0)
}

/// False: the learner has no such memory.
pub(super) async fn reword(tx: &mut Tx, learner: LearnerId, memory: MemoryId, text: &str) -> Result<bool> {
    let query = tx.query("UPDATE memory SET text = $3 WHERE id = $2 AND learner = $1");
    Ok(query.bind(learner.0).bind(memory.0).bind(text.to_string()).run().await? == 1)
}

pub(super) async fn forget(tx: &mut Tx, learner: LearnerId, memory: MemoryId) -> Result<()> {
    tx.query("DELETE FROM memory WHERE id = $2 AND learner = $1")
        .bind(learner.0)
        .bind(memory.0)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn forget_all(tx: &mut Tx, learner: LearnerId) -> Result<()> {
    tx.query("DELETE FROM memory WHERE learner = $1").bind(learner.0).run().await?;
    Ok(())
}

pub(super) async fn is_off(tx: &mut Tx, learner: LearnerId) -> Result<bool> {
    let query = tx.query("SELECT since FROM memory_off WHERE learner = $1");
    Ok(query.bind(learner.0).maybe::<(i64,)>().await?.is_some())
}

pub(super) async fn set_off(tx: &mut Tx, learner: LearnerId, off: bool, now: i64) -> Result<()> {
    if off {
        let sql = "INSERT INTO memory_off (learner, since) VALUES ($1, $2) ON CONFLICT (learner) DO NOTHING";
        tx.query(sql).bind(learner.0).bind(now).run().await?;
    } else {
        tx.query("DELETE FROM memory_off WHERE learner = $1").bind(learner.0).run().await?;
    }
    Ok(())
}

/// Gives a guest's memories to an account, and no more than `most` in all; none where of the account nothing is remembered.
///
/// # Errors
/// When the database fails.
pub async fn give(tx: &mut Tx, guest: LearnerId, account: LearnerId, most: usize) -> Result<()> {
    if is_off(tx, account).await? {
        return Ok(());
    }
    let sql = "UPDATE memory SET learner = $2 WHERE learner = $1";
    tx.query(sql).bind(guest.0).bind(account.0).run().await?;
    let rest = "DELETE FROM memory WHERE learner = $1 AND id NOT IN
        (SELECT id FROM memory WHERE learner = $1 ORDER BY at DESC, id DESC LIMIT $2)";
    tx.query(rest).bind(account.0).bind(most as i64).run().await?;
    Ok(())
}
