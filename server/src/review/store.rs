//! Cards and the log of their reviews in the database.

use crate::{
    db::{Result, Tx},
    progress::Day,
    questions::QuestionRow,
};
use domain::{
    id::{FlashcardId, LearnerId, QuestionId},
    schedule::{CardState, Memory, Rating},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

/// A card.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct CardRow {
    pub(super) id: Uuid,
    /// The question that it asks, or else
    pub(super) question: Option<Uuid>,
    /// the flashcard that it shows.
    pub(super) flashcard: Option<Uuid>,
    stability: Option<f64>,
    difficulty: Option<f64>,
    pub(super) due: i64,
    last_review: Option<i64>,
    reps: i64,
    lapses: i64,
}

impl CardRow {
    pub(super) fn state(&self) -> CardState {
        let memory = self.stability.zip(self.difficulty).map(|(stability, difficulty)| Memory {
            stability: stability as f32,
            difficulty: difficulty as f32,
        });
        let count = |n: i64| u32::try_from(n).unwrap_or(0);
        CardState {
            memory,
            due: self.due,
            last_review: self.last_review,
            reps: count(self.reps),
            lapses: count(self.lapses),
        }
    }
}

/// A card before a review.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Before {
    #[serde(flatten)]
    pub(super) card: CardState,
    /// A later grade was taken back: this one is not, so that undoing twice undoes once.
    #[serde(default)]
    pub(super) kept: bool,
}

/// A card after a review.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct After {
    #[serde(flatten)]
    pub(super) card: CardState,
    /// Seconds until it comes back, as told then.
    pub(super) interval: i64,
}

/// A review to be written down.
pub(super) struct NewReview {
    pub(super) id: Uuid,
    pub(super) card: Uuid,
    pub(super) rating: Rating,
    pub(super) at: i64,
    pub(super) took: u32,
    pub(super) before: Before,
    pub(super) after: After,
}

/// A grade that was given.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct GradeRow {
    pub(super) id: Uuid,
    pub(super) card: Uuid,
    pub(super) rating: String,
    pub(super) before: Json<Before>,
    pub(super) after: Json<After>,
    /// Reviews of the card by now: more than after this grade if it was reviewed since.
    pub(super) reps: i64,
}

/// Cards of the learner `$1` whose questions can be asked, or whose flashcards do not rest.
macro_rules! askable {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM card c LEFT JOIN question q ON q.id = c.question LEFT JOIN flashcard f ON f.id = c.flashcard
               JOIN material m ON m.id = coalesce(q.material, f.material)
             WHERE c.learner = $1 AND (m.owner = $1 OR m.owner IS NULL)
               AND (NOT f.resting OR (q.state = 'published' AND NOT EXISTS
                 (SELECT 1 FROM question_report r WHERE r.question = q.id AND r.learner = $1)))"
        )
    };
}

/// Of these, those due at `$2` on a day that ends at `$3`: `CardState::is_due` in SQL.
macro_rules! due {
    ($columns:literal) => {
        concat!(askable!($columns), " AND c.due < $3 AND (c.due <= $2 OR c.due - c.last_review >= 86400000)")
    };
}

pub(super) async fn of_question(
    tx: &mut Tx,
    learner: LearnerId,
    question: QuestionId,
) -> Result<Option<CardRow>> {
    let sql = "SELECT c.id, c.question, c.flashcard, c.stability, c.difficulty, c.due, c.last_review, c.reps, c.lapses
               FROM card c WHERE c.learner = $1 AND c.question = $2";
    tx.query(sql).bind(learner.0).bind(question.0).maybe().await
}

/// The cards of these questions.
pub(super) async fn of_questions(
    tx: &mut Tx,
    learner: LearnerId,
    questions: &[QuestionId],
) -> Result<Vec<CardRow>> {
    macro_rules! sql {
        ($in:literal) => {
            concat!(
                "SELECT c.id, c.question, c.flashcard, c.stability, c.difficulty, c.due, c.last_review, c.reps, c.lapses
                 FROM card c WHERE c.learner = $1 AND c.question ",
                $in
            )
        };
    }
    let ids: Vec<String> = questions.iter().map(|id| id.0.simple().to_string()).collect();
    let query = tx.query_per(
        sql!("IN (SELECT unhex(value) FROM json_each($2))"),
        sql!("= ANY(ARRAY(SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2)))"),
    );
    query.bind(learner.0).bind(Json(ids)).all().await
}

pub(super) async fn find(tx: &mut Tx, learner: LearnerId, card: Uuid) -> Result<Option<CardRow>> {
    let sql = "SELECT c.id, c.question, c.flashcard, c.stability, c.difficulty, c.due, c.last_review, c.reps, c.lapses
               FROM card c WHERE c.learner = $1 AND c.id = $2";
    tx.query(sql).bind(learner.0).bind(card).maybe().await
}

/// The question of a card.
pub(super) async fn question_of(tx: &mut Tx, learner: LearnerId, card: Uuid) -> Result<Option<QuestionRow>> {
    tx.query(
        "SELECT q.id, q.material, m.title, q.automatic, q.item
         FROM card c JOIN question q ON q.id = c.question JOIN material m ON m.id = q.material
         WHERE c.learner = $1 AND c.id = $2 AND (m.owner = $1 OR m.owner IS NULL)",
    )
    .bind(learner.0)
    .bind(card)
    .maybe()
    .await
}

/// What a card shows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// A question.
    Question(QuestionId),
    /// A front and a back.
    Flashcard(FlashcardId),
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: Uuid,
    day: &Day,
    subject: Subject,
    state: &CardState,
) -> Result<()> {
    let (question, flashcard) = match subject {
        Subject::Question(question) => (Some(question.0), None),
        Subject::Flashcard(flashcard) => (None, Some(flashcard.0)),
    };
    tx.query(
        "INSERT INTO card
           (id, learner, question, flashcard, stability, difficulty, due, last_review, reps, lapses, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(day.learner.0)
    .bind(question)
    .bind(flashcard)
    .bind(state.memory.map(|memory| f64::from(memory.stability)))
    .bind(state.memory.map(|memory| f64::from(memory.difficulty)))
    .bind(state.due)
    .bind(state.last_review)
    .bind(i64::from(state.reps))
    .bind(i64::from(state.lapses))
    .bind(day.now)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, learner: LearnerId, id: Uuid, state: &CardState) -> Result<()> {
    tx.query(
        "UPDATE card SET stability = $3, difficulty = $4, due = $5, last_review = $6, reps = $7, lapses = $8
         WHERE id = $2 AND learner = $1",
    )
    .bind(learner.0)
    .bind(id)
    .bind(state.memory.map(|memory| f64::from(memory.stability)))
    .bind(state.memory.map(|memory| f64::from(memory.difficulty)))
    .bind(state.due)
    .bind(state.last_review)
    .bind(i64::from(state.reps))
    .bind(i64::from(state.lapses))
    .run()
    .await?;
    Ok(())
}

/// The card that has been due longest.
pub(super) async fn first_due(tx: &mut Tx, day: &Day) -> Result<Option<CardRow>> {
    let sql = concat!(
        due!(
            "c.id, c.question, c.flashcard, c.stability, c.difficulty, c.due, c.last_review, c.reps, c.lapses"
        ),
        " ORDER BY c.due, c.id LIMIT 1"
    );
    tx.query(sql).bind(day.learner.0).bind(day.now).bind(day.local.day_ends).maybe().await
}

pub(super) async fn all_due(tx: &mut Tx, day: &Day) -> Result<Vec<CardRow>> {
    let sql = due!(
        "c.id, c.question, c.flashcard, c.stability, c.difficulty, c.due, c.last_review, c.reps, c.lapses"
    );
    tx.query(sql).bind(day.learner.0).bind(day.now).bind(day.local.day_ends).all().await
}

/// Material and question of each card that is due; a flashcard has no question.
pub(super) async fn due_questions(tx: &mut Tx, day: &Day) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    let sql = due!("m.id, q.id");
    tx.query(sql).bind(day.learner.0).bind(day.now).bind(day.local.day_ends).all().await
}

/// Cards due now, and those that come until the end of tomorrow.
pub(super) async fn counts(tx: &mut Tx, day: &Day) -> Result<(i64, i64)> {
    let sql = due!("COUNT(*)");
    let (due,): (i64,) =
        tx.query(sql).bind(day.learner.0).bind(day.now).bind(day.local.day_ends).one().await?;
    let sql = concat!(askable!("COUNT(*)"), " AND c.due < $2");
    let (soon,): (i64,) = tx.query(sql).bind(day.learner.0).bind(day.local.tomorrow_ends).one().await?;
    Ok((due, soon - due))
}

/// The first card that is not due yet and was put off by whole days, and the first that was not. They are asked for
/// apart, as the former are due from the start of their day, and because both are then found at once in order of time:
/// what was put off by less than a day is due within a day.
pub(super) async fn next(tx: &mut Tx, day: &Day) -> Result<(Option<i64>, Option<i64>)> {
    let by_days = concat!(
        askable!("c.due"),
        " AND c.due > $2 AND c.due - c.last_review >= 86400000 ORDER BY c.due LIMIT 1"
    );
    let by_days = tx.query(by_days).bind(day.learner.0).bind(day.now).maybe::<(i64,)>().await?;
    let by_hours = concat!(
        askable!("c.due"),
        " AND c.due > $2 AND c.due <= $3 AND (c.last_review IS NULL OR c.due - c.last_review < 86400000)
         ORDER BY c.due LIMIT 1"
    );
    let query = tx.query(by_hours).bind(day.learner.0).bind(day.now).bind(day.now + 86_400_000);
    let by_hours = query.maybe::<(i64,)>().await?;
    Ok((by_days.map(|(due,)| due), by_hours.map(|(due,)| due)))
}

pub(super) async fn log(tx: &mut Tx, day: &Day, review: NewReview) -> Result<()> {
    tx.query(
        "INSERT INTO review (id, card, learner, rating, at, day, took, before, after)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(review.id)
    .bind(review.card)
    .bind(day.learner.0)
    .bind(review.rating.slug())
    .bind(review.at)
    .bind(i64::from(day.local.day))
    .bind(i64::from(review.took))
    .bind(Json(review.before))
    .bind(Json(review.after))
    .run()
    .await?;
    Ok(())
}

/// Grades of the learner `$1`: reviews that are no answers.
macro_rules! grades {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM review r JOIN card c ON c.id = r.card
             WHERE r.learner = $1 AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.id = r.id)"
        )
    };
}

/// The last grade of today.
pub(super) async fn last_grade(tx: &mut Tx, day: &Day) -> Result<Option<GradeRow>> {
    let sql = concat!(
        grades!("r.id, r.card, r.rating, r.before, r.after, c.reps"),
        " AND r.day = $2 ORDER BY r.at DESC, r.id DESC LIMIT 1"
    );
    tx.query(sql).bind(day.learner.0).bind(i64::from(day.local.day)).maybe().await
}

/// The last grade of a card.
pub(super) async fn last_grade_of(tx: &mut Tx, learner: LearnerId, card: Uuid) -> Result<Option<GradeRow>> {
    let sql = concat!(
        grades!("r.id, r.card, r.rating, r.before, r.after, c.reps"),
        " AND r.card = $2 ORDER BY r.at DESC, r.id DESC LIMIT 1"
    );
    tx.query(sql).bind(learner.0).bind(card).maybe().await
}

/// Grades of today.
pub(super) async fn graded_today(tx: &mut Tx, day: &Day) -> Result<i64> {
    let sql = concat!(grades!("COUNT(*)"), " AND r.day = $2");
    let query = tx.query(sql).bind(day.learner.0).bind(i64::from(day.local.day));
    Ok(query.one::<(i64,)>().await?.0)
}

/// Answers and grades that a question got on a day of the learner; an answer's own review counts once, with it.
pub(super) async fn done_on(tx: &mut Tx, day: &Day, question: QuestionId) -> Result<i64> {
    let query = tx.query(
        "SELECT COUNT(*) FROM (
           SELECT a.id FROM answer a WHERE a.learner = $1 AND a.question = $2 AND a.day = $3
           UNION SELECT r.id FROM review r JOIN card c ON c.id = r.card
                 WHERE r.learner = $1 AND c.question = $2 AND r.day = $3) done",
    );
    let query = query.bind(day.learner.0).bind(question.0).bind(i64::from(day.local.day));
    Ok(query.one::<(i64,)>().await?.0)
}

/// Grades that a card got on a day of the learner.
pub(super) async fn graded_on(tx: &mut Tx, day: &Day, card: Uuid) -> Result<i64> {
    let query = tx.query("SELECT COUNT(*) FROM review WHERE learner = $1 AND card = $2 AND day = $3");
    let query = query.bind(day.learner.0).bind(card).bind(i64::from(day.local.day));
    Ok(query.one::<(i64,)>().await?.0)
}

pub(super) async fn delete_review(tx: &mut Tx, learner: LearnerId, review: Uuid) -> Result<()> {
    tx.query("DELETE FROM review WHERE id = $2 AND learner = $1").bind(learner.0).bind(review).run().await?;
    Ok(())
}

/// Marks a grade as one that is not undone any more.
pub(super) async fn keep(tx: &mut Tx, learner: LearnerId, grade: &GradeRow) -> Result<()> {
    let before = Before { kept: true, ..grade.before.0 };
    let query = tx.query("UPDATE review SET before = $3 WHERE id = $2 AND learner = $1");
    query.bind(learner.0).bind(grade.id).bind(Json(before)).run().await?;
    Ok(())
}
