//! Generations of vectors beside each other, in SQL. Only passages of uploaded and ready materials count: what is still
//! being prepared says so on the shelf.

use crate::db::{Result, Tx};
use domain::id::MaterialId;
use uuid::Uuid;

/// Of how many passages each generation has vectors.
pub async fn coverage(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT v.model, CAST(count(DISTINCT v.passage) AS BIGINT)
        FROM passage_vector v JOIN passage p ON p.id = v.passage JOIN material m ON m.id = p.material
        WHERE m.owner IS NOT NULL AND m.state = 'ready' GROUP BY v.model";
    tx.query(sql).all().await
}

/// How many passages there are.
pub async fn count_passages(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM passage p JOIN material m ON m.id = p.material
        WHERE m.owner IS NOT NULL AND m.state = 'ready'";
    Ok(tx.query(sql).one::<(i64,)>().await?.0)
}

/// How many passages have vectors of other generations and none of this one; none of materials that stay here, where this
/// one is made on another machine (`away`).
pub async fn count_elsewhere(tx: &mut Tx, model: &str, away: bool) -> Result<i64> {
    let sql = "SELECT CAST(count(DISTINCT v.passage) AS BIGINT)
        FROM passage_vector v JOIN passage p ON p.id = v.passage JOIN material m ON m.id = p.material
        WHERE m.owner IS NOT NULL AND m.state = 'ready' AND v.model <> $1 AND NOT EXISTS
          (SELECT 1 FROM passage_vector o WHERE o.passage = v.passage AND o.model = $1)
          AND NOT (m.stays_here AND $2)";
    Ok(tx.query(sql).bind(model.to_string()).bind(away).one::<(i64,)>().await?.0)
}

/// Materials that have vectors of other generations than this one.
pub async fn with_others(tx: &mut Tx, model: &str) -> Result<Vec<MaterialId>> {
    let sql = "SELECT DISTINCT p.material FROM passage_vector v JOIN passage p ON p.id = v.passage WHERE v.model <> $1";
    let rows: Vec<(Uuid,)> = tx.query(sql).bind(model.to_string()).all().await?;
    Ok(rows.into_iter().map(|(id,)| MaterialId(id)).collect())
}

/// Deletes a material's vectors of other generations than this one; how many there were.
pub async fn delete_others(tx: &mut Tx, material: MaterialId, model: &str) -> Result<u64> {
    let sql = "DELETE FROM passage_vector
        WHERE model <> $2 AND passage IN (SELECT id FROM passage WHERE material = $1)";
    tx.query(sql).bind(material.0).bind(model.to_string()).run().await
}
