//! One SQL text, two databases. Owns: pools, transactions, binding, migrations. Refuses: knowing any table.

pub mod cell;
pub mod copy;
pub mod limits;
mod open;

use sqlx::{
    Arguments, Encode, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

pub use cell::{Cells, Kind};
pub use limits::Limits;
pub use open::{connect, glance, open, open_with, probe};

/// Result of a query.
pub type Result<T, E = sqlx::Error> = std::result::Result<T, E>;

/// The database.
#[derive(Clone, Debug)]
pub enum Db {
    /// Embedded: many readers, and one writer, so that `BEGIN IMMEDIATE` queues here and never fails as busy.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writing connection.
        write: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

/// An open transaction; dropping it rolls back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// What both databases can store.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be bound on both SQLite and PostgreSQL")]
pub trait Bind:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres>
{
}
impl<T> Bind for T where
    T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres>
{
}

/// What both databases can return: `#[derive(FromRow)]` or a tuple.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from both SQLite and PostgreSQL")]
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Db {
    /// Opens a transaction that may write. Never open a second one inside the first: on SQLite it would wait for
    /// itself. Inner services take `&mut Tx`.
    ///
    /// # Errors
    /// When the database cannot be reached in time.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A write of one learner. PostgreSQL's READ COMMITTED loses updates between load and save; this lock makes
    /// one learner's use cases queue, as SQLite's single writer does.
    ///
    /// # Errors
    /// When the database cannot be reached in time.
    pub async fn write_for(&self, learner: domain::id::LearnerId) -> Result<Tx> {
        let mut tx = self.write().await?;
        tx.lock(learner.0).await?;
        Ok(tx)
    }

    /// Opens a transaction that only reads, from one snapshot.
    ///
    /// # Errors
    /// When the database cannot be reached in time.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        tx.query("SELECT CAST(1 AS BIGINT)").one::<(i64,)>().await?;
        Ok(())
    }

    /// A name that no other database has, and that all processes on this one see: when its schema was made. A copy keeps
    /// it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn installation(&self) -> Result<String> {
        let mut tx = self.read().await?;
        let made = "SELECT CAST(installed_on AS TEXT), execution_time FROM _sqlx_migrations ORDER BY version LIMIT 1";
        let (at, took): (String, i64) = tx.query(made).one().await?;
        Ok(format!("{at} {took}"))
    }

    /// Closes all connections, after open transactions have ended.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes what was written last.
    ///
    /// # Errors
    /// When it could not be made durable; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Waits until no other transaction holds this key; held until the end of this one. SQLite has one writer
    /// anyway.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&mut self, key: uuid::Uuid) -> Result<()> {
        if matches!(self, Self::Postgres(_)) {
            let random_half = key.as_u64_pair().1 as i64;
            self.query("SELECT pg_advisory_xact_lock($1)").bind(random_half).run().await?;
        }
        Ok(())
    }

    /// A query whose text both databases understand; parameters are `$1`, `$2` …
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.query_per(sql, sql)
    }

    /// Where dialects part, the two texts stand side by side.
    pub fn query_per(&mut self, sqlite: &'static str, postgres: &'static str) -> Query<'_> {
        match self {
            Self::Sqlite(tx) => Query::Sqlite(tx, sqlite, SqliteArguments::default(), None),
            Self::Postgres(tx) => Query::Postgres(tx, postgres, PgArguments::default(), None),
        }
    }
}

/// A value that could not be encoded: told when the query is run.
type Unbound = Option<sqlx::Error>;

/// A query and its values.
#[must_use = "a query does nothing until it is run"]
pub enum Query<'t> {
    /// On SQLite.
    Sqlite(&'t mut Transaction<'static, Sqlite>, &'static str, SqliteArguments, Unbound),
    /// On PostgreSQL.
    Postgres(&'t mut Transaction<'static, Postgres>, &'static str, PgArguments, Unbound),
}

/// SQLite reads an unbound `$n` as NULL and says nothing: refuse it here.
fn bound(sql: &str, given: usize) -> Result<()> {
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let wanted = sql.split('$').skip(1).filter_map(number).max().unwrap_or(0);
    if wanted == given {
        return Ok(());
    }
    Err(sqlx::Error::Encode(format!("{given} values bound, {wanted} wanted: {sql}").into()))
}

/// One arm for each database; `$q` is the query, `$x` the connection.
macro_rules! each {
    ($query:expr, $make:path, |$q:ident, $x:ident| $run:expr) => {
        match $query {
            Query::Sqlite(_, _, _, Some(e)) | Query::Postgres(_, _, _, Some(e)) => Err(e),
            Query::Sqlite(tx, sql, args, None) => {
                bound(sql, args.len())?;
                let ($q, $x) = ($make(sql, args), &mut **tx);
                $run
            }
            Query::Postgres(tx, sql, args, None) => {
                bound(sql, args.len())?;
                let ($q, $x) = ($make(sql, args), &mut **tx);
                $run
            }
        }
    };
}

impl Query<'_> {
    /// Binds the next value.
    pub fn bind<T: Bind>(mut self, value: T) -> Self {
        let (added, slot) = match &mut self {
            Self::Sqlite(_, _, args, e) => (args.add(value), e),
            Self::Postgres(_, _, args, e) => (args.add(value), e),
        };
        if let Err(e) = added {
            slot.get_or_insert(sqlx::Error::Encode(e));
        }
        self
    }

    /// Runs it; rows changed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn run(self) -> Result<u64> {
        each!(self, sqlx::query_with, |q, x| Ok(q.execute(x).await?.rows_affected()))
    }

    /// All rows.
    ///
    /// # Errors
    /// When the database refuses it or a row does not fit `R`.
    pub async fn all<R: Record>(self) -> Result<Vec<R>> {
        each!(self, sqlx::query_as_with, |q, x| q.fetch_all(x).await)
    }

    /// The one row.
    ///
    /// # Errors
    /// When there is none, the database refuses it, or the row does not fit `R`.
    pub async fn one<R: Record>(self) -> Result<R> {
        each!(self, sqlx::query_as_with, |q, x| q.fetch_one(x).await)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the database refuses it or the row does not fit `R`.
    pub async fn maybe<R: Record>(self) -> Result<Option<R>> {
        each!(self, sqlx::query_as_with, |q, x| q.fetch_optional(x).await)
    }
}
