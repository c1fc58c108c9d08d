//! The vector engine inside PostgreSQL: pgvector with an HNSW index, for those who run several servers on one database
//! and nothing else. Owns: which table serves which generation, and when a search is exact. Refuses: being the truth;
//! its tables are derived, and dropped and filled again without loss.
//!
//! A search looks at all rows that its owner and filter leave when those are few, and asks the index when they are many:
//! an index of the nearest of everybody knows little of one shelf. Numbers are kept in 16 bits, half the memory of the
//! usual 32, with an error of the cosine below 0.001.

mod store;

use super::{Others, VectorHit, VectorStore, Window, check};
use crate::retrieval::embed::normalise;
use crate::retrieval::{EngineError, Filter};
use async_trait::async_trait;
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};
use pgvector::HalfVector;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::collections::HashSet;
use store::{Within, Work};

/// The oldest version that goes on with a scan until a filter is met.
const OLDEST: (u32, u32) = (0, 8);
/// Up to so many rows are looked at one by one: some 10 ms, and nothing is missed.
const EXACT_ROWS: i64 = 20_000;
/// Most numbers of a vector that the index takes.
const LONGEST: usize = 4_000;

/// Who a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// The server.
    Serve,
    /// A measurement, which drops it again.
    Measure,
}

impl Maker {
    fn name(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Measure => "eval",
        }
    }
}

/// A window near to a query.
#[derive(Debug, Clone, Copy)]
struct Nearest {
    passage: PassageId,
    window: Span,
    /// One less the cosine.
    distance: f64,
}

/// Vectors of one generation in a table of their own.
#[derive(Debug, Clone)]
pub struct Pgvector {
    pool: PgPool,
    name: String,
    dimensions: usize,
    maker: Maker,
    exact_rows: i64,
}

impl Pgvector {
    /// Opens the table of a generation (see `Retrieval::generation`), making it, and the extension in this database,
    /// where they are not there. Its index is built by [`VectorStore::settle`]; until then all rows are looked at.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] where the server has no pgvector, an old one, or one that may not be created, and
    /// where it does not answer; [`EngineError::Foreign`] where a table of that name was made by another program, or
    /// for another model.
    pub async fn open(
        pool: PgPool,
        generation: &str,
        dimensions: usize,
        maker: Maker,
    ) -> Result<Self, EngineError> {
        if dimensions == 0 || dimensions > LONGEST {
            return Err(unavailable(format!(
                "pgvector indexes vectors of at most {LONGEST} numbers, and the model's have {dimensions}"
            )));
        }
        let hash = format!("{:x}", Sha256::digest(format!("{generation}\n{dimensions}\n{}", maker.name())));
        let name = format!("{}_{}", store::REGISTER, &hash[..12]);
        let this = Self { pool, name, dimensions, maker, exact_rows: EXACT_ROWS };
        let mut tx = this.pool.begin().await.map_err(down)?;
        store::lock(&mut tx, Work::Tables).await.map_err(down)?;
        extend(&mut tx).await?;
        if !made_by_us(&mut tx, store::REGISTER).await? {
            store::create_register(&mut tx).await.map_err(refused)?;
        }
        let mut there = made_by_us(&mut tx, &this.name).await?;
        match store::registered(&mut tx, &this.name).await.map_err(down)? {
            Some((of, length)) if of != generation || length != dimensions as i64 => {
                return Err(EngineError::Foreign(format!(
                    "the table {} holds vectors of another model ({of}, {length} numbers each); drop it, it is built \
                     anew",
                    this.name
                )));
            }
            _ => {}
        }
        if there && !store::has_vectors(&mut tx, &this.name).await.map_err(down)? {
            store::drop(&mut tx, &this.name).await.map_err(down)?;
            there = false;
        }
        if !there {
            store::create(&mut tx, &this.name, dimensions).await.map_err(refused)?;
        }
        store::register(&mut tx, &this.name, generation, dimensions, maker.name()).await.map_err(down)?;
        tx.commit().await.map_err(down)?;
        Ok(this)
    }

    /// The version of pgvector in a database, such as 0.8.6; `None` where it is installed, but not created yet.
    /// Changes nothing.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] as [`Pgvector::open`] does.
    pub async fn version(pool: &PgPool) -> Result<Option<String>, EngineError> {
        let mut connection = pool.acquire().await.map_err(down)?;
        let version = store::version(&mut connection).await.map_err(down)?;
        match &version {
            Some(version) => new_enough(version)?,
            None if !store::is_installed(&mut connection).await.map_err(down)? => return Err(not_installed()),
            None => {}
        }
        Ok(version)
    }

    /// Vectors, and bytes on disk with all indexes.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn size(&self) -> Result<(u64, u64), EngineError> {
        let (rows, bytes) = store::size(&self.pool, &self.name).await.map_err(down)?;
        Ok((rows as u64, bytes as u64))
    }

    /// Drops the table.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn discard(&self) -> Result<(), EngineError> {
        let mut tx = self.pool.begin().await.map_err(down)?;
        store::lock(&mut tx, Work::Tables).await.map_err(down)?;
        store::drop(&mut tx, &self.name).await.map_err(down)?;
        tx.commit().await.map_err(down)
    }

    async fn build(&self) -> Result<(), EngineError> {
        let (rows, _) = self.size().await?;
        // what the graph of all rows takes, as far as a database server can be asked to give it
        let kilobytes = (rows * (self.dimensions as u64 * 2 + 400) / 1024).clamp(64 << 10, 1 << 20);
        let mut outcome = self.build_with(kilobytes, true).await;
        if outcome.is_err() {
            // a container's shared memory is often too small for workers
            outcome = self.build_with(kilobytes, false).await;
        }
        outcome.map_err(down)
    }

    async fn build_with(&self, kilobytes: u64, parallel: bool) -> store::Result<()> {
        let mut tx = self.pool.begin().await?;
        store::lock(&mut tx, Work::Index).await?;
        store::build(&mut tx, &self.name, kilobytes, parallel).await?;
        tx.commit().await
    }

    async fn drop_others(&self) -> Result<(), EngineError> {
        let mut tx = self.pool.begin().await.map_err(down)?;
        store::lock(&mut tx, Work::Tables).await.map_err(down)?;
        for name in store::others(&mut tx, &self.name, self.maker.name()).await.map_err(down)? {
            // the register is a table like any other: what it names must bear our mark too
            if made_by_us(&mut tx, &name).await? {
                store::drop(&mut tx, &name).await.map_err(down)?;
                tracing::info!(table = name, "vectors of another model dropped");
            }
        }
        tx.commit().await.map_err(down)
    }

    async fn nearest(
        &self,
        within: Within<'_>,
        vector: &HalfVector,
        limit: usize,
    ) -> store::Result<Vec<Nearest>> {
        let mut tx = self.pool.begin().await?;
        let rows = store::count(&mut tx, &self.name, within, self.exact_rows + 1).await?;
        if rows > self.exact_rows {
            // a passage has few windows: these rows nearly always hold enough passages
            for windows in [3, 12] {
                let wanted = (limit * windows) as i64;
                let found = store::near(&mut tx, &self.name, within, vector, wanted).await?;
                let complete = found.len() as i64 == wanted;
                let best = best(found, limit);
                if best.len() == limit {
                    return Ok(best);
                }
                if !complete {
                    break;
                }
            }
        }
        store::exact(&mut tx, &self.name, within, vector, limit as i64).await
    }
}

#[async_trait]
impl VectorStore for Pgvector {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        for window in windows {
            check(&window.vector, self.dimensions)?;
        }
        let row = |window: &Window| store::Row {
            passage: window.passage.0,
            part: window.index.into(),
            start: window.start.into(),
            span: (window.span.start.into(), window.span.end.into()),
            vector: halved(&window.vector),
        };
        let rows = windows.iter().map(row).collect();
        store::replace(&self.pool, &self.name, owner, material, rows).await.map_err(down)
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        store::delete(&self.pool, &self.name, owner, material).await.map_err(down)
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        store::delete_owner(&self.pool, &self.name, owner).await.map_err(down)
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        check(vector, self.dimensions)?;
        if limit == 0 || filter.excludes_all() {
            return Ok(vec![]);
        }
        let within = Within { owner, materials: filter.materials.as_deref(), starts: filter.within };
        let found = self.nearest(within, &halved(vector), limit).await.map_err(down)?;
        let hit = |nearest: Nearest| {
            // a vector of no length has no direction: it is near to nothing
            let score = if nearest.distance.is_nan() { 0.0 } else { (1.0 - nearest.distance) as f32 };
            VectorHit { passage: nearest.passage, window: nearest.window, score }
        };
        Ok(found.into_iter().map(hit).collect())
    }

    async fn settle(&self, others: Others) -> Result<(), EngineError> {
        self.build().await?;
        match others {
            Others::Keep => Ok(()),
            Others::Drop => self.drop_others().await,
        }
    }
}

/// The first `limit` passages of windows that are sorted; ties go by id.
fn best(mut found: Vec<Nearest>, limit: usize) -> Vec<Nearest> {
    found.sort_by(|a, b| {
        let order = a.distance.total_cmp(&b.distance);
        order.then_with(|| (a.passage, a.window).cmp(&(b.passage, b.window)))
    });
    let mut seen = HashSet::new();
    found.into_iter().filter(|nearest| seen.insert(nearest.passage)).take(limit).collect()
}

/// A vector of unit length in numbers of 16 bits.
fn halved(vector: &[f32]) -> HalfVector {
    let mut unit = vector.to_vec();
    normalise(&mut unit);
    HalfVector::from_f32_slice(&unit)
}

/// Sees to the extension.
async fn extend(tx: &mut store::Tx) -> Result<(), EngineError> {
    let mut version = store::version(tx).await.map_err(down)?;
    if version.is_none() {
        if !store::is_installed(tx).await.map_err(down)? {
            return Err(not_installed());
        }
        if let Err(error) = store::create_extension(tx).await {
            return Err(match code(&error).as_deref() {
                Some("42501") => unavailable(
                    "pgvector is installed but not created, and this user may not create it: let an administrator run \
                     CREATE EXTENSION vector in this database",
                ),
                _ => down(error),
            });
        }
        version = store::version(tx).await.map_err(down)?;
    }
    new_enough(&version.unwrap_or_default())
}

fn not_installed() -> EngineError {
    unavailable(
        "this PostgreSQL has no pgvector: install the extension (Debian: postgresql-NN-pgvector; the image \
         pgvector/pgvector has it)",
    )
}

fn new_enough(version: &str) -> Result<(), EngineError> {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= OLDEST {
        return Ok(());
    }
    Err(unavailable(format!(
        "pgvector {version} is too old, 0.8 or newer is wanted: update it and run ALTER EXTENSION vector UPDATE"
    )))
}

/// Whether a table is there, if Mitochi made it.
async fn made_by_us(tx: &mut store::Tx, name: &str) -> Result<bool, EngineError> {
    match store::mark(tx, name).await.map_err(down)? {
        None => Ok(false),
        Some(Some(mark)) if mark == store::MARK => Ok(true),
        Some(_) => Err(EngineError::Foreign(format!(
            "the table {name} in this database was not made by this version of Mitochi: rename it or drop it"
        ))),
    }
}

fn unavailable(message: impl Into<String>) -> EngineError {
    EngineError::Unavailable(message.into())
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// What went wrong, in our words: a server's own may quote what it was given.
fn down(error: sqlx::Error) -> EngineError {
    unavailable(match code(&error).as_deref() {
        Some("42P01") => {
            "a table of vectors is gone from PostgreSQL: start again, it is built anew".to_string()
        }
        Some("53100") => "the disk of PostgreSQL is full".to_string(),
        Some("57014") => "PostgreSQL gave the query up after its time limit".to_string(),
        Some(code) => format!("PostgreSQL refused it (code {code})"),
        None if matches!(error, sqlx::Error::TypeNotFound { .. }) => {
            "pgvector is gone from PostgreSQL".to_string()
        }
        None => "PostgreSQL does not answer".to_string(),
    })
}

/// As [`down`], where something is made.
fn refused(error: sqlx::Error) -> EngineError {
    match code(&error).as_deref() {
        Some("42501") => unavailable("this user of PostgreSQL may not make tables in this database"),
        _ => down(error),
    }
}

#[cfg(test)]
mod tests;
