//! Which generation of vectors is searched. Owns: the choice at the start, switching over when all vectors of the
//! configured embedder are there, and dropping the others then. Refuses: making vectors (`jobs::prepare` does) and
//! opening engines (`state::vectors`).
//!
//! After another embedder was configured, the old vectors are searched until the new ones are complete. All that is
//! decided is decided by what the database holds: a process that was killed goes on where it was, and several processes
//! come to the same end. One generation is searched at a time, never two whose rankings would have to be mixed; what is
//! uploaded in between gets vectors of both.

use super::{ledger::Ledger, store::generation as store};
use crate::{
    db::Db,
    retrieval::{KeywordStore, Retrieval, VectorIndex, embed::Embedder, vector::Others},
};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use tokio::sync::Mutex;

/// After so many looks every other process has looked too, and searches the old vectors no longer.
const LOOKS: u8 = 3;

/// An index with the book that is kept of its engine.
#[derive(Clone)]
pub struct Vectors {
    /// Model and engine; the engine keeps the book.
    pub index: VectorIndex,
    /// The book, of an engine outside this process; `None` for the embedded one, which reads the database itself.
    pub ledger: Option<Arc<Ledger>>,
}

/// The vectors of the configured embedder and those that serve before they are complete.
pub struct Generations {
    db: Db,
    configured: Vectors,
    /// Searched until the configured ones are, and let go when no process needs them.
    old: Lock<Option<Vectors>>,
    retrieval: Retrieval,
    stage: Mutex<Stage>,
}

/// How far the change to the configured generation is; one that begins without a change is soon through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// So many looks have found that the configured one serves.
    Seen(u8),
    /// No other process serves another one: the engine has none any more.
    Alone,
    /// Nor has the database.
    Settled,
}

/// Which of the generations that `could` serve does so until the `configured` one is complete: the one with vectors of
/// most passages. `None` where the configured one has more. On a tie it is the old one, whose engine is filled for sure.
pub fn serving(coverage: &[(String, i64)], configured: &str, could: &[String]) -> Option<usize> {
    let of = |generation: &str| coverage.iter().find(|(of, _)| of == generation).map_or(0, |(_, n)| *n);
    let most = (0..could.len()).max_by_key(|at| of(&could[*at]))?;
    let covered = of(&could[most]);
    (covered > 0 && covered >= of(configured)).then_some(most)
}

impl Generations {
    /// Decides, by what the database holds, what is searched: the vectors of the `configured` embedder, or until those
    /// are complete those of one of the `others`, which are the embedders that can be had.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(
        db: Db,
        keyword: Arc<dyn KeywordStore>,
        configured: Vectors,
        mut others: Vec<Vectors>,
    ) -> anyhow::Result<Self> {
        let mut tx = db.read().await?;
        let coverage = store::coverage(&mut tx).await?;
        drop(tx);
        let could: Vec<String> = others.iter().map(|vectors| vectors.index.generation()).collect();
        let old = serving(&coverage, &configured.index.generation(), &could).map(|at| others.swap_remove(at));
        let retrieval = match &old {
            Some(old) => {
                let (from, to) = (old.index.embedder.model(), configured.index.embedder.model());
                tracing::info!(%from, %to, "search by meaning uses the old vectors until the new ones are made");
                Retrieval::over(keyword, old.index.clone(), Some(configured.index.clone()))
            }
            None => Retrieval::over(keyword, configured.index.clone(), None),
        };
        Ok(Self { db, configured, old: Lock::new(old), retrieval, stage: Mutex::new(Stage::Seen(0)) })
    }

    /// The search over what serves; it follows the switch.
    pub fn retrieval(&self) -> Retrieval {
        self.retrieval.clone()
    }

    fn old(&self) -> Option<Vectors> {
        self.old.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The embedders in use.
    pub fn embedders(&self) -> Vec<Arc<dyn Embedder>> {
        std::iter::once(self.configured.clone())
            .chain(self.old())
            .map(|vectors| vectors.index.embedder)
            .collect()
    }

    /// Brings the engine of what serves, where it is outside this process, to what the library holds, if it may have
    /// missed something. What is coming is filled by the jobs that make it, and made whole before it serves.
    ///
    /// # Errors
    /// When the database or the engine fails.
    pub async fn catch_up(&self) -> anyhow::Result<()> {
        let serving = match self.retrieval.coming() {
            Some(_) => self.old(),
            None => Some(self.configured.clone()),
        };
        match serving.and_then(|vectors| vectors.ledger).filter(|ledger| ledger.is_behind()) {
            Some(ledger) => make_whole(&ledger, Others::Keep).await,
            None => Ok(()),
        }
    }

    /// Looks how far the change to the configured embedder is and does the next step: switches over when nothing is left
    /// to embed, and some looks later drops the vectors that nobody searches any more. Call it every few seconds; when
    /// nothing is left to do it asks nobody.
    ///
    /// # Errors
    /// When the database or the engine fails; the next look tries again.
    pub async fn look(&self) -> anyhow::Result<()> {
        let mut stage = self.stage.lock().await;
        if *stage == Stage::Settled {
            return Ok(());
        }
        let generation = self.configured.index.generation();
        let away = self.configured.index.embedder.is_elsewhere();
        let mut tx = self.db.read().await?;
        let elsewhere = store::count_elsewhere(&mut tx, &generation, away).await?;
        drop(tx);
        if self.retrieval.coming().is_some() {
            if elsewhere > 0 {
                return Ok(());
            }
            if let Some(ledger) = &self.configured.ledger {
                make_whole(ledger, Others::Keep).await?;
            }
            self.retrieval.switch();
            let model = self.configured.index.embedder.model();
            tracing::info!(%model, "all vectors of the new model are there: search by meaning uses them");
            return Ok(());
        }
        match *stage {
            Stage::Seen(looks) if looks < LOOKS => *stage = Stage::Seen(looks + 1),
            Stage::Seen(_) => {
                if let Some(ledger) = &self.configured.ledger {
                    make_whole(ledger, Others::Drop).await?;
                }
                *self.old.lock().unwrap_or_else(PoisonError::into_inner) = None;
                *stage = Stage::Alone;
            }
            Stage::Alone | Stage::Settled => {}
        }
        // as long as a passage has vectors of another model alone, they are kept: the operator may go back to it
        if *stage == Stage::Alone && elsewhere == 0 {
            self.drop_others(&generation).await?;
            *stage = Stage::Settled;
        }
        Ok(())
    }

    /// One material after the other: nobody waits long to write.
    async fn drop_others(&self, generation: &str) -> anyhow::Result<()> {
        let mut tx = self.db.read().await?;
        let materials = store::with_others(&mut tx, generation).await?;
        drop(tx);
        let mut dropped = 0;
        for material in materials {
            let mut tx = self.db.write().await?;
            dropped += store::delete_others(&mut tx, material, generation).await?;
            tx.commit().await?;
        }
        if dropped > 0 {
            tracing::info!(vectors = dropped, "vectors of other models dropped");
        }
        Ok(())
    }
}

async fn make_whole(ledger: &Ledger, others: Others) -> anyhow::Result<()> {
    let caught = ledger.catch_up(others, &mut |_| {}).await?;
    if caught.added + caught.removed > 0 {
        let (added, vectors, removed) = (caught.added, caught.vectors, caught.removed);
        tracing::info!(added, vectors, removed, "the vector engine has caught up");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::serving;

    #[test]
    fn the_generation_with_most_vectors_serves_and_on_a_tie_the_old_one() {
        let coverage = [("a", 40), ("b", 10), ("c", 40)].map(|(of, n)| (of.to_string(), n));
        let serves = |configured: &str, could: &[&str]| {
            let could: Vec<String> = could.iter().map(|of| (*of).to_string()).collect();
            serving(&coverage, configured, &could).map(|at| could[at].clone())
        };
        let some = |of: &str| Some(of.to_string());
        for (configured, could, expected) in [
            ("new", &["b", "a"][..], some("a")),
            ("b", &["a", "new"], some("a")),
            ("b", &["new"], None),
            ("a", &["b"], None),
            ("a", &["c"], some("c")),
            ("new", &[], None),
            ("new", &["unknown"], None),
        ] {
            assert_eq!(serves(configured, could), expected, "{configured} {could:?}");
        }
    }
}
