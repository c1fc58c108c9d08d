//! Questions in the database.

use crate::db::{Result, Tx};
use domain::{
    id::{LearnerId, MaterialId, QuestionId, QuizId},
    question::{Choice, Item},
};
use sqlx::types::Json;
use uuid::Uuid;

/// A question with its material's title.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct QuestionRow {
    /// Its id.
    pub id: Uuid,
    /// Its material.
    pub material: Uuid,
    /// The material's title.
    pub title: String,
    /// Written by a program and not checked by a person.
    pub automatic: bool,
    /// Its parts.
    pub item: Json<Item>,
}

/// A question that is there already.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) retired: bool,
    pub(crate) automatic: bool,
    /// By a model.
    pub(crate) written: bool,
    /// A judge says so.
    pub(crate) unsound: bool,
    pub(crate) reports: i64,
    pub(crate) item: Json<Item>,
}

/// How the questions of a material went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// The material.
    pub material: Uuid,
    /// Published questions.
    pub questions: i64,
    /// Of these, never asked.
    pub unasked: i64,
    /// Of these, missed last time.
    pub missed: i64,
}

impl Counts {
    /// Share whose last answer was right among those asked, 0 to 100; `None` before the first answer.
    pub fn known_percent(&self) -> Option<u8> {
        let asked = self.questions - self.unasked;
        (asked > 0).then(|| (100 * (asked - self.missed) / asked) as u8)
    }
}

/// A question that this learner (`$1`) may see.
macro_rules! visible {
    ($joins:literal, $rest:literal) => {
        concat!(
            "SELECT q.id, q.material, m.title, q.automatic, q.item
             FROM question q JOIN material m ON m.id = q.material ",
            $joins,
            " WHERE (m.owner = $1 OR m.owner IS NULL) AND ",
            $rest
        )
    };
}

pub(crate) async fn find(
    tx: &mut Tx,
    learner: LearnerId,
    question: QuestionId,
) -> Result<Option<QuestionRow>> {
    tx.query(visible!("", "q.id = $2")).bind(learner.0).bind(question.0).maybe().await
}

/// All questions of a set.
pub(crate) async fn of_quiz(tx: &mut Tx, learner: LearnerId, quiz: QuizId) -> Result<Vec<QuestionRow>> {
    let sql = visible!(
        "JOIN quiz_item i ON i.question = q.id JOIN quiz z ON z.id = i.quiz",
        "z.id = $2 AND z.learner = $1"
    );
    tx.query(sql).bind(learner.0).bind(quiz.0).all().await
}

/// The first question of what Mitochi brings itself.
pub(crate) async fn sample(tx: &mut Tx) -> Result<Option<QuestionRow>> {
    tx.query(
        "SELECT q.id, q.material, m.title, q.automatic, q.item
         FROM question q JOIN material m ON m.id = q.material
         WHERE m.owner IS NULL AND q.state = 'published' ORDER BY m.created, m.id, q.id LIMIT 1",
    )
    .maybe()
    .await
}

pub(crate) async fn known(tx: &mut Tx, material: MaterialId) -> Result<Vec<Known>> {
    tx.query(
        "SELECT q.id, q.fingerprint, q.state = 'retired' AS retired, q.automatic, q.item, q.model IS NOT NULL AS written,
                EXISTS (SELECT 1 FROM question_judgement j WHERE j.question = q.id AND j.verdict = 'unsound') AS unsound,
                (SELECT COUNT(*) FROM question_report r WHERE r.question = q.id) AS reports
         FROM question q WHERE q.material = $1",
    )
    .bind(material.0)
    .all()
    .await
}

#[expect(clippy::too_many_arguments, reason = "one for each column")]
pub(crate) async fn insert(
    tx: &mut Tx,
    id: QuestionId,
    material: MaterialId,
    fingerprint: &[u8],
    item: &Item,
    key: &Choice,
    automatic: bool,
    now: i64,
) -> Result<()> {
    tx.query(
        "INSERT INTO question
           (id, material, fingerprint, state, automatic, page, span_start, span_end, concept, item, created)
         VALUES ($1, $2, $3, 'published', $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (material, fingerprint) DO NOTHING",
    )
    .bind(id.0)
    .bind(material.0)
    .bind(fingerprint.to_vec())
    .bind(automatic)
    .bind(i64::from(key.page))
    .bind(i64::from(key.span.start))
    .bind(i64::from(key.span.end))
    .bind(item.concept.clone())
    .bind(Json(item.clone()))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Replaces explanation and sources of a question.
pub(crate) async fn explain(tx: &mut Tx, id: Uuid, item: &Item, key: &Choice) -> Result<()> {
    tx.query(
        "UPDATE question SET item = $2, page = $3, span_start = $4, span_end = $5, concept = $6 WHERE id = $1",
    )
    .bind(id)
    .bind(Json(item.clone()))
    .bind(i64::from(key.page))
    .bind(i64::from(key.span.start))
    .bind(i64::from(key.span.end))
    .bind(item.concept.clone())
    .run()
    .await?;
    Ok(())
}

pub(crate) async fn set_retired(tx: &mut Tx, id: Uuid, retired: bool) -> Result<()> {
    let state = if retired { "retired" } else { "published" };
    tx.query("UPDATE question SET state = $2 WHERE id = $1").bind(id).bind(state.to_string()).run().await?;
    Ok(())
}

/// Says that a model wrote a question; its id.
pub(crate) async fn credit(
    tx: &mut Tx,
    material: MaterialId,
    fingerprint: &[u8],
    model: &str,
) -> Result<Option<Uuid>> {
    let sql = "UPDATE question SET model = $3 WHERE material = $1 AND fingerprint = $2 RETURNING id";
    let query = tx.query(sql).bind(material.0).bind(fingerprint.to_vec()).bind(model.to_string());
    Ok(query.maybe::<(Uuid,)>().await?.map(|(id,)| id))
}

/// The first published question of a program's that was not judged.
pub(crate) async fn unjudged(tx: &mut Tx, material: MaterialId) -> Result<Option<QuestionRow>> {
    let sql = "SELECT q.id, q.material, m.title, q.automatic, q.item
        FROM question q JOIN material m ON m.id = q.material
        WHERE q.material = $1 AND q.state = 'published' AND q.automatic AND q.model IS NULL
          AND NOT EXISTS (SELECT 1 FROM question_judgement j WHERE j.question = q.id)
        ORDER BY q.page, q.span_start, q.id LIMIT 1";
    tx.query(sql).bind(material.0).maybe().await
}

/// How many questions of a program's were judged.
pub(crate) async fn judged(tx: &mut Tx, material: MaterialId) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM question_judgement j JOIN question q ON q.id = j.question
        WHERE q.material = $1 AND q.model IS NULL";
    Ok(tx.query(sql).bind(material.0).one::<(i64,)>().await?.0)
}

/// Keeps a judgement; the first one stays. False where there is one, or the question is gone.
pub(crate) async fn insert_judgement(
    tx: &mut Tx,
    question: Uuid,
    verdict: &str,
    model: &str,
    now: i64,
) -> Result<bool> {
    let sql = "INSERT INTO question_judgement (question, verdict, model, at)
        SELECT q.id, $2, $3, $4 FROM question q WHERE q.id = $1
        ON CONFLICT (question) DO NOTHING";
    let query = tx.query(sql).bind(question).bind(verdict.to_string()).bind(model.to_string()).bind(now);
    Ok(query.run().await? == 1)
}

pub(crate) async fn report(
    tx: &mut Tx,
    learner: LearnerId,
    question: QuestionId,
    reason: &str,
    now: i64,
) -> Result<()> {
    tx.query(
        "INSERT INTO question_report (question, learner, reason, created) VALUES ($1, $2, $3, $4)
         ON CONFLICT (question, learner) DO UPDATE SET reason = excluded.reason, created = excluded.created",
    )
    .bind(question.0)
    .bind(learner.0)
    .bind(reason.to_string())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

pub(crate) async fn reports(tx: &mut Tx, question: QuestionId) -> Result<i64> {
    let query = tx.query("SELECT COUNT(*) FROM question_report WHERE question = $1").bind(question.0);
    Ok(query.one::<(i64,)>().await?.0)
}

pub(crate) async fn counts(tx: &mut Tx, learner: LearnerId) -> Result<Vec<Counts>> {
    tx.query(
        "SELECT s.material, COUNT(*) AS questions,
                CAST(SUM(CASE WHEN s.last IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unasked,
                CAST(SUM(CASE WHEN s.last IS NULL OR s.last THEN 0 ELSE 1 END) AS BIGINT) AS missed
         FROM (SELECT q.material,
                      (SELECT a.correct FROM answer a WHERE a.question = q.id AND a.learner = $1
                       ORDER BY a.at DESC, a.id DESC LIMIT 1) AS last
               FROM question q JOIN material m ON m.id = q.material
               WHERE q.state = 'published' AND (m.owner = $1 OR m.owner IS NULL)) s
         GROUP BY s.material",
    )
    .bind(learner.0)
    .all()
    .await
}
