//! Sets and answers in the database.

use crate::{
    db::{Result, Tx},
    progress::Day,
};
use domain::{
    id::{LearnerId, MaterialId, QuestionId, QuizId},
    question::Item,
};
use sqlx::types::Json;
use uuid::Uuid;

/// A question that could be asked.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct CandidateRow {
    pub(super) id: Uuid,
    pub(super) own: bool,
    pub(super) item: Json<Item>,
    pub(super) last_at: Option<i64>,
    pub(super) last_correct: Option<bool>,
}

/// A set to be written down.
pub(super) struct NewQuiz {
    pub(super) id: QuizId,
    pub(super) material: Option<MaterialId>,
    pub(super) title: String,
    pub(super) started: i64,
}

/// A set.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct QuizRow {
    pub(super) material: Option<Uuid>,
    pub(super) title: String,
}

/// A place of a set with its answer, if it has one.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ItemRow {
    pub(super) quiz: Uuid,
    pub(super) position: i64,
    pub(super) question: Option<Uuid>,
    pub(super) shown: Json<Vec<u8>>,
    pub(super) answer: Option<Uuid>,
    pub(super) choice: Option<i64>,
    pub(super) correct: Option<bool>,
    pub(super) confidence: Option<String>,
    pub(super) at: Option<i64>,
    pub(super) day: Option<i64>,
}

/// An answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AnswerRow {
    pub(crate) id: Uuid,
    pub(crate) question: Option<Uuid>,
    pub(crate) quiz: Option<Uuid>,
    /// Index into the item's own options.
    pub(crate) choice: i64,
    pub(crate) correct: bool,
    pub(crate) confidence: Option<String>,
    pub(crate) at: i64,
    pub(crate) day: i64,
}

/// What was answered to a question before: answers, right ones.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct History {
    pub(super) asked: i64,
    pub(super) correct: i64,
}

/// The title of a material that the learner may see.
pub(super) async fn title(tx: &mut Tx, learner: LearnerId, material: MaterialId) -> Result<Option<String>> {
    let sql = "SELECT title FROM material WHERE id = $2 AND (owner = $1 OR owner IS NULL)";
    Ok(tx.query(sql).bind(learner.0).bind(material.0).maybe::<(String,)>().await?.map(|(title,)| title))
}

/// What can be asked: published, seen by the learner and not reported by them, those never asked first. Two thousand
/// are more than enough to choose fifty from.
pub(super) async fn candidates(
    tx: &mut Tx,
    learner: LearnerId,
    material: Option<MaterialId>,
    page: Option<u32>,
) -> Result<Vec<CandidateRow>> {
    tx.query(
        "SELECT q.id, m.owner IS NOT NULL AS own, q.item, a.at AS last_at, a.correct AS last_correct
         FROM question q JOIN material m ON m.id = q.material
         LEFT JOIN answer a ON a.id = (SELECT b.id FROM answer b WHERE b.question = q.id AND b.learner = $1
                                       ORDER BY b.at DESC, b.id DESC LIMIT 1)
         WHERE q.state = 'published' AND (m.owner = $1 OR m.owner IS NULL)
           AND ($2 IS NULL OR q.material = $2) AND ($3 IS NULL OR q.page = $3)
           AND NOT EXISTS (SELECT 1 FROM question_report r WHERE r.question = q.id AND r.learner = $1)
         ORDER BY CASE WHEN m.owner IS NULL THEN 1 ELSE 0 END, coalesce(a.at, 0), q.id LIMIT 2000",
    )
    .bind(learner.0)
    .bind(material.map(|material| material.0))
    .bind(page.map(i64::from))
    .all()
    .await
}

/// A set of this title and length that was begun since and has no answer yet.
pub(super) async fn begun_since(
    tx: &mut Tx,
    learner: LearnerId,
    title: &str,
    length: i64,
    since: i64,
) -> Result<Option<Uuid>> {
    let query = tx.query(
        "SELECT z.id FROM quiz z WHERE z.learner = $1 AND z.title = $2 AND z.started >= $4 AND z.finished IS NULL
           AND (SELECT COUNT(*) FROM quiz_item i WHERE i.quiz = z.id) = $3
           AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.quiz = z.id)
         ORDER BY z.started DESC, z.id DESC LIMIT 1",
    );
    let query = query.bind(learner.0).bind(title.to_string()).bind(length).bind(since);
    Ok(query.maybe::<(Uuid,)>().await?.map(|(id,)| id))
}

pub(super) async fn insert(tx: &mut Tx, learner: LearnerId, quiz: &NewQuiz) -> Result<()> {
    tx.query("INSERT INTO quiz (id, learner, material, title, started) VALUES ($1, $2, $3, $4, $5)")
        .bind(quiz.id.0)
        .bind(learner.0)
        .bind(quiz.material.map(|material| material.0))
        .bind(quiz.title.clone())
        .bind(quiz.started)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn insert_item(
    tx: &mut Tx,
    quiz: QuizId,
    position: i64,
    question: QuestionId,
    shown: &[u8],
) -> Result<()> {
    tx.query("INSERT INTO quiz_item (quiz, position, question, shown) VALUES ($1, $2, $3, $4)")
        .bind(quiz.0)
        .bind(position)
        .bind(question.0)
        .bind(Json(shown.to_vec()))
        .run()
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, learner: LearnerId, quiz: QuizId) -> Result<Option<QuizRow>> {
    let query = tx.query("SELECT material, title FROM quiz WHERE id = $2 AND learner = $1");
    query.bind(learner.0).bind(quiz.0).maybe().await
}

/// The places of a set in order.
pub(super) async fn items(tx: &mut Tx, learner: LearnerId, quiz: QuizId) -> Result<Vec<ItemRow>> {
    tx.query(
        "SELECT i.quiz, i.position, i.question, i.shown, a.id AS answer, a.choice, a.correct, a.confidence, a.at, a.day
         FROM quiz z JOIN quiz_item i ON i.quiz = z.id
         LEFT JOIN answer a ON a.quiz = i.quiz AND a.position = i.position
         WHERE z.id = $2 AND z.learner = $1 ORDER BY i.position",
    )
    .bind(learner.0)
    .bind(quiz.0)
    .all()
    .await
}

/// Verdicts of a set in the order of answering, up to and with the answer `until` (time and id).
pub(super) async fn verdicts(
    tx: &mut Tx,
    learner: LearnerId,
    quiz: QuizId,
    until: Option<(i64, Uuid)>,
) -> Result<Vec<bool>> {
    let (at, id) = until.unwrap_or((i64::MAX, Uuid::max()));
    let query = tx.query(
        "SELECT correct FROM answer WHERE learner = $1 AND quiz = $2 AND (at < $3 OR (at = $3 AND id <= $4))
         ORDER BY at, id",
    );
    let rows = query.bind(learner.0).bind(quiz.0).bind(at).bind(id).all::<(bool,)>().await?;
    Ok(rows.into_iter().map(|(correct,)| correct).collect())
}

/// Whether this answer was the last of a set that is finished.
pub(super) async fn finished_by(tx: &mut Tx, learner: LearnerId, answer: &AnswerRow) -> Result<bool> {
    let query = tx.query(
        "SELECT z.id FROM quiz z WHERE z.id = $2 AND z.learner = $1 AND z.finished IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.quiz = z.id AND (a.at > $3 OR (a.at = $3 AND a.id > $4)))",
    );
    let query = query.bind(learner.0).bind(answer.quiz).bind(answer.at).bind(answer.id);
    Ok(query.maybe::<(Uuid,)>().await?.is_some())
}

pub(super) async fn history(tx: &mut Tx, learner: LearnerId, question: QuestionId) -> Result<History> {
    let query = tx.query(
        "SELECT COUNT(*) AS asked, CAST(coalesce(sum(CASE WHEN correct THEN 1 ELSE 0 END), 0) AS BIGINT) AS correct
         FROM answer WHERE learner = $1 AND question = $2",
    );
    query.bind(learner.0).bind(question.0).one().await
}

/// The answer that a learner gave to a question outside of any set.
pub(super) async fn free_answer(
    tx: &mut Tx,
    learner: LearnerId,
    question: QuestionId,
) -> Result<Option<AnswerRow>> {
    let query = tx.query(
        "SELECT id, question, quiz, choice, correct, confidence, at, day FROM answer
         WHERE learner = $1 AND question = $2 AND quiz IS NULL ORDER BY at, id LIMIT 1",
    );
    query.bind(learner.0).bind(question.0).maybe().await
}

pub(super) async fn insert_answer(
    tx: &mut Tx,
    day: &Day,
    answer: &AnswerRow,
    position: Option<i64>,
    took: u32,
) -> Result<()> {
    tx.query(
        "INSERT INTO answer (id, learner, question, quiz, position, choice, correct, confidence, took, at, day)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(answer.id)
    .bind(day.learner.0)
    .bind(answer.question)
    .bind(answer.quiz)
    .bind(position)
    .bind(answer.choice)
    .bind(answer.correct)
    .bind(answer.confidence.clone())
    .bind(i64::from(took))
    .bind(answer.at)
    .bind(answer.day)
    .run()
    .await?;
    Ok(())
}

/// Ends a set that has no question left to answer.
pub(super) async fn finish(tx: &mut Tx, learner: LearnerId, quiz: QuizId, now: i64) -> Result<()> {
    tx.query(
        "UPDATE quiz SET finished = $3 WHERE id = $2 AND learner = $1 AND finished IS NULL
           AND NOT EXISTS (SELECT 1 FROM quiz_item i WHERE i.quiz = $2 AND i.question IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.quiz = i.quiz AND a.position = i.position))",
    )
    .bind(learner.0)
    .bind(quiz.0)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// XP of the answers of a set.
pub(super) async fn xp(tx: &mut Tx, learner: LearnerId, quiz: QuizId) -> Result<i64> {
    let query = tx.query(
        "SELECT CAST(coalesce(sum(x.amount), 0) AS BIGINT) FROM xp x JOIN answer a ON a.id = x.reference
         WHERE x.learner = $1 AND x.source = 'answer' AND a.quiz = $2",
    );
    Ok(query.bind(learner.0).bind(quiz.0).one::<(i64,)>().await?.0)
}

/// When the cards of a set's questions come back: question, due.
pub(super) async fn dues(tx: &mut Tx, learner: LearnerId, quiz: QuizId) -> Result<Vec<(Uuid, i64)>> {
    let query = tx.query(
        "SELECT c.question, c.due FROM card c JOIN quiz_item i ON i.question = c.question
         WHERE c.learner = $1 AND i.quiz = $2",
    );
    query.bind(learner.0).bind(quiz.0).all().await
}
