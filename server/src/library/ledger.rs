//! What is in a vector engine outside this process. Owns: writing down which material an engine holds, and making up
//! for what it missed. Refuses: searching (it hands that on) and being wrong for long; the vectors' truth is SQL.
//!
//! A change is written down before the engine hears of it and again when it is made: what a crash, an engine that was
//! down, or a second process left undone is found by comparing with the library, and done. An engine that is down is
//! therefore no error of a change.

mod store;

use crate::{
    db::Db,
    jobs::prepare,
    library,
    retrieval::{
        EngineError, Filter,
        vector::{Others, VectorHit, VectorStore, Window},
    },
};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId, PassageId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Holding, Index};
use tokio::sync::Mutex;

/// How often what is missing is looked for in one go: what changes all the time is left for the next.
const ROUNDS: usize = 3;

/// An engine with the book that is kept of it.
pub struct Ledger {
    db: Db,
    engine: Arc<dyn VectorStore>,
    index: Index,
    dimensions: usize,
    /// Changes are made one after the other, so that the book has their order.
    turn: Mutex<()>,
    behind: AtomicBool,
}

/// How far catching up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Materials put in.
    pub done: usize,
    /// Of so many.
    pub of: usize,
    /// Vectors put in.
    pub vectors: usize,
}

/// What catching up did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caught {
    /// Materials put in.
    pub added: usize,
    /// Vectors put in.
    pub vectors: usize,
    /// Materials deleted from the engine.
    pub removed: usize,
}

impl Ledger {
    /// Keeps the book of an engine, `name` as in the configuration, for vectors of a generation and length.
    pub fn new(
        db: Db,
        engine: Arc<dyn VectorStore>,
        name: &'static str,
        generation: String,
        dimensions: usize,
    ) -> Self {
        let index = Index { engine: name, generation };
        // what happened while nobody looked is not known
        Self { db, engine, index, dimensions, turn: Mutex::default(), behind: AtomicBool::new(true) }
    }

    /// Whether something may be missing or too much in the engine.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// Puts in what the engine misses, deletes what is gone from the library, and lets it settle.
    ///
    /// # Errors
    /// When the database or the engine fails; what was done until then is kept, and it is still behind.
    pub async fn catch_up(
        &self,
        others: Others,
        told: &mut (dyn FnMut(Progress) + Send),
    ) -> anyhow::Result<Caught> {
        self.behind.store(false, Ordering::Relaxed);
        let caught = self.compare(others, told).await;
        if caught.is_err() {
            self.behind.store(true, Ordering::Relaxed);
        }
        caught
    }

    async fn compare(
        &self,
        others: Others,
        told: &mut (dyn FnMut(Progress) + Send),
    ) -> anyhow::Result<Caught> {
        let mut caught = Caught::default();
        self.probe().await?;
        for _ in 0..ROUNDS {
            let mut tx = self.db.read().await?;
            let missing = store::missing(&mut tx, &self.index).await?;
            drop(tx);
            if missing.is_empty() {
                break;
            }
            for (n, (owner, material)) in missing.iter().enumerate() {
                let (owner, material) = (LearnerId(*owner), MaterialId(*material));
                let mut tx = self.db.read().await?;
                let rows =
                    library::store::vectors_of(&mut tx, owner, material, &self.index.generation).await?;
                drop(tx);
                let windows: Vec<Window> = rows.into_iter().map(prepare::window).collect();
                self.put(owner, material, &windows).await?;
                caught.added += 1;
                caught.vectors += windows.len();
                told(Progress { done: n + 1, of: missing.len(), vectors: caught.vectors });
            }
        }
        let mut tx = self.db.read().await?;
        let gone = store::gone(&mut tx, &self.index).await?;
        drop(tx);
        for (owner, material) in gone {
            self.take(LearnerId(owner), MaterialId(material)).await?;
            caught.removed += 1;
        }
        self.engine.settle(others).await?;
        if others == Others::Drop {
            let mut tx = self.db.write().await?;
            store::forget_others(&mut tx, &self.index).await?;
            tx.commit().await?;
        }
        Ok(caught)
    }

    /// Asks the engine for one passage of each material that it should hold: what is not there (its tables were
    /// dropped, its disk was changed) is missing, whatever the book says.
    async fn probe(&self) -> anyhow::Result<()> {
        let mut tx = self.db.read().await?;
        let held = store::held(&mut tx, &self.index).await?;
        drop(tx);
        let mut any = vec![0.0; self.dimensions];
        any[0] = 1.0;
        for (owner, material) in held {
            let (owner, material) = (LearnerId(owner), MaterialId(material));
            let filter = Filter { materials: Some(vec![material]), within: None };
            if self.engine.search(owner, &filter, &any, 1).await?.is_empty() {
                let mut tx = self.db.write().await?;
                store::spoil(&mut tx, &self.index, owner, material).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn put(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        let mut tx = self.db.write().await.map_err(lost)?;
        let version = store::begin(&mut tx, &self.index, owner, material).await.map_err(lost)?;
        tx.commit().await.map_err(lost)?;
        self.engine.upsert(owner, material, windows).await?;
        let first = windows.iter().map(|window| window.passage).min().map(|PassageId(id)| id);
        let holding = Holding { windows: windows.len() as i64, first };
        let mut tx = self.db.write().await.map_err(lost)?;
        let ended = store::end(&mut tx, &self.index, owner, material, version, holding).await;
        let ended = ended.map_err(lost)?;
        let kept = store::is_kept(&mut tx, owner, material).await.map_err(lost)?;
        tx.commit().await.map_err(lost)?;
        if !ended || !kept {
            // changed by another process, or deleted meanwhile: catching up sees to it
            self.behind.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn take(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        self.engine.delete(owner, material).await?;
        let mut tx = self.db.write().await.map_err(lost)?;
        store::forget(&mut tx, &self.index, owner, material).await.map_err(lost)?;
        tx.commit().await.map_err(lost)
    }

    async fn take_all(&self, owner: LearnerId) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        self.engine.delete_owner(owner).await?;
        let mut tx = self.db.write().await.map_err(lost)?;
        store::forget_owner(&mut tx, &self.index, owner).await.map_err(lost)?;
        tx.commit().await.map_err(lost)
    }

    /// An engine that is down makes up for it later.
    fn owed(&self, outcome: Result<(), EngineError>) -> Result<(), EngineError> {
        match outcome {
            Err(error @ EngineError::Dimensions { .. }) => Err(error),
            Err(_) => {
                self.behind.store(true, Ordering::Relaxed);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

fn lost(error: sqlx::Error) -> EngineError {
    tracing::error!("the book of the search engine cannot be kept: {error}");
    EngineError::Unavailable("the database does not answer".into())
}

#[async_trait]
impl VectorStore for Ledger {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        let outcome = self.put(owner, material, windows).await;
        self.owed(outcome)
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        let outcome = self.take(owner, material).await;
        self.owed(outcome)
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        let outcome = self.take_all(owner).await;
        self.owed(outcome)
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        let outcome = self.engine.search(owner, filter, vector, limit).await;
        if matches!(outcome, Err(EngineError::Unavailable(_))) {
            // what else went wrong is not known
            self.behind.store(true, Ordering::Relaxed);
        }
        outcome
    }

    async fn settle(&self, others: Others) -> Result<(), EngineError> {
        self.engine.settle(others).await
    }
}
