//! Talks in the database.

use crate::db::{Result, Tx};
use app::tutor::api::{Body, Doing};
use domain::{
    id::{LearnerId, MaterialId, QuestionId, TalkId},
    question::Item,
    tutor::Session,
};
use sqlx::types::Json;
use std::ops::RangeInclusive;
use uuid::Uuid;

use super::{ground::Ground, keep::hidden, saying::Saying};

/// A talk.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct TalkRow {
    pub(super) id: Uuid,
    pub(super) material: Uuid,
    pub(super) material_title: String,
    pub(super) concept: String,
    pub(super) title: String,
    pub(super) because: String,
    pub(super) session: Json<Session>,
    pub(super) matter: Json<Ground>,
    pub(super) last: i64,
    /// Where it was opened from, as JSON; empty where nothing says it.
    pub(super) origin: String,
    /// What is still to be said; `None` while nothing is.
    pub(super) saying: Option<Json<Saying>>,
    /// Who says it.
    pub(super) speaker: Option<Uuid>,
    /// Until when it is waited for, milliseconds since 1970.
    pub(super) speaks_until: Option<i64>,
}

/// A talk as a list shows it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ListedRow {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) material_title: String,
    pub(super) touched: i64,
    pub(super) ended: Option<i64>,
}

/// Something that was said.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct LineRow {
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) body: Json<Body>,
    pub(super) first_word: Option<i64>,
    pub(super) follows: bool,
    /// Its learner reported it: another text stands in its place.
    pub(super) reported: bool,
}

/// An answer to a question of a material.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct AnswerRow {
    pub(super) question: Uuid,
    pub(super) material: Uuid,
    pub(super) title: String,
    pub(super) concept: String,
    pub(super) correct: bool,
}

/// A published question.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ProblemRow {
    pub(super) id: Uuid,
    pub(super) item: Json<Item>,
}

pub(super) async fn insert(
    tx: &mut Tx,
    learner: LearnerId,
    talk: &TalkRow,
    concept_key: &str,
    now: i64,
) -> Result<()> {
    tx.query(
        "INSERT INTO talk (id, learner, material, concept, concept_key, title, because, session, matter, last, began, touched, origin)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
    )
    .bind(talk.id)
    .bind(learner.0)
    .bind(talk.material)
    .bind(talk.concept.clone())
    .bind(concept_key.to_string())
    .bind(talk.title.clone())
    .bind(talk.because.clone())
    .bind(talk.session.clone())
    .bind(talk.matter.clone())
    .bind(talk.last)
    .bind(now)
    .bind(talk.origin.clone())
    .run()
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, learner: LearnerId, talk: &TalkRow, now: i64) -> Result<()> {
    let ended = talk.session.0.is_over().then_some(now);
    tx.query(
        "UPDATE talk SET session = $3, matter = $4, last = $5, touched = $6, ended = coalesce(ended, $7), saying = $8,
           speaker = $9, speaks_until = $10
         WHERE id = $2 AND learner = $1",
    )
    .bind(learner.0)
    .bind(talk.id)
    .bind(talk.session.clone())
    .bind(talk.matter.clone())
    .bind(talk.last)
    .bind(now)
    .bind(ended)
    .bind(talk.saying.clone())
    .bind(talk.speaker)
    .bind(talk.speaks_until)
    .run()
    .await?;
    Ok(())
}

/// Goes on speaking until then. False: the talk is another's, or gone.
pub(super) async fn hold(tx: &mut Tx, talk: TalkId, speaker: Uuid, until: i64) -> Result<bool> {
    let query = tx.query("UPDATE talk SET speaks_until = $3 WHERE id = $1 AND speaker = $2");
    Ok(query.bind(talk.0).bind(speaker).bind(until).run().await? == 1)
}

pub(super) async fn find(tx: &mut Tx, learner: LearnerId, talk: TalkId) -> Result<Option<TalkRow>> {
    tx.query(
        "SELECT t.id, t.material, m.title AS material_title, t.concept, t.title, t.because, t.session, t.matter, t.last, t.origin,
           t.saying, t.speaker, t.speaks_until
         FROM talk t JOIN material m ON m.id = t.material WHERE t.id = $2 AND t.learner = $1",
    )
    .bind(learner.0)
    .bind(talk.0)
    .maybe()
    .await
}

/// The latest hundred whose title or material has these words (already in lower case).
pub(super) async fn list(tx: &mut Tx, learner: LearnerId, words: &str) -> Result<Vec<ListedRow>> {
    let like = format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    tx.query(
        "SELECT t.id, t.title, m.title AS material_title, t.touched, t.ended
         FROM talk t JOIN material m ON m.id = t.material
         WHERE t.learner = $1 AND (lower(t.title) LIKE $2 ESCAPE '\\' OR lower(m.title) LIKE $2 ESCAPE '\\')
         ORDER BY t.touched DESC, t.id DESC LIMIT 100",
    )
    .bind(learner.0)
    .bind(like)
    .all()
    .await
}

/// Lines after the one with this number, `most` at most, without what the learner reported.
pub(super) async fn next_lines(tx: &mut Tx, talk: TalkId, after: i64, most: i64) -> Result<Vec<LineRow>> {
    let sql = "SELECT seq, at, body, first_word, follows,
                 EXISTS (SELECT 1 FROM talk_report r WHERE r.talk = l.talk AND r.line = l.seq) AS reported
               FROM talk_line l WHERE talk = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let mut lines: Vec<LineRow> = tx.query(sql).bind(talk.0).bind(after).bind(most).all().await?;
    lines.iter_mut().filter(|line| line.reported).for_each(|line| line.body = Json(hidden()));
    Ok(lines)
}

/// All lines after the one with this number, without what the learner reported.
pub(super) async fn lines(tx: &mut Tx, talk: TalkId, after: i64) -> Result<Vec<LineRow>> {
    next_lines(tx, talk, after, i64::MAX).await
}

/// Writes a report of these lines down; says how many of them were not reported before.
pub(super) async fn report(
    tx: &mut Tx,
    learner: LearnerId,
    talk: TalkId,
    lines: RangeInclusive<i64>,
    reason: &str,
    now: i64,
) -> Result<u64> {
    tx.query(
        "INSERT INTO talk_report (talk, line, learner, reason, created)
         SELECT talk, seq, $2, $5, $6 FROM talk_line WHERE talk = $1 AND seq BETWEEN $3 AND $4
         ON CONFLICT (talk, line) DO NOTHING",
    )
    .bind(talk.0)
    .bind(learner.0)
    .bind(*lines.start())
    .bind(*lines.end())
    .bind(reason.to_string())
    .bind(now)
    .run()
    .await
}

/// What the learner did that began with this line.
pub(super) async fn doing(tx: &mut Tx, talk: TalkId, seq: i64) -> Result<Option<Doing>> {
    let query = tx.query("SELECT doing FROM talk_line WHERE talk = $1 AND seq = $2 AND doing IS NOT NULL");
    let row = query.bind(talk.0).bind(seq).maybe::<(Json<Doing>,)>().await?;
    Ok(row.map(|(doing,)| doing.0))
}

pub(super) async fn insert_line(
    tx: &mut Tx,
    talk: TalkId,
    line: &LineRow,
    doing: Option<&Doing>,
) -> Result<()> {
    tx.query(
        "INSERT INTO talk_line (talk, seq, at, body, doing, first_word, follows) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(talk.0)
    .bind(line.seq)
    .bind(line.at)
    .bind(line.body.clone())
    .bind(doing.cloned().map(Json))
    .bind(line.first_word)
    .bind(line.follows)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn rename(tx: &mut Tx, learner: LearnerId, talk: TalkId, title: &str) -> Result<bool> {
    let query = tx.query("UPDATE talk SET title = $3 WHERE id = $2 AND learner = $1");
    Ok(query.bind(learner.0).bind(talk.0).bind(title.to_string()).run().await? == 1)
}

pub(super) async fn delete(tx: &mut Tx, learner: LearnerId, talk: TalkId) -> Result<bool> {
    let query = tx.query("DELETE FROM talk WHERE id = $2 AND learner = $1");
    Ok(query.bind(learner.0).bind(talk.0).run().await? == 1)
}

/// Published questions of a material that the learner did not report.
pub(super) async fn problems(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
) -> Result<Vec<(QuestionId, Item)>> {
    let query = tx.query(
        "SELECT q.id, q.item FROM question q WHERE q.material = $2 AND q.state = 'published'
           AND NOT EXISTS (SELECT 1 FROM question_report r WHERE r.question = q.id AND r.learner = $1)
         ORDER BY q.span_start, q.id",
    );
    let rows: Vec<ProblemRow> = query.bind(learner.0).bind(material.0).all().await?;
    Ok(rows.into_iter().map(|row| (QuestionId(row.id), row.item.0)).collect())
}

/// The learner's latest answers to questions of a material, or of all they may read, the latest first.
pub(super) async fn answers(
    tx: &mut Tx,
    learner: LearnerId,
    material: Option<MaterialId>,
) -> Result<Vec<AnswerRow>> {
    tx.query(
        "SELECT q.id AS question, q.material, m.title, q.concept, a.correct
         FROM answer a JOIN question q ON q.id = a.question JOIN material m ON m.id = q.material
         WHERE a.learner = $1 AND ($2 IS NULL OR q.material = $2) AND (m.owner = $1 OR m.owner IS NULL)
         ORDER BY a.at DESC, a.id DESC LIMIT 500",
    )
    .bind(learner.0)
    .bind(material.map(|material| material.0))
    .all()
    .await
}

/// How many talks there were about a concept.
pub(super) async fn talks_about(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    concept_key: &str,
) -> Result<i64> {
    let query = tx.query(
        "SELECT CAST(count(*) AS BIGINT) FROM talk WHERE learner = $1 AND material = $2 AND concept_key = $3",
    );
    let query = query.bind(learner.0).bind(material.0).bind(concept_key.to_string());
    Ok(query.one::<(i64,)>().await?.0)
}

/// A question on a concept of a material, by which is told where the concept stands.
pub(super) async fn item_on(tx: &mut Tx, material: MaterialId, concept: &str) -> Result<Option<Item>> {
    let query = tx.query(
        "SELECT id, item FROM question WHERE material = $1 AND concept = $2 AND state = 'published'
         ORDER BY span_start, id LIMIT 1",
    );
    let row = query.bind(material.0).bind(concept.to_string()).maybe::<ProblemRow>().await?;
    Ok(row.map(|row| row.item.0))
}

/// The session of a talk, and when something was last said in it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct EarlierRow {
    pub(super) session: Json<Session>,
    pub(super) touched: i64,
}

/// The learner's talks about a concept but for this one, the latest first.
pub(super) async fn earlier(
    tx: &mut Tx,
    learner: LearnerId,
    talk: TalkId,
    material: MaterialId,
    concept_key: &str,
) -> Result<Vec<EarlierRow>> {
    tx.query(
        "SELECT session, touched FROM talk
         WHERE learner = $1 AND material = $2 AND concept_key = $3 AND id <> $4
         ORDER BY touched DESC, id DESC LIMIT 100",
    )
    .bind(learner.0)
    .bind(material.0)
    .bind(concept_key.to_string())
    .bind(talk.0)
    .all()
    .await
}

/// A concept of the learner's own materials with a question that was never asked of them.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct UnmetRow {
    pub(super) material: Uuid,
    pub(super) title: String,
    pub(super) concept: String,
}

/// Concepts that the learner was never asked about, of the material brought last; those with most questions first,
/// which the material says most of.
pub(super) async fn unmet(tx: &mut Tx, learner: LearnerId, most: i64) -> Result<Vec<UnmetRow>> {
    tx.query(
        "SELECT m.id AS material, m.title, q.concept FROM question q JOIN material m ON m.id = q.material
         WHERE m.owner = $1 AND q.state = 'published'
           AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.question = q.id AND a.learner = $1)
           AND NOT EXISTS (SELECT 1 FROM talk t WHERE t.learner = $1 AND t.material = m.id AND t.concept = q.concept)
         GROUP BY m.id, m.title, m.created, q.concept
         ORDER BY m.created DESC, count(*) DESC, min(q.span_start), q.concept LIMIT $2",
    )
    .bind(learner.0)
    .bind(most)
    .all()
    .await
}
