//! A model that remembers what it was asked. Owns: keeping the vectors of queries in the cache of `shared`, for as long
//! as somebody may page through or repeat a search. Refuses: passages (they are embedded once, and stored) and the
//! words of a query (their hash is the key).

use super::{Embedder, ModelError, ModelId, Role};
use crate::retrieval::vector::{from_bytes, to_bytes};
use crate::shared::Cache;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};

/// A query is remembered for so long.
const KEEP: Duration = Duration::from_secs(3_600);

/// Another embedder, asked for each query once.
pub struct Remembered {
    inner: Arc<dyn Embedder>,
    cache: Arc<dyn Cache>,
}

impl Remembered {
    /// Asks `inner` for what is not in `cache`.
    pub fn new(inner: Arc<dyn Embedder>, cache: Arc<dyn Cache>) -> Self {
        Self { inner, cache }
    }
}

#[async_trait]
impl Embedder for Remembered {
    fn model(&self) -> &ModelId {
        self.inner.model()
    }

    fn unrelated(&self) -> f32 {
        self.inner.unrelated()
    }

    fn batch(&self) -> usize {
        self.inner.batch()
    }

    fn is_there(&self) -> bool {
        self.inner.is_there()
    }

    fn is_elsewhere(&self) -> bool {
        self.inner.is_elsewhere()
    }

    fn release_idle(&self) -> bool {
        self.inner.release_idle()
    }

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        if role == Role::Passage {
            return self.inner.embed(text, role).await;
        }
        let key = key(self.model(), text);
        if let Some(vector) = self.cache.get(&key).await.and_then(|bytes| read(&bytes, self.model())) {
            return Ok(vector);
        }
        let vector = self.inner.embed(text, role).await?;
        self.cache.put(&key, &to_bytes(&vector), KEEP).await;
        Ok(vector)
    }

    async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, ModelError> {
        self.inner.embed_all(texts, role).await
    }
}

/// By the whole hash of the weights: a vector of another model is never taken for one of this.
fn key(model: &ModelId, text: &str) -> String {
    let digest = Sha256::new().chain_update(&model.sha256).chain_update([0]).chain_update(text).finalize();
    format!("query:{digest:x}")
}

/// The vector, if these bytes are one of this model.
fn read(bytes: &[u8], model: &ModelId) -> Option<Vec<f32>> {
    from_bytes(bytes).filter(|vector| vector.len() == model.dimensions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts how often it is asked.
    struct Counting {
        model: ModelId,
        asked: AtomicUsize,
    }

    #[async_trait]
    impl Embedder for Counting {
        fn model(&self) -> &ModelId {
            &self.model
        }

        fn unrelated(&self) -> f32 {
            0.0
        }

        async fn embed(&self, text: &str, _: Role) -> Result<Vec<f32>, ModelError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            Ok(vec![text.len() as f32, -0.5])
        }
    }

    fn counting(weights: &str) -> Arc<Counting> {
        let model = ModelId { name: "counting".into(), sha256: weights.into(), dimensions: 2 };
        Arc::new(Counting { model, asked: AtomicUsize::new(0) })
    }

    #[tokio::test]
    async fn a_query_is_embedded_once_and_a_passage_each_time() {
        let (inner, cache) = (counting("a"), Shared::memory().cache);
        let model = Remembered::new(inner.clone(), cache.clone());
        for _ in 0..3 {
            assert_eq!(model.embed("heart", Role::Query).await.unwrap(), [5.0, -0.5]);
        }
        assert_eq!(inner.asked.load(Ordering::Relaxed), 1);
        model.embed("heart", Role::Passage).await.unwrap();
        model.embed("heart", Role::Passage).await.unwrap();
        assert_eq!(inner.asked.load(Ordering::Relaxed), 3);
        let other = counting("b");
        Remembered::new(other.clone(), cache).embed("heart", Role::Query).await.unwrap();
        assert_eq!(other.asked.load(Ordering::Relaxed), 1, "other weights, other vectors");
    }

    #[tokio::test]
    async fn what_is_no_vector_is_made_anew() {
        let (inner, cache) = (counting("a"), Shared::memory().cache);
        let model = Remembered::new(inner.clone(), cache.clone());
        for odd in [vec![], vec![0; 7], vec![0; 12], [f32::NAN.to_le_bytes(), [0; 4]].concat()] {
            cache.put(&key(inner.model(), "heart"), &odd, KEEP).await;
            assert_eq!(model.embed("heart", Role::Query).await.unwrap(), [5.0, -0.5]);
        }
        assert_eq!(inner.asked.load(Ordering::Relaxed), 4);
    }
}
