//! Flashcards in SQL.

use crate::{
    db::{Result, Tx},
    progress::Day,
};
use app::tutor::api::Source;
use domain::{
    flashcard::Sides,
    id::{FlashcardId, LearnerId, MaterialId},
};
use uuid::Uuid;

/// A flashcard with its material's title.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct FlashcardRow {
    pub(super) id: Uuid,
    pub(super) material: Uuid,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) front: String,
    pub(super) back: String,
    pub(super) concept: String,
    pub(super) quote: String,
    pub(super) span_start: i64,
    pub(super) span_end: i64,
    pub(super) page: i64,
}

/// A flashcard to be made.
pub(super) struct NewFlashcard<'f> {
    pub(super) id: FlashcardId,
    pub(super) material: MaterialId,
    pub(super) sides: &'f Sides,
    pub(super) concept: &'f str,
    pub(super) quote: &'f str,
    pub(super) source: Source,
}

pub(super) async fn find(
    tx: &mut Tx,
    learner: LearnerId,
    flashcard: FlashcardId,
) -> Result<Option<FlashcardRow>> {
    tx.query(
        "SELECT f.id, f.material, m.title, f.kind, f.front, f.back, f.concept, f.quote, f.span_start, f.span_end, f.page
         FROM flashcard f JOIN material m ON m.id = f.material
         WHERE f.learner = $1 AND f.id = $2 AND (m.owner = $1 OR m.owner IS NULL)",
    )
    .bind(learner.0)
    .bind(flashcard.0)
    .maybe()
    .await
}

/// The card that asks the same of the same words.
pub(super) async fn same(tx: &mut Tx, learner: LearnerId, new: &NewFlashcard<'_>) -> Result<Option<Uuid>> {
    let query = tx.query(
        "SELECT id FROM flashcard WHERE learner = $1 AND material = $2 AND span_start = $3 AND span_end = $4 AND front = $5",
    );
    let span = new.source.span;
    let query =
        query.bind(learner.0).bind(new.material.0).bind(i64::from(span.start)).bind(i64::from(span.end));
    Ok(query.bind(new.sides.front.clone()).maybe::<(Uuid,)>().await?.map(|(id,)| id))
}

pub(super) async fn insert(tx: &mut Tx, day: &Day, new: &NewFlashcard<'_>) -> Result<()> {
    tx.query(
        "INSERT INTO flashcard
           (id, learner, material, kind, front, back, concept, quote, span_start, span_end, page, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(new.id.0)
    .bind(day.learner.0)
    .bind(new.material.0)
    .bind(new.sides.kind.slug())
    .bind(new.sides.front.clone())
    .bind(new.sides.back.clone())
    .bind(new.concept.to_string())
    .bind(new.quote.to_string())
    .bind(i64::from(new.source.span.start))
    .bind(i64::from(new.source.span.end))
    .bind(i64::from(new.source.page))
    .bind(day.now)
    .run()
    .await?;
    Ok(())
}

/// False: the learner has no such card.
pub(super) async fn rest(tx: &mut Tx, learner: LearnerId, flashcard: FlashcardId) -> Result<bool> {
    let query = tx.query("UPDATE flashcard SET resting = TRUE WHERE id = $2 AND learner = $1");
    Ok(query.bind(learner.0).bind(flashcard.0).run().await? == 1)
}

pub(super) async fn wake(tx: &mut Tx, learner: LearnerId) -> Result<()> {
    tx.query("UPDATE flashcard SET resting = FALSE WHERE learner = $1 AND resting")
        .bind(learner.0)
        .run()
        .await?;
    Ok(())
}

/// How many cards of a learner rest.
///
/// # Errors
/// When the database fails.
pub async fn resting(tx: &mut Tx, learner: LearnerId) -> Result<i64> {
    let query = tx.query("SELECT COUNT(*) FROM flashcard WHERE learner = $1 AND resting");
    Ok(query.bind(learner.0).one::<(i64,)>().await?.0)
}

pub(super) async fn delete(tx: &mut Tx, learner: LearnerId, flashcard: FlashcardId) -> Result<()> {
    let query = tx.query("DELETE FROM flashcard WHERE id = $2 AND learner = $1");
    query.bind(learner.0).bind(flashcard.0).run().await?;
    Ok(())
}
