//! The words of materials, in SQL, where several processes search: on PostgreSQL. On SQLite the table stays empty.

use crate::db::{Db, Result, Tx};
use crate::retrieval::vocabulary::Term;
use domain::id::{LearnerId, MaterialId};
use sqlx::types::Json;
use uuid::Uuid;

/// How alike in their groups of three letters words are that may be meant. Two letters that changed places leave a short
/// word only this much; which of the words is near is decided elsewhere.
const ALIKE: &str = "0.1";
/// Most words that are proposed for one.
const PROPOSED: i64 = 200;

/// Whether this database keeps them.
pub fn are_kept(db: &Db) -> bool {
    matches!(db, Db::Postgres(_))
}

/// Puts words in the place of all that are kept of a material.
pub async fn replace(tx: &mut Tx, material: MaterialId, terms: &[Term]) -> Result<()> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(());
    }
    tx.query("DELETE FROM term WHERE material = $1").bind(material.0).run().await?;
    let sql = "INSERT INTO term (material, form, stem, passages) SELECT $1, t.form, t.stem, t.passages
               FROM jsonb_to_recordset($2) AS t(form TEXT, stem TEXT, passages BIGINT)";
    tx.query(sql).bind(material.0).bind(Json(terms)).run().await?;
    Ok(())
}

/// Uploaded materials with passages whose words were never kept.
pub async fn missing(tx: &mut Tx) -> Result<Vec<MaterialId>> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(vec![]);
    }
    let sql = "SELECT m.id FROM material m WHERE m.owner IS NOT NULL
          AND EXISTS (SELECT 1 FROM passage p WHERE p.material = m.id)
          AND NOT EXISTS (SELECT 1 FROM term t WHERE t.material = m.id) ORDER BY m.id";
    let rows: Vec<(Uuid,)> = tx.query(sql).all().await?;
    Ok(rows.into_iter().map(|(id,)| MaterialId(id)).collect())
}

/// Whether words can be proposed for misspelt ones.
pub async fn can_be_proposed(tx: &mut Tx) -> Result<bool> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(false);
    }
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM pg_class WHERE relname = 'term_trigram'";
    Ok(tx.query(sql).one::<(i64,)>().await?.0 > 0)
}

/// Those of these words and stems that a material of the learner's own has, in any form; their first parts.
pub async fn having(tx: &mut Tx, owner: LearnerId, words: &[(String, String)]) -> Result<Vec<String>> {
    let sql =
        "SELECT w.form FROM (SELECT value->>0 AS form, value->>1 AS stem FROM jsonb_array_elements($2)) w
        WHERE EXISTS (SELECT 1 FROM material m JOIN term t ON t.material = m.id
                        WHERE m.owner = $1 AND t.form = w.form)
           OR EXISTS (SELECT 1 FROM material m JOIN term t ON t.material = m.id
                        WHERE m.owner = $1 AND t.stem = w.stem)";
    let rows: Vec<(String,)> = tx.query(sql).bind(owner.0).bind(Json(words)).all().await?;
    Ok(rows.into_iter().map(|(form,)| form).collect())
}

/// The learner's own words that begin so, the commonest first.
pub async fn endings(tx: &mut Tx, owner: LearnerId, start: &str, most: usize) -> Result<Vec<String>> {
    let sql = "SELECT t.form FROM term t JOIN material m ON m.id = t.material
        WHERE m.owner = $1 AND t.form >= $2 AND t.form < $3
        GROUP BY t.form ORDER BY sum(t.passages) DESC, t.form LIMIT $4";
    let query = tx.query(sql).bind(owner.0).bind(start.to_string()).bind(past(start)).bind(most as i64);
    let rows: Vec<(String,)> = query.all().await?;
    Ok(rows.into_iter().map(|(form,)| form).collect())
}

/// The learner's own words that are most like this one, of the same first letter and of nearly its length, with the
/// passages that have them.
pub async fn alike(tx: &mut Tx, owner: LearnerId, word: &str, off: u8) -> Result<Vec<(String, i64)>> {
    let limit = tx.query("SELECT set_config('pg_trgm.similarity_threshold', $1, TRUE)");
    limit.bind(ALIKE.to_string()).run().await?;
    let sql = "SELECT t.form, CAST(sum(t.passages) AS BIGINT) FROM term t JOIN material m ON m.id = t.material
        WHERE m.owner = $1 AND t.form % $2 AND t.form >= $3 AND t.form < $4 AND length(t.form) BETWEEN $5 AND $6
        GROUP BY t.form ORDER BY similarity(t.form, $2) DESC, t.form LIMIT $7";
    let (length, off, first) = (word.len() as i64, i64::from(off), &word[..1]);
    let query = tx.query(sql).bind(owner.0).bind(word.to_string()).bind(first.to_string()).bind(past(first));
    query.bind(length - off).bind(length + off).bind(PROPOSED).all().await
}

/// The first text after all that begin with these small letters.
fn past(start: &str) -> String {
    format!("{start}\u{7f}")
}
