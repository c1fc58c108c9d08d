//! The chapters of materials, in SQL: kept beside the documents, which are long to read and to parse.

use crate::db::{Result, Tx};
use domain::{chapter::Chapter, id::MaterialId};
use sqlx::types::Json;
use uuid::Uuid;

/// Keeps the chapters of a material, in the place of those that were kept before.
pub async fn save(tx: &mut Tx, material: MaterialId, chapters: &[Chapter]) -> Result<()> {
    let sql = "INSERT INTO outline (material, chapters) VALUES ($1, $2)
               ON CONFLICT (material) DO UPDATE SET chapters = excluded.chapters";
    tx.query(sql).bind(material.0).bind(Json(chapters)).run().await?;
    Ok(())
}

/// The chapters of a material; `None` where they were never worked out.
pub async fn of(tx: &mut Tx, material: MaterialId) -> Result<Option<Vec<Chapter>>> {
    let query = tx.query("SELECT chapters FROM outline WHERE material = $1").bind(material.0);
    Ok(query.maybe::<(Json<Vec<Chapter>>,)>().await?.map(|(chapters,)| chapters.0))
}

/// Materials with a document whose chapters were never worked out: read before they were kept.
pub async fn missing(tx: &mut Tx) -> Result<Vec<MaterialId>> {
    let sql = "SELECT d.material FROM document d LEFT JOIN outline o ON o.material = d.material
        WHERE o.material IS NULL ORDER BY d.material";
    let rows: Vec<(Uuid,)> = tx.query(sql).all().await?;
    Ok(rows.into_iter().map(|(id,)| MaterialId(id)).collect())
}
