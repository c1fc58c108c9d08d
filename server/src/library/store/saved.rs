//! Searches that learners keep, in SQL.

use crate::db::{Result, Tx};
use domain::id::{LearnerId, MaterialId, SavedSearchId};
use uuid::Uuid;

/// A search that is kept.
#[derive(Debug, sqlx::FromRow)]
pub struct SavedRow {
    /// Id.
    pub id: Uuid,
    /// What is looked for.
    pub query: String,
    /// In this material alone.
    pub material: Option<Uuid>,
    /// Its title.
    pub title: Option<String>,
    /// In this chapter alone: its first byte.
    pub chapter: Option<i64>,
    /// Its heading.
    pub chapter_title: Option<String>,
}

/// The searches of a learner, newest first.
pub async fn all(tx: &mut Tx, learner: LearnerId) -> Result<Vec<SavedRow>> {
    let sql = "SELECT s.id, s.query, s.material, m.title, s.chapter, s.chapter_title
        FROM saved_search s LEFT JOIN material m ON m.id = s.material
        WHERE s.learner = $1 ORDER BY s.created DESC, s.id DESC";
    tx.query(sql).bind(learner.0).all().await
}

/// A search to keep.
#[derive(Debug)]
pub struct NewSaved<'a> {
    /// Id.
    pub id: SavedSearchId,
    /// What is looked for.
    pub query: &'a str,
    /// In this material alone.
    pub material: Option<MaterialId>,
    /// In this chapter alone: its first byte and its heading.
    pub chapter: Option<(u32, &'a str)>,
    /// The same for the same search.
    pub key: &'a str,
    /// Now.
    pub created: i64,
}

/// Whether a search is kept.
pub async fn has(tx: &mut Tx, learner: LearnerId, key: &str) -> Result<bool> {
    let query = tx.query("SELECT id FROM saved_search WHERE learner = $1 AND key = $2");
    Ok(query.bind(learner.0).bind(key.to_string()).maybe::<(Uuid,)>().await?.is_some())
}

/// Keeps a search; one that is kept becomes the newest.
pub async fn keep(tx: &mut Tx, learner: LearnerId, new: NewSaved<'_>) -> Result<()> {
    tx.query(
        "INSERT INTO saved_search (id, learner, query, material, chapter, chapter_title, key, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (learner, key) DO UPDATE SET query = excluded.query,
           chapter_title = excluded.chapter_title, created = excluded.created",
    )
    .bind(new.id.0)
    .bind(learner.0)
    .bind(new.query.to_string())
    .bind(new.material.map(|material| material.0))
    .bind(new.chapter.map(|(start, _)| i64::from(start)))
    .bind(new.chapter.map(|(_, title)| title.to_string()))
    .bind(new.key.to_string())
    .bind(new.created)
    .run()
    .await?;
    Ok(())
}

/// Keeps a search no longer. False: the learner has no such search.
pub async fn forget(tx: &mut Tx, learner: LearnerId, saved: SavedSearchId) -> Result<bool> {
    let query = tx.query("DELETE FROM saved_search WHERE id = $1 AND learner = $2");
    Ok(query.bind(saved.0).bind(learner.0).run().await? == 1)
}

/// Gives a guest's searches to an account. Of one that both keep the account's stays, and no more than `most` in all.
pub async fn give(tx: &mut Tx, guest: LearnerId, account: LearnerId, most: usize) -> Result<()> {
    let clash = "DELETE FROM saved_search WHERE learner = $1 AND key IN
        (SELECT key FROM saved_search WHERE learner = $2)";
    tx.query(clash).bind(guest.0).bind(account.0).run().await?;
    let give = "UPDATE saved_search SET learner = $2 WHERE learner = $1";
    tx.query(give).bind(guest.0).bind(account.0).run().await?;
    let rest = "DELETE FROM saved_search WHERE learner = $1 AND id NOT IN
        (SELECT id FROM saved_search WHERE learner = $1 ORDER BY created DESC, id DESC LIMIT $2)";
    tx.query(rest).bind(account.0).bind(most as i64).run().await?;
    Ok(())
}
