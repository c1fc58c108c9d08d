//! The tables of pgvector, in SQL. They are derived and made here, not by a migration: a PostgreSQL without the
//! extension runs the rest of Mitochi.
//!
//! `mitochi_vectors` is the register: which table holds which generation, and for whom. Each generation has a table of
//! its own, whose name comes from a hash. What bears one of these names without Mitochi's mark is left alone.

use super::Nearest;
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};
use pgvector::HalfVector;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// Result of a query.
pub(super) type Result<T, E = sqlx::Error> = std::result::Result<T, E>;
/// An open transaction.
pub(super) type Tx = Transaction<'static, Postgres>;

/// The register of tables.
pub(super) const REGISTER: &str = "mitochi_vectors";
/// The comment on every table that Mitochi made, with the version of its columns.
pub(super) const MARK: &str = "made by Mitochi, derived: vectors 1";

/// What one process does after the other. Building takes minutes and holds up no opening.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// Making and dropping tables.
    Tables,
    /// Building an index.
    Index,
}

/// Holds off other processes that do the same, until the end of the transaction.
pub(super) async fn lock(tx: &mut PgConnection, work: Work) -> Result<()> {
    // 'vectors' in ASCII, and its neighbour
    let key: i64 = 0x0076_6563_746f_7273 + i64::from(matches!(work, Work::Index));
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key).execute(tx).await?;
    Ok(())
}

/// Holds off other processes that change the same material, until the end of the transaction. Keys of two numbers are
/// apart from those of one, which the rest of the server uses.
async fn lock_material(tx: &mut PgConnection, material: MaterialId) -> Result<()> {
    let random_half = material.0.as_u64_pair().1;
    let (high, low) = ((random_half >> 32) as i32, random_half as i32);
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(high).bind(low).execute(tx).await?;
    Ok(())
}

/// The version of the extension in this database; `None` where it was not created.
pub(super) async fn version(connection: &mut PgConnection) -> Result<Option<String>> {
    let sql = "SELECT extversion FROM pg_extension WHERE extname = 'vector'";
    sqlx::query_scalar(sql).fetch_optional(connection).await
}

/// Whether the extension is installed on the server.
pub(super) async fn is_installed(connection: &mut PgConnection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')";
    sqlx::query_scalar(sql).fetch_one(connection).await
}

/// Creates the extension in this database.
pub(super) async fn create_extension(tx: &mut PgConnection) -> Result<()> {
    sqlx::query("CREATE EXTENSION IF NOT EXISTS vector").execute(tx).await?;
    Ok(())
}

/// The comment on a table; `Some(None)` for one without.
pub(super) async fn mark(tx: &mut PgConnection, name: &str) -> Result<Option<Option<String>>> {
    let sql = "SELECT obj_description(oid, 'pg_class') FROM pg_class WHERE oid = to_regclass($1)";
    sqlx::query_scalar(sql).bind(name.to_string()).fetch_optional(tx).await
}

/// Whether a table has its vectors still: dropping the extension takes them away and leaves the rest.
pub(super) async fn has_vectors(tx: &mut PgConnection, name: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM pg_attribute
                 WHERE attrelid = to_regclass($1) AND attname = 'vector' AND NOT attisdropped)";
    sqlx::query_scalar(sql).bind(name.to_string()).fetch_one(tx).await
}

/// Makes the register.
pub(super) async fn create_register(tx: &mut PgConnection) -> Result<()> {
    let sql = format!(
        "CREATE TABLE {REGISTER} (
            name TEXT PRIMARY KEY,
            generation TEXT NOT NULL,
            dimensions BIGINT NOT NULL,
            maker TEXT NOT NULL
         );
         COMMENT ON TABLE {REGISTER} IS '{MARK}'"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

/// What the register says of a table: generation and length of its vectors.
pub(super) async fn registered(tx: &mut PgConnection, name: &str) -> Result<Option<(String, i64)>> {
    let sql = format!("SELECT generation, dimensions FROM {REGISTER} WHERE name = $1");
    sqlx::query_as(AssertSqlSafe(sql)).bind(name.to_string()).fetch_optional(tx).await
}

/// Writes a table down in the register.
pub(super) async fn register(
    tx: &mut PgConnection,
    name: &str,
    generation: &str,
    dimensions: usize,
    maker: &str,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO {REGISTER} (name, generation, dimensions, maker) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET maker = excluded.maker"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(name.to_string()).bind(generation.to_string());
    query.bind(dimensions as i64).bind(maker.to_string()).execute(tx).await?;
    Ok(())
}

/// Makes a table of vectors, without an index of the nearest.
pub(super) async fn create(tx: &mut PgConnection, name: &str, dimensions: usize) -> Result<()> {
    // the key serves the filters too; vectors beside their row are read in one go
    let sql = format!(
        "CREATE TABLE {name} (
            owner UUID NOT NULL,
            material UUID NOT NULL,
            passage UUID NOT NULL,
            part INTEGER NOT NULL,
            start BIGINT NOT NULL,
            span_start BIGINT NOT NULL,
            span_end BIGINT NOT NULL,
            vector HALFVEC({dimensions}) NOT NULL,
            PRIMARY KEY (owner, material, passage, part)
         );
         ALTER TABLE {name} ALTER COLUMN vector SET STORAGE PLAIN;
         COMMENT ON TABLE {name} IS '{MARK}'"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

/// Drops a table and its line in the register.
pub(super) async fn drop(tx: &mut PgConnection, name: &str) -> Result<()> {
    let sql = format!("DROP TABLE IF EXISTS {name}");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    let sql = format!("DELETE FROM {REGISTER} WHERE name = $1");
    sqlx::query(AssertSqlSafe(sql)).bind(name.to_string()).execute(tx).await?;
    Ok(())
}

/// The other tables of a maker.
pub(super) async fn others(tx: &mut PgConnection, name: &str, maker: &str) -> Result<Vec<String>> {
    let sql = format!("SELECT name FROM {REGISTER} WHERE name <> $1 AND maker = $2");
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(name.to_string());
    query.bind(maker.to_string()).fetch_all(tx).await
}

/// Builds the index of the nearest, unless it is there. The graph is built within `memory` (kB), by several workers
/// where that is wanted.
pub(super) async fn build(tx: &mut PgConnection, name: &str, memory: u64, parallel: bool) -> Result<()> {
    // a large index takes longer than any statement of every day
    sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *tx).await?;
    sqlx::query("SELECT set_config('maintenance_work_mem', $1, true)")
        .bind(format!("{memory}kB"))
        .execute(&mut *tx)
        .await?;
    if !parallel {
        sqlx::query("SET LOCAL max_parallel_maintenance_workers = 0").execute(&mut *tx).await?;
    }
    let sql = format!(
        "CREATE INDEX IF NOT EXISTS {name}_near ON {name} USING hnsw (vector halfvec_cosine_ops)
           WITH (m = 16, ef_construction = 100)"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    Ok(())
}

/// Rows and bytes on disk, indexes included.
pub(super) async fn size(pool: &PgPool, name: &str) -> Result<(i64, i64)> {
    let sql = format!("SELECT count(*), pg_total_relation_size('{name}') FROM {name}");
    sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await
}

/// One window, as it is kept.
pub(super) struct Row {
    pub(super) passage: Uuid,
    pub(super) part: i32,
    pub(super) start: i64,
    pub(super) span: (i64, i64),
    pub(super) vector: HalfVector,
}

/// Puts rows in the place of a material's.
pub(super) async fn replace(
    pool: &PgPool,
    name: &str,
    owner: LearnerId,
    material: MaterialId,
    rows: Vec<Row>,
) -> Result<()> {
    let mut tx = pool.begin().await?;
    lock_material(&mut tx, material).await?;
    let sql = format!("DELETE FROM {name} WHERE owner = $1 AND material = $2");
    sqlx::query(AssertSqlSafe(sql)).bind(owner.0).bind(material.0).execute(&mut *tx).await?;
    if !rows.is_empty() {
        let sql = format!(
            "INSERT INTO {name} (owner, material, passage, part, start, span_start, span_end, vector)
             SELECT $1, $2, passage, part, start, span_start, span_end, vector
             FROM unnest($3::uuid[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[], $8::halfvec[])
               AS new (passage, part, start, span_start, span_end, vector)"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(owner.0).bind(material.0);
        let query = query
            .bind(rows.iter().map(|row| row.passage).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.part).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.start).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.span.0).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.span.1).collect::<Vec<_>>())
            .bind(rows.into_iter().map(|row| row.vector).collect::<Vec<_>>());
        query.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Deletes a material.
pub(super) async fn delete(pool: &PgPool, name: &str, owner: LearnerId, material: MaterialId) -> Result<()> {
    replace(pool, name, owner, material, vec![]).await
}

/// Deletes all of an owner.
pub(super) async fn delete_owner(pool: &PgPool, name: &str, owner: LearnerId) -> Result<()> {
    let sql = format!("DELETE FROM {name} WHERE owner = $1");
    sqlx::query(AssertSqlSafe(sql)).bind(owner.0).execute(pool).await?;
    Ok(())
}

/// What a search is limited to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Within<'a> {
    /// Whose.
    pub(super) owner: LearnerId,
    /// Of which materials.
    pub(super) materials: Option<&'a [MaterialId]>,
    /// Where passages begin.
    pub(super) starts: Option<Span>,
}

impl Within<'_> {
    /// The condition of the values that [`Within::values`] binds from $1 on; with `None` a condition is left out, so
    /// that the planner sees what is asked for.
    fn condition(&self) -> &'static str {
        match (self.materials, self.starts) {
            (None, None) => "owner = $1 AND $2::uuid[] IS NULL AND $3::bigint IS NULL AND $4::bigint IS NULL",
            (None, Some(_)) => "owner = $1 AND $2::uuid[] IS NULL AND start >= $3 AND start < $4",
            (Some(_), None) => {
                "owner = $1 AND material = ANY($2) AND $3::bigint IS NULL AND $4::bigint IS NULL"
            }
            (Some(_), Some(_)) => "owner = $1 AND material = ANY($2) AND start >= $3 AND start < $4",
        }
    }

    fn values(&self) -> (Uuid, Option<Vec<Uuid>>, Option<i64>, Option<i64>) {
        let materials = self.materials.map(|materials| materials.iter().map(|material| material.0).collect());
        let (from, to) = self.starts.map(|span| (span.start.into(), span.end.into())).unzip();
        (self.owner.0, materials, from, to)
    }
}

/// Rows that a search has to look at, counted to `most`.
pub(super) async fn count(tx: &mut PgConnection, name: &str, within: Within<'_>, most: i64) -> Result<i64> {
    let sql =
        format!("SELECT count(*) FROM (SELECT FROM {name} WHERE {} LIMIT $5) AS rows", within.condition());
    let (owner, materials, from, to) = within.values();
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(owner).bind(materials).bind(from).bind(to);
    query.bind(most).fetch_one(tx).await
}

type Found = (Uuid, i64, i64, f64);

fn nearest((passage, start, end, distance): Found) -> Nearest {
    let window = Span { start: start as u32, end: end as u32 };
    Nearest { passage: PassageId(passage), window, distance }
}

/// The nearest passages of all rows, each with its best window.
pub(super) async fn exact(
    tx: &mut PgConnection,
    name: &str,
    within: Within<'_>,
    vector: &HalfVector,
    limit: i64,
) -> Result<Vec<Nearest>> {
    // written down first, so that no index of the nearest, which leaves some out, is used
    let sql = format!(
        "WITH own AS MATERIALIZED
           (SELECT passage, span_start, span_end, vector <=> $5 AS distance FROM {name} WHERE {})
         SELECT passage, span_start, span_end, distance FROM
           (SELECT DISTINCT ON (passage) passage, span_start, span_end, distance FROM own
              ORDER BY passage, distance, span_start) AS best
         ORDER BY distance, passage LIMIT $6",
        within.condition()
    );
    let (owner, materials, from, to) = within.values();
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(owner).bind(materials).bind(from).bind(to);
    let found: Vec<Found> = query.bind(vector.clone()).bind(limit).fetch_all(tx).await?;
    Ok(found.into_iter().map(nearest).collect())
}

/// The nearest windows by the index, nearest first; nearly all of those there are.
pub(super) async fn near(
    tx: &mut PgConnection,
    name: &str,
    within: Within<'_>,
    vector: &HalfVector,
    rows: i64,
) -> Result<Vec<Nearest>> {
    // for this transaction: the scan goes on until enough rows meet the filter, the index is preferred to sorting, and
    // no query is compiled because its estimate is high
    sqlx::query(
        "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', $1, true),
                set_config('hnsw.max_scan_tuples', '200000', true), set_config('enable_sort', 'off', true),
                set_config('jit', 'off', true)",
    )
    .bind((rows * 4).clamp(400, 1000).to_string())
    .execute(&mut *tx)
    .await?;
    let sql = format!(
        "SELECT passage, span_start, span_end, vector <=> $5 FROM {name} WHERE {} ORDER BY vector <=> $5 LIMIT $6",
        within.condition()
    );
    let (owner, materials, from, to) = within.values();
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(owner).bind(materials).bind(from).bind(to);
    let found: Vec<Found> = query.bind(vector.clone()).bind(rows).fetch_all(tx).await?;
    Ok(found.into_iter().map(nearest).collect())
}
