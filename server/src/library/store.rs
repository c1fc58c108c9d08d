//! Materials, documents, passages and vectors in SQL.

pub mod generation;
pub mod outline;
pub mod saved;
pub mod term;

use crate::db::{Result, Tx};
use domain::{
    chapter,
    document::{Document, Span},
    id::{LearnerId, MaterialId, PassageId, QuestionId},
};
use sqlx::types::Json;
use uuid::Uuid;

/// A material.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MaterialRow {
    /// Id.
    pub id: Uuid,
    /// `None` for what Mitochi brings itself.
    pub owner: Option<Uuid>,
    /// Title.
    pub title: String,
    /// Name of the file.
    pub filename: String,
    /// 'PDF' …
    pub format: String,
    /// Of the kept file.
    pub extension: String,
    /// Size.
    pub bytes: i64,
    /// queued, reading, preparing, ready, failed.
    pub state: String,
    /// Read so far.
    pub pages_read: i64,
    /// In all.
    pub pages_total: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// What could not be read.
    pub warnings: Json<Vec<String>>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Its text goes to no language model elsewhere.
    pub stays_here: bool,
}

/// A material with what is counted of it, for one learner.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ShelfRow {
    /// The material.
    #[sqlx(flatten)]
    pub material: MaterialRow,
    /// Passages.
    pub passages: i64,
    /// Passages with vectors of the generation that is searched.
    pub embedded: i64,
    /// Published questions.
    pub questions: i64,
    /// Of them, answered.
    pub answered: i64,
    /// Of them, answered right the last time.
    pub known: i64,
}

/// The shelf of a learner, newest first; what Mitochi brings itself comes last. `model` is the generation that is searched.
pub async fn shelf(
    tx: &mut Tx,
    learner: LearnerId,
    only: Option<MaterialId>,
    model: &str,
) -> Result<Vec<ShelfRow>> {
    let sql =
        "SELECT m.id, m.owner, m.title, m.filename, m.format, m.extension, m.bytes, m.state, m.pages_read,
           m.pages_total, m.error, m.warnings, m.created, m.stays_here,
           (SELECT CAST(count(*) AS BIGINT) FROM passage p WHERE p.material = m.id) AS passages,
           (SELECT CAST(count(DISTINCT v.passage) AS BIGINT) FROM passage_vector v
              JOIN passage p ON p.id = v.passage WHERE p.material = m.id AND v.model = $3) AS embedded,
           (SELECT CAST(count(*) AS BIGINT) FROM question q
              WHERE q.material = m.id AND q.state = 'published') AS questions,
           (SELECT CAST(count(*) AS BIGINT) FROM question q
              WHERE q.material = m.id AND q.state = 'published' AND
                EXISTS (SELECT 1 FROM answer a WHERE a.question = q.id AND a.learner = $1)) AS answered,
           (SELECT CAST(count(*) AS BIGINT) FROM question q
              WHERE q.material = m.id AND q.state = 'published' AND
                (SELECT a.correct FROM answer a WHERE a.question = q.id AND a.learner = $1
                   ORDER BY a.at DESC, a.id DESC LIMIT 1)) AS known
         FROM material m
         WHERE (m.owner = $1 OR m.owner IS NULL) AND (m.id = $2 OR $2 IS NULL)
         ORDER BY m.owner IS NULL, m.created DESC, m.id DESC";
    let query = tx.query(sql).bind(learner.0).bind(only.map(|material| material.0));
    query.bind(model.to_string()).all().await
}

/// Bytes of all files of a learner.
pub async fn bytes_of(tx: &mut Tx, learner: LearnerId) -> Result<u64> {
    let sql = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM material WHERE owner = $1";
    Ok(tx.query(sql).bind(learner.0).one::<(i64,)>().await?.0.max(0) as u64)
}

/// A material that the learner may read.
pub async fn find(tx: &mut Tx, learner: LearnerId, material: MaterialId) -> Result<Option<MaterialRow>> {
    macro_rules! sql {
        () => {
            "SELECT id, owner, title, filename, format, extension, bytes, state, pages_read, pages_total, error,
                warnings, created, stays_here
             FROM material WHERE id = $1 AND (owner = $2 OR owner IS NULL)"
        };
    }
    tx.query(sql!()).bind(material.0).bind(learner.0).maybe().await
}

/// A material, whoever owns it: for jobs.
pub async fn find_any(tx: &mut Tx, material: MaterialId) -> Result<Option<MaterialRow>> {
    let sql =
        "SELECT id, owner, title, filename, format, extension, bytes, state, pages_read, pages_total, error,
        warnings, created, stays_here FROM material WHERE id = $1";
    tx.query(sql).bind(material.0).maybe().await
}

/// The learner's material with these bytes.
pub async fn find_same(tx: &mut Tx, owner: LearnerId, sha256: &[u8]) -> Result<Option<MaterialId>> {
    let query = tx.query("SELECT id FROM material WHERE owner = $1 AND sha256 = $2");
    let row = query.bind(owner.0).bind(sha256.to_vec()).maybe::<(Uuid,)>().await?;
    Ok(row.map(|(id,)| MaterialId(id)))
}

/// A new material.
#[derive(Debug)]
pub struct NewMaterial<'a> {
    /// Id.
    pub id: MaterialId,
    /// `None` for what Mitochi brings itself.
    pub owner: Option<LearnerId>,
    /// Title until one is read.
    pub title: &'a str,
    /// Name of the file.
    pub filename: &'a str,
    /// 'PDF' …
    pub format: &'a str,
    /// Of the kept file.
    pub extension: &'a str,
    /// Size.
    pub bytes: u64,
    /// Hash.
    pub sha256: &'a [u8],
    /// Now.
    pub created: i64,
}

/// Puts a material on the shelf, queued.
pub async fn insert(tx: &mut Tx, new: NewMaterial<'_>) -> Result<()> {
    tx.query(
        "INSERT INTO material (id, owner, title, filename, format, extension, bytes, sha256, state, warnings, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10)",
    )
    .bind(new.id.0)
    .bind(new.owner.map(|owner| owner.0))
    .bind(new.title.to_string())
    .bind(new.filename.to_string())
    .bind(new.format.to_string())
    .bind(new.extension.to_string())
    .bind(new.bytes as i64)
    .bind(new.sha256.to_vec())
    .bind(Json(Vec::<String>::new()))
    .bind(new.created)
    .run()
    .await?;
    Ok(())
}

/// Says where a material is on its way. False: it was deleted.
pub async fn set_state(tx: &mut Tx, material: MaterialId, state: &str, error: Option<&str>) -> Result<bool> {
    let query = tx.query("UPDATE material SET state = $2, error = $3 WHERE id = $1");
    let query = query.bind(material.0).bind(state.to_string()).bind(error.map(str::to_string));
    Ok(query.run().await? == 1)
}

/// Says how many pages were read. False: it was deleted.
pub async fn set_pages(tx: &mut Tx, material: MaterialId, read: u32, total: u32) -> Result<bool> {
    let sql = "UPDATE material SET pages_read = $2, pages_total = $3, state = 'reading' WHERE id = $1";
    Ok(tx.query(sql).bind(material.0).bind(i64::from(read)).bind(i64::from(total)).run().await? == 1)
}

/// Marks a learner's own material 'stays here', or takes the mark off. False: it is not there.
pub async fn set_stays_here(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    stays: bool,
) -> Result<bool> {
    let query = tx.query("UPDATE material SET stays_here = $1 WHERE id = $2 AND owner = $3");
    Ok(query.bind(stays).bind(material.0).bind(learner.0).run().await? == 1)
}

/// Keeps what was read so far, in the place of what was kept before. False: the material was deleted.
pub async fn save_document(tx: &mut Tx, material: MaterialId, document: &Document) -> Result<bool> {
    let query = tx.query("UPDATE material SET title = coalesce($2, title), warnings = $3 WHERE id = $1");
    let query = query.bind(material.0).bind(document.title.clone()).bind(Json(document.warnings.clone()));
    if query.run().await? != 1 {
        return Ok(false);
    }
    let sql = "INSERT INTO document (material, body) VALUES ($1, $2)
               ON CONFLICT (material) DO UPDATE SET body = excluded.body";
    tx.query(sql).bind(material.0).bind(Json(document)).run().await?;
    outline::save(tx, material, &chapter::chapters(document)).await?;
    Ok(true)
}

/// What was read of a material.
pub async fn document(tx: &mut Tx, material: MaterialId) -> Result<Option<Document>> {
    let query = tx.query("SELECT body FROM document WHERE material = $1").bind(material.0);
    Ok(query.maybe::<(Json<Document>,)>().await?.map(|(body,)| body.0))
}

/// A passage.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PassageRow {
    /// Id.
    pub id: Uuid,
    /// Its material.
    pub material: Uuid,
    /// First byte in the document.
    pub span_start: i64,
    /// One past the last byte.
    pub span_end: i64,
    /// First page.
    pub page_first: i64,
    /// Last page.
    pub page_last: i64,
    /// Tokens of the embedding model.
    pub tokens: i64,
    /// Headings above, highest first.
    pub headings: Json<Vec<String>>,
    /// Text.
    pub text: String,
}

/// Puts passages in the place of all that a material has.
pub async fn replace_passages(tx: &mut Tx, material: MaterialId, passages: &[PassageRow]) -> Result<()> {
    tx.query("DELETE FROM passage WHERE material = $1").bind(material.0).run().await?;
    for (ordinal, passage) in passages.iter().enumerate() {
        tx.query(
            "INSERT INTO passage (id, material, ordinal, span_start, span_end, page_first, page_last, tokens,
               headings, text)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(passage.id)
        .bind(material.0)
        .bind(ordinal as i64)
        .bind(passage.span_start)
        .bind(passage.span_end)
        .bind(passage.page_first)
        .bind(passage.page_last)
        .bind(passage.tokens)
        .bind(passage.headings.clone())
        .bind(passage.text.clone())
        .run()
        .await?;
    }
    Ok(())
}

const PASSAGE: &str =
    "SELECT id, material, span_start, span_end, page_first, page_last, tokens, headings, text
    FROM passage WHERE material = $1 ORDER BY ordinal";

/// The passages of a material, in order.
pub async fn passages(tx: &mut Tx, material: MaterialId) -> Result<Vec<PassageRow>> {
    tx.query(PASSAGE).bind(material.0).all().await
}

/// Passages of a material that have no vector of this generation yet, in order.
pub async fn passages_without_vectors(
    tx: &mut Tx,
    material: MaterialId,
    model: &str,
) -> Result<Vec<PassageRow>> {
    let sql = "SELECT id, material, span_start, span_end, page_first, page_last, tokens, headings, text
        FROM passage p WHERE material = $1 AND NOT EXISTS
          (SELECT 1 FROM passage_vector v WHERE v.passage = p.id AND v.model = $2) ORDER BY ordinal";
    tx.query(sql).bind(material.0).bind(model.to_string()).all().await
}

/// Uploaded and ready materials with passages that have no vector of this generation, those left out that stay here where
/// it is made `elsewhere`.
pub async fn without_vectors(tx: &mut Tx, model: &str, elsewhere: bool) -> Result<Vec<Uuid>> {
    let sql = "SELECT m.id FROM material m WHERE m.owner IS NOT NULL AND m.state = 'ready' AND EXISTS
        (SELECT 1 FROM passage p WHERE p.material = m.id AND NOT EXISTS
          (SELECT 1 FROM passage_vector v WHERE v.passage = p.id AND v.model = $1)) AND NOT (m.stays_here AND $2) ORDER BY m.created";
    let rows: Vec<(Uuid,)> = tx.query(sql).bind(model.to_string()).bind(elsewhere).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Those of these passages that the learner may read, in any order.
pub async fn passages_of(
    tx: &mut Tx,
    learner: LearnerId,
    passages: impl IntoIterator<Item = PassageId>,
) -> Result<Vec<PassageRow>> {
    macro_rules! sql {
        ($among:literal) => {
            concat!(
                "SELECT p.id, p.material, p.span_start, p.span_end, p.page_first, p.page_last, p.tokens, p.headings,
                   p.text
                 FROM passage p JOIN material m ON m.id = p.material
                 WHERE (m.owner = $1 OR m.owner IS NULL) AND p.id ",
                $among
            )
        };
    }
    let ids: Vec<String> = passages.into_iter().map(|PassageId(id)| id.simple().to_string()).collect();
    let query = tx.query_per(
        sql!("IN (SELECT unhex(value) FROM json_each($2))"),
        sql!("= ANY(ARRAY(SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2)))"),
    );
    query.bind(learner.0).bind(Json(ids)).all().await
}

/// A material of the learner's own, as a search sees it.
#[derive(Debug, sqlx::FromRow)]
pub struct SearchedRow {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// Passages in the stretch that is searched.
    pub passages: i64,
    /// Of them, those with vectors of the generation that is searched.
    pub embedded: i64,
}

/// What a search goes over: the learner's own materials, or one, or a stretch of its document.
pub async fn searched(
    tx: &mut Tx,
    learner: LearnerId,
    only: Option<MaterialId>,
    within: Option<Span>,
    model: &str,
) -> Result<Vec<SearchedRow>> {
    let sql = "SELECT m.id, m.title, CAST(count(p.id) AS BIGINT) AS passages,
           CAST(count(CASE WHEN EXISTS
             (SELECT 1 FROM passage_vector v WHERE v.passage = p.id AND v.model = $5) THEN 1 END) AS BIGINT) AS embedded
         FROM material m
           LEFT JOIN passage p ON p.material = m.id AND p.span_start >= $3 AND p.span_start < $4
         WHERE m.owner = $1 AND (m.id = $2 OR $2 IS NULL)
         GROUP BY m.id, m.title";
    let (from, to) = within.map_or((0, i64::MAX), |span| (i64::from(span.start), i64::from(span.end)));
    let query = tx.query(sql).bind(learner.0).bind(only.map(|material| material.0)).bind(from).bind(to);
    query.bind(model.to_string()).all().await
}

/// A vector of a window of a passage.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VectorRow {
    /// Its passage.
    pub passage: Uuid,
    /// The passage's material.
    pub material: Uuid,
    /// Number of the window.
    pub part: i64,
    /// The passage's first byte in the document.
    pub passage_start: i64,
    /// First byte in the passage.
    pub span_start: i64,
    /// One past the last byte.
    pub span_end: i64,
    /// Little-endian f32.
    pub vector: Vec<u8>,
}

/// Keeps a window's vector, beside those of other generations; the same window again replaces it. False: the passage was replaced in the meantime.
pub async fn save_vector(tx: &mut Tx, model: &str, row: &VectorRow) -> Result<bool> {
    let sql = "INSERT INTO passage_vector (passage, part, span_start, span_end, model, vector)
        SELECT p.id, $2, $3, $4, $5, $6 FROM passage p WHERE p.id = $1
        ON CONFLICT (passage, model, part) DO UPDATE SET span_start = excluded.span_start,
          span_end = excluded.span_end, vector = excluded.vector";
    let query = tx.query(sql).bind(row.passage).bind(row.part).bind(row.span_start).bind(row.span_end);
    Ok(query.bind(model.to_string()).bind(row.vector.clone()).run().await? == 1)
}

/// All vectors of an owner.
pub async fn vectors(tx: &mut Tx, owner: LearnerId, model: &str) -> Result<Vec<VectorRow>> {
    let sql = "SELECT v.passage, p.material, p.span_start AS passage_start, v.part, v.span_start, v.span_end, v.vector
        FROM passage_vector v JOIN passage p ON p.id = v.passage JOIN material m ON m.id = p.material
        WHERE m.owner = $1 AND v.model = $2 ORDER BY p.material, p.ordinal, v.part";
    tx.query(sql).bind(owner.0).bind(model.to_string()).all().await
}

/// The vectors of one material.
pub async fn vectors_of(
    tx: &mut Tx,
    owner: LearnerId,
    material: MaterialId,
    model: &str,
) -> Result<Vec<VectorRow>> {
    let sql = "SELECT v.passage, p.material, p.span_start AS passage_start, v.part, v.span_start, v.span_end, v.vector
        FROM passage_vector v JOIN passage p ON p.id = v.passage JOIN material m ON m.id = p.material
        WHERE m.owner = $1 AND m.id = $2 AND v.model = $3 ORDER BY p.ordinal, v.part";
    tx.query(sql).bind(owner.0).bind(material.0).bind(model.to_string()).all().await
}

/// Passages of uploaded materials that have no vector of this generation yet.
pub async fn count_without_vectors(tx: &mut Tx, model: &str) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM passage p JOIN material m ON m.id = p.material
        WHERE m.owner IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM passage_vector v WHERE v.passage = p.id AND v.model = $1)";
    Ok(tx.query(sql).bind(model.to_string()).one::<(i64,)>().await?.0)
}

/// Deletes an owner's material; the extension of its file, if it was there.
pub async fn delete(tx: &mut Tx, owner: LearnerId, material: MaterialId) -> Result<Option<String>> {
    let query = tx.query("DELETE FROM material WHERE id = $1 AND owner = $2 RETURNING extension");
    let row = query.bind(material.0).bind(owner.0).maybe::<(String,)>().await?;
    Ok(row.map(|(extension,)| extension))
}

/// Ids of all uploaded materials with their owners.
pub async fn all_uploaded(tx: &mut Tx) -> Result<Vec<(Uuid, Uuid)>> {
    tx.query("SELECT id, owner FROM material WHERE owner IS NOT NULL ORDER BY id").all().await
}

/// Who has brought materials that were read.
pub async fn owners(tx: &mut Tx) -> Result<Vec<LearnerId>> {
    let sql =
        "SELECT DISTINCT owner FROM material WHERE owner IS NOT NULL AND state = 'ready' ORDER BY owner";
    let rows: Vec<(Uuid,)> = tx.query(sql).all().await?;
    Ok(rows.into_iter().map(|(owner,)| LearnerId(owner)).collect())
}

/// The materials of an owner that were read; those that stay here only `with_staying`.
pub async fn ready_of(tx: &mut Tx, owner: LearnerId, with_staying: bool) -> Result<Vec<MaterialId>> {
    let sql =
        "SELECT id FROM material WHERE owner = $1 AND state = 'ready' AND (NOT stays_here OR $2) ORDER BY id";
    let rows: Vec<(Uuid,)> = tx.query(sql).bind(owner.0).bind(with_staying).all().await?;
    Ok(rows.into_iter().map(|(id,)| MaterialId(id)).collect())
}

/// A question of a material as the reader's margin shows it.
#[derive(Debug, sqlx::FromRow)]
pub struct MarginRow {
    /// Question.
    pub id: Uuid,
    /// Page of its key's quote.
    pub page: i64,
    /// Quote.
    pub span_start: i64,
    /// Quote.
    pub span_end: i64,
    /// The question.
    pub item: Json<domain::question::Item>,
    /// Last answer of the learner.
    pub last: Option<bool>,
}

impl MarginRow {
    /// Its id.
    pub fn question(&self) -> QuestionId {
        QuestionId(self.id)
    }
}

/// Published questions of a material that cite a page from `first` to `last`.
pub async fn margin(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    pages: (u32, u32),
) -> Result<Vec<MarginRow>> {
    let sql = "SELECT q.id, q.page, q.span_start, q.span_end, q.item,
          (SELECT a.correct FROM answer a WHERE a.question = q.id AND a.learner = $2
             ORDER BY a.at DESC, a.id DESC LIMIT 1) AS last
        FROM question q
        WHERE q.material = $1 AND q.state = 'published' AND q.page BETWEEN $3 AND $4
        ORDER BY q.page, q.span_start, q.id";
    let query = tx.query(sql).bind(material.0).bind(learner.0);
    query.bind(i64::from(pages.0)).bind(i64::from(pages.1)).all().await
}

/// Whether what Mitochi brings itself is there, in this version.
pub async fn is_current(tx: &mut Tx, material: MaterialId, sha256: &[u8]) -> Result<bool> {
    let query = tx.query("SELECT id FROM material WHERE id = $1 AND sha256 = $2");
    Ok(query.bind(material.0).bind(sha256.to_vec()).maybe::<(Uuid,)>().await?.is_some())
}

/// Puts what Mitochi brings itself on everybody's shelf, or notes its new version.
pub async fn insert_built_in(tx: &mut Tx, new: NewMaterial<'_>) -> Result<()> {
    let query = tx.query("UPDATE material SET sha256 = $2, bytes = $3 WHERE id = $1");
    let query = query.bind(new.id.0).bind(new.sha256.to_vec()).bind(new.bytes as i64);
    if query.run().await? == 0 {
        insert(tx, new).await?;
    }
    Ok(())
}

/// Owners of uploaded materials that have passages, with them: for building an index anew.
pub async fn indexable(tx: &mut Tx) -> Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT m.owner, m.id FROM material m
        WHERE m.owner IS NOT NULL AND EXISTS (SELECT 1 FROM passage p WHERE p.material = m.id) ORDER BY m.id";
    tx.query(sql).all().await
}
