//! Which material is in which vector engine, in SQL.

use crate::db::{Result, Tx};
use domain::id::{LearnerId, MaterialId};
use uuid::Uuid;

/// An index: an engine and the generation of its vectors.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// 'pgvector' …
    pub(super) engine: &'static str,
    /// Model and windows.
    pub(super) generation: String,
}

/// What an engine holds of a material: so many windows, and the smallest id of their passages, which is another when the
/// material was cut again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holding {
    /// Windows.
    pub(super) windows: i64,
    /// `None` for a material without windows.
    pub(super) first: Option<Uuid>,
}

/// Writes down that a change begins; its number. Until [`end`] the material counts as missing.
pub(super) async fn begin(tx: &mut Tx, index: &Index, owner: LearnerId, material: MaterialId) -> Result<i64> {
    let sql =
        "INSERT INTO index_state (engine, generation, owner, material, version) VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (engine, generation, owner, material)
          DO UPDATE SET version = index_state.version + 1, windows = NULL, first_passage = NULL
        RETURNING version";
    let query = tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone());
    let (version,) = query.bind(owner.0).bind(material.0).one::<(i64,)>().await?;
    Ok(version)
}

/// Writes down what a change left in the engine. False: another change began in the meantime, and nobody knows which
/// of the two came last; the material stays missing, for the other too.
pub(super) async fn end(
    tx: &mut Tx,
    index: &Index,
    owner: LearnerId,
    material: MaterialId,
    version: i64,
    holding: Holding,
) -> Result<bool> {
    let sql = "UPDATE index_state SET windows = $6, first_passage = $7
        WHERE engine = $1 AND generation = $2 AND owner = $3 AND material = $4 AND version = $5";
    let query = tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone());
    let query = query.bind(owner.0).bind(material.0).bind(version).bind(holding.windows);
    if query.bind(holding.first).run().await? == 1 {
        return Ok(true);
    }
    spoil(tx, index, owner, material).await?;
    Ok(false)
}

/// The material counts as missing, whoever is changing it.
pub(super) async fn spoil(tx: &mut Tx, index: &Index, owner: LearnerId, material: MaterialId) -> Result<()> {
    let sql = "UPDATE index_state SET version = version + 1, windows = NULL, first_passage = NULL
        WHERE engine = $1 AND generation = $2 AND owner = $3 AND material = $4";
    let query = tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone());
    query.bind(owner.0).bind(material.0).run().await?;
    Ok(())
}

/// Nothing of a material is in the engine.
pub(super) async fn forget(tx: &mut Tx, index: &Index, owner: LearnerId, material: MaterialId) -> Result<()> {
    let sql =
        "DELETE FROM index_state WHERE engine = $1 AND generation = $2 AND owner = $3 AND material = $4";
    let query = tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone());
    query.bind(owner.0).bind(material.0).run().await?;
    Ok(())
}

/// Nothing of an owner is in the engine.
pub(super) async fn forget_owner(tx: &mut Tx, index: &Index, owner: LearnerId) -> Result<()> {
    let sql = "DELETE FROM index_state WHERE engine = $1 AND generation = $2 AND owner = $3";
    let query = tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone());
    query.bind(owner.0).run().await?;
    Ok(())
}

/// Other generations are in the engine no longer.
pub(super) async fn forget_others(tx: &mut Tx, index: &Index) -> Result<()> {
    let query = tx.query("DELETE FROM index_state WHERE engine = $1 AND generation <> $2");
    query.bind(index.engine.to_string()).bind(index.generation.clone()).run().await?;
    Ok(())
}

/// Whether the owner has the material.
pub(super) async fn is_kept(tx: &mut Tx, owner: LearnerId, material: MaterialId) -> Result<bool> {
    let query = tx.query("SELECT id FROM material WHERE id = $1 AND owner = $2");
    Ok(query.bind(material.0).bind(owner.0).maybe::<(Uuid,)>().await?.is_some())
}

/// Materials of which the engine is said to hold something.
pub(super) async fn held(tx: &mut Tx, index: &Index) -> Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT owner, material FROM index_state
        WHERE engine = $1 AND generation = $2 AND windows > 0 ORDER BY material";
    tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone()).all().await
}

/// Materials whose vectors are not, or not as they are now, in the engine.
pub(super) async fn missing(tx: &mut Tx, index: &Index) -> Result<Vec<(Uuid, Uuid)>> {
    macro_rules! sql {
        ($first:literal) => {
            concat!(
                "WITH kept AS (
                   SELECT m.owner, p.material, CAST(count(*) AS BIGINT) AS windows, ",
                $first,
                " AS first_passage
                   FROM passage_vector v JOIN passage p ON p.id = v.passage JOIN material m ON m.id = p.material
                   WHERE v.model = $2 AND m.owner IS NOT NULL GROUP BY m.owner, p.material)
                 SELECT kept.owner, kept.material FROM kept LEFT JOIN index_state s
                   ON s.engine = $1 AND s.generation = $2 AND s.owner = kept.owner AND s.material = kept.material
                     AND s.windows = kept.windows AND s.first_passage = kept.first_passage
                 WHERE s.material IS NULL ORDER BY kept.material"
            )
        };
    }
    let first = (sql!("min(v.passage)"), sql!("CAST(min(CAST(v.passage AS TEXT)) AS UUID)"));
    let query = tx.query_per(first.0, first.1);
    query.bind(index.engine.to_string()).bind(index.generation.clone()).all().await
}

/// Materials that are gone from the library, of which something may be in the engine.
pub(super) async fn gone(tx: &mut Tx, index: &Index) -> Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT s.owner, s.material FROM index_state s
        LEFT JOIN material m ON m.id = s.material AND m.owner = s.owner
        WHERE s.engine = $1 AND s.generation = $2 AND m.id IS NULL ORDER BY s.material";
    tx.query(sql).bind(index.engine.to_string()).bind(index.generation.clone()).all().await
}
