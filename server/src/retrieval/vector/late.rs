//! An engine that may not be there yet, or not always. Owns: opening it when it is first needed, trying again after a
//! while, and saying once that it is down and once that it is back. Refuses: waiting for it; a search goes on without.

use super::{Others, VectorHit, VectorStore, Window};
use crate::retrieval::{ByWords, EngineError, Filter, KeywordStore, Passage};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// An engine that was down is left alone for so long: nobody waits for it in the meantime.
const REST: Duration = Duration::from_secs(5);
/// Opening and searching may take so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// How an engine is opened.
pub type Open<E> = dyn Fn() -> BoxFuture<'static, Result<Arc<E>, EngineError>> + Send + Sync;

/// An engine that is opened when it is needed.
pub struct Late<E: ?Sized> {
    name: &'static str,
    meanwhile: &'static str,
    open: Box<Open<E>>,
    rest: Duration,
    patience: Duration,
    state: Mutex<State<E>>,
    down: AtomicBool,
}

struct State<E: ?Sized> {
    engine: Option<Arc<E>>,
    /// When it was found to be down, and why.
    refused: Option<(Instant, EngineError)>,
}

impl<E: ?Sized> Late<E> {
    /// For the log: the engine's name, and what search goes by while it is down.
    pub fn new(name: &'static str, meanwhile: &'static str, open: Box<Open<E>>) -> Self {
        let state = Mutex::new(State { engine: None, refused: None });
        Self { name, meanwhile, open, rest: REST, patience: PATIENCE, state, down: AtomicBool::new(false) }
    }

    async fn engine(&self) -> Result<Arc<E>, EngineError> {
        let mut state = self.state.lock().await;
        if let Some(engine) = &state.engine {
            return Ok(engine.clone());
        }
        if let Some((at, error)) = &state.refused
            && at.elapsed() < self.rest
        {
            return Err(error.clone());
        }
        let opened = timeout(self.patience, (self.open)()).await.unwrap_or_else(|_| Err(self.no_answer()));
        match opened {
            Ok(engine) => {
                state.engine = Some(engine.clone());
                state.refused = None;
                Ok(engine)
            }
            Err(error) => {
                state.refused = Some((Instant::now(), error.clone()));
                self.note(&error);
                Err(error)
            }
        }
    }

    /// Keeps in mind how a call went: an engine that is down is opened anew, after a rest.
    async fn kept<T>(&self, outcome: Result<T, EngineError>) -> Result<T, EngineError> {
        match &outcome {
            Err(error @ EngineError::Unavailable(_)) => {
                let mut state = self.state.lock().await;
                state.engine = None;
                state.refused = Some((Instant::now(), error.clone()));
                self.note(error);
            }
            _ => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!("{} answers again", self.name);
                }
            }
        }
        outcome
    }

    fn note(&self, error: &EngineError) {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::error!("{} is down, search goes by {} alone: {error}", self.name, self.meanwhile);
        }
    }

    fn no_answer(&self) -> EngineError {
        EngineError::Unavailable(format!("no answer within {:?}", self.patience))
    }
}

#[async_trait]
impl VectorStore for Late<dyn VectorStore> {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        let outcome = self.engine().await?.upsert(owner, material, windows).await;
        self.kept(outcome).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        let outcome = self.engine().await?.delete(owner, material).await;
        self.kept(outcome).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        let outcome = self.engine().await?.delete_owner(owner).await;
        self.kept(outcome).await
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        let engine = self.engine().await?;
        let outcome = timeout(self.patience, engine.search(owner, filter, vector, limit)).await;
        self.kept(outcome.unwrap_or_else(|_| Err(self.no_answer()))).await
    }

    async fn settle(&self, others: Others) -> Result<(), EngineError> {
        // one that cannot settle answers all the same
        self.engine().await?.settle(others).await
    }
}

#[async_trait]
impl KeywordStore for Late<dyn KeywordStore> {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        passages: &[Passage],
    ) -> Result<(), EngineError> {
        let outcome = self.engine().await?.upsert(owner, material, passages).await;
        self.kept(outcome).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        let outcome = self.engine().await?.delete(owner, material).await;
        self.kept(outcome).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        let outcome = self.engine().await?.delete_owner(owner).await;
        self.kept(outcome).await
    }

    async fn needs_rebuild(&self) -> Result<bool, EngineError> {
        let outcome = self.engine().await?.needs_rebuild().await;
        self.kept(outcome).await
    }

    async fn rebuilt(&self) -> Result<(), EngineError> {
        let outcome = self.engine().await?.rebuilt().await;
        self.kept(outcome).await
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        query: &str,
        limit: usize,
    ) -> Result<ByWords, EngineError> {
        let engine = self.engine().await?;
        let outcome = timeout(self.patience, engine.search(owner, filter, query, limit)).await;
        self.kept(outcome.unwrap_or_else(|_| Err(self.no_answer()))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::Span;
    use domain::id::PassageId;
    use std::sync::atomic::AtomicUsize;
    use uuid::Uuid;

    /// An engine that is there or not, as the test says.
    #[derive(Default)]
    struct Fickle {
        there: AtomicBool,
        opened: AtomicUsize,
    }

    struct Opened(Arc<Fickle>);

    fn available(fickle: &Fickle) -> Result<(), EngineError> {
        let there = fickle.there.load(Ordering::Relaxed);
        if there { Ok(()) } else { Err(EngineError::Unavailable("the cable is out".into())) }
    }

    #[async_trait]
    impl VectorStore for Opened {
        async fn upsert(&self, _: LearnerId, _: MaterialId, _: &[Window]) -> Result<(), EngineError> {
            available(&self.0)
        }
        async fn delete(&self, _: LearnerId, _: MaterialId) -> Result<(), EngineError> {
            available(&self.0)
        }
        async fn delete_owner(&self, _: LearnerId) -> Result<(), EngineError> {
            available(&self.0)
        }
        async fn search(
            &self,
            _: LearnerId,
            _: &Filter,
            vector: &[f32],
            _: usize,
        ) -> Result<Vec<VectorHit>, EngineError> {
            available(&self.0)?;
            if vector.is_empty() {
                std::future::pending::<()>().await;
            }
            let passage = PassageId(Uuid::nil());
            Ok(vec![VectorHit { passage, window: Span { start: 0, end: 1 }, score: 1.0 }])
        }
    }

    async fn found(late: &Late<dyn VectorStore>, vector: &[f32]) -> Result<usize, String> {
        let found = late.search(LearnerId(Uuid::nil()), &Filter::default(), vector, 1).await;
        found.map(|hits| hits.len()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn it_is_opened_when_it_is_there_and_anew_when_it_was_down() {
        let fickle = Arc::new(Fickle::default());
        let seen = fickle.clone();
        let mut late = Late::<dyn VectorStore>::new(
            "the engine",
            "words",
            Box::new(move || {
                let seen = seen.clone();
                Box::pin(async move {
                    seen.opened.fetch_add(1, Ordering::Relaxed);
                    available(&seen)?;
                    Ok(Arc::new(Opened(seen)) as Arc<dyn VectorStore>)
                })
            }),
        );
        late.rest = Duration::from_millis(200);
        late.patience = Duration::from_millis(300);
        let opened = || fickle.opened.load(Ordering::Relaxed);
        for _ in 0..3 {
            assert!(found(&late, &[1.0]).await.unwrap_err().contains("the cable is out"));
        }
        assert_eq!(opened(), 1, "while it rests nobody waits for it");
        fickle.there.store(true, Ordering::Relaxed);
        tokio::time::sleep(late.rest).await;
        assert_eq!(found(&late, &[1.0]).await, Ok(1));
        fickle.there.store(false, Ordering::Relaxed);
        assert!(found(&late, &[1.0]).await.is_err());
        fickle.there.store(true, Ordering::Relaxed);
        assert!(found(&late, &[1.0]).await.is_err(), "it rests");
        tokio::time::sleep(late.rest).await;
        assert_eq!(found(&late, &[1.0]).await, Ok(1));
        assert_eq!(opened(), 3);
        assert!(found(&late, &[]).await.unwrap_err().contains("no answer"), "it hangs");
    }
}
