//! A whole database as files, and back. SQLite copies itself; PostgreSQL's tables are copied from one snapshot.

use super::Db;
use anyhow::Context;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    io::Write,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Tables that no migration made: the vector engine's own, which is filled again.
const NOT_OURS: &str = "mitochi_vectors";

/// A table of a copy.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the copy.
    pub columns: Vec<String>,
}

/// What was copied.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Copied {
    /// `sqlite` or `postgres`.
    pub kind: String,
    /// The newest migration that the copy has.
    pub schema: i64,
    /// Tables, in an order in which each refers to those before it; none for SQLite, which is one file.
    pub tables: Vec<Table>,
}

/// The file of a copy of SQLite.
pub const FILE: &str = "mitochi.db";

/// Copies the database into a folder while others write; `url` is the address it was opened with.
///
/// # Errors
/// When database or disk fail.
pub async fn out(db: &Db, url: &str, folder: &Path) -> anyhow::Result<Copied> {
    match db {
        Db::Sqlite { .. } => {
            let file = url.strip_prefix("sqlite:").context("no address of SQLite")?;
            let mut connection =
                SqliteConnection::connect_with(&SqliteConnectOptions::from_str(file)?).await?;
            let to = folder.join(FILE);
            let sql = format!("VACUUM INTO '{}'", to.display().to_string().replace('\'', "''"));
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
            connection.close().await?;
            let copy = SqliteConnectOptions::new().filename(&to).read_only(true);
            let mut copy = SqliteConnection::connect_with(&copy).await?;
            let sql = "SELECT max(version) FROM _sqlx_migrations";
            let schema = sqlx::query_scalar(sql).fetch_one(&mut copy).await?;
            copy.close().await?;
            Ok(Copied { kind: "sqlite".into(), schema, tables: vec![] })
        }
        Db::Postgres(pool) => postgres_out(pool, folder).await,
    }
}

async fn postgres_out(pool: &PgPool, folder: &Path) -> anyhow::Result<Copied> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::raw_sql("SET statement_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut connection)
        .await?;
    let sql = "SELECT max(version) FROM _sqlx_migrations";
    let schema: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    let tables = tables(&mut connection).await?;
    for table in &tables {
        let mut file = std::fs::File::create(folder.join(format!("{}.copy", table.name)))?;
        let sql = format!("COPY {} ({}) TO STDOUT", table.name, list(&table.columns));
        let mut rows = connection.copy_out_raw(&sql).await?;
        while let Some(bytes) = rows.try_next().await? {
            file.write_all(&bytes)?;
        }
    }
    connection.close().await?;
    Ok(Copied { kind: "postgres".into(), schema, tables })
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Our tables, each after those that it refers to.
async fn tables(connection: &mut PgConnection) -> sqlx::Result<Vec<Table>> {
    let sql = "SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relname <> '_sqlx_migrations' AND c.relname NOT LIKE $1
        GROUP BY c.relname ORDER BY c.relname";
    let found: Vec<(String, Vec<String>)> =
        sqlx::query_as(sql).bind(format!("{NOT_OURS}%")).fetch_all(&mut *connection).await?;
    let sql =
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'";
    let refers: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
    let mut left: Vec<Table> = found.into_iter().map(|(name, columns)| Table { name, columns }).collect();
    let mut ordered: Vec<Table> = vec![];
    while !left.is_empty() {
        let ready = |table: &Table| {
            let mut to = refers.iter().filter(|(from, to)| *from == table.name && *to != table.name);
            to.all(|(_, to)| !left.iter().any(|other| other.name == *to))
        };
        // a ring of references has no order: whatever is left comes last
        let at = left.iter().position(ready).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    Ok(ordered)
}

/// Whether a database holds anything of anybody.
///
/// # Errors
/// When it does not answer.
pub async fn is_used(url: &str) -> anyhow::Result<bool> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return Ok(Path::new(file).exists());
    }
    let mut connection = PgConnection::connect(url).await?;
    let there: bool =
        sqlx::query_scalar("SELECT to_regclass('learner') IS NOT NULL").fetch_one(&mut connection).await?;
    if !there {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM learner)";
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
}

/// Puts a copy in the place of what is there, and brings it up to date. What was there before is gone on PostgreSQL, and set
/// aside on SQLite.
///
/// # Errors
/// When the copy is of another kind of database or of a newer schema; when database or disk fail.
pub async fn back(url: &str, copied: &Copied, folder: &Path) -> anyhow::Result<()> {
    let newest = sqlx::migrate!("../migrations/sqlite").iter().map(|migration| migration.version).max();
    anyhow::ensure!(
        Some(copied.schema) <= newest,
        "this backup was taken by a newer Mitochi (schema {}); bring this one up to date first",
        copied.schema
    );
    let kind = if url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
    anyhow::ensure!(
        copied.kind == kind,
        "this backup is of {}, and DATABASE_URL names {kind}: export and import learners instead",
        copied.kind
    );
    match url.strip_prefix("sqlite:") {
        Some(file) => sqlite_back(Path::new(file), folder)?,
        None => postgres_back(url, copied, folder).await?,
    }
    super::open(url).await?.close().await;
    Ok(())
}

fn sqlite_back(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let beside = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    // what waits in the log of the old file belongs to it
    for end in ["-wal", "-shm"] {
        if beside(end).exists() {
            std::fs::rename(beside(end), beside(&format!(".before-restore{end}")))?;
        }
    }
    if file.exists() {
        std::fs::rename(file, beside(".before-restore"))?;
    }
    std::fs::copy(folder.join(FILE), beside(".restoring"))?;
    let whole = std::fs::File::open(beside(".restoring"))?;
    whole.sync_all()?;
    std::fs::rename(beside(".restoring"), file)?;
    Ok(())
}

async fn postgres_back(url: &str, copied: &Copied, folder: &Path) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let there = tables(&mut connection).await?;
    if !there.is_empty() {
        let names: Vec<&str> = there.iter().map(|table| table.name.as_str()).collect();
        let sql = format!("DROP TABLE IF EXISTS {}, _sqlx_migrations CASCADE", names.join(", "));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    }
    sqlx::raw_sql("DROP FUNCTION IF EXISTS keep_xp() CASCADE").execute(&mut connection).await?;
    sqlx::migrate!("../migrations/postgres").run_to(copied.schema, &mut connection).await?;
    let mut tx = connection.begin().await?;
    for table in &copied.tables {
        // sums that triggers keep come with the copy
        let off = format!("ALTER TABLE {} DISABLE TRIGGER USER; DELETE FROM {0}", table.name);
        sqlx::raw_sql(AssertSqlSafe(off)).execute(&mut *tx).await?;
        let sql = format!("COPY {} ({}) FROM STDIN", table.name, list(&table.columns));
        let mut into = tx.copy_in_raw(&sql).await?;
        into.read_from(tokio::fs::File::open(folder.join(format!("{}.copy", table.name))).await?).await?;
        into.finish().await.with_context(|| format!("the rows of {} do not fit", table.name))?;
        let on = format!("ALTER TABLE {} ENABLE TRIGGER USER", table.name);
        sqlx::raw_sql(AssertSqlSafe(on)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    connection.close().await?;
    Ok(())
}
