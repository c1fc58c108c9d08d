//! Opening: pools and migrations of both databases.

use super::{Db, Limits, limits::WAIT};
use anyhow::Context;
use sqlx::{
    Connection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    str::FromStr,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Opens the database at `url` with the usual limits.
///
/// # Errors
/// As [`open_with`].
pub async fn open(url: &str) -> anyhow::Result<Db> {
    open_with(url, &Limits::default()).await
}

/// Opens the database at `url` (`sqlite:PATH` or `postgres://…`) and brings its schema up to date.
///
/// # Errors
/// When it cannot be reached or a migration fails; the message names the address without its password.
pub async fn open_with(url: &str, limits: &Limits) -> anyhow::Result<Db> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        open_sqlite(file).await.with_context(|| format!("cannot open the database file {file}"))
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        open_postgres(url, limits)
            .await
            .with_context(|| format!("cannot open the database {}", without_password(url)))
    } else {
        anyhow::bail!("DATABASE_URL must begin with sqlite: or postgres://, not {}", without_password(url))
    }
}

/// Which database answers at `url`, with its version, for people. Nothing is changed; a file that is not there yet is
/// said to be made at the first start.
///
/// # Errors
/// When it does not answer; the message names the address without its password.
pub async fn probe(url: &str) -> anyhow::Result<String> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        if !std::path::Path::new(file).exists() {
            return Ok(format!("SQLite; {file} is made at the first start"));
        }
        let options = SqliteConnectOptions::from_str(file)?.read_only(true);
        let version = async {
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(&pool).await
        };
        let version =
            version.await.map_err(|_| anyhow::anyhow!("{file} is no SQLite database, or cannot be read"))?;
        return Ok(format!("SQLite {version}, {file}"));
    }
    let address = without_password(url);
    let version = async {
        let pool = connect(url, 1).await?;
        sqlx::query_scalar::<_, String>("SELECT current_setting('server_version')").fetch_one(&pool).await
    };
    let version = version.await.map_err(|error| {
        // a server's own words may quote what it was given
        let why = match &error {
            sqlx::Error::Configuration(_) => "the address cannot be read",
            sqlx::Error::Database(error) if error.code().is_some_and(|code| code.starts_with("28")) => {
                "user or password is refused"
            }
            sqlx::Error::Database(error) if error.code().as_deref() == Some("3D000") => "no such database",
            _ => "no answer",
        };
        anyhow::anyhow!("{address}: {why}")
    })?;
    Ok(format!("PostgreSQL {version}, {address}"))
}

/// Opens the database as it is, to be read alone: nothing is made and its schema stays as old as it is.
///
/// # Errors
/// When it is not there or does not answer.
pub async fn glance(url: &str) -> sqlx::Result<Db> {
    let Some(file) = url.strip_prefix("sqlite:") else { return Ok(Db::Postgres(connect(url, 1).await?)) };
    let options = SqliteConnectOptions::from_str(file)?.read_only(true);
    let read = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    Ok(Db::Sqlite { write: read.clone(), read })
}

/// Connections to a PostgreSQL, without looking at its tables.
///
/// # Errors
/// When it does not answer.
pub async fn connect(url: &str, most: u32) -> sqlx::Result<sqlx::PgPool> {
    PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(10)).connect(url).await
}

async fn open_sqlite(file: &str) -> anyhow::Result<Db> {
    let options = SqliteConnectOptions::from_str(file)?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // an answer that was acknowledged survives a power cut
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5));
    // a COMMIT that fails (the disk is full) may leave sqlx in a transaction that SQLite has ended: such a connection would
    // refuse every later one
    let write =
        SqlitePoolOptions::new().max_connections(1).acquire_timeout(WAIT).after_release(|writer, _| {
            Box::pin(async move {
                writer.ping().await?;
                Ok(!writer.is_in_transaction())
            })
        });
    let write = write.connect_with(options.clone()).await?;
    sqlx::migrate!("../migrations/sqlite").run(&write).await?;
    let read = SqlitePoolOptions::new().max_connections(4).acquire_timeout(WAIT);
    let read = read.connect_with(options.pragma("query_only", "1")).await?;
    Ok(Db::Sqlite { read, write })
}

async fn open_postgres(url: &str, limits: &Limits) -> anyhow::Result<Db> {
    // a migration may take longer than a statement of every day
    let patient = connect(url, 1).await?;
    sqlx::migrate!("../migrations/postgres").run(&patient).await?;
    patient.close().await;
    let seconds = limits.statement_seconds;
    let everyday = limits.everyday;
    let open = Arc::new(OnceLock::<sqlx::PgPool>::new());
    let pool = PgPoolOptions::new()
        .max_connections(limits.most.max(everyday))
        .acquire_timeout(WAIT)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let limit = sqlx::AssertSqlSafe(format!("SET statement_timeout = '{seconds}s'"));
                sqlx::query(limit).execute(connection).await.map(drop)
            })
        })
        .after_release({
            let open = open.clone();
            move |_, _| {
                let beyond = open.get().is_some_and(|pool| pool.size() > everyday && pool.num_idle() > 0);
                Box::pin(async move { Ok(!beyond) })
            }
        })
        .connect(url)
        .await?;
    let _ = open.set(pool.clone());
    Ok(Db::Postgres(pool))
}

fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://…@{rest}"),
        None => url.into(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_password_never_reaches_a_message() {
        assert_eq!(super::without_password("postgres://me:p@ss@db/x"), "postgres://…@db/x");
        assert_eq!(super::without_password("mysql://db"), "mysql://db");
    }
}
